"""The seller's form: every field of a listing, its bounds, and what it says to a value that it cannot take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.catalog import crops
from core.catalog.models import Campaign, Term
from core.catalog.rest import check_room
from core.catalog.words import unit_name
from core.errors import BadInput, OutOfBounds
from core.i18n import N_, _, day
from core.members.models import Farm
from core.money import Money, zero
from core.permissions import Actor, require
from core.settings.service import get_int, get_text
from core.text import clean, clean_lines

QUANTITY_MOST = Decimal(1_000_000)
DAYS_AHEAD_MOST = 400
PRICE_MAJOR_MOST = 10_000_000
WEIGHT_MOST = Decimal(10_000)
TITLE_MOST, SUBTITLE_MOST, KEYWORDS_MOST, PLACE_MOST, REGION_MOST = 80, 120, 200, 128, 64
DESCRIPTION_MOST, CLAUSE_MOST = 2000, 500
ATTRIBUTES_MOST, ATTRIBUTE_NAME_MOST, ATTRIBUTE_MOST = 20, 40, 120
_FARM = Farm.id == bindparam("farm")
_SELLER, _ZONE = select(Farm.member_id).where(_FARM), select(Farm.timezone).where(_FARM)  # made once: each field asks

P = ParamSpec("P")
Check = Callable[Concatenate[Session, Campaign, P], None]
Put = Callable[Concatenate[Session, Actor, Campaign, P], None]


def _field(check: Check[P]) -> Put[P]:
    """A setter: asks the registry, checks and stores the value, and turns the revision that buttons carry."""

    @wraps(check)
    def put(session: Session, actor: Actor, campaign: Campaign, /, *given: P.args, **named: P.kwargs) -> None:
        lock(session, campaign)  # an operator may be approving what is about to change
        require("campaign.edit", actor, owner_id=seller_of(session, campaign), state=campaign.state)
        check(session, campaign, *given, **named)
        campaign.rev += 1
        if isinstance(now := named.get("now"), datetime):
            campaign.updated_at = now

    return put


def lock(session: Session, campaign: Campaign) -> None:
    """Read the campaign afresh and keep others from changing it until this transaction ends.

    Of a sale of the rest, first the harvested sale: what is free of it is given out by one at a time.
    """
    session.flush()
    if campaign.rest_of is not None:
        session.execute(select(Campaign.id).where(Campaign.id == campaign.rest_of).with_for_update(key_share=True))
    # FOR NO KEY UPDATE, as orders lock it: no new order's foreign key waits, and who has that lock need not raise it
    session.refresh(campaign, with_for_update={"key_share": True})


def seller_of(session: Session, campaign: Campaign) -> int | None:
    """The member whose farm sells it."""
    return session.execute(_SELLER, {"farm": campaign.farm_id}).scalar_one_or_none()


@_field
def set_quantity(session: Session, campaign: Campaign, quantity: Decimal, *, now: datetime) -> None:
    """How much is for sale, in whole packs."""
    example = crops.usual(campaign.crop).quantities[0]
    _within(_("Quantity"), quantity, campaign.pack, QUANTITY_MOST, example)
    if quantity % campaign.pack:
        raise BadInput(field=_("Quantity"), reason=_("not whole packs of {pack}", pack=campaign.pack), example=example)
    check_room(session, campaign, quantity)
    if campaign.minimum is not None and campaign.minimum > quantity:
        campaign.minimum = quantity
    campaign.capacity = quantity


@_field
def set_price(session: Session, campaign: Campaign, price: Money, *, now: datetime) -> None:
    """Price of one unit, in the shop's currency."""
    least, most = Money(1, campaign.currency), Money.of(PRICE_MAJOR_MOST, campaign.currency)
    example = price_example(campaign)
    if price.currency != campaign.currency:
        raise BadInput(field=_("Price"), reason=_("it must be in {currency}", currency=campaign.currency),
                       example=example)  # fmt: skip
    if not least <= price <= most:
        raise OutOfBounds(field=_("Price"), least=least, most=most, example=example)
    campaign.price_minor = price.minor


@_field
def set_date(session: Session, campaign: Campaign, harvest_on: date, *, now: datetime) -> None:
    """The day on which it is expected to be ready."""
    check_date(session, campaign, harvest_on, now=now)
    campaign.harvest_on = harvest_on


