"""Two of each part on one PostgreSQL, behind one address: a small balancer hands requests to either web process."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import time
from pathlib import Path

import aiohttp
from aiohttp import web
from sqlalchemy import select

from core.clock import machine_now
from core.messaging.models import Lease
from core.settings import service as settings
from tests.crash.parts import Part, nursery
from tests.crash.road import PATIENCE, Road

ROLES = ("web", "worker", "sender", "scheduler")


class Balancer:
    """One address that passes each request to the next of several, or to one that listens, as a reverse proxy does."""

    def __init__(self) -> None:
        self.behind: list[int] = []
        self.passed: list[int] = []  # to which each request went
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.url = asyncio.run_coroutine_threadsafe(self._starts(), self._loop).result(10)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._ends(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _starts(self) -> str:
        # A kept connection to a process that was killed would fail a request that another could have taken.
        self._inside = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        self._runner = web.ServerRunner(web.Server(self._passes), shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0]
        return f"http://{host}:{port}"

    async def _ends(self) -> None:
        await self._runner.cleanup()
        await self._inside.close()

    async def _passes(self, request: web.BaseRequest) -> web.Response:
        body = await request.read()
        turn = len(self.passed) % len(self.behind)
        for port in (*self.behind[turn:], *self.behind[:turn]):
            url = f"http://127.0.0.1:{port}{request.raw_path}"
            try:
                async with self._inside.request(request.method, url, headers=request.headers, data=body) as answer:
                    self.passed.append(port)
                    return web.Response(status=answer.status, body=await answer.read())
            except aiohttp.ClientConnectorError:
                continue
            except aiohttp.ClientError:  # it may have taken the request in: whoever sent it asks again
                break
        return web.Response(status=502)


class Pairs(Road):
    """web, worker, sender and scheduler, two of each."""

    def __init__(self, url: str, folder: Path) -> None:
        self.balancer = Balancer()
        super().__init__(url, folder)
        self.environment |= {
            "FARMGATE_PUBLIC_URL": self.balancer.url, "FARMGATE_LEASE_SECONDS": "6", "FARMGATE_SEND_SECONDS": "3",
        }  # fmt: skip
        self.control.post("/control/limits", {"webhook_retry_seconds": 0.1})
        self._is_noon()

    def starts(self) -> None:
        """All eight, side by side."""
        for name in (f"{role}-{number}" for role in ROLES for number in (1, 2)):
            self.parts[name] = self._started(name)
        for part in self.parts.values():
            part.says(r"(is served)")

    def close(self) -> None:
        super().close()
        self.balancer.close()

    def leading(self) -> str:
        """The name of the scheduler that leads; the first takes the lead a second after its start."""
        over = time.monotonic() + PATIENCE
        while (holder := self._holder()) is None and time.monotonic() < over:
            time.sleep(0.05)
        assert holder is not None, "nobody took the lead"
        pid = int(holder.split(":")[1])
        return next(name for name, part in self.parts.items() if part.pid == pid)

    def _holder(self) -> str | None:
        with self.database.reading() as session:
            return session.scalars(select(Lease.holder).where(Lease.name == "scheduler")).one_or_none()

    def _is_noon(self) -> None:
        """Where the shop lives it is about noon, whenever this runs: no notice waits for the morning."""
        now = machine_now()
        ahead = 12 - now.hour
        with self.database.writing() as session:
            settings.put(session, "timezone", f"Etc/GMT{-ahead:+d}", by=None, now=now)

    def _started(self, name: str) -> Part:
        role = name.partition("-")[0]
        environment = dict(self.environment)
        if role == "web":
            with socket.create_server(("127.0.0.1", 0)) as probe:
                port = probe.getsockname()[1]
            environment["FARMGATE_WEB_PORT"] = str(port)
            self.balancer.behind.append(port)
        return nursery().farmgate(self.folder, environment, role)


def pauses(part: Part) -> None:
    """Stop it where it stands; it knows nothing of it."""
    part.signals(signal.SIGSTOP)


def goes_on(part: Part) -> None:
    part.signals(signal.SIGCONT)
