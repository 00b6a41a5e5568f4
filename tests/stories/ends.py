"""Arranges what the stories of unhappy ends begin with, and looks at who has how much in the end."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.catalog.models import Campaign
from core.catalog.queries import campaign
from core.members.service import actor_of
from core.money import Money
from core.orders.earnings import farm_money
from core.orders.queries import my_orders, order_for
from core.orders.settle import start_payment
from core.orders.transfers import decide_receipt, submit_receipt
from core.orders.wallet import wallet_balance
from core.settings import service as settings
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market


def changed(shop: Shop, sale_id: int, **fields: Any) -> None:
    """A sale that differs in what its farmer filled in behind ⋯ More."""
    with shop.database.writing() as session:
        sale: Campaign = campaign(session, sale_id)
        for name, value in fields.items():
            setattr(sale, name, value)


def ruled(shop: Shop, **numbers: int) -> None:
    """The owner's settings differ."""
    with shop.database.writing() as session:
        for name, value in numbers.items():
            settings.put(session, name, str(value), by=None, now=shop.clock.now())


def wallet(shop: Shop, phone: Phone) -> Money:
    """What is in somebody's wallet."""
    member_id = market.member_id(shop, phone)
    with shop.database.reading() as session:
        return wallet_balance(session, member_id)


def earned(shop: Shop, sale_id: int) -> Money:
    """What the farm of a sale has, the payout delay left aside."""
    with shop.database.reading() as session:
        found = farm_money(session, campaign(session, sale_id).farm_id, now=shop.clock.now())
        return found.free + found.resting


def part_paid(shop: Shop, phone: Phone, amount: int) -> None:
    """Somebody transferred this much of the balance of the newest order; staff saw it on the account."""
    member_id, staff_id = market.member_id(shop, phone), market.operator_id(shop)
    with shop.database.writing() as session:
        now, buyer = shop.clock.now(), actor_of(session, member_id)
        order = order_for(session, buyer, my_orders(session, member_id)[0].id)
        payment = start_payment(session, buyer, order, "transfer", now=now)
        submit_receipt(session, buyer, payment, media_id=None, reference="UTR 1", now=now)
        staff, came = actor_of(session, staff_id), rupees(amount)
        decide_receipt(session, staff, payment, accept=True, reason=None, amount=came, now=now)
    shop.settles()


def rupees(amount: int | str) -> Money:
    return Money.of(Decimal(amount), "INR")
