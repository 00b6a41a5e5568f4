"""Script 5, money going out: how much, where to, confirm; the same steps for a wallet and for a farm's earnings."""

from __future__ import annotations

import secrets

from core.errors import NotFound, Refusal
from core.i18n import N_, _, shown
from core.messaging.screen import Screen, button
from core.money import Money
from core.orders import payouts
from core.orders.errors import NotYetFree, StillResting
from core.orders.payouts import Purse
from handlers import payout_screens as screens
from handlers.farm_orders import money as show_money
from handlers.payout_screens import FARM, WALLET
from handlers.reading import TwoReadings, read_money
from handlers.routes import expects, press, refused
from handlers.sale_screens import two_ways
from handlers.states import Payout
from handlers.turn import Reply, Turn
from handlers.wallet import show_wallet

DESTINATION_LEAST = 5
AMOUNT_EXAMPLE = N_("Write the amount to withdraw, for example: 500")
DESTINATION_EXAMPLE = N_("Where shall it go? Write it, for example: UPI asha@bank, or an account number.")


@press("bout")
async def ask_amount(turn: Turn) -> Reply:
    """How much of the wallet; a farm's earnings are asked of the money screen itself."""
    purse = _purse(turn, WALLET)
    await turn.leave()
    await turn.goto(Payout.amount, purse=WALLET)
    return Screen(_("💸 {sum} can go out. How much?", sum=purse.free), screens.amounts(WALLET, purse.free))


@press("bouttype")
async def type_amount(turn: Turn) -> Reply:
    """Any other amount, written."""
    await turn.goto(Payout.amount, purse=FARM if turn.press and turn.press.value == FARM else WALLET)
    return Screen(_(AMOUNT_EXAMPLE))


@expects(Payout.amount, example=AMOUNT_EXAMPLE)
async def typed_amount(turn: Turn) -> Reply:
    """An amount in any digits; what reads two ways is asked."""
    purse = _purse(turn, str(turn.data.get("purse", WALLET)))
    currency = purse.free.currency
    try:
        amount = read_money(turn.text, currency, turn.speech.locale, purse.free)
    except TwoReadings as doubt:
        both = [Money.of(each, currency) for each in (doubt.first, doubt.second)]
        which = screens.letter(purse)
        return two_ways(turn.text, [(shown(each), "boutsum", 0, 0, f"{which}{each.minor}") for each in both])
    return (await _ask_destination(turn, amount, purse)).fresh()


@press("boutsum")
async def choose_amount(turn: Turn) -> Reply:
    """An amount by its button."""
    value = turn.pressed_value
    which, figure = (value[:1], value[1:]) if value[:1] in (FARM, WALLET) else (WALLET, value)  # older buttons
    purse = _purse(turn, which)
    minor = int(figure) if figure.isdecimal() and len(figure) < 16 else 0
    return await _ask_destination(turn, Money(minor, purse.free.currency), purse)


async def _ask_destination(turn: Turn, amount: Money, purse: Purse) -> Screen:
    payouts.check(purse, amount)
    await turn.goto(Payout.destination, purse=screens.letter(purse), minor=amount.minor)
    return screens.where(amount, payouts.destinations(turn.session, turn.who.member_id))


@refused(NotYetFree, StillResting)
def only_so_much(turn: Turn, error: Refusal) -> Reply:
    """Too much: what is free is offered at once."""
    free = error.params["free"]
    if not isinstance(free, Money) or not free:
        return Screen(error.text(), ((button(_("💰 Money"), "fmoney"),),), edit=False)
    less = button(_("Withdraw {sum}", sum=free), "boutsum", value=f"{FARM}{free.minor}")
    return Screen(error.text(), ((less,), (button(_("💰 Money"), "fmoney"),)), edit=False)


@press("boutto")
async def to_known(turn: Turn) -> Reply:
    """Where money went before, by its button."""
    if turn.state != Payout.destination.state:
        return await _home(turn, WALLET)
    known = payouts.destination(turn.session, turn.actor, turn.pressed_id)
    return await _ask_confirm(turn, known.details)


@expects(Payout.destination, example=DESTINATION_EXAMPLE)
async def got_destination(turn: Turn) -> Reply:
    """Shown back before anything moves."""
    if len(turn.text) < DESTINATION_LEAST:
        return Screen(_(DESTINATION_EXAMPLE), edit=False)
    return (await _ask_confirm(turn, turn.text[: payouts.DETAILS_MOST])).fresh()


async def _ask_confirm(turn: Turn, destination: str) -> Screen:
    purse = _purse(turn, str(turn.data.get("purse", WALLET)))
    amount = Money(turn.data.get("minor", 0), purse.free.currency)
    nonce = secrets.token_hex(3)
    await turn.goto(Payout.confirm, to=destination, nonce=nonce)
    return screens.confirm(purse, amount, destination, nonce)


@expects(Payout.confirm, takes="", example=N_("Press ✅ Confirm above, or ⬅️ Back."))
@press("boutok")
async def confirm(turn: Turn) -> Reply:
    """Asked once, however often it is tapped."""
    which = str(turn.data.get("purse", WALLET))
    if turn.state != Payout.confirm.state or turn.press is None or turn.data.get("nonce") != turn.press.value:
        return await _home(turn, which)
    purse = _purse(turn, which)
    amount = Money(turn.data["minor"], purse.free.currency)
    refund = payouts.ask_payout(
        turn.session, turn.actor, amount, turn.data["to"], farm_id=purse.farm_id, now=turn.now
    )  # fmt: skip
    await turn.leave()
    return screens.asked(_purse(turn, which), refund)


async def as_it_stands(turn: Turn) -> Reply:
    """The purse whose request this button was of."""
    found = payouts.own_payout(turn.session, turn.actor, turn.pressed_id)
    return await _home(turn, WALLET if found.farm_id is None else FARM)


@press("boutno", fresh=as_it_stands)
async def take_back(turn: Turn) -> Reply:
    """[Cancel request]: it is free again."""
    found = payouts.own_payout(turn.session, turn.actor, turn.pressed_id)
    turn.still(found)
    payouts.take_back(turn.session, turn.actor, found, now=turn.now)
    purse = _purse(turn, WALLET if found.farm_id is None else FARM)
    told = _("↩️ Cancelled: {sum} is free again.\nasked 0 · left {rest}", sum=found.amount, rest=purse.free)
    return Screen(told, ((screens.home_button(purse),),))


def _purse(turn: Turn, which: str) -> Purse:
    if which != FARM:
        return payouts.purse_of(turn.session, turn.actor, None, now=turn.now)
    if turn.who.farm_id is None:
        raise NotFound
    return payouts.purse_of(turn.session, turn.actor, turn.who.farm_id, now=turn.now)


async def _home(turn: Turn, which: str) -> Reply:
    return await (show_money(turn) if which == FARM else show_wallet(turn))
