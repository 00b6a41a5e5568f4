"""The Bot API over HTTP: tokens, methods, faults, answers, downloads."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import time
from dataclasses import dataclass

from aiohttp import web

from simulator import params as reading
from simulator.faults import Fault
from simulator.methods import METHODS
from simulator.methods.call import Call, Encoded
from simulator.params import Params
from simulator.refusals import Json, Refusal, bad
from simulator.world import BotAccount, World

WORLD: web.AppKey[World] = web.AppKey("world", World)
_TOKEN = re.compile(r"\d+:[\w-]+\Z")
FOREVER = 3600.0
JSON_TYPE = {"Content-Type": "application/json"}
UNAUTHORIZED = Refusal(401, "Unauthorized", "the token is that of a bot")
NOT_FOUND = Refusal(404, "Not Found", "a token is <number>:<letters>")
NO_METHOD_RULE = "the method exists; the simulator serves those in docs/simulator.md"


@dataclass
class _Exchange:
    """One call on its way: what came, what hit it, what goes back."""

    world: World
    bot: BotAccount
    method: str
    began: float
    params: Params | None = None
    fault: Fault | None = None
    refusal: Refusal | None = None
    result: object = None

    def noted(self) -> None:
        """Write the log, except for long polls that brought nothing."""
        if self.method.lower() == "getupdates" and self.refusal is None and self.result == "[]" and self.fault is None:
            return
        fault = self.fault.kind if self.fault else None
        entry = self.world.log.add(self.method, self.bot.id, self.params, self.began, self.refusal, fault)
        self.world.events.tell("log", lambda: {"entry": entry.shape()})


async def call(request: web.Request) -> web.StreamResponse:
    """One method call."""
    world = request.app[WORLD]
    token, method = request.match_info["token"], request.match_info["method"]
    bot = bot_of(world, token)
    if bot is None:
        return _answer(UNAUTHORIZED if _TOKEN.match(token) else NOT_FOUND)
    exchange = _Exchange(world, bot, method, time.perf_counter())
    return await _exchanged(exchange, request)


def bot_of(world: World, token: str) -> BotAccount | None:
    """The bot behind a token."""
    number, _, _ = token.partition(":")
    bot = world.bots.get(int(number)) if number.isdigit() else None
    return bot if bot is not None and bot.token == token else None


async def _exchanged(exchange: _Exchange, request: web.Request) -> web.StreamResponse:
    try:
        exchange.params = await reading.read(request)
        exchange.fault = fault = _struck(exchange)
        if fault is not None and fault.kind in {"reset", "network_down"}:
            exchange.noted()
            return _cut(request)
        if fault is not None and (refusal := fault.refusal()) is not None:
            raise refusal
        if fault is not None and fault.kind == "slow":
            await _slowly(exchange, fault.delay)
        else:
            exchange.result = await _result(exchange)
        if exchange.world.faults.active and exchange.world.faults.network_is_down(exchange.bot.id):
            return _cut(request)
    except Refusal as refusal:
        exchange.refusal = refusal
    exchange.noted()
    if exchange.fault is not None and exchange.fault.kind == "lost_answer":
        await asyncio.sleep(FOREVER)
    return _answer(exchange.refusal) if exchange.refusal else _success(exchange.result)


def _struck(exchange: _Exchange) -> Fault | None:
    world = exchange.world
    if not world.faults.active or exchange.params is None:
        return None
    fault = world.faults.strike(exchange.bot.id, exchange.method.lower(), exchange.params.integer("chat_id"))
    if fault is not None:
        world.events.tell("faults", lambda: {"faults": world.faults.shape()})
    return fault


async def _slowly(exchange: _Exchange, delay: float) -> None:
    """Handle after a while, also when the caller has hung up meanwhile, as in life."""
    task = asyncio.create_task(_later(exchange, delay))
    exchange.world.late.add(task)
    task.add_done_callback(exchange.world.late.discard)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(lambda _: exchange.noted())
        raise


async def _later(exchange: _Exchange, delay: float) -> None:
    await asyncio.sleep(delay)
    try:
        exchange.result = await _result(exchange)
    except Refusal as refusal:
        exchange.refusal = refusal


async def _result(exchange: _Exchange) -> object:
    handler = METHODS.get(exchange.method.lower())
    if handler is None or exchange.params is None:
        raise Refusal(404, "Not Found", NO_METHOD_RULE)
    try:
        result = handler(Call(exchange.world, exchange.bot, exchange.params))
        return await result if inspect.isawaitable(result) else result
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        # The real server never answers 500 to a malformed parameter.
        raise bad(
            f"can't parse parameters: {type(error).__name__}: {error}", "parameters have the documented types"
        ) from error


def _success(result: object) -> web.Response:
    text = result if isinstance(result, Encoded) else json.dumps(result)
    return web.Response(body=f'{{"ok":true,"result":{text}}}'.encode(), headers=JSON_TYPE)


def _answer(refusal: Refusal) -> web.Response:
    body: Json = refusal.answer()
    return web.Response(body=json.dumps(body).encode(), status=refusal.code, headers=JSON_TYPE)


def _cut(request: web.Request) -> web.StreamResponse:
    """Break the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    raise asyncio.CancelledError


async def download(request: web.Request) -> web.StreamResponse:
    """The bytes behind a file_path."""
    world = request.app[WORLD]
    if bot_of(world, request.match_info["token"]) is None:
        return _answer(UNAUTHORIZED)
    file = world.files.paths.get(request.match_info["path"])
    if file is None:
        return _answer(Refusal(404, "Not Found", "file_path comes from getFile"))
    return web.Response(body=file.data, content_type="application/octet-stream")
