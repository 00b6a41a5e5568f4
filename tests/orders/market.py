"""A small market for tests of orders: a farm, buyers, operators, a courier, and sales as a farmer publishes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.events import Event
from core.members.models import Farm, Member, MemberRole
from core.money import Money
from core.orders.models import Order
from core.payments import service as payments
from core.payments.models import PaymentMethod
from core.permissions import Actor, Role
from core.settings import service as settings

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
HARVEST = date(2026, 5, 20)


def inr(rupees: int | str) -> Money:
    return Money.of(rupees, "INR")


@dataclass
class Market:
    """Who is there; `now` is the market's time, moved by hand."""

    session: Session
    farmer: Actor
    farm: Farm
    operator: Actor
    other_operator: Actor
    courier: Actor
    now: datetime = NOW
    buyers: list[Actor] = field(default_factory=list)

    def buyer(self, name: str = "Asha") -> Actor:
        made = member(self.session, name, Role.CONSUMER)
        self.buyers.append(made)
        return made

    def sale(self, **fields: Any) -> Campaign:
        """200 kg of mango at ₹120, 20 % deposit, unless told otherwise."""
        usual: dict[str, Any] = {
            "farm_id": self.farm.id, "state": "open", "crop": "mango", "title": "Alphonso", "unit": "kg",
            "pack": Decimal(1), "price_minor": 12000, "currency": "INR", "capacity": Decimal(200),
            "reserved": Decimal(0), "harvest_on": HARVEST, "opens_at": NOW - timedelta(days=1),
            "closes_at": NOW + timedelta(days=14), "deposit_percent": 20, "delivery_fee_minor": 4000,
            "pickup_place": "Village square", "created_at": NOW, "updated_at": NOW,
        }  # fmt: skip
        campaign = Campaign(**{**usual, **fields})
        self.session.add(campaign)
        self.session.flush()
        return campaign

    def later(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now

    def told(self, order: Order) -> list[str]:
        """Kinds of the events about an order, in order."""
        found = select(Event.kind).where(Event.subject_kind == "orders", Event.subject_id == order.id)
        self.session.flush()
        return list(self.session.execute(found.order_by(Event.id)).scalars())


def member(session: Session, name: str, *roles: Role) -> Actor:
    """A member with roles, as an actor."""
    row = Member(name=name, created_at=NOW)
    session.add(row)
    session.flush()
    session.add_all(MemberRole(member_id=row.id, role=role.value, since=NOW) for role in roles)
    session.flush()
    return Actor(row.id, frozenset(roles))


def open_market(session: Session, **numbers: int) -> Market:
    """A market whose shop is set up in rupees, with every way to pay; `numbers` are settings that differ."""
    settings.put(session, "currency", "INR", by=None, now=NOW)
    for name, value in numbers.items():
        settings.put(session, name, str(value), by=None, now=NOW)
    payments.allow("sandbox", "messenger_invoice")
    names = ("messenger_invoice", "transfer", "cash")
    session.add_all(
        PaymentMethod(provider=name, name=name, account="coop@upi", position=i) for i, name in enumerate(names)
    )
    farmer = member(session, "Gopal", Role.FARMER)
    farm = Farm(member_id=farmer.member_id, store_name="Gopal's farm", state="approved", created_at=NOW)
    session.add(farm)
    session.flush()
    operator, other = member(session, "Ravi", Role.OPERATOR), member(session, "Mina", Role.OPERATOR)
    return Market(session, farmer, farm, operator, other, member(session, "Jay", Role.COURIER))
