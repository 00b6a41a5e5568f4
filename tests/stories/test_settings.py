"""Settings: the owner's timers, ways to pay, rules and names; everybody's language, quiet and store name."""

from __future__ import annotations

from core.payments import service as payments
from tests.kit.shop import Shop
from tests.stories import market


def test_a_number_is_changed_within_its_bounds(shop: Shop) -> None:
    meera = shop.owner()
    meera.taps("⚙️ Settings")
    meera.taps("⏱ Timers, bounds")
    meera.taps("Hold unpaid: 30 min")
    meera.sees("Between 5 min and 1,440 min")
    meera.types("soon")
    meera.sees("I could not read Hold unpaid: I need a whole number. Example: 30 min")
    meera.types("3")
    meera.sees("Hold unpaid must be between 5 min and 1,440 min. Example: 30 min")
    meera.types("٤٥")
    assert "Hold unpaid: 45 min" in meera.buttons()
    meera.taps("Least deposit: 10 %")
    meera.types("60")
    meera.sees("Least deposit must be between 0 % and 50 %")
    meera.types("15")
    assert "Least deposit: 15 %" in meera.buttons()
    for _ in range(3):
        meera.taps("More")
    meera.taps("Check each listing: yes")
    assert "Check each listing: no" in meera.buttons()


def test_a_shop_that_does_not_check_listings_opens_them_at_once(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.farmer()
    shop.settles()
    meera.sees("🌱 Farm 1", anywhere=True)
    meera.taps("✅ Approve")
    for label in ("⚙️ Settings", "⏱ Timers", "More", "More", "More", "Check each listing"):
        meera.taps(label)
    for label in ("➕ Sell", "🥭 Mango", "200 kg", "in 2 weeks", "₹120", "✅ Publish"):
        gopal.taps(label)
    gopal.sees("is on sale")


def test_a_way_to_pay_is_switched_on_with_its_account(shop: Shop) -> None:
    meera = shop.owner()
    meera.taps("⚙️ Settings")
    meera.taps("💳 Ways to pay")
    meera.taps("⬜ 🏦 Transfer")
    meera.taps("▶ Switch on")
    meera.sees("Write the account to pay to, for example: coop@upi")
    meera.types("coop@upi")
    meera.sees("🏦 Transfer: on")
    meera.taps("✏️ Instructions")
    meera.types("Pay by UPI & keep the <receipt>.")
    meera.sees("Instructions: Pay by UPI & keep the <receipt>.")
    asha = shop.person("Asha")
    asha.start(f"s_{market.sale(shop)}")
    for label in ("2 kg", "✅ Reserve", "💳 Pay deposit", "🏦 Transfer"):
        asha.taps(label)
    asha.sees("coop@upi")
    asha.sees("Pay by UPI & keep the <receipt>.")
    meera.taps("⏸ Switch off")
    meera.sees("🏦 Transfer: off")


def test_a_card_in_chat_is_off_until_the_shop_has_a_payment_token(shop: Shop) -> None:
    payments.allow()  # as the composition root does without a token
    meera = shop.owner()
    for label in ("⚙️ Settings", "💳 Ways to pay", "⬜ 💳 Card in chat"):
        meera.taps(label)
    meera.sees("💳 Card in chat: off")
    meera.sees("⚠️ Needs a payment token")
    assert meera.buttons()[0] == "⬅️ Back"


def test_name_zone_and_rules_of_the_shop(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.farmer()
    meera.taps("⚙️ Settings")
    meera.taps("🏷 Shop name")
    meera.types("Hill Co-op")
    meera.sees("🏛 Hill Co-op")
    meera.taps("🕰 Time zone")
    meera.types("nowhere")
    meera.sees("I could not read Time zone: I do not know it. Example: Asia/Kolkata")
    meera.types("new york")
    meera.sees("America/New_York")
    meera.taps("🌐 First language")
    meera.taps("English")
    meera.sees("English for people who have not chosen")
    meera.taps("📜 Rules")
    meera.types("rules.txt")
    meera.sees("it is no web address")
    meera.types("https://hill.example/rules")
    meera.sees("Rules, version 2")
    for label in ("➕ Sell", "🥭 Mango", "200 kg", "in 2 weeks", "₹120", "✅ Publish"):
        gopal.taps(label)
    gopal.sees("Rules, version 2")
    gopal.taps("✅ I accept")
    gopal.sees("You accepted them")
    gopal.taps("✅ Publish")
    gopal.sees("sent to the co-op")


def test_everybody_chooses_language_and_quiet_and_a_farmer_the_stores_name(shop: Shop) -> None:
    gopal = shop.farmer()
    gopal.types("/settings")
    gopal.sees("Reminders: on · Offers: on")
    gopal.taps("🔕 Reminders")
    gopal.sees("Reminders: off · Offers: on")
    gopal.taps("🔕 Offers")
    gopal.sees("Reminders: off · Offers: off")
    gopal.taps("🔔 Reminders")
    gopal.sees("Reminders: on · Offers: off")
    gopal.taps("🏪 Store name")
    gopal.types("Hill <b>Farm</b> & Sons")
    gopal.sees("🏪 Hill <b>Farm</b> & Sons")
    gopal.reset_counts()
    gopal.types("/language")
    gopal.taps("English")
    gopal.sees("Now I speak English.")
    assert gopal.tap_count == 1


def test_language_says_in_its_own_words_which_translation_nobody_has_checked(shop: Shop) -> None:
    gopal = shop.farmer()
    gopal.types("/language")
    gopal.sees("हिन्दी: यह अनुवाद अभी हिन्दी जानने वाले किसी व्यक्ति ने नहीं जाँचा।")
    gopal.sees("中文：这份译文还没有请懂中文的人检查过。")
    assert "English:" not in gopal.newest()["text"]
    gopal.taps("हिन्दी")
    gopal.sees("अब बात हिन्दी में होगी।")
    gopal.types("/language")
    gopal.sees("हिन्दी जानने वाले")
    assert gopal.buttons()[0] == "हिन्दी ✓"


def test_only_the_owner_changes_the_shop(shop: Shop) -> None:
    ravi = shop.operator("Ravi")
    ravi.taps("⚙️ Settings")
    ravi.sees("Reminders: on")
    assert "🏛 Shop" not in ravi.buttons()
    for data in ("oshop:0:0", "ocurs:0:0:USD", "onumsw:0:0:review_before_opening", "opaysw:0:0:transfer"):
        ravi.taps_stale(ravi.newest()["message_id"], data)
        ravi.sees_toast("This is not yours to do.")
