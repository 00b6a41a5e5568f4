"""The processes of a crash test: started here, killed by a failpoint or ended by their own id, never by name."""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[2]
UP_SECONDS = 60.0
TOKEN, PROVIDER_TOKEN = "123456:TEST", "TEST:PROVIDER"


class Process(Protocol):
    """What a started and a forked process have in common; codes are negative for signals."""

    pid: int

    def poll(self) -> int | None: ...
    def send_signal(self, sig: int) -> None: ...


class Part:
    """One process of ours; its output goes to a file."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process, self._log = process, log

    def says(self, words: str, seconds: float = UP_SECONDS) -> str:
        """Wait for a line; its first group."""
        over, goes_on = time.monotonic() + seconds, True
        while goes_on:
            goes_on = time.monotonic() < over and self._process.poll() is None  # asked first: it may say it and end
            found = re.search(words, self.said)
            if found:
                return found.group(1)
            time.sleep(0.02)
        raise AssertionError(f"it never said {words!r}:\n{self.said}")

    def dies(self, seconds: float) -> int:
        """Wait for its end; the return code, negative for a signal."""
        over = time.monotonic() + seconds
        while time.monotonic() < over:
            code = self._process.poll()
            if code is not None:
                return code
            time.sleep(0.01)
        raise AssertionError(f"it still runs:\n{self.said}")

    @property
    def pid(self) -> int:
        return self._process.pid

    def signals(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def stops(self, seconds: float) -> int:
        """Ask it to end; the return code."""
        self._process.send_signal(signal.SIGTERM)
        return self.dies(seconds)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def kills(self) -> None:
        """End it as a power cut would."""
        self._process.send_signal(signal.SIGKILL)

    def ends(self) -> None:
        """Ask it to end, then end it."""
        if self._process.poll() is None:
            try:
                self.stops(20)
            except AssertionError:
                self._process.send_signal(signal.SIGKILL)
                self.dies(5)

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")[-4000:] if self._log.exists() else ""


class Nursery:
    """Forks parts that need not import anything any more; all that test at the same time may ask one."""

    shared = ""  # where the one listens that pytest started for all its workers, of which this process is one

    def __init__(self, address: str) -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(address)
            self._lines = connection.makefile("rwb")
        self._asking = threading.Lock()

    def farmgate(self, folder: Path, environment: Mapping[str, str], *arguments: str, failpoint: str = "") -> Part:
        """A process that runs what `python -m bot <arguments>` runs; a role says "is served" when it is up."""
        return self._part("bot", _log(folder, arguments[0]), environment, arguments, failpoint)

    def simulator(self, folder: Path, *options: str) -> tuple[Part, str]:
        """A Bot API server in a process of its own; and its address."""
        part = self._part("simulator", _log(folder, "simulator"), {}, ("--port", "0", *options), "")
        return part, part.says(r"simulator on (http://\S+)")

    def asks(self, question: Mapping[str, object]) -> dict[str, int | None]:
        """Its answer; the first waits until it has imported everything."""
        with self._asking:
            self._lines.write(json.dumps(question).encode() + b"\n")
            self._lines.flush()
            answer: dict[str, int | None] = json.loads(self._lines.readline())
            return answer

    def ends(self) -> None:
        """Leave it; what it forked for us and still runs is killed."""
        self._lines.close()

    def _part(
        self, program: str, log: Path, environment: Mapping[str, str], arguments: tuple[str, ...], failpoint: str
    ) -> Part:
        wanted = {
            "program": program, "arguments": arguments, "failpoint": failpoint, "log": str(log),
            "environment": dict(environment),
        }  # fmt: skip
        return Part(_Forked(self, int(self.asks(wanted)["pid"] or 0)), log)


@cache
def nursery() -> Nursery:
    """The one for this process, asked for when it is first needed."""
    made = Nursery(Nursery.shared or opened_nursery())
    atexit.register(made.ends)
    return made


@cache
def opened_nursery() -> str:
    """The address of a process that forks; it has imported nothing yet, and ends with this one."""
    folder = Path(tempfile.mkdtemp(prefix="farmgate-nursery-"))  # not below pytest's: an address is at most 107 bytes
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        listening.listen()
        number = listening.fileno()
        process = _started(  # in a session of its own: Ctrl-C ends the tests, which end their parts
            ["tests.crash.nursery", str(number)], ROOT, {}, stdin=subprocess.PIPE, pass_fds=[number],
            start_new_session=True,
        )  # fmt: skip
    atexit.register(shutil.rmtree, folder)
    atexit.register(process.communicate, timeout=30)
    return str(folder / "socket")


class _Forked:
    """A child of the nursery, which alone may ask how it ended."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery, self.pid = nursery, pid
        self._code: int | None = None

    def poll(self) -> int | None:
        if self._code is None:
            self._code = self._nursery.asks({"pid": self.pid})["code"]
        return self._code

    def send_signal(self, sig: int) -> None:
        os.kill(self.pid, sig)


def farmgate(folder: Path, environment: Mapping[str, str], *arguments: str) -> Part:
    """`python -m bot <arguments>` as people start it; a role says "is served" when it is up."""
    log = _log(folder, arguments[0])
    with log.open("ab") as out:
        return Part(_started(["bot", *arguments], folder, environment, stdout=out, stderr=subprocess.STDOUT), log)


def _log(folder: Path, name: str) -> Path:
    return folder / f"{name}-{time.monotonic_ns()}.log"


def _started(
    arguments: list[str], folder: Path, environment: Mapping[str, str], **streams: object
) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FARMGATE_", "FAILPOINT"))}
    return subprocess.Popen(
        [sys.executable, "-m", *arguments], cwd=folder, env={**kept, "PYTHONPATH": str(ROOT), **environment},
        preexec_fn=die_with_parent, **streams,  # type: ignore[call-overload] # streams as Popen takes them
    )  # fmt: skip


def die_with_parent() -> None:
    """A killed pytest must leave nothing behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
