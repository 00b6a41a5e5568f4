"""The cards that staff decides on: the same whether they were pushed or opened under To decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.catalog import queries as catalog
from core.catalog.models import Campaign
from core.catalog.words import amount, crop_words, delivery_ways, goes_ahead, per_unit, sale_words
from core.i18n import N_, Name, _, hour, shown, today
from core.members.cards import MemberCard, about
from core.members.decisions import Verdict, confirmed_once, last_decision, needs_two
from core.members.models import Farm, Member
from core.messaging import media
from core.messaging.screen import Button, Rows, Screen, button
from core.money import Money
from core.notices.lookup import reason_words
from core.orders import desk
from core.orders.contested import taken_from
from core.orders.models import number_of
from core.orders.wallet import wallet_of
from core.payments.models import Payment, Refund
from core.settings.service import get_text

Subject = Farm | Campaign | Payment | Refund

DETAIL_MOST = 120
WAITING = frozenset({"pending", "in_review", "submitted", "asked"})
_KINDS = {"individual": N_("individual"), "enterprise": N_("enterprise")}
_STANDS = {
    "draft": N_("✏️ sent back"), "approved": N_("✅ approved"), "open": N_("✅ approved"), "rejected": N_("❌ rejected"),
    "cancelled": N_("❌ rejected"), "confirmed": N_("✅ money is there"), "done": N_("✅ sent"),
    "taken_back": N_("↩️ taken back"), "booked": N_("🧾 booked"),
    "refused": N_("❌ not sent"), "pending": N_("⏳ waits"), "in_review": N_("⏳ waits"),
    "submitted": N_("⏳ waits"), "asked": N_("⏳ waits"),
}  # fmt: skip
# why money came that was not owed: Refund.why of such a task
_NO_DEBT = {
    "excess": N_("More came than there was to pay."), "late": N_("It came after the order had ended."),
    "cancelled": N_("It came after the order was cancelled."),
}  # fmt: skip


def decision_card(session: Session, subject: Subject) -> Screen:
    """The card of whatever staff decides on."""
    if isinstance(subject, Farm):
        return farm_card(session, subject)
    if isinstance(subject, Campaign):
        return listing_card(session, subject)
    if isinstance(subject, Payment):
        return receipt_card(session, subject)
    return payout_card(session, subject)


def farm_card(session: Session, farm: Farm) -> Screen:
    """A farm: who it is, where, what it grows; a licence is shown as it came, a picture or a file."""
    owner = about(session, farm.member_id)
    licence = media.shown(session, owner.licence_media_id)
    facts = [
        _("🌱 Farm {number}: {store}", number=farm.id, store=Name(farm.store_name)),
        _("{name}, {kind}", name=Name(owner.name), kind=_(_KINDS.get(owner.kind, owner.kind))),
        _("📞 {phone}", phone=Name(owner.phone)) if owner.phone else "",
        _("📍 {place}", place=Name(place_of(farm))),
        _("Main crop: {crop}", crop=crop_words(farm.main_crop)) if farm.main_crop else "",
        licence_line(owner, is_shown=bool(licence)),
    ]
    rows = _decision_rows("f", farm.id, farm.rev) if farm.state == "pending" else ()
    return Screen(_text(facts, session, farm), rows, bare=True, **licence)


def place_of(farm: Farm) -> str:
    """Where a farm is: its village, else its position."""
    if farm.place:
        return farm.place
    return f"{farm.latitude}, {farm.longitude}" if farm.latitude else "?"


def listing_card(session: Session, sale: Campaign) -> Screen:
    """A listing: what buyers would see, and whether its farm waits too."""
    card = catalog.listing(session, sale.id)
    line = card.line
    facts = [
        _("{crop} · {quantity} · {price} · ready {date} · deposit {share} %", crop=sale_words(sale),
          quantity=amount(line.capacity, line.unit), price=per_unit(line.price, line.unit), date=line.harvest_on or "?",
          share=card.deposit_percent),
        _("🌱 {store}, {place}", store=Name(line.farm_name),
          place=Name(line.place or line.region or place_of(session.get_one(Farm, sale.farm_id)))),
        _("♻️ The rest of a harvest of {day}.", day=today(card.harvested_at)) if card.harvested_at else "",
        delivery_ways(card),
        goes_ahead(card, line.unit),
        _("{words}", words=Name((card.subtitle or card.description)[:DETAIL_MOST])),
        "" if card.farm_state == "approved" else _("⚠️ This farm waits too: approving approves both."),
        "" if card.photos else _("📷 No photo."),
    ]  # fmt: skip
    rows = _decision_rows("l", sale.id, sale.rev) if sale.state == "in_review" else ()
    return Screen(_text(facts, session, sale), rows, photo=line.photo, bare=True)


def receipt_card(session: Session, payment: Payment, at: int = 0) -> Screen:
    """A transfer's receipt under one of its pictures: is the money on the account?"""
    seen = desk.receipt(session, payment)
    count = len(seen.pictures)
    facts = [
        _("🏦 {sum} for {number}: is it on the account?", sum=payment.amount, number=Name(seen.number or "?")),
        _("From {name}, {moment}", name=Name(seen.buyer), moment=payment.updated_at),
        _("Reference: {reference}", reference=Name(payment.note)) if payment.note else "",
        _("📎 Picture {at} of {count}", at=at + 1, count=count) if count > 1 else "",
        _came_before(session, seen.duplicate_of),
    ]
    rows: Rows = ()
    if payment.state == "submitted":
        facts.append(_two_words(session, payment))
        there = button(_("✅ Money is there"), "oyes", payment.id, payment.rev, "p")
        other = button(_("✏️ Amount"), "oamt", payment.id, payment.rev, "p")
        rows = ((there,), (other, button(_("❌ Not there"), "ono", payment.id, payment.rev, "p")))
    if count > 1:
        rows = (*rows, (button(_("📎 Next picture"), "opic", payment.id, value=(at + 1) % count),))
    picture = seen.pictures[at] if at < count else None
    return Screen(_text(facts, session, payment), rows, bare=True, **media.shown(session, picture))


