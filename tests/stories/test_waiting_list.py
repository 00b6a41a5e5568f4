"""[🔔 Waiting list]: joined from "Only 1 kg left", offered in turn for an hour, taken, refused or passed on."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import func, select

from core.catalog.models import Campaign
from core.members.models import Member
from core.messaging.models import Outbox
from core.orders.models import Order
from core.orders.places import Place
from core.orders.waiting import join
from core.permissions import Actor, Role
from core.settings import service as settings
from scheduler.jobs import run_due
from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.farming import begins, bought, button_data, grower, on_sale, screens_since
from tests.stories.market import paused, resumed


def full(shop: Shop, *, free: int = 0) -> tuple[Phone, int, Phone]:
    """Gopal's sale of 10 kg of mango at ₹120, and Binu who has all of it but `free` kg."""
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal, quantity=10)
    return gopal, sale_id, bought(shop, sale_id, "Binu", 10 - free)


def waiting(shop: Shop, sale_id: int, name: str, amount: str = "5 kg") -> Phone:
    """A buyer who waits for so much."""
    phone = shop.buyer(name)
    phone.start(f"s_{sale_id}")
    phone.taps("🔔 Waiting list")
    phone.types(amount)
    phone.sees("on the waiting list")
    return phone


def cancels(shop: Shop, phone: Phone) -> None:
    phone.taps("🧾 Order")
    phone.taps("❌ Cancel order")
    phone.taps("❌ Yes, cancel")
    shop.settles()


def test_too_little_is_left_and_a_wish_waits(shop: Shop) -> None:
    gopal, sale_id, binu = full(shop, free=1)
    asha = shop.buyer()
    begin = begins(shop, asha)
    asha.start(f"s_{sale_id}")
    asha.types("5 kg")
    asha.sees("Only 1 kg left.")
    assert asha.buttons()[:3] == ["Take 1 kg", "🔔 Waiting list", "Similar"]
    asha.taps("🔔 Waiting list")
    asha.sees(
        "🔔 🥭 Mango · 5 kg: number 1 on the waiting list\nI write to you when it is free. Nothing is paid before."
    )
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.sees("🔔 1 person waits for 5 kg")
    cancels(shop, binu)
    asha.sees("🔔 🥭 Mango: 5 kg free for you until Fri 1 May 12:00 pm.")
    asha.sees("5 kg ₹600: deposit ₹120 now, ₹480 at harvest; crop fails → full refund")
    asha.taps("Take")
    asha.sees("✅ Reserved A2: 🥭 Mango, 5 kg")
    asha.taps("💳 Pay deposit ₹120")
    asha.sees("paid ₹120 · owed ₹480")
    same_as_golden("waiting_list", screens_since(asha, begin))


def test_sold_out_says_so_and_offers_the_list(shop: Shop) -> None:
    _gopal, sale_id, _binu = full(shop)
    asha, devi = waiting(shop, sale_id, "Asha"), shop.buyer("Devi")
    devi.start(f"s_{sale_id}")
    devi.sees("✖️ Everything is reserved.")
    devi.taps("🔔 Waiting list")
    devi.sees("how much shall I watch for?")
    devi.types("nonsense")
    devi.sees("xample")
    devi.types("11 kg")
    devi.sees("This is sold in steps of 1 kg, from 1 to 10 kg.")
    devi.types("2 kg")
    devi.sees("2 kg: number 2 on the waiting list")
    asha.taps("🧺 My orders")
    asha.sees("🔔 🥭 Mango · 5 kg: number 1 on the waiting list")
    asha.taps("🔔 🥭 5 kg")
    asha.taps("🔕 Leave the list")
    asha.sees("you do not wait any more")
    devi.taps("🧺 My orders")
    devi.sees("2 kg: number 1 on the waiting list")


def test_no_and_silence_pass_the_share_on(shop: Shop) -> None:
    _gopal, sale_id, binu = full(shop)
    asha, devi, ezra = (waiting(shop, sale_id, name, "5 kg") for name in ("Asha", "Devi", "Ezra"))
    cancels(shop, binu)
    asha.sees("5 kg free for you")
    devi.sees("5 kg free for you")
    ezra.sees_not("free for you")
    asha.taps("No")
    asha.sees("you do not wait any more")
    shop.settles()
    ezra.sees("5 kg free for you")
    at, data = button_data(devi, "Take")
    shop.later(minutes=61)
    devi.sees("⌛ 🥭 Mango: 5 kg went to the next person. You wait no more.")
    devi.taps_stale(at, data)
    devi.sees_toast("This changed")
    ezra.sees("went to the next person")


