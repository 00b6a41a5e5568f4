"""The control protocol: what a page, a test or a load generator asks for people."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from simulator import files
from simulator.accounts import add_bot, add_person
from simulator.acts import perform
from simulator.bot_api import JSON_TYPE, WORLD
from simulator.events import Happening
from simulator.inject import inject
from simulator.refusals import Json, PersonError
from simulator.snapshot import bot_view, chat_view, person_view, snapshot
from simulator.world import World

HERE = frozenset({"127.0.0.1", "::1", "localhost"})
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SHOWN = ("message", "edit", "delete", "toast", "answer", "payment")
MAX_WAIT = 300.0


def _reply(body: object, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), status=status, headers=JSON_TYPE)


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Control and page answer only this machine, so that no web page elsewhere can drive them."""
    if request.path.startswith(("/bot", "/file/")):
        return await handler(request)
    origin = request.headers.get("Origin")
    named = urlsplit(f"//{request.host}").hostname
    if request.remote not in HERE or named not in HERE or (origin and urlsplit(origin).hostname not in HERE):
        return _reply({"ok": False, "error": "only from this machine"}, 403)
    try:
        return await handler(request)
    except (PersonError, ValueError) as error:
        return _reply({"ok": False, "error": str(error)}, 400)


async def _body(request: web.Request) -> Any:
    if not request.can_read_body:
        return {}
    try:
        return json.loads(await request.read())
    except ValueError:
        raise PersonError("the body is not JSON") from None


async def _object(request: web.Request) -> Json:
    body = await _body(request)
    if not isinstance(body, dict):
        raise PersonError("the body must be an object")
    return body


async def state(request: web.Request) -> web.Response:
    """The whole picture."""
    return _reply(snapshot(request.app[WORLD]))


async def users(request: web.Request) -> web.Response:
    """Add a person, or change one."""
    world = request.app[WORLD]
    person = add_person(world, await _object(request))
    view = person_view(world, person)
    world.events.tell("user", lambda: {"user": view})
    return _reply({"id": person.id, "user": view})


async def bots(request: web.Request) -> web.Response:
    """Add a bot, or flip its switches."""
    world = request.app[WORLD]
    bot = add_bot(world, await _object(request))
    world.events.tell("bot", lambda: {"bot": bot_view(bot)})
    return _reply({"id": bot.id, "bot": bot_view(bot)})


async def act(request: web.Request) -> web.Response:
    """One act of a person."""
    return _reply(perform(request.app[WORLD], await _object(request)))


async def bulk(request: web.Request) -> web.Response:
    """Many acts; each succeeds or fails for itself."""
    wanted = await _body(request)
    if not isinstance(wanted, list):
        raise PersonError("the body must be a list of acts")
    results: list[Json] = []
    for one in wanted:
        try:
            results.append(perform(request.app[WORLD], one))
        except PersonError as error:
            results.append({"ok": False, "error": str(error)})
    return _reply(results)


async def expect(request: web.Request) -> web.Response:
    """Wait until something happens in a chat."""
    world = request.app[WORLD]
    wanted = await _object(request)
    key = str(wanted["chat"]) if "chat" in wanted else f"{wanted.get('as')}:{world.bot_named(wanted.get('bot')).id}"
    kinds = frozenset(wanted.get("kinds", SHOWN))
    by = wanted.get("by", "bot")
    after_seq, after_message = int(wanted.get("after_seq", 0)), int(wanted.get("after_message_id", 0))

    def fits(event: Happening) -> bool:
        later = event.seq > after_seq and (event.message_id > after_message or event.kind != "message")
        return later and event.kind in kinds and by in {"any", event.by}

    found = await world.events.wait(key, fits, min(float(wanted.get("timeout", 10)), MAX_WAIT))
    return _reply({"seq": found[-1].seq if found else world.events.seq, "events": [event.shape() for event in found]})


async def chat(request: web.Request) -> web.Response:
    """One chat; with `touched_after` only what its bot wrote or changed after that event number."""
    world = request.app[WORLD]
    found = world.chats.get(request.match_info["key"])
    if found is None:
        return _reply({"ok": False, "error": "no such chat"}, 404)
    newest = int(request.query.get("newest", 20))
    only = _touched(world, request) if "touched_after" in request.query else None
    return _reply({**chat_view(world, found, newest, only), "reply_keyboard": found.keyboard, "seq": world.events.seq})


def _touched(world: World, request: web.Request) -> set[int]:
    after = int(request.query["touched_after"])
    found = world.events.since(
        request.match_info["key"],
        lambda event: event.seq > after and event.kind in {"message", "edit"} and event.by == "bot",
    )
    return {event.message_id for event in found}


async def toasts(request: web.Request) -> web.Response:
    """Newer toasts."""
    world = request.app[WORLD]
    after = int(request.query.get("after_seq", 0))
    return _reply({"toasts": [toast for toast in world.toasts if toast["seq"] > after], "seq": world.events.seq})


