"""Verbs of groups that receive sales: added, set up, rights lost, removed, moved to a new chat id."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.errors import BadInput, NotAllowed, NotFound
from core.events import EventKind, record
from core.i18n import SOURCE_LANGUAGE, _, negotiate, shipped_languages
from core.members.models import GroupChat, Member
from core.messaging.models import Card, Outbox
from core.messaging.outbox import PENDING, put, screen_letter
from core.messaging.screen import Screen
from core.permissions import Actor, require
from core.text import clean

TITLE_MOST = 255
_NOWHERE = 0  # no chat has this id: for the moment in which two rows change theirs


def add_group(  # noqa: PLR0913 - these are what the messenger says of a group
    session: Session, actor: Actor, *, bot_id: int, chat_id: int, title: str, language_tag: str | None = None,
    can_post: bool = True, by_name: bool = True, now: datetime,
) -> GroupChat:  # fmt: skip
    """The bot was added to a group by this member; a known group comes back with its settings.

    Not `by_name`: an administrator who stays anonymous did it; whoever first sets it up answers for it then.
    """
    require("group.add", actor)
    group = find_group(session, bot_id=bot_id, chat_id=chat_id)
    if group is None:
        group = GroupChat(bot_id=bot_id, chat_id=chat_id, title="", state="setup", created_at=now)
        group.language = negotiate(language_tag) or _language_of(session, actor) or SOURCE_LANGUAGE
        group.added_by = actor.member_id if by_name else None
        session.add(group)
    elif group.state == "gone":
        group.added_by, group.state = actor.member_id if by_name else None, "setup"
    group.title = clean(title, TITLE_MOST)
    session.flush()
    if not can_post:
        rights_lost(session, group, now=now)
    return group


def find_group(session: Session, *, bot_id: int, chat_id: int) -> GroupChat | None:
    """The group of this chat."""
    found = select(GroupChat).where(GroupChat.bot_id == bot_id, GroupChat.chat_id == chat_id)
    return session.execute(found).scalar_one_or_none()


def rights_lost(session: Session, group: GroupChat, *, now: datetime) -> None:
    """The bot may no longer post here; whoever brought it is told in private."""
    if group.state not in ("gone", "no_rights"):
        group.state = "no_rights"
        record(session, EventKind.GROUP_RIGHTS_LOST, group, now=now)


def rights_given(session: Session, group: GroupChat) -> None:
    """The bot may post (again); the set-up is shown where it stopped."""
    if group.state == "no_rights":
        group.state = "setup"


def try_again(session: Session, actor: Actor, group: GroupChat, screen: Screen, *, now: datetime) -> None:
    """Somebody says that the bot may write again: the set-up goes to the group. Raises NotAllowed, NotFound (gone).

    Whether it is so only the send can tell; if not, the rights are lost again and that is told again.
    """
    _may_set_up(actor, group)
    if group.state == "gone":
        raise NotFound
    rights_given(session, group)
    dedup = f"again:{group.id}:{now.timestamp():.3f}"
    put(session, [screen_letter(screen, dedup=dedup, bot_id=group.bot_id, chat_id=group.chat_id, now=now)], now)


def group_removed(session: Session, group: GroupChat) -> None:
    """The bot was put out of the group: its subscription is off and what still waited for it is dropped."""
    group.state = "gone"
    waiting = (Outbox.bot_id == group.bot_id, Outbox.chat_id == group.chat_id, Outbox.state == PENDING)
    session.execute(update(Outbox).where(*waiting).values(state="dropped", error="the bot left the group"))


def group_migrated(session: Session, *, bot_id: int, old_chat_id: int, new_chat_id: int) -> GroupChat | None:
    """The group became a supergroup: its chat id is rewritten wherever something waits for it.

    The messenger tells it twice (from the old and from the new chat), in any order; the second changes nothing.
    Cards are forgotten, since the ids of old messages mean nothing in the new chat.
    """
    # also without a group of ours: a letter left behind would be refused and tried again without end
    session.execute(delete(Card).where(Card.bot_id == bot_id, Card.chat_id == old_chat_id))
    waiting = (Outbox.bot_id == bot_id, Outbox.chat_id == old_chat_id, Outbox.state == PENDING)
    session.execute(update(Outbox).where(*waiting).values(chat_id=new_chat_id))
    group = find_group(session, bot_id=bot_id, chat_id=old_chat_id)
    there = find_group(session, bot_id=bot_id, chat_id=new_chat_id)
    if group is None or (there is not None and there.id < group.id):
        if group is not None:  # somebody wrote in the old chat after the move was told in the new one
            group.state = "gone"
        return there
    if there is not None:  # the new chat announced itself before the move was told; posts may know its row
        group.chat_id = _NOWHERE
        session.flush()
        there.chat_id, there.state = old_chat_id, "gone"
        session.flush()
    group.chat_id = new_chat_id
    session.flush()
    return group


def group_for(session: Session, actor: Actor, group_id: int, *, here: int) -> GroupChat:
    """The group, for whoever may set it up. One that nobody answers for is set up in its own chat only.

    Raises NotFound (also from elsewhere: whoever makes up its number need not be in it), NotAllowed.
    """
    group = session.get(GroupChat, group_id)
    if group is None or (group.added_by is None and group.chat_id != here and not actor.is_staff):
        raise NotFound
    _may_set_up(actor, group)
    return group


def choose_group_language(session: Session, actor: Actor, group: GroupChat, language: str) -> None:
    """Posts in this group speak this language."""
    _may_set_up(actor, group)
    if language not in shipped_languages():
        raise BadInput(field=_("Language"), reason=language, example=SOURCE_LANGUAGE)
    group.language = language


def choose_group_crops(session: Session, actor: Actor, group: GroupChat, crops: Collection[str]) -> None:
    """The crops this group wants to hear of (none named: all); the group is active from now on."""
    _may_set_up(actor, group)
    group.crops = ",".join(sorted(crops))
    if group.state == "setup":
        group.state = "active"
    session.flush()


def wants(group: GroupChat, crop: str) -> bool:
    """Whether a sale of this crop is posted in the group."""
    return not group.crops or crop in group.crops.split(",")


def active_groups(session: Session, crop: str, *, bot_id: int | None = None) -> list[GroupChat]:
    """The groups in which a sale of this crop is posted."""
    found = select(GroupChat).where(GroupChat.state == "active").order_by(GroupChat.id)
    if bot_id is not None:
        found = found.where(GroupChat.bot_id == bot_id)
    return [group for group in session.execute(found).scalars() if wants(group, crop)]


def _may_set_up(actor: Actor, group: GroupChat) -> None:
    if group.added_by is None:
        group.added_by = actor.member_id
    if not (actor.is_staff or actor.member_id == group.added_by):
        raise NotAllowed


def _language_of(session: Session, actor: Actor) -> str | None:
    return session.execute(select(Member.language).where(Member.id == actor.member_id)).scalar_one_or_none()
