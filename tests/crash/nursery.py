"""Starts parts of ours quickly: imports them once, then forks one for each question, whoever asks.

Each child is a process of its own that runs what `python -m bot <role>` runs; only the seconds of importing are spared.
One process without threads serves all that test at the same time; it imports nothing before somebody needs a child.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

_ROLES = ("receiver", "worker", "sender", "dispatcher", "answers", "menu", "first_start", "commands", "hooked")
_PARTS = (*_ROLES, "demo", "tour")
_MOST = 1 << 16


class Guest:
    """One who asks, over a connection of its own; the children it asked for go with it."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._heard = b""
        self._children: set[int] = set()

    def heard(self) -> list[dict[str, Any]] | None:
        """The whole lines that came meanwhile; None when it is gone."""
        try:
            came = self.connection.recv(_MOST)
        except ConnectionError:
            return None
        *lines, self._heard = (self._heard + came).split(b"\n")
        return [json.loads(line) for line in lines] if came else None

    def answers(self, answer: dict[str, int | None]) -> None:
        with suppress(ConnectionError):  # gone: its connection says so next
            self.connection.sendall(json.dumps(answer).encode() + b"\n")

    def has(self, child: int) -> int:
        self._children.add(child)
        return child

    def ended(self, child: int) -> int | None:
        """The code of a child that ended; None while it lives."""
        done, status = os.waitpid(child, os.WNOHANG)
        self._children -= {done}
        return os.waitstatus_to_exitcode(status) if done else None

    def leaves(self) -> None:
        for child in self._children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        self.connection.close()


class Nursery:
    """Questions, a line each: {"program", "arguments", "failpoint", "log", "environment"} forks and gives {"pid"};
    {"pid"} gives {"code"}, null while it lives.
    """

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._waiting = selectors.DefaultSelector()
        for each in (sys.stdin, listening):
            self._waiting.register(each, selectors.EVENT_READ)

    def serves(self) -> None:
        """Until standard input ends, as it does with the process that started this one."""
        while sys.stdin not in (ready := {key.fileobj: key.data for key, _ in self._waiting.select()}):
            for guest in ready.values():
                if guest is None:
                    self._welcomes()
                else:
                    self._attends(guest)
        for key in self._waiting.get_map().values():
            if key.data is not None:
                key.data.leaves()

    def _welcomes(self) -> None:
        connection, _ = self._listening.accept()
        self._waiting.register(connection, selectors.EVENT_READ, Guest(connection))

    def _attends(self, guest: Guest) -> None:
        questions = guest.heard()
        if questions is None:
            self._waiting.unregister(guest.connection)
            guest.leaves()
        for asked in questions or ():
            is_old = "pid" in asked
            guest.answers({"code": guest.ended(asked["pid"])} if is_old else {"pid": guest.has(self._forked(asked))})

    def _forked(self, asked: dict[str, Any]) -> int:
        warm()
        pid = os.fork()
        if pid == 0:
            self._closes()
            _become(asked)
        return pid

    def _closes(self) -> None:
        """In a child: who asks shall see the end of the nursery at once, whatever it forked."""
        for key in self._waiting.get_map().values():
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._waiting.close()


@cache
def warm() -> None:
    """Import what the roles would import; nothing is opened and no thread is started."""
    gc.disable()
    for name in _PARTS:
        importlib.import_module(f"bot.{name}")
    for name in ("handlers", "core.notices"):
        importlib.import_module(name).load_all()
    for name in ("bot.__main__", "simulator.__main__", "core.migrations", "alembic.command", "uvloop"):
        importlib.import_module(name)
    gc.freeze()
    gc.enable()


def _become(asked: dict[str, Any]) -> NoReturn:
    """Nothing leads back from here: a child that failed must not go on as a nursery."""
    code = 1
    try:
        _prepare(asked)
        code = importlib.import_module(f"{asked['program']}.__main__").main(asked["arguments"]) or 0
    except SystemExit as ended:  # of a command line that cannot be
        code = int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _prepare(asked: dict[str, Any]) -> None:
    from bot import failpoints
    from tests.crash.parts import die_with_parent

    die_with_parent()
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(log, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # whoever waits for a line sees it at once
    os.chdir(Path(asked["log"]).parent)
    os.environ.update(asked["environment"])
    failpoints.arm(asked["failpoint"])


if __name__ == "__main__":
    Nursery(socket.socket(fileno=int(sys.argv[1]))).serves()
