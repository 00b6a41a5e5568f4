"""Faults on demand: what goes wrong, for which calls, how often and for how long."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from simulator.refusals import Json, PersonError, Refusal, flood, forbidden

KINDS = frozenset({"flood", "server_error", "reset", "lost_answer", "slow", "network_down", "blocked"})
_WORDS = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass
class Fault:
    """One switched-on fault."""

    id: int
    kind: str
    method: str = "*"
    left: int | None = 1
    until: float | None = None
    retry_after: int = 3
    status: int = 502
    delay: float = 2.0
    user: int | None = None
    bot: int | None = None

    def alive(self, now: float) -> bool:
        """Neither used up nor over."""
        return (self.left is None or self.left > 0) and (self.until is None or now < self.until)

    def hits(self, bot_id: int, method: str, chat_id: int) -> bool:
        """Whether it is meant for this call."""
        return (
            self.method in {"*", method}
            and self.bot in {None, bot_id}
            and (self.user is None or self.user == chat_id)
            # A long poll is no message: only faults that name it, or cut the line, touch it.
            and (method != "getupdates" or self.method == method or self.kind == "network_down")
        )

    def refusal(self) -> Refusal | None:
        """The answer it gives, when it gives one."""
        if self.kind == "flood":
            return flood(self.retry_after, "fault on demand: flood")
        if self.kind == "server_error":
            words = _WORDS.get(self.status, "Internal Server Error")
            return Refusal(self.status, words, "fault on demand: server_error")
        if self.kind == "blocked":
            return forbidden("bot was blocked by the user", "fault on demand: blocked")
        return None

    def shape(self) -> Json:
        """As the control protocol shows it."""
        seconds = None if self.until is None else round(max(0.0, self.until - time.monotonic()), 1)
        return {
            "id": self.id,
            "kind": self.kind,
            "method": self.method,
            "count": self.left,
            "seconds": seconds,
            "user": self.user,
            "bot": self.bot,
        }


@dataclass
class Faults:
    """The faults switched on now."""

    active: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, wanted: Json) -> Fault:
        """Switch one on; without count and seconds it holds for one call."""
        kind = str(wanted.get("kind"))
        if kind not in KINDS:
            raise PersonError(f"unknown fault {kind!r}; known: {', '.join(sorted(KINDS))}")
        seconds = wanted.get("seconds", 30 if kind == "network_down" else None)
        self.count += 1
        fault = Fault(
            self.count,
            kind,
            method=str(wanted.get("method", "*")).lower(),
            left=int(wanted["count"]) if wanted.get("count") else (None if seconds else 1),
            until=time.monotonic() + float(seconds) if seconds else None,
            retry_after=int(wanted.get("retry_after", 3)),
            status=int(wanted.get("status", 502)),
            delay=float(wanted.get("delay", 2.0)),
            user=wanted.get("user"),
            bot=wanted.get("bot"),
        )
        self.active.append(fault)
        return fault

    def strike(self, bot_id: int, method: str, chat_id: int) -> Fault | None:
        """The fault this call meets, counted down."""
        if not self.active:
            return None
        now = time.monotonic()
        self.active = [fault for fault in self.active if fault.alive(now)]
        for fault in self.active:
            if fault.hits(bot_id, method, chat_id):
                if fault.left is not None:
                    fault.left -= 1
                return fault
        return None

    def network_is_down(self, bot_id: int) -> bool:
        """Whether webhook deliveries break too."""
        now = time.monotonic()
        return any(f.kind == "network_down" and f.alive(now) and f.bot in {None, bot_id} for f in self.active)

    def shape(self) -> list[Json]:
        """Those still on."""
        now = time.monotonic()
        return [fault.shape() for fault in self.active if fault.alive(now)]
