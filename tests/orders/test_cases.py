"""After-sale cases on both databases: one winner, no money that was never paid, nobody below zero, one table."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from core.db import Database
from core.errors import Changed, NotAllowed, NotFound, Refusal, YourOwn
from core.members.decisions import OneMoreConfirms
from core.orders import aftersale, case_ruling
from core.orders.case_models import AfterSaleCase
from core.orders.case_money import refundable
from core.orders.case_states import ENDS, TABLE, Bearer, CaseState, Problem, Wish, case_step, mermaid
from core.orders.errors import AmountNotPositive, AnotherRules, CaseDecided, ChargebackAlready
from core.orders.fulfil import CourierStatus, HandOver, auto_confirm, hand_over, receive, report
from core.orders.models import Order
from core.orders.queries import order_card
from core.payments import books
from core.payments.ledger import AccountKind, InsufficientFunds, holds
from core.payments.models import Payment, Refund
from core.permissions import Actor, Role
from core.settings import service as settings
from core.verify import broken
from tests.orders.market import Market, inr, member, open_market
from tests.orders.test_fulfil import buyer_of, packed

DIAGRAM = Path(__file__).resolve().parent.parent.parent / "docs" / "case-states.mmd"


def delivered(market: Market) -> Order:
    """5 kg at ₹120 and ₹40 for the delivery, brought by the farmer himself."""
    order = packed(market)
    hand_over(market.session, market.farmer, order, how=HandOver(self_delivered=True), now=market.now)
    report(market.session, market.farmer, order, CourierStatus.DELIVERED, now=market.now)
    return order


def complaint(market: Market, order: Order, wish: Wish = Wish.ALL) -> AfterSaleCase:
    who = buyer_of(market, order)
    case = aftersale.start_case(market.session, who, order, Problem.SPOILED, now=market.now)
    aftersale.ask(market.session, who, case, wish, now=market.now)
    return case


def disputed(market: Market) -> tuple[Order, AfterSaleCase]:
    order = delivered(market)
    case = complaint(market, order)
    aftersale.disagree(market.session, market.farmer, case, now=market.now)
    return order, case


def free(market: Market) -> object:
    return holds(market.session, AccountKind.FARMER_PAYABLE, "INR", owner=("farm", market.farm.id))


def wallet(market: Market, order: Order) -> object:
    return books.wallet_holds(market.session, order.buyer_id, "INR")


def test_the_diagram_in_the_documents_is_the_table() -> None:
    if os.environ.get("FARMGATE_DIAGRAM") == "write":
        DIAGRAM.write_text(mermaid(), encoding="utf-8")
    assert DIAGRAM.read_text(encoding="utf-8") == mermaid()


def test_every_state_of_a_case_is_reached_and_every_end_is_one() -> None:
    reached = {row.target for row in TABLE} | {CaseState.DRAFT, CaseState.CHARGED_BACK}
    assert reached == set(CaseState)
    assert not any(source in ENDS for row in TABLE for source in row.sources)
    with pytest.raises(KeyError):
        case_step("open", "fly")
    for state in CaseState:
        for row in TABLE:
            if state in row.sources:
                assert case_step(state, row.action).target is row.target
            else:
                with pytest.raises(Changed):
                    case_step(state, row.action)


def test_a_case_is_agreed_once_and_pays_once(market: Market) -> None:
    order = delivered(market)
    case = complaint(market, order, Wish.PART)
    aftersale.accept(market.session, market.farmer, case, now=market.now)
    assert (wallet(market, order), order.total) == (inr(256), inr(384))
    with pytest.raises(Changed):
        aftersale.accept(market.session, market.farmer, case, now=market.now)
    card = order_card(market.session, order.id)
    assert (card.paid, card.rest, card.back) == (inr(384), inr(0), inr(256))
    assert market.session.scalar(select(func.count()).select_from(Refund)) == 1
    assert broken(market.session) == []


def test_refunding_more_than_was_paid_is_never_possible(market: Market) -> None:
    order = delivered(market)
    case = complaint(market, order)
    aftersale.offer(market.session, market.farmer, case, inr(100_000), now=market.now)
    assert case.offered == inr(640)
    aftersale.take_offer(market.session, buyer_of(market, order), case, now=market.now)
    assert (wallet(market, order), refundable(market.session, order)) == (inr(640), inr(0))
    with pytest.raises(Refusal):
        aftersale.take_offer(market.session, buyer_of(market, order), case, now=market.now)
    with pytest.raises(InsufficientFunds):
        books.refund_to_wallet(
            market.session, books.Deal(order.id, order.buyer_id, market.farm.id), inr(1), what="again", now=market.now
        )
    assert broken(market.session) == []


def test_after_the_release_the_farm_pays_as_far_as_it_can_and_then_owes_the_co_op(market: Market) -> None:
    order = delivered(market)
    receive(market.session, buyer_of(market, order), order, now=market.now)
    payable = books.payable(market.session, market.farm.id, "INR", now=market.now)
    books.withdrawal_asked(market.session, 900, payable, inr(500), now=market.now)  # most of it is on its way out
    case = complaint(market, order)
    aftersale.accept(market.session, market.farmer, case, now=market.now)
    assert (wallet(market, order), free(market), case.coop) == (inr(640), inr(0), inr(500))
    assert books.held_in(market.session, AccountKind.PLATFORM_FEE, "INR") == inr(-500)
    card = order_card(market.session, order.id)
    assert (card.paid, card.rest, card.back) == (inr(0), inr(0), inr(640))
    assert broken(market.session) == []


def test_an_open_case_stops_the_silent_receipt_and_its_end_lets_the_order_go_on(market: Market) -> None:
    order = delivered(market)
    case = complaint(market, order, Wish.PART)
    auto_confirm(market.session, order.id, market.later(days=3))
    assert order.state == "delivered"
    aftersale.answer(market.session, buyer_of(market, order), case, "withdraw", now=market.now)
    auto_confirm(market.session, order.id, market.later(days=1))
    assert (order.state, free(market)) == ("completed", inr(640))


def test_the_co_op_may_bear_it_and_the_farm_has_all(market: Market) -> None:
    order, case = disputed(market)
    case_ruling.rule(market.session, market.operator, case, 50, Bearer.COOP, now=market.now)
    case_ruling.carry_out(market.session, case.id, market.later(days=1))
    auto_confirm(market.session, order.id, market.later(days=1))
    assert (wallet(market, order), free(market)) == (inr(320), inr(640))
    assert order_card(market.session, order.id).paid == inr(320)
    assert broken(market.session) == []


def test_the_first_operator_wins_and_the_second_is_told(market: Market) -> None:
    _order, case = disputed(market)
    case_ruling.rule(market.session, market.operator, case, 100, Bearer.FARMER, now=market.now)
    with pytest.raises(CaseDecided) as refused:
        case_ruling.rule(market.session, market.other_operator, case, 0, Bearer.FARMER, now=market.later(minutes=1))
    assert str(refused.value.params["by"]).find("Ravi") >= 0 or "Ravi" in repr(refused.value.params["by"])
    assert case.ruled == inr(640)


def test_nobody_rules_on_his_own_case_nor_on_the_appeal_of_his_own_ruling(market: Market) -> None:
    order, case = disputed(market)
    roles = frozenset({Role.OPERATOR, Role.FARMER, Role.CONSUMER})
    for member_id in (order.buyer_id, market.farmer.member_id):
        with pytest.raises(YourOwn):
            case_ruling.rule(market.session, Actor(member_id, roles), case, 100, Bearer.FARMER, now=market.now)
    with pytest.raises(NotAllowed):
        case_ruling.rule(market.session, market.courier, case, 100, Bearer.FARMER, now=market.now)
    case_ruling.rule(market.session, market.operator, case, 0, Bearer.FARMER, now=market.now)
    with pytest.raises(NotFound):
        aftersale.appeal(market.session, market.courier, case, now=market.now)
    aftersale.appeal(market.session, buyer_of(market, order), case, now=market.now)
    with pytest.raises(AnotherRules):
        case_ruling.rule(market.session, market.operator, case, 0, Bearer.FARMER, now=market.now)
    case_ruling.rule(market.session, market.other_operator, case, 50, Bearer.FARMER, now=market.now)
    assert (case.state, wallet(market, order)) == ("closed", inr(320))
    with pytest.raises(Changed):
        aftersale.appeal(market.session, buyer_of(market, order), case, now=market.now)


def test_others_may_not_answer_for_the_buyer_or_the_seller(market: Market) -> None:
    order = delivered(market)
    case = complaint(market, order)
    for stranger in (market.courier, market.buyer("Mallory"), market.operator):
        with pytest.raises(Refusal):
            aftersale.accept(market.session, stranger, case, now=market.now)
        with pytest.raises(Refusal):
            aftersale.answer(market.session, stranger, case, "withdraw", now=market.now)
    assert case.state == "open"


def test_a_chargeback_is_booked_once_and_a_won_one_leaves_no_trace(market: Market) -> None:
    order = delivered(market)
    charge = market.session.scalars(select(Payment).where(Payment.order_id == order.id).order_by(Payment.id)).first()
    assert charge is not None
    before = books.held_in(market.session, AccountKind.PROVIDER_CLEARING, "INR")
    with pytest.raises(AmountNotPositive):
        case_ruling.enter_chargeback(market.session, market.operator, charge, inr(10_000), now=market.now)
    case = case_ruling.enter_chargeback(market.session, market.operator, charge, inr(100), now=market.now)
    with pytest.raises(ChargebackAlready):
        case_ruling.enter_chargeback(market.session, market.operator, charge, inr(100), now=market.now)
    assert before - books.held_in(market.session, AccountKind.PROVIDER_CLEARING, "INR") == inr(100)
    auto_confirm(market.session, order.id, market.later(days=3))
    assert order.state == "delivered"
    case_ruling.end_chargeback(market.session, market.operator, case, won=True, now=market.now)
    assert books.held_in(market.session, AccountKind.PROVIDER_CLEARING, "INR") == before
    assert books.held_in(market.session, AccountKind.PLATFORM_FEE, "INR") == inr(0)
    with pytest.raises(Changed):
        case_ruling.end_chargeback(market.session, market.operator, case, won=False, now=market.now)
    assert broken(market.session) == []


def test_a_chargeback_takes_no_complaint_from_the_buyer(market: Market) -> None:
    order = delivered(market)
    charge = market.session.scalars(select(Payment).where(Payment.order_id == order.id)).first()
    assert charge is not None
    case = case_ruling.enter_chargeback(market.session, market.operator, charge, inr(100), now=market.now)
    for won in (None, True):
        if won:
            case_ruling.end_chargeback(market.session, market.operator, case, won=True, now=market.now)
        assert "order.complain" in order_card(market.session, order.id, buyer_of(market, order)).actions
    complaint(market, order)
    assert "order.complain" not in order_card(market.session, order.id, buyer_of(market, order)).actions


def test_a_lost_chargeback_is_the_orders_loss(market: Market) -> None:
    order = delivered(market)
    charge = market.session.scalars(select(Payment).where(Payment.order_id == order.id).order_by(Payment.id)).first()
    assert charge is not None
    case = case_ruling.enter_chargeback(market.session, market.operator, charge, inr(100), now=market.now)
    case_ruling.end_chargeback(market.session, market.operator, case, won=False, now=market.now)
    auto_confirm(market.session, order.id, market.later(days=3))
    assert (free(market), case.coop) == (inr(540), inr(0))
    assert books.held_in(market.session, AccountKind.PLATFORM_FEE, "INR") == inr(0)
    assert broken(market.session) == []


def _at_once(database: Database, works: list[object]) -> list[Exception | None]:
    """Run these in transactions of their own at the same moment; what each refused."""
    barrier, ended = Barrier(len(works)), list[Exception | None]([None] * len(works))

    def run(at: int) -> None:
        barrier.wait()
        try:
            with database.writing() as session:
                works[at](session)  # type: ignore[operator] # each takes a session
        except Refusal as error:
            ended[at] = error

    threads = [Thread(target=run, args=(at,)) for at in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ended


def test_a_payout_racing_a_refund_never_makes_the_farm_negative(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        order = delivered(market)
        receive(session, buyer_of(market, order), order, now=market.now)
        case_id, farm_id = complaint(market, order).id, market.farm.id
        farmer, now, buyer_id = market.farmer, market.now, order.buyer_id

    def pays_out(session) -> None:  # type: ignore[no-untyped-def] # a session
        books.withdrawal_asked(session, 901, books.payable(session, farm_id, "INR", now=now), inr(600), now=now)

    def refunds(session) -> None:  # type: ignore[no-untyped-def] # a session
        aftersale.accept(session, farmer, session.get_one(AfterSaleCase, case_id), now=now)

    _at_once(database, [pays_out, refunds])
    with database.reading() as session:
        case = session.get_one(AfterSaleCase, case_id)
        left = holds(session, AccountKind.FARMER_PAYABLE, "INR", owner=("farm", farm_id))
        assert left.minor >= 0
        assert books.wallet_holds(session, buyer_id, "INR") == inr(640)
        assert case.coop in (inr(0), inr(600))
        assert broken(session) == []


def test_two_operators_rule_at_once_and_one_of_them_wins(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        _order, case = disputed(market)
        case_id, now, staff = case.id, market.now, (market.operator, market.other_operator)

    def rules(actor: Actor):  # type: ignore[no-untyped-def] # a work of a session
        return lambda session: case_ruling.rule(
            session, actor, session.get_one(AfterSaleCase, case_id), 50, Bearer.FARMER, now=now
        )

    ended = _at_once(database, [rules(actor) for actor in staff])
    assert sorted(isinstance(each, CaseDecided) for each in ended) == [False, True]
    with database.reading() as session:
        assert session.get_one(AfterSaleCase, case_id).state == "decided"


def test_a_case_about_old_goods_is_refused(market: Market) -> None:
    order = delivered(market)
    with pytest.raises(Refusal):
        aftersale.start_case(
            market.session, buyer_of(market, order), order, Problem.LATE, now=market.now + timedelta(days=4)
        )


def test_above_the_limit_a_ruling_takes_two_who_say_the_same(market: Market) -> None:
    settings.put(market.session, "two_people_above", "10000", by=None, now=market.now)
    order, case = disputed(market)

    def rules(actor: Actor, percent: int, bearer: Bearer = Bearer.FARMER) -> bool:
        return case_ruling.rule(market.session, actor, case, percent, bearer, now=market.now)

    assert not rules(market.operator, 50)
    assert (case.state, wallet(market, order)) == ("disputed", inr(0))
    with pytest.raises(OneMoreConfirms):
        rules(market.operator, 50)
    assert not rules(market.other_operator, 50, Bearer.COOP)  # another bearer is another ruling
    assert not rules(market.operator, 100, Bearer.COOP)
    assert rules(market.other_operator, 100, Bearer.COOP)
    assert (case.state, case.ruled, case.bearer) == ("decided", inr(640), "coop")
    aftersale.appeal(market.session, buyer_of(market, order), case, now=market.now)
    third = member(market.session, "Lila", Role.OPERATOR)
    with pytest.raises(AnotherRules):
        rules(market.operator, 50)
    assert not rules(third, 50)
    with pytest.raises(AnotherRules):
        rules(market.operator, 100)  # begins nothing
    assert rules(market.operator, 50)
    assert (case.state, wallet(market, order)) == ("closed", inr(320))


def test_two_who_ruled_together_rule_on_the_appeal_where_nobody_else_can(market: Market) -> None:
    settings.put(market.session, "two_people_above", "10000", by=None, now=market.now)
    order, case = disputed(market)

    def rules(actor: Actor, percent: int) -> bool:
        return case_ruling.rule(market.session, actor, case, percent, Bearer.FARMER, now=market.now)

    assert [rules(market.operator, 50), rules(market.other_operator, 50)] == [False, True]
    aftersale.appeal(market.session, buyer_of(market, order), case, now=market.now)
    assert not rules(market.operator, 100)
    with pytest.raises(OneMoreConfirms):
        rules(market.operator, 100)
    assert not rules(market.other_operator, 50)  # another sum is another ruling
    assert rules(market.operator, 50)
    assert (case.state, wallet(market, order)) == ("closed", inr(320))


def test_what_is_ruled_below_the_limit_or_to_give_nothing_takes_one(market: Market) -> None:
    settings.put(market.session, "two_people_above", "10000", by=None, now=market.now)
    _order, case = disputed(market)
    assert case_ruling.rule(market.session, market.operator, case, 0, Bearer.FARMER, now=market.now)
