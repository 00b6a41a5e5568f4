"""Puts a person before any question of the shop, with the data that its conversation keeps there."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.catalog.remarks import Remark
from core.members.models import Farm, Identity, Member, MemberRole
from core.messaging import conversation
from core.orders.case_models import AfterSaleCase
from core.orders.models import Order
from core.payments.models import Payment, Refund
from core.permissions import Role
from core.prepared import ask
from core.reputation.models import Review
from core.settings.numbers import LABELS
from handlers import more_screens, routes
from handlers.operator_cards import REASONS

LANGUAGES = ("en", "zh", "hi")
OWN = 0.8  # how often a conversation is about something of the person's own
BESIDES = {None: 3}  # nothing is asked: as often as three prompts


@dataclass
class Being:
    """Somebody of the furnished market."""

    what: str
    member_id: int
    user_id: int
    language: str = "en"
    own: dict[str, list[int]] = field(default_factory=dict)


def beings(session: Session) -> list[Being]:
    """One of each: the owner, a farmer, a buyer, a courier, a farmer of an enterprise who waits, one who just came."""
    selling = select(Farm.member_id).join(Campaign, Campaign.farm_id == Farm.id).order_by(Farm.id)
    farmer = session.scalars(selling).first()
    waits = session.scalars(select(Farm.member_id).where(Farm.state == "pending").order_by(Farm.id)).first()
    buyer = session.scalars(select(Order.buyer_id).order_by(Order.id)).first()
    roles = {role: session.scalars(select(MemberRole.member_id).where(MemberRole.role == role)).first()
             for role in (Role.OWNER, Role.COURIER)}  # fmt: skip
    session.execute(update(Member).where(Member.id == waits).values(kind="enterprise"))
    newest = session.scalars(select(Member.id).order_by(Member.id.desc())).first()
    who = {"farmer": farmer, "enterprise": waits, "buyer": buyer, "owner": roles[Role.OWNER],
           "courier": roles[Role.COURIER], "newcomer": newest}  # fmt: skip
    return [
        Being(what, member_id, _user(session, member_id)) for what, member_id in who.items() if member_id is not None
    ]


def _user(session: Session, member_id: int) -> int:
    return session.scalars(select(Identity.user_id).where(Identity.member_id == member_id).limit(1)).one()


def look_around(session: Session, being: Being) -> None:
    """What is this person's own, and what there is at all."""
    farms = select(Farm.id).where(Farm.member_id == being.member_id)
    sales = select(Campaign.id).where(Campaign.farm_id.in_(farms))
    orders = select(Order.id).where((Order.buyer_id == being.member_id) | Order.campaign_id.in_(sales))
    own = {
        "draft": sales.where(Campaign.state == "draft"), "sale": sales, "order": orders,
        "payment": select(Payment.id).where(Payment.member_id == being.member_id),
        "case": select(AfterSaleCase.id).where(AfterSaleCase.order_id.in_(orders)),
        "review": select(Review.id).where(Review.buyer_id == being.member_id),
        "question": select(Remark.id).where(Remark.campaign_id.in_(sales)), "subject": select(Refund.id),
        "any sale": select(Campaign.id), "any payment": select(Payment.id),
    }  # fmt: skip
    being.own = {name: list(session.scalars(query.limit(50))) for name, query in own.items()}


def stand(session: Session, being: Being, bot_id: int, chance: random.Random, now: datetime) -> str | None:
    """The person stands before some question from now on; which."""
    state = chance.choice([*routes.STATES, *[None] * BESIDES[None]])
    row = conversation.ensure(session, (bot_id, being.user_id, being.user_id), now)
    row.state, row.data, row.misses = state, data_of(state, being, chance) if state else {}, chance.choice((0, 0, 1, 2))
    ask(session, conversation.keeping(session))
    return state


def data_of(state: str, being: Being, chance: random.Random) -> dict[str, Any]:
    """What the conversation keeps before this question: ids mostly of the person's own things."""

    def one(name: str) -> int:
        own = being.own.get(name) or []
        return chance.choice(own) if own and chance.random() < OWN else chance.choice((0, 1, 2, 3, 4, 5, 9999))

    group, _, name = state.partition(":")
    sale = one("sale") if being.what in ("farmer", "enterprise") else chance.choice(being.own["any sale"] or [0])
    fields = {"Sell": tuple(more_screens.LABELS), "Setting": ("name", "account", "instructions")}.get(group, ("title",))
    return {
        "draft": one("draft"), "sale": sale, "order": one("order"),
        "payment": chance.choice(being.own["payment"] or being.own["any payment"]), "case": one("case"),
        "review": one("review"), "question": one("question"), "subject": one("subject"), "rev": chance.randrange(4),
        **_decision(name, chance),
        "field": chance.choice(fields), "name": chance.choice(list(LABELS)), "page": chance.randrange(3), "words": "",
        "provider": chance.choice(("transfer", "cash", "wallet", "messenger_invoice")), "purse": chance.choice("wf"),
        "minor": 1000, "nonce": f"n{chance.randrange(99)}", "given": "50", "shares": {}, "regions": ["Konkan"],
        **({"to": being.member_id} if group in ("Deciding", "Calling") else {"to": "UPI asha@upi"}),
    }  # fmt: skip


def _decision(name: str, chance: random.Random) -> dict[str, str]:
    """What staff decides on, and how: as the buttons that lead to these questions have it."""
    if name == "reason":
        kind = chance.choice(list(REASONS))
        return {"kind": kind[0], "verdict": kind[1]}
    return {"kind": "p" if name == "amount" else chance.choice("wu")}
