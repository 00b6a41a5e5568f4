"""Verbs of members: arrive, choose a language, agree, share a number, hold roles, mute, switch the home."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import BadInput, NotAllowed, Refusal
from core.events import EventKind, record
from core.i18n import SOURCE_LANGUAGE, _, shipped_languages
from core.members.menus import renew_menu
from core.members.models import Identity, Member, MemberRole
from core.permissions import Actor, Role, require
from core.settings.service import get_text
from core.text import clean

NAME_MOST = 64
MUTABLE = frozenset("RM")  # reminders and campaigns; what concerns money or work cannot be muted
_PHONE = re.compile(r"\+?\d{5,15}")
_ROLES = select(MemberRole.role).where(MemberRole.member_id == bindparam("member"))  # made once: every verb's actor


class NotYourNumber(Refusal):
    """That is another person's number. Press the button to share yours, or ask your co-op."""


class LastOwner(Refusal):
    """The shop needs at least one owner. Make somebody else an owner first."""


@dataclass(frozen=True)
class Arrival:
    """Who came: the member, the messenger account, and whether this was the first contact."""

    member: Member
    identity: Identity
    is_new: bool


def actor_of(session: Session, member_id: int) -> Actor:
    """The member with the roles held in this transaction."""
    roles = session.execute(_ROLES, {"member": member_id}).scalars()
    return Actor(member_id, frozenset(Role(role) for role in roles))


def arrive(  # noqa: PLR0913 - these are what the messenger says of a sender
    session: Session, *, bot_id: int, user_id: int, chat_id: int, first_name: str, username: str | None = None,
    language_tag: str | None = None, now: datetime,
) -> Arrival:  # fmt: skip
    """The sender of an update: known (one select), or a new individual member with the role consumer.

    `chat_id` is the private chat (the messenger gives it the user's own id), never the group written in.
    """
    known = _known(session, bot_id, user_id)
    if known is None:
        member = Member(name=_name(first_name, username, user_id), created_at=now)
        identity = Identity(bot_id=bot_id, user_id=user_id)
        _refresh(identity, chat_id, username, language_tag)
        if _introduce(session, member, identity, now):
            record(session, EventKind.MEMBER_JOINED, member, now=now, actor_id=member.id)
            return Arrival(member, identity, is_new=True)
        known = _known(session, bot_id, user_id)
    if known is None:
        raise AssertionError("an account that could not be added is there")
    member, identity = known
    if not member.name:
        member.name = _name(first_name, username, user_id)
    was_away = identity.unreachable_at is not None
    _refresh(identity, chat_id, username, language_tag)
    if was_away:  # an owner expected from the settings, or somebody who took a role meanwhile
        renew_menu(session, member, now=now)
    return Arrival(member, identity, is_new=False)


def choose_language(session: Session, member: Member, language: str, *, now: datetime) -> None:
    """Speak this shipped language to the member from now on."""
    if language not in shipped_languages():
        raise BadInput(field=_("Language"), reason=language, example=SOURCE_LANGUAGE)
    before, member.language = member.language, language
    if before != language:
        renew_menu(session, member, now=now, other_than_app=before is None)


def agree(session: Session, member: Member, *, now: datetime) -> None:
    """The member accepts the agreement in force; the first acceptance of a version keeps its time."""
    version = get_text(session, "agreement_version")
    if member.agreed_version != version:
        member.agreed_version, member.agreed_at = version, now


def has_agreed(session: Session, member: Member) -> bool:
    """Whether the member accepted the agreement in force."""
    return member.agreed_version == get_text(session, "agreement_version")


def share_phone(session: Session, member: Member, *, contact_user_id: int | None, user_id: int, phone: str) -> None:
    """Keep the member's number. Raises NotYourNumber for a contact that is not the sender's own account."""
    if contact_user_id != user_id:
        raise NotYourNumber
    number = re.sub(r"[\s().-]", "", clean(phone, 40))
    if not _PHONE.fullmatch(number):
        raise BadInput(field=_("Phone"), reason=_("it is not a number"), example="+911234567890")
    member.phone = "+" + number.lstrip("+")


def rename(session: Session, member: Member, name: str) -> None:
    """Call the member so from now on."""
    cleaned = clean(name, NAME_MOST)
    if not cleaned:
        raise BadInput(field=_("Name"), reason=_("it is missing"), example=_("Asha"))
    member.name = cleaned


