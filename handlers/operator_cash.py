"""Cash that couriers and farmers carry for the co-op: who has how much, and [✅ Handed in] at the till."""

from __future__ import annotations

from core.errors import NotFound
from core.i18n import Name, _
from core.messaging.screen import Screen, button
from core.orders import cash
from handlers.paging import moves, page_of
from handlers.routes import press
from handlers.turn import Reply, Turn


@press("ocash")
async def carried(turn: Turn) -> Reply:
    """[💵 Cash carried]: who has how much."""
    page = page_of(turn)
    found = cash.carriers(turn.session, turn.actor, page=page)
    back = button(_("📊 Today"), "oday")
    if not found:
        return Screen(_("💵 Nobody carries cash. owed 0"), ((back,),))
    shown = [(button(_("💵 {sum} · {name}", sum=one.sum, name=Name(one.name[:12])), "ocash1", one.member_id),)
             for one in found[: cash.PAGE]]  # fmt: skip
    turned = moves("ocash", page, more=len(found) > cash.PAGE)
    rows = (*shown, turned, (back,)) if turned else (*shown, (back,))
    return Screen(_("💵 Cash taken at the door and not handed in yet:"), rows)


@press("ocash1")
async def one(turn: Turn) -> Reply:
    """One person's cash."""
    seen = cash.carrier(turn.session, turn.actor, turn.pressed_id)
    told = _("💵 {name} carries {sum} for the co-op. Count it.\nowed {sum}", name=Name(seen.name), sum=seen.sum)
    handed = button(_("✅ Handed in"), "ocashok", seen.member_id, value=f"{seen.at}.{seen.sum.minor}")
    return Screen(told, ((handed,), (button(_("⬅️ Back"), "ocash"),)))


@press("ocashok", fresh=carried)
async def handed_in(turn: Turn) -> Reply:
    """[✅ Handed in]: the whole sum that the button was shown with."""
    if turn.press is None:
        raise NotFound
    seen = cash.carrier(turn.session, turn.actor, turn.press.id)
    if turn.press.value != f"{seen.at}.{seen.sum.minor}":
        return await one(turn)
    amount = cash.hand_in(turn.session, turn.actor, seen, now=turn.now)
    told = _("✅ {name} handed in {sum} · owed 0", name=Name(seen.name), sum=amount)
    return Screen(told, ((button(_("💵 Cash carried"), "ocash"),),))
