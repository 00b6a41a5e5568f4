"""The waiting list of a sale: whoever waits is offered, in turn and for a time, a share that became free.

What is offered stays out of the quota, so that nobody else can take it and it is never sold twice. Every verb locks the
campaign first: two who act at once, or two schedulers, see each other's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.catalog.models import Campaign
from core.errors import NotFound
from core.events import EventKind, record
from core.messaging import due
from core.orders.errors import NotInPacks, OfferEnded, SaleClosed, StillFree, TooManyPlaces
from core.orders.flow import locked_campaign, plain
from core.orders.models import Order
from core.orders.places import OFFERED, TAKEN, WAITING, Place
from core.orders.reserve import check_window, free_quota, place_order, take_quota
from core.orders.states import OrderState
from core.permissions import Actor, require
from core.settings.service import get_int

OPEN = (WAITING, OFFERED)
OFFERING = ("open", "closed", "confirmed")  # not paused: the farm takes no reservations then
SWEPT = 50


@dataclass(frozen=True)
class PlaceLine:
    """One place as its member reads it; `before` so many wait ahead of it."""

    id: int
    rev: int
    campaign_id: int
    crop: str
    title: str
    unit: str
    quantity: Decimal
    state: str
    offer_until: datetime | None
    before: int
    order_id: int | None


def join(session: Session, actor: Actor, campaign: Campaign, quantity: Decimal, *, now: datetime) -> Place:
    """Wait for so much of a sale; who waits already only changes the quantity and keeps the turn.

    Refuses SaleNotOpenYet, SaleClosed, NotInPacks, StillFree (it can be reserved now), TooManyPlaces.
    """
    require("waiting.join", actor)
    campaign = locked_campaign(session, campaign.id)
    check_window(campaign, now)
    pack = campaign.pack
    if not quantity.is_finite() or not 0 < quantity <= campaign.capacity or quantity % pack != 0:
        raise NotInPacks(pack=pack, most=campaign.capacity // pack * pack, unit=campaign.unit, example=2 * pack)
    if quantity <= campaign.left:
        raise StillFree(campaign_id=campaign.id)
    mine = list(session.scalars(select(Place).where(Place.member_id == actor.member_id, Place.state.in_(OPEN))))
    known = next((place for place in mine if place.campaign_id == campaign.id), None)
    if known is not None:
        if known.state == WAITING and known.quantity != quantity:
            known.quantity = quantity
            _move(known, WAITING, now)
        return known
    most = get_int(session, "waiting_places_most")
    if len(mine) >= most:
        raise TooManyPlaces(most=most)
    place = Place(
        campaign_id=campaign.id, member_id=actor.member_id, quantity=quantity, state=WAITING, rev=1, created_at=now,
        updated_at=now,
    )  # fmt: skip
    session.add(place)
    record(session, EventKind.WAITING_JOINED, place, now=now, actor_id=actor.member_id, **plain({"quantity": quantity}))
    return place


def leave(session: Session, actor: Actor, place: Place, *, now: datetime) -> None:
    """Wait no more, or say no to an offer: what was offered goes to the next. A second time changes nothing.

    Refuses NotFound (another's place).
    """
    campaign = _mine(session, actor, place)
    if place.state not in OPEN:
        return
    was_offered = place.state == OFFERED
    _move(place, "left", now)
    record(session, EventKind.WAITING_LEFT, place, now=now, actor_id=actor.member_id)
    if was_offered:
        _free(session, campaign, place)
        offer_freed(session, campaign, now=now)


def take(session: Session, actor: Actor, place: Place, *, now: datetime) -> Order:
    """Take what is offered: an order whose deposit is due within the hold. Taken before, it is that order again.

    Refuses NotFound (another's place), OfferEnded, SaleClosed (it pauses), ShopNotOpen, TooManyUnpaid (the offer
    stands on).
    """
    campaign = _mine(session, actor, place)
    if place.state == TAKEN:
        return session.get_one(Order, place.order_id)
    if place.state != OFFERED or place.offer_until is None or place.offer_until <= now:
        raise OfferEnded(campaign_id=campaign.id)
    if campaign.state not in OFFERING:
        raise SaleClosed(campaign_id=campaign.id)
    _move(place, TAKEN, now)
    due.drop(session, "waiting.offer_ends", place.id)
    session.flush()  # the offer counts among the unpaid holds no more
    order = place_order(session, actor, campaign, place.quantity, now=now)
    place.order_id = order.id
    return order


def offer_freed(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """Offer what is free of a locked campaign to those whose turn it is and whose wish fits, one after another."""
    if campaign.state not in OFFERING:
        return
    while (place := _next(session, campaign)) is not None:
        take_quota(session, campaign, place.quantity, states=OFFERING)
        _move(place, OFFERED, now)
        facts = plain({"quantity": place.quantity, "until": _offer_until(session, place, now)})
        session.flush()  # the next look counts it
        record(session, EventKind.WAITING_OFFERED, place, now=now, **facts)


def offer_ends(session: Session, place_id: int, now: datetime) -> None:
    """Due: nobody answered; the share goes to the next. While the sale pauses the offer goes on."""
    place = session.get_one(Place, place_id)
    campaign = _locked(session, place)
    if place.state != OFFERED or place.offer_until is None or place.offer_until > now:
        return
    if campaign.state not in OFFERING:  # it pauses: whoever could not take it does not lose the turn by that
        _offer_until(session, place, now)
        return
    _move(place, "passed", now)
    record(session, EventKind.WAITING_PASSED, place, now=now, **plain({"quantity": place.quantity}))
    _free(session, campaign, place)
    offer_freed(session, campaign, now=now)


def end_list(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """The crop is decided about: nobody waits any more for this locked campaign, and offers end."""
    found = select(Place).where(Place.campaign_id == campaign.id, Place.state.in_(OPEN)).order_by(Place.id)
    for place in list(session.execute(found, execution_options={"populate_existing": True}).scalars()):
        if place.state == OFFERED:
            _free(session, campaign, place)
        _move(place, "ended", now)
        record(session, EventKind.WAITING_ENDED, place, now=now)


def sweep(session: Session, *, now: datetime) -> int:
    """Offer what became free by any other road (a sale that goes on again, more to sell); how many sales had some."""
    fits = (Place.state == WAITING, Place.quantity <= Campaign.capacity - Campaign.reserved, _may_be_offered(session))
    found = select(Campaign.id).join(Place, Place.campaign_id == Campaign.id).where(Campaign.state.in_(OFFERING), *fits)
    some = list(session.scalars(found.distinct().order_by(Campaign.id).limit(SWEPT)))
    for campaign_id in some:
        offer_freed(session, locked_campaign(session, campaign_id), now=now)
    return len(some)


def place_for(session: Session, actor: Actor, place_id: int) -> Place:
    """The place, if it is this person's. NotFound for anybody else."""
    place = session.get(Place, place_id)
    if place is None:
        raise NotFound
    require("waiting.answer", actor, owner_id=place.member_id)
    return place


def places_of(session: Session, member_id: int) -> list[PlaceLine]:
    """Where a member waits, the oldest first; there are at most as many as the setting says (1 query)."""
    return _lines(session, (Place.member_id == member_id, Place.state.in_(OPEN)))


def place_line(session: Session, place: Place) -> PlaceLine:
    """One place as its member reads it."""
    session.flush()
    return _lines(session, (Place.id == place.id,))[0]


def waiting_count(session: Session, campaign_id: int) -> tuple[int, Decimal]:
    """How many wait for a sale, and for how much."""
    found = select(func.count(), func.sum(Place.quantity))
    count, total = session.execute(found.where(Place.campaign_id == campaign_id, Place.state.in_(OPEN))).one()
    return count, Decimal(total or 0)


def _lines(session: Session, where: Sequence[ColumnElement[bool]]) -> list[PlaceLine]:
    ahead = aliased(Place)
    before = (
        select(func.count()).select_from(ahead)
        .where(ahead.campaign_id == Place.campaign_id, ahead.id < Place.id, ahead.state.in_(OPEN)).scalar_subquery()
    )  # fmt: skip
    found = select(Place, Campaign.crop, Campaign.title, Campaign.unit, before).join(
        Campaign, Campaign.id == Place.campaign_id
    )
    return [_line(*row) for row in session.execute(found.where(*where).order_by(Place.id))]


def _line(place: Place, *sale: Any) -> PlaceLine:  # a row of `_lines`
    crop, title, unit, before = sale
    return PlaceLine(
        place.id, place.rev, place.campaign_id, crop, title, unit, place.quantity, place.state, place.offer_until,
        before, place.order_id,
    )  # fmt: skip


def _next(session: Session, campaign: Campaign) -> Place | None:
    mine = (Place.campaign_id == campaign.id, Place.state == WAITING)
    fits = (Place.quantity <= campaign.left, _may_be_offered(session))
    found = select(Place).where(*mine, *fits).order_by(Place.id).limit(1)
    return session.execute(found, execution_options={"populate_existing": True}).scalar_one_or_none()


def _may_be_offered(session: Session) -> ColumnElement[bool]:
    """Whoever keeps as much unpaid from others as one may, by orders or offers, is passed over for now."""
    other = aliased(Place)
    offers = select(func.count()).select_from(other).where(other.member_id == Place.member_id, other.state == OFFERED)
    unpaid = or_(Order.state == OrderState.HELD.value, Order.more.is_not(None))
    holds = select(func.count()).select_from(Order).where(and_(Order.buyer_id == Place.member_id, unpaid))
    most = get_int(session, "unpaid_holds_most")
    return offers.correlate(Place).scalar_subquery() + holds.correlate(Place).scalar_subquery() < most


def _mine(session: Session, actor: Actor, place: Place) -> Campaign:
    require("waiting.answer", actor, owner_id=place.member_id)
    return _locked(session, place)


def _locked(session: Session, place: Place) -> Campaign:
    """Lock the place's campaign, then read the place anew."""
    campaign = locked_campaign(session, place.campaign_id)
    session.refresh(place)
    return campaign


def _offer_until(session: Session, place: Place, now: datetime) -> datetime:
    until = place.offer_until = now + timedelta(minutes=get_int(session, "offer_minutes"))
    due.plan(session, "waiting.offer_ends", place.id, until, occurrence=until.isoformat())
    return until


def _free(session: Session, campaign: Campaign, place: Place) -> None:
    due.drop(session, "waiting.offer_ends", place.id)
    free_quota(session, campaign, place.quantity)


def _move(place: Place, state: str, now: datetime) -> None:
    place.state, place.updated_at = state, now
    place.rev += 1
