"""What needs staff is pushed to operators and owners at once, with the buttons that decide it."""

from __future__ import annotations

from collections.abc import Iterable

from core.catalog import queries as catalog
from core.events import EventKind
from core.i18n import Name, _
from core.members import queries as members
from core.messaging.media import shown
from core.messaging.screen import Screen, button
from core.notices import staff_cards
from core.notices.registry import Fact, notice
from core.payments.models import Payment, Refund


def _staff(fact: Fact) -> Iterable[int]:
    return members.staff(fact.session)


@notice(50, EventKind.FARM_SUBMITTED, to=_staff, quiet="S", klass="O", tell_actor=True)
def farm_to_decide(fact: Fact) -> Screen | None:
    """A farm waits for approval."""
    farm = members.farm(fact.session, fact.subject_id)
    return staff_cards.farm_card(fact.session, farm) if farm.state == "pending" else None


@notice(51, EventKind.LISTING_SUBMITTED, to=_staff, quiet="S", klass="O", tell_actor=True)
def listing_to_decide(fact: Fact) -> Screen | None:
    """A listing waits for approval; one taken back meanwhile is not told."""
    sale = catalog.campaign(fact.session, fact.subject_id)
    return staff_cards.listing_card(fact.session, sale) if sale.state == "in_review" else None


@notice(52, EventKind.TRANSFER_SUBMITTED, to=_staff, quiet="S", klass="O", tell_actor=True)
def receipt_to_decide(fact: Fact) -> Screen | None:
    """A buyer showed the receipt of a transfer."""
    payment = fact.session.get(Payment, fact.subject_id)
    if payment is None or payment.state != "submitted":
        return None
    return staff_cards.receipt_card(fact.session, payment)


@notice(53, EventKind.PAYOUT_ASKED, to=_staff, quiet="S", klass="O", tell_actor=True)
def payout_to_send(fact: Fact) -> Screen | None:
    """Somebody waits for money."""
    refund = fact.session.get(Refund, fact.subject_id)
    return staff_cards.payout_card(fact.session, refund) if refund is not None and refund.state == "asked" else None


@notice(54, EventKind.HUMAN_ASKED, to=_staff, quiet="S", klass="O")
def somebody_asks(fact: Fact) -> Screen | None:
    """A person wants to be written to, or left a voice note to be heard."""
    return staff_cards.person_card(fact.session, fact.subject_id, fact.data.get("voice"))


@notice(55, EventKind.HUMAN_ANSWERED, to=lambda fact: [fact.subject_id], quiet="S", tell_actor=True)
def a_person_answers(fact: Fact) -> Screen | None:
    """Somebody of the co-op wrote or spoke back."""
    writer, text = Name(members.member(fact.session, fact.actor_id or 0).name), fact.data["text"]
    told = _("💬 {name} of the co-op: {text}", name=writer, text=Name(text)) if text else ""
    told = told or _("🎤 {name} of the co-op answers you.", name=writer)
    spoken = shown(fact.session, fact.data.get("voice"))
    return Screen(told, ((button(_("📞 Human"), "human"),),), edit=False, **spoken)
