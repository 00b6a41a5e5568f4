"""What both sides and the co-op hear of a case (41): opened, offered, disputed, decided, appealed, ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.events import EventKind
from core.i18n import Name, _
from core.members import queries as members
from core.members.service import actor_of
from core.messaging import outbox
from core.messaging.screen import Screen, button
from core.notices.case_cards import STATES, alert_card, case_card
from core.notices.lookup import campaign, farmer, money, staff
from core.notices.registry import Fact, notice
from core.orders import contested
from core.orders.case_models import AfterSaleCase
from core.orders.case_states import TO_RULE, CaseState, Problem
from core.orders.models import Order
from core.orders.parties import seller_id


def _case(fact: Fact) -> AfterSaleCase:
    return fact.session.get_one(AfterSaleCase, fact.subject_id)


def _seller(fact: Fact) -> int:
    return members.farm(fact.session, _case(fact).farm_id).member_id


def _both(fact: Fact) -> Iterable[int]:
    return [_case(fact).member_id, _seller(fact)]


def _payer(fact: Fact) -> Iterable[int]:
    """Who paid what was taken back, when another has the order by now."""
    case = _case(fact)
    if case.problem != Problem.CHARGEBACK:
        return []
    payer = contested.charge_of(fact.session, case).member_id
    return [payer] if payer is not None and payer not in _both(fact) else []


def _awaited(fact: Fact) -> Iterable[int]:
    """Who must answer."""
    case = _case(fact)
    return [_seller(fact) if case.state == CaseState.OPEN else case.member_id]


def _rulers(fact: Fact) -> Iterable[int]:
    """Staff, when the case comes to them; neither its buyer nor its seller."""
    return _staff_of(fact) if fact.data.get("to") in (*TO_RULE, CaseState.CHARGED_BACK) else []


def _seconds(fact: Fact) -> Iterable[int]:
    """Whoever may be the second of two who rule."""
    return _staff_of(fact) if fact.subject_kind == AfterSaleCase.__tablename__ else []


def _holders(fact: Fact) -> Iterable[int]:
    """Staff whose chat holds the card that was pushed, when it does not come to them anew."""
    if fact.data.get("to") in (*TO_RULE, CaseState.CHARGED_BACK):
        return []
    operators, key = members.operators(fact.session), _key(fact)
    return [one.member_id for one in operators if outbox.card_of(fact.session, one.bot_id, one.chat_id, key)]


def _key(fact: Fact) -> str:
    return f"case:{fact.subject_id}"


def _staff_of(fact: Fact) -> list[int]:
    return [member_id for member_id in members.staff(fact.session) if member_id not in _both(fact)]


def _moved_on(fact: Fact, case: AfterSaleCase) -> bool:
    """Whether the case is further by now: that has a notice of its own."""
    return case.rev != int(fact.data.get("rev", case.rev))


def _shown(fact: Fact, told: str = "") -> Screen | None:
    """The card as it stands when it is sent; nothing when the case moved on."""
    case = _case(fact)
    if _moved_on(fact, case):
        return None
    reader = actor_of(fact.session, fact.member_id)
    return replace(case_card(fact.session, case, reader, told), edit=False)


@notice(41, EventKind.CASE_OPENED, to=lambda fact: [_seller(fact)], quiet="H")
def case_opened(fact: Fact) -> Screen | None:
    """A buyer has a problem."""
    return _shown(fact)


@notice(93, EventKind.CASE_MOVED, to=_both, quiet="H")
def case_moved(fact: Fact) -> Screen | None:
    """The other side answered, the co-op decided, or time did."""
    return _shown(fact)


@notice(173, EventKind.CASE_MOVED, to=_payer, quiet="H")
def own_payment_taken_back(fact: Fact) -> Screen | None:
    """The provider took money back of an order that was handed on: its payer hears of it, and how it ends."""
    case = _case(fact)
    if _moved_on(fact, case):
        return None
    number = Name(fact.session.get_one(Order, case.order_id).number)
    told = _("💳 {sum} that you paid for {number} were taken back by the payment provider: {state}", sum=case.asked,
             number=number, state=_(STATES[CaseState(case.state)]))  # fmt: skip
    return Screen(told, edit=False)


@notice(94, EventKind.CASE_REMINDER, to=_awaited, quiet="H", klass="R", deadline="until")
def case_waits(fact: Fact) -> Screen | None:
    """Half of the time to answer has gone."""
    return _shown(fact, _("⏰ Please answer."))


@notice(95, EventKind.POINT_TAKEN_BACK, to=_both, quiet="H")
def point_taken_back(fact: Fact) -> Screen | None:
    """A review was found unfair."""
    return _shown(fact, _("⭐ The co-op took the bad point of this review back."))


@notice(96, EventKind.REFUND_WAITS, to=lambda fact: [_case(fact).member_id], quiet="S", tell_actor=True)
def refund_waits(fact: Fact) -> Screen | None:
    """Money would go back that a provider took back already: it waits until that is decided."""
    case = _case(fact)
    if case.state != CaseState.CHARGED_BACK:
        return None
    waits = money(fact, "amount", case.currency)
    reader = actor_of(fact.session, fact.member_id)
    told = _("⏳ {sum} of your refund waits: the payment provider took as much back.", sum=waits)
    return replace(case_card(fact.session, case, reader, told), edit=False)


@notice(97, EventKind.DEBT_REPAID, to=lambda fact: [_seller(fact)], quiet="S")
def debt_repaid(fact: Fact) -> Screen | None:
    """What came in paid what the farm owed for a case."""
    case = _case(fact)
    paid = money(fact, "amount", case.currency)
    told = _("🧾 {sum} of what came in paid what the farm owes for case {number}. Still owed: {left}",
             sum=paid, number=case.id, left=case.debt)  # fmt: skip
    rows = ((button(_("💰 Money"), "fmoney"), button(_("👀 See"), "kcase", case.id)),)
    return Screen(told, rows, edit=False)


@notice(91, EventKind.CASE_MOVED, to=_rulers, quiet="S", klass="O", tell_actor=True)
def case_to_rule(fact: Fact) -> Screen | None:
    """A case waits for the co-op's word, in a message of its own that is known by its key."""
    shown = _shown(fact)
    return shown and replace(shown, card=_key(fact))


@notice(98, EventKind.CONFIRMED_ONCE, to=_seconds, quiet="S", klass="O")
def second_to_rule(fact: Fact) -> Screen | None:
    """One person ruled on much money: another must say the same."""
    return case_to_rule(fact) if _case(fact).state in TO_RULE else None


@notice(99, EventKind.CASE_MOVED, to=_holders, quiet="S", klass="O")
def case_ruled(fact: Fact) -> Screen | None:
    """A colleague ruled, or time went on: the card that was pushed edits itself."""
    shown = _shown(fact)
    return shown and replace(shown, card=_key(fact), edit=True)


@notice(92, EventKind.CASES_ALERT, to=lambda fact: [*farmer(fact), *staff(fact)], quiet="S", tell_actor=True)
def cases_alert(fact: Fact) -> Screen | None:
    """Several buyers complain about one sale."""
    sale = campaign(fact)
    sells = seller_id(fact.session, sale) == fact.member_id
    return alert_card(sale, int(fact.data["count"]), sells)
