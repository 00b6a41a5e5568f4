"""What a farm could not bear of a refund it owes the co-op: the next money that becomes its own pays that first."""

from __future__ import annotations

from sqlalchemy import select

from core.db import Database
from core.events import Event
from core.orders import aftersale
from core.orders.case_models import AfterSaleCase
from core.orders.earnings import farm_money
from core.orders.fulfil import receive
from core.orders.models import Order
from core.orders.payouts import ask_payout, take_back
from core.orders.wallet import decide_payout
from core.payments import books
from core.payments.ledger import AccountKind
from core.payments.models import Refund
from core.settings import service as settings
from core.verify import broken
from tests.orders.market import NOW, Market, inr, open_market
from tests.orders.test_cases import complaint, delivered, free
from tests.orders.test_fulfil import buyer_of


def in_debt(market: Market) -> tuple[AfterSaleCase, Refund]:
    """The farm earned ₹640 and asked for ₹500 of it, when ₹640 had to go back to the buyer: it owes ₹500."""
    settings.put(market.session, "payout_days", "0", by=None, now=market.now)
    order = received(market)
    asked = ask_payout(market.session, market.farmer, inr(500), "farm@upi", farm_id=market.farm.id, now=market.now)
    case = complaint(market, order)
    aftersale.accept(market.session, market.farmer, case, now=market.now)
    assert (case.debt, free(market), debt(market)) == (inr(500), inr(0), inr(500))
    return case, asked


def received(market: Market) -> Order:
    """An order of ₹640 is delivered and received."""
    market.now = NOW
    order = delivered(market)
    receive(market.session, buyer_of(market, order), order, now=market.now)
    return order


def debt(market: Market) -> object:
    return farm_money(market.session, market.farm.id, now=market.now).debt


def coop(market: Market) -> object:
    return books.held_in(market.session, AccountKind.PLATFORM_FEE, "INR")


def test_the_next_release_pays_the_debt_first(market: Market) -> None:
    case, _asked = in_debt(market)
    received(market)
    assert (free(market), debt(market), case.debt, coop(market)) == (inr(140), inr(0), inr(0), inr(0))
    told = market.session.scalars(select(Event).where(Event.kind == "debt_repaid")).one()
    assert (told.subject_id, told.data["amount"]) == (case.id, 500_00)
    assert broken(market.session) == []


def test_money_that_comes_back_from_a_payout_pays_the_debt_too(market: Market) -> None:
    case, asked = in_debt(market)
    take_back(market.session, market.farmer, asked, now=market.now)
    assert (free(market), case.debt, coop(market)) == (inr(0), inr(0), inr(0))
    assert broken(market.session) == []


def test_a_payout_that_failed_pays_the_debt_too(market: Market) -> None:
    case, asked = in_debt(market)
    decide_payout(market.session, market.operator, asked, paid=False, reference="closed account", now=market.now)
    assert (free(market), case.debt, coop(market)) == (inr(0), inr(0), inr(0))


def test_a_debt_is_paid_in_parts(market: Market) -> None:
    case, _asked = in_debt(market)
    case.coop_minor = 2_000_00
    market.session.flush()
    received(market)
    assert (free(market), case.debt) == (inr(0), inr(1360))
    received(market)
    assert (free(market), case.debt) == (inr(0), inr(720))


def test_a_debt_is_kept_by_the_database(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        case_id = in_debt(market)[0].id
    with database.reading() as session:
        assert session.get_one(AfterSaleCase, case_id).debt == inr(500)