def test_take_pressed_twice_makes_one_order(shop: Shop) -> None:
    _gopal, sale_id, binu = full(shop)
    asha = waiting(shop, sale_id, "Asha")
    cancels(shop, binu)
    asha.sees("5 kg free for you")
    at, data = button_data(asha, "Take")
    for _tap in range(2):
        asha.taps_stale(at, data, reacts=False)
    shop.settles()
    asha.sees("A2", anywhere=True)
    with shop.database.reading() as session:
        assert session.execute(select(func.count()).select_from(Order)).scalar_one() == 2


def test_a_hold_that_nobody_pays_is_offered_on(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal, quantity=5)
    bought(shop, sale_id, "Binu", 5, paid=False)
    asha = waiting(shop, sale_id, "Asha")
    shop.later(minutes=31)
    asha.sees("5 kg free for you")


def test_a_sale_that_goes_on_again_is_looked_at_by_the_clock(shop: Shop) -> None:
    _gopal, sale_id, binu = full(shop)
    asha = waiting(shop, sale_id, "Asha")
    paused(shop, sale_id)
    cancels(shop, binu)
    asha.sees_not("free for you")
    resumed(shop, sale_id)
    shop.later(minutes=2)
    asha.sees("5 kg free for you")


def test_the_harvest_ends_the_list_and_says_so(shop: Shop) -> None:
    gopal, sale_id, _binu = full(shop)
    asha = waiting(shop, sale_id, "Asha")
    shop.later(days=13)
    gopal.types("mango 10 kg")
    gopal.taps("📣 Tell them")
    shop.later(hours=12)
    asha.sees("🔔 🥭 Mango: the waiting list has ended", anywhere=True)


def test_two_schedulers_offer_once(shop: Shop) -> None:
    _gopal, sale_id, binu = full(shop)
    asha, devi = waiting(shop, sale_id, "Asha", "10 kg"), waiting(shop, sale_id, "Devi", "10 kg")
    cancels(shop, binu)
    asha.sees("10 kg free for you")
    shop.later(minutes=61)
    run_due(shop.database, shop.clock.now())
    shop.ticks()
    devi.sees("10 kg free for you")
    with shop.database.reading() as session:
        states = list(session.scalars(select(Place.state).order_by(Place.id)))
        told = select(func.count()).select_from(Outbox).where(Outbox.dedup.like("n:%waiting_free%"))
        assert (states, session.execute(told).scalar_one()) == (["passed", "offered"], 2)


def test_fifty_people_wait_for_one_freed_share_and_the_first_reads_of_it(shop: Shop) -> None:
    gopal, sale_id, binu = full(shop)
    asha, devi = waiting(shop, sale_id, "Asha"), waiting(shop, sale_id, "Devi")
    with shop.database.writing() as session:
        rows = [Member(name=f"Buyer {number}", created_at=shop.clock.now()) for number in range(47)]
        session.add_all(rows)
        session.flush()
        for row in rows:
            who = Actor(row.id, frozenset({Role.CONSUMER}))
            join(session, who, session.get_one(Campaign, sale_id), Decimal(10), now=shop.clock.now())
    ezra = waiting(shop, sale_id, "Ezra", "10 kg")
    ezra.sees("number 50 on the waiting list")
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    gopal.sees("🔔 50 people wait for 490 kg")
    binu.taps("🧾 Order")
    binu.taps("✏️ Change")
    binu.types("4")
    binu.taps("✅ Change")
    asha.sees("5 kg free for you")
    for phone in (devi, ezra):
        phone.sees_not("free for you")
    ezra.start(f"s_{sale_id}")
    ezra.types("2")
    ezra.sees("Only 1 kg left.")


def test_one_person_cannot_keep_more_than_the_unpaid_bound(shop: Shop) -> None:
    gopal = grower(shop)
    first, second = on_sale(shop, gopal, quantity=5), on_sale(shop, gopal, quantity=5, crop="tomato")
    binu, chen = bought(shop, first, "Binu", 5), bought(shop, second, "Chen", 5)
    with shop.database.writing() as session:
        settings.put(session, "unpaid_holds_most", "1", by=None, now=shop.clock.now())
    asha = waiting(shop, first, "Asha")
    asha.start(f"s_{second}")
    asha.taps("🔔 Waiting list")
    asha.types("5")
    cancels(shop, binu)
    asha.sees("🥭 Mango: 5 kg free for you")
    cancels(shop, chen)
    asha.sees_not("🍅 Tomato: 5 kg free for you")
    asha.taps("Take")
    asha.taps("💳 Pay deposit")
    shop.later(minutes=12)  # offers of ten minutes come together
    asha.sees("🍅 Tomato: 5 kg free for you", anywhere=True)
