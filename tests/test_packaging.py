"""What is shipped: the wheel holds everything that runs, the names are ours alone, the locks give nothing away."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bot.__main__ import COMMANDS
from bot.commands import RUN

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "handlers", "core", "scheduler", "web", "simulator", "locales")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without any network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("farmgate-*.whl"))


def test_the_wheel_holds_every_file_that_git_keeps_in_our_packages(wheel: Path) -> None:
    shipped = set(zipfile.ZipFile(wheel).namelist())
    assert [path for path in _kept() if path not in shipped] == []
    for suffix in (".pot", ".sql", ".csv", ".html", ".js", ".css", ".svg", ".mako"):
        assert any(name.endswith(suffix) for name in shipped), suffix
    if any((ROOT / "locales").glob("*/LC_MESSAGES/messages.po")):
        assert any(name.endswith("messages.po") for name in shipped)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    shipped = zipfile.ZipFile(wheel).namelist()
    info = next(name.split("/")[0] for name in shipped if name.endswith("/METADATA"))
    assert [name for name in shipped if name.split("/")[0] not in {*PACKAGES, info}] == []
    assert [name for name in shipped if name.endswith((".pyc", ".db", ".env", ".key"))] == []


def test_the_wheel_names_its_command_and_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as shipped:
        texts = {
            name.rpartition("/")[2]: shipped.read(name).decode() for name in shipped.namelist() if ".dist-info/" in name
        }
    assert "farmgate = bot.__main__:main" in texts["entry_points.txt"]
    assert "License-Expression: Apache-2.0" in texts["METADATA"]


def _kept() -> list[str]:
    done = subprocess.run(
        ["git", "ls-files", "-z", "--", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    return [path for path in done.stdout.split("\0") if path and (ROOT / path).exists()]


def test_no_other_distribution_brings_our_package_names() -> None:
    brought = importlib.metadata.packages_distributions()
    others = {name: set(brought.get(name, ())) - {"farmgate"} for name in PACKAGES}
    assert {name: found for name, found in others.items() if found} == {}


def test_help_lists_every_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0
    assert set(COMMANDS) == set(RUN)
    for name, summary in COMMANDS.items():
        assert re.search(rf"^\s+{name}\b", done.stdout, re.MULTILINE), name
        assert summary.split()[0] in done.stdout


def test_help_loads_none_of_the_heavy_libraries() -> None:
    program = (
        "import sys, contextlib\nfrom bot.__main__ import main\n"
        "with contextlib.suppress(SystemExit):\n    main(['--help'])\n"
        "heavy = 'aiogram telegram sqlalchemy alembic aiohttp pydantic babel PIL fastapi uvicorn'.split()\n"
        "assert not set(heavy) & set(sys.modules), set(heavy) & set(sys.modules)\n"
    )
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_by_hash_and_holds_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|git\+|file:|@ |index-url|find-links|trusted-host|^-", text, re.MULTILINE)
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert pins
    for pin in pins:
        assert re.match(r"^[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==\S+( ; .+)? \\$", pin), pin
    assert text.count("--hash=sha256:") >= len(pins)


def test_both_locks_agree() -> None:
    def pins(name: str) -> dict[str, str]:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        return dict(line.split(" ")[0].split("==") for line in lines if "==" in line and not line.startswith(" "))

    runtime, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: version for name, version in runtime.items() if dev.get(name) != version} == {}
