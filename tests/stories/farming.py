"""Arranges what a farmer's story begins with: an approved farm, a sale of its own, buyers who paid their deposit."""

from __future__ import annotations

from decimal import Decimal

from core.catalog.publish import decide_listing
from core.catalog.queries import campaign, to_review
from core.catalog.terms import add_term
from core.members import farms
from core.members.queries import farm_of_member, member
from core.members.service import actor_of, agree, hold_role
from core.orders.delivery_choice import choose_delivery
from core.orders.queries import farm_orders, order_for
from core.orders.reserve import reserve
from core.orders.settle import agree_cash, start_payment
from core.payments import service as payments
from core.permissions import Role
from simulator.window import labels_of, plain
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market


def grower(shop: Shop, name: str = "Gopal") -> Phone:
    """A farmer whom the co-op has approved, at home."""
    phone = shop.farmer(name)
    staff_id, farmer_id = market.operator_id(shop), market.member_id(shop, phone)
    with shop.database.writing() as session:
        farm = farm_of_member(session, farmer_id)
        assert farm is not None
        farms.decide_farm(session, actor_of(session, staff_id), farm, verdict="approve", now=shop.clock.now())
    shop.settles()
    phone.reset_counts()
    return phone


def on_sale(shop: Shop, phone: Phone, *, quantity: int = 200, crop: str = "mango", price: int = 120) -> int:
    """An open sale of this farmer, ready in 14 days; its id."""
    farmer_id = market.member_id(shop, phone)
    return market.sale(shop, farmer_id, quantity=quantity, crop=crop, price=price, title="", fee=40)


def bought(shop: Shop, sale_id: int, name: str, quantity: int, *, paid: bool = True) -> Phone:
    """Somebody who reserved, and paid the deposit unless told otherwise."""
    payments.allow("sandbox")
    phone = shop.person(name)
    phone.start()
    buyer_id = market.member_id(shop, phone)
    with shop.database.writing() as session:
        now = shop.clock.now()
        agree(session, member(session, buyer_id), now=now)
        buyer = actor_of(session, buyer_id)
        order = reserve(session, buyer, campaign(session, sale_id), Decimal(quantity), now=now)
        if paid:
            start_payment(session, buyer, order, "sandbox", now=now)
    shop.settles()
    return phone


def settled(shop: Shop, sale_id: int, *, cash: bool = False, pickup: str = "") -> None:
    """Every buyer of a harvested sale has paid the balance, or agreed to cash; all but `pickup` want it delivered."""
    with shop.database.writing() as session:
        now = shop.clock.now()
        for line in farm_orders(session, campaign(session, sale_id).farm_id, campaign_id=sale_id, limit=100):
            buyer = actor_of(session, line.buyer_id)
            order = order_for(session, buyer, line.id)
            way = "pickup" if line.buyer_name == pickup else "deliver"
            choose_delivery(session, buyer, order, way, address="12 Lake Road", now=now)
            if cash:
                agree_cash(session, buyer, order, now=now)
            else:
                start_payment(session, buyer, order, "sandbox", now=now)
    shop.settles()


def courier(shop: Shop, name: str) -> None:
    """The co-op has a courier."""
    phone = shop.person(name)
    phone.start()
    with shop.database.writing() as session:
        hold_role(session, member(session, market.member_id(shop, phone)), Role.COURIER, now=shop.clock.now())


def term(shop: Shop, kind: str, name: str) -> None:
    """The co-op adds to its list of types or brands."""
    staff_id = market.operator_id(shop)
    with shop.database.writing() as session:
        add_term(session, actor_of(session, staff_id), kind, name)


def approved(shop: Shop) -> int:
    """The co-op approves the listing that waits; its id."""
    staff_id = market.operator_id(shop)
    with shop.database.writing() as session:
        sale_id = to_review(session)[0].campaign_id
        staff, now = actor_of(session, staff_id), shop.clock.now()
        decide_listing(session, staff, campaign(session, sale_id), verdict="approve", now=now)
    shop.settles()
    return sale_id


def begins(shop: Shop, phone: Phone) -> int:
    """From here on taps count and the transcript is looked at: everything sent so far has come."""
    shop.settles()
    phone.reset_counts()
    return len(phone.transcript())


def screens_since(phone: Phone, begin: int) -> list[str]:
    """The transcript from a line on."""
    return phone.transcript()[begin:]


def button_data(phone: Phone, label: str) -> tuple[int, str]:
    """Where the newest screen with this button is, and what the button carries."""
    for message in reversed(phone.window.bot_messages()):
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for each in row:
                if plain(each["text"]).startswith(label):
                    return message["message_id"], each["callback_data"]
    raise AssertionError(f"no [{label}] in\n{phone.screens()}")


def is_offered(phone: Phone, label: str) -> bool:
    """Whether a screen of this chat shows a button called so."""
    return any(label in labels_of(message) for message in phone.window.bot_messages())
