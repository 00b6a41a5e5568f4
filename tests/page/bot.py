"""A bot that follows a script, and a market that only has a clock, an order and a ledger."""

from __future__ import annotations

import http.client
import http.server
import json
import threading
from typing import Any

from simulator.client import Control, Json

TOKEN = "123456:TEST"
RESERVE = "https://t.me/farmgate_bot?start=c_7"


def rows(*labels: str) -> Json:
    """Inline buttons, one a row; the words are the data."""
    return {"inline_keyboard": [[{"text": label, "callback_data": label}] for label in labels]}


class ScriptedBot:
    """Answers presses with an edit and a toast, payments with yes, and words with an echo."""

    def __init__(self, url: str) -> None:
        self.control = Control(url)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def call(self, method: str, **params: Any) -> Any:
        """A Bot API method that must succeed."""
        answer = self.control.anyway(f"/bot{TOKEN}/{method}", params)
        assert answer["ok"], answer
        return answer["result"]

    def stop(self) -> None:
        """End; the simulator may already be gone."""
        self.over.set()
        self.thread.join(timeout=5)

    def _work(self) -> None:
        offset = 0
        while not self.over.is_set():
            try:
                updates = self.call("getUpdates", offset=offset, timeout=20)
            except (OSError, http.client.HTTPException):
                return
            for update in updates:
                offset = update["update_id"] + 1
                self._answer(update)

    def _answer(self, update: Json) -> None:
        if query := update.get("callback_query"):
            place = {"chat_id": query["message"]["chat"]["id"], "message_id": query["message"]["message_id"]}
            self.call("editMessageText", **place, text=f"Chosen: {query['data']}", reply_markup=rows("↩️ Undo"))
            alert = query["data"].startswith("⚠️")
            words = "Tell us what is wrong." if alert else "Saved"
            self.call("answerCallbackQuery", callback_query_id=query["id"], text=words, show_alert=alert)
        elif query := update.get("pre_checkout_query"):
            self.call("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
        elif "text" in (message := update.get("message", {})):
            self.call("sendMessage", chat_id=message["chat"]["id"], text=f"You wrote: {message['text']}")


class SmallMarket:
    """What the page asks of a market, with CORS."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {
            "clock": {
                "now": "2026-05-15T03:10:00+00:00",
                "timezone": "Asia/Kolkata",
                "quiet": [{"role": "buyer", "from": "21:00", "to": "08:00"}],
            },
            "people": [],
            "languages": [{"code": "en", "name": "English"}, {"code": "pt-br", "name": "Português"}],
            "orders": [{"id": 1, "number": "A12", "state": "due", "status": "open", "buyer": "Ravi", "campaign": ""}],
            "states": {
                "states": ["held", "due", "paid", "gone"],
                "transitions": [
                    {"from": "held", "to": "due", "event": "allocate"},
                    {"from": "due", "to": "paid", "event": "pay_balance"},
                    {"from": "held", "to": "gone", "event": "expire"},
                ],
            },
            "ledger": {
                "accounts": [
                    {"id": 1, "name": "Clearing", "balance_text": "₹240.00", "minor": 24000},
                    {"id": 2, "name": "Escrow", "balance_text": "−₹240.00", "minor": -24000},
                ],
                "transfers": [],
                "sum_minor": 0,
            },
            "outbox": [{"id": 9, "due": "2026-05-15T05:00:00+00:00", "state": "pending", "held": True, "attempts": 0,
                        "chat": 1, "kind": "harvest_ready", "error": None}],
            "roles": [],
            "budgets": [{"journey": "6", "name": "Reserve", "taps": 3}],
        }  # fmt: skip
        self.moves: list[Json] = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        self.server.shutdown()
        self.server.server_close()

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        market = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_OPTIONS(self) -> None:
                self._reply({})

            def do_GET(self) -> None:
                self._reply(market.answers[self.path.removeprefix("/market/")])

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                market.moves.append(body)
                if self.path == "/market/clock":
                    market.answers["clock"]["now"] = "2026-05-15T04:10:00+00:00"
                self._reply(market.answers["clock"])

            def _reply(self, body: object) -> None:
                data = json.dumps(body).encode()
                self.send_response(200)
                for name, value in {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
