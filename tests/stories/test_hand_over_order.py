"""[🤝 Hand over]: one link, one taker; both confirm with the sums before them, the farmer reads the new name."""

from __future__ import annotations

import re

from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.farming import begins, grower, on_sale, screens_since
from tests.stories.test_orders_of_a_buyer import bought, card


def given(shop: Shop) -> tuple[Phone, Phone, str]:
    """Gopal, Asha with 5 kg of his and an address, and the link's payload."""
    gopal, asha = grower(shop), shop.buyer()
    bought(shop, asha, on_sale(shop, gopal, quantity=20), to="🚚 Deliver")
    card(asha)
    asha.taps("🤝 Hand over")
    asha.sees("Whoever opens the link first and agrees has the order and the ₹120 paid in it. It does not come back")
    asha.sees("paid ₹120 · owed ₹520")
    asha.taps("🤝 Make the link")
    shown = asha.sees("🤝 Send this link to one person. It works once, for 48 h. Until then A1 is yours.")
    found = re.search(r"start=(h_[\w-]+)", shown)
    assert found is not None
    return gopal, asha, found[1]


def test_a_newcomer_takes_an_order_over_and_everybody_is_told(shop: Shop) -> None:
    gopal, asha, payload = given(shop)
    binu = shop.person("Binu")
    binu.start(payload)
    shown = binu.sees("🤝 Asha hands 🥭 Mango over to you: 5 kg from Gopal's farm.")
    assert "What Asha paid counts for you, and refunds go to you." in shown
    assert "accept the rules" in shown
    assert "Lake Road" not in shown
    assert "paid ₹120 · owed ₹520" in shown
    begin = begins(shop, binu)
    binu.taps("✅ Take it over")
    binu.sees("✅ A1 is yours: 🥭 Mango, 5 kg")
    binu.sees("Where shall it go?\npaid ₹120 · owed ₹480")
    binu.taps("📍 Pick up")
    assert "Lake Road" not in card(binu)
    same_as_golden("hand_over", screens_since(binu, begin))
    shop.settles()
    asha.sees("🤝 Binu took A1 · 5 kg over. It is no longer yours: ₹120 stays paid in it", anywhere=True)
    asha.sees("paid by you ₹120 · owed by you 0 · back 0", anywhere=True)
    gopal.sees("🤝 A1 · 5 kg of 🥭 Mango is now Binu's, not Asha's. Nothing else changes.", anywhere=True)
    asha.taps("🧺 My orders")
    asha.sees("🧺 0 orders.")
    binu.taps("❌ Cancel order")
    binu.taps("❌ Yes, cancel")
    binu.sees("👛 ₹120 is back in your wallet.")


def test_a_spent_link_an_own_one_and_a_made_up_one_do_nothing(shop: Shop) -> None:
    _gopal, asha, payload = given(shop)
    asha.start(payload)
    asha.sees("This order is yours. Send the link to whoever shall have it.")
    binu, chen = shop.buyer("Binu"), shop.buyer("Chen")
    chen.start(payload)
    chen.sees("Asha hands")
    binu.start(payload)
    binu.taps("✅ Take it over")
    binu.sees("✅ A1 is yours")
    chen.taps("✅ Take it over")
    chen.sees_toast("This link has ended. Ask for a new one.")
    chen.start("h_madeup")
    chen.sees("This link has ended. Ask for a new one.")
    chen.taps("🧺 My orders")
    chen.sees("🧺 0 orders.")


def test_whoever_keeps_it_ends_the_link(shop: Shop) -> None:
    _gopal, asha, payload = given(shop)
    asha.taps("↩️ Keep it")
    asha.sees("↩️ A1 stays yours; the link has ended.")
    binu = shop.buyer("Binu")
    binu.start(payload)
    binu.sees("This link has ended. Ask for a new one.")
    assert "🧾 A1" in card(asha)


def test_somebody_who_says_no_leaves_it_where_it_is(shop: Shop) -> None:
    _gopal, asha, payload = given(shop)
    binu = shop.buyer("Binu")
    binu.start(payload)
    binu.taps("No")
    binu.sees("It stays whose it was.")
    assert "paid ₹120" in card(asha)
