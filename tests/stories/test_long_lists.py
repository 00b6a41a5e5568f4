"""Lists longer than a screen: [More] goes on, and nobody and nothing at the end is out of reach."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from core.catalog.models import Campaign
from core.catalog.queries import campaign
from core.members.models import Identity, Member, MemberRole
from core.members.queries import member
from core.members.service import actor_of, hold_role
from core.orders import fulfil
from core.orders.fulfil import HandOver
from core.orders.models import Order
from core.orders.parties import parties_of
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.permissions import Role
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import farming, market


def people(shop: Shop, count: int, *, role: Role | None = None, lost: bool = False) -> None:
    """Members who came some time ago; couriers, say, or people who blocked the bot since."""
    now = shop.clock.now()
    with shop.database.writing() as session:
        made = [Member(name=f"Person {number:02d}", created_at=now) for number in range(count)]
        session.add_all(made)
        session.flush()
        if role is not None:
            session.add_all(MemberRole(member_id=one.id, role=role.value, since=now) for one in made)
        if lost:
            session.add_all(
                Identity(
                    bot_id=shop.config.bot_id, user_id=one.id, chat_id=one.id, member_id=one.id, unreachable_at=now
                )
                for one in made
            )


def test_the_call_list_is_turned_page_by_page(shop: Shop) -> None:
    meera = shop.owner()
    people(shop, 11, lost=True)
    meera.taps("✅ To decide")
    meera.taps("📞 Call list: 11")
    meera.sees("📞 11 people to call")
    meera.sees("Person 07")
    assert "Person 08" not in meera.screen()
    meera.taps("More")
    meera.sees("Person 10")
    assert "More" not in meera.buttons()
    meera.taps("⬅️ Back")
    meera.sees("Person 00")


def test_a_farm_finds_its_oldest_sale_again(shop: Shop) -> None:
    gopal = farming.grower(shop)
    farmer_id = market.member_id(shop, gopal)
    market.operator_id(shop)
    for number in range(10):
        market.sale(shop, farmer_id, title=f"Variety {number}")
    gopal.taps("📦 Orders")
    gopal.sees("📦 10 sales")
    gopal.sees("Variety 2")
    gopal.taps("More")
    gopal.sees("📦 10 sales")
    gopal.sees("Variety 0")
    assert "More" not in gopal.buttons()


def test_every_region_can_be_chosen(shop: Shop) -> None:
    farmer_id = market.farm(shop)
    first = market.sale(shop, farmer_id)
    with shop.database.writing() as session:
        row = session.get_one(Campaign, first)
        for number in range(25):
            values = {column.name: getattr(row, column.name) for column in Campaign.__table__.columns}
            values |= {"id": None, "region": f"Region {number:02d}", "reserved": Decimal(0)}
            session.add(Campaign(**values))
    asha = shop.buyer()
    asha.taps("🛍 Market")
    asha.taps("📍 Region")
    asha.taps("More")
    asha.taps("Region 24 (1)")
    asha.sees("Region 24")


def packed(shop: Shop, count: int) -> tuple[Phone, int]:
    """A farmer at his sale, of which so many orders are packed."""
    gopal = farming.grower(shop)
    sale_id = farming.on_sale(shop, gopal)
    buyer = farming.bought(shop, sale_id, "Asha", 1)
    with shop.database.writing() as session:
        asha = actor_of(session, market.member_id(shop, buyer))
        for _number in range(count - 1):
            order = reserve(session, asha, campaign(session, sale_id), Decimal(1), now=shop.clock.now())
            start_payment(session, asha, order, "sandbox", now=shop.clock.now())
    market.harvested(shop, sale_id)
    farming.settled(shop, sale_id)
    market.packed(shop, sale_id)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    return gopal, sale_id


def test_every_courier_can_be_chosen(shop: Shop) -> None:
    gopal, _sale_id = packed(shop, 1)
    people(shop, 12, role=Role.COURIER)
    gopal.taps("📋 Pick list")
    gopal.taps("🚚 Hand to courier")
    gopal.taps("More")
    gopal.taps("🚚 Person 11")
    gopal.sees("🚚 1 parcel is given to the courier.")


def test_every_row_is_picked_and_every_order_on_the_way_is_handed_over(shop: Shop) -> None:
    gopal, sale_id = packed(shop, 21)
    gopal.taps("📋 Pick list")
    gopal.sees("21 orders, 21 kg")
    assert farming.is_offered(gopal, "📦 #A20 🚚 1 kg Asha")
    assert not farming.is_offered(gopal, "📦 #A21 🚚 1 kg Asha")
    gopal.taps("More")
    assert farming.is_offered(gopal, "📦 #A21 🚚 1 kg Asha")
    market.carried(shop, sale_id)
    gopal.taps("🏠 On the way")
    gopal.taps("More")
    gopal.taps("🏠 #A1 1 kg Asha")
    gopal.sees_toast("🏠 #A1: delivered.")


def test_a_courier_with_many_parcels_sees_them_all(shop: Shop) -> None:
    jay = shop.buyer("Jay")
    packed(shop, 21)
    with shop.database.writing() as session:
        jay_id = market.member_id(shop, jay)
        hold_role(session, member(session, jay_id), Role.COURIER, now=shop.clock.now())
        for order in session.scalars(select(Order).where(Order.state == "packed").order_by(Order.id)).all():
            seller = actor_of(session, parties_of(session, order).seller_id)
            fulfil.hand_over(session, seller, order, how=HandOver(courier_id=jay_id), now=shop.clock.now())
    jay.start()
    jay.taps("🔁 Switch")
    jay.taps("🚚 My parcels")
    jay.sees("🚚 21 parcels")
    jay.taps("More")
    jay.taps("📦 A21 · Asha")
    jay.sees("A21")
