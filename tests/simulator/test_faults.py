"""Faults on demand: floods, server errors, broken lines, lost answers, slowness, a dead network."""

from __future__ import annotations

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from simulator.client import Control, ControlError
from tests.simulator.conftest import TOKEN, Caller, Someone


def short_call(bot: Caller, patience: float, method: str = "sendMessage", **params: Any) -> object:
    """A call that gives up early; the exception when the line broke."""
    connection = http.client.HTTPConnection(bot.control.host, bot.control.port, timeout=patience)
    query = "&".join(f"{name}={value}" for name, value in params.items())
    try:
        connection.request("GET", f"/bot{TOKEN}/{method}?{query}")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return error
    finally:
        connection.close()


def test_a_flood_comes_once_and_says_how_long(chat: int, bot: Caller, control: Control) -> None:
    control.post("/control/faults", {"kind": "flood", "method": "sendMessage", "retry_after": 7})
    assert bot.ok("getMe")
    answer = bot.call("sendMessage", chat_id=chat, text="x")
    assert answer["error_code"] == 429
    assert answer["parameters"] == {"retry_after": 7}
    assert bot.ok("sendMessage", chat_id=chat, text="x")
    entry = control.get("/control/log?since=0")["entries"][-2]
    assert (entry["status"], entry["fault"]) == (429, "flood")


def test_server_errors_as_often_as_asked(chat: int, bot: Caller, control: Control) -> None:
    control.post("/control/faults", {"kind": "server_error", "status": 502, "count": 2})
    statuses = [short_call(bot, 5, chat_id=chat, text="x") for _ in range(3)]
    assert statuses == [502, 502, 200]


def test_a_reset_handles_nothing(chat: int, bot: Caller, control: Control) -> None:
    control.post("/control/faults", {"kind": "reset", "method": "sendMessage"})
    assert isinstance(short_call(bot, 5, chat_id=chat, text="lost"), (OSError, http.client.HTTPException))
    assert [m for m in control.get(f"/control/chats/{chat}:123456")["messages"] if m["by"] == "bot"] == []


def test_a_lost_answer_was_handled(chat: int, bot: Caller, control: Control) -> None:
    control.post("/control/faults", {"kind": "lost_answer", "method": "sendMessage"})
    assert isinstance(short_call(bot, 0.4, chat_id=chat, text="there"), TimeoutError)
    shown = control.get(f"/control/chats/{chat}:123456")["messages"]
    assert shown[-1]["text"] == "there"


def test_a_slow_answer_comes_late(chat: int, bot: Caller, control: Control) -> None:
    control.post("/control/faults", {"kind": "slow", "delay": 0.4})
    began = time.monotonic()
    assert bot.ok("sendMessage", chat_id=chat, text="x")
    assert time.monotonic() - began >= 0.4


def test_a_slow_call_is_handled_though_the_caller_hung_up(chat: int, bot: Caller, control: Control) -> None:
    seq = control.post("/control/faults", {"kind": "slow", "delay": 0.5, "method": "sendMessage"})["id"]
    assert isinstance(short_call(bot, 0.1, chat_id=chat, text="late"), TimeoutError)
    assert control.expect(f"{chat}:123456", seq, 5, ["message"])["events"]
    assert control.get(f"/control/chats/{chat}:123456")["messages"][-1]["text"] == "late"


def test_a_dead_network_cuts_the_poller_too(chat: int, asha: Someone, bot: Caller, control: Control) -> None:
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(short_call, bot, 10, "getUpdates", timeout=8)
        time.sleep(0.3)
        control.post("/control/faults", {"kind": "network_down", "seconds": 20})
        assert isinstance(poll.result(5), (OSError, http.client.HTTPException))
    assert isinstance(short_call(bot, 5, chat_id=chat, text="x"), (OSError, http.client.HTTPException))
    asha.does("text", text="meanwhile")
    control.post("/control/faults", {"kind": "none"})
    assert bot.updates()[-1]["message"]["text"] == "meanwhile"


def test_blocked_for_one_person(chat: int, bot: Caller, control: Control) -> None:
    ravi = Someone(control, "Ravi")
    ravi.does("start")
    control.post("/control/faults", {"kind": "blocked", "user": ravi.id, "seconds": 20})
    assert bot.ok("sendMessage", chat_id=chat, text="x")
    words = "Forbidden: bot was blocked by the user"
    assert bot.refused("sendMessage", chat_id=ravi.id, text="x") == words


def test_unknown_faults_are_refused(control: Control) -> None:
    with pytest.raises(ControlError, match="unknown fault"):
        control.post("/control/faults", {"kind": "earthquake"})


def test_a_second_poller_ends_the_first(chat: int, bot: Caller) -> None:
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(bot.call, "getUpdates", timeout=8)
        time.sleep(0.3)
        second = pool.submit(bot.call, "getUpdates", timeout=1)
        assert first.result(5)["error_code"] == 409
        assert first.result()["description"].startswith("Conflict: terminated by other getUpdates request")
        assert second.result(5) == {"ok": True, "result": []}


def test_a_killed_poller_leaves_no_trace(chat: int, asha: Someone, bot: Caller) -> None:
    assert isinstance(short_call(bot, 0.3, "getUpdates", timeout=20), TimeoutError)
    asha.does("text", text="still here")
    assert bot.updates()[-1]["message"]["text"] == "still here"


def test_offsets_confirm(chat: int, asha: Someone, bot: Caller) -> None:
    for number in range(5):
        asha.does("text", text=str(number))
    seen = bot.ok("getUpdates", limit=2)
    assert [u["message"]["text"] for u in seen] == ["0", "1"]
    assert bot.ok("getUpdates", limit=2) == seen
    rest = bot.ok("getUpdates", offset=seen[-1]["update_id"] + 1)
    assert [u["message"]["text"] for u in rest] == ["2", "3", "4"]
    assert [u["message"]["text"] for u in bot.ok("getUpdates", offset=-1)] == ["4"]
    assert bot.ok("getUpdates")[0]["message"]["text"] == "4"
