"""The register of notices: each is one decorated function saying on what, to whom, how loudly, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.events import EventKind
from core.members.models import GroupChat
from core.messaging.screen import Screen


class Quiet(StrEnum):
    """What happens at night: sent now, sent silently, or held till morning."""

    NOW = "N"
    SILENT = "S"
    HELD = "H"


class Klass(StrEnum):
    """Transactional, reminder, campaign (opt-in), operations. R and M can be muted."""

    TRANSACTIONAL = "T"
    REMINDER = "R"
    CAMPAIGN = "M"
    OPERATIONS = "O"


@dataclass(frozen=True)
class Fact:
    """An event as its notice sees it, with the session to look things up and the moment it is told."""

    session: Session
    kind: EventKind
    subject_kind: str
    subject_id: int
    actor_id: int | None
    data: dict[str, Any]
    at: datetime
    now: datetime
    member_id: int = 0  # who is being told


To = Callable[[Fact], Iterable[int]]
Render = Callable[[Fact], Screen | None]


@dataclass(frozen=True)
class Notice:
    """One row of the table of notices; `to` yields member ids, `render` None when it is no longer true."""

    number: int
    name: str
    on: frozenset[EventKind]
    to: To
    quiet: Quiet
    klass: Klass
    render: Render
    tell_actor: bool  # whoever did it reads it on the screen that answers the press
    deadline: str | None  # key in the event's data with the moment after which the notice is late


@dataclass(frozen=True)
class GroupFact:
    """What a group's post looks at: the sale, the group, and the moment it is sent."""

    session: Session
    campaign: Campaign
    group: GroupChat
    now: datetime


GroupRender = Callable[[GroupFact], Screen | None]


@dataclass(frozen=True)
class GroupNotice:
    """A post in the groups that want a sale: told on these events, which have the campaign as subject."""

    number: int
    name: str
    on: frozenset[EventKind]
    quiet: Quiet
    render: GroupRender
    opens: bool  # the first post of a sale in a group; the others follow only where it was posted


NOTICES: dict[str, Notice] = {}
BY_EVENT: dict[EventKind, list[Notice]] = {}
GROUP_NOTICES: dict[str, GroupNotice] = {}
GROUP_BY_EVENT: dict[EventKind, list[GroupNotice]] = {}


def notice(
    number: int,
    *on: EventKind,
    to: To,
    quiet: str = "N",
    klass: str = "T",
    tell_actor: bool = False,
    deadline: str | None = None,
) -> Callable[[Render], Render]:
    """Register the function below as notice `number`, told on these events to the members that `to` yields."""

    def register(render: Render) -> Render:
        name = getattr(render, "__name__", str(number))
        entry = Notice(
            number, name, frozenset(on), to, Quiet(quiet), Klass(klass), render, tell_actor, deadline
        )  # fmt: skip
        if name in NOTICES:
            raise ValueError(f"two notices are named {name}")
        NOTICES[name] = entry
        for kind in on:
            BY_EVENT.setdefault(kind, []).append(entry)
        return render

    return register


def group_notice(
    number: int, *on: EventKind, quiet: str, opens: bool = False
) -> Callable[[GroupRender], GroupRender]:  # fmt: skip
    """Register the function below as post `number` in groups, told on these events of a campaign."""

    def register(render: GroupRender) -> GroupRender:
        name = getattr(render, "__name__", str(number))
        entry = GroupNotice(number, name, frozenset(on), Quiet(quiet), render, opens)
        if name in GROUP_NOTICES:
            raise ValueError(f"two posts are named {name}")
        GROUP_NOTICES[name] = entry
        for kind in on:
            GROUP_BY_EVENT.setdefault(kind, []).append(entry)
        return render

    return register
