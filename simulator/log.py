"""The raw API log: what bots called, what they got, and the rule behind each refusal."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

from simulator.params import Params
from simulator.refusals import Json, Refusal

KEPT = 2000
LONGEST_VALUE = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """One call of the Bot API; the token is never kept."""

    n: int
    at: float
    method: str
    bot_id: int
    params: Json | None
    status: int
    error: str | None
    rule: str | None
    ms: float
    fault: str | None

    def shape(self) -> Json:
        """As the control protocol shows it."""
        return {
            "n": self.n,
            "at": self.at,
            "method": self.method,
            "bot_id": self.bot_id,
            "params": self.params,
            "status": self.status,
            "ok": self.error is None,
            "error": self.error,
            "rule": self.rule,
            "ms": round(self.ms, 2),
            **({"fault": self.fault} if self.fault else {}),
        }


class Log:
    """A ring of the newest calls."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.last = 0

    def add(
        self,
        method: str,
        bot_id: int,
        params: Params | None,
        began: float,
        refusal: Refusal | None,
        fault: str | None,
    ) -> Entry:
        """Note one finished call; `began` is a `perf_counter` reading."""
        self.last += 1
        entry = Entry(
            self.last,
            time.time(),
            method,
            bot_id,
            None if self.quiet or params is None else _readable(params),
            refusal.code if refusal else 200,
            refusal.description if refusal else None,
            refusal.rule if refusal else None,
            (time.perf_counter() - began) * 1000,
            fault,
        )
        self.entries.append(entry)
        return entry

    def since(self, n: int) -> list[Json]:
        """Entries numbered above n, oldest first."""
        return [entry.shape() for entry in self.entries if entry.n > n]


def _readable(params: Params) -> Json:
    shown = {name: _shortened(value) for name, value in params.values.items() if name != "provider_token"}
    for name, upload in params.files.items():
        shown[name] = f"<file {upload.name}, {len(upload.data)} bytes>"
    return shown


def _shortened(value: object) -> object:
    return value[:LONGEST_VALUE] if isinstance(value, str) else value
