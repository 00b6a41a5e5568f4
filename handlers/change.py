"""[✏️ Change], how much: another quantity of a reserved order, with its money before anything moves."""

from __future__ import annotations

from decimal import Decimal

from core.catalog import queries as catalog
from core.i18n import N_, Name, _
from core.messaging.screen import Button, Screen, button, rows_of
from core.orders.changing import ChangePlan, change_plan, change_quantity
from core.orders.models import Order
from core.orders.queries import OrderCard, order_for
from handlers.buyer import carried, plain, sums
from handlers.listing_screens import usual_amounts
from handlers.my_orders import card_of, own_order, show_order
from handlers.order_screens import order_screen, pay_rows
from handlers.reading import TwoReadings, read_quantity
from handlers.routes import expects, press
from handlers.sale_screens import two_ways
from handlers.states import Buying
from handlers.turn import Reply, Turn
from handlers.words import amount, unit_name


@press("bamount", fresh=show_order)
async def ask_amount(turn: Turn) -> Reply:
    """How much instead: what buyers usually take and can have, or any other amount, written."""
    order = own_order(turn, "order.change")
    card, listed = card_of(turn, order.id), catalog.listing(turn.session, order.campaign_id)
    await turn.leave()
    await turn.goto(Buying.amount, order=order.id)
    most = card.quantity + listed.line.left
    known = [each for each in usual_amounts(listed) if each != card.quantity and each <= most]
    amounts = [_choice(card, each) for each in known]
    told = [
        _("✏️ {number} is {got}. How much instead? Press, or write it, for example: {example}",
          number=Name(card.number), got=amount(card.quantity, card.unit), example=amount(card.quantity, card.unit)),
        sums(card),
    ]  # fmt: skip
    return Screen("\n".join(told), (*rows_of(amounts, 3), (_keep(card),)))


@expects(Buying.amount, example=N_("Write how much you want in all, for example: 5 kg"))
async def typed_amount(turn: Turn) -> Reply:
    """An amount in any digits and any unit that converts; what reads two ways is asked."""
    order = order_for(turn.session, turn.actor, turn.data.get("order", 0), "order.change")
    card = card_of(turn, order.id)
    example = amount(card.quantity, card.unit)
    try:
        quantity = read_quantity(turn.text, card.unit, unit_name(card.unit), turn.speech.locale, example)
    except TwoReadings as doubt:
        both = [(amount(each, card.unit), "bamtset", order.id, order.rev, plain(each))
                for each in (doubt.first, doubt.second)]  # fmt: skip
        return two_ways(turn.text, both)
    return _question(turn, order, quantity).fresh()


@press("bamtset", fresh=show_order)
async def choose_amount(turn: Turn) -> Reply:
    """An amount by its button."""
    return _question(turn, own_order(turn, "order.change"), _carried(turn))


@press("bamtdo", fresh=show_order)
async def change_it(turn: Turn) -> Reply:
    """Less is done; more is kept, and its deposit asked for."""
    order = own_order(turn, "order.change")
    done = change_quantity(turn.session, turn.actor, order, _carried(turn), now=turn.now)
    await turn.leave()
    card = card_of(turn, order.id)
    if done.owed:
        shown = order_screen(card)
        return Screen(shown.text, (*pay_rows(card), (_see(card),)))
    told = [
        _("✅ {number} is now {got}.", number=Name(card.number), got=amount(card.quantity, card.unit)),
        _("👛 {sum} is back in your wallet.", sum=done.back) if done.back else "",
        sums(card),
    ]
    return Screen("\n".join(line for line in told if line), ((_see(card),),))


def _question(turn: Turn, order: Order, quantity: Decimal) -> Screen:
    campaign = catalog.campaign(turn.session, order.campaign_id)
    plan = change_plan(turn.session, order, campaign, quantity, now=turn.now)
    card = card_of(turn, order.id)
    if quantity == order.quantity and not order.more:
        return order_screen(card)
    yes = button(_("✅ Change"), "bamtdo", card.id, card.rev, plain(quantity))
    return Screen("\n".join([*_lines(card, plan), sums(card)]), ((yes, _keep(card)),))


def _lines(card: OrderCard, plan: ChangePlan) -> list[str]:
    """What it means in goods and money."""
    lines = [
        _("✏️ {number}: {now}, not {before}. In all {total}.", number=Name(card.number),
          now=amount(plan.quantity, card.unit), before=amount(plan.before, card.unit), total=plan.total)
    ]  # fmt: skip
    if plan.owed:
        lines.append(_("Deposit {sum} more to pay now; until then the rest of your order stays as it is.",
                       sum=plan.owed))  # fmt: skip
    if plan.back:
        lines.append(_("{sum} goes back to your wallet at once.", sum=plan.back))
    return lines


def _choice(card: OrderCard, quantity: Decimal) -> Button:
    return button(amount(quantity, card.unit), "bamtset", card.id, card.rev, plain(quantity))


def _carried(turn: Turn) -> Decimal:
    return carried(turn.pressed_value)


def _keep(card: OrderCard) -> Button:
    return button(_("↩️ Keep it"), "border", card.id)


def _see(card: OrderCard) -> Button:
    return button(_("🧾 {number}", number=Name(card.number)), "border", card.id)
