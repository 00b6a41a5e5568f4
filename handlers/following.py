"""[🔔 Follow farm]: from a sale's card, after receiving, after a review; and the list of what one follows."""

from __future__ import annotations

from core.i18n import Name, _, ngettext_of
from core.members import following
from core.members.queries import farm, member
from core.messaging.screen import Button, Rows, Screen, button, rows_of
from handlers.browse import card_screen, sale
from handlers.home import MARKET
from handlers.routes import press
from handlers.turn import Reply, Toast, Turn

LABEL_MOST = 20
ON_LIST = "p"  # before the page of the list on which the button stands


def follow_row(turn: Turn, farm_id: int) -> Rows:
    """The offer to follow, for whoever does not yet."""
    if farm_id == turn.who.farm_id or following.is_following(turn.session, turn.who.member_id, farm_id):
        return ()
    return ((button(_("🔔 Follow farm"), "bfollow", farm_id),),)


@press("bfollow")
async def follow(turn: Turn) -> Reply:
    """From now on this person hears when the farm sells again."""
    found = farm(turn.session, turn.pressed_id)
    person = member(turn.session, turn.who.member_id)
    following.follow(turn.session, person, found, now=turn.now)
    told = _("🔔 You hear when {farm} sells again.", farm=Name(found.store_name))
    if "M" in person.muted_classes:
        offers = (button(_("🔔 Offers"), "unmute", value="M"),)
        warned = Screen(_("🔕 Your offers are off. To hear of {farm}, press here:", farm=Name(found.store_name)),
                        (offers,), edit=False)  # fmt: skip
        return [*_shown(turn, told), warned]
    return _shown(turn, told) or Screen(told, (_undo(found.id),), edit=False)


def _undo(farm_id: int) -> tuple[Button, ...]:
    return (button(_("🔕 Unfollow"), "bunfollow", farm_id), button(_("🔔 Farms I follow"), "bfollows"))


@press("bunfollow")
async def unfollow(turn: Turn) -> Reply:
    """No more of this farm."""
    found = farm(turn.session, turn.pressed_id)
    following.unfollow(turn.session, member(turn.session, turn.who.member_id), found)
    told = _("🔕 You hear no more of {farm}.", farm=Name(found.store_name))
    return _shown(turn, told) or Screen(told, ((button(_("🔔 Follow farm"), "bfollow", found.id),),), edit=False)


def _shown(turn: Turn, told: str) -> list[Screen | Toast]:
    """The card or the list on which the button stands, as it is now; nothing where it stood under something else."""
    value = turn.pressed_value
    if value.startswith(ON_LIST):
        return [Toast(told), _list(turn, _number(value.removeprefix(ON_LIST)))]
    return [Toast(told), card_screen(turn, sale(turn, _number(value)))] if value else []


def _number(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 19 else 0


@press("bfollows")
async def show_followed(turn: Turn) -> Reply:
    """The farms this person follows; a button each ends it."""
    return _list(turn, turn.pressed_id)


def _list(turn: Turn, page: int) -> Screen:
    count = following.followed_count(turn.session, turn.who.member_id)
    page = min(page, max(count - 1, 0) // following.PAGE)
    farms = following.followed(turn.session, turn.who.member_id, page=page)
    back = button(_("⬅️ Back"), "omine")
    if not farms:
        told = _("🔔 0 farms. Press 🔔 Follow farm on a sale's card, and you hear when it sells again.")
        return Screen(told, ((button(_(MARKET), "bmarket"), back),))
    head = ngettext_of("🔔 You follow {count} farm. Press one to hear no more of it:",
                       "🔔 You follow {count} farms. Press one to hear no more of it:", count)  # fmt: skip
    buttons = [
        button(_("🔕 {farm}", farm=Name(name[:LABEL_MOST])), "bunfollow", farm_id, value=f"{ON_LIST}{page}")
        for farm_id, name in farms
    ]  # fmt: skip
    return Screen(head, (*rows_of(buttons, 2), *_turning(page, count), (back,)))


def _turning(page: int, count: int) -> Rows:
    back = [button(_("◀ Back"), "bfollows", page - 1)] if page else []
    on = [button(_("▶ More"), "bfollows", page + 1)] if (page + 1) * following.PAGE < count else []
    return (tuple(back + on),) if back or on else ()
