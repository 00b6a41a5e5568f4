"""One nursery for a whole run of tests: pytest's own process opens it, and tells its workers where it listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.parts import Nursery, opened_nursery

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController


def pytest_configure(config: pytest.Config) -> None:
    Nursery.shared = getattr(config, "workerinput", {}).get("nursery", "")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """Before a worker starts; not called where pytest-xdist deals nothing out."""
    node.workerinput["nursery"] = opened_nursery()
