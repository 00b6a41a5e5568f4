"""The rest of a harvest is sold again, and never twice: what sales of it take, give back, and are refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalog import drafts, form, publish, queries
from core.catalog.drafts import sell_rest
from core.catalog.errors import MoreThanFree, NothingFree, RestGone
from core.catalog.models import Campaign
from core.catalog.rest import ENDED, free_stock
from core.db import Database
from core.errors import BadInput, Changed, NotAllowed, NotFound
from core.members.models import Member
from core.members.service import agree
from core.orders.cancel import cancel_sale, crop_lost, remove
from core.orders.models import Order
from core.orders.states import COUNTED, OrderState
from core.permissions import Role
from core.tracing.service import batches_of, steps_of
from core.verify import broken
from tests.orders.market import Market, inr, member, open_market
from tests.orders.test_endings import tick
from tests.orders.test_harvest import harvest, reserved
from tests.orders.test_races import Stage


def crop(market: Market, *shares: int, quantity: int = 100, **fields: object) -> Campaign:
    """A sale of which this much was harvested, reserved in these shares; its farmer accepted the rules."""
    agree(market.session, market.session.get_one(Member, market.farmer.member_id), now=market.now)
    campaign = market.sale(**fields)
    reserved(market, campaign, *shares)
    harvest(market, campaign, quantity)
    return campaign


def rest(market: Market, campaign: Campaign) -> Campaign:
    return sell_rest(market.session, market.farmer, campaign, now=market.now)


def put(market: Market, draft: Campaign) -> Campaign:
    publish.publish(market.session, market.farmer, draft, now=market.now)
    return draft


def opened(market: Market, draft: Campaign) -> Campaign:
    put(market, draft)
    publish.decide_listing(market.session, market.operator, draft, verdict="approve", now=market.now)
    return draft


def form_less(market: Market, campaign: Campaign, quantity: int) -> None:
    """As if less of it had been offered from the start."""
    campaign.capacity = Decimal(quantity)
    market.session.flush()


def free(market: Market, campaign: Campaign) -> int:
    return int(free_stock(market.session, campaign))


def give_up(market: Market, order: Order) -> None:
    """As if the order had ended without the goods; its money is no matter here."""
    order.state = OrderState.FORFEITED.value
    campaign = market.session.get_one(Campaign, order.campaign_id)
    campaign.reserved -= order.quantity
    market.session.flush()


def test_the_states_read_by_name_are_those_of_the_orders_table() -> None:
    assert set(ENDED) == {state.value for state in set(OrderState) - COUNTED}


def test_the_rest_has_the_goods_and_terms_of_the_sale_and_its_harvest(market: Market) -> None:
    sale = crop(market, 30, minimum=Decimal(10), guarantee="Sweet or money back")
    market.later(days=3)
    draft = rest(market, sale)
    assert (draft.rest_of, draft.cloned_from, draft.state, draft.capacity) == (sale.id, None, "draft", 70)
    assert (draft.title, draft.price, draft.guarantee, draft.minimum) == (sale.title, inr(120), sale.guarantee, None)
    assert (draft.pickup_place, draft.delivery_fee) == (sale.pickup_place, sale.delivery_fee)
    assert draft.harvest_on == market.now.date()
    assert rest(market, sale) is draft
    assert free(market, sale) == 70
    opened(market, draft)
    assert free(market, sale) == 0
    assert draft.closes_at is not None
    assert draft.closes_at - market.now >= timedelta(days=2)
    market.later(hours=5)
    reserved(market, draft, 20)
    market.later(days=3)
    harvest(market, draft, 70)
    (first,), (second,) = batches_of(market.session, sale.id), batches_of(market.session, draft.id)
    assert second.harvested_at == first.harvested_at
    assert second.lot[:5] == first.lot[:5]
    assert steps_of(market.session, second)[0].at == first.harvested_at
    assert (free(market, sale), free(market, draft)) == (50, 50)  # one harvest, whichever sale is looked at


def test_the_same_goods_are_never_listed_twice(market: Market) -> None:
    sale = crop(market, 30)
    first = put(market, rest(market, sale))
    for pressed in (sale, first):
        with pytest.raises(NothingFree):
            rest(market, pressed)
    publish.undo(market.session, market.farmer, first, now=market.now)
    form.set_quantity(market.session, market.farmer, first, Decimal(50), now=market.now)
    put(market, first)
    second = rest(market, sale)
    assert (second.capacity, free(market, sale)) == (20, 20)
    publish.undo(market.session, market.farmer, first, now=market.now)
    form.set_quantity(market.session, market.farmer, second, Decimal(70), now=market.now)
    form.set_quantity(market.session, market.farmer, first, Decimal(10), now=market.now)
    put(market, first)
    with pytest.raises(MoreThanFree) as refused:
        put(market, second)
    assert refused.value.params == {"quantity": "70 kg", "free": "60 kg", "example": "60 kg"}
    assert rest(market, sale) is second
    assert second.capacity == 60  # pressed again, no more than there is
    put(market, second)
    with pytest.raises(MoreThanFree):  # raised while the co-op looks
        form.set_quantity(market.session, market.farmer, first, Decimal(11), now=market.now)
    form.set_quantity(market.session, market.farmer, first, Decimal(9), now=market.now)
    assert free(market, sale) == 1


def test_what_a_sale_of_the_rest_does_not_sell_is_free_again(market: Market) -> None:
    sale = crop(market, 30)
    draft = put(market, rest(market, sale))
    publish.decide_listing(market.session, market.operator, draft, verdict="reject", reason="No", now=market.now)
    assert (draft.state, free(market, sale)) == ("cancelled", 70)
    removed = opened(market, rest(market, sale))
    assert free(market, sale) == 0
    remove(market.session, market.operator, removed, "Illegal", now=market.now)
    assert free(market, sale) == 70
    sold = opened(market, rest(market, sale))
    orders = reserved(market, sold, 40, 20)
    harvest(market, sold, 60)
    assert free(market, sale) == 10
    give_up(market, orders[0])
    assert free(market, sale) == 50
    again = rest(market, sold)  # a rest of a rest is one of the same harvest
    assert (again.rest_of, again.capacity) == (sale.id, 50)
    opened(market, again)
    reserved(market, again, 50)
    cancel_sale(market.session, market.farmer, again, "other", now=market.now)
    assert free(market, sale) == 50


def test_what_of_the_rest_was_lost_is_not_offered_again(market: Market) -> None:
    sale = crop(market, 30)
    lost = opened(market, rest(market, sale))
    form_less(market, lost, 50)
    reserved(market, lost, 10)
    crop_lost(market.session, market.farmer, lost, "rotten", now=market.now)
    assert free(market, sale) == 20  # all that this sale offered is gone, ordered or not
    partly = opened(market, rest(market, sale))
    reserved(market, partly, 8, 8)
    harvest(market, partly, 12)  # of 16 kg that were ordered 4 were no more good
    assert free(market, sale) == 4
    orders = market.session.scalars(select(Order).where(Order.campaign_id == partly.id)).all()
    give_up(market, orders[0])
    assert free(market, sale) == 4 + orders[0].allotted
    crop_lost(market.session, market.farmer, partly, "rotten", now=market.now)
    assert free(market, sale) == 4 + orders[0].allotted  # given up before, so not lost with the others


def test_of_a_rest_of_which_every_order_is_cut_out_the_missing_is_gone_too(market: Market) -> None:
    sale = crop(market, 30)
    draft = opened(market, rest(market, sale))
    orders = reserved(market, draft, 10, 60)
    for order in orders:
        order.least_useful = order.quantity
    harvest(market, draft, 5)
    assert {order.state for order in orders} == {OrderState.CANCELLED.value}
    assert free(market, sale) == 5


def test_a_draft_with_less_in_it_asks_for_no_more_than_that(market: Market) -> None:
    sale = crop(market, 30)
    first = put(market, rest(market, sale))
    publish.undo(market.session, market.farmer, first, now=market.now)
    form.set_minimum(market.session, market.farmer, first, Decimal(60), now=market.now)
    form.set_quantity(market.session, market.farmer, first, Decimal(60), now=market.now)
    put(market, first)
    second = rest(market, sale)
    publish.undo(market.session, market.farmer, first, now=market.now)
    form.set_quantity(market.session, market.farmer, second, Decimal(50), now=market.now)
    form.set_minimum(market.session, market.farmer, second, Decimal(40), now=market.now)
    put(market, first)
    assert rest(market, sale) is second
    assert (second.capacity, second.minimum) == (10, 10)  # a least total above what is offered is never reached


def test_a_rest_that_nobody_takes_ends_by_itself_and_is_free_again(market: Market) -> None:
    sale = crop(market, 30)
    draft = opened(market, rest(market, sale))
    tick(market, hours=40)
    assert (draft.state, free(market, sale)) == ("open", 0)
    tick(market, days=2)
    assert (draft.state, free(market, sale)) == ("failed", 70)
    again = opened(market, rest(market, draft))
    reserved(market, again, 1)
    tick(market, days=3)
    assert (again.state, free(market, sale)) == ("confirmed", 30)  # the order of 30 kg was never paid


def test_a_draft_that_nobody_changed_offers_what_became_free_since(market: Market) -> None:
    sale = crop(market, 30, 20, quantity=60)
    draft = rest(market, sale)
    assert draft.capacity == 10
    first, second = market.session.scalars(select(Order).where(Order.campaign_id == sale.id).order_by(Order.id))
    give_up(market, first)
    assert rest(market, sale) is draft
    assert draft.capacity == 40
    form.set_quantity(market.session, market.farmer, draft, Decimal(15), now=market.now)
    give_up(market, second)
    assert rest(market, sale) is draft
    assert (draft.capacity, free(market, sale)) == (15, 60)


def test_of_a_sale_that_was_taken_off_nothing_is_sold_on(market: Market) -> None:
    sale = crop(market)
    waiting = put(market, rest(market, sale))
    form.set_quantity(market.session, market.farmer, waiting, Decimal(60), now=market.now)
    later = rest(market, sale)
    remove(market.session, market.operator, sale, "Illegal", now=market.now)
    assert free(market, sale) == 0
    with pytest.raises(Changed):
        rest(market, sale)
    with pytest.raises(NothingFree):
        put(market, later)
    with pytest.raises(RestGone):
        publish.decide_listing(market.session, market.operator, waiting, verdict="approve", now=market.now)
    remove(market.session, market.operator, waiting, "Illegal", now=market.now)
    later.state = "cancelled"


def test_who_sells_the_rest_and_of_what(market: Market) -> None:
    growing = market.sale()
    with pytest.raises(Changed):
        rest(market, growing)
    sale = crop(market, 30)
    stranger = member(market.session, "Hari", Role.FARMER)
    with pytest.raises(NotFound):
        sell_rest(market.session, stranger, sale, now=market.now)
    with pytest.raises(NotFound):
        sell_rest(market.session, market.operator, sale, now=market.now)
    with pytest.raises((NotAllowed, NotFound)):
        sell_rest(market.session, market.buyer(), sale, now=market.now)


def test_the_rest_is_counted_in_whole_packs_of_the_harvests_unit(market: Market) -> None:
    sale = crop(market, 30, quantity=44, pack=Decimal(5), by_weight=True)
    draft = rest(market, sale)
    assert (draft.capacity, draft.by_weight) == (10, True)
    with pytest.raises(BadInput):
        form.set_unit(market.session, market.farmer, draft, "crate", now=market.now)
    form.set_pack(market.session, market.farmer, draft, Decimal(2), now=market.now)
    form.set_quantity(market.session, market.farmer, draft, Decimal(14), now=market.now)
    put(market, draft)
    with pytest.raises(NothingFree):
        rest(market, sale)
    assert free(market, sale) == 0


def test_a_draft_that_lay_for_days_is_ready_today_and_a_late_approval_too(market: Market) -> None:
    draft = rest(market, crop(market, 30))
    market.later(days=2)
    put(market, draft)
    assert draft.harvest_on == market.now.date()
    market.later(days=1)
    publish.decide_listing(market.session, market.operator, draft, verdict="approve", now=market.now)
    assert (draft.state, draft.harvest_on) == ("open", market.now.date())


def test_the_rest_is_no_season_that_the_next_one_repeats(market: Market) -> None:
    sale = crop(market, 30, published_at=market.now)
    draft = rest(market, sale)
    fresh = drafts.start_draft(market.session, market.farmer, "mango", now=market.now)
    assert fresh is not draft
    form.set_price(market.session, market.farmer, draft, inr(60), now=market.now)
    opened(market, draft)
    assert queries.last_campaign(market.session, sale.farm_id) is sale
    assert queries.last_campaign_of_crop(market.session, sale.farm_id, "mango") is sale


def test_verify_finds_a_harvest_that_is_given_out_twice(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        sale = crop(market, 30)
        draft = put(market, rest(market, sale))
        draft.capacity = Decimal(71)
    with database.reading() as session:
        assert broken(session) == [f"campaign {sale.id}: 101 of a harvest of 100 is given out"]


def test_two_drafts_published_at_once_take_the_harvest_once(database: Database) -> None:
    stage = Stage(database)
    with database.writing() as session:
        stage.market.session = session
        sale = crop(stage.market, 30)
        first = put(stage.market, rest(stage.market, sale))
        form.set_quantity(session, stage.market.farmer, first, Decimal(10), now=stage.market.now)
        second = rest(stage.market, sale)
        publish.undo(session, stage.market.farmer, first, now=stage.market.now)
        for draft in (first, second):
            form.set_quantity(session, stage.market.farmer, draft, Decimal(70), now=stage.market.now)
        ids, farmer, now, root = (first.id, second.id), stage.market.farmer, stage.market.now, sale.id
    ended = stage.at_once(
        *(
            lambda session, draft_id=draft_id: publish.publish(
                session, farmer, session.get_one(Campaign, draft_id), now=now
            )
            for draft_id in ids
        )
    )
    assert ended == {"done": 1, "NothingFree": 1}
    with database.reading() as session:
        assert free_stock(session, session.get_one(Campaign, root)) == 0
        assert broken(session) == []
