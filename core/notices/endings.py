"""What people hear when an order goes another way: late, given up, shared short, weighed differently, not delivered."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.catalog.models import Campaign
from core.catalog.rest import can_sell
from core.catalog.words import amount, sale_words
from core.events import EventKind
from core.i18n import N_, Name, _, gettext_of
from core.messaging.screen import Rows, Screen, button
from core.money import Money
from core.notices.lookup import buyer, campaign, card, farmer, goods, moment, money, staff, still, sums, sums_told
from core.notices.registry import Fact, notice
from core.notices.undelivered_cards import CAUSES, settle_card
from core.orders.card import OrderCard
from core.orders.closing import at_risk
from core.orders.forfeit import forfeit_plan
from core.orders.models import Order
from core.orders.states import OrderState

HOW: dict[str, str] = {
    "fair": N_("🧮 {crop} for {ordered} ordered: {asked} × {crop} ÷ {ordered}, in whole packs."),
    "first": N_("🧮 {crop} for {ordered} ordered: who ordered first is served first."),
    "equal": N_("🧮 {crop} for {ordered} ordered: the same for everybody, up to the own order."),
    "manual": N_("🧮 {crop} for {ordered} ordered: the farmer decided who gets how much."),
}


def arithmetic(fact: Fact, found: OrderCard) -> str:
    """How a share came about; nothing for orders shared before that was written down."""
    how = HOW.get(str(fact.data.get("how")))
    if how is None:
        return ""
    crop, ordered = Decimal(fact.data["crop"]), Decimal(fact.data["ordered"])
    return gettext_of(how, crop=amount(crop, found.unit), ordered=amount(ordered, found.unit),
                      asked=amount(found.asked, found.unit))  # fmt: skip


def short_rows(found: OrderCard) -> Rows:
    """[Accept][Refund all], as long as the buyer may still refuse."""
    order = button(_("🧾 Order"), "border", found.id)
    if "order.decline" not in found.actions:
        return ((order,),)
    accept = button(_("Accept"), "bacc", found.id, found.rev)
    return ((accept, button(_("Refund all"), "bref", found.id, found.rev)), (order,))


def late_rule(fact: Fact, found: OrderCard) -> str:
    """Until when a late order is held, and what becomes of the deposit then."""
    plan = forfeit_plan(fact.session, fact.session.get_one(Order, found.id))
    return _("Held until {time}; then the co-op calls you. If it stays unpaid, {kept} stays with the farm.",
             time=moment(fact, "until"), kept=plan.kept)  # fmt: skip


def _both(fact: Fact) -> Iterable[int]:
    return [*buyer(fact), *farmer(fact)]


def _text(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _is_buyer(fact: Fact, found: OrderCard) -> bool:
    return fact.member_id == found.buyer_id


def _details(found: OrderCard) -> Rows:
    return ((button(_("🧾 Details"), "border", found.id),),)


def _sale_or_rest(fact: Fact, found: OrderCard) -> Rows:
    """The sale, and [Sell the rest] while a pack of its harvest is nobody's."""
    see = button(_("👀 See"), "fsale", found.campaign_id)
    if not can_sell(fact.session, fact.session.get_one(Campaign, found.campaign_id)):
        return ((see,),)
    return (*rest_rows(found.campaign_id), (see,))


def rest_rows(campaign_id: int) -> Rows:
    """[Sell the rest] of a harvest."""
    return ((button(_("♻️ Sell the rest"), "frest", campaign_id),),)


def _freed(fact: Fact, found: OrderCard) -> str:
    quantity = Decimal(fact.data.get("free") or found.quantity)
    return _("🆓 {quantity} is yours again.", quantity=amount(quantity, found.unit))


@notice(80, EventKind.MORE_TIME, to=farmer, quiet="H", klass="R")
def more_time_given(fact: Fact) -> Screen | None:
    """A buyer takes longer to pay."""
    found = still(fact, OrderState.BALANCE_DUE)
    if found is None or found.balance_due_at is None:
        return None
    told = _("⏳ {goods}: the buyer asked for more time, until {time}.", goods=goods(found), time=found.balance_due_at)
    return Screen(_text(told, sums_told(found)), edit=False)


@notice(81, EventKind.ORDER_FORFEITED, to=_both, quiet="H")
def order_forfeited(fact: Fact) -> Screen | None:
    """The balance never came (25): what stays with the farm, what goes back."""
    found = card(fact)
    kept = money(fact, "kept", found.total.currency)
    if _is_buyer(fact, found):
        told = _("⛔ {goods}: closed, the balance did not come. {kept} stays with the farm.", goods=goods(found),
                 kept=kept)  # fmt: skip
        return Screen(_text(told, sums(found)), _details(found), edit=False)
    told = _("⛔ {goods}: closed, the buyer did not pay. {kept} of the deposit is yours, less the co-op's fee.",
             goods=goods(found), kept=kept)  # fmt: skip
    return Screen(_text(told, _freed(fact, found), sums_told(found)), _sale_or_rest(fact, found), edit=False)


