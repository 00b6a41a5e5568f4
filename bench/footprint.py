"""What standing still costs: the time of `farmgate --help`, and the memory of a sender process."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.processes import farmgate, simulator
from core.migrations import upgrade
from tests.kit.databases import PostgresServer

TOKEN = "123456:TEST"  # noqa: S105 - the simulator's
HELP_GOAL, RSS_GOAL = 0.5, 110.0


def help_seconds(times: int = 5) -> float:
    """The middle of several starts."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bot", "--help"], check=True, capture_output=True)
        took.append(time.perf_counter() - began)
    return median(took)


def sender_mib() -> float:
    """Resident memory of an idle sender on PostgreSQL."""
    server = PostgresServer()
    with tempfile.TemporaryDirectory(prefix="farmgate-footprint-") as name:
        folder = Path(name)
        upgrade(server.url())
        api, address = simulator(folder, TOKEN)
        environment = {
            "FARMGATE_BOT_TOKEN": TOKEN, "FARMGATE_BOT_API_URL": address, "FARMGATE_DATABASE_URL": server.url(),
            "FARMGATE_DATA_DIR": name, "FARMGATE_OWNER_IDS": "1",
        }  # fmt: skip
        child = farmgate("sender", folder, environment)
        time.sleep(3)
        found = child.rss_mib
        child.stop()
        api.stop()
    server.remove()
    return found


if __name__ == "__main__":
    print(f"farmgate --help: {help_seconds():.2f} s (goal {HELP_GOAL} s)")
    print(f"sender: {sender_mib():.0f} MiB (goal {RSS_GOAL:.0f} MiB)")
