"""Who somebody is and where he stands in a chat: all that each update needs to know of its sender, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Integer, Table, and_, bindparam, literal_column, select
from sqlalchemy.orm import Session

from core.i18n import SOURCE_LANGUAGE, negotiate
from core.members.models import Farm, Identity, Member, MemberRole
from core.messaging import conversation
from core.messaging.models import Conversation
from core.permissions import Actor, Role
from core.prepared import Prepared

_FOUND = "farmgate_who"
_member, _identity, _role, _farm, _stands = (
    cast("Table", made.__table__) for made in (Member, Identity, MemberRole, Farm, Conversation)
)  # fmt: skip
_PERSON = (
    _member.c.id, _member.c.name, _member.c.language, _member.c.timezone, _member.c.home, _member.c.agreed_version,
    _identity.c.chat_id, _identity.c.language_tag, _identity.c.unreachable_at, _role.c.role,
    _farm.c.id.label("farm_id"), _farm.c.state.label("farm_state"),
)  # fmt: skip
_IS_HIM = and_(_identity.c.bot_id == bindparam("bot_id"), _identity.c.user_id == bindparam("user_id"))
_WHO = Prepared(
    select(*_PERSON)
    .select_from(_identity).join(_member, _member.c.id == _identity.c.member_id)
    .outerjoin(_role, _role.c.member_id == _member.c.id).outerjoin(_farm, _farm.c.member_id == _member.c.id)
    .where(_IS_HIM)
)  # fmt: skip
_HERE = and_(*(_stands.c[name] == bindparam(name, type_=_stands.c[name].type) for name in conversation.KEYS))
_ONE = select(literal_column("1", Integer).label("one")).subquery("one")
_LOOK = Prepared(
    select(_stands.c.user_id.label("stands"), *(held.label(f"c_{held.name}") for held in conversation.HELD), *_PERSON)
    .select_from(_ONE).outerjoin(_stands, _HERE).outerjoin(_identity, _IS_HIM)
    .outerjoin(_member, _member.c.id == _identity.c.member_id)
    .outerjoin(_role, _role.c.member_id == _member.c.id).outerjoin(_farm, _farm.c.member_id == _member.c.id)
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """All that each update needs to know of whoever sent it, read in one query."""

    member_id: int
    name: str
    chat_id: int
    language: str | None  # chosen; empty: not yet
    language_tag: str | None  # of the app
    timezone: str | None
    home: Role | None
    roles: frozenset[Role]
    agreed_version: str | None
    farm_id: int | None
    farm_state: str | None
    unreachable: bool

    @property
    def actor(self) -> Actor:
        return Actor(self.member_id, self.roles)

    @property
    def is_out_of_date(self) -> bool:
        """Whether `arrive` has something to put right: somebody who was unreachable, or expected and not yet named."""
        return self.unreachable or not self.name

    def speaks(self, default: str = SOURCE_LANGUAGE) -> str:
        """The chosen language, else the app's, else the shop's."""
        return self.language or negotiate(self.language_tag) or default


def who(session: Session, bot_id: int, user_id: int) -> Person | None:
    """Who this messenger account is; nobody before `arrive`. One query, one row per role; none after `look`."""
    seen = session.info.pop((_FOUND, bot_id, user_id), None)  # used once: what follows may change who it is
    return _person(_WHO.rows(session, {"bot_id": bot_id, "user_id": user_id}) if seen is None else seen)


def look(session: Session, key: conversation.Key) -> None:
    """Read who it is and where he stands (bot, chat, user) together, so that nobody asks again in this transaction."""
    bot_id, chat_id, user_id = key
    rows = _LOOK.rows(session, {"bot_id": bot_id, "chat_id": chat_id, "user_id": user_id})
    held = rows[0]
    stands = [(held.c_state, held.c_data, held.c_buttons, held.c_misses)] if held.stands is not None else []
    conversation.read(session, key, stands)
    session.info[_FOUND, bot_id, user_id] = [row for row in rows if row.id is not None]


def _person(rows: Sequence[Any]) -> Person | None:
    if not rows:
        return None
    row = rows[0]
    return Person(
        member_id=row.id, name=row.name, chat_id=row.chat_id, language=row.language, language_tag=row.language_tag,
        timezone=row.timezone, home=Role(row.home) if row.home else None,
        roles=frozenset(Role(each.role) for each in rows if each.role), agreed_version=row.agreed_version,
        farm_id=row.farm_id, farm_state=row.farm_state, unreachable=row.unreachable_at is not None,
    )  # fmt: skip
