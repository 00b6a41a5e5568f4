"""Commands that open what a tile opens: /sell, /orders, /money, /market, /decide, /members, /today, /parcels."""

from __future__ import annotations

from core.permissions import Role
from handlers import home, routes
from handlers.turn import Handler, Reply, Turn

SHORTCUTS = {
    "sell": home.SELL, "money": home.MONEY, "market": home.MARKET, "wallet": home.WALLET,
    "decide": home.DECIDE, "members": home.MEMBERS, "today": home.TODAY, "parcels": home.PARCELS,
}  # fmt: skip


def _opens(label: str) -> Handler:
    async def open_tile(turn: Turn) -> Reply:
        handler = routes.TILES.get(label)  # looked up late: conversations load in no particular order
        return await handler(turn) if handler else await home.menu(turn)

    return open_tile


for _name, _label in SHORTCUTS.items():
    routes.command(_name)(_opens(_label))


@routes.command("orders")
async def orders(turn: Turn) -> Reply:
    """What a farmer sold; what anybody else bought."""
    sells = Role.FARMER in turn.who.roles
    return await _opens(home.ORDERS if sells else home.MY_ORDERS)(turn)
