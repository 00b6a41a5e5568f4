"""The card of an after-sale case, the same for whoever is told of it and whoever opens it: its buyer, seller, staff."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.catalog.words import sale_words
from core.events import EventKind
from core.i18n import N_, Name, _
from core.members.decisions import confirmed_once
from core.members.models import Farm, Member
from core.messaging import media
from core.messaging.screen import Button, Rows, Screen, button
from core.money import Money
from core.notices.lookup import goods
from core.orders import contested
from core.orders.card import order_card
from core.orders.case_models import AfterSaleCase
from core.orders.case_money import spared_with
from core.orders.case_queries import half_of, timeline
from core.orders.case_ruling import PERCENTS
from core.orders.case_states import TO_RULE, Bearer, CaseState, Problem, Wish
from core.orders.models import Order
from core.permissions import Actor
from core.reputation.queries import review_of_order

STATES = {
    CaseState.DRAFT: N_("✏️ not sent yet"), CaseState.OPEN: N_("⏳ the farmer answers"),
    CaseState.OFFERED: N_("⏳ the buyer answers"), CaseState.DISPUTED: N_("⚖️ the co-op decides"),
    CaseState.DECIDED: N_("⚖️ decided"), CaseState.APPEALED: N_("⚖️ appealed, the co-op decides again"),
    CaseState.REPLACING: N_("🔁 goods are sent again"), CaseState.CHARGED_BACK: N_("💳 charged back, waits"),
    CaseState.AGREED: N_("✅ agreed"), CaseState.REPLACED: N_("✅ replaced"), CaseState.CLOSED: N_("✅ closed"),
    CaseState.WITHDRAWN: N_("↩️ withdrawn"), CaseState.CHARGEBACK_WON: N_("✅ chargeback won"),
    CaseState.CHARGEBACK_LOST: N_("❌ chargeback lost"),
}  # fmt: skip
PROBLEMS = {
    Problem.SPOILED: N_("Spoiled"), Problem.LESS: N_("Less"), Problem.WRONG: N_("Wrong"), Problem.LATE: N_("Late"),
    Problem.CHARGEBACK: N_("Chargeback"),
}  # fmt: skip
BEARERS = {Bearer.FARMER: N_("the farmer"), Bearer.SHIPPING: N_("the delivery"), Bearer.COOP: N_("the co-op")}
_MOMENTS = {
    EventKind.ORDER_DISPATCHED: N_("🚚 {moment} on its way"), EventKind.ORDER_DELIVERED: N_("🏠 {moment} delivered"),
    EventKind.ORDER_COMPLETED: N_("✅ {moment} received"), EventKind.CASE_OPENED: N_("⚠️ {moment} problem told"),
}  # fmt: skip
_ENDED_WITH_MONEY = frozenset({CaseState.AGREED, CaseState.CLOSED})


def case_card(session: Session, case: AfterSaleCase, viewer: Actor, told: str = "") -> Screen:
    """Everything about one case, and what this viewer may do to it now; `told` stands first."""
    order = order_card(session, case.order_id)
    is_staff = viewer.is_staff and viewer.member_id not in (case.member_id, order.seller_id)
    lines = [
        told,
        _("⚠️ Case {number}: {state}", number=case.id, state=_(STATES[CaseState(case.state)])),
        _("{goods} · {crop}", goods=goods(order), crop=sale_words(order)),
        _("🔄 Instead: {goods}", goods=Name(order.instead)) if order.instead else "",
        *_stories(session, case),
        _without_cash(session, case),
        *(_timeline(session, case) if is_staff else ()),
        _first_of_two(session, case) if is_staff else "",
        *_outcome(case),
        _("paid {paid} · owed {owed} · back {back}", paid=order.paid, owed=order.rest, back=order.back),
    ]
    rows = _rows(session, case, viewer, (order.seller_id, is_staff))
    picture = media.shown(session, case.media_id)
    return Screen("\n".join(line for line in lines if line), rows, bare=True, **picture)


def wish_words(case: AfterSaleCase) -> str:
    """What the buyer wants."""
    if case.wish == Wish.REPLACE:
        return _("goods instead")
    return _("{sum} back", sum=case.asked)


def _stories(session: Session, case: AfterSaleCase) -> list[str]:
    problem = _(PROBLEMS[Problem(case.problem)])
    if case.problem == Problem.CHARGEBACK:
        taken = _("💳 {sum} were taken back by the payment provider.", sum=case.asked)
        waits, back = contested.waiting(session, case), contested.returned(session, case)
        before = contested.charge_of(session, case).member_id != case.member_id
        return [
            taken,
            _("Whoever had this order before had paid them.") if before else "",
            _("⏳ {sum} of the refund waits until that is decided.", sum=waits) if waits else "",
            _("👛 {sum} that waited is back in the wallet.", sum=back) if back else "",
        ]
    buyer = session.get_one(Member, case.member_id).name
    farm = session.get_one(Farm, case.farm_id).store_name
    return [
        _("{buyer}: {problem}; wishes {wish}", buyer=Name(buyer), problem=problem, wish=wish_words(case))
        if case.wish else _("{buyer}: {problem}", buyer=Name(buyer), problem=problem),
        _("“{text}”", text=Name(case.buyer_words)) if case.buyer_words else "",
        _("{store} offers {sum} back", store=Name(farm), sum=case.offered) if case.offered_minor else "",
        _("{store}: “{text}”", store=Name(farm), text=Name(case.seller_words)) if case.seller_words else "",
    ]  # fmt: skip


def cash_line(session: Session, order_id: int, amount: Money) -> str:
    """What giving back so much means for the cash that is still owed; nothing where none is spared."""
    spared = spared_with(session, session.get_one(Order, order_id), amount)
    return _("💵 Then {sum} need not be paid in cash.", sum=spared) if spared else ""


def _without_cash(session: Session, case: AfterSaleCase) -> str:
    at_stake = {CaseState.OPEN: case.asked, CaseState.OFFERED: case.offered, CaseState.DECIDED: case.ruled}
    amount = at_stake.get(CaseState(case.state))
    return "" if amount is None else cash_line(session, case.order_id, amount)


def _first_of_two(session: Session, case: AfterSaleCase) -> str:
    """What one person would rule, while a second must say the same."""
    first = confirmed_once(session, case) if case.state in TO_RULE else None
    if first is None:
        return ""
    by, amount = session.get_one(Member, first.member_id).name, Money(first.amount_minor or 0, case.currency)
    return _("☑ {name} confirmed: {sum} goes back, {who} bears it. One more person must confirm.", name=Name(by),
             sum=amount, who=_(BEARERS[Bearer(first.reason or Bearer.FARMER)]))  # fmt: skip


def _timeline(session: Session, case: AfterSaleCase) -> list[str]:
    return [_(_MOMENTS[kind], moment=at) for kind, at in timeline(session, case)]


def _outcome(case: AfterSaleCase) -> list[str]:
    state, lines = CaseState(case.state), []
    who = _(BEARERS[Bearer(case.bearer)])
    if state is CaseState.DECIDED and case.answer_by is not None:
        lines = [
            _("⚖️ {sum} goes back; {who} bears it.", sum=case.ruled, who=who),
            _("It is carried out {moment}, unless somebody appeals.", moment=case.answer_by),
        ]
    elif state in _ENDED_WITH_MONEY:
        lines = [_("👛 {sum} went back; {who} bears it.", sum=case.ruled, who=who)]
    elif case.answer_by is not None:
        lines = [_("⏰ Without an answer by {moment} the co-op decides.", moment=case.answer_by)]
    if case.debt:
        lines.append(_("The co-op paid {sum}: the farm owes it; its next earnings pay it.", sum=case.debt))
    elif case.coop_minor:
        lines.append(_("The co-op paid {sum}; the farm has paid it back.", sum=case.coop))
    return lines


def _rows(session: Session, case: AfterSaleCase, viewer: Actor, about: tuple[int, bool]) -> Rows:
    seller_id, is_staff = about
    rows: list[tuple[Button, ...]] = []
    if viewer.member_id == seller_id:
        rows += _seller_rows(case)
    elif viewer.member_id == case.member_id:
        rows += _buyer_rows(case)
    elif is_staff:
        rows += _staff_rows(session, case)
    if case.state == CaseState.DECIDED and viewer.member_id in (case.member_id, seller_id):
        rows.append((_act(case, _("⚖️ Appeal"), "kappeal"),))
    if viewer.member_id == case.member_id:
        rows.append((button(_("🧾 Order"), "border", case.order_id),))
    return tuple(rows)


def _act(case: AfterSaleCase, label: str, action: str, value: object = "") -> Button:
    return button(label, action, case.id, case.rev, value)


def _seller_rows(case: AfterSaleCase) -> Rows:
    if case.state != CaseState.OPEN:
        return ()
    half = half_of(case)
    if case.wish == Wish.REPLACE:
        return ((_act(case, _("🔁 Send again"), "kyes"), _act(case, _("Disagree"), "kno")),)
    row = (_act(case, _("Accept {sum}", sum=case.asked), "kyes"),)
    return (row, (*((_act(case, _("Offer half"), "khalf"),) if half else ()), _act(case, _("Disagree"), "kno")))


def _buyer_rows(case: AfterSaleCase) -> Rows:
    back = (_act(case, _("↩️ Withdraw"), "ksay", "withdraw"),)
    if case.state == CaseState.OFFERED:
        take = _act(case, _("Accept {sum}", sum=case.offered), "ktake")
        return ((take, _act(case, _("Disagree"), "ksay", "decline")), back)
    if case.state == CaseState.REPLACING:
        came = _act(case, _("✅ It came"), "ksay", "replaced")
        return ((came, _act(case, _("❌ It did not come"), "ksay", "not_replaced")),)
    return (back,) if case.state in (CaseState.OPEN, CaseState.DISPUTED) else ()


def _staff_rows(session: Session, case: AfterSaleCase) -> Rows:
    rows: Rows = ()
    if case.state in TO_RULE:
        rows = tuple((_act(case, _("Refund {share} %", share=share), "krule", share),) for share in PERCENTS)
    elif case.state == CaseState.CHARGED_BACK:
        rows = ((_act(case, _("✅ Won"), "kend", "won"), _act(case, _("❌ Lost"), "kend", "lost")),)
    elif case.state in (CaseState.DECIDED, CaseState.CLOSED):
        said = review_of_order(session, case.order_id)
        if said is not None and said.score < 0:
            rows = ((_act(case, _("↩️ Undo bad point"), "kpoint"),),)
    return (*rows, (button(_("✅ To decide"), "oq"),))


def alert_card(sale: Campaign, count: int, viewer_sells: bool) -> Screen:
    """Several complaints about one sale: the farmer may make one offer to all."""
    told = _("⚠️ {crop}: {count} buyers have a problem with it.", crop=sale_words(sale), count=count)
    offer = ((button(_("🤝 Offer to all"), "kall", sale.id),),) if viewer_sells else ()
    return Screen(told, (*offer, (button(_("⚖️ Cases"), "kfarm" if viewer_sells else "kcases"),)), edit=False)
