"""Queues posts in groups: one when a sale opens, one progress card that edits itself, one on the last day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from core.catalog.models import Campaign, GroupPost
from core.db import UtcDateTime
from core.events import Event, EventKind
from core.i18n import Speech, speaking, speech_for
from core.members import groups
from core.members.models import GroupChat
from core.messaging import outbox
from core.messaging.outbox import Letter
from core.messaging.screen import Screen
from core.notices.quiet import loudness, morning
from core.notices.registry import GROUP_BY_EVENT, GROUP_NOTICES, GroupFact, GroupNotice, Quiet
from core.orders.queries import campaign_progress
from core.permissions import Role
from core.settings import service as settings

_moment = partial(bindparam, type_=UtcDateTime())
LEAST_CHANGE = 5  # per cent of what is offered
CALM = timedelta(minutes=1)  # a card changes at most once in this time
PROGRESS = 8  # the number of the notice that is the card
SELLING = frozenset({"open", "paused"})
MOST_A_TURN = 100
_reserved, _capacity = (type_coerce(column, BigInteger) for column in (Campaign.reserved, Campaign.capacity))
_GREW = func.abs(100 * _reserved // func.nullif(_capacity, 0) - GroupPost.shown_percent) >= LEAST_CHANGE
_SHOWS_TOO_LITTLE = or_(
    and_(GroupPost.shown_at.is_(None), _reserved > 0),  # the card comes with the first buyer
    and_(GroupPost.shown_at <= _moment("calm"), or_(GroupPost.shown_at < _moment("midnight"), _GREW)),
)
_POSTED = (
    select(GroupPost.id).join(GroupChat, GroupChat.id == GroupPost.group_id)
    .where(GroupPost.campaign_id == Campaign.id, ~GroupPost.frozen, GroupChat.state == "active", _SHOWS_TOO_LITTLE)
)  # fmt: skip
_STALE = (
    select(Campaign).where(Campaign.state.in_(sorted(SELLING)), _POSTED.exists()).order_by(Campaign.id)
    .limit(MOST_A_TURN)
)  # fmt: skip


def queue(session: Session, event: Event) -> None:
    """Queue what an event of a sale makes known in groups, in the transaction of the event."""
    for entry in GROUP_BY_EVENT.get(EventKind(event.kind), ()):
        campaign = session.get_one(Campaign, event.subject_id)
        posts = _first_posts(session, campaign) if entry.opens else _posts(session, campaign)
        if entry.number == PROGRESS:
            seen = campaign_progress(session, campaign)
            posts = [post for post in posts if seen.buyers or post.shown_at is not None]
        outbox.put(session, [_letter(session, event, entry, campaign, post) for post in posts], event.at)


def prepare(session: Session, payload: dict[str, Any], now: datetime) -> Screen | None:
    """A queued post as it stands now, in the group's language; None when it is no longer true."""
    campaign, group = session.get_one(Campaign, payload["campaign"]), session.get_one(GroupChat, payload["group"])
    if group.state != "active":
        return None
    with speaking(_speech(session, group)):
        screen = GROUP_NOTICES[payload["notice"]].render(GroupFact(session, campaign, group, now))
    return screen and replace(screen, silent=screen.silent or bool(payload.get("silent")))


def stale_campaigns(session: Session, now: datetime) -> list[Campaign]:
    """Sales whose card in some group shows too little: another 5 %, or another day, and at least a minute ago.

    So many a turn: a card that was told of shows enough, and the next turn takes the next.
    """
    zone = _speech(session, None).zone
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    return list(session.scalars(_STALE, {"calm": now - CALM, "midnight": midnight}))


def _first_posts(session: Session, campaign: Campaign) -> list[GroupPost]:
    """New rows for the groups that want this crop and have no post of this sale yet."""
    known = set(session.scalars(select(GroupPost.group_id).where(GroupPost.campaign_id == campaign.id)))
    wanted = [group for group in groups.active_groups(session, campaign.crop) if group.id not in known]
    posts = [GroupPost(campaign_id=campaign.id, group_id=group.id) for group in wanted]
    session.add_all(posts)
    session.flush()
    return posts


def _posts(session: Session, campaign: Campaign) -> list[GroupPost]:
    found = select(GroupPost).join(GroupChat, GroupChat.id == GroupPost.group_id)
    return list(session.scalars(found.where(GroupPost.campaign_id == campaign.id, GroupChat.state == "active")))


def _letter(session: Session, event: Event, entry: GroupNotice, campaign: Campaign, post: GroupPost) -> Letter:
    group = session.get_one(GroupChat, post.group_id)
    calm = morning(session, Role.CONSUMER, settings.get_text(session, "timezone"), event.at)
    # the first card makes a sound as the post does, and must not come before it
    quiet = Quiet.HELD if entry.number == PROGRESS and post.shown_at is None else entry.quiet
    held, silent = loudness(quiet, event.at, calm, campaign.closes_at)
    if entry.number == PROGRESS:
        held = max(held, post.shown_at + CALM) if post.shown_at else held
        _note_shown(session, post, campaign, held)
    payload = {
        "notice": entry.name, "event": event.id, "campaign": campaign.id, "group": group.id, "silent": silent,
    }  # fmt: skip
    dedup = f"g:{event.id}:{entry.name}:{group.id}"
    return Letter(dedup, group.bot_id, group.chat_id, "notice", payload, held, outbox.BULK)


def _note_shown(session: Session, post: GroupPost, campaign: Campaign, at: datetime) -> None:
    """What the card shows from then on; a sale that ended freezes it."""
    post.shown_percent = campaign_progress(session, campaign).percent
    post.shown_at = at
    post.frozen = campaign.state not in SELLING


def _speech(session: Session, group: GroupChat | None) -> Speech:
    region, zone = settings.get_text(session, "region"), settings.get_text(session, "timezone")
    language = group.language if group else settings.get_text(session, "default_language")
    return speech_for(language, region or None, zone)
