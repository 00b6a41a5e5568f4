"""Payment methods: providers found by scanning, switched on by the owner, offered where allowed and where they fit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from core.db import Database
from core.errors import BadInput, NotAllowed, NotFound
from core.money import Money
from core.payments import service
from core.payments.provider import Purpose, StartsWith
from core.payments.service import MethodDetails
from core.permissions import Actor, Role

NOW = datetime(2026, 5, 1, tzinfo=UTC)
OWNER, FARMER = Actor(1, frozenset({Role.OWNER})), Actor(2, frozenset({Role.FARMER}))


@pytest.fixture(autouse=True)
def _allowed() -> Iterator[None]:
    service.allow()
    yield
    service.allow()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.writing() as opened:
        yield opened


def names(session: Session) -> list[str]:
    return [method.provider for method in service.methods(session)]


def test_each_file_is_a_provider() -> None:
    assert sorted(service.all_providers()) == ["cash", "messenger_invoice", "sandbox", "transfer", "wallet"]
    assert all(provider.label() for provider in service.all_providers().values())
    assert service.provider_named("messenger_invoice").starts_with is StartsWith.INVOICE
    with pytest.raises(NotFound):
        service.provider_named("iou")


def test_play_money_and_invoices_need_the_composition_roots_word(session: Session) -> None:
    service.set_method(session, OWNER, "messenger_invoice", details=MethodDetails("Card"), now=NOW)
    assert names(session) == ["wallet"]
    service.allow("sandbox", "messenger_invoice")
    assert names(session) == ["messenger_invoice", "sandbox", "wallet"]


def test_the_owner_writes_methods_and_switches_them_off(session: Session) -> None:
    transfer = MethodDetails("UPI", "coop@upi", "Write the order's number.")
    row = service.set_method(session, OWNER, "transfer", details=transfer, now=NOW)
    assert (row.name, row.account, row.instructions) == ("UPI", "coop@upi", "Write the order's number.")
    assert names(session) == ["transfer", "wallet"]
    service.set_method(session, OWNER, "transfer", details=MethodDetails("UPI", "coop@upi", enabled=False), now=NOW)
    service.set_method(session, OWNER, "wallet", details=MethodDetails("Wallet", enabled=False), now=NOW)
    assert names(session) == []


def test_others_cannot_and_half_a_method_is_refused(session: Session) -> None:
    with pytest.raises(NotAllowed):
        service.set_method(session, FARMER, "cash", details=MethodDetails("Cash"), now=NOW)
    with pytest.raises(NotFound):
        service.set_method(session, OWNER, "iou", details=MethodDetails("IOU"), now=NOW)
    for details in (MethodDetails(" "), MethodDetails("Bank")):
        with pytest.raises(BadInput):
            service.set_method(session, OWNER, "transfer", details=details, now=NOW)


@pytest.mark.parametrize(
    ("amount", "fits"),
    [
        (Money.of(120, "INR"), True), (Money.of(24, "INR"), False), (Money.of("1.24", "USD"), False),
        (Money.of("1.25", "USD"), True), (Money.of(7501, "USD"), False), (Money.of(500, "JPY"), True),
        (Money.of(5, "KWD"), False), (Money.of(5, "XTR"), False),
    ],
)  # fmt: skip
def test_an_invoice_fits_the_messengers_bounds(amount: Money, fits: bool) -> None:
    assert service.provider_named("messenger_invoice").fits(amount, Purpose.DEPOSIT) is fits


def test_cash_is_for_the_balance_only() -> None:
    cash = service.provider_named("cash")
    assert not cash.fits(Money(1, "INR"), Purpose.DEPOSIT)
    assert cash.fits(Money(1, "INR"), Purpose.BALANCE)
