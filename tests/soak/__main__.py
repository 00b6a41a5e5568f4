"""`make soak`: 200 seasons on PostgreSQL (and 20 on SQLite) with two of each part running, killed at random."""

from __future__ import annotations

import argparse
import math
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from core.migrations import upgrade
from tests.kit.databases import PostgresServer
from tests.soak.ground import Ground
from tests.soak.play import play
from tests.soak.seasons import planned
from tests.soak.weather import Weather


def main() -> int:
    """0 when all held."""
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="farmgate-soak-"))
    server = PostgresServer(durable=True) if options.database == "postgresql" else None
    url = server.url() if server is not None else f"sqlite:///{folder / 'soak.db'}"

    def restart() -> None:
        if server is not None:
            server.stop(signal.SIGQUIT)
            server.start()

    try:
        upgrade(url)
        plans = [planned(options.seed, number) for number in range(options.seasons)]
        ground = Ground(url, folder, [plan.terms for plan in plans])
        try:
            ground.starts()
            weather = Weather(ground, options.seed, restart_database=server and restart, every=options.every)
            report = play(ground, weather, plans, at_once=options.at_once, minutes=options.minutes, tell=_tell)
        finally:
            ground.close()
    finally:
        if server is not None:
            server.remove()
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join([f"seed {options.seed}", *report.lines()]))
    return 1 if report.wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("tests.soak", description=__doc__)
    parser.add_argument("--seasons", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--every", type=float, default=4.0, help="seconds between two kills, on average")
    parser.add_argument("--at-once", type=int, default=12, help="seasons side by side")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no season after so long")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    return parser.parse_args()


def _tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