def _came_before(session: Session, payment_id: int | None) -> str:
    """For which order the same receipt was shown before."""
    earlier = None if payment_id is None else session.get_one(Payment, payment_id).order_id
    if earlier is None:
        return ""
    return _("⚠️ The same receipt came before, for {number}.", number=Name(number_of(earlier)))


def payout_card(session: Session, refund: Refund) -> Screen:
    """Money that somebody waits for: how much, to whom, where."""
    seen, left = desk.payout(session, refund), _left(session, refund)
    rows = _money_rows(session, refund, left)
    facts = [
        _money_line(refund, seen.name),
        "" if left is None else _in_wallet(refund, left),
        _("To: {destination}", destination=Name(refund.destination)) if refund.destination else "",
        _("From order {number}", number=Name(seen.number)) if seen.number else "",
        _("Asked {moment}", moment=refund.created_at),
        _("Promised by {day}", day=refund.promised_on) if refund.promised_on and rows else "",
        _how_it_ended(refund),
        _two_words(session, refund) if rows else "",
        _taken_back(session, refund) if rows else "",
    ]
    return Screen(_text(facts, session, refund), rows, bare=True)


def _how_it_ended(refund: Refund) -> str:
    """The reference of what was sent, or why it was not."""
    if refund.state == "asked" or not refund.reference:
        return ""
    if refund.state == "done":
        return _("Reference: {reference}", reference=Name(refund.reference))
    return _("Not sent: {why}", why=reason_words(refund.reference))


def _left(session: Session, refund: Refund) -> Money | None:
    """What the wallet holds in which money that found no debt waits; None for what somebody asked to be sent."""
    return wallet_of(session, refund) if refund.kind == "order" and refund.state == "asked" else None


def _in_wallet(refund: Refund, left: Money) -> str:
    why = _(_NO_DEBT.get(refund.why, _NO_DEBT["excess"]))
    return _("👛 {why} It is in the wallet, which holds {left} now.", why=why, left=left)


def _taken_back(session: Session, refund: Refund) -> str:
    """A word of warning: a payment provider took money of this buyer back, and what goes out now does not return."""
    if refund.farm_id is not None or refund.member_id is None:
        return ""
    taken = taken_from(session, refund.member_id, refund.currency)
    if not taken:
        return ""
    return _("⚠️ The payment provider took {sum} back from this person: look at ⚖️ All cases first.", sum=taken)


def _money_line(refund: Refund, name: str) -> str:
    """How much for whom; of money that found no place, why it did not."""
    if refund.kind != "stray":
        if refund.farm_id is not None:
            return _("💸 {number}: {sum} of a farm's earnings for {name}", number=refund.id, sum=refund.amount,
                     name=Name(name))  # fmt: skip
        return _("💸 {number}: {sum} for {name}", number=refund.id, sum=refund.amount, name=Name(name))
    if refund.member_id is None:
        return _("💱 {number}: {sum} came for no order, from nobody that we know.", number=refund.id, sum=refund.amount)
    return _("💱 {number}: {sum} came from {name} in another currency than the shop's.", number=refund.id,
             sum=refund.amount, name=Name(name))  # fmt: skip


