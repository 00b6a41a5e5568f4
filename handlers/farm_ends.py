"""The farmer's word when a sale goes another way: go anyway, extend, cancel it all, a delivery that failed."""

from __future__ import annotations

from core.catalog.models import Campaign
from core.catalog.rest import rests
from core.errors import NotFound
from core.i18n import N_, Name, _, gettext_of, ngettext_of
from core.messaging.screen import Screen, button, rows_of
from core.notices.undelivered_cards import CAUSES
from core.orders.cancel import LossPlan, cancel_sale, loss_plan
from core.orders.closing import extend, go_anyway
from core.orders.models import Order
from core.orders.queries import farm_orders, order_card, order_for
from core.orders.states import OrderState
from core.orders.undelivered import Cause, fail_delivery, try_again
from handlers.farm_orders import pressed_sale, sale_card
from handlers.harvest_screens import loss_mark, with_rests
from handlers.night import buyers_told
from handlers.paging import last_shown
from handlers.routes import press
from handlers.sale_draft import own_sale
from handlers.turn import Reply, Toast, Turn
from handlers.words import amount, sale_words

REASONS = {"cannot": N_("🤒 I cannot deliver"), "bad": N_("🥀 It grows badly"), "other": N_("Other")}
ORDERS_SHOWN = 20
_LEFT = frozenset({OrderState.DISPATCHED, OrderState.AT_PICKUP, OrderState.DELIVERY_FAILED})


@press("fgo", fresh=sale_card)
async def anyway(turn: Turn) -> Reply:
    """[Go anyway]: no least total any more."""
    sale = pressed_sale(turn)
    go_anyway(turn.session, turn.actor, sale, now=turn.now)
    return [Toast(_("✅ The sale goes ahead.")), await sale_card(turn)]


@press("fext", fresh=sale_card)
async def longer(turn: Turn) -> Reply:
    """[Extend]: some more days, once."""
    sale = pressed_sale(turn)
    extend(turn.session, turn.actor, sale, now=turn.now)
    told = _("⏳ {crop}: on sale until {time}, ready {day}. Its buyers are told.", crop=sale_words(sale),
             time=sale.closes_at, day=sale.harvest_on)  # fmt: skip
    return buyers_told(turn, Screen(told, ((button(_("👀 See"), "fsale", sale.id, sale.rev),),)))


@press("fcan", fresh=sale_card)
async def why(turn: Turn) -> Reply:
    """[🚫 Cancel sale]: why."""
    sale = pressed_sale(turn)
    buttons = [button(gettext_of(label), "fcanw", sale.id, sale.rev, reason) for reason, label in REASONS.items()]
    text = _("🚫 {crop} · {reserved} reserved: why do you cancel it?", crop=sale_words(sale),
             reserved=amount(sale.reserved, sale.unit))  # fmt: skip
    return Screen(text, (*rows_of(buttons, 2), (button(_("⬅️ Back"), "fsale", sale.id, sale.rev),)))


@press("fcanw", fresh=sale_card)
async def what_goes_back(turn: Turn) -> Reply:
    """The numbers before anybody is told."""
    sale = pressed_sale(turn)
    return _numbers(sale, loss_plan(turn.session, sale), _reason(_value(turn)))


@press("fcan2", fresh=sale_card)
async def cancelled(turn: Turn) -> Reply:
    """[📣 Tell them]: everything goes back; when the numbers changed meanwhile they are shown again instead."""
    sale = pressed_sale(turn)
    reason, _mark, mark = _value(turn).partition("=")
    planned = loss_plan(turn.session, sale)
    if loss_mark(planned) != mark:
        again = _numbers(sale, planned, _reason(reason))
        return [Toast(_("Orders came or went meanwhile. Here is how it stands now."), alert=True), again]
    done = cancel_sale(turn.session, turn.actor, sale, _reason(reason), now=turn.now)
    await turn.leave()
    head = ngettext_of("🚫 {crop} is cancelled: {count} buyer was told.",
                       "🚫 {crop} is cancelled: {count} buyers were told.", done.buyers,
                       crop=sale_words(sale))  # fmt: skip
    money = _("paid 0 · owed 0 · back {sum} at once", sum=done.total_back)
    told = Screen(f"{head}\n{money}", ((button(_("📦 Orders"), "forders"),),))
    return buyers_told(turn, with_rests(told, rests(turn.session, sale, "paused")))


