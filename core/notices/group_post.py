"""Queues posts in groups: one when a sale opens, one progress card that edits itself, one on the last day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign, GroupPost
from core.events import Event, EventKind
from core.i18n import Speech, speaking, speech_for
from core.members import groups
from core.members.models import GroupChat
from core.messaging import outbox
from core.messaging.outbox import Letter
from core.messaging.screen import Screen
from core.notices.quiet import loudness, morning
from core.notices.registry import GROUP_BY_EVENT, GROUP_NOTICES, GroupFact, GroupNotice, Quiet
from core.orders.queries import Progress, campaign_progress
from core.permissions import Role
from core.settings import service as settings

LEAST_CHANGE = 5  # per cent of what is offered
CALM = timedelta(minutes=1)  # a card changes at most once in this time
PROGRESS = 8  # the number of the notice that is the card
SELLING = frozenset({"open", "paused"})


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
    """Sales whose card in some group shows too little: another 5 %, or another day, and at least a minute ago."""
    found = select(GroupPost, Campaign).join(Campaign, Campaign.id == GroupPost.campaign_id)
    running = found.where(~GroupPost.frozen, Campaign.state.in_(sorted(SELLING))).order_by(Campaign.id)
    zone = _speech(session, None).zone
    stale: dict[int, Campaign] = {}
    progress: dict[int, Progress] = {}
    for post, campaign in session.execute(running):
        if campaign.id not in progress:
            progress[campaign.id] = campaign_progress(session, campaign)
        seen = progress[campaign.id]
        if _is_stale(post, seen, now, other_day=_day(post.shown_at, zone) != _day(now, zone)):
            stale[campaign.id] = campaign
    return list(stale.values())


def _is_stale(post: GroupPost, seen: Progress, now: datetime, *, other_day: bool) -> bool:
    if post.shown_at is None:
        return seen.buyers > 0  # the card comes with the first buyer
    if now < post.shown_at + CALM:
        return False
    return other_day or abs(seen.percent - post.shown_percent) >= LEAST_CHANGE


def _day(moment: datetime | None, zone: Any) -> object:  # Speech.zone is any tzinfo
    return moment and moment.astimezone(zone).date()


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
