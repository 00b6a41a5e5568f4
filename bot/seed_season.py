"""Plays the sample market's trade: last season's orders to their reviews, and this season's first reservations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import seed_data as sample
from core.catalog.models import Campaign
from core.members.models import Farm, Member
from core.members.service import actor_of
from core.orders import fulfil, harvest, packing, settle
from core.orders.allocation import Sharing
from core.orders.delivery_choice import choose_delivery
from core.orders.models import Order
from core.orders.reserve import reserve
from core.permissions import Actor
from core.reputation import service as reputation
from core.reputation.service import ReviewedOrder

PAST_ORDERS, FIRST_ORDERS = 6, 4


@dataclass
class Season:
    """The hands of one farm's season; `buyers` comes round again."""

    session: Session
    farmer: Actor
    operator: Actor
    courier: Actor
    buyers: Iterator[Member]


def play_past(season: Season, campaign: Campaign, opened: datetime, ready: datetime, farms: Mapping[str, Farm]) -> None:
    """A whole season that is over: reserved, harvested in full, paid, packed, delivered, received, reviewed."""
    session = season.session
    orders = [order_paid(season, campaign, opened + timedelta(hours=place)) for place in range(PAST_ORDERS)]
    harvest.enter_harvest(session, season.farmer, campaign, campaign.capacity, sharing=Sharing.FULL, now=ready)
    for order in orders:
        buyer = actor_of(session, order.buyer_id)
        _pay(session, buyer, order, ready + timedelta(hours=2))
        packing.set_picked(session, season.farmer, order, True, now=ready + timedelta(hours=5))
    packing.pack_all(session, season.farmer, campaign, now=ready + timedelta(hours=8))
    farm = next(farm for farm in farms.values() if farm.id == campaign.farm_id)
    for position, order in enumerate(orders):
        _carry(season, order, ready + timedelta(hours=10))
        _review(season, order, farm, position, ready + timedelta(days=1, hours=10 + position))


def reserve_some(season: Season, campaign: Campaign, opened: datetime) -> None:
    """The first reservations of an open sale."""
    for place in range(FIRST_ORDERS):
        order_paid(season, campaign, opened + timedelta(hours=place))


def order_paid(season: Season, campaign: Campaign, at: datetime) -> Order:
    """One buyer reserves about a twentieth, pays the deposit and says where it shall go."""
    buyer = actor_of(season.session, next(season.buyers).id)
    packs = max(int(campaign.capacity / 20 / campaign.pack), 1)
    quantity = packs * campaign.pack
    order = reserve(season.session, buyer, campaign, quantity, now=at)
    _pay(season.session, buyer, order, at + timedelta(minutes=4))
    address = sample.BOXES[order.id % len(sample.BOXES)]
    choose_delivery(season.session, buyer, order, "deliver", address=address, now=at + timedelta(minutes=5))
    return order


def _pay(session: Session, buyer: Actor, order: Order, at: datetime) -> None:
    settle.start_payment(session, buyer, order, "sandbox", now=at)


def _carry(season: Season, order: Order, at: datetime) -> None:
    session = season.session
    how = fulfil.HandOver(courier_id=season.courier.member_id)
    fulfil.hand_over(session, season.farmer, order, how=how, now=at)
    note = fulfil.CourierNote(temperature="<=4")
    for hours, status in enumerate(fulfil.CourierStatus):
        fulfil.report(session, season.courier, order, status, now=at + timedelta(hours=hours), note=note)
    fulfil.receive(session, actor_of(session, order.buyer_id), order, now=at + timedelta(hours=20))


def _review(season: Season, order: Order, farm: Farm, position: int, at: datetime) -> None:
    session, buyer = season.session, actor_of(season.session, order.buyer_id)
    score, words = sample.WORDS[(order.id + position) % len(sample.WORDS)]
    facts = ReviewedOrder(order.id, order.buyer_id, farm.id, farm.member_id, delivered=True)
    said = reputation.review(session, buyer, facts, score=score, now=at)
    reputation.add_indicators(session, buyer, said, quality=score, service=1, speed=max(score, 0), now=at)
    reputation.add_text(session, buyer, said, words, now=at)
