"""kill -9 of whoever serves the webhook, while people buy: the messenger brings again what was not committed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from tests.crash.road import Road
from tests.crash.test_killed import opened, survives


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def road(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """The simulator and our processes; the one that takes updates in does so by webhook."""
    yield from opened(request, tmp_path_factory.mktemp("road"), hooked=True)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("failpoint", ["receiver_before_commit:3", "receiver_stored:4"])
def test_a_kill_loses_nothing_and_doubles_nothing(road: Road, failpoint: str) -> None:
    survives(road, "run" if road.database.is_sqlite else "web", failpoint, guests=("Chitra",))


def test_whoever_does_not_know_the_secret_is_refused_and_health_is_told(road: Road) -> None:
    known = road.stored()
    forged = {"X-Forwarded-For": "127.0.0.1", "X-Telegram-Bot-Api-Secret-Token": "guess"}
    assert _asks(road, "POST", "/telegram/webhook/123456", b'{"update_id": 1}', forged)[0] == 401
    assert road.stored() == known
    assert _asks(road, "GET", "/healthz") == (200, "alive\n")
    assert _asks(road, "GET", "/readyz") == (200, '{"ready":true,"reasons":[]}')
    status, figures = _asks(road, "GET", "/metrics")
    assert status == 200
    assert "farmgate_database_up 1.0" in figures
    assert 'farmgate_webhook_requests_total{status="401"}' in figures
    over = time.monotonic() + 30  # what another process counted is written down every ten seconds
    while 'farmgate_sends_total{status="sent"}' not in _asks(road, "GET", "/metrics")[1]:
        assert time.monotonic() < over
        time.sleep(0.5)
    assert 'farmgate_updates_total{kind="message"}' in _asks(road, "GET", "/metrics")[1]


def test_the_secret_is_kept_where_its_owner_alone_reads_it(road: Road) -> None:
    kept = road.folder / "data" / "webhook.secret"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(kept.read_text().strip()) == 64


def _asks(
    road: Road, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", int(road.environment["FARMGATE_WEB_PORT"]), timeout=10)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    return answer.status, said
