"""Looks over the shoulder of every test: nothing that the program logged meanwhile holds what people told us."""

from __future__ import annotations

import re
from collections.abc import Generator

import pytest

# what the tests' people have: numbers to call, where they live, notes that are canaries; and the bots' tokens
PRIVATE = re.compile(r"\+91\d{10}|\bLake Road\b|\b[Cc]anary\b|\d{6,}:TEST\b")


def seen(logged: str) -> list[str]:
    """What stands there and is nobody's business."""
    return PRIVATE.findall(logged)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that passed fails when its standard error told what it must not."""
    report = yield
    if call.when == "call" and report.passed and (found := seen(report.capstderr)):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} passed, but its log holds {sorted(set(found))}"
    return report
