"""The rest of a harvest: what of it nobody has, and how much a sale of that rest may offer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, ColumnElement, String, and_, case, column, func, or_, select, table, type_coerce
from sqlalchemy.orm import Session, aliased

from core.catalog.errors import MoreThanFree, NothingFree, RestGone
from core.catalog.models import Campaign
from core.catalog.words import amount
from core.db import Thousandths

HARVESTED = ("allocated", "done")  # its goods are there, and nobody took the sale off
# of a sale of the rest: all that it offers may still be ordered; later only what its orders have is taken
PROMISED = ("in_review", "open", "paused", "closed", "confirmed", "harvesting")
ENDED = ("expired", "cancelled", "forfeited", "settled_undelivered")  # orders whose goods are nobody's
# orders stand above this slice: their table is read by name, their code is not imported
_orders = table(
    "orders", column("campaign_id", BigInteger), column("state", String), column("quantity", Thousandths),
    column("allocated", Thousandths), column("weight", Thousandths), column("reason", String),
)  # fmt: skip
_late_shares = table(
    "late_share", column("campaign_id", BigInteger), column("state", String), column("quantity", Thousandths),
)  # fmt: skip
_share = func.coalesce(_orders.c.weight, _orders.c.allocated, _orders.c.quantity)


def free_stock(session: Session, campaign: Campaign) -> Decimal:
    """How much of its harvest is nobody's: no order has it, no sale of the rest offers it; nothing before the harvest.

    For a sale of the rest, once that is harvested: what is free of the harvest it came from (1 query).
    """
    return Decimal(0) if campaign.harvested is None else _left(session, root_id(campaign))


def can_sell(session: Session, campaign: Campaign) -> bool:
    """Whether at least a pack of its harvest is nobody's."""
    return free_stock(session, campaign) >= campaign.pack


def rests(session: Session, campaign: Campaign, state: str, *, locked: bool = False) -> list[Campaign]:
    """Sales of the rest of its harvest that are in this state, the oldest first (1 query); `locked`: they stay so."""
    found = select(Campaign).where(Campaign.rest_of == campaign.id, Campaign.state == state).order_by(Campaign.id)
    if locked:
        found = found.with_for_update(key_share=True).execution_options(populate_existing=True)
    return list(session.scalars(found))


def root_id(campaign: Campaign) -> int:
    """The sale whose harvest the goods are of: a rest of a rest is a rest of the same harvest."""
    return campaign.id if campaign.rest_of is None else campaign.rest_of


def room(session: Session, campaign: Campaign) -> Decimal:
    """How much this sale of the rest, or one made of this sale's harvest, may offer, in whole packs."""
    free = _left(session, root_id(campaign))
    if campaign.rest_of is not None and campaign.state in PROMISED:
        free += campaign.capacity
    return free // campaign.pack * campaign.pack


def check_room(session: Session, campaign: Campaign, quantity: Decimal) -> None:
    """Refuse more than is free to a sale of the rest; form.lock has locked the harvested sale before."""
    if campaign.rest_of is None:
        return
    most = room(session, campaign)
    if not most:
        raise NothingFree
    if quantity > most:
        free = amount(most, campaign.unit)
        raise MoreThanFree(quantity=amount(quantity, campaign.unit), free=free, example=free)


def check_there(session: Session, campaign: Campaign) -> None:
    """Refuse RestGone when the sale whose rest this is was removed, cancelled or lost meanwhile."""
    if campaign.rest_of is not None and session.get_one(Campaign, campaign.rest_of).state not in HARVESTED:
        raise RestGone


def given_up_late(session: Session, campaign: Campaign) -> Decimal:
    """How much buyers gave up after the cutoff whose deposits wait for what becomes of the sale (1 query)."""
    mine = (_late_shares.c.campaign_id == campaign.id, _late_shares.c.state == "open")
    found = select(func.coalesce(func.sum(_late_shares.c.quantity), 0)).where(*mine)
    return Decimal(session.execute(found).scalar_one())


def ready_again(campaign: Campaign, today: date) -> None:
    """What is harvested already is ready today when the day it was promised for has passed."""
    if campaign.rest_of is not None and campaign.harvest_on is not None:
        campaign.harvest_on = max(campaign.harvest_on, today)


def _left(session: Session, root: int) -> Decimal:
    harvested = aliased(Campaign)
    found = select(harvested.harvested, _given(root), _promised(root), _gone(root)).where(
        harvested.id == root, harvested.harvested.is_not(None), harvested.state.in_(HARVESTED)
    )
    row = session.execute(found).one_or_none()
    if row is None:
        return Decimal(0)
    return max(Decimal(row[0] or 0) - row[1] - row[2] - row[3], Decimal(0))


def _given(root: int) -> ColumnElement[Decimal]:
    """What orders have of the harvest, in the sale itself and in sales of its rest that are harvested too."""
    sale = aliased(Campaign)
    shared = or_(sale.id == root, and_(sale.rest_of == root, sale.state.not_in(PROMISED)))
    mine = (_orders.c.campaign_id.in_(select(sale.id).where(shared)), _orders.c.state.not_in(ENDED))
    return select(func.coalesce(func.sum(_share), 0)).where(*mine).scalar_subquery()


def _promised(root: int) -> ColumnElement[Decimal]:
    """What sales of the rest offer."""
    sale = aliased(Campaign)
    mine = (sale.rest_of == root, sale.state.in_(PROMISED))
    return select(func.coalesce(func.sum(sale.capacity), 0)).where(*mine).scalar_subquery()


def _gone(root: int) -> ColumnElement[Decimal]:
    """What of the rest was there no more when it was to be sold: lost, or less of it than had been ordered."""
    sale, order = aliased(Campaign), _orders.c
    was_shared = or_(order.allocated.is_not(None), order.reason == "short_crop")
    asked = func.sum(case((was_shared, order.quantity), else_=0))
    lost = func.sum(case((order.reason == "crop_lost", _share), else_=0))
    of_one = case(
        (sale.harvested.is_(None), case((sale.state == "crop_failed", sale.capacity), else_=0)),
        (asked > sale.harvested, asked - sale.harvested + lost), else_=lost,
    )  # fmt: skip
    made = select(type_coerce(of_one, Thousandths).label("gone")).outerjoin(_orders, order.campaign_id == sale.id)
    each = made.where(sale.rest_of == root).group_by(sale.id).subquery()
    return select(func.coalesce(func.sum(each.c.gone), 0)).scalar_subquery()
