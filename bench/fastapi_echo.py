"""The yardstick of the webhook: a FastAPI route that reads JSON and gives it back, served as ours is."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import FastAPI, Request

from web.server import address, listening, serve

app = FastAPI()


@app.post("/echo")
async def echo(request: Request) -> Any:
    """What came."""
    return await request.json()


async def main() -> None:
    """Serve on a free port of this machine until ended."""
    place = listening("127.0.0.1", 0)
    print(f"echo on {address(place)}", flush=True)
    await serve(app, place, asyncio.Event(), asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main())
