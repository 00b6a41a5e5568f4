"""Facts: each change of state appends one event; events tell people what happened and never steer the code."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, Index, String, Table, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit
from core.db import Base, Id
from core.prepared import Prepared

_PENDING = "farmgate_events"
_SUBJECTS = "farmgate_subjects"  # kept alive until the commit: notices ask for them by id, and a session forgets


class EventKind(StrEnum):
    """Everything that can happen. Each kind has a notice in core/notices or stands in its list of silent ones."""

    MEMBER_JOINED = "member_joined"
    FARM_SUBMITTED = "farm_submitted"
    FARM_APPROVED = "farm_approved"
    FARM_REJECTED = "farm_rejected"
    FARM_ASKED_CHANGE = "farm_asked_change"
    LISTING_SUBMITTED = "listing_submitted"
    LISTING_APPROVED = "listing_approved"
    LISTING_ASKED_CHANGE = "listing_asked_change"
    LISTING_REJECTED = "listing_rejected"
    LISTING_UNDONE = "listing_undone"
    CAMPAIGN_OPENED = "campaign_opened"
    CAMPAIGN_PAUSED = "campaign_paused"
    CAMPAIGN_RESUMED = "campaign_resumed"
    CAMPAIGN_REMOVED = "campaign_removed"
    CAMPAIGN_PROGRESS = "campaign_progress"
    CAMPAIGN_CLOSING = "campaign_closing"
    CAMPAIGN_CLOSED = "campaign_closed"
    CAMPAIGN_SOLD_OUT = "campaign_sold_out"
    TARGET_AT_RISK = "target_at_risk"
    TARGET_WAIVED = "target_waived"
    TARGET_MISSED = "target_missed"
    GROWING_UPDATE_DUE = "growing_update_due"
    GROWING_PHOTO = "growing_photo"
    HARVEST_CHECK = "harvest_check"
    HARVEST_ENTERED = "harvest_entered"
    CROP_LOST = "crop_lost"
    DATE_MOVED = "date_moved"
    ORDER_HELD = "order_held"
    DEPOSIT_DUE = "deposit_due"
    DEPOSIT_PAID = "deposit_paid"
    ORDER_EXPIRED = "order_expired"
    ORDER_CHANGED = "order_changed"
    ORDER_MORE_ENDED = "order_more_ended"
    ORDER_HANDED_OVER = "order_handed_over"
    LATE_SHARE_TAKEN = "late_share_taken"
    LATE_DEPOSIT_KEPT = "late_deposit_kept"
    WAITING_JOINED = "waiting_joined"
    WAITING_LEFT = "waiting_left"
    WAITING_OFFERED = "waiting_offered"
    WAITING_PASSED = "waiting_passed"
    WAITING_ENDED = "waiting_ended"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_ALLOCATED = "order_allocated"
    BALANCE_DUE = "balance_due"
    BALANCE_REMINDER = "balance_reminder"
    BALANCE_OVERDUE = "balance_overdue"
    CASH_AGREED = "cash_agreed"
    BALANCE_PAID = "balance_paid"
    PART_PAID = "part_paid"
    CASH_COLLECTED = "cash_collected"
    CONSENT_ASKED = "consent_asked"
    CONSENT_GIVEN = "consent_given"
    TERMS_ASKED = "terms_asked"
    TERMS_REMINDER = "terms_reminder"
    TERMS_ANSWERED = "terms_answered"
    MORE_TIME = "more_time"
    ORDER_FORFEITED = "order_forfeited"
    DELIVERY_FAILED = "delivery_failed"
    UNDELIVERED_WAITS = "undelivered_waits"
    ORDER_UNDELIVERED = "order_undelivered"
    ORDER_REDIRECTED = "order_redirected"
    ORDER_PACKED = "order_packed"
    ORDER_DISPATCHED = "order_dispatched"
    ORDER_AT_PICKUP = "order_at_pickup"
    ORDER_ON_THE_ROAD = "order_on_the_road"
    ORDER_DELIVERED = "order_delivered"
    AUTO_CONFIRM_SOON = "auto_confirm_soon"
    ORDER_COMPLETED = "order_completed"
    REVIEW_INVITED = "review_invited"
    CASE_OPENED = "case_opened"
    CASE_MOVED = "case_moved"
    CASE_REMINDER = "case_reminder"
    CASES_ALERT = "cases_alert"
    POINT_TAKEN_BACK = "point_taken_back"
    REVIEW_RECEIVED = "review_received"
    BATCH_STEP = "batch_step"
    PARCEL_CHECKPOINT = "parcel_checkpoint"
    TRANSFER_SUBMITTED = "transfer_submitted"
    TRANSFER_ACCEPTED = "transfer_accepted"
    TRANSFER_REJECTED = "transfer_rejected"
    CONFIRMED_ONCE = "confirmed_once"
    MONEY_TO_CREDIT = "money_to_credit"
    MONEY_BOOKED = "money_booked"
    REFUNDED = "refunded"
    REFUND_WAITS = "refund_waits"
    PAYOUT_ASKED = "payout_asked"
    PAYOUT_DONE = "payout_done"
    PAYOUT_TAKEN_BACK = "payout_taken_back"
    DEBT_REPAID = "debt_repaid"
    CASH_HANDED_IN = "cash_handed_in"
    DAILY_SUMMARY = "daily_summary"
    PICK_LIST_DUE = "pick_list_due"
    QUEUE_WAITING = "queue_waiting"
    ROLE_GIVEN = "role_given"
    ROLE_TAKEN = "role_taken"
    MEMBER_UNREACHABLE = "member_unreachable"
    SETTING_CHANGED = "setting_changed"
    DRAFT_IDLE = "draft_idle"
    HUMAN_ASKED = "human_asked"
    HUMAN_SETTLED = "human_settled"
    HUMAN_ANSWERED = "human_answered"
    CALL_LIST_DUE = "call_list_due"
    GROUP_RIGHTS_LOST = "group_rights_lost"
    DATA_EXPORTED = "data_exported"
    MEMBER_ERASED = "member_erased"
    AUDIT_HEAD = "audit_head"
    QUESTION_ASKED = "question_asked"
    QUESTION_REPEATED = "question_repeated"
    QUESTION_PASSED_ON = "question_passed_on"
    QUESTION_ANSWERED = "question_answered"
    ORDER_NOTED = "order_noted"
    ORDER_MESSAGE = "order_message"
    PERSON_CALLED = "person_called"


# decisions of people about money, roles, settings and personal data: these are chained to the audit log. A kind that
# joins later needs a word of its revision's, since when it is chained (core/migrations, audit.WIDENED)
AUDITED = frozenset({
    EventKind.FARM_APPROVED, EventKind.FARM_REJECTED, EventKind.LISTING_APPROVED, EventKind.LISTING_REJECTED,
    EventKind.CAMPAIGN_REMOVED, EventKind.TRANSFER_ACCEPTED, EventKind.TRANSFER_REJECTED, EventKind.CONFIRMED_ONCE,
    EventKind.MONEY_BOOKED, EventKind.PAYOUT_ASKED, EventKind.PAYOUT_DONE, EventKind.ROLE_GIVEN, EventKind.ROLE_TAKEN,
    EventKind.PAYOUT_TAKEN_BACK, EventKind.CASH_HANDED_IN, EventKind.CASE_MOVED, EventKind.POINT_TAKEN_BACK,
    EventKind.ORDER_FORFEITED, EventKind.ORDER_UNDELIVERED,
    EventKind.SETTING_CHANGED, EventKind.DATA_EXPORTED, EventKind.MEMBER_ERASED, EventKind.AUDIT_HEAD,
})  # fmt: skip


class Event(Base):
    """One fact. `subject_kind` and `subject_id` say about what; `data` holds only what the fact itself knows."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_subject", "subject_kind", "subject_id", "id"),
        Index("ix_event_kind", "kind", "at"),  # the numbers of a day
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))  # order, campaign, member, farm, payment, ...
    subject_id: Mapped[int] = mapped_column(BigInteger)
    actor_id: Mapped[int | None] = mapped_column(BigInteger)  # member; empty: the clock did it
    data: Mapped[Any] = mapped_column(JSON)
    at: Mapped[datetime]


_TABLE = cast("Table", Event.__table__)
_APPEND = Prepared(insert(_TABLE).returning(_TABLE.c.id))


def record(
    session: Session, kind: EventKind, subject: Any, *, now: datetime, actor_id: int | None = None, **data: Any
) -> Event:
    """Append a fact about a mapped row (`subject` has an id and a table); it is told after this transaction's work."""
    if subject.id is None:
        session.flush()
    fact = {
        "kind": kind.value, "subject_kind": subject.__tablename__, "subject_id": subject.id, "actor_id": actor_id,
        "data": data, "at": now,
    }  # fmt: skip
    event = Event(id=_APPEND.one(session, fact).id, **fact)
    session.info.setdefault(_PENDING, []).append(event)
    if kind in AUDITED:
        audit.note(session, event)
    session.info.setdefault(_SUBJECTS, []).append(subject)
    return event


def take_new(session: Session) -> list[Event]:
    """The events recorded in this session since the last call, for whoever tells people of them."""
    taken: list[Event] = session.info.pop(_PENDING, [])
    return taken
