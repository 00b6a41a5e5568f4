"""The waiting list: who came first and whose wish fits is offered what became free, for a time, and never twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalog.errors import AlreadyReserved
from core.catalog.models import Campaign
from core.errors import NotAllowed, NotFound
from core.messaging import due
from core.messaging.models import Due
from core.orders import due as _tasks  # noqa: F401 - registers the tasks of orders
from core.orders import waiting
from core.orders.cancel import cancel, crop_lost, hold_ends, remove
from core.orders.errors import NotInPacks, OfferEnded, StillFree, TooManyPlaces, TooManyUnpaid
from core.orders.models import Order
from core.orders.places import Place
from core.orders.reserve import reserve
from core.orders.settle import start_payment
from core.orders.waiting import join, leave, offer_ends, place_line, places_of, sweep, take, waiting_count
from core.permissions import Actor
from core.settings import service as settings
from core.verify import broken
from tests.orders.market import Market


def sold_out(market: Market, capacity: int = 10) -> tuple[Campaign, Actor, Order]:
    """A sale of which one buyer has everything, paid for."""
    sale, first = market.sale(capacity=Decimal(capacity)), market.buyer("First")
    order = reserve(market.session, first, sale, Decimal(capacity), now=market.now)
    start_payment(market.session, first, order, "sandbox", now=market.now)
    return sale, first, order


def waits(market: Market, sale: Campaign, name: str, quantity: int = 5) -> tuple[Actor, Place]:
    who = market.buyer(name)
    return who, join(market.session, who, sale, Decimal(quantity), now=market.now)


def test_a_cancelled_share_is_offered_in_turn_to_whose_wish_fits(market: Market) -> None:
    sale, first, order = sold_out(market, 10)
    _ana, big = waits(market, sale, "Ana", 8)
    _bo, second = waits(market, sale, "Bo", 3)
    _cy, third = waits(market, sale, "Cy", 2)
    assert [place_line(market.session, place).before for place in (big, second, third)] == [0, 1, 2]
    cancel(market.session, first, order, now=market.now)
    assert (big.state, second.state, third.state) == ("offered", "waiting", "offered")
    assert (sale.reserved, broken(market.session)) == (10, [])
    assert waiting_count(market.session, sale.id) == (3, 13)


def test_what_is_offered_is_taken_once_and_its_deposit_is_due(market: Market) -> None:
    sale, first, order = sold_out(market)
    ana, place = waits(market, sale, "Ana", 10)
    cancel(market.session, first, order, now=market.now)
    made = take(market.session, ana, place, now=market.later(minutes=59))
    assert (made.state, made.quantity, made.waited, place.state) == ("held", 10, True, "taken")
    assert take(market.session, ana, place, now=market.now).id == made.id
    assert (sale.reserved, broken(market.session)) == (10, [])
    assert market.told(made) == ["order_held"]
    market.session.flush()
    planned = select(Due.task).where(Due.subject == made.id, Due.task == "order.hold_ends")
    assert market.session.scalars(planned).all() == ["order.hold_ends"]


def test_an_offer_that_ends_goes_to_the_next_and_is_over_for_the_first(market: Market) -> None:
    sale, first, order = sold_out(market)
    ana, place = waits(market, sale, "Ana", 10)
    _bo, next_place = waits(market, sale, "Bo", 4)
    cancel(market.session, first, order, now=market.now)
    offer_ends(market.session, place.id, market.later(minutes=59))
    assert place.state == "offered", "not before its time"
    with pytest.raises(OfferEnded):
        take(market.session, ana, place, now=market.now.replace(hour=12))
    offer_ends(market.session, place.id, market.later(minutes=1))
    offer_ends(market.session, place.id, market.now)
    assert (place.state, next_place.state, sale.reserved) == ("passed", "offered", 4)
    with pytest.raises(OfferEnded):
        take(market.session, ana, place, now=market.now)


def test_a_no_goes_to_the_next_and_leaving_twice_changes_nothing(market: Market) -> None:
    sale, first, order = sold_out(market)
    ana, place = waits(market, sale, "Ana", 10)
    _bo, next_place = waits(market, sale, "Bo", 10)
    cancel(market.session, first, order, now=market.now)
    for _again in range(2):
        leave(market.session, ana, place, now=market.now)
    assert (place.state, next_place.state, sale.reserved) == ("left", "offered", 10)


def test_a_hold_that_runs_out_is_offered(market: Market) -> None:
    sale, holder = market.sale(capacity=Decimal(5)), market.buyer("Holder")
    order = reserve(market.session, holder, sale, Decimal(5), now=market.now)
    _ana, place = waits(market, sale, "Ana", 5)
    hold_ends(market.session, order.id, market.later(minutes=30))
    assert (order.state, place.state, sale.reserved) == ("expired", "offered", 5)


def test_what_can_be_reserved_or_makes_no_sense_is_not_waited_for(market: Market) -> None:
    sale, asha = market.sale(capacity=Decimal(10), pack=Decimal(2)), market.buyer()
    with pytest.raises(StillFree):
        join(market.session, asha, sale, Decimal(10), now=market.now)
    reserve(market.session, asha, sale, Decimal(8), now=market.now)
    for wrong in ("3", "12", "0", "-2", "NaN"):
        with pytest.raises(NotInPacks):
            join(market.session, asha, sale, Decimal(wrong), now=market.now)


def test_who_waits_again_keeps_the_turn_with_the_new_quantity(market: Market) -> None:
    sale, _first, _order = sold_out(market)
    ana, place = waits(market, sale, "Ana", 5)
    waits(market, sale, "Bo", 5)
    again = join(market.session, ana, sale, Decimal(3), now=market.now)
    assert (again.id, again.quantity, place_line(market.session, again).before) == (place.id, 3, 0)


def test_one_member_waits_in_a_bounded_number_of_sales(market: Market) -> None:
    settings.put(market.session, "waiting_places_most", "2", by=None, now=market.now)
    asha = market.buyer()
    for _sale in range(2):
        join(market.session, asha, sold_out(market)[0], Decimal(5), now=market.now)
    with pytest.raises(TooManyPlaces):
        join(market.session, asha, sold_out(market)[0], Decimal(5), now=market.now)
    assert len(places_of(market.session, asha.member_id)) == 2


def test_offers_count_among_the_unpaid_holds_of_a_member(market: Market) -> None:
    settings.put(market.session, "unpaid_holds_most", "2", by=None, now=market.now)
    asha, other = market.buyer(), market.sale()
    sales = [sold_out(market) for _sale in range(3)]
    places = [join(market.session, asha, sale, Decimal(10), now=market.now) for sale, _first, _order in sales]
    for _sale, first, order in sales:
        cancel(market.session, first, order, now=market.now)
    assert [place.state for place in places] == ["offered", "offered", "waiting"]
    with pytest.raises(TooManyUnpaid), market.session.begin_nested():
        reserve(market.session, asha, other, Decimal(1), now=market.now)
    market.session.refresh(other)
    leave(market.session, asha, places[0], now=market.now)
    assert sweep(market.session, now=market.now) == 1
    assert places[2].state == "offered"


def test_what_became_free_by_another_road_is_swept_up_once(market: Market) -> None:
    sale, _first, _order = sold_out(market)
    _ana, place = waits(market, sale, "Ana", 5)
    sale.capacity = Decimal(15)
    market.session.flush()
    assert (sweep(market.session, now=market.now), sweep(market.session, now=market.now)) == (1, 0)
    assert (place.state, sale.reserved) == ("offered", 15)


def test_while_a_sale_pauses_nothing_is_offered(market: Market) -> None:
    sale, first, order = sold_out(market)
    _ana, place = waits(market, sale, "Ana", 5)
    sale.state = "paused"
    market.session.flush()
    cancel(market.session, first, order, now=market.now)
    assert place.state == "waiting"
    sale.state = "open"
    market.session.flush()
    assert sweep(market.session, now=market.now) == 1
    assert place.state == "offered"


def test_a_lost_crop_ends_the_list_and_its_offers(market: Market) -> None:
    sale, first, order = sold_out(market)
    _ana, offered = waits(market, sale, "Ana", 10)
    _bo, place = waits(market, sale, "Bo", 5)
    cancel(market.session, first, order, now=market.now)
    crop_lost(market.session, market.farmer, sale, "rain", now=market.now)
    assert (offered.state, place.state, sale.reserved) == ("ended", "ended", 0)


def test_another_persons_place_does_not_exist(market: Market) -> None:
    sale, _first, _order = sold_out(market)
    _ana, place = waits(market, sale, "Ana", 5)
    bo = market.buyer("Bo")
    for verb in (take, leave):
        with pytest.raises(NotFound):
            verb(market.session, bo, place, now=market.now)
    with pytest.raises(NotFound):
        waiting.place_for(market.session, bo, place.id)


def test_its_timer_is_a_row(market: Market) -> None:
    sale, first, order = sold_out(market)
    _ana, place = waits(market, sale, "Ana", 5)
    cancel(market.session, first, order, now=market.now)
    market.session.flush()
    found = select(Due.due_at).where(Due.task == "waiting.offer_ends", Due.subject == place.id)
    assert market.session.scalars(found).all() == [place.offer_until]
    assert due.task_named("waiting.offer_ends") is offer_ends


def test_nobody_waits_for_a_sale_that_was_taken_off(market: Market) -> None:
    sale, first, order = sold_out(market)
    _ana, offered = waits(market, sale, "Ana", 10)
    _bo, behind = waits(market, sale, "Bo", 5)
    with pytest.raises(NotAllowed):
        remove(market.session, market.farmer, sale, "Not allowed here", now=market.now)
    with pytest.raises(AlreadyReserved), market.session.begin_nested():
        remove(market.session, market.operator, sale, "Not allowed here", now=market.now)
    cancel(market.session, first, order, now=market.now)
    assert (offered.state, behind.state, sale.reserved) == ("offered", "waiting", 10)
    remove(market.session, market.operator, sale, "Not allowed here", now=market.now)
    assert (sale.state, sale.decision_note, sale.reserved) == ("removed", "Not allowed here", 0)
    assert (offered.state, behind.state, broken(market.session)) == ("ended", "ended", [])
