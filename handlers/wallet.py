"""[👛 Wallet]: what is in it, how it came and went, and [Withdraw], which asks an operator to pay out."""

from __future__ import annotations

import secrets

from core.i18n import N_, Name, _, shown
from core.messaging.screen import Screen, button
from core.money import Money
from core.orders import wallet
from core.orders.errors import AmountNotPositive, CreditTooLow
from core.orders.models import number_of
from core.payments import ledger
from core.payments.ledger import AccountKind, Line
from handlers.home import WALLET
from handlers.reading import TwoReadings, read_money
from handlers.routes import expects, press, tile
from handlers.sale_screens import two_ways
from handlers.states import Payout
from handlers.turn import Reply, Turn

LINES_SHOWN = 5
DESTINATION_LEAST, DESTINATION_MOST = 5, 300
AMOUNT_EXAMPLE = N_("Write the amount to withdraw, for example: 500")
DESTINATION_EXAMPLE = N_("Where shall it go? Write it, for example: UPI asha@bank, or an account number.")


@tile(WALLET)
@press("bwallet")
async def show_wallet(turn: Turn) -> Reply:
    """The balance and its last changes."""
    await turn.leave()
    credit = wallet.wallet_balance(turn.session, turn.who.member_id)
    own = ledger.account(
        turn.session, AccountKind.CUSTOMER_CREDIT, credit.currency, owner=("member", turn.who.member_id), now=turn.now
    )
    lines = ledger.statement(turn.session, own, limit=LINES_SHOWN)
    told = [_("👛 {sum} in your wallet", sum=credit), *(_line(line) for line in lines)]
    told.append(_("Money that goes back to you comes here. It pays your next order, or you withdraw it."))
    rows = ((button(_("Withdraw"), "bout"),),) if credit else ()
    return Screen("\n".join(told), rows)


def _line(line: Line) -> str:
    """One change: when, how much, and for which order."""
    sign = "➖" if line.amount.minor < 0 else "➕"
    amount = Money(abs(line.amount.minor), line.amount.currency)
    if line.order_id is None:
        return _("{sign} {sum} · {moment}", sign=sign, sum=amount, moment=line.at)
    return _("{sign} {sum} · {number} · {moment}", sign=sign, sum=amount, number=Name(number_of(line.order_id)),
             moment=line.at)  # fmt: skip


@press("bout")
async def ask_amount(turn: Turn) -> Reply:
    """How much."""
    credit = wallet.wallet_balance(turn.session, turn.who.member_id)
    await turn.leave()
    await turn.goto(Payout.amount)
    rows = ((button(_("All {sum}", sum=credit), "boutsum", value=credit.minor), button(_("✏️ Other"), "bouttype")),)
    return Screen(_("💸 {sum} can go out. How much?", sum=credit), rows)


@press("bouttype")
async def type_amount(turn: Turn) -> Reply:
    """Any other amount, written."""
    await turn.goto(Payout.amount)
    return Screen(_(AMOUNT_EXAMPLE))


@expects(Payout.amount, example=AMOUNT_EXAMPLE)
async def typed_amount(turn: Turn) -> Reply:
    """An amount in any digits; what reads two ways is asked."""
    credit = wallet.wallet_balance(turn.session, turn.who.member_id)
    try:
        amount = read_money(turn.text, credit.currency, turn.speech.locale, credit)
    except TwoReadings as doubt:
        both = [Money.of(each, credit.currency) for each in (doubt.first, doubt.second)]
        return two_ways(turn.text, [(shown(each), "boutsum", 0, 0, each.minor) for each in both])
    return (await _ask_destination(turn, amount, credit)).fresh()


@press("boutsum")
async def choose_amount(turn: Turn) -> Reply:
    """An amount by its button."""
    credit = wallet.wallet_balance(turn.session, turn.who.member_id)
    value = turn.press.value if turn.press else ""
    minor = int(value) if value.isdecimal() and len(value) < 16 else 0
    return await _ask_destination(turn, Money(minor, credit.currency), credit)


async def _ask_destination(turn: Turn, amount: Money, credit: Money) -> Screen:
    if amount.minor <= 0:
        raise AmountNotPositive(most=credit)
    if amount > credit:
        raise CreditTooLow(credit=credit, wanted=amount)
    await turn.goto(Payout.destination, minor=amount.minor)
    return Screen(
        _("🏦 {sum}: where shall it go? Write it, for example: UPI asha@bank, or an account number.\n"
          "Nobody from us asks for your PIN.", sum=amount)
    )  # fmt: skip


@expects(Payout.destination, example=DESTINATION_EXAMPLE)
async def got_destination(turn: Turn) -> Reply:
    """Shown back before anything moves."""
    if len(turn.text) < DESTINATION_LEAST:
        return Screen(_(DESTINATION_EXAMPLE), edit=False)
    credit = wallet.wallet_balance(turn.session, turn.who.member_id)
    amount = Money(turn.data.get("minor", 0), credit.currency)
    nonce = secrets.token_hex(3)
    await turn.goto(Payout.confirm, to=turn.text[:DESTINATION_MOST], nonce=nonce)
    told = [
        _("💸 {sum} → {destination}", sum=amount, destination=Name(turn.text[:DESTINATION_MOST])),
        _("left in your wallet: {rest}", rest=credit - amount),
    ]
    rows = ((button(_("✅ Confirm"), "boutok", value=nonce), button(_("⬅️ Back"), "bwallet")),)
    return Screen("\n".join(told), rows, edit=False)


@expects(Payout.confirm, takes="", example=N_("Press ✅ Confirm above, or ⬅️ Back."))
@press("boutok")
async def confirm(turn: Turn) -> Reply:
    """Asked once, however often it is tapped."""
    if turn.state != Payout.confirm.state or turn.press is None or turn.data.get("nonce") != turn.press.value:
        return await show_wallet(turn)
    currency = wallet.wallet_balance(turn.session, turn.who.member_id).currency
    amount, destination = Money(turn.data["minor"], currency), turn.data["to"]
    wallet.ask_payout(turn.session, turn.actor, amount, destination, now=turn.now)
    await turn.leave()
    told = [
        _("✅ Asked: {sum} → {destination}. Usually 1 working day.", sum=amount, destination=Name(destination)),
        _("Nobody from us asks for your PIN."),
    ]
    return Screen("\n".join(told), ((button(_(WALLET), "bwallet"),),))
