"""[✏️ Amount] of a receipt: another amount came than was asked; it is shown what that means before it is booked."""

from __future__ import annotations

from core.errors import NotFound
from core.i18n import N_, _, shown
from core.messaging.screen import Screen, button
from core.money import Money, zero
from core.orders import transfers
from core.orders.queries import order_card
from core.payments.models import Payment
from handlers.operator import fresh
from handlers.operator_cards import pressed, subject
from handlers.operator_decide import after, first_line, paid_words
from handlers.reading import TwoReadings, read_money
from handlers.routes import expects, press
from handlers.sale_screens import two_ways
from handlers.states import Deciding
from handlers.turn import Reply, Turn

AMOUNT_EXAMPLE = N_("Write the amount that really came, for example: 90")


@press("oamt", fresh=fresh)
async def ask_amount(turn: Turn) -> Reply:
    """How much really came?"""
    payment = _receipt(turn)
    await turn.goto(Deciding.amount, kind="p", subject=payment.id, rev=payment.rev)
    back = button(_("⬅️ Back"), "oc", payment.id, value="p")
    return Screen("\n".join([first_line(turn, payment), _(AMOUNT_EXAMPLE)]), ((back,),))


@expects(Deciding.amount, example=AMOUNT_EXAMPLE)
async def typed_amount(turn: Turn) -> Reply:
    """An amount in any digits; what reads two ways is asked."""
    payment = subject(turn, "p", int(turn.data.get("subject", 0)))
    if not isinstance(payment, Payment):
        raise NotFound
    try:
        amount = read_money(turn.text, payment.currency, turn.speech.locale, payment.amount)
    except TwoReadings as doubt:
        both = [Money.of(each, payment.currency) for each in (doubt.first, doubt.second)]
        return two_ways(turn.text, [(shown(one), "oamts", payment.id, payment.rev, f"p{one.minor}") for one in both])
    return _asked(turn, payment, amount).fresh()


@press("oamts", fresh=fresh)
async def chosen_amount(turn: Turn) -> Reply:
    """One of two readings."""
    payment = _receipt(turn)
    return _asked(turn, payment, _amount(turn, payment))


def _asked(turn: Turn, payment: Payment, amount: Money) -> Screen:
    """What booking this amount does: the rest stays owed, or what is too much goes to the wallet."""
    transfers.check_amount(payment, amount)
    owed = order_card(turn.session, payment.order_id).owed if payment.order_id is not None else zero(payment.currency)
    told = _("🏦 {sum} came of {asked}.", sum=amount, asked=payment.amount)
    if amount < owed:
        then = _("{rest} stays to be paid; the buyer is told.", rest=owed - amount)
    elif amount > owed:
        then = _("{sum} is too much: it goes to the buyer's wallet, and the buyer is told.", sum=amount - owed)
    else:
        then = _("Nothing stays to be paid.")
    book = button(_("✅ Book {sum}", sum=amount), "oamtok", payment.id, payment.rev, f"p{amount.minor}")
    back = button(_("⬅️ Back"), "oc", payment.id, value="p")
    return Screen("\n".join([told, then]), ((book,), (back,)))


@press("oamtok", fresh=fresh)
async def book_amount(turn: Turn) -> Reply:
    """Booked as it came."""
    payment = _receipt(turn)
    amount = _amount(turn, payment)
    outcome = transfers.decide_receipt(
        turn.session, turn.actor, payment, accept=True, reason=None, amount=amount, now=turn.now
    )
    await turn.goto(None)
    return after(turn, "p", payment, paid_words(turn, payment, outcome))


def _receipt(turn: Turn) -> Payment:
    _kind, found = pressed(turn, "p")
    if not isinstance(found, Payment):
        raise NotFound
    return found


def _amount(turn: Turn, payment: Payment) -> Money:
    value = turn.pressed_value[1:]  # the first letter is the kind of the card
    return Money(int(value) if value.isdecimal() and len(value) < 16 else 0, payment.currency)
