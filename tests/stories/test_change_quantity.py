"""[✏️ Change], how much: less comes back at once, more waits for its deposit; the farmer is told."""

from __future__ import annotations

from core.payments import books
from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.farming import begins, button_data, grower, on_sale, screens_since
from tests.stories.market import member_id
from tests.stories.test_orders_of_a_buyer import bought, card


def ordered(shop: Shop, *, of: int = 20) -> tuple[Phone, Phone, int]:
    """Asha's 5 kg of Gopal's sale at ₹120, deposit paid, to be picked up."""
    gopal, asha = grower(shop), shop.buyer()
    sale_id = on_sale(shop, gopal, quantity=of)
    bought(shop, asha, sale_id)
    return gopal, asha, sale_id


def changes(phone: Phone) -> None:
    card(phone)
    phone.taps("✏️ Change")
    phone.taps("⚖️ Quantity")


def wallet(shop: Shop, phone: Phone) -> int:
    with shop.database.reading() as session:
        return books.wallet_holds(session, member_id(shop, phone), "INR").minor


def test_less_is_shown_confirmed_and_paid_back(shop: Shop) -> None:
    gopal, asha, _sale = ordered(shop)
    begin = begins(shop, asha)
    changes(asha)
    asha.sees("✏️ A1 is 5 kg. How much instead?")
    asha.taps("2 kg")
    asha.sees("✏️ A1: 2 kg, not 5 kg. In all ₹240.\n₹72 goes back to your wallet at once.\npaid ₹120 · owed ₹480")
    at, data = button_data(asha, "✅ Change")
    asha.taps("✅ Change")
    asha.sees("✅ A1 is now 2 kg.\n👛 ₹72 is back in your wallet.\npaid ₹48 · owed ₹192")
    asha.taps_stale(at, data)
    asha.sees_toast("This changed")
    assert wallet(shop, asha) == 7200
    same_as_golden("change_quantity", screens_since(asha, begin))
    shop.settles()
    gopal.sees("✏️ #A1 Asha: 2 kg, not 5 kg.", anywhere=True)


def test_more_is_kept_until_its_deposit_is_paid(shop: Shop) -> None:
    gopal, asha, sale_id = ordered(shop, of=10)
    changes(asha)
    asha.types("much")
    asha.sees("xample")
    asha.types("11 kg")
    asha.sees("Of this sale you can have at most 10 kg in all.")
    asha.types("10 kg")
    asha.sees("✏️ A1: 10 kg, not 5 kg. In all ₹1,200.\nDeposit ₹120 more to pay now")
    asha.taps("✅ Change")
    asha.sees("⏰ Pay ₹120 by Fri 1 May 11:30 am for 5 kg more")
    binu = shop.buyer("Binu")
    binu.start(f"s_{sale_id}")
    binu.sees("✖️ Everything is reserved.")
    asha.taps("💳 Pay deposit ₹120")
    asha.sees("✅ Paid ₹120 for A1.")
    assert "⚖️ 10 kg × ₹120 = ₹1,200" in card(asha)
    asha.sees("paid ₹240 · owed ₹960")
    gopal.sees("✏️ #A1 Asha: 10 kg, not 5 kg.", anywhere=True)


def test_more_that_is_not_paid_goes_to_whoever_waits(shop: Shop) -> None:
    _gopal, asha, sale_id = ordered(shop, of=10)
    changes(asha)
    asha.types("10")
    asha.taps("✅ Change")
    binu = shop.buyer("Binu")
    binu.start(f"s_{sale_id}")
    binu.taps("🔔 Waiting list")
    binu.types("5")
    shop.later(minutes=31)
    asha.sees(
        "⌛ A1: 5 kg more was not paid for and is not kept. 5 kg stays yours.\nPaid ₹120 · owed ₹480", anywhere=True
    )
    binu.sees("5 kg free for you", anywhere=True)
    assert "⚖️ 5 kg × ₹120 = ₹600" in card(asha)


def test_after_the_cutoff_less_is_refused_with_the_day(shop: Shop) -> None:
    _gopal, asha, _sale = ordered(shop)
    shop.later(days=12)
    changes(asha)
    asha.taps("2 kg")
    asha.sees_toast("Taking less was free until Tue 12 May. The farmer now counts on you.")


def test_once_harvested_the_quantity_stands(shop: Shop) -> None:
    gopal, asha, _sale = ordered(shop)
    changes(asha)
    asha.taps("2 kg")
    at, data = button_data(asha, "✅ Change")
    shop.later(days=13)
    gopal.types("mango 20 kg")
    gopal.taps("📣 Tell them")
    shop.settles()
    asha.taps_stale(at, data)
    asha.sees_toast("This changed")
    assert "⚖️ 5 kg × ₹120 = ₹600" in card(asha)
