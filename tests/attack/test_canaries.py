"""Canaries for phone, address, words, tokens and links: they never come up in a log, a group or an answer to others."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from bot.logs import bare, configure, scrubbed
from core.members.claims import new_token
from core.messaging.models import Inbox
from handlers import routes
from handlers.turn import Reply, Turn
from tests.kit.shop import Shop, shop
from tests.kit.watch import seen
from tests.stories.market import sale, ways_to_pay

__all__ = ["shop"]

PHONE, STREET, NOTE = "+919812345678", "77 Canary Lane, Pune 411001", "canary note: ring the blue bell"
CANARIES = (PHONE, PHONE[1:], "Canary", "canary", "blue bell")


@pytest.fixture
def logs(capfd: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Everything that the program writes from debug on, and its libraries from warnings on."""
    configure(logging.DEBUG)
    yield capfd
    configure(logging.WARNING)


def _is_clean(said: str, *more: str) -> None:
    assert [word for word in (*CANARIES, *more) if word in said] == []


async def _breaks(turn: Turn) -> Reply:
    turn.session.execute(text("INSERT INTO member (kind, name) VALUES (:kind, :name)"), {"kind": turn.text, "name": 1})
    raise ValueError(f"cannot do anything with {turn.text!r}")


def test_a_story_with_everything_personal_leaves_nothing_in_the_logs(
    shop: Shop, logs: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(routes.COMMANDS, "help", _breaks)
    ways_to_pay(shop, "messenger_invoice")
    number = sale(shop)
    asha, bela = shop.person("Asha", phone_number=PHONE), shop.buyer("Bela")
    group = shop.group(bela, "Neighbours", asha)
    group.adds_bot()
    asha.start(f"s_{number}")
    for label in ("5 kg", "✅ Reserve", "📝 Note to farmer"):
        asha.taps(label)
    asha.types(NOTE)
    asha.taps("💳 Pay deposit")
    asha.pays("fail")
    asha.pays()
    asha.taps("🚚 Deliver")
    asha.types(STREET)
    asha.sees("🚚 To")
    asha.types(f"/help {NOTE}", reacts=False)
    asha.sees("Something broke on our side", anywhere=True)
    asha.start(f"o_{new_token()}")
    shop.settles()
    for window in (bela.window, group.window):
        told = [message for message in window.messages(60) if message["by"] == "bot"]
        assert told
        _is_clean(str(told))
    said = "".join(logs.readouterr())
    assert "update_failed" in said
    _is_clean(said, shop.config.bot_token or "", "invoice_payload")
    with shop.database.writing() as session:
        session.execute(update(Inbox).where(Inbox.state == "quarantined").values(state="done"))


def test_an_error_is_logged_by_its_kind_and_place_without_its_words(logs: pytest.CaptureFixture[str]) -> None:
    secret = f"{NOTE} {PHONE}"
    try:
        try:
            int(secret)
        except ValueError as error:
            raise RuntimeError(f"while reading {secret}") from error
    except RuntimeError as error:
        structlog.get_logger().error("update_failed", exc_info=error)
        logging.getLogger("some.library").exception("Task exception was never retrieved\nfuture: %s", secret)
        told = bare(error)
    said = "".join(logs.readouterr())
    _is_clean(said + told)
    assert said.count('exception="RuntimeError') == 2
    assert "ValueError" in told
    assert "test_canaries.py" in said
    assert "Task exception was never retrieved" in said


def test_what_somebody_logs_by_mistake_is_taken_out(logs: pytest.CaptureFixture[str]) -> None:
    token = new_token()
    structlog.get_logger().warning(
        "mistake", url="https://api.example.org/bot123456:AAcanary-token/getMe", phone=PHONE, spaced="+91 98123 45678",
        link=f"https://t.me/x?start=o_{token}", bare=token, database="postgresql://shop:canary@host/farmgate",
        mail="canary@example.org", count=5, holder={"phone": PHONE},
    )  # fmt: skip
    said = "".join(logs.readouterr())
    _is_clean(said, token, "98123", "AAcanary")
    assert "count=5" in said
    assert "getMe" in said


def test_times_numbers_and_places_stay_readable() -> None:
    for kept in ("2026-05-01T05:30:00Z", "127.0.0.1:8080", "seq 12345", "-1001234567890", "update_failed", "0:30:00"):
        assert scrubbed(kept) == kept


def test_a_statement_that_fails_is_logged_without_what_it_was_given(
    shop: Shop, logs: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DBAPIError) as failed, shop.database.writing() as session:
        session.execute(text("INSERT INTO member (kind, name, phone) VALUES (NULL, :name, :phone)"),
                        {"name": NOTE, "phone": PHONE})  # fmt: skip
    structlog.get_logger().error("database_unreachable", error=str(failed.value), exc_info=failed.value)
    _is_clean("".join(logs.readouterr()))


def test_the_watch_over_every_test_sees_a_canary() -> None:
    assert seen("at=2026-05-01T05:30:00Z seq=12345 127.0.0.1:8080 update_failed <phone> <token>") == []
    for private in (PHONE, STREET, NOTE, "12 Lake Road", "https://api.example.org/bot123456:TEST/getMe"):
        assert seen(f"event=update_failed said={private}"), private
