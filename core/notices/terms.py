"""What people hear of other terms: the buyer what would change and what silence means, the farmer how all answered."""

from __future__ import annotations

from core.catalog.words import per_unit, sale_words
from core.events import EventKind
from core.i18n import Name, _, ngettext_of
from core.messaging.screen import Rows, Screen, button
from core.notices.lookup import buyer, campaign, farmer, still, sums
from core.notices.registry import Fact, notice
from core.orders.card import OrderCard
from core.orders.states import OrderState
from core.orders.term_models import Kind
from core.orders.terms import Standing


def offer_words(found: OrderCard) -> tuple[str, ...]:
    """What would change for this order, and what happens without a word; nothing when nothing was asked."""
    offer, until = found.offer, found.consent_until
    if offer is None or until is None:
        return ()
    price, before = per_unit(offer.price, found.unit), per_unit(found.price, found.unit)
    if offer.goods:
        what = _("🔄 {number}: instead of {crop} the farmer offers: {goods}", number=Name(found.number),
                 crop=sale_words(found), goods=Name(offer.goods))  # fmt: skip
        silence = _("Without a word by {time} the order ends and everything goes back.", time=until)
    else:
        what = _("💲 {number}: the farmer asks for a higher price.", number=Name(found.number))
        silence = _("Without a word by {time} the agreed price stays.", time=until)
    cost = _("{before} → {price}: total {old} → {new}", before=before, price=price, old=found.total, new=offer.total)
    return what, cost, _effect(found), silence


def _effect(found: OrderCard) -> str:
    offer = found.offer
    if offer is None:
        return ""
    if offer.back:
        return _("If you accept, {sum} goes back to your wallet.", sum=offer.back)
    return _("If you accept, {sum} is left to pay.", sum=offer.rest)


def offer_rows(found: OrderCard) -> Rows:
    """[Accept][Refuse: full refund]."""
    accept = button(_("Accept"), "btok", found.id, found.rev)
    return ((accept,), (button(_("Refuse: full refund"), "btno", found.id, found.rev),))


@notice(88, EventKind.TERMS_ASKED, to=buyer, quiet="H", deadline="until")
def other_terms(fact: Fact) -> Screen | None:
    """A higher price, or other goods: take it or leave it; what silence means."""
    found = still(fact, OrderState.CONSENT_WAIT)
    if found is None or found.offer is None:
        return None
    order = button(_("🧾 Order"), "border", found.id)
    return Screen("\n".join([*offer_words(found), sums(found)]), (*offer_rows(found), (order,)), edit=False)


@notice(170, EventKind.TERMS_REMINDER, to=buyer, quiet="H", klass="R", deadline="until")
def other_goods_wait(fact: Fact) -> Screen | None:
    """Half the time is over, and without a word the order would end."""
    found = still(fact, OrderState.CONSENT_WAIT)
    if found is None or found.offer is None:
        return None
    told = _("⏰ {number}: accept or refuse?", number=Name(found.number))
    return Screen("\n".join([told, *offer_words(found), sums(found)]), offer_rows(found), edit=False)


@notice(89, EventKind.TERMS_ANSWERED, to=farmer, quiet="H")
def terms_answered(fact: Fact) -> Screen | None:
    """Nobody thinks any more: how many took it, did not, or said nothing."""
    found = campaign(fact)
    told = _("🔁 {crop}: no more answers to wait for.", crop=sale_words(found))
    accepted, refused, unheard = (int(fact.data[name]) for name in ("accepted", "refused", "unheard"))
    counts = answer_words(Kind(fact.data["what"]), accepted, refused, unheard)
    return Screen(f"{told}\n{counts}", ((button(_("👀 See"), "fsale", found.id, found.rev),),), edit=False)


def answer_words(kind: Kind, accepted: int, refused: int, unheard: int) -> str:
    """How many answered what; silence keeps the agreed price, or ends an order for other goods."""
    if kind is Kind.GOODS:
        return _("✅ {accepted} accepted · ↩️ {refused} refused · 🔕 {unheard} silent, refunded", accepted=accepted,
                 refused=refused, unheard=unheard)  # fmt: skip
    return _("✅ {accepted} accepted · ↩️ {refused} refused · 🔕 {unheard} silent, at the agreed price",
             accepted=accepted, refused=refused, unheard=unheard)  # fmt: skip


def standing_words(found: Standing, unit: str) -> str:
    """A proposal and its answers so far, for the card of the sale."""
    proposal = found.proposal
    price = per_unit(proposal.price, unit) if proposal.price is not None else ""
    what = _("🔁 Asked: {price}", price=price)
    if proposal.goods:
        what = _("🔁 Asked: {goods}, {price}", goods=Name(proposal.goods), price=price)
    lines = [what, answer_words(Kind(proposal.kind), found.accepted, found.refused, found.unheard)]
    if found.thinking:
        lines.append(ngettext_of("🤔 {count} buyer still thinks, until {time}.",
                                 "🤔 {count} buyers still think, until {time}.", found.thinking,
                                 time=proposal.until))  # fmt: skip
    return "\n".join(lines)
