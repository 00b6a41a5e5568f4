"""Threads that book at once neither deadlock nor overdraw nor book twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.db import Database
from core.money import Money
from core.payments.ledger import InsufficientFunds, all_balances, move
from tests.payments.till import NOW, Till, inr, wallet


@pytest.fixture
def till(database: Database) -> Till:
    return Till(database)


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """What `work(0)` to `work(count - 1)` return, or raise, when all start together."""
    barrier = threading.Barrier(count)

    def start(number: int) -> object:
        barrier.wait(20)
        try:
            return work(number)
        except InsufficientFunds as refused:
            return refused

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(start, range(count), timeout=60))


def test_twenty_threads_between_two_accounts_in_both_directions(till: Till) -> None:
    bank, credit, _ = till.opens()
    till.moves(bank, credit, 1000, "start")

    def back_and_forth(number: int) -> None:
        sides = (bank, credit) if number % 2 else (credit, bank)
        for turn in range(5):
            with till.database.writing() as session:  # not run(), which would try again after a deadlock
                move(session, *sides, inr(10), key=f"{number}/{turn}", why="test", now=NOW)

    at_once(20, back_and_forth)
    assert (till.holds(bank), till.holds(credit)) == (1000, 1000)


def test_ten_threads_spend_the_same_credit_and_exactly_what_is_there_is_spent(till: Till) -> None:
    bank, credit, order = till.opens()
    till.moves(bank, credit, 350, "start")
    told = at_once(10, lambda number: till.moves(credit, order, 100, f"spend {number}"))
    assert told.count(True) == 3
    refused = [each for each in told if isinstance(each, InsufficientFunds)]
    assert [each.params for each in refused] == [{"left": Money(50, "INR")}] * 7
    assert (till.holds(credit), till.holds(order)) == (50, 300)


def test_twenty_threads_with_one_key_book_once(till: Till) -> None:
    bank, credit, _ = till.opens()
    told = at_once(20, lambda _: till.moves(bank, credit, 100, "charge"))
    assert sorted(told, key=str) == [False] * 19 + [True]
    assert till.holds(credit) == 100


def test_the_last_of_the_credit_with_one_key_is_no_refusal(till: Till) -> None:
    bank, credit, order = till.opens()
    till.moves(bank, credit, 100, "start")
    told = at_once(10, lambda _: till.moves(credit, order, 100, "spend"))
    assert sorted(told, key=str) == [False] * 9 + [True]


def test_twenty_threads_open_one_account(till: Till) -> None:
    opened = at_once(20, lambda _: till.database.run(lambda session: wallet(session, 7)))
    assert len(set(opened)) == 1
    with till.database.reading() as session:
        assert len(all_balances(session)) == 1