async def payment(request: web.Request) -> web.Response:
    """One payment."""
    world = request.app[WORLD]
    found = world.payments.get(request.match_info["id"])
    if found is None:
        return _reply({"ok": False, "error": "no such payment"}, 404)
    return _reply({**found.shape(), "seq": world.events.seq})


async def log(request: web.Request) -> web.Response:
    """The raw API log."""
    world = request.app[WORLD]
    return _reply({"entries": world.log.since(int(request.query.get("since", 0))), "last": world.log.last})


async def faults(request: web.Request) -> web.Response:
    """Switch faults on, list them, or clear them."""
    world = request.app[WORLD]
    wanted = await _object(request) if request.method == "POST" else {}
    number = 0
    if request.method == "DELETE" or wanted.get("kind") == "none":
        world.faults.active.clear()
    elif request.method == "POST":
        fault = world.faults.add(wanted)
        number = fault.id
        if fault.kind == "network_down":
            _cut_polls(request)
    listed = world.faults.shape()
    world.events.tell("faults", lambda: {"faults": listed})
    return _reply({"id": number, "faults": listed})


def _cut_polls(request: web.Request) -> None:
    for bot in request.app[WORLD].bots.values():
        bot.mailbox.wake()


async def limits(request: web.Request) -> web.Response:
    """Read or change limits and timers."""
    world = request.app[WORLD]
    if request.method == "POST":
        world.limits.change(await _object(request))
        world.events.tell("limits", lambda: {"limits": world.limits.shape()})
    return _reply(world.limits.shape())


async def reset(request: web.Request) -> web.Response:
    """Forget what people and bots said."""
    world = request.app[WORLD]
    wanted = await _object(request)
    world.forget_chats(keep_people=bool(wanted.get("keep_users")))
    world.events.tell("state", lambda: snapshot(world))
    return _reply({"ok": True})


async def updates(request: web.Request) -> web.Response:
    """Raw updates, repeated ones, jumps of the numbering."""
    return _reply(inject(request.app[WORLD], await _object(request)))


async def file(request: web.Request) -> web.Response:
    """The bytes of a picture, for the page."""
    unique_id, _ = files.split_id(request.match_info["file_id"])
    found = request.app[WORLD].files.by_id.get(unique_id)
    if found is None:
        return _reply({"ok": False, "error": "no such file"}, 404)
    # A document's own type is a sender's word: only pictures made here are shown, all else is downloaded.
    mime = found.mime if found.kind == "photo" else "application/octet-stream"
    return web.Response(body=found.data, content_type=mime, headers={"X-Content-Type-Options": "nosniff"})


async def socket(request: web.Request) -> web.WebSocketResponse:
    """Events as they happen, and acts on the same line."""
    world = request.app[WORLD]
    line = web.WebSocketResponse(heartbeat=30)
    await line.prepare(request)
    queue = world.events.open_socket()
    await line.send_json({"type": "state", **snapshot(world)})
    skipped = {"log"} if request.query.get("log") == "0" else set()
    feeding = asyncio.create_task(_feed(line, queue, skipped))
    try:
        async for message in line:
            if message.type == WSMsgType.TEXT:
                await line.send_str(_acknowledged(request, str(message.data)))
    finally:
        world.events.close_socket(queue)
        feeding.cancel()
    return line


async def _feed(line: web.WebSocketResponse, queue: asyncio.Queue[Json], skipped: set[str]) -> None:
    while not line.closed:
        event = await queue.get()
        if event["type"] == "overflow":
            await line.close()
        elif event["type"] not in skipped:
            await line.send_str(json.dumps(event))


def _acknowledged(request: web.Request, text: str) -> str:
    number: object = None
    try:
        wanted = json.loads(text)
        number = wanted.get("id")
        result = perform(request.app[WORLD], wanted["act"])
    except (PersonError, ValueError, KeyError, AttributeError) as error:
        return json.dumps({"type": "ack", "id": number, "ok": False, "error": str(error)})
    return json.dumps({"type": "ack", "id": number, "ok": True, "result": result})


ROUTES = (
    web.get("/control/state", state),
    web.post("/control/users", users),
    web.post("/control/bots", bots),
    web.post("/control/act", act),
    web.post("/control/bulk", bulk),
    web.post("/control/expect", expect),
    web.get("/control/chats/{key}", chat),
    web.get("/control/toasts", toasts),
    web.get("/control/payments/{id}", payment),
    web.get("/control/log", log),
    web.route("*", "/control/faults", faults),
    web.route("*", "/control/limits", limits),
    web.post("/control/reset", reset),
    web.post("/control/updates", updates),
    web.get("/control/files/{file_id}", file),
    web.get("/control/ws", socket),
)
