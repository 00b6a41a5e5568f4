"""Tables of people: members, their messenger identities, roles, farms, followers, groups."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id
from core.sealing import Sealed

_LOST = text("unreachable_at IS NOT NULL")


class Member(Base):
    """A person or enterprise known to the co-op."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), default="individual")  # individual, enterprise
    name: Mapped[str] = mapped_column(String(128))
    language: Mapped[str | None] = mapped_column(String(8))  # empty: not chosen yet
    timezone: Mapped[str | None] = mapped_column(String(40))
    phone = Sealed(marked=True)
    phone_sealed: Mapped[str | None] = mapped_column(Text)
    phone_mark: Mapped[str | None] = mapped_column(String(64), index=True)
    agreed_version: Mapped[str | None] = mapped_column(String(16))
    agreed_at: Mapped[datetime | None]
    licence_media_id: Mapped[int | None] = mapped_column(BigInteger)  # a media row; no key, media know their owner
    home: Mapped[str | None] = mapped_column(String(12))  # the role whose home is shown
    muted_classes: Mapped[str] = mapped_column(String(8), default="")  # letters R, M: opted out
    created_at: Mapped[datetime] = mapped_column(index=True)


class Identity(Base):
    """One messenger account of a member with one bot; `chat_id` is the private chat."""

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("bot_id", "user_id"),
        Index("ix_identity_chat", "chat_id", "bot_id"),  # whose chat refuses us
        Index("ix_identity_lost", "member_id", sqlite_where=_LOST, postgresql_where=_LOST),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    username: Mapped[str | None] = mapped_column(String(64))
    language_tag: Mapped[str | None] = mapped_column(String(16))  # of the app, as last seen
    unreachable_at: Mapped[datetime | None]


class MemberRole(Base):
    """A role a member holds: consumer, farmer, courier, officer, operator, owner."""

    __tablename__ = "member_role"
    __table_args__ = (UniqueConstraint("member_id", "role"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    role: Mapped[str] = mapped_column(String(12), index=True)
    since: Mapped[datetime]


class Farm(Base):
    """A base (farm or store) that sells; the co-op approves it before its first sale opens."""

    __tablename__ = "farm"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), unique=True)
    store_name: Mapped[str] = mapped_column(String(128))
    place: Mapped[str | None] = mapped_column(String(128))
    region: Mapped[str | None] = mapped_column(String(64))
    latitude: Mapped[str | None] = mapped_column(String(24))  # decimal text: never compared in SQL
    longitude: Mapped[str | None] = mapped_column(String(24))
    timezone: Mapped[str | None] = mapped_column(String(40))
    main_crop: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(16), default="pending", index=True)  # draft pending approved rejected
    decision_note: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    rev: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class Follower(Base):
    """A member who hears when a farm sells again."""

    __tablename__ = "follower"
    __table_args__ = (UniqueConstraint("farm_id", "member_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    farm_id: Mapped[int] = mapped_column(ForeignKey("farm.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    since: Mapped[datetime]


class GroupChat(Base):
    """A group that receives campaign posts; `chat_id` changes when it becomes a supergroup."""

    __tablename__ = "group_chat"
    __table_args__ = (UniqueConstraint("bot_id", "chat_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(8), default="en")
    crops: Mapped[str] = mapped_column(Text, default="")  # comma-separated keys; empty: all
    added_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    state: Mapped[str] = mapped_column(String(12), default="setup")  # setup, active, no_rights, gone
    created_at: Mapped[datetime]


class Claim(Base):
    """A one-time link: it makes whoever opens it first the owner (or a courier of one order)."""

    __tablename__ = "claim"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(12))  # owner, operator, courier
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    expires_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Decision(Base):
    """Who decided what first: the second to decide is told of the first."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id", "round"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    round: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)  # of a decision about money
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]
