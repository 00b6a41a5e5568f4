"""Five seasons under weather; `make soak` plays two hundred."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.databases import PostgresServer
from tests.soak.ground import Ground
from tests.soak.play import Report, play
from tests.soak.seasons import planned
from tests.soak.weather import Weather

SEASONS, SEED = 5, 20


@pytest.mark.timeout(400)
def test_five_seasons_under_kills_lose_nothing_on_postgresql(
    postgresql_url: str, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    def restart() -> None:
        postgres_server.stop(signal.SIGINT)  # the server of other tests too, which does not write to disk: no crash
        postgres_server.start()

    _nothing_wrong(_played(postgresql_url, tmp_path, restart))


@pytest.mark.timeout(400)
def test_five_seasons_under_kills_lose_nothing_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "farmgate.db")
    _nothing_wrong(_played(f"sqlite:///{tmp_path / 'farmgate.db'}", tmp_path, None))


def _played(url: str, folder: Path, restart: Callable[[], None] | None) -> Report:
    plans = [planned(SEED, number) for number in range(SEASONS)]
    ground = Ground(url, folder, [plan.terms for plan in plans])
    try:
        ground.starts()
        weather = Weather(ground, SEED, restart_database=restart, every=4.0)
        return play(ground, weather, plans)
    finally:
        ground.close()


def _nothing_wrong(report: Report) -> None:
    assert report.wrong == []
    assert report.struck, "nothing was killed: the seasons were over before the first strike"
    assert sum(report.fates.values()) >= 3 * SEASONS
