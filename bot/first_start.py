"""What the first start of an installation settles: its first settings, its owners, or the link that makes one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text

from core.catalog.terms import ensure_categories
from core.config import BotFacts, Config
from core.db import Database
from core.members import claims
from core.settings import service as settings
from core.settings.models import Setting

_LOCK = text("SELECT pg_advisory_xact_lock(70418)")  # one number of ours: parts started together take turns


def prepare(database: Database, config: Config, facts: BotFacts, now: datetime, *, links: bool = True) -> list[str]:
    """Write what the environment says and nobody changed since; returns what to print to whoever started us.

    A fresh owner's link ends the one before: of parts that run apart one alone `links`.
    """
    said: list[str] = []
    with database.writing() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(_LOCK)
        known = set(session.scalars(select(Setting.name)))
        for name, value in (
            ("currency", config.currency), ("timezone", config.timezone), ("default_language", config.default_language),
        ):  # fmt: skip
            if value and name not in known:
                settings.put(session, name, value, by=None, now=now)
        ensure_categories(session)
        if not claims.ensure_owners(session, facts.id, config.owner_ids, now) and links:
            token = claims.owner_link(session, now)
            said.append(f"Open this once to become the owner: https://t.me/{facts.username}?start=o_{token}")
    return said
