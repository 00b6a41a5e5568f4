"""[🔔 Waiting list]: wait for so much of a sale, see where one stands, take what is offered, or leave."""

from __future__ import annotations

from core.errors import Refusal
from core.i18n import N_, _
from core.members import service as members
from core.members.queries import member
from core.messaging.screen import Screen, button, rows_of
from core.orders import waiting
from core.orders.errors import OfferEnded, StillFree
from core.orders.places import TAKEN, Place
from core.orders.queries import order_card
from core.settings.service import get_text
from handlers.browse import sale
from handlers.buyer import carried, plain
from handlers.listing_screens import usual_amounts
from handlers.order_screens import order_screen
from handlers.reading import TwoReadings, read_quantity
from handlers.reserve import confirm, finished, published
from handlers.routes import expects, press, refused
from handlers.sale_screens import two_ways
from handlers.states import Buying
from handlers.turn import Reply, Turn
from handlers.waiting_screens import place_screen
from handlers.words import amount, sale_words, unit_name


def _place(turn: Turn) -> Place:
    return waiting.place_for(turn.session, turn.actor, turn.pressed_id)


@press("bplace")
async def show_place(turn: Turn) -> Reply:
    """Where one stands; also what is shown after a stale button. What was taken is an order."""
    place = _place(turn)
    if place.state == TAKEN and place.order_id is not None:
        return order_screen(order_card(turn.session, place.order_id, turn.actor))
    return place_screen(waiting.place_line(turn.session, place))


@press("bwait")
async def wait(turn: Turn) -> Reply:
    """With the quantity that was wished, or asking for it."""
    sale_id, value = (turn.press.id, turn.press.value) if turn.press else (0, "")
    if value:
        return await _join(turn, sale_id, value)
    card = sale(turn, sale_id)
    line = card.line
    await turn.leave()
    await turn.goto(Buying.wish, sale=line.campaign_id)
    amounts = [
        button(amount(each, line.unit), "bwait", line.campaign_id, value=plain(each)) for each in usual_amounts(card)
    ]
    told = _("🔔 {crop}: how much shall I watch for? Press, or write it, for example: {example}",
             crop=sale_words(line), example=amount(usual_amounts(card)[-1], line.unit))  # fmt: skip
    return Screen(told, (*rows_of(amounts, 3), (button(_("⬅️ Back"), "bsale", line.campaign_id),)))


@expects(Buying.wish, example=N_("Write how much you wait for, for example: 5 kg"))
async def typed_wish(turn: Turn) -> Reply:
    """An amount in any digits and any unit that converts; what reads two ways is asked."""
    card = sale(turn, turn.data.get("sale", 0))
    line, example = card.line, amount(usual_amounts(card)[-1], card.line.unit)
    try:
        quantity = read_quantity(turn.text, line.unit, unit_name(line.unit), turn.speech.locale, example)
    except TwoReadings as doubt:
        both = [(amount(each, line.unit), "bwait", line.campaign_id, 0, plain(each))
                for each in (doubt.first, doubt.second)]  # fmt: skip
        return two_ways(turn.text, both)
    return (await _join(turn, line.campaign_id, plain(quantity))).fresh()


async def _join(turn: Turn, sale_id: int, value: str) -> Screen:
    """A place in the list; what can be reserved now is offered to reserve instead."""
    campaign, quantity = published(turn, sale_id), carried(value)
    try:
        place = waiting.join(turn.session, turn.actor, campaign, quantity, now=turn.now)
    except StillFree:  # raised before anything was written
        return await confirm(turn, campaign, quantity)
    await turn.goto(None)
    return place_screen(waiting.place_line(turn.session, place))


@press("btakeit", fresh=show_place)
async def take(turn: Turn) -> Reply:
    """[Take]: an order like any other, its deposit due within the hold."""
    place = _place(turn)
    turn.still(place)
    if turn.who.agreed_version != get_text(turn.session, "agreement_version"):
        members.agree(turn.session, member(turn.session, turn.who.member_id), now=turn.now)
    order = waiting.take(turn.session, turn.actor, place, now=turn.now)
    return finished(turn, order)


@press("bleave", fresh=show_place)
async def leave(turn: Turn) -> Reply:
    """[No] and [🔕 Leave the list]."""
    place = _place(turn)
    turn.still(place)
    waiting.leave(turn.session, turn.actor, place, now=turn.now)
    return place_screen(waiting.place_line(turn.session, place))


@refused(OfferEnded)
def too_late(_turn: Turn, error: Refusal) -> Reply:
    """The share went on; one may wait again."""
    sale_id = int(str(error.params["campaign_id"]))
    again, similar = button(_("🔔 Waiting list"), "bwait", sale_id), button(_("Similar"), "bsimilar", sale_id)
    return Screen(error.text(), ((again, similar),))
