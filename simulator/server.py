"""The server: one loopback port for bots, people and the page."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from simulator import bot_api, control
from simulator.accounts import bot_from_token
from simulator.log import Log
from simulator.webhooks import Deliverer
from simulator.world import BotAccount, World

STATIC = Path(__file__).parent / "static"
TOKEN = "123456:TEST"  # noqa: S105 # the bot of tests and of the demo; it opens nothing
PROVIDER_TOKEN = "TEST:PROVIDER"  # noqa: S105 # as above
MAX_BODY = 64 * 1024 * 1024


@dataclass
class Handle:
    """A running simulator."""

    url: str
    port: int
    runner: web.AppRunner
    world: World

    async def stop(self) -> None:
        """Close the port and forget everything."""
        await self.runner.cleanup()


async def start(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tokens: Iterable[str] = (TOKEN,),
    provider_tokens: Iterable[str] = (PROVIDER_TOKEN,),
    market_url: str | None = None,
    quiet: bool = False,
) -> Handle:  # fmt: skip
    """Serve on a port of this machine; port 0 takes a free one."""
    world = World(frozenset(provider_tokens), Log(quiet=quiet), config={"market_url": market_url})
    for place, token in enumerate(tokens):
        bot = bot_from_token(token, place)
        world.bots[bot.id] = bot
    # A handler ends with its connection: a killed poller must not hold the queue.
    runner = web.AppRunner(application(world), access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, host, port, backlog=1024)
    await site.start()
    bound = runner.addresses[0][1]
    return Handle(f"http://{host}:{bound}", bound, runner, world)


def application(world: World) -> web.Application:
    """The routes over one world."""
    app = web.Application(middlewares=[control.guard], client_max_size=MAX_BODY)
    app[bot_api.WORLD] = world
    app.router.add_route("*", "/bot{token:[^/]+}/{method}", bot_api.call)
    app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", bot_api.download)
    app.router.add_routes(control.ROUTES)
    app.router.add_get("/config.json", _config)
    app.router.add_get("/", _page)
    if STATIC.is_dir():
        app.router.add_static("/static/", STATIC)
    app.cleanup_ctx.append(_deliveries)
    return app


async def _page(_: web.Request) -> web.StreamResponse:
    index = STATIC / "index.html"
    if not index.is_file():  # one look at a local file
        return web.Response(text="The simulator is running; its page is not installed.")
    return web.FileResponse(index, headers={"Cache-Control": "no-store"})


async def _config(request: web.Request) -> web.Response:
    return web.json_response(request.app[bot_api.WORLD].config)


async def _deliveries(app: web.Application) -> AsyncIterator[None]:
    """A deliverer for each bot, also for those added later."""
    world = app[bot_api.WORLD]
    session = aiohttp.ClientSession()
    tasks: dict[int, asyncio.Task[None]] = {}

    def watch(bot: BotAccount) -> None:
        tasks[bot.id] = asyncio.create_task(Deliverer(world, bot, session).run())

    for bot in world.bots.values():
        watch(bot)
    world.on_new_bot = watch
    yield
    for task in [*tasks.values(), *world.late]:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await session.close()
