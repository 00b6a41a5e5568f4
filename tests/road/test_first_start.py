"""The first start of an installation whose parts run apart: they take turns, and one alone gives the owner's link."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from bot.first_start import prepare
from core.config import BotFacts, Config
from core.db import Database
from core.migrations import upgrade
from core.settings.models import Setting

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_parts_that_start_together_settle_the_first_settings_once(db_url: str, tmp_path: Path) -> None:
    upgrade(db_url)
    config = Config(_env_file=None, bot_token="1:T", database_url=db_url, currency="INR", timezone="Asia/Kolkata")  # type: ignore[call-arg] # pydantic has it
    facts = BotFacts(1, "farmgate_bot", tmp_path)
    parts = [Database(db_url) for _part in range(4)]
    try:
        with ThreadPoolExecutor(len(parts)) as pool:
            said = list(pool.map(lambda at: prepare(parts[at], config, facts, NOW, links=at == 0), range(len(parts))))
        assert [len(lines) for lines in said] == [1, 0, 0, 0]
        with parts[0].reading() as session:
            named = select(func.count()).where(Setting.name.in_(("currency", "timezone")))
            assert session.scalar(named) == 2
    finally:
        for part in parts:
            part.dispose()
