"""/privacy, [🗑 Delete me]: what goes and what stays, one confirmation, and nothing is known of the person any more."""

from __future__ import annotations

from core.i18n import _
from core.members.queries import member
from core.messaging.screen import Screen, button
from core.personal import erase
from handlers.routes import press
from handlers.turn import Reply, Turn


@press("oforget")
async def ask(turn: Turn) -> Reply:
    """Say what it means; what stands in its way is said at once."""
    erase.check_erasable(turn.session, turn.actor, member(turn.session, turn.who.member_id))
    told = _(
        "🗑 Delete you? Your name, number, addresses, words, pictures and messages go at once, for good. "
        "Sums of money stay, without your name."
    )
    return Screen(told, ((button(_("🗑 Delete for good"), "oforgetyes"),), (button(_("⬅️ Back"), "oprivacy"),)))


@press("oforgetyes")
async def forget(turn: Turn) -> Reply:
    """Gone. Whoever writes again begins anew."""
    erase.erase(turn.session, turn.actor, member(turn.session, turn.who.member_id), now=turn.now)
    await turn.leave()
    return Screen(_("✅ Deleted. I do not know you any more. Should you come back: /start"), remove_keyboard=True)
