"""A simulator in a thread, a bot without a library, and people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from simulator.client import Control
from simulator.threaded import ThreadedHandle, run_in_thread

TOKEN = "123456:TEST"
Json = dict[str, Any]


class Caller:
    """Calls Bot API methods with JSON and keeps nothing."""

    def __init__(self, url: str, token: str = TOKEN) -> None:
        self.url, self.token = url, token
        self.control = Control(url)
        self.offset = 0

    def call(self, method: str, **params: Any) -> Json:
        """The raw answer, ok or not."""
        connection = self.control
        return connection.anyway(f"/bot{self.token}/{method}", params)

    def ok(self, method: str, **params: Any) -> Any:
        """The result; the call must succeed."""
        answer = self.call(method, **params)
        assert answer["ok"], answer
        return answer["result"]

    def refused(self, method: str, **params: Any) -> str:
        """The description of a refusal."""
        answer = self.call(method, **params)
        assert not answer["ok"], answer
        assert answer["error_code"] >= 400
        return str(answer["description"])

    def updates(self) -> list[Json]:
        """What is new, confirmed."""
        found = self.ok("getUpdates", offset=self.offset)
        if found:
            self.offset = found[-1]["update_id"] + 1
            self.ok("getUpdates", offset=self.offset)
        return list(found)


class Someone:
    """A person acting through the control protocol, without waiting for a bot."""

    def __init__(self, control: Control, first_name: str = "Asha", **fields: Any) -> None:
        self.control = control
        self.id: int = control.post("/control/users", {"first_name": first_name, **fields})["id"]

    def does(self, verb: str, **fields: Any) -> Json:
        """One act."""
        return self.control.post("/control/act", {"as": self.id, "do": verb, **fields})


@pytest.fixture
def api() -> Iterator[ThreadedHandle]:
    handle = run_in_thread()
    yield handle
    handle.stop()


@pytest.fixture
def bot(api: ThreadedHandle) -> Caller:
    return Caller(api.url)


@pytest.fixture
def control(api: ThreadedHandle) -> Control:
    return Control(api.url)


@pytest.fixture
def asha(control: Control) -> Someone:
    return Someone(control, language_code="hi")


@pytest.fixture
def chat(asha: Someone, bot: Caller) -> int:
    """Asha's private chat, started, its update read."""
    asha.does("start")
    bot.updates()
    return asha.id
