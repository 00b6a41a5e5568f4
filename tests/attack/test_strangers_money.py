"""Money that comes for no order of ours is its payer's, and staff hears of it."""

from __future__ import annotations

from sqlalchemy import select

from core.messaging import inbox
from core.messaging.models import Inbox
from core.money import Money
from core.orders.wallet import wallet_balance
from core.payments.models import Refund
from tests.kit.shop import Shop, shop
from tests.stories.market import member_id

__all__ = ["shop"]
FIRST = 10**9


def _paid(shop: Shop, payer: int, currency: str, charge: str) -> dict[str, object]:
    return {
        "message_id": 7, "date": 1, "chat": {"id": payer, "type": "private"},
        "from": {"id": payer, "is_bot": False, "first_name": "Asha"},
        "successful_payment": {
            "currency": currency, "total_amount": 12_300, "invoice_payload": "not ours",
            "telegram_payment_charge_id": charge, "provider_payment_charge_id": charge,
        },
    }  # fmt: skip


def test_money_for_no_order_that_is_known_is_the_payers(shop: Shop) -> None:
    shop.owner()
    asha = shop.buyer()
    for number, currency in enumerate(("INR", "USD")):
        shop.app.worker_bell.ring()
        raw = {"update_id": FIRST + number, "message": _paid(shop, asha.id, currency, f"charge-{number}")}
        with shop.database.writing() as session:
            inbox.store(session, shop.config.bot_id, [raw], shop.clock.now())
        shop.app.worker_bell.ring()
        shop.settles()
    asha_id = member_id(shop, asha)
    with shop.database.reading() as session:
        rows = session.execute(select(Inbox.state, Inbox.error).where(Inbox.update_id >= FIRST)).all()
        assert rows == [("done", None), ("done", None)]
        assert wallet_balance(session, asha_id) == Money(12_300, "INR")
        tasks = session.execute(select(Refund.kind, Refund.currency, Refund.state).order_by(Refund.id)).all()
        assert tasks == [("order", "INR", "asked"), ("stray", "USD", "asked")]
