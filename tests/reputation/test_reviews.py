"""Only the order's buyer reviews, once, after delivery; points follow from the settings and are never edited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog import queries as catalog
from core.db import Database
from core.errors import BadInput, NotAllowed, NotFound, OutOfBounds
from core.events import take_new
from core.members.models import Farm
from core.members.service import actor_of
from core.permissions import Actor
from core.reputation import queries, service
from core.reputation.models import ReputationPoint
from core.reputation.score import PointTable, Score, Standing, percent
from core.reputation.service import ReviewedOrder
from core.settings.service import put
from tests.catalog.sales import a_photo, a_sale, open_shop
from tests.members.people import NOW, a_farmer, arrive


def _bought(
    session: Session, order_id: int = 12, *, delivered: bool = True
) -> tuple[Actor, Actor, Farm, ReviewedOrder]:
    farmer, farm = a_farmer(session, 1)
    buyer = actor_of(session, arrive(session, 100 + order_id, f"Buyer {order_id}").member.id)
    facts = ReviewedOrder(order_id, buyer.member_id, farm.id, farmer.member_id, delivered)
    return buyer, farmer, farm, facts


def test_scores_generate_points_as_the_table_says() -> None:
    table = PointTable(good=2, medium=1, bad=-3)
    assert [table.points(score) for score in (Score.GOOD, Score.MEDIUM, Score.BAD)] == [2, 1, -3]
    assert [percent(*pair) for pair in ((0, 0), (1, 3), (1, 8), (2, 2))] == [None, 33, 13, 100]


def test_a_review_is_completed_step_by_step(database: Database) -> None:
    with database.writing() as session:
        buyer, farmer, farm, facts = _bought(session)
        take_new(session)
        review = service.review(session, buyer, facts, score=Score.GOOD, now=NOW)
        service.add_indicators(session, buyer, review, quality=1, now=NOW)
        service.add_indicators(session, buyer, review, service=0, speed=-1, now=NOW)
        service.add_text(session, buyer, review, " Sweet!\u202e\n\n\nThank you ", now=NOW)
        photo = a_photo(session, buyer.member_id)
        assert service.add_photo(session, buyer, review, photo, now=NOW) == 1
        assert service.add_photo(session, buyer, review, photo, now=NOW) == 1
        service.reply(session, farmer, review, "Come again", now=NOW + timedelta(days=9))
        assert [event.kind for event in take_new(session)] == ["review_received"]
        (line,) = queries.reviews_of_farm(session, farm.id).lines
        assert (line.score, line.quality, line.service, line.speed) == (1, 1, 0, -1)
        assert (line.text, line.reply, line.photos) == ("Sweet!\n\nThank you", "Come again", (photo.id,))
        assert queries.review_of_order(session, 12) is queries.review(session, line.review_id)
        assert queries.standing(session, farm.id) == Standing(1, 1, 1, 100, 0, 0)


def test_early_second_own_and_foreign_reviews_are_refused(database: Database) -> None:
    with database.writing() as session:
        buyer, farmer, farm, early = _bought(session, delivered=False)
        facts = ReviewedOrder(12, buyer.member_id, farm.id, farmer.member_id, delivered=True)
        with pytest.raises(service.ReviewTooEarly):
            service.review(session, buyer, early, score=1, now=NOW)
        with pytest.raises(NotFound):
            service.review(session, farmer, facts, score=1, now=NOW)
        own = ReviewedOrder(13, farmer.member_id, farm.id, farmer.member_id, delivered=True)
        with pytest.raises(service.OwnGoods):
            service.review(session, farmer, own, score=1, now=NOW)
        with pytest.raises(ValueError, match="5"):
            service.review(session, buyer, facts, score=5, now=NOW)
        first = service.review(session, buyer, facts, score=-1, now=NOW)
        with pytest.raises(service.AlreadyReviewed) as refusal:
            service.review(session, buyer, facts, score=1, now=NOW)
        assert refusal.value.params == {"review_id": first.id}
        assert queries.points_of(session, farm.id) == -1


def test_after_two_days_a_review_stands_as_it_is(database: Database) -> None:
    with database.writing() as session:
        buyer, farmer, _, facts = _bought(session)
        review = service.review(session, buyer, facts, score=1, now=NOW)
        last = NOW + timedelta(hours=48)
        service.add_text(session, buyer, review, "Good", now=last)
        with pytest.raises(service.ReviewComplete) as refusal:
            service.add_text(session, buyer, review, "Bad", now=last + timedelta(seconds=1))
        assert refusal.value.params == {"until": last}
        with pytest.raises(NotFound):
            service.add_text(session, farmer, review, "Best ever", now=NOW)
        with pytest.raises(NotFound):
            service.reply(session, actor_of(session, buyer.member_id), review, "Mine", now=NOW)
        service.reply(session, farmer, review, "Thanks", now=last)
        with pytest.raises(service.AlreadyReplied):
            service.reply(session, farmer, review, "Thanks again", now=last)


def test_words_and_pictures_have_bounds(database: Database) -> None:
    with database.writing() as session:
        buyer, _, _, facts = _bought(session)
        review = service.review(session, buyer, facts, score=1, now=NOW)
        for text in ("", "\u200b \n", "x" * 1001):
            with pytest.raises(BadInput):
                service.add_text(session, buyer, review, text, now=NOW)
        with pytest.raises(NotAllowed):
            service.add_photo(session, buyer, review, a_photo(session, facts.seller_member_id), now=NOW)
        for _time in range(service.PHOTOS_MOST):
            service.add_photo(session, buyer, review, a_photo(session), now=NOW)
        with pytest.raises(OutOfBounds):
            service.add_photo(session, buyer, review, a_photo(session), now=NOW)


def test_points_of_old_reviews_stay_when_the_table_changes(database: Database) -> None:
    with database.writing() as session:
        open_shop(session)
        for order_id in (12, 13):
            buyer, farmer, farm, facts = _bought(session, order_id)
            service.review(session, buyer, facts, score=1, now=NOW)
            put(session, "score_good", "3", by=None, now=NOW)
        assert sorted(session.scalars(select(ReputationPoint.points))) == [1, 3]
        assert catalog.listing(session, a_sale(session, farmer).id).points == 4
        assert queries.standing(session, farm.id).good_percent == 100
        assert queries.standing(session, 999) == Standing()


def test_reviews_are_paged_newest_first(database: Database) -> None:
    with database.writing() as session:
        for order_id in range(1, 8):
            buyer, _, farm, facts = _bought(session, order_id)
            service.review(session, buyer, facts, score=1, now=NOW)
        first, second = (queries.reviews_of_farm(session, farm.id, page=page) for page in (0, 1))
        assert [line.order_id for line in (*first.lines, *second.lines)] == [7, 6, 5, 4, 3, 2, 1]
        assert (first.total, len(first.lines), first.lines[0].buyer_name) == (7, 5, "Buyer 7")
        assert queries.reviews_of_campaign(session, 1).total == 0
