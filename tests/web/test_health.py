"""Alive, ready and the figures: what whoever runs the shop sees, quickly, and of nobody."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text, update

from core.clock import MovableClock
from core.db import Database
from core.messaging import inbox, outbox, tally
from core.messaging.concluding import conclude
from core.messaging.models import Inbox, Outbox
from core.messaging.screen import Screen
from tests.kit.databases import PostgresServer
from tests.orders.market import NOW
from tests.web.asking import Answer, asks
from web.app import Application, Site
from web.figures import Ledger
from web.health import MOST_LAG
from web.looking import Looker


class Health:
    """The application without a webhook, over a database whose clock stands still."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.ledger = database, MovableClock(NOW, ticking=False), Ledger()
        self.app = Application(Site(Looker(database, self.clock), ledger=self.ledger))

    def ends(self) -> None:
        """Whoever still looks finishes first."""
        self.app.close()
        self.app._looker._threads.shutdown(wait=True)
        self.database.dispose()

    def gets(self, path: str) -> Answer:
        return asyncio.run(asks(self.app, path))

    def ready(self) -> tuple[int, list[str]]:
        answer = self.gets("/readyz")
        said = json.loads(answer.body)
        assert said["ready"] == (answer.status == 200)
        return answer.status, said["reasons"]

    def figures(self) -> dict[str, float]:
        """Each sample by its name and label."""
        answer = self.gets("/metrics")
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/plain")
        families = text_string_to_metric_families(answer.body.decode())
        samples = [sample for each in families for sample in each.samples]
        return {" ".join([sample.name, *sample.labels.values()]): sample.value for sample in samples}

    def comes(self, number: int, **message: object) -> None:
        raw = {"update_id": number, "message": {"chat": {"id": number}, "from": {"id": number}, **message}}
        with self.database.writing() as session:
            inbox.store(session, 1, [raw], self.clock.now())

    def writes(self, name: str) -> None:
        now = self.clock.now()
        with self.database.writing() as session:
            letter = outbox.screen_letter(Screen(name, edit=False), dedup=name, bot_id=1, chat_id=len(name), now=now)
            outbox.put(session, [letter], now)


@pytest.fixture
def health(database: Database) -> Iterator[Health]:
    made = Health(database)
    yield made
    made.ends()


def test_a_shop_that_is_well_is_alive_and_ready(health: Health) -> None:
    assert health.gets("/healthz").body == b"alive\n"
    assert health.ready() == (200, [])


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/telegram/webhook/1", "/metrics/x", "/healthz/.."])
def test_there_is_nothing_else(health: Health, path: str) -> None:
    assert health.gets(path).status == 404


def test_an_update_that_waits_for_minutes_makes_us_unready(health: Health) -> None:
    health.comes(1)
    assert health.ready() == (200, [])
    health.clock.advance(timedelta(seconds=MOST_LAG + 1))
    assert health.ready() == (503, ["an update has been waiting for 181 seconds"])
    with health.database.writing() as session:
        (claimed,) = inbox.claim(session, health.clock.now())
        conclude(session, [], claimed, health.clock.now())
    assert health.ready() == (200, [])


def test_a_database_at_another_revision_makes_us_unready(health: Health) -> None:
    with health.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    status, (reason,) = health.ready()
    assert status == 503
    assert reason.startswith("the database is at revision 0001, not at ")


def test_a_database_that_is_away_makes_us_unready_within_five_seconds_and_alive_all_the_same(
    postgres_server: PostgresServer, postgresql_url: str
) -> None:
    health = Health(Database(postgresql_url))
    tally.of(health.database).add(tally.HOOK, "503")
    assert health.ready() == (200, [])
    postgres_server.stop()
    try:
        began = time.monotonic()
        assert health.ready() == (503, ["the database does not answer"])
        assert health.gets("/healthz").status == 200
        assert health.figures() == {"farmgate_database_up": 0.0}
        assert time.monotonic() - began < 5
    finally:
        postgres_server.start()
    assert health.ready() == (200, [])
    health.ends()


def test_a_lock_that_hangs_does_not_hold_up_the_answer(postgresql_url: str) -> None:
    health = Health(Database(postgresql_url))
    with health.database.writing() as session:
        session.execute(text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"))
        began = time.monotonic()
        assert health.ready()[0] == 503
        assert time.monotonic() - began < 5
    health.ends()


def test_what_waits_is_counted_and_aged(health: Health) -> None:
    health.comes(1)
    health.writes("a")
    health.clock.advance(timedelta(seconds=30))
    health.comes(2)
    health.writes("bb")
    figures = health.figures()
    assert figures["farmgate_database_up"] == 1
    assert (figures["farmgate_inbox_waiting"], figures["farmgate_inbox_oldest_seconds"]) == (2, 30)
    assert (figures["farmgate_outbox_due"], figures["farmgate_outbox_oldest_due_seconds"]) == (2, 30)
    with health.database.writing() as session:
        session.execute(update(Inbox).values(state="quarantined"))
        session.execute(update(Outbox).values(state="dead"))
    figures = health.figures()
    assert (figures["farmgate_inbox_waiting"], figures["farmgate_inbox_quarantined"]) == (0, 2)
    assert (figures["farmgate_outbox_due"], figures["farmgate_outbox_dead"]) == (0, 2)


def test_counts_of_all_processes_are_summed_and_survive_them(health: Health) -> None:
    other = Database(health.database.engine.url.render_as_string(hide_password=False))
    for database, number in ((health.database, 3), (other, 4)):
        tally.of(database).add(tally.UPDATES, "message", number)
        tally.of(database).add(tally.SENDS, "sent", number)
    tally.flush(other)
    assert health.figures()["farmgate_updates_total message"] == 7, "mine are seen before they are written down"
    tally.flush(health.database)
    tally.of(other).add(tally.FLOODS)
    tally.flush(other)
    tally.flush(other)
    other.dispose()
    figures = health.figures()
    assert figures["farmgate_updates_total message"] == 7
    assert figures["farmgate_sends_total sent"] == 7
    assert figures["farmgate_rate_limited_total"] == 1


def test_counts_are_kept_while_the_database_is_away(health: Health) -> None:
    counting = tally.of(health.database)
    counting.add(tally.SENDS, "sent", 2)
    with health.database.writing() as session:
        session.execute(text("ALTER TABLE tally RENAME TO gone"))
    with pytest.raises(Exception, match="tally"):
        tally.flush(health.database)
    counting.add(tally.SENDS, "sent", 1)
    with health.database.writing() as session:
        session.execute(text("ALTER TABLE gone RENAME TO tally"))
    tally.flush(health.database)
    assert health.figures()["farmgate_sends_total sent"] == 3


def test_a_broken_ledger_is_told_once_somebody_has_looked(health: Health) -> None:
    assert "farmgate_ledger_mismatches" not in health.figures()
    health.ledger.mismatches = 2
    assert health.figures()["farmgate_ledger_mismatches"] == 2


def test_the_figures_name_nobody(health: Health) -> None:
    for number in (919812345678, 919812345679):
        health.comes(number, text="my street is 12 Lake Road", contact={"phone_number": "+919812345678"})
    health.writes("Asha, your mangoes are ready")
    told = health.gets("/metrics").body.decode()
    assert "Lake" not in told
    assert "9198" not in told
    assert "Asha" not in told
