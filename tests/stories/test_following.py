"""Following a farm: one tap on a sale's card, and the next sale is told, after the groups, until it is unfollowed."""

from __future__ import annotations

from sqlalchemy import select

from core.messaging.models import Outbox
from tests.kit.golden import same_as_golden
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.market import farm, sale
from tests.stories.test_review import delivered

AGAIN = "🌾 Gopal's farm sells 🍅 Tomato again: 50 kg, ₹30/kg."


def follower(shop: Shop, sale_id: int, name: str = "Asha") -> Phone:
    """A buyer who follows the farm of this sale."""
    phone = shop.buyer(name)
    phone.start(f"s_{sale_id}")
    phone.taps("🔔 Follow farm")
    phone.sees_toast("🔔 You hear when Gopal's farm sells again.")
    return phone


def sells_tomatoes(shop: Shop, farmer_id: int) -> int:
    return sale(shop, farmer_id, crop="tomato", title="", quantity=50, price=30)


def test_a_follower_hears_of_the_next_sale_and_reserves_from_it(shop: Shop) -> None:
    gopal = farm(shop)
    asha = shop.buyer()
    asha.start(f"s_{sale(shop, gopal)}")
    begin = len(asha.transcript())
    asha.reset_counts()
    asha.taps("🔔 Follow farm")
    asha.sees_toast("🔔 You hear when Gopal's farm sells again.")
    assert asha.tap_count == 1
    assert "🔕 Unfollow" in asha.buttons()
    sells_tomatoes(shop, gopal)
    asha.sees(AGAIN, anywhere=True)
    assert [label for label in asha.buttons() if "🔕" in label]
    asha.taps("🛒 Reserve")
    asha.sees("🍅 Tomato · ₹30/kg")
    same_as_golden("follow", asha.transcript()[begin:])


def test_groups_read_of_a_sale_before_its_followers(shop: Shop) -> None:
    gopal = farm(shop)
    asha = follower(shop, sale(shop, gopal))
    group = shop.group(asha, "Neighbours")
    group.adds_bot()
    group.taps_as(asha, "English ✓")
    group.taps_as(asha, "Crops: all ✓")
    sells_tomatoes(shop, gopal)
    group.sees("🍅 Tomato")
    asha.sees(AGAIN, anywhere=True)
    with shop.database.reading() as session:
        queued = select(Outbox.chat_id).where(Outbox.kind == "notice", Outbox.chat_id.in_([group.id, asha.id]))
        assert list(session.scalars(queued.order_by(Outbox.id)))[:2] == [group.id, asha.id]


def test_whoever_unfollows_or_stops_offers_hears_no_more(shop: Shop) -> None:
    gopal = farm(shop)
    sale_id = sale(shop, gopal)
    asha, binu = follower(shop, sale_id), follower(shop, sale_id, "Binu")
    asha.taps("🔕 Unfollow")
    asha.sees_toast("🔕 You hear no more of Gopal's farm.")
    assert "🔔 Follow farm" in asha.buttons()
    sells_tomatoes(shop, gopal)
    binu.sees(AGAIN, anywhere=True)
    asha.sees_not(AGAIN)
    binu.taps("🔕")
    binu.sees("🔕 No more offers.")
    sale(shop, gopal, crop="potato", title="", quantity=50, price=30)
    binu.sees_not("🥔 Potato")
    binu.start(f"s_{sale_id}")
    binu.taps("🔕 Unfollow")
    binu.taps("🔔 Follow farm")
    binu.sees("🔕 Your offers are off. To hear of Gopal's farm, press here:")
    binu.taps("🔔 Offers")
    sale(shop, gopal, crop="onion", title="", quantity=50, price=30)
    shop.later(minutes=11)  # offers of ten minutes would come as one
    binu.sees("🧅 Onion again", anywhere=True)


def test_settings_list_what_is_followed_and_a_press_ends_it(shop: Shop) -> None:
    asha = follower(shop, sale(shop, farm(shop)))
    asha.start(f"s_{sale(shop, farm(shop, seller='Sita', store='Hill & <b>'))}")
    asha.taps("🔔 Follow farm")
    asha.types("/settings")
    asha.sees("🔔 You follow 2 farms.")
    asha.taps("🔔 Farms I follow")
    asha.sees("🔔 You follow 2 farms. Press one to hear no more of it:")
    assert asha.buttons()[:2] == ["🔕 Hill & <b>", "🔕 Gopal's farm"]
    asha.taps("🔕 Hill & <b>")
    asha.sees("🔔 You follow 1 farm.")
    asha.taps("🔕 Gopal's farm")
    asha.sees("🔔 0 farms. Press 🔔 Follow farm on a sale's card")


def test_the_offer_to_follow_comes_after_receiving_and_after_a_review(shop: Shop) -> None:
    asha = shop.buyer()
    delivered(shop, sale(shop), asha)
    asha.taps("✅ Received")
    assert "🔔 Follow farm" in asha.buttons()
    asha.taps("👍 Good")
    for _question in range(5):
        asha.taps("Skip")
    asha.taps("🔔 Follow farm")
    asha.sees("🔔 You hear when Gopal's farm sells again.")
    asha.taps("🔕 Unfollow")
    asha.sees("🔕 You hear no more of Gopal's farm.")


def test_nobody_follows_their_own_farm_or_one_that_is_not_there(shop: Shop) -> None:
    gopal = shop.farmer()
    gopal.types("200 kg mangoes Alphonso, 120/kg, ready 15 May")
    for pressed in ("bfollow:1:0", "bfollow:999:0", "bfollow:1:0:7", "bunfollow:999:0"):
        gopal.taps_stale(gopal.newest()["message_id"], pressed)
        gopal.sees_toast("")
