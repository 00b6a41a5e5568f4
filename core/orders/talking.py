"""Short messages about an order between its buyer and its farmer; nobody else reads them, numbers stay private."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog import words_said
from core.catalog.remarks import Remark
from core.errors import Changed, NotFound
from core.events import EventKind, record
from core.i18n import _
from core.messaging.models import Media
from core.orders.models import Order
from core.orders.parties import parties_of, require_party
from core.orders.places import Handing
from core.orders.states import PRESSES, OrderState
from core.permissions import Actor
from core.settings import service as settings

HOUR = timedelta(hours=1)
SHOWN = 5


@dataclass(frozen=True)
class Line:
    """One message as its reader sees it."""

    is_own: bool
    text: str
    is_voice: bool
    at: datetime


def write(
    session: Session, actor: Actor, order: Order, text: str, *, voice: Media | None = None, now: datetime
) -> Remark:
    """Write to the other side of an order. A number in it waits for [Send].

    Refuses NotFound (somebody else's order), Changed (one that ended), BadInput, TooManyWords, TooManySaid.
    """
    _may_write(session, actor, order)
    said = words_said.read(text, voice, example=_("I come at 5 in the evening."))
    _check_rate(session, actor, now)
    about = {"campaign_id": order.campaign_id, "order_id": order.id}
    kept = words_said.draft(session, actor, "message", said, voice, now=now, **about)
    if not words_said.is_private(kept):
        _sent(session, kept, now)
    return kept


def send(session: Session, actor: Actor, remark: Remark, *, now: datetime) -> Remark:
    """[Send] a message without the number. Refuses NotFound, Changed, NothingLeft, TooManySaid."""
    kept = words_said.mine(session, actor, remark.id)
    _may_write(session, actor, session.get_one(Order, kept.order_id))
    _check_rate(session, actor, now)
    _sent(session, kept, now)
    return kept


def order_to_talk(session: Session, actor: Actor, order_id: int) -> Order:
    """The order, for its buyer or its farmer. Raises NotFound for anybody else."""
    found = session.get(Order, order_id)
    if found is None:
        raise NotFound
    _party(session, actor, found)
    return found


def other_side(session: Session, order: Order, writer_id: int) -> int:
    """Who reads what this one wrote."""
    parties = parties_of(session, order)
    return parties.seller_id if writer_id == parties.buyer_id else parties.buyer_id


def said(session: Session, actor: Actor, order: Order) -> list[Line]:
    """The last messages of an order, the oldest of them first; not what another wrote and read before the order was
    handed over. Raises NotFound for a stranger."""
    _party(session, actor, order)
    found = select(Remark).where(Remark.order_id == order.id, Remark.state == "sent").order_by(Remark.id.desc())
    since = _taken_over_at(session, actor, order)
    if since is not None:
        found = found.where(Remark.sent_at > since)
    rows = list(session.scalars(found.limit(SHOWN)))
    return [
        Line(row.writer_id == actor.member_id, row.text, row.media_id is not None, row.sent_at or row.created_at)
        for row in reversed(rows)
    ]  # fmt: skip


def _taken_over_at(session: Session, actor: Actor, order: Order) -> datetime | None:
    mine = (Handing.order_id == order.id, Handing.taker_id == actor.member_id)
    return session.scalars(select(Handing.ended_at).where(*mine).order_by(Handing.id.desc()).limit(1)).first()


def _party(session: Session, actor: Actor, order: Order) -> None:
    """Only the two sides: staff may see an order, but what these two write is theirs."""
    parties = parties_of(session, order)
    require_party("order.message", actor, parties)
    if actor.member_id not in (parties.buyer_id, parties.seller_id):
        raise NotFound


def _may_write(session: Session, actor: Actor, order: Order) -> None:
    _party(session, actor, order)
    if OrderState(order.state) not in PRESSES["order.message"]:
        raise Changed(order_id=order.id)


def _check_rate(session: Session, actor: Actor, now: datetime) -> None:
    most = settings.get_int(session, "messages_an_hour")
    words_said.check_rate(session, actor.member_id, "message", most, HOUR, now)


def _sent(session: Session, told: Remark, now: datetime) -> None:
    words_said.let_go(told, "sent", now)
    record(session, EventKind.ORDER_MESSAGE, told, now=now, actor_id=told.writer_id)
