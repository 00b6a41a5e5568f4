"""The control protocol: snapshot, socket, bulk, waiting, groups' privacy, guard, reset, command line."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import subprocess
import sys
from typing import Any

import aiohttp
import pytest

from simulator.client import Control
from simulator.threaded import ThreadedHandle
from tests.simulator.conftest import Caller, Json, Someone

KEYBOARD = {"keyboard": [[{"text": "➕ Sell"}, {"text": "📍", "request_location": True}]], "resize_keyboard": True}


def test_the_snapshot_holds_what_the_page_needs(chat: int, asha: Someone, bot: Caller, control: Control) -> None:
    bot.ok("setMyCommands", commands=[{"command": "help", "description": "Help"}])
    bot.ok("sendMessage", chat_id=chat, text="Home", reply_markup=KEYBOARD, disable_notification=True)
    asha.does("press", label="Sell")
    state = control.get("/control/state")
    assert set(state) == {
        "seq", "now", "bots", "users", "chats", "reply_keyboards", "callbacks", "toasts", "inline", "payments",
        "faults", "limits", "config", "log",
    }  # fmt: skip
    shown = state["chats"][0]
    assert [(m["by"], m["text"], m["edited"]) for m in shown["messages"]] == [
        ("person", "/start", False),
        ("bot", "Home", False),
        ("person", "➕ Sell", False),
    ]
    assert shown["messages"][1]["silent"] is True
    assert state["reply_keyboards"][shown["key"]]["message_id"] == 2
    assert state["bots"][0]["commands"] == [{"command": "help", "description": "Help"}]
    assert state["users"][0]["phone_number"].startswith("+")
    assert "TEST" not in str(state["log"])
    bot.ok("sendMessage", chat_id=chat, text="Bye", reply_markup={"remove_keyboard": True})
    assert control.get("/control/state")["reply_keyboards"] == {}


def test_a_location_button_shares_a_place(chat: int, asha: Someone, bot: Caller) -> None:
    bot.ok("sendMessage", chat_id=chat, text="Home", reply_markup=KEYBOARD)
    asha.does("press", label="📍", latitude=1.5)
    assert bot.updates()[-1]["message"]["location"]["latitude"] == 1.5


def test_the_socket_tells_and_takes(api: ThreadedHandle, asha: Someone, bot: Caller) -> None:
    async def watch() -> list[Json]:
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{api.url}/control/ws") as line:
            seen = [await line.receive_json()]
            await line.send_json({"id": 7, "act": {"as": asha.id, "do": "start"}})
            while seen[-1]["type"] != "ack":
                seen.append(await line.receive_json(timeout=5))
            await asyncio.to_thread(bot.ok, "sendMessage", chat_id=asha.id, text="hi")
            while seen[-1]["type"] != "log":
                seen.append(await line.receive_json(timeout=5))
            await line.send_json({"id": 8, "act": {"as": asha.id, "do": "dance"}})
            seen.append(await line.receive_json(timeout=5))
            return seen

    seen = asyncio.run(watch())
    assert sorted(event["type"] for event in seen) == ["ack", "ack", "chat", "log", "message", "message", "state"]
    told = next(event for event in seen if event["type"] == "message" and event["by"] == "bot")
    assert told["message"]["text"] == "hi"
    assert told["chat"] == f"{asha.id}:123456"
    assert seen[-1]["ok"] is False
    assert "unknown act" in seen[-1]["error"]


def test_bulk_reports_each_act(asha: Someone, control: Control) -> None:
    acts = [{"as": asha.id, "do": "start"}, {"as": 1, "do": "start"}, {"as": asha.id, "do": "text", "text": "x"}]
    results: Any = control.post("/control/bulk", acts)
    assert [result["ok"] for result in results] == [True, False, True]


def test_expect_waits_and_gives_up(chat: int, asha: Someone, bot: Caller, control: Control) -> None:
    key = f"{chat}:123456"
    assert control.expect(key, 10**6, 0.1, ["message"])["events"] == []
    before = bot.ok("sendMessage", chat_id=chat, text="a")["message_id"]
    after = bot.ok("sendMessage", chat_id=chat, text="b")["message_id"]
    found = control.post("/control/expect", {"as": chat, "after_message_id": before, "timeout": 5})
    assert [event["message_id"] for event in found["events"]] == [after]


def test_privacy_mode_hides_the_talk_of_a_group(asha: Someone, bot: Caller, control: Control) -> None:
    group = asha.does("create_group", title="Pune", bots=[123456])["chat_id"]
    bot.updates()
    card = bot.ok("sendMessage", chat_id=group, text="card")["message_id"]
    for words in ("private talk", "/help", "/help@other_bot", "/help@farmgate_bot", "hey @farmgate_bot"):
        asha.does("text", text=words, chat=group)
    asha.does("text", text="an answer", chat=group, reply_to=card)
    heard = [update["message"]["text"] for update in bot.updates()]
    assert heard == ["/help", "/help@farmgate_bot", "hey @farmgate_bot", "an answer"]
    control.post("/control/bots", {"can_read_all_group_messages": True})
    asha.does("text", text="loud talk", chat=group)
    assert bot.updates()[-1]["message"]["text"] == "loud talk"


def test_startgroup_links(asha: Someone, bot: Caller) -> None:
    asha.does("start")
    buttons = {"inline_keyboard": [[{"text": "Add", "url": "https://t.me/farmgate_bot?startgroup=g1"}]]}
    bot.ok("sendMessage", chat_id=asha.id, text="x", reply_markup=buttons)
    assert asha.does("press", label="Add")["startgroup"] == "g1"
    group = asha.does("create_group", title="Pune")["chat_id"]
    asha.does("press", label="Add", to=group)
    updates = bot.updates()
    assert updates[-1]["message"]["text"] == "/start@farmgate_bot g1"
    assert updates[-3]["my_chat_member"]["new_chat_member"]["status"] == "member"


def test_raw_updates_and_numbering(chat: int, bot: Caller, control: Control) -> None:
    control.post(
        "/control/updates", {"update": {"poll_of_the_future": {"x": 1}}, "times": 3, "update_id": 5_000_000_000}
    )
    assert [update["update_id"] for update in bot.ok("getUpdates")] == [5_000_000_000] * 3
    control.post("/control/updates", {"next_update_id": 17})
    Someone(control, "Ravi").does("start")
    assert bot.ok("getUpdates")[-1]["update_id"] == 17


def test_reset_forgets_but_keeps_bots(chat: int, asha: Someone, bot: Caller, control: Control) -> None:
    bot.ok("setWebhook", url="http://127.0.0.1:9/hook")
    control.post("/control/reset", {"keep_users": True})
    state = control.get("/control/state")
    assert state["chats"] == []
    assert [user["id"] for user in state["users"]] == [asha.id]
    assert state["bots"][0]["webhook"] == "http://127.0.0.1:9/hook"
    assert bot.refused("sendMessage", chat_id=chat, text="x") == "Bad Request: chat not found"
    control.post("/control/reset", {})
    assert control.get("/control/state")["users"] == []


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
def test_no_page_elsewhere_can_drive_it(headers: dict[str, str], control: Control) -> None:
    connection = http.client.HTTPConnection(control.host, control.port, timeout=5)
    connection.request("GET", "/control/state", headers=headers)
    assert connection.getresponse().status == 403
    connection.close()


def test_all_four_encodings_are_read(chat: int, bot: Caller, api: ThreadedHandle) -> None:
    async def send() -> list[str]:
        url = f"{api.url}/bot{bot.token}/sendMessage"
        fields = {"chat_id": str(chat), "text": "₹120 & more"}
        parts = aiohttp.FormData(fields, default_to_multipart=True)
        async with aiohttp.ClientSession() as session:
            tries: list[Json] = [{"params": fields}, {"data": fields}, {"json": fields}, {"data": parts}]
            answers = [await (await session.post(url, **one)).json() for one in tries]
        return [answer["result"]["text"] for answer in answers]

    assert asyncio.run(send()) == ["₹120 & more"] * 4


def test_odd_parameters_never_break_the_server(chat: int, bot: Caller) -> None:
    odd: list[Any] = [None, "", "[]", "{}", [], {}, 7, -1, "\x00", True, [[]], "[1]", 10**30, 1.5, "null"]
    names = (
        "chat_id",
        "text",
        "reply_markup",
        "message_id",
        "entities",
        "commands",
        "media",
        "prices",
        "results",
        "offset",
    )
    for method in ("sendMessage", "editMessageText", "sendMediaGroup", "sendInvoice", "setMyCommands", "sendLocation"):
        for name in names:
            for value in odd:
                params: Json = {"chat_id": chat, "text": "x", "message_id": 1, name: value}
                assert bot.call(method, **params).get("error_code", 200) in {200, 400, 403, 404}


def test_the_command_line_prints_its_address() -> None:
    command = [
        sys.executable,
        "-m",
        "simulator",
        "--port",
        "0",
        "--token",
        "42:ABC",
        "--market-url",
        "http://127.0.0.1:1",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            url = line.removeprefix("simulator on ").strip()
            assert Caller(url, "42:ABC").ok("getMe")["id"] == 42
            assert Control(url).get("/config.json") == {"market_url": "http://127.0.0.1:1"}
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