def switch_home(session: Session, member: Member, home: Role) -> None:
    """Show the home of this role. Raises NotAllowed for a role that the member does not hold."""
    if home not in actor_of(session, member.id).roles:
        raise NotAllowed
    member.home = home.value


def mute(session: Session, member: Member, letter: str, *, muted: bool = True) -> None:
    """Opt out of a class of notices (R reminders, M campaigns), or back in with `muted=False`."""
    if letter not in MUTABLE:
        raise NotAllowed
    letters = set(member.muted_classes) | {letter} if muted else set(member.muted_classes) - {letter}
    member.muted_classes = "".join(sorted(letters))


def grant_role(session: Session, actor: Actor, member: Member, role: Role, *, now: datetime) -> None:
    """Give a member a role; nothing happens when it is held already."""
    require("role.grant", actor)
    hold_role(session, member, role, now=now, by=actor.member_id)


def hold_role(session: Session, member: Member, role: Role, *, now: datetime, by: int | None = None) -> bool:
    """Add a role without asking who: for other verbs, claims and the first start. Whether it is new.

    `by`: who gave it, whom the member hears of; empty: it came of what the member did.
    """
    held = select(MemberRole.id).where(MemberRole.member_id == member.id, MemberRole.role == role.value)
    if session.execute(held).first() is not None:
        return False
    session.add(MemberRole(member_id=member.id, role=role.value, since=now))
    session.flush()
    if role is not Role.CONSUMER:
        record(session, EventKind.ROLE_GIVEN, member, now=now, actor_id=by or member.id, role=role.value)
        renew_menu(session, member, now=now)
    return True


def revoke_role(session: Session, actor: Actor, member: Member, role: Role, *, now: datetime) -> None:
    """Take a role away. Raises LastOwner rather than leave the shop without one."""
    require("role.grant", actor)
    # owners are locked together: two who revoke each other at once must not both succeed
    holders = select(MemberRole).where(MemberRole.role == role.value).order_by(MemberRole.id).with_for_update()
    rows = session.execute(holders).scalars().all()
    mine = [row for row in rows if row.member_id == member.id]
    if mine and role is Role.OWNER and len(rows) == 1:
        raise LastOwner
    for row in mine:
        session.delete(row)
    if member.home == role.value:
        member.home = None
    session.flush()
    if mine:
        record(session, EventKind.ROLE_TAKEN, member, now=now, actor_id=actor.member_id, role=role.value)
        renew_menu(session, member, now=now)


def mark_unreachable(session: Session, identity: Identity, *, now: datetime) -> None:
    """The messenger refuses messages to this account; the next word from it clears the mark."""
    if identity.unreachable_at is None:
        identity.unreachable_at = now
        record(session, EventKind.MEMBER_UNREACHABLE, session.get_one(Member, identity.member_id), now=now)


def stopped_by(session: Session, bot_id: int, user_id: int, *, now: datetime) -> None:
    """This account blocked the bot."""
    found = select(Identity).where(Identity.bot_id == bot_id, Identity.user_id == user_id)
    for identity in session.scalars(found):
        mark_unreachable(session, identity, now=now)


def _known(session: Session, bot_id: int, user_id: int) -> tuple[Member, Identity] | None:
    found = (
        select(Member, Identity)
        .join(Identity, Identity.member_id == Member.id)
        .where(Identity.bot_id == bot_id, Identity.user_id == user_id)
    )
    row = session.execute(found).one_or_none()
    return None if row is None else (row[0], row[1])


def _introduce(session: Session, member: Member, identity: Identity, now: datetime) -> bool:
    try:
        with session.begin_nested():
            session.add(member)
            session.flush()
            identity.member_id = member.id
            session.add_all([identity, MemberRole(member_id=member.id, role=Role.CONSUMER.value, since=now)])
    except IntegrityError:  # the same person wrote in two chats at once and the other update came first
        return False
    return True


def _refresh(identity: Identity, chat_id: int, username: str | None, language_tag: str | None) -> None:
    identity.chat_id = chat_id
    identity.username = clean(username, 64) or None
    identity.language_tag = clean(language_tag, 16) or identity.language_tag
    identity.unreachable_at = None


def _name(first_name: str, username: str | None, user_id: int) -> str:
    # a name of invisible characters only: something to call the person by, in no language
    return clean(first_name, NAME_MOST) or clean(username, NAME_MOST) or f"№{user_id % 10000}"
