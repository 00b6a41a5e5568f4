"""Backups made while people trade, and restored elsewhere: everything is there, and half an archive is none."""

from __future__ import annotations

import os
import signal
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from core.backup import InUse, NotEmpty, OtherDatabase, Spoiled, make_backup, read_manifest, restore_backup
from core.backup.archive import Writing
from core.config import Config
from core.db import Database
from core.migrations import upgrade
from core.migrations.tables import metadata
from core.money import Money
from core.payments import books
from core.payments.ledger_sql import ledger_metadata
from core.verify import broken
from tests.crash.parts import nursery
from tests.golden.make import FOLDER
from tests.kit.databases import PostgresServer
from tests.kit.seasons import NOW, SECRET, season_config


@pytest.fixture
def config(season: Config) -> Config:
    """A shop after a season."""
    return season


@pytest.fixture
def elsewhere(
    db_url: str, tmp_path: Path, postgres_server: PostgresServer, request: pytest.FixtureRequest
) -> Iterator[Config]:
    """Another machine: nothing there but an empty database."""
    if db_url.startswith("sqlite"):
        yield season_config(f"sqlite:///{tmp_path / 'elsewhere.db'}", tmp_path / "elsewhere")
        return
    name = f"elsewhere_{os.getpid()}"
    postgres_server.execute(f"CREATE DATABASE {name}")
    yield season_config(postgres_server.url(name), tmp_path / "elsewhere")
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _rows(config: Config) -> dict[str, list[Any]]:
    """Every row of every table."""
    database = Database(config.url)
    with database.reading() as session:
        tables = [*metadata.sorted_tables, *ledger_metadata.sorted_tables]
        found = {table.name: sorted(map(repr, session.execute(select(table)))) for table in tables}
    database.dispose()
    return found


def _top_up(config: Config) -> None:
    """Somebody puts money into the wallet."""
    database = Database(config.url)
    with database.writing() as session:
        books.wallet_topped_up(session, books.Charge("card", "later"), 1, Money(500, "INR"), now=NOW)
    database.dispose()


def _broken(config: Config) -> list[str]:
    database = Database(config.url)
    with database.reading() as session:
        found = broken(session)
    database.dispose()
    return found


def test_what_is_restored_elsewhere_is_what_was_backed_up(config: Config, elsewhere: Config, tmp_path: Path) -> None:
    made = make_backup(config, tmp_path / "b.zip", NOW)
    assert restore_backup(elsewhere, tmp_path / "b.zip") == made
    assert _rows(elsewhere) == _rows(config)
    assert _broken(elsewhere) == []
    pictures = sorted(path.relative_to(config.media_dir) for path in config.media_dir.glob("*/*"))
    assert pictures
    assert sorted(path.relative_to(elsewhere.media_dir) for path in elsewhere.media_dir.glob("*/*")) == pictures
    for picture in pictures:
        assert (elsewhere.media_dir / picture).read_bytes() == (config.media_dir / picture).read_bytes()
    _top_up(elsewhere)  # numbers go on where they stood, and the ledger still counts
    assert _broken(elsewhere) == []


def test_a_backup_under_load_holds_one_moment(config: Config, elsewhere: Config, tmp_path: Path) -> None:
    with _trading(config) as count:
        _wait_for(lambda: count() > 20)
        before = count()
        make_backup(config, tmp_path / "b.zip", NOW)
        _wait_for(lambda: count() > before + 5)  # nobody waited for the backup to end
    restore_backup(elsewhere, tmp_path / "b.zip")
    assert _broken(elsewhere) == []


def test_the_secret_key_stands_in_no_archive(config: Config, tmp_path: Path) -> None:
    (config.data_dir / "secret.key").write_text(SECRET)
    make_backup(config, tmp_path / "b.zip", NOW)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert all(SECRET.encode() not in archive.read(name) for name in archive.namelist())
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0


def test_a_database_with_people_is_only_replaced_by_force(config: Config, tmp_path: Path) -> None:
    make_backup(config, tmp_path / "b.zip", NOW)
    before = _rows(config)
    _top_up(config)
    with pytest.raises(NotEmpty):
        restore_backup(config, tmp_path / "b.zip")
    restore_backup(config, tmp_path / "b.zip", force=True)
    assert _rows(config) == before
    assert _broken(config) == []


def test_a_shop_that_is_open_is_not_replaced(config: Config, tmp_path: Path) -> None:
    make_backup(config, tmp_path / "b.zip", NOW)
    serving = Database(config.url)
    with serving.reading():
        pass  # its connection rests in the pool, as those of a shop do between two updates
    before = _rows(config)
    with pytest.raises(InUse):
        restore_backup(config, tmp_path / "b.zip", force=True)
    assert _rows(config) == before
    serving.dispose()
    restore_backup(config, tmp_path / "b.zip", force=True)


