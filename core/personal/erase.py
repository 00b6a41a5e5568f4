"""Forgets a person: name, number, addresses, words, pictures, messages. Sums, states and the audit log stay."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, or_, select, update
from sqlalchemy.orm import Session

from core.catalog.models import NOT_ON_SALE, Campaign
from core.catalog.remarks import Remark
from core.delivery.models import Checkpoint, Parcel
from core.errors import Refusal
from core.events import Event, EventKind, record
from core.i18n import Name
from core.members.calls import Call
from core.members.models import Decision, Farm, Follower, Identity, Member, MemberRole
from core.members.service import LastOwner
from core.messaging.models import Card, Conversation, Inbox, Media, MediaFile, Outbox
from core.messaging.outbox import PENDING, Letter, put
from core.money import Money
from core.orders.case_models import AfterSaleCase
from core.orders.case_states import ACTIVE
from core.orders.models import Order
from core.orders.places import LateShare, Place
from core.orders.states import OPEN
from core.orders.term_models import Proposal
from core.orders.waiting import leave, places_of
from core.payments.ledger_sql import account_table
from core.payments.models import Payment, PayoutDestination, Refund
from core.permissions import Actor, Role, require
from core.reputation.models import Review

GONE = "–"  # the name of who was forgotten
_SHOWN_MOST = 3
# its title stays: it names the goods in the orders of others
_WORDS_OF_A_SALE = (
    "subtitle", "keywords", "description", "pickup_place", "shipping", "guarantee", "other", "region", "search",
)  # fmt: skip


class OrdersOpen(Refusal):
    """Not yet: {numbers} is still open. Receive or cancel it first."""


class SalesOpen(Refusal):
    """Not yet: a sale of yours is still open. Finish or cancel it first."""


class ParcelsOpen(Refusal):
    """Not yet: a parcel is still with you. Deliver it first."""


class MoneyWaits(Refusal):
    """Not yet: {sum} is still on your account. Take it out under 👛 Wallet first."""


class DecisionsWait(Refusal):
    """Not yet: money of yours waits for the co-op to decide."""


def check_erasable(session: Session, actor: Actor, member: Member) -> None:
    """Refuse while anything is open between the member and others; what a farm owes the co-op does not hold it back.

    Raises OrdersOpen(numbers), SalesOpen, ParcelsOpen, DecisionsWait, MoneyWaits(sum), LastOwner.
    """
    require("privacy.erase", actor, owner_id=member.id)
    session.refresh(member, with_for_update=True)
    farm_id = session.scalars(select(Farm.id).where(Farm.member_id == member.id)).first()
    _refuse_open(session, member.id, farm_id)
    _refuse_money(session, member.id, farm_id)
    owners = select(MemberRole).where(MemberRole.role == Role.OWNER.value).with_for_update()
    if [row.member_id for row in session.scalars(owners)] == [member.id]:
        raise LastOwner


def erase(session: Session, actor: Actor, member: Member, *, now: datetime) -> None:
    """Forget the member at once. Refuses what check_erasable refuses."""
    check_erasable(session, actor, member)
    needles = _words_of(session, member)
    accounts = session.scalars(select(Identity).where(Identity.member_id == member.id)).all()
    for line in places_of(session, member.id):
        leave(session, actor, session.get_one(Place, line.id), now=now)
    record(session, EventKind.MEMBER_ERASED, member, now=now, actor_id=actor.member_id)
    _forget_words(session, member.id)
    _forget_files(session, member, accounts, now)
    _forget_messages(session, accounts, needles)
    _forget_who(session, member)


def _refuse_open(session: Session, member_id: int, farm_id: int | None) -> None:
    mine = select(Order).where(Order.buyer_id == member_id, Order.state.in_(sorted(OPEN))).order_by(Order.id)
    if orders := session.scalars(mine.limit(_SHOWN_MOST)).all():
        raise OrdersOpen(numbers=Name(", ".join(order.number for order in orders)))
    sales = select(Campaign.id).where(Campaign.farm_id == farm_id, Campaign.state.not_in(NOT_ON_SALE))
    sold = select(Order.id).join(Campaign, Campaign.id == Order.campaign_id)
    unfinished = sold.where(Campaign.farm_id == farm_id, Order.state.in_(sorted(OPEN)))
    if any(session.execute(found.limit(1)).first() for found in (sales, unfinished)):
        raise SalesOpen
    carried = select(Parcel.id).where(Parcel.courier_id == member_id, Parcel.ended_at.is_(None)).limit(1)
    if session.execute(carried).first():
        raise ParcelsOpen


def _refuse_money(session: Session, member_id: int, farm_id: int | None) -> None:
    shown = select(Payment.id).where(Payment.member_id == member_id, Payment.state == "submitted")
    asked = select(Refund.id).where(Refund.member_id == member_id, Refund.state == "asked")
    case = select(AfterSaleCase.id).where(AfterSaleCase.state.in_(sorted(ACTIVE)), or_(
        AfterSaleCase.member_id == member_id, AfterSaleCase.farm_id == farm_id))  # fmt: skip
    late = select(LateShare.id).join(Order, Order.id == LateShare.order_id)
    waits = late.where(Order.buyer_id == member_id, LateShare.state == "open")
    if any(session.execute(found.limit(1)).first() for found in (shown, asked, case, waits)):
        raise DecisionsWait
    held = account_table.c
    his = or_((held.owner_kind == "member") & (held.owner_id == member_id),
              (held.owner_kind == "farm") & (held.owner_id == (farm_id or 0)))  # fmt: skip
    left = select(held.credits, held.debits, held.currency).where(his, held.credits != held.debits).limit(1)
    if (account := session.execute(left).first()) is not None:
        raise MoneyWaits(sum=Money(abs(int(account.credits) - int(account.debits)), account.currency))


def _words_of(session: Session, member: Member) -> set[str]:
    """What a message to others may say of the member."""
    orders = session.scalars(select(Order).where(Order.buyer_id == member.id)).all()
    farms = session.scalars(select(Farm.store_name).where(Farm.member_id == member.id)).all()
    return {words for words in (member.name, member.phone, *farms, *(order.address for order in orders)) if words}


def _forget_words(session: Session, member_id: int) -> None:
    """What the person wrote, wherever it was kept."""
    campaigns = select(Campaign.id).join(Farm, Farm.id == Campaign.farm_id).where(Farm.member_id == member_id)
    parcels = select(Parcel.id).where(Parcel.courier_id == member_id)
    _set(session, Order, Order.buyer_id == member_id, address_sealed=None, note="")
    _set(session, Payment, Payment.member_id == member_id, note=None, reference_key=None)
    _set(session, Refund, Refund.member_id == member_id, destination_sealed=None, reference=None)
    session.execute(delete(PayoutDestination).where(PayoutDestination.member_id == member_id))
    _set(session, AfterSaleCase, AfterSaleCase.member_id == member_id, buyer_words="")
    _set(session, Remark, Remark.writer_id == member_id, text="", media_id=None)
    _set(session, Call, Call.member_id == member_id, outcome="")
    _set(session, Review, Review.buyer_id == member_id, text="")
    farm = select(Farm.id).where(Farm.member_id == member_id)
    _set(session, Review, Review.farm_id.in_(farm), reply="")
    _set(session, AfterSaleCase, AfterSaleCase.farm_id.in_(farm), seller_words="")
    _set(session, Decision, Decision.member_id == member_id, reason=None)
    _set(session, Checkpoint, Checkpoint.parcel_id.in_(parcels), note=None)
    _set(session, Campaign, Campaign.id.in_(campaigns), **dict.fromkeys(_WORDS_OF_A_SALE, ""), attributes={})
    _set(session, Proposal, Proposal.campaign_id.in_(campaigns) & (Proposal.goods != ""), goods=GONE)
    _set(session, Farm, Farm.member_id == member_id, store_name=GONE, place=None, region=None, latitude=None,
         longitude=None, decision_note=None, state="rejected")  # fmt: skip
    spoken = (EventKind.HUMAN_ASKED.value, EventKind.HUMAN_ANSWERED.value)
    mine = or_(Event.actor_id == member_id, (Event.subject_kind == "member") & (Event.subject_id == member_id))
    _set(session, Event, mine & Event.kind.in_(spoken), data={})


def _forget_files(session: Session, member: Member, accounts: Iterable[Identity], now: datetime) -> None:
    """Pictures, files and voice notes; the sender takes them off the disk, once no other row shows the same file."""
    bot_ids = [one.bot_id for one in accounts]
    for medium in session.scalars(select(Media).where(Media.owner_id == member.id)).all():
        lane = -(10**15) - medium.id
        session.execute(delete(Outbox).where(Outbox.chat_id == lane))
        session.execute(delete(MediaFile).where(MediaFile.media_id == medium.id))
        if medium.path and bot_ids:
            letter = Letter(f"gone:{medium.id}", bot_ids[0], lane, "drop_file", {"path": medium.path}, now)
            put(session, [letter], now)
        medium.path = medium.sha256 = medium.mime = None
        medium.refused = "erased"
    session.flush()


def _forget_messages(session: Session, accounts: Iterable[Identity], needles: set[str]) -> None:
    """What came from the person's accounts, and what was sent to them or told others of them."""
    for one in accounts:
        own = Inbox.raw.contains(f'"id":{one.user_id},') | Inbox.raw.contains(f'"id":{one.user_id}}}')
        _set(
            session,
            Inbox,
            (Inbox.bot_id == one.bot_id) & (or_(Inbox.chat_key == str(one.chat_id), own)),
            raw="{}",
            error=None,
        )
        here = (Outbox.bot_id == one.bot_id) & (Outbox.chat_id == one.chat_id)
        session.execute(delete(Outbox).where(here, Outbox.state == PENDING))
        _set(session, Outbox, here, payload={}, error=None)
        session.execute(delete(Card).where(Card.bot_id == one.bot_id, Card.chat_id == one.chat_id))
        session.execute(
            delete(Conversation).where(Conversation.bot_id == one.bot_id, Conversation.user_id == one.user_id)
        )
    payload = cast(Outbox.payload, String)
    for words in needles:
        for spelt in {words, json.dumps(words)[1:-1]}:  # databases keep JSON with other letters spelt out
            told = payload.contains(spelt, autoescape=True)
            _set(session, Outbox, told & (Outbox.state != "pending"), payload={})


def _forget_who(session: Session, member: Member) -> None:
    for table in (Identity, MemberRole, Follower):
        session.execute(delete(table).where(table.member_id == member.id))
    member.name, member.phone, member.language, member.timezone = GONE, None, None, None
    member.licence_media_id, member.home, member.agreed_version, member.agreed_at = None, None, None, None
    session.flush()


def _set(session: Session, table: Any, which: Any, **values: Any) -> None:
    session.execute(update(table).where(which).values(**values).execution_options(synchronize_session=False))
