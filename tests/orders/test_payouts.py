"""Money going out: what is free when, whose it is, every state and way, and two who ask at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from core.db import Database
from core.errors import Changed, NotAllowed, NotFound, Refusal, YourOwn
from core.money import Money
from core.orders import cash, payouts
from core.orders.earnings import farm_money
from core.orders.errors import AmountNotPositive, NotYetFree
from core.orders.models import Order
from core.orders.payout_states import TABLE, PayoutState, mermaid, target
from core.orders.payouts import ask_payout, take_back
from core.orders.purse import paid_by
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.orders.wallet import decide_payout
from core.payments import books
from core.payments.ledger import AccountKind, move
from core.payments.models import Refund
from core.permissions import Role
from core.verify import broken
from tests.orders.market import NOW, Market, inr, member, open_market

DIAGRAM = Path(__file__).parents[2] / "docs" / "payout-states.mmd"
LATER = NOW + timedelta(days=3, seconds=1)


def earn(session: Session, market: Market, rupees: int, at: datetime = NOW) -> None:
    """The farm's money, as if an order had been released."""
    came = books.clearing(session, "transfer", "INR", now=at)
    own = books.payable(session, market.farm.id, "INR", now=at)
    move(session, came, own, inr(rupees), key=f"earned/{rupees}/{at}", why="farmer", now=at)


def ask(market: Market, rupees: int, at: datetime = LATER) -> Refund:
    return ask_payout(market.session, market.farmer, inr(rupees), "UPI 45@bank", farm_id=market.farm.id, now=at)


def free(market: Market, at: datetime = LATER) -> tuple[Money, Money]:
    earned = farm_money(market.session, market.farm.id, now=at)
    return earned.free, earned.resting


def test_the_diagram_is_the_table_and_every_state_has_its_way() -> None:
    assert DIAGRAM.read_text(encoding="utf-8") == mermaid()
    assert {way.target for way in TABLE} | {PayoutState.ACCRUING} == set(PayoutState)


@pytest.mark.parametrize("state", list(PayoutState))
@pytest.mark.parametrize("way", TABLE, ids=lambda way: way.action)
def test_each_pair_of_state_and_action_is_allowed_or_refused(state: PayoutState, way: object) -> None:
    row = next(each for each in TABLE if each is way)
    if state is row.source:
        assert target(state, row.action) is row.target
    else:
        with pytest.raises(Changed):
            target(state, row.action)


def test_what_was_released_rests_for_the_delay_and_what_came_back_does_not(market: Market) -> None:
    earn(market.session, market, 100)
    assert free(market, NOW) == (inr(0), inr(100))
    assert free(market, NOW + timedelta(days=3)) == (inr(100), inr(0))
    earn(market.session, market, 30, LATER)
    assert free(market) == (inr(100), inr(30))
    refund = ask(market, 60)
    assert free(market) == (inr(40), inr(30))
    decide_payout(market.session, market.operator, refund, paid=False, reference="no such account", now=LATER)
    assert (refund.state, free(market)) == ("refused", (inr(100), inr(30)))


def test_a_farm_gets_no_more_than_is_free_and_nobody_elses(market: Market) -> None:
    earn(market.session, market, 100)
    with pytest.raises(NotYetFree) as refused:
        ask(market, 100, NOW)
    assert refused.value.params == {"free": inr(0), "held": inr(0), "resting": inr(100)}
    with pytest.raises(NotYetFree) as refused:
        ask(market, 101)
    assert refused.value.params == {"free": inr(100), "held": inr(0)}
    with pytest.raises(AmountNotPositive):
        ask(market, 0)
    with pytest.raises(NotFound):
        ask_payout(market.session, market.buyer(), inr(10), "UPI 1@b", farm_id=market.farm.id, now=LATER)
    assert free(market) == (inr(100), inr(0))


def test_a_request_taken_back_is_free_again_and_neither_sent_nor_taken_back_twice(market: Market) -> None:
    earn(market.session, market, 100)
    refund = ask(market, 100)
    with pytest.raises(NotFound):
        take_back(market.session, market.buyer(), refund, now=LATER)
    with pytest.raises(NotFound):
        take_back(market.session, market.operator, refund, now=LATER)
    take_back(market.session, market.farmer, refund, now=LATER)
    assert (refund.state, free(market)) == ("taken_back", (inr(100), inr(0)))
    with pytest.raises(Changed):
        take_back(market.session, market.farmer, refund, now=LATER)
    with pytest.raises(Changed):
        decide_payout(market.session, market.operator, refund, paid=True, reference="UTR", now=LATER)
    sent = ask(market, 100)
    decide_payout(market.session, market.operator, sent, paid=True, reference="UTR", now=LATER)
    with pytest.raises(Changed):
        take_back(market.session, market.farmer, sent, now=LATER)
    assert books.held_in(market.session, AccountKind.PAYOUT_CLEARING, "INR") == inr(100)


