"""[📊 Today]: the numbers of the day, in the reader's own zone."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from core.i18n import _, hour
from core.messaging.screen import Screen, button
from core.orders import desk
from handlers.home import TODAY
from handlers.operator_cards import queue_button
from handlers.routes import press, tile
from handlers.turn import Reply, Turn


@tile(TODAY)
@press("oday")
async def show_today(turn: Turn) -> Reply:
    """One day's numbers; [⬅️] goes to the day before."""
    back = min(turn.pressed_id, 366)
    day = turn.today - timedelta(days=back)
    since = datetime.combine(day, time(), turn.speech.zone)
    numbers = desk.day_numbers(turn.session, turn.actor, since, since + timedelta(days=1))
    lines = [
        _("📊 {day}, {hour}", day=day, hour=hour(turn.now)) if not back else _("📊 {day}", day=day),
        _("🧺 reserved {count} · ✖️ cancelled {cancelled}", count=numbers.reserved, cancelled=numbers.cancelled),
        _("🚚 sent {sent} · 🏠 delivered {delivered}", sent=numbers.dispatched, delivered=numbers.delivered),
        _("👥 new members {count}", count=numbers.members),
        _("🥭 on sale {sales} · open orders {orders}", sales=numbers.on_sale, orders=numbers.open_orders),
    ]
    if numbers.paid is not None:
        lines.append(_("💰 paid {paid} · held for buyers {held}", paid=numbers.paid, held=numbers.held))
    moves = [button(_("⬅️ Day before"), "oday", back + 1)]
    if back:
        moves.append(button(_("➡️ Day after"), "oday", back - 1))
    return Screen("\n".join(lines), (tuple(moves), (button(_("💵 Cash carried"), "ocash"), queue_button())))
