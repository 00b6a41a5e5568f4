"""Full databases for tests that need one: each kind of shop is filled once for all, and copied for every test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.seed import seed_database
from core import sealing
from core.config import Config
from tests.kit.databases import PostgresServer

NOW = datetime(2026, 5, 1, 5, 30, tzinfo=UTC)
SECRET = "the-secret-of-a-season"
Fill = Callable[[str, Path], object]  # of a migrated database and the folder of its other files


class Filled:
    """The filled databases and folders of this process, each made when it is first asked for: that takes seconds."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._fixture, self._folder = request.getfixturevalue, folder
        self._made: dict[tuple[str, Fill], tuple[str, Path]] = {}

    def copy(self, fill: Fill, url: str, folder: Path) -> None:
        """What `fill` makes, in the database at `url` and in `folder`."""
        kind = urlsplit(url).scheme
        if (kind, fill) not in self._made:
            self._made[kind, fill] = self._filled(kind, fill)
        template, files = self._made[kind, fill]
        if kind == "sqlite":
            shutil.copyfile(_file(template), _file(url))
        else:
            server: PostgresServer = self._fixture("postgres_server")
            server.execute(f"DROP DATABASE {_name(url)} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {_name(url)} TEMPLATE {_name(template)} STRATEGY FILE_COPY")
        shutil.copytree(files, folder, dirs_exist_ok=True)

    def _filled(self, kind: str, fill: Fill) -> tuple[str, Path]:
        name = f"filled_{len(self._made)}"
        files = self._folder / name
        files.mkdir()
        if kind == "sqlite":
            url = f"sqlite:///{self._folder / name}.db"
            shutil.copyfile(self._fixture("sqlite_template"), _file(url))
        else:
            server: PostgresServer = self._fixture("postgres_server")
            empty: str = self._fixture("postgresql_template")
            server.execute(f"CREATE DATABASE {name} TEMPLATE {empty} STRATEGY FILE_COPY")
            url = server.url(name)
        fill(url, files)
        return url, files


def season_config(url: str, folder: Path) -> Config:
    """The settings of a shop whose secret is known."""
    folder.mkdir(exist_ok=True, parents=True)
    return Config(_env_file=None, database_url=url, data_dir=folder, secret_key=SECRET)


def _season(url: str, folder: Path) -> None:
    seed_database(season_config(url, folder), NOW)


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _name(url: str) -> str:
    return urlsplit(url).path[1:]


@pytest.fixture(scope="session")
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """The filled databases of this process."""
    return Filled(request, tmp_path_factory.mktemp("filled"))


@pytest.fixture
def season(filled: Filled, db_url: str, tmp_path: Path) -> Config:
    """A shop after a season, of this test's own, on each kind of database."""
    config = season_config(db_url, tmp_path / "shop")
    filled.copy(_season, db_url, config.data_dir)
    sealing.use(config.keys)
    return config
