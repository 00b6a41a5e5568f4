"""The processes of a crash test: started here, killed by a failpoint or ended by their own id, never by name."""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
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
            found = re.search(words, self._said())
            if found:
                return found.group(1)
            time.sleep(0.02)
        raise AssertionError(f"it never said {words!r}:\n{self._said()}")

    def dies(self, seconds: float) -> int:
        """Wait for its end; the return code, negative for a signal."""
        over = time.monotonic() + seconds
        while time.monotonic() < over:
            code = self._process.poll()
            if code is not None:
                return code
            time.sleep(0.01)
        raise AssertionError(f"it still runs:\n{self._said()}")

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

    def _said(self) -> str:
        return self._log.read_text(errors="replace")[-4000:] if self._log.exists() else ""


class Nursery:
    """Forks parts that need not import anything any more; one serves all tests of this process."""

    def __init__(self) -> None:
        self._process = _started(["tests.crash.nursery"], ROOT, {}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._asking, self._is_warm = threading.Lock(), False

    def farmgate(self, folder: Path, environment: Mapping[str, str], *arguments: str, failpoint: str = "") -> Part:
        """A process that runs what `python -m bot <arguments>` runs; a role says "is served" when it is up."""
        log = folder / f"{arguments[0]}-{time.monotonic_ns()}.log"
        wanted = {"arguments": arguments, "failpoint": failpoint, "log": str(log), "environment": dict(environment)}
        return Part(_Forked(self, int(self.asks(wanted)["pid"] or 0)), log)

    def asks(self, question: Mapping[str, object]) -> dict[str, int | None]:
        """Its answer; the first waits until it has imported everything."""
        assert self._process.stdin is not None
        with self._asking:
            if not self._is_warm:
                self._answer()
                self._is_warm = True
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
            return self._answer()

    def ends(self) -> None:
        self._process.communicate(timeout=30)

    def _answer(self) -> dict[str, int | None]:
        assert self._process.stdout is not None
        answer: dict[str, int | None] = json.loads(self._process.stdout.readline())
        return answer


@cache
def nursery() -> Nursery:
    """The one of this process, started when it is first asked for."""
    made = Nursery()
    atexit.register(made.ends)
    return made


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


def simulator(folder: Path) -> tuple[Part, str]:
    """A Bot API server in a process of its own, which imports none of our code; and its address."""
    part = _logged(["simulator", "--port", "0", "--quiet"], folder / "simulator.log", {})
    return part, part.says(r"simulator on (http://\S+)")


def farmgate(role: str, folder: Path, environment: Mapping[str, str]) -> Part:
    """`python -m bot <role>`; it says "is served" when it is up."""
    return _logged(["bot", role], folder / f"{role}-{time.monotonic_ns()}.log", environment)


def _logged(arguments: list[str], log: Path, environment: Mapping[str, str]) -> Part:
    with log.open("ab") as out:
        return Part(_started(arguments, log.parent, environment, stdout=out, stderr=subprocess.STDOUT), log)


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
