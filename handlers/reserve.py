"""Script 6, reserving: how much, what it costs now and later, [✅ Reserve]; one order however often it is tapped."""

from __future__ import annotations

import secrets
from decimal import Decimal

from core.catalog import queries
from core.catalog.models import Campaign
from core.catalog.queries import ListingCard
from core.errors import NotFound, Refusal
from core.i18n import N_, _
from core.members import service as members
from core.members.queries import member
from core.messaging.screen import Screen, button
from core.orders import reserve as reserving
from core.orders.errors import QuotaExceeded, SaleClosed, SoldOut
from core.orders.models import Order
from core.orders.queries import order_for
from core.orders.states import OrderState
from core.settings.service import get_text
from handlers.browse import HIDDEN, card_screen, look_at, named_crop, sale
from handlers.buyer import carried, plain
from handlers.listing_screens import usual_amounts
from handlers.my_orders import card_of
from handlers.order_screens import held_screen, reserved_screen
from handlers.reading import TwoReadings, read_quantity
from handlers.routes import expects, press, refused
from handlers.sale_screens import two_ways
from handlers.states import Buying
from handlers.turn import Reply, Turn
from handlers.words import amount, goes_ahead, sale_words, unit_name

QUANTITY_EXAMPLE = N_("How much do you want? Press an amount above, or write it, for example: 5 kg")
CONFIRM_EXAMPLE = N_("Press ✅ Reserve above, or write another amount, for example: 5 kg")


async def sale_again(turn: Turn) -> Reply:
    """The sale as it stands now, after a button of an earlier revision."""
    card = sale(turn, turn.pressed_id)
    await look_at(turn, card)
    return card_screen(turn, card)


def published(turn: Turn, campaign_id: int) -> Campaign:
    """The sale to reserve from; what is not published does not exist."""
    campaign = queries.campaign(turn.session, campaign_id)
    if campaign.state in HIDDEN:
        raise NotFound
    return campaign


def _is_new(turn: Turn) -> bool:
    """Whether the person has not yet accepted the rules in force."""
    return turn.who.agreed_version != get_text(turn.session, "agreement_version")


def finished(turn: Turn, order: Order) -> Screen:
    """What follows a reservation, however it came about."""
    return _done(turn, order, queries.campaign(turn.session, order.campaign_id))


def _done(turn: Turn, order: Order, campaign: Campaign) -> Screen:
    if order.state == OrderState.HELD:
        return held_screen(order, campaign)
    return reserved_screen(card_of(turn, order.id))


@press("bother", fresh=sale_again)
async def ask_quantity(turn: Turn) -> Reply:
    """Any other amount, written."""
    card = sale(turn, turn.pressed_id)
    await look_at(turn, card)
    if not card.can_be_reserved(turn.now):
        return card_screen(turn, card)
    return Screen(
        _(
            "✏️ How many {unit}? Write it, for example: {example}",
            unit=unit_name(card.line.unit),
            example=_example(card),
        ),
        ((button(_("⬅️ Back"), "bsale", card.line.campaign_id),),),
    )


def _example(card: ListingCard) -> str:
    return amount(usual_amounts(card)[-1], card.line.unit)


@expects(Buying.quantity, example=QUANTITY_EXAMPLE)
@expects(Buying.confirm, example=CONFIRM_EXAMPLE, digits_press=True)
async def typed_quantity(turn: Turn) -> Reply:
    """An amount in any digits and any unit that converts; what reads two ways is asked."""
    card = sale(turn, turn.data.get("sale", 0))
    line = card.line
    if not any(char.isdecimal() for char in turn.text):
        other = await named_crop(turn)  # somebody who writes "tomato" here looks for something else
        if other is not None:
            return other
    try:
        quantity = read_quantity(turn.text, line.unit, unit_name(line.unit), turn.speech.locale, _example(card))
    except TwoReadings as doubt:
        both = [(amount(each, line.unit), "bqty", line.campaign_id, line.rev, plain(each))
                for each in (doubt.first, doubt.second)]  # fmt: skip
        return two_ways(turn.text, both)
    return (await confirm(turn, published(turn, line.campaign_id), quantity)).fresh()


@press("bqty", fresh=sale_again)
async def choose_quantity(turn: Turn) -> Reply:
    """An amount by its button."""
    campaign = published(turn, turn.pressed_id)
    turn.still(campaign)
    return await confirm(turn, campaign, carried(turn.pressed_value))