@_field
def set_deposit(session: Session, campaign: Campaign, percent: int, *, now: datetime) -> None:
    """The share paid on reserving, in per cent."""
    check_deposit(session, percent)
    campaign.deposit_percent = percent


@_field
def set_unit(session: Session, campaign: Campaign, unit: str, *, now: datetime) -> None:
    """What quantity and price count; both are asked again when it changes."""
    if unit not in crops.UNITS:
        raise BadInput(field=_("Unit"), reason=_("not sold in this unit"), example=crops.usual(campaign.crop).unit)
    if unit != campaign.unit:
        if campaign.rest_of is not None:
            raise BadInput(field=_("Unit"), reason=_("the harvest is counted in this one"),
                           example=unit_name(campaign.unit))  # fmt: skip
        campaign.unit, campaign.capacity, campaign.price_minor, campaign.minimum = unit, Decimal(0), 0, None
        campaign.by_weight = False


@_field
def set_pack(session: Session, campaign: Campaign, pack: Decimal, *, now: datetime) -> None:
    """The least step that a buyer can take."""
    most = campaign.capacity or QUANTITY_MOST
    example = crops.usual(campaign.crop).pack
    _within(_("Pack"), pack, Decimal("0.001"), most, example)
    if campaign.capacity % pack:
        quantity = campaign.capacity
        raise BadInput(field=_("Pack"), reason=_("{quantity} does not divide by it", quantity=quantity),
                       example=example)  # fmt: skip
    campaign.pack = pack


@_field
def set_minimum(session: Session, campaign: Campaign, minimum: Decimal | None, *, now: datetime) -> None:
    """The least total for the sale to go ahead; None: it goes ahead with any."""
    if minimum is not None:
        most = campaign.capacity or QUANTITY_MOST
        _within(_("Minimum"), minimum, Decimal("0.001"), most, most / 2)
    campaign.minimum = minimum


@_field
def set_logistics_weight(session: Session, campaign: Campaign, weight: Decimal | None, *, now: datetime) -> None:
    """Kilograms that one unit weighs when packed."""
    if weight is not None:
        _within(_("Packed weight"), weight, Decimal("0.001"), WEIGHT_MOST, Decimal("1.1"))
    campaign.logistics_weight = weight


@_field
def set_delivers(session: Session, campaign: Campaign, delivers: bool, *, now: datetime) -> None:
    """Whether it can be brought to the buyer."""
    campaign.delivers = delivers


@_field
def set_delivery_fee(session: Session, campaign: Campaign, fee: Money, *, now: datetime) -> None:
    """What bringing it costs; it joins the balance."""
    most = Money.of(PRICE_MAJOR_MOST, campaign.currency)
    if fee.currency != campaign.currency or not zero(campaign.currency) <= fee <= most:
        raise OutOfBounds(field=_("Delivery fee"), least=zero(campaign.currency), most=most,
                          example=Money.of(40, campaign.currency))  # fmt: skip
    campaign.delivery_fee_minor = fee.minor


@_field
def set_invoice(session: Session, campaign: Campaign, invoice: bool, *, now: datetime) -> None:
    """Whether the buyer gets an invoice."""
    campaign.invoice = invoice


@_field
def set_by_weight(session: Session, campaign: Campaign, by_weight: bool, *, now: datetime) -> None:
    """Whether each order is weighed and paid by its final weight; only what is sold by the kilogram can be."""
    if by_weight and campaign.unit != "kg":
        raise BadInput(field=_("By final weight"), reason=_("it is not sold by the kg"), example=unit_name("kg"))
    campaign.by_weight = by_weight


@_field
def set_attribute(session: Session, campaign: Campaign, name: str, value: str, *, now: datetime) -> None:
    """One attribute (specification) and its value; an empty value takes it away."""
    key = _text(_("Attribute"), name, ATTRIBUTE_NAME_MOST, _("Grade"))
    worth = _text(key, value, ATTRIBUTE_MOST, "A")
    if not key:
        raise BadInput(field=_("Attribute"), reason=_("it is missing"), example=_("Grade"))
    others = {each: kept for each, kept in campaign.attributes.items() if each != key}
    if worth and len(others) >= ATTRIBUTES_MOST:
        raise OutOfBounds(field=_("Attributes"), least=0, most=ATTRIBUTES_MOST, example=3)
    campaign.attributes = {**others, key: worth} if worth else others


