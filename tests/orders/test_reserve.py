"""Reserving: terms are frozen, the quota holds, and each refusal says what is possible."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from core.errors import Refusal, ShopNotOpen
from core.messaging.models import Due
from core.orders.errors import (
    NoteTooLong,
    NotInPacks,
    QuotaExceeded,
    SaleClosed,
    SaleNotOpenYet,
    SoldOut,
    TooManyUnpaid,
)
from core.orders.policy import terms_of
from core.orders.reserve import reserve
from core.settings import service as settings
from tests.orders.market import NOW, Market, inr


def test_a_reservation_freezes_price_deposit_and_terms(market: Market) -> None:
    order = reserve(market.session, market.buyer(), market.sale(), Decimal(5), now=NOW, note="ripe ones")
    settings.put(market.session, "cutoff_days", "9", by=None, now=NOW)
    assert (order.state, order.price, order.deposit, order.total) == ("held", inr(120), inr(120), inr(600))
    assert order.hold_until == NOW + timedelta(minutes=30)
    assert order.note == "ripe ones"
    terms = terms_of(order)
    assert (terms.cutoff_days, terms.balance_hours, terms.deposit_percent) == (3, 48, 20)
    assert market.told(order) == ["order_held"]


def test_the_hold_and_its_reminder_are_planned(market: Market) -> None:
    order = reserve(market.session, market.buyer(), market.sale(), Decimal(5), now=NOW)
    found = select(Due.task, Due.due_at).where(Due.subject == order.id).order_by(Due.due_at)
    assert [tuple(row) for row in market.session.execute(found)] == [
        ("order.deposit_reminder", NOW + timedelta(minutes=20)), ("order.hold_ends", NOW + timedelta(minutes=30)),
    ]  # fmt: skip


def test_without_a_deposit_the_order_is_reserved_at_once(market: Market) -> None:
    order = reserve(market.session, market.buyer(), market.sale(deposit_percent=0), Decimal(5), now=NOW)
    assert order.state == "reserved"
    assert order.hold_until is None
    assert market.told(order) == ["order_held"]


def test_reserving_takes_six_statements_the_quota_last(market: Market) -> None:
    asha, campaign, said = market.buyer(), market.sale(), []
    connection = market.session.connection()

    def listen(*args: object) -> None:
        said.append(str(args[2]))

    event.listen(connection, "before_cursor_execute", listen)
    reserve(market.session, asha, campaign, Decimal(5), now=NOW)
    event.remove(connection, "before_cursor_execute", listen)
    assert [line.split()[0] for line in said] == ["SELECT", "SELECT", "INSERT", "INSERT", "INSERT", "UPDATE"]
    assert said[-1].startswith("UPDATE campaign")


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "0.0001", "NaN", "Infinity", "-Infinity"])
def test_what_is_not_a_whole_number_of_packs_is_refused_with_the_bounds(market: Market, quantity: str) -> None:
    with pytest.raises(NotInPacks) as refused:
        reserve(market.session, market.buyer(), market.sale(), Decimal(quantity), now=NOW)
    assert refused.value.text() == "This is sold in steps of 1 kg, from 1 to 200 kg. Example: 2 kg"


def test_more_than_is_left_is_refused_with_what_is_left(market: Market) -> None:
    campaign = market.sale(capacity=Decimal(7), pack=Decimal(2))
    reserve(market.session, market.buyer(), campaign, Decimal(4), now=NOW)
    with pytest.raises(QuotaExceeded) as refused, market.session.begin_nested():
        reserve(market.session, market.buyer(), campaign, Decimal(4), now=NOW)
    assert refused.value.params["left"] == 2
    assert refused.value.text() == "Only 2 kg left."


def test_more_than_ever_was_is_refused_before_anything_is_written(market: Market) -> None:
    campaign = market.sale(capacity=Decimal(7))
    with pytest.raises(QuotaExceeded):
        reserve(market.session, market.buyer(), campaign, Decimal("1e30"), now=NOW)


def test_a_sold_out_sale_says_so(market: Market) -> None:
    campaign = market.sale(capacity=Decimal(4))
    reserve(market.session, market.buyer(), campaign, Decimal(4), now=NOW)
    with pytest.raises(SoldOut), market.session.begin_nested():
        reserve(market.session, market.buyer(), campaign, Decimal(1), now=NOW)


@pytest.mark.parametrize("state", ["draft", "in_review", "paused", "closed", "confirmed", "allocated", "removed"])
def test_a_sale_that_is_not_open_takes_nothing(market: Market, state: str) -> None:
    with pytest.raises(SaleClosed):
        reserve(market.session, market.buyer(), market.sale(state=state), Decimal(1), now=NOW)


def test_a_sale_takes_nothing_outside_its_window(market: Market) -> None:
    with pytest.raises(SaleNotOpenYet):
        reserve(market.session, market.buyer(), market.sale(opens_at=NOW + timedelta(days=1)), Decimal(1), now=NOW)
    with pytest.raises(SaleClosed):
        reserve(market.session, market.buyer(), market.sale(closes_at=NOW), Decimal(1), now=NOW)


def test_one_person_cannot_hold_everything_without_paying(market: Market) -> None:
    asha, campaign = market.buyer(), market.sale()
    for _ in range(5):
        reserve(market.session, asha, campaign, Decimal(1), now=NOW)
    with pytest.raises(TooManyUnpaid) as refused, market.session.begin_nested():
        reserve(market.session, asha, campaign, Decimal(1), now=NOW)
    assert refused.value.params == {"most": 5}
    assert reserve(market.session, market.buyer("Bina"), campaign, Decimal(1), now=NOW).state == "held"


def test_a_long_note_is_refused_with_the_limit(market: Market) -> None:
    with pytest.raises(NoteTooLong):
        reserve(market.session, market.buyer(), market.sale(), Decimal(1), now=NOW, note="x" * 501)


def test_nothing_is_sold_before_the_shop_has_a_currency(market: Market) -> None:
    asha, campaign = market.buyer(), market.sale()
    settings.put(market.session, "currency", "", by=None, now=NOW)
    with pytest.raises(ShopNotOpen):
        reserve(market.session, asha, campaign, Decimal(1), now=NOW)


def test_a_campaigns_own_policy_goes_before_the_settings(market: Market) -> None:
    order = reserve(market.session, market.buyer(), market.sale(policy={"cutoff_days": 7}), Decimal(1), now=NOW)
    assert terms_of(order).cutoff_days == 7


def test_every_refusal_is_a_sentence() -> None:
    kinds = [kind for kind in Refusal.__subclasses__() if kind.__module__ == "core.orders.errors"]
    assert len(kinds) > 15
    assert all(kind.__doc__ and kind.__doc__.strip()[0] in "{ABCDEFGHIJKLMNOPQRSTUVWXYZ" for kind in kinds)
