"""[⚖️ Weigh]: goods sold by final weight go on the scales one order after the other; an outlier is asked again."""

from __future__ import annotations

from decimal import Decimal

from core.catalog.models import Campaign
from core.errors import BadInput, OutOfBounds
from core.i18n import N_, Name, _, ngettext_of
from core.messaging.screen import Rows, Screen, button
from core.orders import consent
from core.orders.models import Order
from core.orders.queries import order_card, order_for
from core.quantity import ParseError, ReadsTwoWays, UnknownUnit, convert, parse_quantity
from handlers.buyer import carried, plain
from handlers.farm_orders import pressed_sale, sale_card
from handlers.publish_edit import whole
from handlers.reading import FAR_TOO_MUCH
from handlers.routes import expects, press
from handlers.sale_draft import own_sale
from handlers.states import Weighing
from handlers.turn import Reply, Turn
from handlers.words import amount, sale_words

GRAMS = Decimal(1000)


@press("fweigh", fresh=sale_card)
async def begin(turn: Turn) -> Reply:
    """The next order that waits for its weight."""
    return await _next(turn, pressed_sale(turn))


async def _next(turn: Turn, sale: Campaign, lead: str = "") -> Screen:
    order, waiting = consent.next_to_weigh(turn.session, sale)
    rows: Rows = ((button(_("📋 Pick list"), "fpick", sale.id), button(_("⬅️ Back"), "fsale", sale.id, sale.rev)),)
    if order is None:
        await turn.goto(None)
        told = _("⚖️ {crop}: 0 orders wait for the scales.", crop=sale_words(sale))
    else:
        await turn.goto(Weighing.grams, sale=sale.id, order=order.id)
        card = order_card(turn.session, order.id)
        told = ngettext_of(
            "⚖️ #{number} {buyer}, {share}: write its weight in grams, for example: {example} ({count} to weigh)",
            "⚖️ #{number} {buyer}, {share}: write its weight in grams, for example: {example} ({count} to weigh)",
            waiting, number=Name(card.number), buyer=Name(card.buyer_name[:20]),
            share=amount(order.share, sale.unit), example=plain(order.share * GRAMS + 50),
        )  # fmt: skip
    return Screen("\n".join(line for line in (lead, told) if line), rows)


@expects(Weighing.grams, example=N_("Write the weight in grams, for example: 2050"))
async def typed(turn: Turn) -> Reply:
    """Grams, or a number with its unit; one that is far off is asked again."""
    sale = own_sale(turn, int(turn.data.get("sale", 0)))
    order = order_for(turn.session, turn.actor, int(turn.data.get("order", 0)), "order.weigh")
    weight = _read(turn, sale, order)
    if consent.is_outlier(order, weight):
        told = _("🤔 {weight} for {share}? That is far off.", weight=amount(weight, sale.unit),
                 share=amount(order.share, sale.unit))  # fmt: skip
        yes = button(_("Yes, {weight}", weight=amount(weight, sale.unit)), "fwok", sale.id, sale.rev,
                     f"{plain(weight)}={order.id}={order.rev}")  # fmt: skip
        return Screen(told, ((yes, button(_("Oops"), "fweigh", sale.id, sale.rev)),), edit=False)
    return (await _weighed(turn, sale, order, weight)).fresh()


@press("fwok", fresh=sale_card)
async def meant(turn: Turn) -> Reply:
    """[Yes, …]: the far-off weight is right."""
    sale = pressed_sale(turn)
    weight, _mark, which = (turn.pressed_value).partition("=")
    order = order_for(turn.session, turn.actor, whole(which.partition("=")[0]), "order.weigh")
    return await _weighed(turn, sale, order, carried(weight))


async def _weighed(turn: Turn, sale: Campaign, order: Order, weight: Decimal) -> Screen:
    done = consent.weigh(turn.session, turn.actor, order, weight, now=turn.now)
    facts = {"number": Name(order.number), "weight": amount(weight, sale.unit), "sum": done.total}
    lead = _("☑ #{number}: {weight}, {sum}. The balance is asked for.", **facts)
    if done.asked:
        lead = _("☑ #{number}: {weight}, {sum}. The buyer is asked first, until {time}.", **facts, time=done.until)
    return await _next(turn, sale, lead)


def _read(turn: Turn, sale: Campaign, order: Order) -> Decimal:
    """What was typed, in the sale's unit: bare numbers are grams."""
    example = plain(order.share * GRAMS)
    try:
        found, unit = parse_quantity(turn.text, turn.speech.locale)
        weight = found / GRAMS if unit is None else convert(found, unit, sale.unit)
    except (ParseError, ReadsTwoWays, UnknownUnit):
        raise BadInput(field=_("Weight"), reason=_("I need grams"), example=example) from None
    if weight > FAR_TOO_MUCH:  # more than decimal arithmetic holds to the gram
        raise OutOfBounds(field=_("Weight"), least=0, most=FAR_TOO_MUCH, example=example)
    return weight.quantize(Decimal("0.001"))
