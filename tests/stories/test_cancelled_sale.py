"""The farmer cancels a whole sale: a reason, the numbers, and everybody is paid back; not once something is packed."""

from __future__ import annotations

import pytest

from tests.kit.shop import Shop
from tests.stories import market
from tests.stories.ends import earned, rupees, wallet
from tests.stories.farming import bought, button_data, grower, on_sale, settled


@pytest.mark.covers("ORF12")
def test_a_farmer_who_cannot_deliver_cancels_the_sale_and_everybody_is_paid_back(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha, binu = bought(shop, sale_id, "Asha", 10), bought(shop, sale_id, "Binu", 20)
    for label in ("📦 Orders", "🥭 Mango", "🚫 Cancel sale"):
        gopal.taps(label)
    gopal.sees("30 kg reserved: why do you cancel it?")
    gopal.taps("🤒 I cannot deliver")
    gopal.sees("2 orders end, ₹720 goes back in full.")
    gopal.sees("owed 0 · back ₹720 at once")
    devi = bought(shop, sale_id, "Devi", 10)
    at, data = button_data(gopal, "📣 Tell them")
    gopal.taps("📣 Tell them")
    gopal.sees_toast("Orders came or went meanwhile")
    gopal.sees("3 orders end, ₹960 goes back in full.")
    gopal.taps("📣 Tell them")
    gopal.sees("🚫 🥭 Mango is cancelled: 3 buyers were told.")
    gopal.taps_stale(at, data)
    gopal.sees_toast("This changed")
    shop.settles()
    for phone, back in ((asha, 240), (binu, 480), (devi, 240)):
        phone.sees("the farmer cancelled this sale. We are sorry.", anywhere=True)
        phone.sees(f"Paid ₹{back} · back in your wallet ₹{back}", anywhere=True)
        assert wallet(shop, phone) == rupees(back)
    assert earned(shop, sale_id) == rupees(0)


def test_a_sale_of_which_something_is_packed_cannot_be_cancelled_whole(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    bought(shop, sale_id, "Asha", 10)
    shop.later(days=13)
    market.harvested(shop, sale_id)
    settled(shop, sale_id)
    market.packed(shop, sale_id)
    for label in ("📦 Orders", "🥭 Mango", "🚫 Cancel sale", "Other", "📣 Tell them"):
        gopal.taps(label)
    gopal.sees_toast("Packed or on their way: 1")
