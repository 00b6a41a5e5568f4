"""Plug-ins that every test has: databases of its own, and a closed network; logs as the program writes them."""

from __future__ import annotations

import logging

from bot.logs import configure
from core import sealing

pytest_plugins = [
    "tests.kit.sockets", "tests.kit.dialects", "tests.kit.databases", "tests.kit.pace", "tests.kit.watch",
    "tests.kit.seasons", "tests.kit.nursing",
]  # fmt: skip

sealing.use(lambda: ["a secret for tests"])  # shops bring their own
configure(logging.WARNING)  # structlog's default draws tracebacks with local variables: slow, and personal
