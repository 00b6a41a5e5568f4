"""What happens to money in a shop, each verb once, never more than is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from core.db import Database
from core.money import Money
from core.payments import books
from core.payments.books import Charge, Deal, Shares
from core.payments.ledger import AccountKind, InsufficientFunds, LedgerConflict, holds
from tests.payments.till import NOW, inr

CHARGE = Charge("sandbox", "ch_1", payment_id=5)
DEAL = Deal(order_id=7, buyer_id=3, farm_id=2)
Verb = Callable[[Session], None]


def told(database: Database, *verbs: Verb) -> dict[str, int]:
    """What each kind of account holds after these verbs, each said twice, each in a transaction of its own."""
    for verb in verbs:
        for _ in range(2):
            with database.writing() as session:
                verb(session)
    with database.reading() as session:
        held = {kind.value: books.held_in(session, kind, "INR").minor for kind in AccountKind}
    return {kind: minor for kind, minor in held.items() if minor}


def paid(minor: int, owed: int) -> Verb:
    return lambda session: books.money_received(session, CHARGE, inr(minor), DEAL, owed=inr(owed), now=NOW)


def in_wallet(minor: int) -> Verb:
    return lambda session: books.wallet_topped_up(session, Charge("sandbox", "top-up"), 3, inr(minor), now=NOW)


def test_a_deposit_waits_in_escrow(database: Database) -> None:
    assert told(database, paid(300, 300)) == {"provider_clearing": 300, "order_escrow": 300}
    with database.reading() as session:
        assert books.order_paid(session, 7, "INR") == inr(300)
        assert books.order_paid(session, 8, "INR") == inr(0)


def test_what_is_more_than_owed_is_the_buyers_credit(database: Database) -> None:
    assert told(database, paid(300, 250)) == {"provider_clearing": 300, "order_escrow": 250, "customer_credit": 50}
    with database.reading() as session:
        assert books.wallet_holds(session, 3, "INR") == inr(50)


def test_a_charge_heard_again_books_nothing_however_little_is_owed_by_then(database: Database) -> None:
    assert told(database, paid(300, 300), paid(300, 0)) == {"provider_clearing": 300, "order_escrow": 300}


def test_a_charge_heard_again_with_another_amount_is_a_conflict(database: Database) -> None:
    told(database, paid(300, 300))
    with pytest.raises(LedgerConflict):
        told(database, paid(400, 400))


def test_money_the_receiver_booked_to_suspense_finds_its_order_later(database: Database) -> None:
    def heard(session: Session) -> None:
        books.money_to_suspense(session, Charge("sandbox", "ch_1"), inr(300), now=NOW)

    assert told(database, heard) == {"provider_clearing": 300, "suspense": 300}
    assert told(database, paid(300, 300)) == {"provider_clearing": 300, "order_escrow": 300}


def test_a_charge_pays_for_no_more_than_came(database: Database) -> None:
    def heard(session: Session) -> None:
        books.money_to_suspense(session, CHARGE, inr(300), now=NOW)
        books.money_to_suspense(session, Charge("sandbox", "ch_2"), inr(300), now=NOW)

    told(database, heard, lambda session: books.suspense_to_order(session, CHARGE, DEAL, inr(200), now=NOW))
    with pytest.raises(InsufficientFunds) as refused:
        told(database, lambda session: books.suspense_to_wallet(session, CHARGE, 3, inr(101), now=NOW))
    assert refused.value.params == {"left": inr(100)}
    back: Verb = lambda session: books.suspense_sent_back(session, CHARGE, inr(100), now=NOW)  # noqa: E731 - named for reading
    assert told(database, back)["suspense"] == 300


def test_credit_pays_for_an_order_and_comes_back(database: Database) -> None:
    def pays(session: Session) -> None:
        books.wallet_paid(session, DEAL, inr(80), what="deposit", now=NOW)

    def returns(session: Session) -> None:
        books.refund_to_wallet(session, DEAL, inr(80), what="cancelled", now=NOW)

    assert told(database, in_wallet(100), pays)["order_escrow"] == 80
    assert told(database, returns) == {"provider_clearing": 100, "customer_credit": 100}


def test_no_more_is_refunded_than_was_paid(database: Database) -> None:
    told(database, paid(300, 300))
    with pytest.raises(InsufficientFunds):
        told(database, lambda session: books.refund_to_wallet(session, DEAL, inr(301), what="twice", now=NOW))


def test_receipt_shares_the_money_out_to_the_last_paisa(database: Database) -> None:
    def released(session: Session) -> None:
        books.release_to_farmer(session, DEAL, Shares(inr(900), inr(60), inr(40)), now=NOW)

    assert told(database, paid(1000, 1000), released) == {
        "provider_clearing": 1000, "farmer_payable": 900, "platform_fee": 60, "shipping": 40,
    }  # fmt: skip


def test_a_share_of_nothing_is_left_out(database: Database) -> None:
    def released(session: Session) -> None:
        books.release_to_farmer(session, DEAL, Shares(inr(1000), inr(0), inr(0)), now=NOW)

    assert told(database, paid(1000, 1000), released) == {"provider_clearing": 1000, "farmer_payable": 1000}


def test_a_forfeited_deposit_is_the_farms(database: Database) -> None:
    def ends(session: Session) -> None:
        books.forfeited(session, DEAL, inr(300), now=NOW)

    assert told(database, paid(300, 300), ends) == {"provider_clearing": 300, "farmer_payable": 300}


def test_cash_is_owed_by_who_took_it_until_it_is_handed_in(database: Database) -> None:
    def collected(session: Session) -> None:
        books.cash_collected(session, DEAL, inr(700), collector_id=9, what="balance", now=NOW)

    def handed_in(session: Session) -> None:
        books.cash_handed_in(session, 9, inr(700), reference="till 12", now=NOW)

    assert told(database, collected) == {"courier_cash": 700, "order_escrow": 700}
    assert told(database, handed_in) == {"provider_clearing": 700, "order_escrow": 700}


def test_a_withdrawal_is_sent_or_comes_back_but_never_both(database: Database) -> None:
    def asked(session: Session) -> None:
        books.withdrawal_asked(session, 1, books.wallet(session, 3, "INR", now=NOW), inr(100), now=NOW)

    def sent(session: Session) -> None:
        books.withdrawal_sent(session, 1, inr(100), now=NOW)

    def failed(session: Session) -> None:
        books.withdrawal_failed(session, 1, books.wallet(session, 3, "INR", now=NOW), inr(100), now=NOW)

    assert told(database, in_wallet(100), asked) == {"provider_clearing": 100, "withdrawal_pending": 100}
    assert told(database, sent) == {"provider_clearing": 100, "payout_clearing": 100}
    with pytest.raises(InsufficientFunds):
        told(database, failed)


def test_a_failed_withdrawal_of_a_farm_is_owed_to_it_again(database: Database) -> None:
    def asked(session: Session) -> None:
        books.forfeited(session, DEAL, inr(300), now=NOW)
        books.withdrawal_asked(session, 2, books.payable(session, 2, "INR", now=NOW), inr(300), now=NOW)

    def failed(session: Session) -> None:
        books.withdrawal_failed(session, 2, books.payable(session, 2, "INR", now=NOW), inr(300), now=NOW)

    assert told(database, paid(300, 300), asked, failed) == {"provider_clearing": 300, "farmer_payable": 300}


def test_a_payout_of_credit_leaves_the_wallet(database: Database) -> None:
    def sent(session: Session) -> None:
        books.paid_out_from_wallet(session, 4, 3, inr(60), now=NOW)

    held = told(database, in_wallet(100), sent)
    assert held == {"provider_clearing": 100, "customer_credit": 40, "payout_clearing": 60}


@pytest.mark.parametrize(("currency", "whole"), [("JPY", 3), ("KWD", 9_999)])
def test_currencies_without_and_with_three_decimals(database: Database, currency: str, whole: int) -> None:
    deposit = Money(whole, currency).percent(30)
    with database.writing() as session:
        books.money_received(session, CHARGE, deposit, DEAL, owed=deposit, now=NOW)
        rest = Money(whole, currency) - deposit
        books.money_received(session, Charge("sandbox", "rest"), rest, DEAL, owed=rest, now=NOW)
    with database.reading() as session:
        assert books.order_paid(session, 7, currency) == Money(whole, currency)
        assert holds(session, AccountKind.SUSPENSE, currency, owner=("sandbox/ch_1", 0)) == Money(0, currency)
        assert books.suspense_holds(session, CHARGE, currency) == Money(0, currency)
