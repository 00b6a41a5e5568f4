"""Tables of the road of a message: inbox, conversation, outbox, cards, media, due work, answered keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id

_ASIDE = text("state = 'quarantined'")
_DEAD = text("state = 'dead'")
_UNFINISHED = text("state IN ('new', 'leased')")
_UNSENT = text("state = 'pending'")
_GENTLE = text("priority = 2")


class Inbox(Base):
    """A raw update, committed before the messenger is told that we have it."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index("ix_inbox_lane", "bot_id", "chat_key", "seq", sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
        Index("ix_inbox_unfinished", "seq", sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
        Index("ix_inbox_aside", "seq", sqlite_where=_ASIDE, postgresql_where=_ASIDE),
        # SQLite would number anew after a purge, and an answer keyed by an old number would not be queued
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(Id, primary_key=True)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    update_id: Mapped[int] = mapped_column(BigInteger)
    chat_key: Mapped[str] = mapped_column(String(64))
    raw: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), default="new")  # new, leased, done, quarantined
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Outbox(Base):
    """A message, provider call or file call that must follow a commit; sent in order within its chat."""

    __tablename__ = "outbox"
    __table_args__ = (
        # none by `not_before`: PostgreSQL, as its guess goes, reads all that are due for each of them
        Index("ix_outbox_lane", "bot_id", "chat_id", "id", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        Index("ix_outbox_dead", "id", sqlite_where=_DEAD, postgresql_where=_DEAD),
        # what went to a chat today, for the daily bound of reminders
        Index("ix_outbox_gentle", "bot_id", "chat_id", "not_before", sqlite_where=_GENTLE, postgresql_where=_GENTLE),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    dedup: Mapped[str] = mapped_column(String(160), unique=True)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))  # screen, notice, fetch_file, commands
    payload: Mapped[Any] = mapped_column(JSON)
    priority: Mapped[int] = mapped_column(default=0)  # 0 answers, 1 notices, 2 bulk
    state: Mapped[str] = mapped_column(String(12), default="pending")  # pending, sent, dropped, unreachable, dead
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]  # market time: quiet hours follow the market's clock
    retry_at: Mapped[datetime | None]  # machine time: pauses after a failure
    failed_at: Mapped[datetime | None]  # machine time: when that pause began
    lease_until: Mapped[datetime | None]  # machine time
    first_failed_at: Mapped[datetime | None]  # machine time: after a day of failures we give up
    fence: Mapped[int] = mapped_column(default=0)  # grows with each lease; a late sender's mark is refused
    error: Mapped[str | None] = mapped_column(Text)
    sent_message_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Tally(Base):
    """How often something happened on the road, over all processes: kinds of updates, ends of sends."""

    __tablename__ = "tally"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, default=0)


class Card(Base):
    """A message we keep editing (progress card, pick list, order card): its key and where it stands."""

    __tablename__ = "card"
    __table_args__ = (UniqueConstraint("bot_id", "chat_id", "key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[int] = mapped_column(BigInteger)
    has_media: Mapped[bool] = mapped_column(default=False)  # its words are a caption
    updated_at: Mapped[datetime]


class Conversation(Base):
    """Where one person stands in one chat: a state name, a little data, and the buttons that digits press."""

    __tablename__ = "conversation"

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    state: Mapped[str | None] = mapped_column(String(64))
    data: Mapped[Any] = mapped_column(JSON, default=dict)
    buttons: Mapped[Any] = mapped_column(JSON, default=list)
    misses: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]


class Media(Base):
    """A picture, file or voice note: pictures are checked and re-encoded; each is stored once under its hash."""

    __tablename__ = "media"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # photo, document, voice
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    path: Mapped[str | None] = mapped_column(String(120))  # below DATA_DIR/media; empty until fetched
    mime: Mapped[str | None] = mapped_column(String(64))
    width: Mapped[int | None]
    height: Mapped[int | None]
    size: Mapped[int | None]
    refused: Mapped[str | None] = mapped_column(String(120))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime]


class MediaFile(Base):
    """The messenger's id of a medium; such ids belong to one bot."""

    __tablename__ = "media_file"
    __table_args__ = (UniqueConstraint("bot_id", "media_id"), UniqueConstraint("bot_id", "unique_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    file_id: Mapped[str] = mapped_column(String(200))
    unique_id: Mapped[str | None] = mapped_column(String(100))


class Due(Base):
    """Work that falls due at a moment: claimed by ticks, done once per occurrence."""

    __tablename__ = "due"
    __table_args__ = (
        UniqueConstraint("task", "subject", "occurrence"),
        Index("ix_due_open", "due_at", sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    task: Mapped[str] = mapped_column(String(40))
    subject: Mapped[int] = mapped_column(BigInteger)
    occurrence: Mapped[str] = mapped_column(String(40), default="")
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)


class Answered(Base):
    """A press that was answered: the same key again gets the same answer and has no second effect."""

    __tablename__ = "answered"

    scope: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    subject: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]


class Lease(Base):
    """Who leads: one row per role, with a fence that grows with each new leader."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    fence: Mapped[int] = mapped_column(default=0)
    until: Mapped[datetime]
