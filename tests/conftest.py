"""Plug-ins that every test has: databases of its own, and a closed network."""

from __future__ import annotations

pytest_plugins = ["tests.kit.sockets", "tests.kit.databases"]