def _money_rows(session: Session, refund: Refund, left: Money | None) -> Rows:
    if refund.state != "asked":
        return ()
    other = button(_("❌ Not possible"), "ono", refund.id, refund.rev, "w")
    if left is not None:
        other = button(_("👛 Leave it there"), "oleave", refund.id, refund.rev, "w")
        if left < refund.amount:
            return ((other,),)
    first = _("✅ Approve") if waits_for_first(session, refund) else ""  # nothing is sent before two people agree
    if refund.kind != "stray":
        sent = button(first or _("✅ Sent"), "osent", refund.id, refund.rev, "w")
        return ((sent, other),)
    returned = button(first or _("↩️ Returned"), "osent", refund.id, refund.rev, "w")
    if refund.currency != get_text(session, "currency"):
        return ((returned,),)
    return ((button(_("🧾 Book to an order"), "obook", refund.id, refund.rev, "w"),), (returned,))


def person_card(session: Session, member_id: int, words: Sequence[str] = (), voice: int | None = None) -> Screen:
    """Somebody who asked for a person, perhaps with words or a voice note: who it is, and the way to write."""
    person = about(session, member_id)
    name = Name(person.name)
    facts = [
        _("📞 {name} asks for a person.", name=name) if voice is None else _("🎤 {name} left a voice note.", name=name),
        *(_("“{text}”", text=Name(each)) for each in words),
        _("Phone: {phone}", phone=Name(person.phone)) if person.phone else "",
    ]
    write = [Button(_("💬 Write"), url=f"https://t.me/{person.username}")] if person.username else []
    answer = button(_("✍️ Answer here"), "oans", member_id)
    rows = ((*write, answer), (button(_("👤 Who is it"), "omem", member_id),))
    return Screen("\n".join(fact for fact in facts if fact), rows, **media.shown(session, voice))


def waits_for_first(session: Session, subject: Payment | Refund) -> bool:
    """Whether two people must confirm this and nobody has."""
    return needs_two(session, subject.amount) and confirmed_once(session, subject) is None


def _two_words(session: Session, subject: Payment | Refund) -> str:
    """That a second person must confirm, and what the first did."""
    first = confirmed_once(session, subject)
    if first is None:
        return _("👥 Two people must confirm this.") if needs_two(session, subject.amount) else ""
    by, seen = session.get_one(Member, first.member_id).name, Money(first.amount_minor or 0, subject.currency)
    return _("☑ {name} confirmed {sum}. One more person must confirm.", name=Name(by), sum=seen)


def decided_words(session: Session, subject: Subject, now: datetime) -> str:
    """How it stands and who said so: ✅ approved, Meera 10:42."""
    stands = _(_STANDS.get(subject.state, subject.state))
    last = last_decision(session, subject)
    if last is None or subject.state in WAITING or subject.state == "taken_back":  # that nobody of staff did
        return stands
    by = session.get_one(Member, last.member_id).name
    return _("{stands} · {by} {moment}", stands=stands, by=Name(by), moment=_moment(last.at, now))


def decided_by_another(session: Session, subject: Subject, now: datetime) -> Screen | None:
    """What a colleague's pushed card becomes once somebody decided; nothing when it waits again."""
    last = last_decision(session, subject)
    if last is None or subject.state in WAITING:
        return None
    by, moment = session.get_one(Member, last.member_id).name, _moment(last.at, now)
    lines = [
        decision_card(session, subject).text.partition("\n")[0],
        _(_STANDS.get(subject.state, subject.state)),
        _("Already decided by {by} {at}", by=Name(by), at=moment),
    ]
    return Screen("\n".join(lines), ((button(_("✅ To decide"), "oq"),),))


def _moment(at: datetime, now: datetime) -> str:
    """The hour alone on the same day."""
    return hour(at) if today(at) == today(now) else shown(at)


def _text(facts: list[str], session: Session, subject: Subject) -> str:
    waits = subject.state in WAITING
    last = None if waits else last_decision(session, subject)
    lines = [*facts, "" if waits else decided_words(session, subject, last.at if last else subject_time(subject))]
    # the reason of an approval is what was agreed on, which the facts tell: a reference, an order's number
    if last is not None and last.reason and last.verdict != Verdict.APPROVE.value:
        lines.append(_("Why: {reason}", reason=reason_words(last.reason)))
    return "\n".join(line for line in lines if line)


def subject_time(subject: Subject) -> datetime:
    """When it came to be."""
    return subject.created_at


def _decision_rows(kind: str, subject_id: int, rev: int) -> Rows:
    return (
        (button(_("✅ Approve"), "oyes", subject_id, rev, kind),),
        (
            button(_("✏️ Ask change"), "ochg", subject_id, rev, kind),
            button(_("❌ Reject"), "ono", subject_id, rev, kind),
        ),
    )


def licence_line(owner: MemberCard, *, is_shown: bool) -> str:
    """What there is of an enterprise's licence."""
    if owner.licence_media_id is None:
        return "" if owner.kind == "individual" else _("⚠️ No licence yet.")
    return _("🏢 Licence above.") if is_shown else _("⚠️ The licence cannot be opened: ask for another photo.")
