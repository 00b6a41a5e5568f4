"""Verbs of farms: become a farmer or an enterprise, be decided on, rename the store."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import BadInput
from core.events import EventKind, record
from core.i18n import _
from core.members.decisions import Verdict, decide
from core.members.models import Farm, Member
from core.members.service import actor_of, hold_role
from core.messaging.models import Media
from core.permissions import Actor, Role, require
from core.settings.service import get_text
from core.text import clean

STORE_NAME_MOST = 64
PLACE_MOST = 128
_EVENTS = {
    Verdict.APPROVE: EventKind.FARM_APPROVED,
    Verdict.CHANGE: EventKind.FARM_ASKED_CHANGE,
    Verdict.REJECT: EventKind.FARM_REJECTED,
}
_STATES = {Verdict.APPROVE: "approved", Verdict.CHANGE: "draft", Verdict.REJECT: "rejected"}


def be_farmer(  # noqa: PLR0913 - the answers of one short questionnaire
    session: Session, member: Member, *, place: str | None = None, region: str | None = None,
    latitude: float | None = None, longitude: float | None = None, main_crop: str | None = None, now: datetime,
) -> Farm:  # fmt: skip
    """Open the member's farm, pending until an operator decides; the role farmer comes at once, for drafts.

    Called again (asked to change, rejected, or a correction while pending) it keeps what is not given and submits anew;
    an approved farm stays approved.
    """
    require("farm.submit", actor_of(session, member.id), owner_id=member.id)
    farm = farm_of(session, member) or _new_farm(session, member, now)
    _keep(farm, place=clean(place, PLACE_MOST), region=clean(region or place, 64), main_crop=main_crop)
    if latitude is not None and longitude is not None:
        farm.latitude, farm.longitude = _coordinate(latitude, 90), _coordinate(longitude, 180)
    regained = hold_role(session, member, Role.FARMER, now=now)
    member.home = Role.FARMER.value
    member.timezone = member.timezone or farm.timezone
    if farm.state != "approved" or regained:  # whoever took the role from an approved farm shall be asked again
        _submit(session, farm, now)
    session.flush()
    return farm


def be_enterprise(session: Session, member: Member, *, licence: Media, now: datetime) -> None:
    """The member is an enterprise with this licence; a farm that waits or was sent back is submitted with it."""
    member.kind, member.licence_media_id = "enterprise", licence.id
    farm = farm_of(session, member)
    if farm is not None and farm.state == "pending":
        farm.rev += 1
        record(session, EventKind.FARM_SUBMITTED, farm, now=now, actor_id=farm.member_id)  # with the licence to look at
    elif farm is not None and farm.state != "approved":
        _submit(session, farm, now)


def licence_came_at(session: Session, member_id: int) -> datetime | None:
    """When the member showed the licence on record."""
    found = select(Media.created_at).join(Member, Member.licence_media_id == Media.id).where(Member.id == member_id)
    return session.scalars(found).one_or_none()


def decide_farm(
    session: Session, actor: Actor, farm: Farm, *, verdict: Verdict | str, reason: str | None = None, now: datetime
) -> None:
    """Approve a farm, ask for a change, or reject it. Raises AlreadyDecided(by, at) for the second to decide."""
    decision = decide(session, actor, farm, verdict, reason=reason, now=now)
    given = Verdict(decision.verdict)
    farm.state, farm.rev = _STATES[given], farm.rev + 1
    farm.decision_note, farm.decided_by, farm.decided_at = decision.reason, actor.member_id, now
    record(session, _EVENTS[given], farm, now=now, actor_id=actor.member_id, reason=decision.reason)


def rename_store(session: Session, actor: Actor, farm: Farm, name: str) -> None:
    """Give the store another name."""
    require("farm.submit", actor, owner_id=farm.member_id)
    cleaned = clean(name, STORE_NAME_MOST)
    if not cleaned:
        raise BadInput(field=_("Store name"), reason=_("it is missing"), example=_("Hill Farm"))
    farm.store_name, farm.rev = cleaned, farm.rev + 1


def farm_of(session: Session, member: Member) -> Farm | None:
    """The member's own farm."""
    return session.execute(select(Farm).where(Farm.member_id == member.id)).scalar_one_or_none()


def _new_farm(session: Session, member: Member, now: datetime) -> Farm:
    farm = Farm(
        member_id=member.id, store_name=_("{name}'s farm", name=member.name),
        timezone=get_text(session, "timezone"), state="draft", created_at=now,
    )  # fmt: skip
    session.add(farm)
    session.flush()
    return farm


def _keep(farm: Farm, *, place: str, region: str, main_crop: str | None) -> None:
    farm.place = place or farm.place
    farm.region = region or farm.region
    farm.main_crop = main_crop or farm.main_crop


def _submit(session: Session, farm: Farm, now: datetime) -> None:
    if farm.state == "pending":
        farm.rev += 1
        return  # already in the queue: operators are told once
    farm.state, farm.rev = "pending", farm.rev + 1
    record(session, EventKind.FARM_SUBMITTED, farm, now=now, actor_id=farm.member_id)


def _coordinate(value: float, most: int) -> str:
    # five decimals are about a metre: nearer than any farm needs
    degrees = Decimal(str(value)).quantize(Decimal("0.00001"))
    if not -most <= degrees <= most:
        raise BadInput(field=_("Place"), reason=_("it is not on the map"), example="19.99727, 73.79096")
    return str(degrees)
