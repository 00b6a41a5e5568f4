"""How a run of the whole suite keeps its pace: long tests begin first, roles wait little for company, and little is
looked through for garbage.
"""

from __future__ import annotations

import gc
import os
from itertools import islice

import pytest

from bot.wake import Beat


@pytest.hookimpl(trylast=True)  # after pytest-randomly has shuffled
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the files in which a test may take longer than usual: all wait for what begins last.

    pytest-xdist deals each worker an equal stretch of the list, so that each stretch begins with some of these files.
    Whatever copies a filled database comes in the first stretch, so that few workers have to fill one.
    """
    usual = float(config.getini("timeout") or 0)
    long = list(dict.fromkeys(item.path for item in items if _may_take(item) > usual))
    copying = [item for item in items if item.path not in long and _copies(item)]
    rest = iter([item for item in items if item.path not in long and not _copies(item)])
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    size = len(items) // workers
    ordered: list[pytest.Item] = []
    for worker in range(workers):
        first = [item for path in long[worker::workers] for item in items if item.path == path]
        first += copying if worker == 0 else []
        ordered += [*first, *islice(rest, max(0, size - len(first)))]
    items[:] = [*ordered, *rest]


def _may_take(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker is not None else 0.0


def _copies(item: pytest.Item) -> bool:
    return "filled" in getattr(item, "fixturenames", ())


def pytest_configure() -> None:
    """Nearly all that tests do they do alone: no other commit would come to be shared within a beat as in service.

    While everything is imported and collected there is no garbage; to look for it took a sixth of that time.
    """
    Beat.SECONDS = 0.01
    gc.disable()


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()
