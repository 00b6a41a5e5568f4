"""What a carrier is: a plug-in that books, tracks, understands its own webhook and cancels; core keeps the parcel."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from core.delivery import carriers
from core.delivery.statuses import Status
from core.errors import NotFound


@dataclass(frozen=True)
class Load:
    """What is to be carried."""

    parcel_id: int
    boxes: int


@dataclass(frozen=True)
class Sighting:
    """What a carrier says of a parcel: its own number for it, a neutral status, when, and where."""

    reference: str
    status: Status
    at: datetime
    place: str = ""


class Carrier:
    """Base of the plug-ins in core/delivery/carriers/: one file with one `CARRIER` each. None moves a parcel."""

    name: str
    has_courier = False  # a person of ours carries it and taps each status

    def label(self) -> str:
        """What stands on the button, translated."""
        raise NotImplementedError

    def book(self, load: Load) -> str:
        """The carrier's number for this parcel. Raises Refusal when it takes no such load."""
        raise NotImplementedError

    def track(self, reference: str) -> tuple[Sighting, ...]:
        """All that is known of a parcel."""
        raise NotImplementedError

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[Sighting, ...]:
        """What a genuine webhook says; nothing for one whose signature does not hold."""
        raise NotImplementedError

    def cancel(self, reference: str) -> bool:
        """Whether the carrier will not come."""
        raise NotImplementedError


@cache
def every() -> Mapping[str, Carrier]:
    """The carriers found in the folder, by name."""
    found = {}
    for module in pkgutil.iter_modules(carriers.__path__):
        plugin = importlib.import_module(f"{carriers.__name__}.{module.name}").CARRIER
        found[plugin.name] = plugin
    return found


def named(name: str) -> Carrier:
    """The carrier with this name. Raises NotFound."""
    carrier = every().get(name)
    if carrier is None:
        raise NotFound
    return carrier