def test_a_promise_counts_working_days_only(market: Market) -> None:
    friday, saturday = datetime.fromisoformat("2026-05-01T09:00Z"), datetime.fromisoformat("2026-05-02T09:00Z")
    assert payouts.promise(market.session, friday) == date(2026, 5, 8)
    assert payouts.promise(market.session, saturday) == date(2026, 5, 8)


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("UPI 9876543245@bank", ("upi", "45")),
        ("asha@bank", ("upi", "ha")),
        ("State Bank 0012 3456 7890", ("account", "7890")),
        ("my sister", ("other", "er")),
    ],
)
def test_a_button_shows_only_the_tail_of_an_account(written: str, masked: tuple[str, str]) -> None:
    assert payouts.masked(written) == masked


def test_destinations_are_remembered_once_and_are_ones_own(market: Market) -> None:
    earn(market.session, market, 100)
    for written in ("UPI 45@bank", "UPI 46@bank", "UPI 45@bank"):
        payouts.remember(market.session, market.farmer.member_id, written, now=LATER)
    known = payouts.destinations(market.session, market.farmer.member_id)
    assert sorted(each.details for each in known) == ["UPI 45@bank", "UPI 46@bank"]
    with pytest.raises(NotFound):
        payouts.destination(market.session, market.buyer(), known[0].id)


def test_held_and_owed_are_the_sums_of_the_orders_under_way(market: Market) -> None:
    sale = market.sale(price_minor=3333, pack=Decimal("0.25"), deposit_percent=33)
    orders = []
    for quantity in ("2.25", "3.5", "4.75"):
        buyer = market.buyer()
        order = reserve(market.session, buyer, sale, Decimal(quantity), now=NOW)
        if quantity != "3.5":
            start_payment(market.session, buyer, order, "sandbox", now=NOW)
        orders.append(order)
    paid = paid_by(market.session, orders)
    earned = farm_money(market.session, market.farm.id, now=NOW)
    assert earned.held == sum(paid.values(), inr(0))
    assert earned.orders == 2
    assert earned.owed == sum((order.total - paid[order.id] for order in orders), inr(0))


@pytest.mark.parametrize("facts", [{"allocated": Decimal("1.5")}, {"weight": Decimal("2.35")}, {"reduced_minor": 1999}])
def test_what_a_farm_is_owed_follows_the_share_the_scales_and_what_a_case_gave_back(
    market: Market, facts: dict[str, Decimal | int]
) -> None:
    sale = market.sale(price_minor=3333, pack=Decimal("0.25"), deposit_percent=0)
    order = reserve(market.session, market.buyer(), sale, Decimal("2.25"), now=NOW)
    before = order.total
    for name, value in facts.items():
        setattr(order, name, value)
    market.session.flush()
    assert order.total != before
    assert farm_money(market.session, market.farm.id, now=NOW).owed == order.total


def test_cash_is_handed_in_once_to_another_than_who_carries_it(market: Market) -> None:
    buyer, who = market.buyer(), member(market.session, "Jo", Role.COURIER, Role.OPERATOR)
    order = reserve(market.session, buyer, market.sale(deposit_percent=0), Decimal(5), now=NOW)
    deal = books.Deal(order.id, buyer.member_id, market.farm.id)
    books.cash_collected(market.session, deal, inr(50), collector_id=who.member_id, what="1", now=NOW)
    assert [(one.name, one.sum) for one in cash.carriers(market.session, market.operator)] == [("Jo", inr(50))]
    seen = cash.carrier(market.session, market.operator, who.member_id)
    with pytest.raises(YourOwn):
        cash.hand_in(market.session, who, seen, now=NOW)
    with pytest.raises(NotAllowed):
        cash.hand_in(market.session, market.courier, seen, now=NOW)
    assert cash.hand_in(market.session, market.operator, seen, now=NOW) == inr(50)
    with pytest.raises(Changed):
        cash.hand_in(market.session, market.operator, seen, now=NOW)
    assert cash.cash_owed(market.session, who.member_id) == inr(0)
    assert market.session.get_one(Order, order.id).state != "cancelled"


@pytest.mark.parametrize("taking_back", [False, True])
def test_requests_that_race_never_take_more_than_is_free(database: Database, taking_back: bool) -> None:
    with database.writing() as session:
        market = open_market(session)
        earn(session, market, 100)
        earn(session, market, 90, LATER)  # rests: the account holds more than is free
        farm_id, farmer, operator = market.farm.id, market.farmer, market.operator
        first = ask_payout(session, farmer, inr(100), "UPI 45@bank", farm_id=farm_id, now=LATER).id
        if not taking_back:
            take_back(session, farmer, session.get_one(Refund, first), now=LATER)
    barrier = Barrier(2)

    def act(number: int) -> str:
        def work(session: Session) -> None:
            if not taking_back:
                ask_payout(session, farmer, inr(60), f"UPI {number}@bank", farm_id=farm_id, now=LATER)
            elif number:
                take_back(session, farmer, session.get_one(Refund, first), now=LATER)
            else:
                decide_payout(session, operator, session.get_one(Refund, first), paid=True, reference="U", now=LATER)

        barrier.wait()
        try:
            database.run(work)
        except Refusal:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(act, range(2))) == ["done", "refused"]
    with database.reading() as session:
        assert broken(session) == []
