"""What keeps the program from starting is one sentence and exit code 2; the sender starts without aiogram."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.threaded import run_in_thread

GOOD = "123456:TEST"


def _run(folder: Path, *arguments: str, **variables: str) -> tuple[int, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FARMGATE_")}
    given = {**clean, "FARMGATE_DATA_DIR": str(folder / "data"), **variables}
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "bot", *arguments]
    done = subprocess.run(command, env=given, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr.strip()


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "FARMGATE_BOT_TOKEN is not set"),
        ({"FARMGATE_BOT_TOKEN": "nonsense"}, "does not look like a token"),
        ({"FARMGATE_BOT_TOKEN": GOOD, "FARMGATE_BOT_API_URL": "ftp://x"}, "FARMGATE_BOT_API_URL"),
        ({"FARMGATE_BOT_TOKEN": GOOD, "FARMGATE_DATABASE_URL": "nonsense"}, "FARMGATE_DATABASE_URL"),
        ({"FARMGATE_BOT_TOKEN": GOOD, "FARMGATE_OWNER_IDS": "Asha"}, "FARMGATE_OWNER_IDS"),
    ],
)
def test_a_setting_that_cannot_be_is_named(tmp_path: Path, variables: dict[str, str], words: str) -> None:
    _is_one_sentence(*_run(tmp_path, "run", **variables), words)


def test_a_database_that_is_away_is_named(tmp_path: Path) -> None:
    url = f"postgresql://nobody:secret@127.0.0.1:{_closed_port()}/none"
    code, said = _run(tmp_path, "run", FARMGATE_BOT_TOKEN=GOOD, FARMGATE_DATABASE_URL=url)
    _is_one_sentence(code, said, "database does not answer")
    assert "secret" not in said


def test_a_bot_api_that_is_away_is_named(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{_closed_port()}"
    _is_one_sentence(*_run(tmp_path, "run", FARMGATE_BOT_TOKEN=GOOD, FARMGATE_BOT_API_URL=url), "cannot be reached")


def test_a_token_nobody_knows_is_refused(tmp_path: Path) -> None:
    api = run_in_thread()
    try:
        code, said = _run(tmp_path, "run", FARMGATE_BOT_TOKEN="999:WRONG", FARMGATE_BOT_API_URL=api.url)
    finally:
        api.stop()
    _is_one_sentence(code, said, "does not know FARMGATE_BOT_TOKEN")


@pytest.mark.parametrize("role", ["receiver", "worker", "sender"])
def test_parts_need_postgresql(tmp_path: Path, role: str) -> None:
    _is_one_sentence(*_run(tmp_path, role, FARMGATE_BOT_TOKEN=GOOD), "need PostgreSQL")


def test_an_occupied_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        _is_one_sentence(*_run(tmp_path, "demo", "--port", str(taken.getsockname()[1])), "port")


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    assert _run(tmp_path, "harvest")[0] == 2


def test_the_sender_runs_without_aiogram() -> None:
    loaded = "[name for name in sys.modules if name.startswith('aiogram')]"
    code = f"import sys, bot.app, bot.sender, bot.commands; print({loaded}[:3])"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _is_one_sentence(code: int, said: str, words: str) -> None:
    assert code == 2, said
    assert words in said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1
