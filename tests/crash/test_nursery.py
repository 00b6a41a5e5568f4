"""The nursery that all workers of pytest share: when one of them is gone, the others go on."""

from __future__ import annotations

import os
import time
from pathlib import Path

from simulator.client import Control
from tests.crash.parts import Nursery, nursery, opened_nursery

PATIENCE = 20.0


def test_who_leaves_takes_along_what_it_started_and_nothing_else(tmp_path: Path) -> None:
    leaving = Nursery(Nursery.shared or opened_nursery())
    taken, _ = leaving.simulator(tmp_path)
    staying, url = nursery().simulator(tmp_path)
    try:
        leaving.ends()
        until = time.monotonic() + PATIENCE
        while _is_there(taken.pid):
            assert time.monotonic() < until, "it still runs"
            time.sleep(0.01)
        assert staying.is_running
        assert Control(url).get("/config.json")
    finally:
        staying.ends()


def test_a_child_ends_with_its_own_code_and_words(tmp_path: Path) -> None:
    part = nursery().farmgate(tmp_path, {"FARMGATE_BOT_TOKEN": ""}, "run")
    assert part.dies(PATIENCE) == 2
    assert "FARMGATE_BOT_TOKEN is not set" in part.said
    part = nursery().farmgate(tmp_path, {}, "harvest")
    assert part.dies(PATIENCE) == 2
    assert "invalid choice: 'harvest'" in part.said


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
