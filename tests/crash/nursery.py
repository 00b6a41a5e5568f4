"""Starts parts of ours quickly: imports them once, then forks one for each line it reads.

Each child is a process of its own that runs what `python -m bot <role>` runs; only the seconds of importing are spared.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

_ROLES = ("receiver", "worker", "sender", "dispatcher", "answers", "menu", "first_start", "commands", "hooked")
_PARTS = (*_ROLES, "demo", "tour")


def main() -> None:
    """Lines in: {"arguments", "failpoint", "log", "environment"} forks and gives {"pid"}; {"pid"} gives {"code"}, null
    while it lives.
    """
    warm()
    print("{}", flush=True)  # noqa: T201 - how the test knows that it is ready
    for line in sys.stdin:
        asked = json.loads(line)
        answer = {"code": _ended(asked["pid"])} if "pid" in asked else {"pid": _forked(asked)}
        print(json.dumps(answer), flush=True)  # noqa: T201 - the answer


def warm() -> None:
    """Import what the roles would import; nothing is opened and no thread is started."""
    gc.disable()
    for name in _PARTS:
        importlib.import_module(f"bot.{name}")
    for name in ("handlers", "core.notices"):
        importlib.import_module(name).load_all()
    for name in ("core.migrations", "alembic.command", "uvloop"):
        importlib.import_module(name)
    gc.freeze()
    gc.enable()


def _forked(asked: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        _become(asked)
    return pid


def _become(asked: dict[str, Any]) -> None:
    from bot import failpoints
    from bot.__main__ import main as farmgate
    from tests.crash.parts import die_with_parent

    die_with_parent()
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(log, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(Path(asked["log"]).parent)
    os.environ.update(asked["environment"])
    failpoints.arm(asked["failpoint"])
    code = farmgate(asked["arguments"])
    sys.stdout.flush()
    os._exit(code)


def _ended(pid: int) -> int | None:
    done, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else None


if __name__ == "__main__":
    main()
