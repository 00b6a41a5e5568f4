"""[❓ Help], /help by role, and [📞 Human]: a person of the co-op is asked to write; whatever was begun is kept."""

from __future__ import annotations

from core.i18n import N_, _
from core.members.human import ask_human, leave_words
from core.members.queries import member
from core.messaging.screen import Screen, button
from core.permissions import Role
from handlers.fallback import in_private
from handlers.home import HELP, home_of
from handlers.routes import command, expects, press, tile, word
from handlers.states import Talking
from handlers.turn import Reply, Toast, Turn, listed

WRITE = N_("✍️ Write here what it is about, for example: The courier never came. The co-op reads it and writes to you.")

LINES: dict[Role, tuple[str, ...]] = {
    Role.FARMER: (
        N_("➕ Sell: put a crop on sale before harvest"), N_("📦 Orders: your sales, harvest, pick list, packing"),
        N_("💰 Money: what is yours, what is held"), N_("Or write: 200 kg mango, 120/kg, ready 15 May"),
    ),
    Role.CONSUMER: (
        N_("🛍 Market: see what ripens, reserve with a deposit"), N_("🧺 My orders: pay, track, confirm"),
        N_("👛 Wallet: money that came back to you"), N_("Crop fails: you get all your money back"),
    ),
    Role.COURIER: (N_("🚚 My parcels: one tap for each step"), N_("Cold goods: say how cold they are")),
    Role.OPERATOR: (
        N_("✅ To decide: farms, sales, receipts, payouts"), N_("👥 Members: find people, links for couriers"),
        N_("📊 Today: the numbers of the day"),
    ),
    Role.OWNER: (
        N_("✅ To decide: farms, sales, receipts, payouts"), N_("👥 Members: find people, give roles"),
        N_("📊 Today: the numbers of the day"), N_("⚙️ Settings: currency, ways to pay, timers"),
    ),
}  # fmt: skip


@tile(HELP)
@command("help", in_groups=True)
@word(N_("help"))
async def show_help(turn: Turn) -> Reply:
    """At most six lines; the state is kept, so what was asked can still be answered."""
    if not turn.is_private:
        return in_private()
    lines = LINES.get(home_of(turn), LINES[Role.CONSUMER])
    told = [*(_(line) for line in lines), _("0 or “menu”: back · “cancel”: stop · /language · /settings")]
    if turn.state:
        told.append(_("What you began is kept: just answer."))
    return Screen("\n".join(told), ((button(_("📞 Human"), "human"),),), edit=False)


@press("human")
async def human(turn: Turn) -> Reply:
    """Staff is told who asks, once an hour at most. What is written next goes to them, unless something was begun."""
    if ask_human(turn.session, member(turn.session, turn.who.member_id), now=turn.now):
        toast = Toast(_("📞 The co-op is told. Somebody writes to you. What you began is kept."), alert=True)
    else:
        toast = Toast(_("📞 The co-op knows already. Somebody writes to you."), alert=True)
    if turn.state and turn.state != Talking.words.state:
        words = button(_("✍️ Write to the co-op"), "hwrite")
        return [toast, Screen(_("📞 Would you like to say what it is about?"), ((words,),), edit=False)]
    return [toast, *listed(await write(turn))]


@press("hwrite")
async def write(turn: Turn) -> Reply:
    """[✍️ Write to the co-op]: what is written from now on goes to them."""
    await turn.goto(Talking.words)
    return Screen(_(WRITE), edit=False)


@expects(Talking.words, example=WRITE)
async def got_words(turn: Turn) -> Reply:
    """Passed on; whatever follows is, too."""
    leave_words(turn.session, member(turn.session, turn.who.member_id), turn.text, now=turn.now)
    return Screen(_("✉️ The co-op has it, and writes to you here."), edit=False)