@notice(82, EventKind.ORDER_CANCELLED, to=farmer, quiet="H")
def share_refused(fact: Fact) -> Screen | None:
    """A buyer did not want a smaller share, another weight or other terms: the goods are the farmer's again."""
    if fact.data.get("reason") not in {"share_declined", "weight_refused", "terms_refused", "terms_unheard"}:
        return None
    found = card(fact)
    told = _("↩️ {goods}: the buyer did not take it and has everything back.", goods=goods(found))
    if fact.data["reason"] == "terms_unheard":
        told = _("↩️ {goods}: the buyer said nothing to the other goods and has everything back.", goods=goods(found))
    return Screen(_text(told, _freed(fact, found), sums_told(found)), _sale_or_rest(fact, found), edit=False)


@notice(83, EventKind.CONSENT_ASKED, to=buyer, quiet="H", deadline="until")
def another_weight(fact: Fact) -> Screen | None:
    """Weighed, and beyond the tolerance: take it or leave it; what silence means."""
    found = still(fact, OrderState.CONSENT_WAIT)
    if found is None or found.consent_until is None:
        return None
    share, most = Decimal(fact.data["share"]), Decimal(fact.data["most"])
    told = _("⚖️ {number}: it weighs {weight}, your share was {share}. Total {total}.", number=Name(found.number),
             weight=amount(found.quantity, found.unit), share=amount(share, found.unit), total=found.total)  # fmt: skip
    silence = _("Without a word by {time} you pay for {most}.", time=found.consent_until,
                most=amount(min(most, found.quantity), found.unit))  # fmt: skip
    return Screen(_text(told, silence, sums(found)), consent_rows(found), edit=False)


def consent_rows(found: OrderCard) -> Rows:
    """[Accept][Refuse: full refund]."""
    accept = button(_("Accept"), "bok", found.id, found.rev)
    return ((accept,), (button(_("Refuse: full refund"), "bno", found.id, found.rev),))


@notice(84, EventKind.TARGET_AT_RISK, EventKind.CAMPAIGN_CLOSING, to=farmer, quiet="S")
def target_at_risk(fact: Fact) -> Screen | None:
    """Too few buyers, before the close and at it: the farmer may go on all the same, or extend once."""
    found = campaign(fact)
    if not at_risk(fact.session, found):
        return None
    until = moment(fact, "until") or found.closes_at
    least = amount(found.minimum or Decimal(0), found.unit)
    told = _("🎯 {crop}: {reserved} of at least {minimum} reserved.", crop=sale_words(found),
             reserved=amount(found.reserved, found.unit), minimum=least)  # fmt: skip
    if found.state == "closed":
        rule = _("Decide by {time}: else all deposits go back to the buyers.", time=until)
    else:
        rule = _("It closes {time}. You can decide now, or then.", time=until)
    return Screen(_text(told, rule), risk_rows(found.id, found.rev, extended=found.extended), edit=False)


def risk_rows(campaign_id: int, rev: int, *, extended: bool) -> Rows:
    """[Go anyway], and [Extend] once."""
    go = button(_("Go anyway"), "fgo", campaign_id, rev)
    return ((go,),) if extended else ((go, button(_("Extend"), "fext", campaign_id, rev)),)


@notice(85, EventKind.DELIVERY_FAILED, to=_both, quiet="S")
def delivery_failed(fact: Fact) -> Screen | None:
    """It could not be handed over (34): why, and until when the goods keep."""
    found = still(fact, OrderState.DELIVERY_FAILED)
    if found is None:
        return None
    why = _(CAUSES[fact.data["cause"]])
    told = _("⚠️ {goods}: not handed over ({why}).", goods=goods(found), why=why)
    keeps = _("A second try follows; it keeps until {time}.", time=moment(fact, "until"))
    if _is_buyer(fact, found):
        rows: Rows = ((button(_("📍 Track"), "btrack", found.id), button(_("📞 Human"), "human")),)
        return Screen(_text(told, keeps, sums(found)), rows, edit=False)
    rows = ((button(_("🔁 Try again"), "fretry", found.id, found.rev),),)
    return Screen(_text(told, keeps, sums_told(found)), rows, edit=False)


@notice(86, EventKind.UNDELIVERED_WAITS, to=staff, quiet="S", klass="O")
def undelivered_waits(fact: Fact) -> Screen | None:
    """The goods do not keep any longer: staff say who bears it."""
    found = card(fact)
    if found.state is not OrderState.DELIVERY_FAILED:
        return None
    return settle_card(fact.session, fact.session.get_one(Order, found.id), found).fresh()


@notice(87, EventKind.ORDER_UNDELIVERED, to=_both, quiet="H")
def order_undelivered(fact: Fact) -> Screen | None:
    """Settled: who bears it, what stays, what goes back."""
    found = card(fact)
    kept: Money = money(fact, "kept", found.total.currency)
    is_buyer = _is_buyer(fact, found)
    if kept:
        told = _("📪 {goods}: closed without delivery. {kept} is kept for goods and delivery.", goods=goods(found),
                 kept=kept)  # fmt: skip
    elif found.reason == "borne_by_farm":
        told = _("📪 {goods}: closed without delivery. The farm bears it.", goods=goods(found))
    elif found.reason == "borne_by_carrier":
        told = _("📪 {goods}: closed without delivery. Whoever carried it bears it.", goods=goods(found))
    else:
        told = _("📪 {goods}: closed without delivery.", goods=goods(found))
    if is_buyer:
        return Screen(_text(told, sums(found)), _details(found), edit=False)
    return Screen(_text(told, _freed(fact, found), sums_told(found)), _sale_or_rest(fact, found), edit=False)
