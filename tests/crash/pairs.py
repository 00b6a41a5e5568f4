"""Two of each part on one PostgreSQL, behind one address: a small balancer hands connections to either web process."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from pathlib import Path

from core.clock import machine_now
from core.messaging.models import Lease
from core.settings import service as settings
from tests.crash.parts import Part, nursery
from tests.crash.road import Road

ROLES = ("web", "worker", "sender", "scheduler")


class Balancer:
    """One port that passes each new connection to the next of several, or to one that answers."""

    def __init__(self) -> None:
        self.behind: list[int] = []
        self.passed: list[int] = []  # to which each connection went
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        starting = asyncio.start_server(self._passes, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._ends(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _ends(self) -> None:
        self._server.close()
        under_way = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _passes(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turn = len(self.passed) % len(self.behind)
        for port in (*self.behind[turn:], *self.behind[:turn]):
            try:
                inside, outside = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            self.passed.append(port)
            either = [asyncio.ensure_future(_copy(reader, outside)), asyncio.ensure_future(_copy(inside, writer))]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            for each in either:
                each.cancel()
            outside.close()
            break
        writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


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
        """The name of the scheduler that leads."""
        with self.database.reading() as session:
            holder = session.get_one(Lease, "scheduler").holder
        pid = int(holder.split(":")[1])
        return next(name for name, part in self.parts.items() if part.pid == pid)

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
