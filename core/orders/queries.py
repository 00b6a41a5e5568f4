"""Reads of orders: lists and cards with everything a screen shows, each in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.money import Money
from core.orders.states import OrderState, Status


@dataclass(frozen=True)
class OrderLine:
    """One order in a list."""

    id: int
    number: str
    rev: int
    state: OrderState
    status: Status
    campaign_id: int
    crop: str
    title: str
    unit: str
    quantity: Decimal  # the allocated share once it is fixed
    total: Money
    buyer_id: int
    buyer_name: str
    store_name: str
    created_at: datetime


@dataclass(frozen=True)
class OrderCard:
    """Everything one order's screen shows to one viewer."""

    id: int
    number: str
    rev: int
    state: OrderState
    status: Status
    reason: str | None
    created_at: datetime
    campaign_id: int
    crop: str
    title: str
    specification: tuple[tuple[str, str], ...]
    unit: str
    store_name: str
    seller_id: int
    seller_name: str
    buyer_id: int
    buyer_name: str
    asked: Decimal
    quantity: Decimal  # the allocated share once it is fixed
    price: Money
    goods: Money
    delivery_fee: Money
    total: Money
    deposit: Money
    paid: Money
    owed: Money  # to pay now
    rest: Money  # of the total, not yet paid
    back_by: date | None  # money that went back is with the person by this day at the latest
    hold_until: datetime | None
    balance_due_at: datetime | None
    harvest_on: date | None
    free_cancel_until: date | None
    delivery: str | None
    delivery_offered: Money | None  # the fee; empty: no delivery
    pickup_place: str
    address: str | None
    note: str
    cash_agreed: bool
    picked: bool
    lot: str | None
    parcel_id: int | None
    parcel_status: str | None
    receipt_waiting: bool
    actions: frozenset[str]  # of the permission registry: what this viewer may do to it now


@dataclass(frozen=True)
class Progress:
    """How far a campaign is."""

    reserved: Decimal
    capacity: Decimal
    percent: int
    buyers: int
    minimum: Decimal | None
    closes_at: datetime | None


@dataclass(frozen=True)
class Today:
    """New reservations of one farm on one day, by campaign."""

    count: int
    lines: tuple[tuple[int, str, Decimal, str], ...]  # campaign, crop, quantity, unit
