"""Everything that is stored about one person and nothing of others, as one archive: data.json and files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign, CampaignPhoto
from core.catalog.remarks import Remark
from core.delivery.models import Checkpoint, Parcel
from core.events import Event, EventKind, record
from core.members.calls import Call
from core.members.models import Claim, Decision, Farm, Follower, GroupChat, Identity, Member, MemberRole
from core.messaging.models import Conversation, Inbox, Media, Outbox
from core.orders.case_models import AfterSaleCase
from core.orders.models import Order
from core.orders.places import Handing, Place
from core.orders.term_models import Proposal
from core.payments.ledger_sql import account_table, transfer_table
from core.payments.models import Payment, PayoutDestination, Refund
from core.permissions import Actor, require
from core.reputation.models import Review
from core.sealing import Sealed

FILES_MOST = 40 << 20  # the messenger takes files of 50 MB
# others' words, secrets, and what only our own searches need
_HIDDEN = {
    "phone_mark", "search", "decided_by", "decision_note", "reply", "token_sha256", "payload", "data", "error",
    "lease_until", "fence", "dedup", "reference_key", "details_mark", "seller_words", "giver_id", "taker_id", "by_id",
}  # fmt: skip


def ask_export(session: Session, actor: Actor, member: Member, *, now: datetime) -> None:
    """Note that somebody asked for his data; they are gathered when the file is sent, and lie nowhere meanwhile."""
    require("privacy.export", actor, owner_id=member.id)
    record(session, EventKind.DATA_EXPORTED, member, now=now, actor_id=actor.member_id)


def archive(session: Session, member_id: int, media_folder: Path) -> bytes:
    """A ZIP of everything."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as whole:
        told = json.dumps(everything(session, member_id), ensure_ascii=False, indent=1, default=str)
        whole.writestr("data.json", told)
        room = FILES_MOST
        for medium in session.scalars(select(Media).where(Media.owner_id == member_id).order_by(Media.id)):
            path = media_folder / medium.path if medium.path else None
            if path is not None and path.exists() and (room := room - path.stat().st_size) > 0:
                whole.write(path, f"files/{medium.kind}-{medium.id}{path.suffix}")
    return made.getvalue()


def everything(session: Session, member_id: int) -> dict[str, list[dict[str, Any]]]:
    """The rows about a member, by what they are."""
    accounts = session.scalars(select(Identity).where(Identity.member_id == member_id)).all()
    chats, users = [one.chat_id for one in accounts], [one.user_id for one in accounts]
    farms = select(Farm.id).where(Farm.member_id == member_id)
    sales = select(Campaign.id).where(Campaign.farm_id.in_(farms))
    about: dict[str, tuple[Any, ColumnElement[bool]]] = {
        "member": (Member, Member.id == member_id),
        "accounts": (Identity, Identity.member_id == member_id),
        "roles": (MemberRole, MemberRole.member_id == member_id),
        "farm": (Farm, Farm.member_id == member_id),
        "follows": (Follower, Follower.member_id == member_id),
        "groups_added": (GroupChat, GroupChat.added_by == member_id),
        "links_used": (Claim, Claim.used_by == member_id),
        "sales": (Campaign, Campaign.farm_id.in_(farms)),
        "sale_photos": (CampaignPhoto, CampaignPhoto.campaign_id.in_(sales)),
        "proposed_terms": (Proposal, Proposal.campaign_id.in_(sales)),
        "orders": (Order, Order.buyer_id == member_id),
        "payments": (Payment, Payment.member_id == member_id),
        "refunds": (Refund, Refund.member_id == member_id),
        **_around_orders(member_id),
        "reviews": (Review, Review.buyer_id == member_id),
        "parcels_carried": (Parcel, Parcel.courier_id == member_id),
        "checkpoints": (Checkpoint, Checkpoint.actor_id == member_id),
        "decisions": (Decision, Decision.member_id == member_id),
        "happenings": (Event, or_(Event.actor_id == member_id, (Event.subject_kind == "member")
                                  & (Event.subject_id == member_id))),
        "files": (Media, Media.owner_id == member_id),
        "conversation": (Conversation, Conversation.user_id.in_(users)),
        "messages_received": (Inbox, Inbox.chat_key.in_([str(chat) for chat in chats])),
        "messages_sent": (Outbox, Outbox.chat_id.in_(chats)),
    }  # fmt: skip
    found = {
        name: [_told(row) for row in session.scalars(select(table).where(mine))]
        for name, (table, mine) in about.items()
    }
    return {**found, "wallet": list(_wallet(session, member_id))}


def _around_orders(member_id: int) -> dict[str, tuple[Any, ColumnElement[bool]]]:
    return {
        "payout_accounts": (PayoutDestination, PayoutDestination.member_id == member_id),
        "waiting_list": (Place, Place.member_id == member_id),
        "handed_over": (Handing, or_(Handing.giver_id == member_id, Handing.taker_id == member_id)),
        "problems": (AfterSaleCase, AfterSaleCase.member_id == member_id),
        "said": (Remark, Remark.writer_id == member_id),
        "calls": (Call, Call.member_id == member_id),
    }


def _told(row: Any) -> dict[str, Any]:  # a mapped row
    columns = [column.name for column in cast("Table", row.__table__).columns]
    kept = {name: getattr(row, name) for name in columns if name not in _HIDDEN and not name.endswith("_sealed")}
    if isinstance(row, Conversation):
        kept["data"] = row.data
    sealed = [name for name, kind in vars(type(row)).items() if isinstance(kind, Sealed)]
    return {**kept, **{name: getattr(row, name) for name in sealed}}


def _wallet(session: Session, member_id: int) -> Iterable[dict[str, Any]]:
    """Every movement of the member's credit, and cash in his hands."""
    moved, held = transfer_table.c, account_table.c
    mine = select(held.id).where(held.owner_kind == "member", held.owner_id == member_id)
    found = select(
        moved.at, moved.amount, moved.currency, moved.why, moved.order_id, moved.credit_account.in_(mine).label("came")
    )
    either = or_(moved.debit_account.in_(mine), moved.credit_account.in_(mine))
    return [dict(row) for row in session.execute(found.where(either).order_by(moved.id)).mappings()]
