"""Delivery by webhook: secret, order within a chat, redelivery until accepted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from simulator.client import Control
from tests.simulator.conftest import Caller, Json, Someone


@dataclass
class Receiver:
    """A bot's endpoint that answers as told."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    body: bytes = b""
    got: list[Json] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.got if "message" in update]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            update = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = kept.statuses.pop(0) if kept.statuses else 200
            kept.secrets.append(self.headers.get("X-Telegram-Bot-Api-Secret-Token"))
            if status == 200:
                kept.got.append(update)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(kept.body)))
            self.end_headers()
            self.wfile.write(kept.body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()
    thread.join(5)


def until(true: Callable[[], bool]) -> None:
    over = time.monotonic() + 8
    while not true():
        assert time.monotonic() < over, "it did not happen"
        time.sleep(0.02)


def test_updates_arrive_in_order_with_the_secret(asha: Someone, bot: Caller, receiver: Receiver) -> None:
    asha.does("start")
    bot.ok("setWebhook", url=receiver.url, secret_token="s-1", allowed_updates=["message"])
    words = (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    assert bot.refused("getUpdates") == words
    for number in range(20):
        asha.does("text", text=str(number))
    until(lambda: len(receiver.got) == 21)
    assert receiver.texts() == ["/start", *[str(number) for number in range(20)]]
    assert set(receiver.secrets) == {"s-1"}
    assert bot.ok("getWebhookInfo")["pending_update_count"] == 0


def test_what_is_not_accepted_comes_again(asha: Someone, bot: Caller, receiver: Receiver, control: Control) -> None:
    control.post("/control/limits", {"webhook_retry_seconds": 0.1})
    receiver.statuses = [500, 503]
    bot.ok("setWebhook", url=receiver.url)
    asha.does("text", text="one")
    asha.does("text", text="two")
    until(lambda: len(receiver.got) == 2)
    assert receiver.texts() == ["one", "two"]
    assert len(receiver.secrets) == 4
    info = bot.ok("getWebhookInfo")
    assert info["last_error_message"].startswith("Wrong response from the webhook: 503")


def test_a_refused_chat_does_not_hold_up_others(
    asha: Someone, bot: Caller, receiver: Receiver, control: Control
) -> None:
    control.post("/control/limits", {"webhook_retry_seconds": 30})
    ravi = Someone(control, "Ravi")
    receiver.statuses = [500]
    bot.ok("setWebhook", url=receiver.url)
    asha.does("text", text="stuck")
    until(lambda: len(receiver.secrets) == 1)
    ravi.does("text", text="flows")
    until(lambda: receiver.texts() == ["flows"])
    assert bot.ok("getWebhookInfo")["pending_update_count"] == 1
    bot.ok("deleteWebhook")
    assert [update["message"]["text"] for update in bot.updates()] == ["stuck"]


def test_an_answer_may_be_a_call(asha: Someone, bot: Caller, receiver: Receiver, control: Control) -> None:
    receiver.body = json.dumps({"method": "sendMessage", "chat_id": asha.id, "text": "from the answer"}).encode()
    bot.ok("setWebhook", url=receiver.url)
    done = asha.does("start")
    control.expect(done["chat"], done["seq"], 5, ["message"])
    assert control.get(f"/control/chats/{done['chat']}")["messages"][-1]["text"] == "from the answer"


def test_bad_webhooks_are_refused(bot: Caller) -> None:
    plain = "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
    assert bot.refused("setWebhook", url="http://example.com/hook") == plain
    assert bot.refused("setWebhook", url="nonsense").startswith("Bad Request: bad webhook")
    secret = "Bad Request: secret token contains unallowed characters"
    assert bot.refused("setWebhook", url="http://127.0.0.1:1/", secret_token="ключ") == secret
