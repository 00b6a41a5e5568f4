"""A shop after a season, for tests of what stands in a full database: seeded once for all, copied for each."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.seed import seed_database
from core import sealing
from core.config import Config
from tests.kit.databases import PostgresServer

NOW = datetime(2026, 5, 1, 5, 30, tzinfo=UTC)
SECRET = "the-secret-of-a-season"


class Seasons:
    """The seeded databases and folders of this process, each made when it is first asked for: seeding takes seconds."""

    def __init__(self, folder: Path, empty: dict[str, Callable[[], str]], server: Callable[[], PostgresServer]) -> None:
        self._folder, self._empty, self._server = folder, empty, server
        self._made: dict[str, Config] = {}

    def copy(self, kind: str, url: str, folder: Path) -> Config:
        """A season of `sqlite` or `postgresql` in the database at `url`, whose other files are in `folder`."""
        if kind not in self._made:
            made = season_config(self._empty[kind](), self._folder / kind)
            seed_database(made, NOW)
            self._made[kind] = made
        template = self._made[kind]
        if kind == "sqlite":
            shutil.copyfile(_file(template.url), _file(url))
        else:
            old, new = urlsplit(template.url).path[1:], urlsplit(url).path[1:]
            self._server().execute(
                f"DROP DATABASE {new} WITH (FORCE)", f"CREATE DATABASE {new} TEMPLATE {old} STRATEGY FILE_COPY"
            )
        shutil.copytree(template.data_dir, folder, dirs_exist_ok=True)
        copied = season_config(url, folder)
        sealing.use(copied.keys)
        return copied


def season_config(url: str, folder: Path) -> Config:
    """The settings of a shop whose secret is known."""
    folder.mkdir(exist_ok=True, parents=True)
    return Config(_env_file=None, database_url=url, data_dir=folder, secret_key=SECRET)


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture(scope="session")
def seasons(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seasons:
    """Every season of this process."""
    folder = tmp_path_factory.mktemp("seasons")

    def sqlite() -> str:
        shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / "season.db")
        return f"sqlite:///{folder / 'season.db'}"

    def postgresql() -> str:
        server, empty = server_of(), request.getfixturevalue("postgresql_template")
        server.execute(f"CREATE DATABASE season TEMPLATE {empty} STRATEGY FILE_COPY")
        return str(server.url("season"))

    server_of = partial(request.getfixturevalue, "postgres_server")
    return Seasons(folder, {"sqlite": sqlite, "postgresql": postgresql}, server_of)


@pytest.fixture
def season(seasons: Seasons, db_url: str, tmp_path: Path) -> Config:
    """A shop after a season, of this test's own, on each kind of database."""
    return seasons.copy(urlsplit(db_url).scheme, db_url, tmp_path / "shop")
