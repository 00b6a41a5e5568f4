"""Reads of reputation: a farm's standing, and what buyers said of a farm or a sale."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, column, func, select, table
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.members.models import Member
from core.reputation.models import ReputationPoint, Review, ReviewPhoto
from core.reputation.score import Score, Standing, percent

PAGE = 5
# orders stand above this slice: their table is read by name, their code is not imported
_orders = table("orders", column("id"), column("campaign_id"))


@dataclass(frozen=True)
class ReviewLine:
    """One review in a list."""

    review_id: int
    order_id: int
    buyer_name: str
    score: Score
    quality: Score | None
    service: Score | None
    speed: Score | None
    text: str
    reply: str
    photos: tuple[int, ...]  # media ids
    at: datetime


@dataclass(frozen=True)
class ReviewPage:
    """A page of reviews, the newest first, and how many there are in all."""

    lines: tuple[ReviewLine, ...]
    total: int


def review(session: Session, review_id: int) -> Review:
    """The review with this id."""
    found = session.get(Review, review_id)
    if found is None:
        raise NotFound
    return found


def review_of_order(session: Session, order_id: int) -> Review | None:
    """What the buyer said of an order."""
    return session.execute(select(Review).where(Review.order_id == order_id)).scalar_one_or_none()


def points_of(session: Session, farm_id: int) -> int:
    """A farm's reputation points."""
    summed = select(func.coalesce(func.sum(ReputationPoint.points), 0)).where(ReputationPoint.farm_id == farm_id)
    return int(session.execute(summed).scalar_one())


def standing(session: Session, farm_id: int) -> Standing:
    """Everything a farm's reviews come to, in two queries."""
    said = [func.count(), _good(Review.score)]
    for indicator in (Review.quality, Review.service, Review.speed):
        said += [func.count(indicator), _good(indicator)]
    counted = session.execute(select(*said).where(Review.farm_id == farm_id)).one()
    reviews, good, *pairs = (int(each) for each in counted)
    quality, service, speed = (percent(pairs[at + 1], pairs[at]) for at in (0, 2, 4))
    return Standing(points_of(session, farm_id), reviews, good, quality, service, speed)


def reviews_of_farm(session: Session, farm_id: int, *, page: int = 0) -> ReviewPage:
    """What buyers said of a farm."""
    return _page(session, select(Review.id).where(Review.farm_id == farm_id), page)


def reviews_of_campaign(session: Session, campaign_id: int, *, page: int = 0) -> ReviewPage:
    """What buyers said of one sale."""
    whose = select(_orders.c.id).where(_orders.c.campaign_id == campaign_id)
    return _page(session, select(Review.id).where(Review.order_id.in_(whose)), page)


def _good(said: Any) -> Any:  # a column of scores, and its sum
    return func.coalesce(func.sum(case((said == Score.GOOD.value, 1), else_=0)), 0)


def _page(session: Session, picked: Select[int], page: int) -> ReviewPage:
    total = session.execute(select(func.count()).select_from(picked.subquery())).scalar_one()
    ids = session.execute(picked.order_by(Review.id.desc()).limit(PAGE).offset(page * PAGE)).scalars().all()
    photos = _photos(session, ids)
    found = select(Review, Member.name).join(Member, Member.id == Review.buyer_id).where(Review.id.in_(ids))
    rows = session.execute(found.order_by(Review.id.desc()))
    return ReviewPage(tuple(_line(row, name, photos.get(row.id, ())) for row, name in rows), total)


def _photos(session: Session, ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for photo in session.execute(select(ReviewPhoto).where(ReviewPhoto.review_id.in_(ids)).order_by(ReviewPhoto.id)):
        found[photo[0].review_id] = (*found.get(photo[0].review_id, ()), photo[0].media_id)
    return found


def _line(row: Review, buyer_name: str, photos: tuple[int, ...]) -> ReviewLine:
    quality, service, speed = (None if said is None else Score(said) for said in (row.quality, row.service, row.speed))
    return ReviewLine(
        review_id=row.id, order_id=row.order_id, buyer_name=buyer_name, score=Score(row.score), quality=quality,
        service=service, speed=speed, text=row.text, reply=row.reply, photos=photos, at=row.created_at,
    )  # fmt: skip
