"""Paying: the deposit, the balance, the ways that fit; where the goods shall go is asked with the first thanks."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.errors import NotFound
from core.i18n import N_, Name, _, shown
from core.messaging.screen import Invoice, Screen, button, rows_of
from core.money import Money
from core.orders import settle
from core.orders.models import Order, number_of
from core.orders.settle import Came, MoneyFact, Outcome
from core.payments import service as ways
from core.payments.models import Payment
from core.payments.provider import StartsWith
from handlers.buyer import sums
from handlers.my_orders import card_of, own_order, show_order
from handlers.order_screens import money_screen, order_screen
from handlers.routes import expects, kind, press
from handlers.states import Paying
from handlers.turn import Reply, Toast, Turn
from handlers.words import sale_words

ONE_TAP = timedelta(seconds=10)


@press("bpay", fresh=show_order)
async def pay(turn: Turn) -> Reply:
    """[💳 Pay ...]: the one way that fits, or a choice of ways."""
    order = own_order(turn, "order.pay")
    methods = settle.methods_for(turn.session, order)
    if len(methods) == 1:
        return await _begin(turn, order, methods[0].provider)
    card = card_of(turn, order.id)
    if not methods:
        told = _("🔧 No way to pay {sum} is switched on yet. Please tell the co-op.", sum=card.owed)
        if ways.takes_money(turn.session):
            told = _("🔧 {sum} is too little or too much for the ways to pay that are on. Please tell the co-op.",
                     sum=card.owed)  # fmt: skip
        return Screen("\n".join([told, sums(card)]), ((button(_("📞 Human"), "human"),),))
    buttons = [
        button(ways.provider_named(method.provider).label(), "bpayby", order.id, order.rev, method.provider)
        for method in methods
    ]
    asked = _("💳 {sum} for {number}: how?", sum=card.owed, number=Name(card.number))
    return Screen("\n".join([asked, sums(card)]), rows_of(buttons, 2))


@press("bpayby", fresh=show_order)
async def pay_by(turn: Turn) -> Reply:
    """One of the ways."""
    order = own_order(turn, "order.pay")
    return await _begin(turn, order, turn.pressed_value)


async def _begin(turn: Turn, order: Order, provider: str) -> Reply:
    """An invoice to pay, an account to pay to, or it is paid already."""
    payment = settle.start_payment(turn.session, turn.actor, order, provider, now=turn.now)
    starts = ways.provider_named(provider).starts_with
    if starts is StartsWith.INVOICE:
        return await _bill(turn, order, payment)
    if starts is StartsWith.INSTRUCTIONS:
        await turn.leave()
        await turn.goto(Paying.receipt, payment=payment.id, order=order.id)
        return _instructions(turn, order, payment)
    return _paid(turn, order, payment.amount)


async def _bill(turn: Turn, order: Order, payment: Payment) -> Reply:
    """One invoice however often the button is tapped; a new one when some time has passed."""
    sent = turn.data.get("billed") if turn.state == Paying.invoice.state else None
    if sent and sent[0] == payment.id and turn.now - datetime.fromisoformat(sent[1]) < ONE_TAP:
        return Toast(_("⬇️ The invoice is below."))
    await turn.leave()
    await turn.goto(Paying.invoice, billed=[payment.id, turn.now.isoformat()])
    return _invoice(turn, order, payment)


@expects(Paying.invoice, takes="", example=N_("Press the pay button on the invoice above, or 🧺 My orders below."))
async def nothing_to_say(_turn: Turn) -> Reply:
    """Nothing is asked while an invoice is open; only the example above is ever shown."""
    raise NotFound


def _invoice(turn: Turn, order: Order, payment: Payment) -> Screen:
    card = card_of(turn, order.id)
    label = _("Deposit") if payment.purpose == "deposit" else _("Balance")
    told = _("{sale}, {number}", sale=sale_words(card), number=Name(card.number))
    bill = Invoice(
        title=_("{label} {sum}", label=label, sum=payment.amount), description="\n".join([told, sums(card)]),
        payload=payment.payload, currency=payment.currency, minor=payment.amount_minor, label=label,
    )  # fmt: skip
    return Screen("", invoice=bill, edit=False)


def _instructions(turn: Turn, order: Order, payment: Payment) -> Screen:
    method = ways.method_of(turn.session, payment.provider)
    told = [
        _("🏦 Transfer {sum} to:", sum=payment.amount),
        shown(Name(method.account)) if method else "",
        shown(Name(method.instructions)) if method else "",
        _("Write {number} as the reason. Then send a photo of the receipt here 📷", number=Name(order.number)),
        sums(card_of(turn, order.id)),
    ]
    return Screen("\n".join(each for each in told if each), ((button(_("⬅️ Back"), "border", order.id),),))


@kind("paid")
async def money_came(turn: Turn) -> Reply:
    """The messenger says that its invoice was paid."""
    came = turn.paid
    if came is None:
        raise NotFound
    amount = Money(came.minor, came.currency)
    fact = MoneyFact("messenger_invoice", came.charge_id, came.payload, amount, turn.who.member_id)
    outcome = settle.money_came(turn.session, fact, now=turn.now)
    if turn.state == Paying.invoice.state:
        await turn.leave()
    if outcome.came is Came.STRAY:
        told = _("💱 {sum} came in a currency that this shop does not take. The co-op sends it back to you.",
                 sum=amount)  # fmt: skip
        return Screen(told, ((button(_("📞 Human"), "human"),),), edit=False)
    if outcome.order_id is None:
        told = _("👛 {sum} came for no order that I know. It is in your wallet.", sum=amount)
        return Screen(told, ((button(_("👛 Wallet"), "bwallet"),),), edit=False)
    told = _came_words(number_of(outcome.order_id), outcome)
    try:
        card = card_of(turn, outcome.order_id)
    except NotFound:  # handed over since the invoice was opened; refused, the money would be nobody's
        return Screen(told, ((button(_("👛 Wallet"), "bwallet"),),), edit=False)
    if outcome.came is Came.REPEATED:
        return order_screen(card).fresh()
    return money_screen(card, told).fresh()


def _came_words(order_number: str, outcome: Outcome) -> str:
    """What became of money that came in."""
    number = Name(order_number)
    if not outcome.to_order:
        return _("👛 {sum} came when nothing was to pay for {number}: it is in your wallet.",
                 sum=outcome.to_credit, number=number)  # fmt: skip
    if outcome.to_credit:
        return _("✅ Paid {sum} for {number}. {credit} too much: it is in your wallet.",
                 sum=outcome.to_order, number=number, credit=outcome.to_credit)  # fmt: skip
    return _("✅ Paid {sum} for {number}.", sum=outcome.to_order, number=number)


def _paid(turn: Turn, order: Order, amount: Money) -> Screen:
    card = card_of(turn, order.id)
    if card.cash_agreed and card.rest:
        return money_screen(card, _("💵 Agreed: {sum} in cash at hand-over.", sum=card.rest))
    return money_screen(card, _("✅ Paid {sum} for {number}.", sum=amount, number=Name(card.number)))
