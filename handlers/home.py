"""The home of each role: a persistent keyboard of four tiles, and the words that lead back to it."""

from __future__ import annotations

from core.i18n import N_, Name, _
from core.members import service as members
from core.members.queries import member
from core.messaging.screen import Screen, Tile
from core.permissions import Role
from handlers.routes import command, press, tile, word
from handlers.turn import Reply, Turn

SELL, ORDERS, MONEY, HELP = N_("➕ Sell"), N_("📦 Orders"), N_("💰 Money"), N_("❓ Help")
MARKET, MY_ORDERS, WALLET = N_("🛍 Market"), N_("🧺 My orders"), N_("👛 Wallet")
PARCELS = N_("🚚 My parcels")
DECIDE, MEMBERS, TODAY, SETTINGS = N_("✅ To decide"), N_("👥 Members"), N_("📊 Today"), N_("⚙️ Settings")
SWITCH = N_("🔁 Switch")

TILES: dict[Role, tuple[str, ...]] = {
    Role.FARMER: (SELL, ORDERS, MONEY, HELP),
    Role.CONSUMER: (MARKET, MY_ORDERS, WALLET, HELP),
    Role.COURIER: (PARCELS, HELP),
    Role.OPERATOR: (DECIDE, MEMBERS, TODAY, SETTINGS),
    Role.OWNER: (DECIDE, MEMBERS, TODAY, SETTINGS),
}
_ORDER = (Role.OWNER, Role.OPERATOR, Role.FARMER, Role.COURIER, Role.CONSUMER)


def homes_of(turn: Turn) -> list[Role]:
    """The homes this person has, the weightiest first; everybody may buy."""
    return [role for role in _ORDER if role in turn.who.roles]


def home_of(turn: Turn) -> Role:
    """The home last chosen, else the weightiest."""
    homes = homes_of(turn)
    return turn.who.home if turn.who.home in homes else (homes or [Role.CONSUMER])[0]


def home(turn: Turn, text: str | None = None) -> Screen:
    """The keyboard of the person's home under a greeting."""
    greeting = text or _("🏡 {name}, what next?", name=Name(turn.who.name))
    return keyboard(home_of(turn), greeting, len(homes_of(turn)) > 1)


def keyboard(role: Role, text: str, has_more: bool = False) -> Screen:
    """The tiles of one role; [🔁 Switch] for somebody with more roles than buying and one other."""
    labels = [*TILES[role], *([SWITCH] if has_more or role is not Role.CONSUMER else [])]
    rows = [labels[start : start + 2] for start in range(0, len(labels), 2)]
    return Screen(text, keyboard=tuple(tuple(Tile(_(label)) for label in row) for row in rows), edit=False)


@command("menu")
@word(N_("menu"), N_("back"), "0")
async def menu(turn: Turn) -> Reply:
    """Back to the home; what was begun is kept."""
    await turn.goto(None)
    return home(turn)


@command("cancel")
@word(N_("cancel"))
async def cancel(turn: Turn) -> Reply:
    """Leave whatever was going on; drafts are rows and stay."""
    was = turn.state
    await turn.leave()
    if was is None:
        return home(turn, _("Nothing was going on. Here is your menu."))
    return home(turn, _("Stopped. What you had written is kept for 30 days."))


@tile(SWITCH)
@press("switch")
async def switch(turn: Turn) -> Reply:
    """The next of this person's homes."""
    homes = homes_of(turn)
    following = homes[(homes.index(home_of(turn)) + 1) % len(homes)]
    members.switch_home(turn.session, member(turn.session, turn.who.member_id), following)
    return keyboard(following, _("Here is your other menu."), True)
