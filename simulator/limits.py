"""Flood limits and timers: how fast a bot may speak before it is told to wait."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, field, fields, replace

from simulator.refusals import Json, PersonError, flood


@dataclass(frozen=True)
class Settings:
    """Numbers a test may change; flood limits are off until `strict_limits`."""

    strict_limits: bool = False
    per_chat_per_second: float = 1.0
    per_chat_burst: float = 3.0
    per_group_per_minute: float = 20.0
    per_bot_per_second: float = 30.0
    pre_checkout_seconds: float = 10.0
    callback_seconds: float = 15.0
    webhook_retry_seconds: float = 1.0
    clock_offset: float = 0.0


@dataclass
class Bucket:
    """A token bucket."""

    left: float
    at: float


@dataclass
class Limits:
    """The settings in force and the buckets they fill."""

    settings: Settings = field(default_factory=Settings)
    buckets: dict[str, Bucket] = field(default_factory=dict)

    def change(self, wanted: Json) -> Settings:
        """Replace some settings; unknown names are refused."""
        known = {item.name for item in fields(Settings)}
        if unknown := set(wanted) - known:
            raise PersonError(f"unknown limits: {', '.join(sorted(unknown))}")
        self.settings = replace(self.settings, **wanted)
        self.buckets.clear()
        return self.settings

    def shape(self) -> Json:
        """As the control protocol shows them."""
        return asdict(self.settings)

    def spend(self, bot_id: int, chat_id: int) -> None:
        """One more message to a chat; refused with 429 when it comes too fast."""
        rules = self.settings
        if not rules.strict_limits:
            return
        wanted = [
            (
                f"bot {bot_id}",
                rules.per_bot_per_second,
                rules.per_bot_per_second,
                "about 30 messages a second per bot",
            )
        ]
        if chat_id < 0:
            rate = rules.per_group_per_minute
            wanted.append((f"{bot_id} {chat_id}", rate / 60, rate, "20 messages a minute to one group"))
        else:
            rate = rules.per_chat_per_second
            wanted.append((f"{bot_id} {chat_id}", rate, rules.per_chat_burst, "about one message a second to one chat"))
        self._take(wanted)

    def _take(self, wanted: list[tuple[str, float, float, str]]) -> None:
        now = time.monotonic()
        buckets = []
        for name, rate, size, rule in wanted:
            bucket = self.buckets.setdefault(name, Bucket(size, now))
            bucket.left = min(size, bucket.left + (now - bucket.at) * rate)
            bucket.at = now
            if bucket.left < 1:
                raise flood(max(1, math.ceil((1 - bucket.left) / rate)), rule)
            buckets.append(bucket)
        for bucket in buckets:
            bucket.left -= 1
