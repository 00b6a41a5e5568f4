"""What needs staff is pushed to operators and owners at once, with the buttons that decide it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from core.catalog import queries as catalog
from core.catalog.models import Campaign
from core.events import EventKind
from core.i18n import Name, _
from core.members import queries as members
from core.members.models import Farm
from core.messaging import outbox
from core.messaging.media import shown
from core.messaging.screen import Screen, button
from core.notices import staff_cards
from core.notices.lookup import payment, refund
from core.notices.registry import Fact, notice
from core.notices.staff_cards import Subject
from core.payments.models import Payment, Refund

_SUBJECTS: dict[str, type[Subject]] = {"farm": Farm, "campaign": Campaign, "payment": Payment, "refund": Refund}


def _staff(fact: Fact) -> Iterable[int]:
    return members.staff(fact.session)


def _asked(fact: Fact) -> Iterable[int]:
    """Staff whose chat holds the card that was pushed."""
    key, staff = _key(fact), members.operators(fact.session)
    return [one.member_id for one in staff if outbox.card_of(fact.session, one.bot_id, one.chat_id, key)]


def _key(fact: Fact) -> str:
    return f"decide:{fact.subject_kind}:{fact.subject_id}"


def _pushed(fact: Fact, subject: Subject) -> Screen | None:
    """The card, in a message of its own that is known by its key; nothing when it was decided or taken back."""
    if subject.state not in staff_cards.WAITING:
        return None
    return replace(staff_cards.decision_card(fact.session, subject), card=_key(fact), edit=False)


@notice(50, EventKind.FARM_SUBMITTED, to=_staff, quiet="S", klass="O", tell_actor=True)
def farm_to_decide(fact: Fact) -> Screen | None:
    """A farm waits for approval."""
    farm = members.farm(fact.session, fact.subject_id)
    return _pushed(fact, farm)


@notice(51, EventKind.LISTING_SUBMITTED, to=_staff, quiet="S", klass="O", tell_actor=True)
def listing_to_decide(fact: Fact) -> Screen | None:
    """A listing waits for approval; one taken back meanwhile is not told."""
    sale = catalog.campaign(fact.session, fact.subject_id)
    return _pushed(fact, sale)


@notice(52, EventKind.TRANSFER_SUBMITTED, to=_staff, quiet="S", klass="O", tell_actor=True)
def receipt_to_decide(fact: Fact) -> Screen | None:
    """A buyer showed the receipt of a transfer; a further picture of it edits the card that was pushed."""
    pushed = _pushed(fact, fact.session.get_one(Payment, fact.subject_id))
    return pushed and replace(pushed, edit=bool(fact.data.get("further")))


@notice(53, EventKind.PAYOUT_ASKED, to=_staff, quiet="S", klass="O", tell_actor=True)
def payout_to_send(fact: Fact) -> Screen | None:
    """Somebody waits for money."""
    return _pushed(fact, fact.session.get_one(Refund, fact.subject_id))


_DECIDED = (
    EventKind.FARM_APPROVED, EventKind.FARM_REJECTED, EventKind.FARM_ASKED_CHANGE, EventKind.LISTING_APPROVED,
    EventKind.LISTING_REJECTED, EventKind.LISTING_ASKED_CHANGE, EventKind.TRANSFER_ACCEPTED,
    EventKind.TRANSFER_REJECTED, EventKind.PAYOUT_DONE, EventKind.MONEY_BOOKED,
)  # fmt: skip


@notice(59, *_DECIDED, to=_asked, quiet="S", klass="O")
def decided_by_another(fact: Fact) -> Screen | None:
    """A colleague decided: the card that was pushed edits itself; whoever pressed it reads the answer already."""
    subject = cast("Subject", fact.session.get_one(_SUBJECTS[fact.subject_kind], fact.subject_id))
    told = staff_cards.decided_by_another(fact.session, subject, fact.now)
    return told and replace(told, card=_key(fact))


@notice(105, EventKind.PAYOUT_TAKEN_BACK, to=_asked, quiet="S", klass="O")
def payout_taken_back(fact: Fact) -> Screen | None:
    """Whoever asked for money thought better of it: the card that was pushed edits itself."""
    shown = staff_cards.decision_card(fact.session, refund(fact))
    return replace(shown, rows=((button(_("✅ To decide"), "oq"),),), card=_key(fact))


def _second(fact: Fact) -> Iterable[int]:
    """Whoever may be the second of two: not the owner of the money."""
    if fact.subject_kind not in _SUBJECTS:  # a ruling: notice 98
        return []
    is_payment = fact.subject_kind == Payment.__tablename__
    about = payment(fact) if is_payment else refund(fact)
    return [member_id for member_id in members.staff(fact.session) if member_id != about.member_id]


@notice(60, EventKind.CONFIRMED_ONCE, to=_second, quiet="S", klass="O")
def second_to_confirm(fact: Fact) -> Screen | None:
    """One person confirmed much money: another must."""
    if fact.subject_kind == Payment.__tablename__:
        return receipt_to_decide(fact)
    return payout_to_send(fact)


@notice(54, EventKind.HUMAN_ASKED, to=_staff, quiet="S", klass="O")
def somebody_asks(fact: Fact) -> Screen | None:
    """A person wants to be written to, wrote something, or left a voice note to be heard."""
    text = fact.data.get("text")
    return staff_cards.person_card(fact.session, fact.subject_id, [text] if text else [], fact.data.get("voice"))


@notice(55, EventKind.HUMAN_ANSWERED, to=lambda fact: [fact.subject_id], quiet="S", tell_actor=True)
def a_person_answers(fact: Fact) -> Screen | None:
    """Somebody of the co-op wrote or spoke back."""
    writer, text = Name(members.member(fact.session, fact.actor_id or 0).name), fact.data["text"]
    told = _("💬 {name} of the co-op: {text}", name=writer, text=Name(text)) if text else ""
    told = told or _("🎤 {name} of the co-op answers you.", name=writer)
    spoken = shown(fact.session, fact.data.get("voice"))
    return Screen(told, ((button(_("📞 Human"), "human"),),), edit=False, **spoken)
