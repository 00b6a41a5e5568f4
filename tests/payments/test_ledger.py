"""The ledger books each key once, keeps what it says, and refuses what is not there, on both databases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db import Database
from core.migrations import upgrade
from core.money import CurrencyMismatch, Money
from core.payments import ledger_check, ledger_sql
from core.payments.ledger import (
    AccountKind,
    InsufficientFunds,
    LedgerConflict,
    account,
    all_balances,
    amount_booked,
    balance,
    holds,
    move,
    statement,
)
from tests.payments.till import NOW, Till, clearing, escrow, inr, wallet


@pytest.fixture
def till(database: Database) -> Till:
    return Till(database)


def test_an_account_is_opened_once_and_found_again(till: Till) -> None:
    assert till.opens() == till.opens()
    with till.database.reading() as session:
        assert [(one.kind.value, one.owner, held.minor) for one, held in all_balances(session)] == [
            ("provider_clearing", ("sandbox", 0), 0), ("customer_credit", ("member", 1), 0),
            ("order_escrow", ("order", 1), 0),
        ]  # fmt: skip


def test_a_transfer_shows_on_both_sides_in_their_normal_sense(till: Till) -> None:
    bank, credit, _ = till.opens()
    assert till.moves(bank, credit, 700, "top-up")
    assert (till.holds(bank), till.holds(credit)) == (700, 700)


def test_the_same_key_with_the_same_facts_books_nothing(till: Till) -> None:
    bank, credit, _ = till.opens()
    assert [till.moves(bank, credit, 700, "charge") for _ in range(100)] == [True] + [False] * 99
    assert till.holds(credit) == 700


def test_a_repeated_key_is_known_even_when_its_money_is_spent(till: Till) -> None:
    bank, credit, order = till.opens()
    till.moves(bank, credit, 700, "charge")
    assert till.moves(credit, order, 700, "pay")
    assert not till.moves(credit, order, 700, "pay")


def test_the_same_key_with_other_facts_is_a_conflict(till: Till) -> None:
    bank, credit, order = till.opens()
    till.moves(bank, credit, 700, "charge")
    for debit, other, minor in ((bank, credit, 701), (bank, order, 700), (credit, order, 700)):
        with pytest.raises(LedgerConflict):
            till.moves(debit, other, minor, "charge")
    assert till.holds(credit) == 700


def test_a_floored_account_is_not_overdrawn_and_the_transaction_goes_on(till: Till) -> None:
    bank, credit, order = till.opens()
    till.moves(bank, credit, 700, "charge")
    with till.database.writing() as session:
        with pytest.raises(InsufficientFunds) as refused:
            move(session, credit, order, inr(701), key="pay", why="test", now=NOW)
        assert refused.value.params == {"left": inr(700)}
        assert move(session, credit, order, inr(700), key="pay", why="test", now=NOW)
    assert (till.holds(credit), till.holds(order)) == (0, 700)


def test_the_refusal_says_what_is_left(till: Till) -> None:
    _, credit, order = till.opens()
    with pytest.raises(InsufficientFunds) as refused:
        till.moves(credit, order, 1, "pay")
    assert refused.value.text() == "There is not enough money for this: ₹0 left."


@pytest.mark.parametrize("minor", [0, -1, 1.0, True, "5"])
def test_only_whole_amounts_above_zero_move(till: Till, minor: int) -> None:
    bank, credit, _ = till.opens()
    with pytest.raises(ValueError, match="whole minor units above zero"):
        till.moves(bank, credit, minor, "charge")


def test_money_does_not_move_to_itself_or_into_another_currency(till: Till) -> None:
    bank, credit, _ = till.opens()
    with pytest.raises(ValueError, match="between two accounts"):
        till.moves(bank, bank, 5, "self")
    with till.database.writing() as session:
        dollars = wallet(session, currency="USD")
        with pytest.raises(CurrencyMismatch):
            move(session, bank, dollars, inr(5), key="k", why="test", now=NOW)
        with pytest.raises(CurrencyMismatch):
            move(session, bank, credit, Money(5, "USD"), key="k", why="test", now=NOW)


def test_a_rolled_back_transfer_leaves_nothing_behind(till: Till) -> None:
    bank, credit, _ = till.opens()
    with pytest.raises(ZeroDivisionError), till.database.writing() as session:  # noqa: PT012 - both belong together
        move(session, bank, credit, inr(5), key="charge", why="test", now=NOW)
        raise ZeroDivisionError
    assert till.holds(credit) == 0
    assert till.moves(bank, credit, 5, "charge")


def test_a_statement_tells_the_newest_first_with_what_was_held_after(till: Till) -> None:
    bank, credit, order = till.opens()
    till.moves(bank, credit, 700, "charge")
    with till.database.writing() as session:
        move(session, credit, order, inr(300), key="pay", why="deposit", now=NOW, order_id=4, payment_id=5, actor_id=6)
    with till.database.reading() as session:
        lines = [(line.why, line.amount.minor, line.after.minor, line.at) for line in statement(session, credit)]
        assert lines == [("deposit", -300, 400, NOW), ("test", 700, 700, NOW)]
        newest = statement(session, credit, limit=1)[0]
        assert (newest.order_id, newest.payment_id, newest.actor_id) == (4, 5, 6)
        assert [line.after.minor for line in statement(session, bank)] == [700]
        assert statement(session, order, limit=1)[0].amount == inr(300)


def test_reading_what_is_held_opens_no_account(till: Till) -> None:
    with till.database.reading() as session:
        assert holds(session, AccountKind.CUSTOMER_CREDIT, "INR", owner=("member", 9)) == inr(0)
        assert amount_booked(session, "charge") is None
        assert all_balances(session) == []


def test_a_move_is_one_query_and_no_more_than_three(till: Till) -> None:
    bank, credit, order = till.opens()
    with till.counting() as sent:
        till.moves(bank, credit, 700, "charge")
    assert len(_queries(sent)) == 1
    with till.counting() as sent:
        till.moves(bank, credit, 700, "charge")
    assert len(_queries(sent)) == 2
    with till.counting() as sent, pytest.raises(InsufficientFunds):
        till.moves(credit, order, 701, "pay")
    assert len(_queries(sent)) == 3
    with till.counting() as sent, till.database.writing() as session:
        clearing(session)
    assert len(_queries(sent)) == 1


def _queries(sent: list[str]) -> list[str]:
    return [statement for statement in sent if not statement.startswith("BEGIN")]


def test_what_the_kinds_say_is_what_the_database_keeps(till: Till) -> None:
    with till.database.writing() as session:
        bank = clearing(session)
        for kind in AccountKind:
            empty = account(session, kind, "INR", owner=("test", 1), now=NOW)
            if kind.floored:
                with pytest.raises(InsufficientFunds):
                    move(session, empty, bank, inr(1), key=kind.value, why="test", now=NOW)
            else:
                assert move(session, empty, bank, inr(1), key=kind.value, why="test", now=NOW)
                assert balance(session, empty) == inr(1 if kind.debit_normal else -1)


def test_two_currencies_in_one_ledger_are_reported(db_url: str) -> None:
    till = Till(Database(db_url))
    bank, credit, _ = till.opens()
    till.moves(bank, credit, 700, "charge")
    with till.database.writing() as session:
        dollars = (clearing(session, "USD"), wallet(session, currency="USD"))
        move(session, *dollars, Money(5, "USD"), key="dollars", why="test", now=NOW)
    with till.database.reading() as session:
        assert ledger_check.broken(session) == ["transfers are in 2 currencies: INR, USD"]
    till.database.dispose()


def test_the_ledger_can_be_taken_back_and_made_again(db_url: str) -> None:
    database = Database(db_url)
    with database.engine.begin() as connection:
        for statement_ in ledger_sql.drop_statements(connection.dialect.name):
            connection.exec_driver_sql(statement_)
    with database.reading() as session:
        assert "the table ledger_account is missing" in ledger_check.broken(session)
    with database.engine.begin() as connection:
        for statement_ in ledger_sql.statements(connection.dialect.name):
            connection.exec_driver_sql(statement_)
    with database.reading() as session:
        assert ledger_check.broken(session) == []
    upgrade(db_url)
    database.dispose()


MOVES = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 50), st.integers(0, 12))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example opens accounts of its own
)
@given(moves=st.lists(MOVES, max_size=25))
def test_random_moves_agree_with_a_plain_model(till: Till, moves: list[tuple[int, int, int, int]]) -> None:
    with till.database.writing() as session:
        example = len(all_balances(session))
        bank = [clearing(session)]
        accounts = bank + [wallet(session, example + n) for n in range(3)]
        accounts += [escrow(session, example + n) for n in range(2)]
        before = balance(session, bank[0]).minor
        model = _Model()
        for debit, credit, minor, key in moves:
            if debit != credit:
                name = f"{example}/{key}"
                work = partial(
                    move, session, accounts[debit], accounts[credit], inr(minor), key=name, why="test", now=NOW
                )
                assert _told(work) == model.move(debit, credit, minor, key)
        assert balance(session, bank[0]).minor - before == -model.credited[0]
        assert [balance(session, one).minor for one in accounts[1:]] == [model.credited[n] for n in range(1, 6)]
        assert ledger_check.broken(session) == []


class _Model:
    """What the ledger should say: account 0 has no floor, the others stay at or above zero."""

    def __init__(self) -> None:
        self.credited: dict[int, int] = defaultdict(int)
        self.booked: dict[int, tuple[int, int, int]] = {}

    def move(self, debit: int, credit: int, minor: int, key: int) -> str:
        if key in self.booked:
            return "False" if self.booked[key] == (debit, credit, minor) else "LedgerConflict"
        if debit != 0 and self.credited[debit] < minor:
            return "InsufficientFunds"
        self.booked[key] = (debit, credit, minor)
        self.credited[debit] -= minor
        self.credited[credit] += minor
        return "True"


def _told(work: Callable[[], bool]) -> str:
    try:
        return str(work())
    except (InsufficientFunds, LedgerConflict) as refused:
        return type(refused).__name__
