"""Who follows which farm: they hear when it sells again, after the groups, and only as long as they want."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from core.errors import NotAllowed, NotFound
from core.members.models import Farm, Follower, Member
from core.prepared import Prepared

PAGE = 8
_FOLLOWS = Prepared(
    select(Follower.id).where(
        Follower.farm_id == bindparam("farm", type_=Follower.farm_id.type),
        Follower.member_id == bindparam("member", type_=Follower.member_id.type),
    )
)


def follow(session: Session, member: Member, farm: Farm, *, now: datetime) -> None:
    """Tell the member when this farm sells again. Raises NotAllowed (one's own), NotFound (it may not sell)."""
    if farm.member_id == member.id:
        raise NotAllowed
    if farm.state != "approved":
        raise NotFound
    if not is_following(session, member.id, farm.id):
        session.add(Follower(farm_id=farm.id, member_id=member.id, since=now))
        session.flush()


def unfollow(session: Session, member: Member, farm: Farm) -> None:
    """Stop telling. Raises NotFound for a farm that may not sell and was not followed: as if it did not exist."""
    if farm.state != "approved" and not is_following(session, member.id, farm.id):
        raise NotFound
    session.execute(delete(Follower).where(Follower.farm_id == farm.id, Follower.member_id == member.id))


def is_following(session: Session, member_id: int, farm_id: int) -> bool:
    return _FOLLOWS.one(session, {"farm": farm_id, "member": member_id}) is not None


def followers(session: Session, farm_id: int) -> list[int]:
    """Ids of the members who follow a farm."""
    found = select(Follower.member_id).where(Follower.farm_id == farm_id).order_by(Follower.id)
    return list(session.execute(found).scalars())


def followed(session: Session, member_id: int, *, page: int = 0) -> list[tuple[int, str]]:
    """Ids and store names of the farms a member follows, the newest first, a page at a time."""
    found = select(Farm.id, Farm.store_name).join(Follower).where(Follower.member_id == member_id)
    rows = session.execute(found.order_by(Follower.id.desc()).limit(PAGE).offset(page * PAGE))
    return [(row.id, row.store_name) for row in rows]


def followed_count(session: Session, member_id: int) -> int:
    """How many farms a member follows."""
    found = select(func.count()).select_from(Follower).where(Follower.member_id == member_id)
    return session.execute(found).scalar_one()
