"""Whatever answers in the Bot API's place, the receiver goes on asking."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import receiver
from bot.receiver import Desk, Receiver
from core.clock import SystemClock
from core.config import Config
from core.db import Database
from tests.kit.answering import Answer, answering

ANSWERS: list[Answer] = []


@pytest.fixture
def proxy() -> Iterator[str]:
    """Answers from the list, then as the Bot API does when the token is not known."""
    last = (401, b'{"ok":false,"error_code":401,"description":"no"}')
    with answering(lambda _method, _said: ANSWERS.pop(0) if ANSWERS else last) as url:
        yield url


def _receiver(url: str, folder: Path, database: Database) -> Receiver:
    config = Config(_env_file=None, bot_token="1:x", bot_api_url=url, data_dir=folder)
    return Receiver(Desk(config, database, SystemClock(), None, lambda: None))  # type: ignore[arg-type] # no answers


@pytest.mark.parametrize(
    "answer", [(200, b"<html>Sign in to the hotel's network</html>"), (403, b"<html>Forbidden"), (200, b"[1]"),
               (200, b'{"ok":true}'), (200, b'{"ok":true,"result":null}'), (413, b"\xff\xfe")],
)  # fmt: skip
def test_an_answer_that_is_none_of_the_bot_apis_is_waited_for(
    answer: tuple[int, bytes], proxy: str, tmp_path: Path, database: Database
) -> None:
    ANSWERS[:] = [answer, (200, b'{"ok":true,"result":true}'), answer]

    async def run() -> None:
        await asyncio.wait_for(_receiver(proxy, tmp_path, database).run(asyncio.Event()), 20)

    with pytest.raises(receiver.BadToken):  # it came through to the end of the list
        asyncio.run(run())
    assert ANSWERS == []


def test_a_messenger_that_is_away_at_the_start_is_waited_for(tmp_path: Path, database: Database) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"

    async def run() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.3, stop.set)
        await asyncio.wait_for(_receiver(url, tmp_path, database).run(stop), 10)

    asyncio.run(run())
