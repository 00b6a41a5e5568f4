"""Serves an application on a socket: uvicorn, without signals, logs or trust in what a proxy says of anybody."""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from starlette.types import ASGIApp

from web.patience import Patience

BACKLOG = 512
MOST_CONNECTIONS = 1000
STOP_SECONDS = 8


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes a free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def address(place: socket.socket) -> str:
    """Where it listens, as people open it."""
    host, port = place.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve(app: ASGIApp, place: socket.socket, stop: asyncio.Event, ready: asyncio.Event) -> None:
    """Until told to stop; what is under way is answered first."""
    config = uvicorn.Config(
        app, http=Patience, ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
        proxy_headers=False,  # X-Forwarded-For is whatever its sender likes: nothing of ours asks for it
        limit_concurrency=MOST_CONNECTIONS, timeout_graceful_shutdown=STOP_SECONDS,
    )  # fmt: skip
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[place]))
    stopping = asyncio.ensure_future(stop.wait())
    ready.set()  # the socket listens already: whoever connects now is served in a moment
    try:
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await serving
    finally:
        stopping.cancel()
