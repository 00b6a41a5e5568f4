"""Somebody hands an order over while an invoice of his is open: what he pays then is told and never lost."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from core.members.service import actor_of
from core.orders import handing
from core.orders.changing import change_quantity
from core.orders.models import Order
from core.orders.settle import start_payment
from core.orders.transfers import submit_receipt
from core.orders.wallet import wallet_balance
from core.payments.models import Payment
from core.verify import broken
from tests.kit.phone import Phone
from tests.kit.shop import Shop, shop
from tests.stories.farming import bought, grower, on_sale
from tests.stories.market import member_id, receipt_decided, ways_to_pay

__all__ = ["shop"]


def handed_over(shop: Shop, way: str) -> tuple[Phone, int, Payment]:
    """Asha began to pay for more, then handed her order over to Binu; she, her id, and what she began to pay."""
    sale_id = on_sale(shop, grower(shop))
    asha, binu = bought(shop, sale_id, "Asha", 5), shop.buyer("Binu")
    ways_to_pay(shop, way)
    with shop.database.writing() as session:
        giver, taker = (actor_of(session, member_id(shop, who)) for who in (asha, binu))
        now, order = shop.clock.now(), session.scalars(select(Order)).one()
        change_quantity(session, giver, order, Decimal(10), now=now)
        payment = start_payment(session, giver, order, way, now=now)
        if way == "transfer":
            submit_receipt(session, giver, payment, media_id=None, reference="UTR 7", now=now)
        handing.take_over(session, taker, handing.give(session, giver, order, now=now), now=now)
        session.flush()
        session.expunge(payment)
    return asha, giver.member_id, payment


def test_what_the_giver_pays_after_the_handing_over_is_in_the_wallet_and_told(shop: Shop) -> None:
    asha, asha_id, bill = handed_over(shop, "messenger_invoice")
    paid = {"currency": "INR", "total_amount": bill.amount_minor, "invoice_payload": bill.payload,
            "telegram_payment_charge_id": "t1", "provider_payment_charge_id": "p1"}  # fmt: skip
    shop.receives({"message": asha.message(successful_payment=paid)})
    asha.sees("it is in your wallet", anywhere=True)
    with shop.database.reading() as session:
        assert wallet_balance(session, asha_id) == bill.amount
        assert broken(session) == []


def test_the_giver_reads_nothing_of_what_the_taker_pays_and_owes(shop: Shop) -> None:
    asha, _asha_id, _payment = handed_over(shop, "transfer")
    receipt_decided(shop, accept=False, reason="No money came")
    told = asha.sees("The co-op did not find your transfer of ₹120: No money came", anywhere=True)
    assert "owed" not in told
