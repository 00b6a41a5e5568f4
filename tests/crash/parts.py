"""The processes of a crash test: started here, killed by a failpoint or ended by their own id, never by name."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UP_SECONDS = 60.0
TOKEN, PROVIDER_TOKEN = "123456:TEST", "TEST:PROVIDER"


class Part:
    """One process of ours; its output goes to a file."""

    def __init__(self, arguments: list[str], log: Path, environment: Mapping[str, str]) -> None:
        self.log = log
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("FARMGATE_", "FAILPOINT"))}
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *arguments], stdout=out, stderr=subprocess.STDOUT, cwd=log.parent,
                env={**kept, "PYTHONPATH": str(ROOT), **environment}, preexec_fn=_die_with_parent,
            )  # fmt: skip

    def says(self, words: str) -> str:
        """Wait for a line; its first group."""
        over = time.monotonic() + UP_SECONDS
        while time.monotonic() < over and self._process.poll() is None:
            found = re.search(words, self.log.read_text(errors="replace"))
            if found:
                return found.group(1)
            time.sleep(0.02)
        raise AssertionError(f"it never said {words!r}:\n{self.log.read_text(errors='replace')[-3000:]}")

    def dies(self, seconds: float) -> int:
        """Wait for its end; the return code, negative for a signal."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            words = f"the failpoint was not reached:\n{self.log.read_text(errors='replace')[-3000:]}"
            raise AssertionError(words) from None

    def ends(self) -> None:
        """Ask it to end, then end it."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()


def simulator(folder: Path) -> tuple[Part, str]:
    """A Bot API server in a process of its own, which imports none of our code; and its address."""
    part = Part(["simulator", "--port", "0", "--quiet"], folder / "simulator.log", {})
    return part, part.says(r"simulator on (http://\S+)")


def farmgate(role: str, folder: Path, environment: Mapping[str, str]) -> Part:
    """`python -m bot <role>`; it says "is served" when it is up."""
    log = folder / f"{role}-{time.monotonic_ns()}.log"
    return Part(["bot", role], log, environment)


def _die_with_parent() -> None:
    if sys.platform == "linux":  # a killed pytest must leave nothing behind
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
