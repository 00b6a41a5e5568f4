"""What all that people write to each other has in common: its bounds, its privacy, its draft until it is sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import contact
from core.catalog.remarks import Remark
from core.errors import BadInput, Changed, NotFound, Refusal
from core.i18n import _
from core.messaging.models import Media
from core.permissions import Actor
from core.text import clean_lines

WORDS_MOST = 300


class TooManyWords(Refusal):
    """That is {length} characters; at most {most} fit. Please write it shorter."""


class NothingLeft(Refusal):
    """Numbers stay private here, and without them nothing is left. Write it in words, for example: Is it organic?"""


class TooManySaid(Refusal):
    """You have written {most} times lately. Please wait for the answers, then write again."""


def read(text: str, voice: Media | None, *, example: str) -> str:
    """What was written, cleaned. Refuses BadInput where there is neither a word nor a voice, and TooManyWords."""
    said = clean_lines(text, 10 * WORDS_MOST)
    if not said and voice is None:
        raise BadInput(field=_("Message"), reason=_("it is missing"), example=example)
    if len(said) > WORDS_MOST:
        raise TooManyWords(length=len(said), most=WORDS_MOST)
    return said


def check_rate(session: Session, writer_id: int, kind: str, most: int, span: timedelta, now: datetime) -> None:
    """Refuse TooManySaid where this member said as much of this kind within the span as one may."""
    found = select(func.count()).select_from(Remark).where(
        Remark.writer_id == writer_id, Remark.kind == kind, Remark.created_at > now - span, Remark.state != "draft"
    )  # fmt: skip
    if session.execute(found).scalar_one() >= most:
        raise TooManySaid(most=most)


def draft(  # noqa: PLR0913 - what is said, by whom, and about what
    session: Session, actor: Actor, kind: str, said: str, voice: Media | None, *, now: datetime, campaign_id: int,
    order_id: int | None = None, question_id: int | None = None,
) -> Remark:  # fmt: skip
    """Keep what was written as a draft; a draft of the same kind about the same thing is written anew."""
    remark = Remark(
        kind=kind, campaign_id=campaign_id, order_id=order_id, question_id=question_id, writer_id=actor.member_id,
        text=said, media_id=voice.id if voice else None, state="draft", created_at=now,
    )  # fmt: skip
    found = select(Remark).where(
        Remark.writer_id == remark.writer_id, Remark.kind == remark.kind, Remark.state == "draft",
        Remark.campaign_id == remark.campaign_id, Remark.order_id.is_not_distinct_from(remark.order_id),
        Remark.question_id.is_not_distinct_from(remark.question_id),
    )  # fmt: skip
    known = session.scalars(found.order_by(Remark.id).limit(1)).one_or_none()
    if known is None:
        session.add(remark)
        session.flush()
        return remark
    known.text, known.media_id, known.created_at = remark.text, remark.media_id, remark.created_at
    return known


def is_private(remark: Remark) -> bool:
    """Whether it holds a number or an address: then its writer is asked before it goes."""
    return bool(contact.find(remark.text))


def preview(remark: Remark) -> str:
    """How it would read without numbers and addresses."""
    return contact.without(remark.text)


def of_writer(session: Session, actor: Actor, remark_id: int) -> Remark:
    """What this member wrote. Raises NotFound for anybody else."""
    found = session.get(Remark, remark_id)
    if found is None or found.writer_id != actor.member_id:
        raise NotFound
    return found


def mine(session: Session, actor: Actor, remark_id: int) -> Remark:
    """A draft of this writer, locked. Raises NotFound for another's, Changed for one that was sent already."""
    of_writer(session, actor, remark_id)
    found = session.get_one(Remark, remark_id, with_for_update=True, populate_existing=True)
    if found.state != "draft":
        raise Changed
    return found


def let_go(remark: Remark, state: str, now: datetime) -> None:
    """Send it, without numbers and addresses. Refuses NothingLeft."""
    if is_private(remark):
        remark.text = contact.without(remark.text)
        if not any(char.isalpha() for char in remark.text):
            raise NothingLeft
    remark.state, remark.sent_at = state, now
