"""A draft is published, decided on once, undone in time, paused, curated and removed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core.catalog import drafts, form, market, publish, queries, season
from core.catalog.errors import (
    AgreementMissing,
    AlreadyReserved,
    FarmNotApproved,
    HarvestPassed,
    StillMissing,
    UndoEnded,
)
from core.catalog.models import Campaign
from core.db import Database
from core.errors import BadInput, Changed, NotAllowed, OutOfBounds
from core.events import take_new
from core.members import service
from core.members.decisions import AlreadyDecided, AskAnother
from core.members.models import Member, MemberRole
from core.messaging import due
from core.messaging.models import Due
from core.money import Money
from core.permissions import Actor, Role
from core.settings.service import put
from tests.catalog.sales import HARVEST, a_draft, a_photo, a_sale, open_shop
from tests.members.people import NOW, a_farmer, an_operator

INDIA = ZoneInfo("Asia/Kolkata")


def _planned(session: Session, name: str) -> list[datetime]:
    rows = select(Due.due_at).where(Due.task == name, Due.done_at.is_(None)).order_by(Due.due_at)
    return list(session.execute(rows).scalars())


def _kinds(session: Session) -> list[str]:
    return [event.kind for event in take_new(session) if event.subject_kind == "campaign"]


def _draft(session: Session, *, approved: bool = True) -> tuple[Actor, Campaign]:
    open_shop(session)
    actor, _ = a_farmer(session, 1, approved=approved)
    return actor, a_draft(session, actor)


def test_a_listing_waits_for_review_and_opens_when_approved(database: Database) -> None:
    with database.writing() as session:
        actor, draft = _draft(session)
        assert publish.publish(session, actor, draft, now=NOW) == ("photo",)
        assert queries.listings_waiting(session).count == 1
        assert [line.campaign_id for line in queries.to_review(session)] == [draft.id]
        put(session, "cutoff_days", "9", by=None, now=NOW)  # what buyers were promised stays
        publish.decide_listing(session, an_operator(session), draft, verdict="approve", now=NOW)
        assert (draft.state, draft.opens_at, draft.policy["cutoff_days"]) == ("open", NOW, 3)
        assert draft.closes_at == datetime(2026, 5, 14, 18, tzinfo=INDIA)
        assert _kinds(session) == ["listing_submitted", "listing_approved", "campaign_opened"]


def test_staff_open_their_own_sale_only_where_nobody_else_decides(database: Database) -> None:
    with database.writing() as session:
        actor, draft = _draft(session)
        service.hold_role(session, session.get_one(Member, actor.member_id), Role.OPERATOR, now=NOW)
        seller = service.actor_of(session, actor.member_id)
        publish.publish(session, seller, draft, now=NOW)
        with pytest.raises(AskAnother) as refused:
            publish.decide_listing(session, seller, draft, verdict="approve", now=NOW)
        assert refused.value.text() == "This is yours: another person decides on it. Ask Olu."
        assert draft.state == "in_review"
        session.execute(delete(MemberRole).where(MemberRole.member_id != seller.member_id))
        publish.decide_listing(session, seller, draft, verdict="approve", now=NOW)
        assert draft.state == "open"


def test_what_the_farmer_changed_while_it_was_being_approved_is_looked_at_again(database: Database) -> None:
    with database.writing() as session:
        actor, draft = _draft(session)
        publish.publish(session, actor, draft, now=NOW)
        operator, sale_id = an_operator(session), draft.id
    with database.reading() as session:
        seen = session.get_one(Campaign, sale_id).rev
    with database.writing() as session:
        form.set_price(session, actor, session.get_one(Campaign, sale_id), Money.of(9000, "INR"), now=NOW)
    with database.writing() as session:
        sale = session.get_one(Campaign, sale_id)
        set_committed_value(sale, "rev", seen)  # as the operator's transaction had read it a moment before
        with pytest.raises(Changed):
            publish.decide_listing(session, operator, sale, verdict="approve", now=NOW)


def test_what_falls_due_is_planned_on_the_farms_clock(database: Database) -> None:
    with database.writing() as session:
        actor, draft = _draft(session)
        form.set_date(session, actor, draft, date(2026, 6, 15), now=NOW)
        publish.publish(session, actor, draft, now=NOW)
        publish.decide_listing(session, an_operator(session), draft, verdict="approve", now=NOW)
        closes = datetime(2026, 6, 14, 18, tzinfo=INDIA)
        assert _planned(session, "campaign.closes") == [closes]
        assert _planned(session, "campaign.closing_soon") == [closes - timedelta(days=1)]
        assert [at.astimezone(INDIA).date().day for at in _planned(session, "campaign.harvest_check")] == [12, 15, 17]
        assert _planned(session, "campaign.growing_photo") == [NOW + timedelta(days=each) for each in (10, 20, 30, 40)]
        take_new(session)
        for name, kind in (
            ("campaign.closing_soon", "campaign_closing"), ("campaign.harvest_check", "harvest_check"),
            ("campaign.growing_photo", "growing_update_due"), ("campaign.opens", "campaign_opened"),
        ):  # fmt: skip
            due.task_named(name)(session, draft.id, NOW)
            assert _kinds(session) == [kind]
        draft.harvest_on = date(2026, 6, 20)
        season.plan(session, draft, now=NOW)
        assert len(_planned(session, "campaign.harvest_check")) == 3


@pytest.mark.parametrize(("days", "closes"), [(0, (1, 18)), (1, (1, 18)), (2, (2, 18))])
def test_a_sale_of_what_is_ready_at_once_has_a_window(database: Database, days: int, closes: tuple[int, int]) -> None:
    with database.writing() as session:
        actor, draft = _draft(session)
        form.set_date(session, actor, draft, date(2026, 5, 1) + timedelta(days=days), now=NOW)
        publish.publish(session, actor, draft, now=NOW)
        publish.decide_listing(session, an_operator(session), draft, verdict="approve", now=NOW)
        assert draft.closes_at == datetime(2026, 5, *closes, tzinfo=INDIA)


def test_at_night_a_sale_of_today_still_runs_two_hours(database: Database) -> None:
    with database.writing() as session:
        actor, draft = _draft(session)
        night = NOW.replace(hour=17)  # 22:30 in India
        form.set_date(session, actor, draft, date(2026, 5, 1), now=night)
        assert season.closes_at(draft, INDIA, night) == night + timedelta(hours=2)


def test_publishing_says_what_is_missing(database: Database) -> None:
    with database.writing() as session:
        open_shop(session)
        actor, _ = a_farmer(session, 1)
        draft = drafts.start_draft(session, actor, "mango", now=NOW)
        form.set_delivers(session, actor, draft, False, now=NOW)
        form.set_text(session, actor, draft, "pickup_place", "", now=NOW)
        with pytest.raises(StillMissing) as refused:
            publish.publish(session, actor, draft, now=NOW)
        assert refused.value.params["fields"] == ("quantity", "price", "date", "delivery")
        assert refused.value.text() == "Still missing: Quantity."


def test_an_old_draft_with_a_past_date_and_a_new_agreement_stop_it(database: Database) -> None:
    with database.writing() as session:
        actor, draft = _draft(session)
        with pytest.raises(OutOfBounds):
            publish.publish(session, actor, draft, now=NOW + timedelta(days=20))
        put(session, "agreement_version", "2", by=None, now=NOW)
        with pytest.raises(AgreementMissing):
            publish.publish(session, actor, draft, now=NOW)
        assert draft.state == "draft"


def test_an_approved_farm_opens_at_once_where_nothing_is_reviewed(database: Database) -> None:
    with database.writing() as session:
        put(session, "review_before_opening", "0", by=None, now=NOW)
        actor, draft = _draft(session)
        drafts.add_photo(session, actor, draft, a_photo(session), now=NOW)
        assert publish.publish(session, actor, draft, now=NOW) == ()
        assert draft.state == "open"
        assert _planned(session, "campaign.opens") == [NOW + timedelta(minutes=5)]  # told when undo is over
        assert _kinds(session) == []
        with pytest.raises(Changed):
            publish.publish(session, actor, draft, now=NOW)  # pressed twice


def test_a_pending_farm_is_reviewed_even_then_and_both_may_be_approved(database: Database) -> None:
    with database.writing() as session:
        put(session, "review_before_opening", "0", by=None, now=NOW)
        actor, draft = _draft(session, approved=False)
        publish.publish(session, actor, draft, now=NOW)
        assert draft.state == "in_review"
        operator = an_operator(session)
    with pytest.raises(FarmNotApproved), database.writing() as session:
        publish.decide_listing(session, operator, queries.campaign(session, draft.id), verdict="approve", now=NOW)
    with database.writing() as session:
        again = queries.campaign(session, draft.id)
        publish.decide_listing(session, operator, again, verdict="approve", and_farm=True, now=NOW)
        assert queries.listing(session, draft.id).farm_state == "approved"
        assert again.state == "open"


def test_undo_within_five_minutes_while_nobody_reserved(database: Database) -> None:
    with database.writing() as session:
        actor, draft = _draft(session)
        publish.publish(session, actor, draft, now=NOW)
        publish.undo(session, actor, draft, now=NOW + timedelta(minutes=5))
        assert (draft.state, draft.published_at) == ("draft", None)
        sale = a_sale(session, actor, "tomato")
        sale.reserved = sale.pack
        with pytest.raises(AlreadyReserved):
            publish.undo(session, actor, sale, now=NOW)
        sale.reserved = 0 * sale.pack
        with pytest.raises(UndoEnded) as refused:
            publish.undo(session, actor, sale, now=NOW + timedelta(minutes=5, seconds=1))
        assert refused.value.params == {"until": NOW + timedelta(minutes=5)}
        publish.undo(session, actor, sale, now=NOW)
        assert _planned(session, "campaign.closes") == []


def test_a_listing_sent_back_is_corrected_and_the_first_decision_wins(database: Database) -> None:
    with database.writing() as session:
        actor, draft = _draft(session)
        first, second = an_operator(session, 901, "Olu"), an_operator(session, 902, "Mei")
        publish.publish(session, actor, draft, now=NOW)
        with pytest.raises(BadInput):
            publish.decide_listing(session, first, draft, verdict="change", now=NOW)
        publish.decide_listing(session, first, draft, verdict="change", reason="Which variety?", now=NOW)
        with pytest.raises(AlreadyDecided) as refused:
            publish.decide_listing(session, second, draft, verdict="approve", now=NOW)
        assert refused.value.params == {"by": "Olu", "at": NOW}
        assert (draft.state, draft.decision_note) == ("draft", "Which variety?")
        form.set_text(session, actor, draft, "title", "Alphonso", now=NOW)
        publish.publish(session, actor, draft, now=NOW)
        publish.decide_listing(session, second, draft, verdict="reject", reason="Not grown here", now=NOW)
        assert draft.state == "cancelled"
        with pytest.raises(NotAllowed):
            publish.decide_listing(session, actor, draft, verdict="approve", now=NOW)


def test_a_review_that_outlasts_the_harvest_date_cannot_approve(database: Database) -> None:
    with database.writing() as session:
        actor, draft = _draft(session)
        publish.publish(session, actor, draft, now=NOW)
        with pytest.raises(HarvestPassed) as refused:
            publish.decide_listing(
                session, an_operator(session), draft, verdict="approve", now=NOW + timedelta(days=15)
            )
        assert refused.value.params == {"date": HARVEST}


def test_pause_and_resume_take_effect_once(database: Database) -> None:
    with database.writing() as session:
        actor, _ = _draft(session)
        sale = a_sale(session, actor)
        take_new(session)
        for _time in range(2):
            publish.pause(session, actor, sale, now=NOW)
        assert market.market(session).total == 0
        publish.resume(session, an_operator(session), sale, now=NOW)
        assert _kinds(session) == ["campaign_paused", "campaign_resumed"]


def test_staff_recommend_and_rank(database: Database) -> None:
    with database.writing() as session:
        actor, _ = _draft(session)
        mango, tomato = a_sale(session, actor), a_sale(session, actor, "tomato")
        staff = an_operator(session)
        publish.recommend(session, staff, mango, True, now=NOW)
        assert [line.crop for line in market.market(session).lines] == ["mango", "tomato"]
        publish.recommend(session, staff, mango, False, now=NOW)
        publish.rank(session, staff, tomato, 5, now=NOW)
        assert [line.crop for line in market.market(session).lines] == ["tomato", "mango"]
        for verb in (publish.recommend, publish.rank):
            with pytest.raises(NotAllowed):
                verb(session, actor, mango, True, now=NOW)


def test_a_growing_photo_is_shown_once(database: Database) -> None:
    with database.writing() as session:
        actor, _ = _draft(session)
        sale = a_sale(session, actor)
        take_new(session)
        picture = a_photo(session)
        for _time in range(2):
            publish.growing_photo(session, actor, sale, picture, now=NOW)
        assert _kinds(session) == ["growing_photo"]
        card = queries.listing(session, sale.id)
        assert (card.growing, card.photos) == ((picture.id,), ())


def test_an_idle_draft_is_remembered_once_and_one_at_work_later(database: Database) -> None:
    with database.writing() as session:
        actor, draft = _draft(session)
        take_new(session)
        day = timedelta(hours=24)
        form.set_deposit(session, actor, draft, 30, now=NOW + timedelta(hours=5))
        due.task_named("campaign.draft_idle")(session, draft.id, NOW + day)
        assert _kinds(session) == []
        assert NOW + timedelta(hours=5) + day in _planned(session, "campaign.draft_idle")
        due.task_named("campaign.draft_idle")(session, draft.id, NOW + timedelta(hours=5) + day)
        assert _kinds(session) == ["draft_idle"]
