"""Script 9, a group: it is added, says language and crops, and from then on reads of new sales; nothing personal."""

from __future__ import annotations

from contextlib import AbstractContextManager

from core.catalog import crops
from core.i18n import ENDONYMS, _, shipped_languages, speaking, speech_for
from core.members import groups
from core.members.models import GroupChat
from core.members.service import stopped_by
from core.messaging.screen import Rows, Screen, button, rows_of
from handlers.publish_edit import whole
from handlers.routes import command, kind, press
from handlers.sharing import add_button
from handlers.turn import ANONYMOUS, Reply, Turn
from handlers.words import crop_words

IN_GROUP = frozenset({"member", "administrator", "creator", "restricted"})
CARD = "setup"  # the set-up is one message that moves on, however often it is asked for
CROPS_OFFERED = 9


@kind("membership")
async def membership(turn: Turn) -> Reply:
    """The bot's own standing changed: blocked or unblocked by a person, added to or put out of a group."""
    if turn.is_private:
        if turn.membership == "kicked":
            stopped_by(turn.session, turn.bot.id, turn.user_id, now=turn.now)
        return None
    known = groups.find_group(turn.session, bot_id=turn.bot.id, chat_id=turn.chat_id)
    if turn.membership not in IN_GROUP:
        if known is not None:
            groups.group_removed(turn.session, known)
        return None
    if known is not None and known.state == "active" and turn.can_post:
        return None  # made an administrator, say: nothing to ask again
    group = _add(turn)
    if not turn.can_post:
        return None  # whoever added me is told in private
    groups.rights_given(turn.session, group)
    return _languages(turn, group)


@kind("group_start")
async def started(turn: Turn) -> Reply:
    """/start in a group, sent by a startgroup link too: the set-up where it stands, only while it is open."""
    group = _here(turn)
    return _languages(turn, group) if group.state == "setup" else None


@command("group", in_groups=True)
async def about_groups(turn: Turn) -> Reply:
    """In private: the way to add me. In a group: its settings, for whoever may change them."""
    if turn.is_private:
        return Screen(_("👥 Add me to a group: people there read when something ripens."), (add_button(),), edit=False)
    group = _here(turn)
    if turn.user_id != ANONYMOUS:  # of an administrator without a name each press tells who it is
        groups.group_for(turn.session, turn.actor, group.id, here=turn.chat_id)
    return _languages(turn, group).fresh()


@press("glang", in_groups=True)
async def language(turn: Turn) -> Reply:
    """The group's language; then its crops, asked in it."""
    group = _group(turn)
    groups.choose_group_language(turn.session, turn.actor, group, turn.pressed_value)
    return _crops(turn, group, _chosen_mask(group))


@press("gcrop", in_groups=True)
async def toggle_crop(turn: Turn) -> Reply:
    """A crop more or less; the button carries the whole choice, so nothing is kept meanwhile."""
    return _crops(turn, _group(turn), whole(turn.pressed_value))


@press("gcrops", in_groups=True)
async def crops_chosen(turn: Turn) -> Reply:
    """[Crops: all ✓], or those that were ticked: the group reads of sales from now on."""
    group = _group(turn)
    mask = whole(turn.pressed_value)
    keys = [crop.key for at, crop in enumerate(crops.main_crops(CROPS_OFFERED)) if mask >> at & 1]
    groups.choose_group_crops(turn.session, turn.actor, group, keys)
    with _speaking(turn, group):
        named = ", ".join(crop_words(key) for key in keys) or _("all crops")
        return Screen(_("✅ Done: {crops}. New sales appear here.", crops=named), card=CARD)


@press("gtry")
async def try_again(turn: Turn) -> Reply:
    """[🔁 Try again]: if I still may not write there, I say so again."""
    group = _group(turn)
    groups.try_again(turn.session, turn.actor, group, _languages(turn, group), now=turn.now)
    return Screen(_("🔁 I write in the group now."))


def _languages(turn: Turn, group: GroupChat) -> Screen:
    """[Language ✓] first, then the others; in the group's language."""
    own = group.language
    first = [own, *(each for each in shipped_languages() if each != own)]
    buttons = [
        button(f"{ENDONYMS[each]} ✓" if each == own else ENDONYMS[each], "glang", group.id, value=each)
        for each in first
    ]
    with _speaking(turn, group):
        return Screen(_("🌾 I tell this group what ripens. Language?"), rows_of(buttons, 2), card=CARD)


def _crops(turn: Turn, group: GroupChat, mask: int) -> Screen:
    with _speaking(turn, group):
        return Screen(_("🥭 Which crops?"), _crop_rows(group, mask), card=CARD)


def _crop_rows(group: GroupChat, mask: int) -> Rows:
    every = button(_("Crops: all ✓") if not mask else _("Crops: all"), "gcrops", group.id, value=0)
    ticks = [
        button(crop_words(crop.key) + (" ✓" if mask >> at & 1 else ""), "gcrop", group.id, value=mask ^ (1 << at))
        for at, crop in enumerate(crops.main_crops(CROPS_OFFERED))
    ]
    done = ((button(_("✅ Only these"), "gcrops", group.id, value=mask),),) if mask else ()
    return ((every,), *rows_of(ticks, 3), *done)


def _chosen_mask(group: GroupChat) -> int:
    known = {crop.key: at for at, crop in enumerate(crops.main_crops(CROPS_OFFERED))}
    return sum(1 << known[key] for key in group.crops.split(",") if key in known)


def _here(turn: Turn) -> GroupChat:
    """The group written in; one I did not know (its update was lost) is added by whoever writes."""
    known = groups.find_group(turn.session, bot_id=turn.bot.id, chat_id=turn.chat_id)
    return _add(turn) if known is None or known.state == "gone" else known


def _add(turn: Turn) -> GroupChat:
    return groups.add_group(
        turn.session, turn.actor, bot_id=turn.bot.id, chat_id=turn.chat_id, title=turn.chat_title,
        language_tag=turn.who.language or turn.who.language_tag, can_post=turn.can_post,
        by_name=turn.user_id != ANONYMOUS, now=turn.now,
    )  # fmt: skip


def _group(turn: Turn) -> GroupChat:
    """The group of the button, for whoever added me (or staff); others are told that it is not theirs."""
    return groups.group_for(turn.session, turn.actor, turn.pressed_id, here=turn.chat_id)


def _speaking(turn: Turn, group: GroupChat) -> AbstractContextManager[None]:
    return speaking(speech_for(group.language, turn.speech.locale.territory, str(turn.speech.zone)))
