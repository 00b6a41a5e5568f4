"""The processes of a measurement: each started here, waited for by what it prints, ended by its own id."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

READY_SECONDS = 60
Environment = dict[str, str]


class Child:
    """One process of ours; its output goes to a file, so that a full pipe never slows it."""

    def __init__(self, arguments: list[str], log: Path, environment: Environment | None = None) -> None:
        self.log = log
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("FARMGATE_", "FAILPOINT"))}
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *arguments], stdout=out, stderr=subprocess.STDOUT,
                env={**clean, **(environment or {})},
            )  # fmt: skip

    def says(self, words: str, seconds: float = READY_SECONDS) -> re.Match[str]:
        """Wait for a line that matches. Raises RuntimeError with the log when it does not come."""
        over = time.monotonic() + seconds
        while time.monotonic() < over:
            found = re.search(words, self.log.read_text(errors="replace"))
            if found:
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"{self.log.name} did not say {words!r}:\n{self.log.read_text(errors='replace')[-3000:]}")

    def stop(self) -> None:
        """Ask it to end, then end it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            killer = threading.Timer(25, self.process.kill)
            killer.start()
            self.process.wait()
            killer.cancel()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.kill()
        self.process.wait()

    @property
    def cpu_seconds(self) -> float:
        """User and system time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def rss_mib(self) -> float:
        """Resident memory now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found.group(1)) / 1024 if found else 0.0


def simulator(folder: Path, *tokens: str, quiet: bool = True) -> tuple[Child, str]:
    """The simulator in its own process, and its address; a quiet one keeps no parameters in its log."""
    chosen = [part for token in tokens for part in ("--token", token)] + ["--quiet"] * quiet
    child = Child(["simulator", "--port", "0", *chosen], folder / "simulator.log")
    return child, child.says(r"simulator on (http://\S+)").group(1)


def farmgate(command: str, folder: Path, environment: Environment, words: str = "is served") -> Child:
    """One command of ours, started; `words` are what it says when it is up."""
    child = Child(["bot", command], folder / f"{command}-{time.monotonic_ns()}.log", environment)
    child.says(words)
    return child