def test_a_spoiled_archive_changes_nothing(config: Config, tmp_path: Path) -> None:
    make_backup(config, tmp_path / "b.zip", NOW)
    before, whole = _rows(config), (tmp_path / "b.zip").read_bytes()
    for place in (len(whole) // 3, len(whole) // 2):
        (tmp_path / "bad.zip").write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Spoiled):
            restore_backup(config, tmp_path / "bad.zip", force=True)
    (tmp_path / "bad.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Spoiled):
        restore_backup(config, tmp_path / "bad.zip", force=True)
    assert _rows(config) == before


def test_an_archive_damaged_anywhere_is_refused_with_a_sentence(tmp_path: Path) -> None:
    made = tmp_path / "b.zip"
    with Writing(made) as archive:
        with archive.member("tables/orders") as inside:
            inside.write(b"".join(b"order %d\n" % number for number in range(9_000)))
        archive.finish(NOW, "0010", "postgresql")
    whole, chance = made.read_bytes(), Random(7)
    for _turn in range(400):
        place = chance.randrange(len(whole))
        made.write_bytes(whole[:place] + bytes([whole[place] ^ chance.randrange(1, 256)]) + whole[place + 1 :])
        with suppress(Spoiled):  # a bit of a date harms nothing
            read_manifest(made)


_HEAD = '{"format": 1, "made_at": "", "database": "", '


@pytest.mark.parametrize(
    "manifest",
    ["[" * 100_000, "null", _HEAD + '"revision": "0010", "files": []}', _HEAD + '"revision": 5, "files": {}}'],
    ids=["deep", "null", "list", "number"],
)
def test_a_manifest_that_is_none_of_ours_is_refused_with_a_sentence(tmp_path: Path, manifest: str) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as bad:
        bad.writestr("manifest.json", manifest)
    with pytest.raises(Spoiled):
        read_manifest(tmp_path / "b.zip")


def test_an_archive_that_names_a_file_outside_is_refused(config: Config, tmp_path: Path) -> None:
    make_backup(config, tmp_path / "b.zip", NOW)
    with zipfile.ZipFile(tmp_path / "b.zip") as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        text = good.read("manifest.json").decode()
        digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        bad.writestr("manifest.json", text.replace('"files": {', '"files": {"../../x": "' + digest + '",', 1))
        bad.writestr("../../x", b"")
        for name in good.namelist():
            if name != "manifest.json":
                bad.writestr(name, good.read(name))
    with pytest.raises(Spoiled, match=r"\.\./\.\./x"):
        restore_backup(config, tmp_path / "bad.zip", force=True)


def test_the_archive_of_another_kind_of_database_is_refused(config: Config) -> None:
    other = "postgresql" if config.is_sqlite else "sqlite"
    with pytest.raises(OtherDatabase):
        restore_backup(config, FOLDER / f"0003-{other}.zip", force=True)


def test_killed_on_its_way_a_backup_leaves_nothing_under_its_name(config: Config, tmp_path: Path) -> None:
    target = tmp_path / "out" / "b.zip"
    for number in range(60):
        file = config.media_dir / f"{number:02x}" / f"{number:064x}.bin"
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_bytes(os.urandom(2 << 20))
    settings = {"FARMGATE_DATABASE_URL": config.url, "FARMGATE_DATA_DIR": str(config.data_dir)}
    running = nursery().farmgate(tmp_path, settings, "backup", str(target))
    _wait_for(lambda: any(part.stat().st_size > 1 << 20 for part in target.parent.glob(".*.part")))
    running.kills()
    assert running.dies(10) == -signal.SIGKILL
    assert not target.exists()
    made = make_backup(config, target, NOW)
    assert read_manifest(target) == made
    assert made.media_count >= 60


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_golden_backup_of_each_revision_is_upgraded(
    kind: str, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    for archive in sorted(FOLDER.glob(f"*-{kind}.zip")):
        name = f"golden_{archive.stem.partition('-')[0]}_{os.getpid()}"
        if kind == "sqlite":
            url = f"sqlite:///{tmp_path / name}.db"
        else:
            postgres_server.execute(f"CREATE DATABASE {name}")
            url = postgres_server.url(name)
        config = Config(_env_file=None, database_url=url, data_dir=tmp_path, secret_key="golden")
        assert read_manifest(archive).revision == archive.stem.partition("-")[0]
        restore_backup(config, archive)
        assert _broken(config) == []
        upgrade(url)  # nothing is left to do
        rows = _rows(config)
        assert len(rows["member"]) == 40
        assert len(rows["ledger_transfer"]) > 50


class _trading:  # noqa: N801 - read as a word: with _trading(...)
    """Somebody books money all the time, in a thread."""

    def __init__(self, config: Config) -> None:
        self._database, self._stop, self._done = Database(config.url), threading.Event(), 0
        self._failed: list[BaseException] = []
        self._thread = threading.Thread(target=self._trade)

    def __enter__(self) -> Callable[[], int]:
        self._thread.start()
        return lambda: self._done

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(20)
        self._database.dispose()
        assert self._failed == []

    def _trade(self) -> None:
        try:
            while not self._stop.is_set():
                with self._database.writing() as session:
                    charge = books.Charge("card", f"load-{self._done}")
                    books.wallet_topped_up(session, charge, 1 + self._done % 20, Money(100, "INR"), now=NOW)
                self._done += 1
        except BaseException as error:
            self._failed.append(error)
            raise


def _wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
