"""The terms an order is made under: read from settings and campaign once, frozen, and read back from the order."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.errors import ShopNotOpen
from core.orders.models import Order
from core.settings.service import TABLE, get_all


@dataclass(frozen=True)
class Terms:
    """Timers and promises of one order."""

    hold_minutes: int
    cutoff_days: int
    balance_hours: int
    grace_hours: int
    receipt_hours: int
    review_hours: int
    refund_days: int
    deposit_percent: int
    platform_fee_percent: int
    harvest_on: str  # ISO date as promised when the order was made; empty: not known
    timezone: str  # whose calendar days count
    # orders made before these were known keep what they were made under: nothing of it happens by itself
    more_time_hours: int = 0
    forfeit_hours: int = 0
    consent_hours: int = 24
    weight_tolerance: int = 10
    perish_hours: int = 12

    @property
    def promised(self) -> date | None:
        return date.fromisoformat(self.harvest_on) if self.harvest_on else None

    @property
    def cutoff(self) -> date | None:
        """The last day on which the buyer may cancel free of charge."""
        return self.promised - timedelta(days=self.cutoff_days) if self.promised else None

    @property
    def grace(self) -> timedelta:
        return timedelta(hours=self.grace_hours)

    def today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.timezone)).date()


@dataclass(frozen=True)
class Rules:
    """What the settings say at this moment."""

    currency: str
    unpaid_holds_most: int
    numbers: dict[str, int]
    timezone: str


_NUMBERS = tuple(f.name for f in fields(Terms) if f.name in TABLE and isinstance(TABLE[f.name].default, int))


def rules(session: Session) -> Rules:
    """All settings a reservation needs. Refuses ShopNotOpen while no currency is chosen."""
    known = get_all(session)
    if not known["currency"]:
        raise ShopNotOpen
    numbers = {name: int(known[name]) for name in _NUMBERS}
    return Rules(str(known["currency"]), int(known["unpaid_holds_most"]), numbers, str(known["timezone"]))


def freeze(rules_now: Rules, campaign: Campaign) -> Terms:
    """The terms of an order made now; what the campaign's own policy says goes before the settings."""
    own = {name: int(value) for name, value in (campaign.policy or {}).items() if name in _NUMBERS}
    return Terms(
        **{**rules_now.numbers, **own},
        deposit_percent=campaign.deposit_percent,
        harvest_on=campaign.harvest_on.isoformat() if campaign.harvest_on else "",
        timezone=rules_now.timezone,
    )


def frozen(terms: Terms) -> dict[str, object]:
    """The terms as the order's row keeps them."""
    return asdict(terms)


def terms_of(order: Order) -> Terms:
    """The terms the order was made under."""
    return Terms(**order.policy)
