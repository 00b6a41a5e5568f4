"""Verbs of reviews: say how it was, add indicators, words and pictures, reply. Points are generated, never edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import BadInput, NotAllowed, OutOfBounds, Refusal
from core.events import EventKind, record
from core.i18n import _
from core.members.models import Farm
from core.messaging.models import Media
from core.permissions import Actor, require
from core.reputation.models import ReputationPoint, Review, ReviewPhoto
from core.reputation.score import PointTable, Score
from core.settings.service import get_int
from core.text import clean_lines

COMPLETED_WITHIN = timedelta(hours=48)
TEXT_MOST = 1000
PHOTOS_MOST = 5


class ReviewTooEarly(Refusal):
    """You can say how it was once it is delivered."""


class AlreadyReviewed(Refusal):
    """You have said how this order was. Thank you!"""


class OwnGoods(Refusal):
    """You cannot review your own goods."""


class ReviewComplete(Refusal):
    """This review was open until {until}."""


class PointGone(Refusal):
    """The point of this review was taken back before."""


class AlreadyReplied(Refusal):
    """You have replied to this review already."""


@dataclass(frozen=True)
class ReviewedOrder:
    """What a review needs to know of its order."""

    order_id: int
    buyer_id: int
    farm_id: int
    seller_member_id: int
    delivered: bool


def review(session: Session, actor: Actor, order_facts: ReviewedOrder, *, score: Score | int, now: datetime) -> Review:
    """The buyer's word on a delivered order, once; it generates the farm's points.

    Raises NotFound (another's order), OwnGoods, ReviewTooEarly, AlreadyReviewed(review_id).
    """
    require("order.review", actor, owner_id=order_facts.buyer_id)
    if order_facts.seller_member_id == actor.member_id:
        raise OwnGoods
    if not order_facts.delivered:
        raise ReviewTooEarly
    given = Score(score)
    row = _only_one(session, Review(
        order_id=order_facts.order_id, farm_id=order_facts.farm_id, buyer_id=actor.member_id, score=given.value,
        created_at=now,
    ))  # fmt: skip
    session.add(ReputationPoint(farm_id=row.farm_id, review_id=row.id, points=_table(session).points(given), at=now))
    record(session, EventKind.REVIEW_RECEIVED, row, now=now, actor_id=actor.member_id, score=given.value,
           order_id=row.order_id)  # fmt: skip
    return row


def add_indicators(  # noqa: PLR0913 - the three indicators belong together
    session: Session, actor: Actor, review: Review, *, quality: Score | int | None = None,
    service: Score | int | None = None, speed: Score | int | None = None, now: datetime,
) -> None:  # fmt: skip
    """Product quality, service, delivery speed: what is given is kept, what is skipped stays."""
    _may_complete(actor, review, now)
    for name, said in (("quality", quality), ("service", service), ("speed", speed)):
        if said is not None:
            setattr(review, name, Score(said).value)
    session.flush()


def add_text(session: Session, actor: Actor, review: Review, text: str, *, now: datetime) -> None:
    """The buyer's words; new ones replace the old."""
    _may_complete(actor, review, now)
    review.text = _words(text)
    session.flush()


def add_photo(session: Session, actor: Actor, review: Review, media: Media, *, now: datetime) -> int:
    """A picture; the same one twice counts once. How many there are now."""
    _may_complete(actor, review, now)
    if media.owner_id not in (None, actor.member_id):
        raise NotAllowed
    counted = select(func.count()).where(ReviewPhoto.review_id == review.id)
    have = session.execute(counted).scalar_one()
    if session.execute(counted.where(ReviewPhoto.media_id == media.id)).scalar_one():
        return have
    if have >= PHOTOS_MOST:
        raise OutOfBounds(field=_("Photos"), least=0, most=PHOTOS_MOST, example=3)
    session.add(ReviewPhoto(review_id=review.id, media_id=media.id))
    session.flush()
    return have + 1


def reply(session: Session, actor: Actor, review: Review, text: str, *, now: datetime) -> None:
    """The seller answers, once. Raises NotFound (another farm's review), AlreadyReplied, BadInput."""
    owner = session.execute(select(Farm.member_id).where(Farm.id == review.farm_id)).scalar_one_or_none()
    require("order.reply", actor, owner_id=owner)
    session.refresh(review, with_for_update=True)
    if review.reply:
        raise AlreadyReplied
    review.reply = _words(text)
    session.flush()


def take_back_point(session: Session, review: Review, *, now: datetime) -> int:
    """A ruling found the review unfair: a second line undoes its points, once; what the farm has back by it.

    The caller has asked the registry. The review itself stays, and so do its first points: nothing is edited.
    """
    mine = (ReputationPoint.review_id == review.id, ReputationPoint.cause == "ruling")
    if session.execute(select(ReputationPoint.id).where(*mine)).first() is not None:
        raise PointGone
    given = select(func.coalesce(func.sum(ReputationPoint.points), 0)).where(ReputationPoint.review_id == review.id)
    points = -int(session.execute(given).scalar_one())
    session.add(ReputationPoint(farm_id=review.farm_id, review_id=review.id, cause="ruling", points=points, at=now))
    session.flush()
    return points


def _only_one(session: Session, row: Review) -> Review:
    known = session.execute(select(Review.id).where(Review.order_id == row.order_id)).scalar_one_or_none()
    if known is not None:
        raise AlreadyReviewed(review_id=known)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the same press arrived twice at once
        raise AlreadyReviewed from None
    return row


def _may_complete(actor: Actor, review: Review, now: datetime) -> None:
    require("order.review", actor, owner_id=review.buyer_id)
    if now > (until := review.created_at + COMPLETED_WITHIN):
        raise ReviewComplete(until=until)


def _words(text: str) -> str:
    words = clean_lines(text, 3 * len(text))
    example = _("Sweet and fresh, thank you!")
    if not words:
        raise BadInput(field=_("Text"), reason=_("it is missing"), example=example)
    if len(words) > TEXT_MOST:
        raise BadInput(field=_("Text"), reason=_("{length} characters, {most} fit", length=len(words), most=TEXT_MOST),
                       example=example)  # fmt: skip
    return words


def _table(session: Session) -> PointTable:
    return PointTable(*(get_int(session, f"score_{name}") for name in ("good", "medium", "bad")))
