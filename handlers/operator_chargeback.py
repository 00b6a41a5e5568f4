"""A chargeback: staff enters which paid charge a provider took back and how much, and later how it ended."""

from __future__ import annotations

from core.errors import NotFound
from core.i18n import N_, Name, _, shown
from core.messaging.screen import Screen, button
from core.money import Money
from core.notices.case_cards import STATES, case_card
from core.notices.lookup import sums_told
from core.orders import case_ruling
from core.orders.case_queries import charges_of
from core.orders.case_states import CaseState
from core.orders.desk import payment
from core.orders.errors import NoSuchOrder
from core.orders.models import id_of
from core.payments.models import Payment
from core.permissions import require
from handlers.aftersale import pressed_case, show_case
from handlers.my_orders import card_of
from handlers.reading import TwoReadings, read_money
from handlers.routes import expects, press
from handlers.sale_screens import two_ways
from handlers.states import Charging
from handlers.turn import Reply, Turn

ORDER = N_("💳 Which order was charged back? Write its number, for example: A12")
AMOUNT = N_("Write the amount that was taken back, for example: 90")
ENDS = {"won": CaseState.CHARGEBACK_WON, "lost": CaseState.CHARGEBACK_LOST}


@press("kcharge")
async def ask_order(turn: Turn) -> Reply:
    """[💳 Chargeback]: of which order?"""
    require("case.chargeback", turn.actor)
    await turn.goto(Charging.order)
    return Screen(_(ORDER), ((button(_("⬅️ Back"), "kcases"),),))


@expects(Charging.order, example=ORDER)
async def got_order(turn: Turn) -> Reply:
    """Its paid charges, as the providers name them."""
    order_id = id_of(turn.text)
    found = charges_of(turn.session, turn.actor, order_id) if order_id is not None else []
    if not found:
        raise NoSuchOrder(wanted=Name(turn.text[:20]))
    rows = [
        (button(_("{method} {sum}", method=Name(one.provider), sum=one.amount), "kcpay", one.id, one.rev),)
        for one in found
    ]  # fmt: skip
    asked = _("💳 {number}: which charge?", number=Name(card_of(turn, order_id or 0).number))
    return Screen(asked, (*rows, (button(_("⬅️ Back"), "kcases"),)), edit=False)


@press("kcpay")
async def ask_amount(turn: Turn) -> Reply:
    """All of it, or an amount that is written."""
    found = _charge(turn, turn.pressed_id)
    await turn.goto(Charging.amount, payment=found.id)
    whole = button(_("All {sum}", sum=found.amount), "kcamt", found.id, found.rev, found.amount_minor)
    return Screen(_(AMOUNT), ((whole,), (button(_("⬅️ Back"), "kcases"),)))


@expects(Charging.amount, example=AMOUNT)
async def typed_amount(turn: Turn) -> Reply:
    """An amount in any digits; what reads two ways is asked."""
    found = _charge(turn, int(turn.data.get("payment", 0)))
    try:
        amount = read_money(turn.text, found.currency, turn.speech.locale, found.amount)
    except TwoReadings as doubt:
        both = [Money.of(each, found.currency) for each in (doubt.first, doubt.second)]
        return two_ways(turn.text, [(shown(one), "kcamt", found.id, found.rev, str(one.minor)) for one in both])
    return _asked(turn, found, amount).fresh()


@press("kcamt")
async def chosen_amount(turn: Turn) -> Reply:
    """What it does, before it is booked."""
    found = _charge(turn, turn.pressed_id)
    return _asked(turn, found, _amount(turn, found))


def _asked(turn: Turn, found: Payment, amount: Money) -> Screen:
    order = card_of(turn, found.order_id or 0)
    waits = case_ruling.would_wait(turn.session, turn.actor, found, amount)
    lines = [
        _("💳 {sum} of {number} was taken back?", sum=amount, number=Name(order.number)),
        _("The co-op stands in for it; the order's money waits until it is won or lost."),
        _("⏳ {sum} that went back before is set aside out of the buyer's wallet.", sum=waits) if waits else "",
        sums_told(order),
    ]
    confirm = button(_("✅ Confirm"), "kcbook", found.id, found.rev, amount.minor)
    return Screen("\n".join(line for line in lines if line), ((confirm, button(_("⬅️ Back"), "kcases")),))


@press("kcbook")
async def book(turn: Turn) -> Reply:
    """Booked; both sides are told."""
    found = _charge(turn, turn.pressed_id)
    amount = _amount(turn, found)
    case = case_ruling.enter_chargeback(turn.session, turn.actor, found, amount, now=turn.now)
    await turn.goto(None)
    return case_card(turn.session, case, turn.actor, _("✅ Booked. Both sides are told."))


@press("kend", fresh=show_case)
async def ask_end(turn: Turn) -> Reply:
    """[✅ Won][❌ Lost]: sure?"""
    case, end = pressed_case(turn), _end(turn)
    require("case.chargeback", turn.actor)
    lines = [
        _("💳 {sum}: {state}?", sum=case.asked, state=_(STATES[ENDS[end]])),
        _("The order's money goes on its way; what was set aside goes back to the wallet.") if end == "won"
        else _("What was set aside pays for it, then the order's money, then what the farm had of it; what is missing "
               "the co-op bears."),
        sums_told(card_of(turn, case.order_id)),
    ]  # fmt: skip
    confirm = button(_("✅ Confirm"), "kend2", case.id, case.rev, end)
    return Screen("\n".join(lines), ((confirm, button(_("⬅️ Back"), "kcase", case.id)),))


@press("kend2", fresh=show_case)
async def ended(turn: Turn) -> Reply:
    """Booked."""
    case = pressed_case(turn)
    case_ruling.end_chargeback(turn.session, turn.actor, case, won=_end(turn) == "won", now=turn.now)
    return case_card(turn.session, case, turn.actor)


def _charge(turn: Turn, payment_id: int) -> Payment:
    require("case.chargeback", turn.actor)
    return payment(turn.session, turn.actor, payment_id)


def _amount(turn: Turn, found: Payment) -> Money:
    value = turn.pressed_value
    return Money(int(value) if value.isdecimal() and len(value) < 16 else 0, found.currency)


def _end(turn: Turn) -> str:
    end = turn.pressed_value
    if end not in ENDS:
        raise NotFound
    return end
