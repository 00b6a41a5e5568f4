"""Money that finds no order: staff is told at once, books it to the order it was for, or sends it back."""

from __future__ import annotations

from core.money import Money
from core.orders.intake import MoneyFact, money_came
from core.settings import service as settings
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.farming import bought, grower, is_offered, on_sale
from tests.stories.market import member_id


def came(shop: Shop, amount: Money, payer_id: int | None = None) -> None:
    """A provider says that this was paid, under words that are not ours."""
    with shop.database.writing() as session:
        fact = MoneyFact("messenger_invoice", f"charge-{amount.currency}", "not ours", amount, payer_id)
        money_came(session, fact, now=shop.clock.now())
    shop.app.sender_bell.ring()
    shop.settles()


def test_money_from_nobody_is_pushed_listed_and_booked_to_its_order(shop: Shop) -> None:
    meera = shop.owner()
    asha = bought(shop, on_sale(shop, grower(shop)), "Asha", 2, paid=False)
    came(shop, Money.of(48, "INR"))
    meera.sees("💱 1: ₹48 came for no order, from nobody that we know.", anywhere=True)
    meera.taps("✅ To decide")
    meera.sees("1 thing waits")
    meera.taps("💱 Unclear money: 1")
    meera.taps("🧾 Book to an order")
    meera.sees("Which order is it for?")
    meera.types("A77")
    meera.sees("I have no order A77.")
    meera.types("a1")
    assert "The buyer is told. paid ₹48 · owed ₹192" in meera.sees("🧾 booked · Meera")
    asha.sees("deposit paid", anywhere=True)
    meera.taps("✅ To decide")
    meera.sees("0 things wait")


def much_came(shop: Shop) -> tuple[Phone, Phone]:
    """More came from nobody, for an order there is, than one person may book; the two who decide."""
    meera, ravi = shop.owner(), shop.operator("Ravi")
    with shop.database.writing() as session:
        settings.put(session, "two_people_above", "1000", by=None, now=shop.clock.now())
    bought(shop, on_sale(shop, grower(shop)), "Asha", 2, paid=False)
    came(shop, Money.of(48, "INR"))
    return meera, ravi


def test_much_money_from_nobody_is_booked_when_two_people_name_the_same_order(shop: Shop) -> None:
    meera, ravi = much_came(shop)
    for phone, told in ((meera, "☑ Noted. One more person must confirm: Ravi."), (ravi, "🧾 booked · Ravi")):
        for label in ("✅ To decide", "💱 Unclear money: 1", "🧾 Book to an order"):
            phone.taps(label)
        phone.types("A1")
        phone.sees(told)


def test_whoever_would_rather_send_it_back_begins_anew_and_two_agree_on_that(shop: Shop) -> None:
    meera, ravi = much_came(shop)
    opens = ("✅ To decide", "💱 Unclear money: 1")
    for label in (*opens, "🧾 Book to an order"):
        meera.taps(label)
    meera.types("A1")
    meera.sees("One more person must confirm: Ravi.")
    for phone, told in ((meera, "One more person must confirm: Ravi."), (ravi, "₹48 went back where it came from")):
        for label in (*opens, "↩️ Returned"):
            phone.taps(label)
        phone.types("UTR 99")
        phone.sees(told)


def test_another_currency_can_only_be_returned_and_its_payer_hears_so(shop: Shop) -> None:
    meera, asha = shop.owner(), shop.buyer()
    came(shop, Money.of(5, "USD"), member_id(shop, asha))
    asha.sees("$5 came in a currency that this shop does not take. The co-op sends it back to you.", anywhere=True)
    asha.sees("back $5 by Fri 8 May", anywhere=True)  # five working days on
    meera.taps("✅ To decide")
    meera.taps("💱 Unclear money: 1")
    meera.sees("$5 came from Asha in another currency than the shop's.")
    assert not is_offered(meera, "🧾 Book to an order")
    assert not is_offered(meera, "❌ Not possible")
    meera.taps("↩️ Returned")
    meera.types("UTR 99")
    meera.sees("paid out $5 · owed 0")
    asha.sees("$5 sent, ref UTR 99.", anywhere=True)
