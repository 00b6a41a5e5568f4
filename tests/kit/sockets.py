"""Closes the network to tests: Python sockets connect to loopback and to nothing else."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest


class NetworkClosed(RuntimeError):
    """A test tried to reach a machine other than this one."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "durable: PostgreSQL writes through to the disk, as in service")
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _guarded(name))
    socket.create_connection = _guarded_connection  # type: ignore[assignment]  # passes on what it is given


_create_connection = socket.create_connection


def _guarded_connection(address: tuple[str | None, int], *arguments: Any, **options: Any) -> socket.socket:
    _refuse_strangers(address)  # before its name is looked up
    return _create_connection(address, *arguments, **options)


def _guarded(name: str) -> Any:  # the signatures of three socket methods
    original = getattr(socket.socket, name)

    def guarded(self: socket.socket, *arguments: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_strangers(arguments[-1])
        return original(self, *arguments)

    return guarded


def _refuse_strangers(address: tuple[Any, ...]) -> None:
    host = str(address[0])
    if host == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise NetworkClosed(f"tests reach loopback only, not {host}")
