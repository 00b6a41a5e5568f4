"""A Bot API that says yes to everything, as fast as aiohttp can: what a sender is measured against."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

from aiohttp import web

_numbers = itertools.count(1)
_ME = {"id": 123456, "is_bot": True, "first_name": "Farmgate", "username": "farmgate_bot"}


async def call(request: web.Request) -> web.Response:
    """getMe is answered truly; every other call is a message that was sent."""
    if request.path.endswith("getMe"):
        return _said(_ME)
    asked: dict[str, Any] = await request.json() if request.can_read_body else {}
    chat = {"id": int(asked.get("chat_id", 1)), "type": "private", "first_name": "Buyer"}
    sent = {"message_id": next(_numbers), "date": 1_700_000_000, "chat": chat, "text": asked.get("text", "")}
    return _said(sent if "chat_id" in asked else True)


def _said(result: Any) -> web.Response:
    return web.Response(body=json.dumps({"ok": True, "result": result}), content_type="application/json")


async def serve() -> None:
    """Serve on a free port of this machine until ended."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", call)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(f"yes on http://{host}:{port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
