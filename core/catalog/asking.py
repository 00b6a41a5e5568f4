"""Questions about a sale: a buyer asks, the farmer or staff answers, then everybody reads it, names hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from core.catalog import words_said
from core.catalog.models import Campaign
from core.catalog.remarks import Remark
from core.errors import Changed, NotFound
from core.events import EventKind, record
from core.i18n import N_, _
from core.members.queries import Waiting, farm
from core.messaging import due
from core.messaging.models import Media
from core.permissions import Actor, require
from core.settings import service as settings

DAY = timedelta(days=1)
YES, NO = N_("👍 Yes"), N_("👎 No")
SHORT = {"yes": YES, "no": NO}  # kept as these words, read by each in the own language
UNANSWERED = ("waiting", "passed")
PAGE = 5
_told = aliased(Remark)
_ANSWERED = (  # made once: every card of a sale asks it
    select(Remark.text, _told.text).join(_told, _told.question_id == Remark.id)
    .where(Remark.campaign_id == bindparam("campaign"), Remark.kind == "question", Remark.state == "answered",
           _told.state == "sent", Remark.media_id.is_(None), _told.media_id.is_(None))
    .order_by(Remark.id.desc()).limit(bindparam("most")).offset(bindparam("skipped"))
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A question with its answer, as everybody reads it."""

    question: str
    answer: str


def ask(
    session: Session, actor: Actor, campaign: Campaign, text: str, *, voice: Media | None = None, now: datetime
) -> Remark:
    """Ask the farmer. What holds a phone number or an address stays a draft until its writer says [Send].

    Refuses BadInput, TooManyWords, TooManySaid, YourOwn, Changed (a sale that is over).
    """
    require("campaign.ask", actor, owner_id=farm(session, campaign.farm_id).member_id, state=campaign.state)
    said = words_said.read(text, voice, example=_("Is it organic?"))
    most = settings.get_int(session, "questions_a_day")
    words_said.check_rate(session, actor.member_id, "question", most, DAY, now)
    kept = words_said.draft(session, actor, "question", said, voice, now=now, campaign_id=campaign.id)
    if not words_said.is_private(kept):
        _asked(session, kept, now)
    return kept


def send_question(session: Session, actor: Actor, remark: Remark, *, now: datetime) -> Remark:
    """[Send] without the number. Refuses NotFound, Changed, NothingLeft, TooManySaid."""
    kept = words_said.mine(session, actor, remark.id)
    campaign = session.get_one(Campaign, kept.campaign_id)
    require("campaign.ask", actor, owner_id=farm(session, campaign.farm_id).member_id, state=campaign.state)
    most = settings.get_int(session, "questions_a_day")
    words_said.check_rate(session, actor.member_id, "question", most, DAY, now)
    _asked(session, kept, now)
    return kept


def answer(
    session: Session, actor: Actor, question: Remark, text: str, *, voice: Media | None = None, now: datetime
) -> Remark:
    """Answer a question once; the first answer stands. A number in it waits for [Send].

    Refuses NotFound, NotAllowed, Changed (answered already), BadInput, TooManyWords.
    """
    asked = _open_question(session, actor, question.id)
    said = words_said.read(SHORT.get(text, text), voice, example=_("Yes, no chemicals since 2020."))
    about = {"campaign_id": asked.campaign_id, "question_id": asked.id}
    kept = words_said.draft(session, actor, "answer", said, voice, now=now, **about)
    if not words_said.is_private(kept):
        _answered(session, asked, kept, now)
    return kept


def send_answer(session: Session, actor: Actor, remark: Remark, *, now: datetime) -> Remark:
    """[Send] an answer without the number. Refuses NotFound, Changed, NothingLeft."""
    kept = words_said.mine(session, actor, remark.id)
    _answered(session, _open_question(session, actor, kept.question_id or 0), kept, now)
    return kept


def question_for(session: Session, actor: Actor, remark_id: int) -> Remark:
    """A question as whoever may answer it sees it. Raises NotFound for anybody else."""
    found = session.get(Remark, remark_id)
    if found is None or found.kind != "question" or found.state == "draft":
        raise NotFound
    sale = session.get_one(Campaign, found.campaign_id)
    require("campaign.answer", actor, owner_id=farm(session, sale.farm_id).member_id)
    return found


def answer_to(session: Session, question: Remark) -> Remark | None:
    """The answer that was sent."""
    found = select(Remark).where(Remark.question_id == question.id, Remark.state == "sent").limit(1)
    return session.scalars(found).one_or_none()


def answers_of(session: Session, campaign_id: int, *, limit: int = PAGE, skip: int = 0) -> list[Asked]:
    """Answered questions of a sale, the newest first; voices would tell who it was, so they are left out."""
    found = session.execute(_ANSWERED, {"campaign": campaign_id, "most": limit, "skipped": skip})
    return [Asked(*row) for row in found]


def passed_on(session: Session) -> Waiting:
    """How many questions wait for staff, and since when."""
    found = select(func.count(), func.min(Remark.sent_at)).where(Remark.state == "passed")
    return Waiting(*session.execute(found).one())


def next_passed(session: Session, actor: Actor) -> Remark | None:
    """The oldest question that waits for staff. Raises NotAllowed."""
    require("queue.see", actor)
    found = select(Remark).where(Remark.state == "passed").order_by(Remark.id).limit(1)
    return session.scalars(found).one_or_none()


@due.task("question.nudge")
def nudge(session: Session, remark_id: int, now: datetime) -> None:
    """The farmer said nothing for a day: ask again, once."""
    found = session.get_one(Remark, remark_id)
    if found.state == "waiting":
        record(session, EventKind.QUESTION_REPEATED, found, now=now)


@due.task("question.pass_on")
def pass_on(session: Session, remark_id: int, now: datetime) -> None:
    """Two days of silence: staff may answer too."""
    found = session.get_one(Remark, remark_id, with_for_update=True, populate_existing=True)
    if found.state == "waiting":
        found.state = "passed"
        record(session, EventKind.QUESTION_PASSED_ON, found, now=now)


def _asked(session: Session, question: Remark, now: datetime) -> None:
    words_said.let_go(question, "waiting", now)
    record(session, EventKind.QUESTION_ASKED, question, now=now, actor_id=question.writer_id)
    due.plan(session, "question.nudge", question.id, now + settings.hours(session, "question_nudge_hours"))
    due.plan(session, "question.pass_on", question.id, now + settings.hours(session, "question_staff_hours"))


def _answered(session: Session, question: Remark, told: Remark, now: datetime) -> None:
    words_said.let_go(told, "sent", now)
    question.state = "answered"
    for name in ("question.nudge", "question.pass_on"):
        due.drop(session, name, question.id)
    record(session, EventKind.QUESTION_ANSWERED, question, now=now, actor_id=told.writer_id)


def _open_question(session: Session, actor: Actor, remark_id: int) -> Remark:
    """The question, locked, for whoever may answer it now."""
    question_for(session, actor, remark_id)
    found = session.get_one(Remark, remark_id, with_for_update=True, populate_existing=True)
    if found.state not in UNANSWERED:
        raise Changed
    return found
