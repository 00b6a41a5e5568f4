"""Money that does not fit: twice, late, after a cancellation; what the buyer and the operator read of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.members.models import Identity
from core.members.service import actor_of
from core.money import Money
from core.orders.intake import MoneyFact, money_came
from core.orders.payouts import ask_payout
from core.payments.models import Payment
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import market
from tests.stories.farming import button_data


def opened(shop: Shop, quantity: int = 200) -> Phone:
    """A buyer who reserved 5 kg for ₹1,200 and opened the invoice of the deposit, ₹240."""
    market.ways_to_pay(shop, "messenger_invoice")
    sale_id = market.sale(shop, quantity=quantity)
    asha = shop.buyer()
    asha.start(f"s_{sale_id}")
    asha.taps("5 kg")
    asha.taps("✅ Reserve")
    asha.taps("💳 Pay deposit ₹240")
    asha.sees("Deposit ₹240")
    return asha


def charged(shop: Shop, charge: str, rupees: int = 240) -> None:
    """The provider says that the first invoice was paid by this charge."""
    with shop.database.writing() as session:
        payload = session.scalars(select(Payment.payload).order_by(Payment.id).limit(1)).one()
        fact = MoneyFact("messenger_invoice", charge, payload, Money.of(rupees, "INR"))
        money_came(session, fact, now=shop.clock.now())
    shop.app.sender_bell.ring()
    shop.settles()


def paid_twice(shop: Shop) -> tuple[Phone, Phone]:
    """Who paid the deposit twice, and the operator who looks at the task of the second ₹240."""
    asha = opened(shop)
    charged(shop, "first")
    charged(shop, "second")
    meera = shop.owner()
    for step in ("✅ To decide", "💸 Payouts: 1"):
        meera.taps(step)
    return asha, meera


def kept(shop: Shop, asha: Phone, *, order: str = "A1") -> None:
    """₹240 is in the wallet; the operator sees the task with its promise, and sends it out."""
    asha.taps("👛 Wallet")
    asha.sees("👛 ₹240 in your wallet")
    meera = shop.owner()
    meera.taps("✅ To decide")
    meera.taps("💸 Payouts: 1")
    meera.sees("₹240 for Asha")
    meera.sees(f"From order {order}")
    meera.sees("It is in the wallet, which holds ₹240 now.")
    meera.sees("Promised by Fri 8 May")
    meera.taps("✅ Sent")
    meera.types("UTR 8")
    meera.sees("paid out ₹240 · owed 0")
    asha.sees("👛 ₹240 sent, ref UTR 8.", anywhere=True)
    assert "📋 Copy" in asha.buttons()
    asha.taps("👛 Wallet")
    asha.sees("👛 ₹0 in your wallet")


def test_paid_twice_the_second_is_the_buyers_and_goes_back(shop: Shop) -> None:
    asha = opened(shop)
    charged(shop, "first")
    charged(shop, "second")
    charged(shop, "second")  # heard again
    asha.sees("👛 ₹240 more came than there was to pay. It is in your wallet.\nPaid ₹240 · owed ₹960", anywhere=True)
    kept(shop, asha)


def test_paid_after_cancelling_it_is_the_buyers_and_goes_back(shop: Shop) -> None:
    asha = opened(shop)
    asha.taps("🧺 My orders")
    asha.taps("🥭 A1")
    asha.taps("❌ Cancel order")
    asha.taps("❌ Yes, cancel")
    charged(shop, "late")
    asha.sees("👛 ₹240 came for an order that needed no payment. It is in your wallet.", anywhere=True)
    kept(shop, asha)


@pytest.mark.parametrize("left", [True, False])
def test_paid_after_the_hold_it_is_reserved_again_while_there_is_some(shop: Shop, left: bool) -> None:
    asha = opened(shop, quantity=200 if left else 5)
    shop.later(minutes=31)
    asha.sees("the reservation ended", anywhere=True)
    if not left:
        bela = shop.buyer("Bela")
        bela.start("s_1")
        bela.taps("5 kg")
        bela.taps("✅ Reserve")
    charged(shop, "late")
    if left:
        asha.sees("✅ A1 · 5 kg: deposit paid.", anywhere=True)
        return
    asha.sees("👛 ₹240 came for an order that needed no payment. It is in your wallet.", anywhere=True)
    kept(shop, asha)


def test_too_little_and_too_much_are_told_with_their_sums(shop: Shop) -> None:
    asha = opened(shop)
    charged(shop, "little", 100)
    asha.sees("💳 A1 · 5 kg: ₹100 came.\nPaid ₹100 · owed ₹1,100", anywhere=True)
    charged(shop, "much", 380)
    asha.sees("👛 ₹240 more came than there was to pay. It is in your wallet.\nPaid ₹240 · owed ₹960", anywhere=True)
    kept(shop, asha)


def test_money_in_the_wallet_may_stay_there_and_nobody_reads_of_a_payout(shop: Shop) -> None:
    asha, meera = paid_twice(shop)
    meera.sees("👛 More came than there was to pay. It is in the wallet, which holds ₹240 now.")
    meera.taps("👛 Leave it there")
    meera.sees("Not sent: It stays in the wallet")
    meera.sees("₹240 stays in the wallet.")
    shop.settles()
    assert "could not be sent" not in asha.window.screens()
    asha.taps("👛 Wallet")
    asha.sees("👛 ₹240 in your wallet")


def test_nobody_is_asked_to_send_what_was_spent_from_the_wallet_meanwhile(shop: Shop) -> None:
    asha, meera = paid_twice(shop)
    at, data = button_data(meera, "✅ Sent")
    spend(shop, asha, 100)
    meera.taps_stale(at, data)
    meera.sees_toast("₹240 was in the wallet, which holds only ₹140 by now: there is nothing to send.")
    for step in ("✅ To decide", "💸 Payouts: 2", "💸 ₹240 · Asha"):
        meera.taps(step)
    meera.sees("which holds ₹140 now")
    assert "[✅ Sent][👛 Leave it there]" not in meera.window.screens()
    meera.taps("👛 Leave it there")
    meera.sees("₹240 stays in the wallet.")


def spend(shop: Shop, buyer: Phone, rupees: int) -> None:
    """So much leaves the wallet."""
    with shop.database.writing() as session:
        whose = actor_of(session, session.scalars(select(Identity.member_id).where(Identity.user_id == buyer.id)).one())
        ask_payout(session, whose, Money.of(rupees, "INR"), "asha@upi", now=shop.clock.now())
