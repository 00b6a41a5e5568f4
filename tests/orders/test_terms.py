"""Other terms after the harvest: whom they ask, what each answer does to money and goods, and what comes in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.db import Database
from core.errors import BadInput, Changed, NotFound
from core.members.models import Member
from core.messaging.models import Due
from core.orders import consent, terms
from core.orders.cancel import call_off, cancel_sale, crop_lost
from core.orders.delivery_choice import choose_delivery, write_note
from core.orders.errors import NobodyToAsk, NothingDue, PriceNotHigher, PriceOutside, StillAsked
from core.orders.handing import give
from core.orders.intake import Came, MoneyFact, money_came
from core.orders.models import Order
from core.orders.packing import pick_list
from core.orders.purse import paid
from core.orders.queries import order_card
from core.orders.settle import agree_cash, start_payment
from core.orders.term_models import Proposal
from core.orders.terms import TermsPlan
from core.orders.terms_back import take_back
from core.orders.transfers import decide_receipt, submit_receipt
from core.orders.wallet import wallet_balance
from core.permissions import Actor
from core.personal.erase import erase
from core.personal.export import everything
from core.verify import broken
from tests.orders.market import Market, inr, open_market
from tests.orders.test_endings import kinds, tick
from tests.orders.test_harvest import harvest, reserved
from tests.orders.test_lock_order import at_once


def harvested(market: Market, *quantities: int, **sale: object) -> tuple[Campaign, list[Order]]:
    """Orders of a harvested sale of mangoes at ₹120, a fifth of each paid."""
    campaign = market.sale(**sale)
    orders = reserved(market, campaign, *quantities)
    harvest(market, campaign, 200)
    return campaign, orders


def asks_price(market: Market, campaign: Campaign, price: int = 150) -> TermsPlan:
    terms.write_price(market.session, market.farmer, campaign, inr(price), now=market.now)
    return terms.propose(market.session, market.farmer, campaign, now=market.now)


def asks_goods(market: Market, campaign: Campaign, price: int = 120) -> TermsPlan:
    terms.write_goods(market.session, market.farmer, campaign, "Grade B", now=market.now)
    terms.price_goods(market.session, market.farmer, campaign, inr(price), now=market.now)
    return terms.propose(market.session, market.farmer, campaign, now=market.now)


def buyer_of(market: Market, order: Order) -> Actor:
    return next(who for who in market.buyers if who.member_id == order.buyer_id)


def planned(market: Market, order: Order) -> set[str]:
    found = select(Due.task).where(Due.subject == order.id, Due.done_at.is_(None), Due.task.startswith("order."))
    return set(market.session.scalars(found))


def test_only_those_who_owe_the_balance_and_paid_the_deposit_alone_are_asked(market: Market) -> None:
    campaign, (asked, whole, part, cash, receipt, late) = harvested(market, 5, 5, 5, 5, 5, 5)
    start_payment(market.session, buyer_of(market, whole), whole, "sandbox", now=market.now)
    payment = start_payment(market.session, buyer_of(market, part), part, "transfer", now=market.now)
    money_came(market.session, MoneyFact("transfer", "x", payment.payload, inr(10)), now=market.now)
    agree_cash(market.session, buyer_of(market, cash), cash, now=market.now)
    shown = start_payment(market.session, buyer_of(market, receipt), receipt, "transfer", now=market.now)
    submit_receipt(market.session, buyer_of(market, receipt), shown, media_id=None, reference="U", now=market.now)
    late.balance_due_at = market.now
    market.session.execute(update(Due).where(Due.task == "order.balance_late", Due.subject == late.id)
                           .values(due_at=market.now))  # fmt: skip
    tick(market, seconds=1)
    plan = asks_price(market, campaign)
    assert (plan.asked, plan.others, plan.paid, plan.rest) == (1, 5, inr(120), inr(630))
    assert plan.until == market.now + timedelta(hours=24)
    states = [order.state for order in (asked, whole, part, cash, receipt, late)]
    assert states == ["consent_wait", "ready", "balance_due", "ready", "balance_due", "overdue"]
    assert planned(market, asked) == {"order.terms_end"}
    assert asked.balance_due_at is None


def test_who_paid_the_goods_with_the_deposit_is_not_asked_although_the_delivery_is_owed(market: Market) -> None:
    campaign, (order,) = harvested(market, 5, deposit_percent=100)
    choose_delivery(market.session, buyer_of(market, order), order, "deliver", address="4 Sea Road", now=market.now)
    assert order.state == "balance_due"
    with pytest.raises(NobodyToAsk):
        asks_price(market, campaign)


def test_an_accepted_price_is_the_orders_own_and_opens_the_window_anew(market: Market) -> None:
    campaign, (order, other) = harvested(market, 5, 5)
    asks_price(market, campaign)
    market.later(hours=20)
    terms.accept_terms(market.session, buyer_of(market, order), order, now=market.now)
    assert (order.state, order.answer, order.total) == ("balance_due", "accepted", inr(750))
    assert order.balance_due_at == market.now + timedelta(hours=48)
    assert {"order.balance_reminder", "order.balance_late"} == planned(market, order)
    assert (other.total, campaign.price) == (inr(600), inr(120))
    with pytest.raises(Changed):
        terms.accept_terms(market.session, buyer_of(market, order), order, now=market.now)
    with pytest.raises(Changed):
        terms.refuse_terms(market.session, buyer_of(market, order), order, now=market.now)
    start_payment(market.session, buyer_of(market, order), order, "sandbox", now=market.now)
    assert (order.state, paid(market.session, order)) == ("ready", inr(750))


def test_the_last_answer_is_told_with_how_many_said_what(market: Market) -> None:
    campaign, (first, second, third) = harvested(market, 5, 5, 5)
    asks_price(market, campaign)
    terms.accept_terms(market.session, buyer_of(market, first), first, now=market.now)
    assert terms.refuse_terms(market.session, buyer_of(market, second), second, now=market.now) == inr(120)
    assert kinds(market, "terms_answered") == []
    found = terms.standing(market.session, campaign)
    assert found is not None
    assert (found.accepted, found.refused, found.unheard, found.thinking) == (1, 1, 0, 1)
    tick(market, hours=25)
    assert kinds(market, "terms_answered") == [{"what": "price", "accepted": 1, "refused": 1, "unheard": 1}]
    assert (second.state, second.reason, third.state, third.total) == (
        "cancelled", "terms_refused", "balance_due", inr(600),
    )  # fmt: skip
    assert (campaign.reserved, wallet_balance(market.session, second.buyer_id)) == (10, inr(120))


def test_whoever_still_thinks_of_other_goods_is_reminded_once_half_way(market: Market) -> None:
    campaign, (silent, quick) = harvested(market, 5, 5)
    asks_goods(market, campaign, 60)
    until = silent.consent_until
    assert planned(market, silent) == {"order.terms_end", "order.terms_reminder"}
    terms.accept_terms(market.session, buyer_of(market, quick), quick, now=market.now)
    assert "order.terms_reminder" not in planned(market, quick)
    tick(market, hours=11)
    assert kinds(market, "terms_reminder") == []
    tick(market, hours=2)
    assert [fact["until"] for fact in kinds(market, "terms_reminder")] == [until.isoformat() if until else None]
    tick(market, hours=12)
    assert (silent.state, len(kinds(market, "terms_reminder"))) == ("cancelled", 1)


def test_goods_nobody_agreed_to_get_end_with_everything_back(market: Market) -> None:
    campaign, (silent,) = harvested(market, 5)
    asks_goods(market, campaign, 60)
    tick(market, hours=25)
    assert (silent.state, silent.reason, silent.answer) == ("cancelled", "terms_unheard", "unheard")
    assert (wallet_balance(market.session, silent.buyer_id), campaign.reserved) == (inr(120), 0)
    assert campaign.state == "done"


def test_cheaper_goods_give_the_excess_back_and_stand_where_it_is_packed(market: Market) -> None:
    campaign, (order, other) = harvested(market, 5, 5)
    start_payment(market.session, buyer_of(market, other), other, "sandbox", now=market.now)
    asks_goods(market, campaign, 20)
    buyer = buyer_of(market, order)
    card = order_card(market.session, order.id, buyer)
    assert card.offer is not None
    assert (card.offer.total, card.offer.rest, card.offer.back, card.rest) == (inr(100), inr(0), inr(20), inr(480))
    terms.accept_terms(market.session, buyer, order, now=market.now)
    assert (order.state, paid(market.session, order)) == ("ready", inr(100))
    assert wallet_balance(market.session, buyer.member_id) == inr(20)
    lines = pick_list(market.session, campaign, market.now.date()).lines
    assert [line.instead for line in lines] == ["Grade B", ""]
    assert order_card(market.session, order.id, buyer).instead == "Grade B"


def test_an_order_is_asked_once_and_never_while_others_think(market: Market) -> None:
    campaign, (first, second) = harvested(market, 5, 5)
    asks_price(market, campaign)
    with pytest.raises(StillAsked):
        asks_goods(market, campaign)
    terms.accept_terms(market.session, buyer_of(market, first), first, now=market.now)
    with pytest.raises(StillAsked):
        asks_goods(market, campaign)
    tick(market, hours=25)
    with pytest.raises(NobodyToAsk):
        asks_goods(market, campaign)
    assert (first.total, second.total) == (inr(750), inr(600))


def test_a_price_that_is_not_higher_or_too_high_and_words_out_of_bounds_are_refused(market: Market) -> None:
    campaign, _orders = harvested(market, 5)
    session, farmer, now = market.session, market.farmer, market.now
    for price in (0, 119, 120):
        with pytest.raises(PriceNotHigher):
            terms.write_price(session, farmer, campaign, inr(price), now=now)
    with pytest.raises(PriceOutside):
        terms.write_price(session, farmer, campaign, inr("240.01"), now=now)
    with pytest.raises(Changed):
        terms.price_goods(session, farmer, campaign, inr(120), now=now)
    for words in ("B", "x" * 121, "write to me@farm.example", "98450 12345 67"):
        with pytest.raises(BadInput):
            terms.write_goods(session, farmer, campaign, words, now=now)
    with pytest.raises(Changed):
        terms.terms_plan(session, campaign, now=now)
    terms.write_goods(session, farmer, campaign, "Grade B", now=now)
    with pytest.raises(Changed):  # its price was not said yet
        terms.propose(session, farmer, campaign, now=now)
    for price in (0, 241):
        with pytest.raises(PriceOutside):
            terms.price_goods(session, farmer, campaign, inr(price), now=now)
    terms.price_goods(session, farmer, campaign, inr(240), now=now)
    again = terms.write_goods(session, farmer, campaign, "Grade C", now=now)
    assert (again.goods, again.price) == ("Grade C", inr(240))


def test_a_stranger_neither_asks_nor_answers_and_nothing_is_asked_before_the_harvest(market: Market) -> None:
    campaign, (order,) = harvested(market, 5)
    with pytest.raises(NotFound):
        terms.write_price(market.session, buyer_of(market, order), campaign, inr(150), now=market.now)
    with pytest.raises(Changed):
        terms.accept_terms(market.session, buyer_of(market, order), order, now=market.now)
    asks_price(market, campaign)
    for verb in (terms.accept_terms, terms.refuse_terms):
        with pytest.raises(NotFound):
            verb(market.session, market.buyer("Bina"), order, now=market.now)
    growing = market.sale(closes_at=market.now + timedelta(days=9))
    with pytest.raises(Changed):
        terms.write_price(market.session, market.farmer, growing, inr(150), now=market.now)


def test_money_that_comes_while_the_buyer_thinks_is_the_buyers_own(market: Market) -> None:
    campaign, (order,) = harvested(market, 5)
    buyer = buyer_of(market, order)
    payment = start_payment(market.session, buyer, order, "transfer", now=market.now)
    asks_price(market, campaign)
    with pytest.raises(NothingDue):
        start_payment(market.session, buyer, order, "sandbox", now=market.now)
    came = money_came(market.session, MoneyFact("transfer", "late", payment.payload, inr(480)), now=market.now)
    assert (came.came, order.state) == (Came.TO_CREDIT, "consent_wait")
    assert wallet_balance(market.session, buyer.member_id) == inr(480)
    tick(market, hours=25)
    assert order.state == "balance_due"
    start_payment(market.session, buyer, order, "wallet", now=market.now)
    assert (order.state, paid(market.session, order)) == ("ready", inr(600))


@pytest.mark.parametrize("accept", [True, False])
def test_a_receipt_shown_while_the_buyer_thinks_stops_no_answer_and_pays_afterwards(
    market: Market, *, accept: bool
) -> None:
    campaign, (order,) = harvested(market, 5)
    buyer = buyer_of(market, order)
    payment = start_payment(market.session, buyer, order, "transfer", now=market.now)
    asks_price(market, campaign)
    submit_receipt(market.session, buyer, payment, media_id=None, reference="UTR 1", now=market.now)
    assert planned(market, order) == {"order.terms_end"}
    tick(market, hours=25)
    assert (order.state, planned(market, order)) == ("balance_due", set())  # its time is the operator's
    tick(market, days=5)
    assert order.state == "balance_due"
    decide_receipt(market.session, market.operator, payment, accept=accept, reason="not there", now=market.now)
    if accept:
        assert (order.state, paid(market.session, order)) == ("ready", inr(600))
        return
    assert "order.balance_late" in planned(market, order)
    tick(market, hours=5)
    assert order.state == "overdue"


@pytest.mark.parametrize("accept", [True, False])
def test_a_second_receipt_after_one_was_rejected_leaves_the_balance_its_time(market: Market, *, accept: bool) -> None:
    campaign, (order,) = harvested(market, 5)
    buyer = buyer_of(market, order)
    payment = start_payment(market.session, buyer, order, "transfer", now=market.now)
    asks_price(market, campaign)
    submit_receipt(market.session, buyer, payment, media_id=None, reference="UTR 1", now=market.now)
    asked_at = order.rev
    decide_receipt(market.session, market.operator, payment, accept=False, reason="not there", now=market.now)
    assert order.rev == asked_at  # [Accept], sent before, goes on to work
    submit_receipt(market.session, buyer, payment, media_id=None, reference="UTR 2", now=market.now)
    terms.accept_terms(market.session, buyer, order, now=market.now)
    assert "order.balance_late" in planned(market, order)  # as told when the second one was handed in
    decide_receipt(market.session, market.operator, payment, accept=accept, reason="not there", now=market.now)
    assert order.state == "balance_due"  # ₹150 more than was transferred, or all of it
    tick(market, days=3)
    assert order.state == "overdue"


@pytest.mark.parametrize("ends", ["lost", "cancelled", "called off"])
def test_a_sale_that_ends_while_buyers_think_pays_them_back_and_asks_no_more(market: Market, ends: str) -> None:
    campaign, (order,) = harvested(market, 5)
    asks_price(market, campaign)
    if ends == "lost":
        crop_lost(market.session, market.farmer, campaign, "rain", now=market.now)
    elif ends == "cancelled":
        cancel_sale(market.session, market.farmer, campaign, "cannot", now=market.now)
    else:
        call_off(market.session, market.operator, campaign, why="illegal", now=market.now)
    assert (order.state, wallet_balance(market.session, order.buyer_id)) == ("cancelled", inr(120))
    with pytest.raises(Changed):
        terms.accept_terms(market.session, buyer_of(market, order), order, now=market.now)
    tick(market, hours=25)
    assert (order.state, order.answer, planned(market, order)) == ("cancelled", None, set())


def test_while_the_buyer_thinks_a_note_is_taken_and_the_rest_waits(market: Market) -> None:
    campaign, (order,) = harvested(market, 5)
    buyer = buyer_of(market, order)
    asks_price(market, campaign)
    write_note(market.session, buyer, order, "Ripe ones, please", now=market.now)
    with pytest.raises(Changed):
        choose_delivery(market.session, buyer, order, "pickup", now=market.now)
    with pytest.raises(Changed):
        give(market.session, buyer, order, now=market.now)
    for verb in (consent.accept_weight, consent.refuse_weight):  # the buttons of another question
        with pytest.raises(Changed):
            verb(market.session, buyer, order, now=market.now)
    terms.accept_terms(market.session, buyer, order, now=market.now)
    assert order.note == "Ripe ones, please"


def test_goods_by_final_weight_are_asked_for_their_price_after_the_scales(market: Market) -> None:
    campaign, (order,) = harvested(market, 5, by_weight=True)
    with pytest.raises(NobodyToAsk):
        asks_price(market, campaign)
    consent.weigh(market.session, market.farmer, order, Decimal(9), now=market.now)
    assert order_card(market.session, order.id).offer is None
    with pytest.raises(NobodyToAsk):
        asks_price(market, campaign)
    for verb in (terms.accept_terms, terms.refuse_terms):
        with pytest.raises(Changed):
            verb(market.session, buyer_of(market, order), order, now=market.now)
    consent.accept_weight(market.session, buyer_of(market, order), order, now=market.now)
    asks_price(market, campaign)
    tick(market, hours=25)
    assert (order.state, order.weight, order.total) == ("balance_due", 9, inr(1080))


def test_verify_names_an_order_that_was_asked_about_unknown_terms(market: Market) -> None:
    _campaign, (order,) = harvested(market, 5)
    order.proposal_id = 999
    market.session.flush()
    assert broken(market.session) == [f"order {order.id} was asked about unknown terms"]
    order.proposal_id = None


def due_on(database: Database, buyers: int) -> tuple[Market, int, list[tuple[Actor, int]]]:
    """A committed sale whose buyers owe the balance."""
    with database.writing() as session:
        market = open_market(session)
        campaign, orders = harvested(market, *[5] * buyers)
        return market, campaign.id, [(buyer_of(market, order), order.id) for order in orders]


def test_paying_and_being_asked_at_the_same_moment_has_one_winner(database: Database) -> None:
    market, sale, [(asha, order)] = due_on(database, 1)
    pays = partial(_pays, asha, order, market.now)
    told = at_once(database, pays, lambda session: asks_price(_in(market, session), session.get_one(Campaign, sale)))
    with database.reading() as session:
        found = session.get_one(Order, order)
        ends = {"ready": ["done", "NobodyToAsk"], "consent_wait": ["NothingDue", "done"]}
        assert told == ends[found.state]
        assert broken(session) == []


def test_the_last_two_answers_at_the_same_moment_are_told_once(database: Database) -> None:
    market, sale, buyers = due_on(database, 2)
    with database.writing() as session:
        asks_price(_in(market, session), session.get_one(Campaign, sale))
    (one, first), (other, second) = buyers
    told = at_once(
        database,
        lambda session: terms.accept_terms(session, one, session.get_one(Order, first), now=market.now),
        lambda session: terms.refuse_terms(session, other, session.get_one(Order, second), now=market.now),
    )
    assert told == ["done", "done"]
    with database.reading() as session:
        answered = kinds(_in(market, session), "terms_answered")
        assert answered == [{"what": "price", "accepted": 1, "refused": 1, "unheard": 0}]
        assert broken(session) == []


def _in(market: Market, session: Session) -> Market:
    return replace(market, session=session)


def _pays(who: Actor, order_id: int, now: datetime, session: Session) -> object:
    return start_payment(session, who, session.get_one(Order, order_id), "sandbox", now=now)


def test_a_farmers_words_are_in_the_export_and_forgotten_with_the_farmer(market: Market) -> None:
    campaign, (order,) = harvested(market, 5)
    asks_goods(market, campaign)
    terms.refuse_terms(market.session, buyer_of(market, order), order, now=market.now)
    farmer = market.farmer.member_id
    (told,) = everything(market.session, farmer)["proposed_terms"]
    assert (told["goods"], told["price_minor"]) == ("Grade B", 12000)
    assert everything(market.session, order.buyer_id)["proposed_terms"] == []
    erase(market.session, market.farmer, market.session.get_one(Member, farmer), now=market.now)
    market.session.expire_all()
    assert list(market.session.scalars(select(Proposal.goods))) == ["–"]


def test_what_nobody_answered_is_taken_back_into_a_draft_and_may_be_asked_again(market: Market) -> None:
    campaign, (first, second) = harvested(market, 2, 3)
    asks_price(market, campaign, 200)
    assert take_back(market.session, market.farmer, campaign, now=market.now) == 2
    assert [(order.state, order.proposal_id) for order in (first, second)] == [("balance_due", None)] * 2
    assert first.balance_due_at is not None
    draft = terms.draft_of(market.session, campaign)
    assert draft is not None
    assert draft.price == inr(200)
    with pytest.raises(Changed):
        take_back(market.session, market.farmer, campaign, now=market.now)
    assert asks_price(market, campaign, 150).asked == 2
    assert broken(market.session) == []


def test_answers_that_were_given_stand_when_a_question_is_taken_back(market: Market) -> None:
    campaign, (first, second) = harvested(market, 2, 3)
    asks_price(market, campaign)
    terms.accept_terms(market.session, buyer_of(market, first), first, now=market.now)
    assert take_back(market.session, market.farmer, campaign, now=market.now) == 1
    assert (first.price, second.price) == (inr(150), inr(120))
    assert terms.draft_of(market.session, campaign) is None
    found = terms.standing(market.session, campaign)
    assert found is not None
    assert (found.accepted, found.thinking) == (1, 0)
    tick(market, hours=25)  # the clock has nothing to end any more
    assert second.state == "balance_due"
    assert asks_price(market, campaign, 130).asked == 1


def test_only_the_farmer_takes_a_question_back(market: Market) -> None:
    campaign, (order,) = harvested(market, 2)
    asks_price(market, campaign)
    with pytest.raises(NotFound):
        take_back(market.session, buyer_of(market, order), campaign, now=market.now)
