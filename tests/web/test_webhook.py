"""The webhook takes what the messenger brings when it is committed, and nothing else from anybody."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from bot.desk import Desk, Taker
from core.clock import MovableClock
from core.config import Config
from core.db import Database
from core.messaging import tally
from core.messaging.models import Inbox
from core.payments.ledger_sql import account_table
from tests.kit.databases import PostgresServer
from tests.orders.market import NOW
from tests.web.asking import Answer, asks
from web.app import Application, Site
from web.looking import Looker
from web.webhook import HEADER, MOST_BYTES, Hook

BOT, SECRET = 123456, "S3cret_of-the-webhook"
PATH = f"/telegram/webhook/{BOT}"
KNOWN = [(HEADER, SECRET.encode())]
Json = dict[str, Any]
HELD = account_table.c


class Web:
    """The application over a database, as the web role composes it."""

    def __init__(self, database: Database, folder: Path) -> None:
        config = Config(_env_file=None, bot_token=f"{BOT}:TEST", data_dir=folder)
        clock = MovableClock(NOW, ticking=False)
        self.database, self.rung = database, 0
        self.asked: list[str] = []
        self._taker = Taker(Desk(config, database, clock, self, self._ring))  # type: ignore[arg-type] # answers, by hand
        counting = tally.of(database)
        hook = Hook(
            BOT, SECRET, self._taker.store, self._taker.stored, lambda status: counting.add(tally.HOOK, status)
        )  # fmt: skip
        self.app = Application(Site(Looker(database, clock), hook))

    def posts(self, *bodies: bytes, headers: Sequence[tuple[bytes, bytes]] = tuple(KNOWN)) -> list[int]:
        """All at the same time; the statuses."""
        return [answer.status for answer in asyncio.run(self._all(bodies, headers))]

    async def _all(self, bodies: Sequence[bytes], headers: Sequence[tuple[bytes, bytes]]) -> list[Answer]:
        asked = (asks(self.app, PATH, method="POST", headers=headers, chunks=[body]) for body in bodies)
        answers = list(await asyncio.gather(*asked))
        await self._taker.finish()
        return answers

    def ends(self) -> None:
        """Whoever still stores finishes first."""
        self.app.close()
        self.app._webhook._gatherer._thread.shutdown(wait=True)  # type: ignore[union-attr] # there is one
        self.database.dispose()

    def stored(self) -> list[int]:
        with self.database.reading() as session:
            return list(session.scalars(select(Inbox.update_id).order_by(Inbox.seq)))

    async def pre_checkout(self, query_id: str, _refusal: str | None) -> None:
        self.asked.append(query_id)

    def _ring(self) -> None:
        self.rung += 1


@pytest.fixture
def web(database: Database, tmp_path: Path) -> Web:
    return Web(database, tmp_path)


def update(number: int, **more: Any) -> bytes:
    message = {"message_id": 1, "date": 1, "chat": {"id": 5}, "from": {"id": 5}, "text": "hello", **more}
    return json.dumps({"update_id": number, "message": message}).encode()


def test_an_update_is_a_fact_before_it_is_answered_for(web: Web) -> None:
    assert web.posts(update(7)) == [200]
    assert web.stored() == [7]
    assert web.rung == 1


@pytest.mark.parametrize("times", [1, 2, 20])
def test_the_same_update_a_hundred_times_is_one_fact(web: Web, times: int) -> None:
    for _ in range(100 // times if times > 1 else 100):
        assert web.posts(*[update(7)] * times) == [200] * times
    assert web.stored() == [7]


def test_what_comes_at_the_same_time_is_stored_in_the_order_of_its_numbers(web: Web) -> None:
    assert web.posts(update(1)) == [200]
    assert set(web.posts(*[update(number) for number in (9, 3, 8, 4, 7)])) == {200}
    assert web.stored()[0] == 1
    assert sorted(web.stored()) == [1, 3, 4, 7, 8, 9]


def test_numbers_that_begin_again_lower_and_gaps_are_taken(web: Web) -> None:
    for number in (900_000, 5, 2**62, 0):
        assert web.posts(update(number)) == [200]
    assert web.stored() == [900_000, 5, 2**62, 0]


def test_a_kind_we_do_not_know_is_stored_and_counted(web: Web) -> None:
    assert web.posts(b'{"update_id": 3, "holiday_greeting": {"from": {"id": 5}}}') == [200]
    assert web.stored() == [3]
    assert tally.of(web.database).pending()[tally.UPDATES, "other"] == 1


@pytest.mark.parametrize(
    "headers",
    [
        [], [(HEADER, b"")], [(HEADER, b"wrong")], [(HEADER, SECRET.encode() + b"x")], [(HEADER, SECRET[:-1].encode())],
        [(HEADER, "ключ".encode())], [(HEADER, b"\xff\xfe")], [(HEADER, SECRET.encode()), (HEADER, b"wrong")],
        [(b"authorization", SECRET.encode())],
    ],
)  # fmt: skip
def test_without_the_secret_nothing_is_stored(web: Web, headers: list[tuple[bytes, bytes]]) -> None:
    assert web.posts(update(7), headers=headers) == [401]
    assert web.stored() == []
    assert web.rung == 0


def test_a_stranger_is_refused_before_a_byte_of_the_body_is_read(web: Web) -> None:
    answer = asyncio.run(asyncio.wait_for(asks(web.app, PATH, method="POST", chunks=[]), 2))
    assert answer.status == 401


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[1]", b"1", b"null", b'"text"', b"\xff", b"{}", b'{"message": {}}', b'{"update_id": "7"}',
        b'{"update_id": true}', b'{"update_id": -1}', b'{"update_id": 1.5}', b'{"update_id": 9223372036854775808}',
        b'{"update_id": NaN}', b'{"update_id": 1, "message": {"a": Infinity}}', b'{"update_id": 1' + b"0" * 5000 + b"}",
        b'{"update_id": 1, "message": ' + b"[" * 100_000, b'{"update_id": 1, "a": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"update_id": 1, "a": ' + b'{"a":' * 100 + b"1" + b"}" * 101, b"<html>", b'{"update_id": 1}}',
    ],
)  # fmt: skip
def test_what_is_no_update_is_refused(web: Web, body: bytes) -> None:
    assert web.posts(body) == [400]
    assert web.stored() == []


def test_a_body_above_one_mebibyte_is_refused_whether_its_length_is_said_or_not(web: Web) -> None:
    said = [*KNOWN, (b"content-length", str(MOST_BYTES + 1).encode())]
    assert asyncio.run(asks(web.app, PATH, method="POST", headers=said, chunks=[])).status == 413
    pieces = [b" " * 65_536] * 16 + [b" "]
    assert asyncio.run(asks(web.app, PATH, method="POST", headers=KNOWN, chunks=pieces)).status == 413
    full = update(1).ljust(MOST_BYTES)
    assert web.posts(full, full + b" ") == [200, 413]
    assert web.stored() == [1]


@pytest.mark.parametrize(("path", "method", "status"), [
    ("/telegram/webhook/999", "POST", 404), ("/telegram/webhook/", "POST", 404), (PATH, "GET", 405), (PATH, "PUT", 405),
])  # fmt: skip
def test_other_addresses_and_methods_are_refused(web: Web, path: str, method: str, status: int) -> None:
    answer = asyncio.run(asks(web.app, path, method=method, headers=KNOWN, chunks=[update(1)]))
    assert answer.status == status
    assert web.stored() == []


def test_lone_surrogates_zero_bytes_and_impossible_ids_are_stored(web: Web) -> None:
    odd = b'{"update_id": 1, "message": {"text": "\\ud800\\u0000", "chat": {"id": 1e400}}}'
    assert web.posts(odd.replace(b"1e400", b"9" * 80), odd.replace(b'"update_id": 1', b'"update_id": 2')) == [200, 200]
    with web.database.reading() as session:
        assert set(session.scalars(select(Inbox.chat_key))) == {"-"}


PAID = {"currency": "INR", "total_amount": 24000, "invoice_payload": "p1", "provider_payment_charge_id": "ch-1"}


def test_money_is_booked_in_the_commit_that_stores_it_and_once(web: Web) -> None:
    assert web.posts(update(7, successful_payment=PAID), update(7, successful_payment=PAID)) == [200, 200]
    with web.database.reading() as session:
        booked = session.execute(select(func.sum(HELD.credits)).where(HELD.kind == "suspense")).scalar()
    assert booked == 24000


@pytest.mark.parametrize("change", [
    {"total_amount": "much"}, {"total_amount": -5}, {"total_amount": 10**30}, {"currency": "€€€"},
    {"provider_payment_charge_id": None},
])  # fmt: skip
def test_a_payment_that_makes_no_sense_is_kept_for_staff_and_books_nothing(web: Web, change: Json) -> None:
    broken = {**PAID, **change}
    assert web.posts(update(7, successful_payment=broken), update(8)) == [200, 200]
    assert sorted(web.stored()) == [7, 8]
    with web.database.reading() as session:
        assert session.scalars(select(HELD.credits).where(HELD.kind == "suspense")).all() in (
            [],
            [0],
        )


def test_who_is_about_to_pay_is_answered_at_once_even_when_the_question_makes_no_sense(web: Web) -> None:
    asked = {"id": "q1", "from": {"id": 5}, "currency": "INR", "total_amount": 1, "invoice_payload": "p1"}
    bodies = [json.dumps({"update_id": 1, "pre_checkout_query": asked}).encode(),
              json.dumps({"update_id": 2, "pre_checkout_query": {"id": "q2", "from": "me"}}).encode()]  # fmt: skip
    assert web.posts(*bodies) == [200, 200]
    assert sorted(web.asked) == ["q1", "q2"]


def test_one_update_that_cannot_be_stored_does_not_keep_the_others(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    gatherer = web.app._webhook._gatherer  # type: ignore[union-attr] # there is one
    store: Callable[[list[Json]], None] = gatherer._store

    def picky(updates: list[Json]) -> None:
        if any(item["update_id"] == 3 for item in updates):
            raise RuntimeError("a bug")
        store(updates)

    monkeypatch.setattr(gatherer, "_store", picky)
    assert web.posts(update(1), update(2), update(3), update(4)) == [200, 200, 503, 200]
    assert sorted(web.stored()) == [1, 2, 4]


def test_while_the_database_is_away_the_messenger_is_asked_to_come_again(
    postgres_server: PostgresServer, postgresql_url: str, tmp_path: Path
) -> None:
    database = Database(postgresql_url)
    web = Web(database, tmp_path)
    assert web.posts(update(1)) == [200]
    postgres_server.stop()
    try:
        began = time.monotonic()
        assert web.posts(update(2), update(3)) == [503, 503]
        assert time.monotonic() - began < 5
    finally:
        postgres_server.start()
    assert web.posts(update(2)) == [200]
    assert web.stored() == [1, 2]
    web.ends()


def test_a_database_that_hangs_is_not_waited_for_longer_than_five_seconds(postgresql_url: str, tmp_path: Path) -> None:
    database = Database(postgresql_url)
    web = Web(database, tmp_path)
    with database.writing() as session:
        session.execute(text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"))
        began = time.monotonic()
        assert web.posts(update(1)) == [503]
        assert time.monotonic() - began < 5
    assert web.posts(update(1)) == [200]
    assert web.stored() == [1]
    web.ends()