@_field
def set_term(session: Session, campaign: Campaign, kind: str, term: Term | None, *, now: datetime) -> None:
    """Category, type or brand, chosen from the product configuration; None: none."""
    if kind not in ("category", "type", "brand") or (term is not None and term.kind != kind):
        raise BadInput(field=_("List"), reason=_("not in the list"), example=_("fruit"))
    setattr(campaign, f"{kind}_id", None if term is None else term.id)


@_field
def set_text(session: Session, campaign: Campaign, name: str, text: str, *, now: datetime) -> None:
    """A field of words: one of TEXTS; empty words empty it."""
    most, example, label = TEXTS[name]
    setattr(campaign, name, _text(_(label), text, most, _(example), lines=most >= CLAUSE_MOST))


TEXTS: dict[str, tuple[int, str, str]] = {  # most characters, example, label
    "title": (TITLE_MOST, N_("Alphonso"), N_("Title")),
    "subtitle": (SUBTITLE_MOST, N_("Sweet, from old trees"), N_("Subtitle")),
    "keywords": (KEYWORDS_MOST, N_("organic, hand picked"), N_("Keywords")),
    "description": (DESCRIPTION_MOST, N_("Ripened on the tree, picked by hand."), N_("Description")),
    "shipping": (CLAUSE_MOST, N_("In boxes of 5 kg, by van."), N_("Shipping")),
    "pickup_place": (PLACE_MOST, N_("Market hall, gate 2"), N_("Pick-up place")),
    "guarantee": (CLAUSE_MOST, N_("Spoiled fruit is replaced within 2 days."), N_("Guarantee")),
    "other": (CLAUSE_MOST, N_("Bring your own bag."), N_("Other")),
    "region": (REGION_MOST, N_("Hill district"), N_("Region")),
}


def check_date(session: Session, campaign: Campaign, harvest_on: date, *, now: datetime) -> None:
    """Refuse a harvest date outside 0 to 400 days from today on the farm's calendar."""
    today = now.astimezone(zone_of(session, campaign)).date()
    most = today + timedelta(days=DAYS_AHEAD_MOST)
    if not today <= harvest_on <= most:
        example = day(today + timedelta(days=14), today)
        raise OutOfBounds(field=_("Date"), least=today, most=day(most, today), example=example)


def check_deposit(session: Session, percent: int) -> None:
    """Refuse a deposit outside the shop's bounds."""
    least, most = get_int(session, "deposit_least"), get_int(session, "deposit_most")
    if not least <= percent <= most:
        example = min(max(get_int(session, "deposit_usual"), least), most)
        raise OutOfBounds(field=_("Deposit %"), least=least, most=most, example=example)


def zone_of(session: Session, campaign: Campaign) -> ZoneInfo:
    """The farm's time zone, else the shop's."""
    own = session.execute(_ZONE, {"farm": campaign.farm_id}).scalar_one_or_none()
    return ZoneInfo(own or get_text(session, "timezone"))


def price_example(campaign: Campaign) -> Money:
    """A usual price of the crop, for an error that shows how to write one."""
    usual = crops.suggested_prices(crops.load()[campaign.crop], campaign.currency)
    return Money(usual[0], campaign.currency) if usual else Money.of(10, campaign.currency)


def _within(label: str, value: Decimal, least: Decimal, most: Decimal, example: Decimal) -> None:
    if not value.is_finite() or not least <= value <= most or value != round(value, 3):
        raise OutOfBounds(field=label, least=least, most=most, example=example)


def _text(label: str, given: str, most: int, example: Any, *, lines: bool = False) -> str:
    tidy = clean_lines if lines else clean
    text = tidy(given, 3 * len(given))  # composing may lengthen: nothing is cut unsaid
    if len(text) > most:
        raise BadInput(field=label, reason=_("{length} characters, {most} fit", length=len(text), most=most),
                       example=example)  # fmt: skip
    return text
