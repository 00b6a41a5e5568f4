"""Sharing a short crop: properties of the arithmetic, and the cases people will argue about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.orders.allocation import Ask, Sharing, manual, share
from core.orders.errors import BadShare

START = datetime(2026, 5, 1, tzinfo=UTC)
PACKS = st.sampled_from([Decimal("0.5"), Decimal(1), Decimal("2.5"), Decimal(10)])
ORDERS = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60), st.integers(0, 5)), min_size=1, max_size=12)
HARVESTS = st.decimals(0, 800, places=1)
SHARED = st.sampled_from([Sharing.FAIR, Sharing.FIRST, Sharing.EQUAL, Sharing.FULL])


def asks_of(orders: list[tuple[int, int, int]], pack: Decimal, least: bool = True) -> list[Ask]:
    return [
        Ask(i, packs * pack, START + timedelta(minutes=minute), min(few, packs) * pack if least else None)
        for i, (packs, few, minute) in enumerate(orders, 1)
    ]


def ask(number: int, quantity: int, least: int | None = None) -> Ask:
    useful = None if least is None else Decimal(least)
    return Ask(number, Decimal(quantity), START + timedelta(minutes=number), useful)


def given_of(asks: list[Ask], harvest: int, sharing: Sharing, pack: int = 1) -> list[int]:
    return [int(line.given) for line in share(asks, Decimal(harvest), Decimal(pack), sharing)]


@given(ORDERS, PACKS, HARVESTS, SHARED)
def test_never_above_the_harvest_nor_the_order_and_always_in_packs(
    orders: list[tuple[int, int, int]], pack: Decimal, harvest: Decimal, sharing: Sharing
) -> None:
    asks = asks_of(orders, pack)
    lines = share(asks, harvest, pack, sharing)
    assert sum(line.given for line in lines) <= harvest
    for one, line in zip(asks, lines, strict=True):
        assert 0 <= line.given <= one.quantity
        assert line.given % pack == 0
        assert line.given == 0 or line.given >= (one.least_useful or 0)
    assert share(asks, harvest, pack, sharing) == lines
    backwards = share(asks[::-1], harvest, pack, sharing)
    assert sorted(backwards, key=lambda line: line.order_id) == list(lines)


@given(ORDERS, PACKS, HARVESTS, SHARED)
def test_a_harvest_that_covers_all_orders_meets_them_in_full(
    orders: list[tuple[int, int, int]], pack: Decimal, harvest: Decimal, sharing: Sharing
) -> None:
    asks = asks_of(orders, pack)
    everything = sum(one.quantity for one in asks) + harvest
    assert all(line.cut == 0 for line in share(asks, everything, pack, sharing))


@given(ORDERS, PACKS, HARVESTS, st.sampled_from([Sharing.FAIR, Sharing.EQUAL]))
def test_who_asked_for_more_never_gets_less_save_for_the_last_pack_of_equal_shares(
    orders: list[tuple[int, int, int]], pack: Decimal, harvest: Decimal, sharing: Sharing
) -> None:
    lines = share(asks_of(orders, pack, least=False), harvest, pack, sharing)
    ranked = sorted(lines, key=lambda line: line.asked)
    slack = pack if sharing is Sharing.EQUAL else Decimal(0)
    for less, more in pairwise(ranked):
        if less.asked < more.asked:
            assert less.given <= more.given + slack


@given(ORDERS, PACKS, HARVESTS, SHARED)
def test_a_larger_harvest_never_gives_less_in_all_and_wastes_no_pack(
    orders: list[tuple[int, int, int]], pack: Decimal, harvest: Decimal, sharing: Sharing
) -> None:
    asks = asks_of(orders, pack, least=False)
    small = sum(line.given for line in share(asks, harvest, pack, sharing))
    large = sum(line.given for line in share(asks, harvest + pack, pack, sharing))
    assert small <= large
    assert small == min(harvest // pack * pack, sum(one.quantity for one in asks))


@given(ORDERS, PACKS, HARVESTS, st.sampled_from([Sharing.FIRST, Sharing.EQUAL]))
def test_first_come_and_equal_never_take_from_one_when_the_harvest_grows(
    orders: list[tuple[int, int, int]], pack: Decimal, harvest: Decimal, sharing: Sharing
) -> None:
    asks = asks_of(orders, pack, least=False)
    small = share(asks, harvest, pack, sharing)
    large = share(asks, harvest + pack, pack, sharing)
    assert all(one.given <= other.given for one, other in zip(small, large, strict=True))


def test_a_fair_share_is_pro_rata_and_ties_go_to_who_reserved_first() -> None:
    assert given_of([ask(1, 10), ask(2, 20), ask(3, 30)], 30, Sharing.FAIR) == [5, 10, 15]
    assert given_of([ask(1, 5), ask(2, 5), ask(3, 5)], 10, Sharing.FAIR) == [4, 3, 3]


def test_who_would_get_too_little_to_use_gets_nothing_and_the_others_share_it() -> None:
    assert given_of([ask(1, 10, 8), ask(2, 10), ask(3, 10)], 15, Sharing.FAIR) == [0, 8, 7]
    assert given_of([ask(1, 10), ask(2, 10, 8), ask(3, 10)], 15, Sharing.FIRST) == [10, 0, 5]


def test_first_come_serves_the_first_in_full() -> None:
    assert given_of([ask(1, 10), ask(2, 10), ask(3, 10)], 15, Sharing.FIRST) == [10, 5, 0]


def test_equal_gives_the_same_to_all_up_to_the_order() -> None:
    assert given_of([ask(1, 2), ask(2, 20), ask(3, 20)], 12, Sharing.EQUAL) == [2, 5, 5]


@pytest.mark.parametrize(
    "shares",
    [
        {1: Decimal(6), 2: Decimal(6)},  # above the harvest
        {1: Decimal(6), 2: Decimal("1.5")},  # not in packs
        {1: Decimal(11), 2: Decimal(0)},  # above the order
        {1: Decimal(-1), 2: Decimal(0)},
        {1: Decimal("NaN"), 2: Decimal(0)},
        {1: Decimal(1)},  # one order forgotten
        {1: Decimal(1), 2: Decimal(0), 9: Decimal(1)},  # not in this sale
        {1: Decimal(0), 2: Decimal(3)},  # less than is useful to the second
    ],
)
def test_a_farmers_own_shares_are_checked(shares: dict[int, Decimal]) -> None:
    with pytest.raises(BadShare):
        manual([ask(1, 10), ask(2, 10, 4)], Decimal(10), Decimal(1), shares)


def test_a_farmers_own_shares_within_the_harvest_stand() -> None:
    lines = manual([ask(1, 10), ask(2, 10, 4)], Decimal(10), Decimal(1), {1: Decimal(0), 2: Decimal(4)})
    assert [line.given for line in lines] == [0, 4]
