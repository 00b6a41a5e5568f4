"""A courier of ours who taps buttons in chat: always available."""

from __future__ import annotations

from collections.abc import Mapping

from core.delivery.carrier import Carrier, Load, Sighting
from core.i18n import _


class Manual(Carrier):
    """Nothing is asked of anybody else: the courier's own reports are all there is to know."""

    name = "manual"
    has_courier = True

    def label(self) -> str:
        return _("🚚 A courier of ours")

    def book(self, load: Load) -> str:
        return str(load.parcel_id)

    def track(self, reference: str) -> tuple[Sighting, ...]:
        return ()

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[Sighting, ...]:
        return ()

    def cancel(self, reference: str) -> bool:
        return True


CARRIER = Manual()