def _numbers(sale: Campaign, planned: LossPlan, reason: str) -> Screen:
    head = ngettext_of("🚫 Cancel {crop}? {count} order ends, {sum} goes back in full.",
                       "🚫 Cancel {crop}? {count} orders end, {sum} goes back in full.", planned.orders,
                       crop=sale_words(sale), sum=planned.total_back)  # fmt: skip
    money = _("owed 0 · back {sum} at once", sum=planned.total_back)
    tell = button(_("📣 Tell them"), "fcan2", sale.id, sale.rev, f"{reason}={loss_mark(planned)}")
    return Screen(f"{head}\n{money}", ((tell,), (button(_("⬅️ Back"), "fsale", sale.id, sale.rev),)))


@press("ftrbs")
async def which(turn: Turn) -> Reply:
    """[⚠️ Trouble]: which of the orders on their way."""
    sale = own_sale(turn, turn.pressed_id)
    found = farm_orders(
        turn.session, sale.farm_id, campaign_id=sale.id, states=_LEFT, limit=ORDERS_SHOWN + 1, before=last_shown(turn)
    )
    lines = found[:ORDERS_SHOWN]
    rows = [
        (button(_("⚠️ #{number} {buyer}", number=Name(line.number), buyer=Name(line.buyer_name[:20])), "ftrb", line.id),)
        for line in lines
    ]
    if len(found) > ORDERS_SHOWN:
        rows.append((button(_("More"), "ftrbs", sale.id, sale.rev, lines[-1].id),))
    told = ngettext_of("⚠️ {count} order is on its way. Which one?", "⚠️ {count} orders are on their way. Which one?",
                       len(lines))  # fmt: skip
    return Screen(told, (*rows, (button(_("🏠 On the way"), "fway", sale.id, sale.rev),)))


@press("ftrb")
async def what_happened(turn: Turn) -> Reply:
    """What happened to one order; one that failed already can be tried again."""
    return _trouble(turn, _order(turn, "order.see"))


@press("ftrby", fresh=what_happened)
async def failed(turn: Turn) -> Reply:
    """The reason: buyer and co-op are told."""
    order = _order(turn, "order.trouble")
    turn.still(order)
    fail_delivery(turn.session, turn.actor, order, _value(turn), now=turn.now)
    return _trouble(turn, order)


@press("fretry", fresh=what_happened)
async def again(turn: Turn) -> Reply:
    """[🔁 Try again]: a second attempt."""
    order = _order(turn, "order.retry")
    turn.still(order)
    try_again(turn.session, turn.actor, order, now=turn.now)
    back = button(_("🏠 On the way"), "fway", order.campaign_id)
    return Screen(_("🔁 #{number}: the second try. The buyer is told.", number=Name(order.number)), ((back,),))


def _trouble(turn: Turn, order: Order) -> Screen:
    card = order_card(turn.session, order.id, turn.actor)
    sums = _("paid {paid} · owed {owed}", paid=card.paid, owed=card.rest)
    back = (button(_("🏠 On the way"), "fway", card.campaign_id),)
    name = {"number": Name(card.number), "buyer": Name(card.buyer_name)}
    if card.state is OrderState.DELIVERY_FAILED:
        cause = CAUSES[order.trouble or Cause.ABSENT]
        told = _("⚠️ #{number} {buyer}: not handed over ({why}). Try again, or the co-op settles it.", **name,
                 why=_(cause))  # fmt: skip
        return Screen(f"{told}\n{sums}", ((button(_("🔁 Try again"), "fretry", card.id, card.rev),), back))
    told = _("⚠️ #{number} {buyer}: what happened?", **name)
    buttons = [button(_(label), "ftrby", card.id, card.rev, str(cause)) for cause, label in CAUSES.items()]
    return Screen(f"{told}\n{sums}", (*rows_of(buttons, 2), back))


def _order(turn: Turn, action: str) -> Order:
    return order_for(turn.session, turn.actor, turn.pressed_id, action)


def _value(turn: Turn) -> str:
    return turn.pressed_value


def _reason(value: str) -> str:
    if value not in REASONS:
        raise NotFound
    return value
