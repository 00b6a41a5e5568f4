"""What keeps the program from starting is one sentence and exit code 2; `check` only looks; the sender starts alone."""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from bot import commands, preflight
from bot.__main__ import COMMANDS, main
from bot.app import App
from bot.demo import Demo
from bot.logs import configure
from core import migrations
from core.clock import SystemClock
from core.config import BotFacts, Config
from core.db import Database
from core.kept import kept_secret
from core.messaging import lease
from simulator import server
from simulator.threaded import ThreadedHandle, run_in_thread
from tests.kit.databases import PostgresServer
from tests.orders.market import NOW

GOOD = {"FARMGATE_BOT_TOKEN": "123456:TEST"}
PARTS = ["receiver", "worker", "sender", "scheduler", "web"]
WITH_SETTINGS = sorted(set(COMMANDS) - {"demo", "tour"})
Farmgate = Callable[..., tuple[int, str, str]]


@pytest.fixture
def farmgate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Farmgate]:
    """The command line in a folder of its own with these settings only: exit code, what it said and complained."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(preflight, "TRIES", 1)
    for name in [name for name in os.environ if name.startswith("FARMGATE_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str, **settings: str) -> tuple[int, str, str]:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        needed = ["farmgate.zip"] if arguments == ("restore",) else []
        code = main([*arguments, *needed])
        said = capsys.readouterr()
        return code, said.out, said.err.strip()

    yield run
    configure(logging.WARNING)


@pytest.fixture
def api() -> Iterator[ThreadedHandle]:
    served = run_in_thread()
    yield served
    served.stop()


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_one_sentence(done: tuple[int, str, str], words: str) -> None:
    code, _said, complained = done
    assert code == 2, complained
    assert words in complained
    assert "Traceback" not in complained
    assert len(complained.splitlines()) == 1
    assert "secret" not in complained


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", "nonsense"), ("BOT_TOKEN", "٣:ABC"), ("BOT_API_URL", "ftp://x"), ("BOT_API_URL", "http://a b"),
        ("BOT_API_URL", "http://127.0.0.1:abc"), ("BOT_API_URL", "http://"), ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://me:secret@host/farmgate"), ("DATABASE_URL", "postgresql://me:secret@host:abc/x"),
        ("DATABASE_URL", "sqlite:///:memory:"), ("DATABASE_URL", "sqlite://"), ("OWNER_IDS", "Asha"),
        ("CURRENCY", "rupees"), ("TIMEZONE", "Mars"), ("DEFAULT_LANGUAGE", "tlh"), ("WEB_PORT", "abc"),
        ("BULK_PER_SECOND", "0"), ("CHAT_PER_SECOND", "-1"), ("GROUP_PER_MINUTE", "nan"), ("SEND_SECONDS", "soon"),
        ("LEASE_SECONDS", "0"), ("CHECKOUT_SECONDS", "inf"), ("WEB_PORT", "70000"), ("PUBLIC_URL", "shop.example.org"),
        ("PUBLIC_URL", "http://"), ("PUBLIC_URL", "http://shop.example.org"), ("WEBHOOK_SECRET", "short"),
        ("WEBHOOK_SECRET", "ключ" * 8),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_named(farmgate: Farmgate, name: str, value: str) -> None:
    _is_one_sentence(farmgate("run", **{**GOOD, f"FARMGATE_{name}": value}), f"FARMGATE_{name}")


@pytest.mark.parametrize("command", WITH_SETTINGS)
def test_every_command_names_a_setting_that_cannot_be(farmgate: Farmgate, command: str) -> None:
    _is_one_sentence(farmgate(command, **GOOD, FARMGATE_LEASE_SECONDS="soon"), "FARMGATE_LEASE_SECONDS")


def test_what_a_shop_keeps_is_its_owners_alone(farmgate: Farmgate, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        for command in ("migrate", "seed", "backup"):
            assert farmgate(command, FARMGATE_CURRENCY="INR", FARMGATE_TIMEZONE="Asia/Kolkata")[0] == 0
        assert os.umask(0o022) == 0o022, "as it was"
    finally:
        os.umask(before)
    kept = [tmp_path / "var", *(tmp_path / "var").rglob("*")]
    assert {path.suffix for path in kept} >= {".db", ".jpg", ".zip", ".key"}
    assert [path for path in kept if path.stat().st_mode & 0o077] == []


def test_a_file_of_settings_that_cannot_be_read_is_named(farmgate: Farmgate, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"FARMGATE_BOT_TOKEN=\xff")
    _is_one_sentence(farmgate("run"), ".env cannot be read")


@pytest.mark.parametrize("command", ["run", *PARTS])
def test_whoever_serves_needs_a_token(farmgate: Farmgate, command: str) -> None:
    _is_one_sentence(farmgate(command), "FARMGATE_BOT_TOKEN is not set")


@pytest.mark.parametrize("command", sorted(set(WITH_SETTINGS) - {"check"}))
def test_a_database_that_is_away_is_named(farmgate: Farmgate, command: str) -> None:
    url = f"postgresql://nobody:secret@127.0.0.1:{_closed_port()}/none"
    _is_one_sentence(farmgate(command, **GOOD, FARMGATE_DATABASE_URL=url), "database does not answer")


@pytest.mark.parametrize("command", ["run", "migrate", "seed", "verify"])
def test_a_file_that_is_no_database_is_named_and_left_alone(
    farmgate: Farmgate, tmp_path: Path, command: str
) -> None:  # fmt: skip
    file = tmp_path / "letter.txt"
    file.write_text("Dear Asha, " * 200)
    done = farmgate(command, **GOOD, FARMGATE_DATABASE_URL=f"sqlite:///{file}")
    _is_one_sentence(done, "file is not a database")
    assert file.read_text() == "Dear Asha, " * 200


def test_an_option_that_the_database_does_not_know_is_named(farmgate: Farmgate) -> None:
    url = "postgresql://me:secret@127.0.0.1:1/none?colour=red"
    _is_one_sentence(farmgate("migrate", FARMGATE_DATABASE_URL=url), "colour")


@pytest.mark.parametrize("command", ["run", "migrate", "seed"])
def test_a_folder_that_cannot_be_made_is_named(farmgate: Farmgate, tmp_path: Path, command: str) -> None:
    (tmp_path / "file").touch()
    done = farmgate(command, **GOOD, FARMGATE_DATA_DIR=str(tmp_path / "file" / "data"))
    _is_one_sentence(done, "FARMGATE_DATA_DIR cannot be used")


@pytest.mark.parametrize("command", ["run", "worker", "seed"])
def test_a_folder_for_media_is_looked_at_also_when_the_database_is_elsewhere(
    farmgate: Farmgate, postgresql_url: str, tmp_path: Path, command: str
) -> None:
    (tmp_path / "file").touch()
    away = {"FARMGATE_DATABASE_URL": postgresql_url, "FARMGATE_DATA_DIR": str(tmp_path / "file")}
    _is_one_sentence(farmgate(command, **GOOD, **away), "FARMGATE_DATA_DIR cannot be used")


def test_a_bot_api_that_is_away_is_named(farmgate: Farmgate) -> None:
    url = f"http://127.0.0.1:{_closed_port()}"
    _is_one_sentence(farmgate("run", **GOOD, FARMGATE_BOT_API_URL=url), "cannot be reached")


def test_something_else_at_the_address_of_the_bot_api_is_named(
    farmgate: Farmgate, postgres_server: PostgresServer
) -> None:
    url = f"http://127.0.0.1:{postgres_server.port}"
    _is_one_sentence(farmgate("run", **GOOD, FARMGATE_BOT_API_URL=url), "cannot be reached")


def test_a_token_nobody_knows_is_refused(farmgate: Farmgate, api: ThreadedHandle) -> None:
    done = farmgate("run", FARMGATE_BOT_TOKEN="999:WRONG", FARMGATE_BOT_API_URL=api.url)
    _is_one_sentence(done, "does not know FARMGATE_BOT_TOKEN")


@pytest.mark.parametrize("role", PARTS)
def test_parts_need_postgresql(farmgate: Farmgate, role: str) -> None:
    _is_one_sentence(farmgate(role, **GOOD), "need PostgreSQL")


@pytest.mark.parametrize("command", [*PARTS, "verify"])
def test_parts_and_verify_need_the_newest_revision(
    farmgate: Farmgate, postgres_server: PostgresServer, command: str
) -> None:
    url = postgres_server.url()  # the server's own database, which nobody migrates
    _is_one_sentence(farmgate(command, **GOOD, FARMGATE_DATABASE_URL=url), "Run `farmgate migrate` first")


def test_a_database_that_may_not_be_changed_is_named(farmgate: Farmgate, postgres_server: PostgresServer) -> None:
    postgres_server.execute("CREATE ROLE visitor LOGIN")
    url = postgres_server.url().replace("postgres@", "visitor@")
    _is_one_sentence(farmgate("migrate", FARMGATE_DATABASE_URL=url), "cannot be prepared: permission denied")


@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_database_of_a_newer_version_is_left_alone(
    farmgate: Farmgate, api: ThreadedHandle, sqlite_url: str, command: str
) -> None:
    database = Database(sqlite_url)
    with database.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.dispose()
    done = farmgate(command, **GOOD, FARMGATE_BOT_API_URL=api.url, FARMGATE_DATABASE_URL=sqlite_url)
    _is_one_sentence(done, "of a newer version")


def test_check_only_looks(farmgate: Farmgate, api: ThreadedHandle, tmp_path: Path) -> None:
    settings = {**GOOD, "FARMGATE_BOT_API_URL": api.url}
    code, said, complained = farmgate("check", **settings)
    assert (code, complained) == (0, "")
    assert "no database yet: `farmgate migrate` (or `farmgate run`) makes it" in said
    assert list(tmp_path.iterdir()) == []
    _is_one_sentence(farmgate("verify", **settings), "There is no database yet")
    assert list(tmp_path.iterdir()) == []
    assert farmgate("migrate", **settings)[0] == 0
    code, said, complained = farmgate("check", **settings)
    assert (code, complained) == (0, "")
    assert re.search(r"ok  Database: answers, at revision \w+", said)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "FARMGATE_BOT_TOKEN is not set"),
        ({"FARMGATE_DATA_DIR": "file/data"}, "FARMGATE_DATA_DIR cannot be used"),
        ({"FARMGATE_DATABASE_URL": "sqlite:///file"}, "file is not a database"),
        ({"FARMGATE_DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/none"}, "database does not answer"),
    ],
)
def test_check_says_in_a_line_what_is_wrong(
    farmgate: Farmgate, tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    (tmp_path / "file").write_text("Dear Asha, " * 200)
    code, said, complained = farmgate("check", **settings)
    assert (code, complained) == (2, "")
    (line,) = [line for line in said.splitlines() if words in line]
    assert line.startswith("!!")
    assert "secret" not in said


@pytest.mark.parametrize("port", [99_999, -1])
def test_a_port_that_cannot_be_is_named(tmp_path: Path, port: int) -> None:
    with pytest.raises(preflight.Trouble, match=f"Port {port} cannot be used .they go from 0 to 65535"):
        Demo(tmp_path, port=port).open()


@pytest.mark.parametrize("command", ["demo", "tour"])
def test_a_language_without_a_catalogue_is_named(farmgate: Farmgate, command: str) -> None:
    _is_one_sentence(farmgate(command, "--language", "tlh"), "there is no such catalogue")


def test_the_demo_looks_at_nobodys_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("WEB_PORT", "abc"), ("LEASE_SECONDS", "soon"), ("DATABASE_URL", "postgresql://shop/live")):
        monkeypatch.setenv(f"FARMGATE_{name}", value)
    config = Demo(tmp_path, port=0)._config("http://127.0.0.1:1")
    assert config.url == f"sqlite:///{tmp_path / 'live' / 'farmgate.db'}"
    assert config.lease_seconds == 60


def test_leases_last_as_long_as_the_settings_say(sqlite_url: str, tmp_path: Path) -> None:
    config = Config.model_construct(bot_token=server.TOKEN, data_dir=tmp_path, lease_seconds=5.0)
    app = App(config, SystemClock(), BotFacts(1, "farmgate_bot", tmp_path), Database(sqlite_url))
    try:
        app.start(())
        assert lease.until(NOW) == NOW + timedelta(seconds=5)
        assert lease.beyond(NOW) == NOW + timedelta(seconds=10)
    finally:
        app.stop()
        lease.last(lease.LEASE)


def _process(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FARMGATE_")}
    clean["PYTHONPATH"] = str(Path(__file__).parents[2])
    return subprocess.run(
        [sys.executable, *arguments], env=clean, cwd=folder, capture_output=True, text=True, check=False
    )


def test_a_process_ends_with_the_sentence_and_the_code(tmp_path: Path) -> None:
    done = _process(tmp_path, "-m", "bot", "run")
    _is_one_sentence((done.returncode, done.stdout, done.stderr.strip()), "FARMGATE_BOT_TOKEN is not set")


def test_words_that_python_would_leave_out_are_missed_before_anybody_reads_nothing(tmp_path: Path) -> None:
    done = _process(tmp_path, "-OO", "-m", "bot", "check")
    _is_one_sentence((done.returncode, done.stdout, done.stderr.strip()), "PYTHONOPTIMIZE=2")


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    assert _process(tmp_path, "-m", "bot", "harvest").returncode == 2


@pytest.mark.parametrize("part", ["bot.sender", "scheduler.app", "bot.hooked, web.server", "bot.receiver"])
def test_only_the_worker_needs_aiogram(tmp_path: Path, part: str) -> None:
    loaded = "[name for name in sys.modules if name.startswith('aiogram')]"
    done = _process(tmp_path, "-c", f"import sys, bot.app, {part}, bot.commands; print({loaded}[:3])")
    assert done.stdout.strip() == "[]", done.stderr


def test_a_sender_leaves_out_what_its_libraries_only_take_along(tmp_path: Path) -> None:
    code = (
        "import sys; from bot import lean; lean.import_sender()\n"
        "print([name for name in lean.UNUSED if name in sys.modules])\n"
        "from core import sealing; sealing.use(lambda: ['key'])\n"
        "print(sealing.opened(sealing.sealed('Pune', 'place'), 'place'))"  # it can still have them
    )
    done = _process(tmp_path, "-c", code)
    assert done.stdout.split() == ["[]", "Pune"], done.stderr


def test_the_receiver_leaves_a_webhook_alone(farmgate: Farmgate, postgresql_url: str) -> None:
    settings = {**GOOD, "FARMGATE_DATABASE_URL": postgresql_url, "FARMGATE_PUBLIC_URL": "https://shop.example.org"}
    _is_one_sentence(farmgate("receiver", **settings), "start `farmgate web` instead")


def test_a_taken_port_is_named(farmgate: Farmgate, api: ThreadedHandle, postgresql_url: str) -> None:
    settings = {**GOOD, "FARMGATE_DATABASE_URL": postgresql_url, "FARMGATE_BOT_API_URL": api.url}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = farmgate("web", **settings, FARMGATE_WEB_PORT=port)
    _is_one_sentence(done, f"FARMGATE_WEB_PORT {port}")


def test_a_port_that_somebody_named_must_be_free(farmgate: Farmgate, api: ThreadedHandle) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = farmgate("run", **GOOD, FARMGATE_BOT_API_URL=api.url, FARMGATE_WEB_PORT=port)
    _is_one_sentence(done, f"FARMGATE_WEB_PORT {port}: Address already in use.")


def test_one_file_is_served_by_one_process(farmgate: Farmgate, api: ThreadedHandle, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    other = preflight.hold(Config(data_dir=tmp_path / "var"))
    assert other is not None
    with other:
        done = farmgate("run", **GOOD, FARMGATE_BOT_API_URL=api.url, FARMGATE_WEB_PORT="0")
    _is_one_sentence(done, f"Process {os.getpid()} serves ")
    again = preflight.hold(Config(data_dir=tmp_path / "var"))
    assert again is not None, "whoever ends makes room"
    again.close()


def test_an_address_that_the_messenger_does_not_take_is_named(farmgate: Farmgate, api: ThreadedHandle) -> None:
    settings = {**GOOD, "FARMGATE_BOT_API_URL": api.url, "FARMGATE_WEB_PORT": "0"}
    code, said, complained = farmgate("run", **settings, FARMGATE_PUBLIC_URL="http://shop.example.org")
    assert code == 2
    assert "farmgate.db: it is made now, for a new shop." in said
    assert re.search(r"Web on http://127\.0\.0\.1:[1-9]\d+ ", said), said
    last = complained.splitlines()[-1]
    assert last.startswith("farmgate: The messenger does not take FARMGATE_PUBLIC_URL: ")
    assert "HTTPS" in last


def test_whoever_reads_that_it_is_served_may_end_it_at_once(
    farmgate: Farmgate, api: ThreadedHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    heeded: dict[str, bool] = {}
    monkeypatch.setattr(
        commands, "_say", lambda line: heeded.update({line: callable(signal.getsignal(signal.SIGTERM))})
    )
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    settings = {**GOOD, "FARMGATE_BOT_API_URL": api.url, "FARMGATE_WEB_PORT": "0"}
    farmgate("run", **settings, FARMGATE_PUBLIC_URL="http://shop.example.org")  # it ends by itself
    assert [is_heeded for line, is_heeded in heeded.items() if "is served" in line] == [True]


def test_processes_that_start_together_make_one_secret(tmp_path: Path) -> None:
    path = tmp_path / "data" / "webhook.secret"
    with ThreadPoolExecutor(8) as starting:
        made = set(starting.map(lambda _: kept_secret(path), range(8)))
    assert len(made) == 1
    assert len(made.pop()) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["webhook.secret"]


def test_the_newest_file_is_the_one_head_of_the_revisions(db_url: str) -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert migrations.head() == scripts.get_current_head() == migrations.current(db_url)