async def confirm(turn: Turn, campaign: Campaign, quantity: Decimal) -> Screen:
    """What it costs now and later, before anything is reserved; the nonce makes one order of a double tap."""
    reserving.check_window(campaign, turn.now)
    reserving.check_quantity(campaign, quantity)
    _check_left(campaign, quantity)
    nonce = secrets.token_hex(3)
    await turn.leave()
    await turn.goto(Buying.confirm, sale=campaign.id, nonce=nonce)
    total = campaign.price.times(quantity)
    deposit = total.percent(campaign.deposit_percent)
    told = [
        sale_words(campaign),
        _("{quantity} {total}: deposit {deposit} now, {rest} at harvest; crop fails → full refund",
          quantity=amount(quantity, campaign.unit), total=total, deposit=deposit, rest=total - deposit),
        goes_ahead(campaign, campaign.unit),
        _("By going on you accept the rules of the co-op: /rules") if _is_new(turn) else "",
    ]  # fmt: skip
    value = f"{plain(quantity)}-{nonce}"
    rows = (
        (button(_("✅ Reserve"), "breserve", campaign.id, campaign.rev, value),),
        (button(_("⬅️ Back"), "bsale", campaign.id),),
    )
    return Screen("\n".join(each for each in told if each), rows)


def _check_left(campaign: Campaign, quantity: Decimal) -> None:
    """Offer what is left before somebody confirms in vain; the verb looks again."""
    left = campaign.left // campaign.pack * campaign.pack
    if quantity > left:
        raise QuotaExceeded(left=left, unit=campaign.unit, campaign_id=campaign.id, wanted=quantity)


@press("breserve", fresh=sale_again)
async def reserve(turn: Turn) -> Reply:
    """One order per confirm: the second tap of the same button shows the order that the first made."""
    campaign_id, value = turn.pressed_id, turn.pressed_value
    said, _dash, nonce = value.partition("-")
    if nonce and turn.state == Buying.reserved.state and turn.data.get("nonce") == nonce:
        order = order_for(turn.session, turn.actor, turn.data["order"])
        return _done(turn, order, queries.campaign(turn.session, order.campaign_id))
    campaign = published(turn, campaign_id)
    turn.still(campaign)
    if not nonce or turn.state != Buying.confirm.state or turn.data.get("nonce") != nonce:
        return await confirm(turn, campaign, carried(said))
    if _is_new(turn):
        members.agree(turn.session, member(turn.session, turn.who.member_id), now=turn.now)
    order = reserving.reserve(turn.session, turn.actor, campaign, carried(said), now=turn.now)
    await turn.settle(Buying.reserved, order=order.id)
    return _done(turn, order, campaign)


@expects(Buying.reserved, takes="", example=N_("It is reserved. Press a button above, or 🧺 My orders below."))
async def nothing_expected(_turn: Turn) -> Reply:
    """Nothing is asked after reserving; only the example above is ever shown."""
    raise NotFound


@refused(QuotaExceeded, SoldOut)
def too_little(_turn: Turn, error: Refusal) -> Reply:
    """What is left is offered, a place on the waiting list, and other sales."""
    left, unit, campaign_id = error.params["left"], str(error.params["unit"]), int(str(error.params["campaign_id"]))
    wanted = error.params.get("wanted")
    wish = plain(wanted) if isinstance(wanted, Decimal) else ""
    others = (button(_("🔔 Waiting list"), "bwait", campaign_id, value=wish),
              button(_("Similar"), "bsimilar", campaign_id))  # fmt: skip
    if not isinstance(left, Decimal) or left <= 0:
        return Screen(SoldOut().text(), (others,))
    told = _("Only {left} left.", left=amount(left, unit))
    take = button(_("Take {left}", left=amount(left, unit)), "btake", campaign_id, value=plain(left))
    return Screen(told, ((take, *others),))


@press("btake")
async def take_what_is_left(turn: Turn) -> Reply:
    """The rest of a sale, at the price of this moment."""
    campaign = published(turn, turn.pressed_id)
    return await confirm(turn, campaign, carried(turn.pressed_value))


@refused(SaleClosed)
def closed(_turn: Turn, error: Refusal) -> Reply:
    """The sale ended meanwhile; others go on."""
    campaign_id = int(str(error.params.get("campaign_id", 0)))
    return Screen(error.text(), ((button(_("Similar"), "bsimilar", campaign_id),),))
