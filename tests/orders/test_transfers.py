"""Transfers: a receipt is shown, an operator decides, the first word counts, duplicates are flagged."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.errors import BadInput, Changed, NotAllowed, NotFound
from core.members.decisions import AlreadyDecided
from core.messaging.models import Due, Media
from core.orders.intake import Came
from core.orders.models import Order
from core.orders.queries import order_card
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.orders.transfers import decide_receipt, duplicate_of, submit_receipt
from core.payments.models import Payment
from core.permissions import Actor
from tests.orders.market import NOW, Market, inr


def opened(market: Market, name: str = "Asha") -> tuple[Actor, Order, Payment]:
    who = market.buyer(name)
    order = reserve(market.session, who, market.sale(), Decimal(5), now=NOW)
    return who, order, start_payment(market.session, who, order, "transfer", now=NOW)


def photo(market: Market, digest: str | None = None) -> int:
    row = Media(kind="photo", sha256=digest, created_at=NOW)
    market.session.add(row)
    market.session.flush()
    return row.id


def shown(
    market: Market, who: Actor, payment: Payment, reference: str | None = "UTR 42", media: int | None = None
) -> int | None:
    return submit_receipt(market.session, who, payment, media_id=media, reference=reference, now=NOW).duplicate_of


def test_a_receipt_waits_for_an_operator_and_books_nothing(market: Market) -> None:
    who, order, payment = opened(market)
    assert shown(market, who, payment, media=photo(market)) is None
    assert (payment.state, order.state, order.hold_until) == ("submitted", "held", None)
    card = order_card(market.session, order.id, who)
    assert (card.receipt_waiting, card.paid) == (True, inr(0))
    assert "order.pay" not in card.actions


def test_an_accepted_receipt_pays_the_order(market: Market) -> None:
    who, order, payment = opened(market)
    shown(market, who, payment)
    outcome = decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=NOW)
    assert outcome is not None
    assert outcome.came is Came.DEPOSIT_PAID
    assert (payment.state, order.state) == ("confirmed", "reserved")


def test_the_second_operator_is_told_who_decided_and_when(market: Market) -> None:
    who, _, payment = opened(market)
    shown(market, who, payment)
    decide_receipt(market.session, market.operator, payment, accept=True, reason=None, now=NOW)
    with pytest.raises(AlreadyDecided) as refused:
        decide_receipt(market.session, market.other_operator, payment, accept=False, reason="no money", now=NOW)
    assert refused.value.params == {"by": "Ravi", "at": NOW}


def test_a_rejected_receipt_gives_the_buyer_time_for_another(market: Market) -> None:
    who, order, payment = opened(market)
    shown(market, who, payment)
    later = NOW + timedelta(hours=5)
    with pytest.raises(BadInput):
        decide_receipt(market.session, market.operator, payment, accept=False, reason=None, now=later)
    decide_receipt(market.session, market.operator, payment, accept=False, reason="no money came", now=later)
    assert (payment.state, order.state, order.hold_until) == ("rejected", "held", later + timedelta(minutes=30))
    open_tasks = select(Due.task).where(Due.subject == order.id, Due.done_at.is_(None))
    assert set(market.session.scalars(open_tasks)) == {"order.hold_ends", "order.deposit_reminder"}
    assert shown(market, who, payment, "UTR 43") is None
    assert payment.state == "submitted"


def test_the_same_reference_or_photo_again_is_flagged(market: Market) -> None:
    asha, _, first = opened(market)
    bina, _, second = opened(market, "Bina")
    chen, _, third = opened(market, "Chen")
    picture = photo(market, "a" * 64)
    shown(market, asha, first, "UTR 42", picture)
    assert shown(market, bina, second, "utr 42") == first.id
    assert shown(market, chen, third, None, picture) == first.id


def test_a_picture_sent_again_as_another_file_is_flagged_once_it_is_fetched(market: Market) -> None:
    asha, _, first = opened(market)
    bina, _, second = opened(market, "Bina")
    shown(market, asha, first, None, photo(market, "b" * 64))
    copy = photo(market)
    assert shown(market, bina, second, None, copy) is None
    market.session.get_one(Media, copy).sha256 = "b" * 64
    assert duplicate_of(market.session, second) == first.id


def test_only_the_payer_shows_a_receipt_and_only_staff_decide(market: Market) -> None:
    who, _, payment = opened(market)
    with pytest.raises(NotFound):
        shown(market, market.buyer("Bina"), payment)
    with pytest.raises(Changed):
        shown(market, who, payment, reference=None)
    shown(market, who, payment)
    with pytest.raises(Changed):
        shown(market, who, payment)
    with pytest.raises(NotAllowed):
        decide_receipt(market.session, market.farmer, payment, accept=True, reason=None, now=NOW)
