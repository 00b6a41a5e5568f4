"""Script 11, the queue: everything that waits for staff, one card at a time, the oldest first."""

from __future__ import annotations

from dataclasses import replace

from core.catalog.queries import to_review
from core.i18n import Name, _, ngettext_of, shown
from core.members.queries import farms_to_review
from core.messaging.screen import Button, Screen, button, rows_of
from core.notices.staff_cards import decision_card, receipt_card
from core.orders import desk
from core.orders.desk import Desk
from core.permissions import require
from handlers.home import DECIDE
from handlers.operator_cards import queue_button, subject
from handlers.routes import press, tile
from handlers.turn import Reply, Turn
from handlers.words import sale_words


@tile(DECIDE)
@press("oq")
async def to_decide(turn: Turn) -> Reply:
    """How much waits of each kind; since when."""
    waits = desk.desk(turn.session, turn.actor, now=turn.now)
    await turn.goto(None)
    if not waits.total:
        return Screen(_("✅ 0 things wait. All is decided."), ((_all_cases(),),))
    told = ngettext_of("✅ {count} thing waits.", "✅ {count} things wait.", waits.total)
    oldest = _("The oldest since {moment}.", moment=waits.oldest) if waits.oldest else ""
    return Screen(" ".join(part for part in (told, oldest) if part), (*rows_of(_queues(waits), 2), (_all_cases(),)))


def _all_cases() -> Button:
    return button(_("⚖️ All cases"), "kcases")


def _queues(waits: Desk) -> list[Button]:
    """One button a queue that is not empty."""
    queues = (
        (_("🌱 Farms: {count}", count=waits.farms.count), "oqk", "f", waits.farms.count),
        (_("🥭 Listings: {count}", count=waits.listings.count), "oqk", "l", waits.listings.count),
        (_("🏦 Receipts: {count}", count=waits.receipts.count), "oqk", "p", waits.receipts.count),
        (_("💸 Payouts: {count}", count=waits.payouts.count), "oqk", "w", waits.payouts.count),
        (_("💱 Unclear money: {count}", count=waits.strays.count), "oqk", "u", waits.strays.count),
        (_("⚖️ Cases: {count}", count=waits.cases.count), "kqueue", "", waits.cases.count),
        (_("📞 Call list: {count}", count=waits.calls + waits.unreachable), "ocalls", "", waits.calls
         + waits.unreachable),
        (_("📪 Undelivered: {count}", count=waits.undelivered), "ound", "", waits.undelivered),
        (_("❓ Questions: {count}", count=waits.questions.count), "oquest", "", waits.questions.count),
        (_("📞 People: {count}", count=waits.people.count), "ohuman", "", waits.people.count),
        (_("⚠️ Set aside: {count}", count=waits.updates), "otu", "", waits.updates),
        (_("✉️ Not sent: {count}", count=waits.letters), "otl", "", waits.letters),
    )  # fmt: skip
    return [button(label, action, value=value) for label, action, value, count in queues if count]


@press("oqk")
async def queue(turn: Turn) -> Reply:
    """The cards of one kind: the only one at once, several by their names."""
    require("queue.see", turn.actor)
    kind = turn.pressed_value
    waiting = _waiting(turn, kind)
    if not waiting:
        return await to_decide(turn)
    if len(waiting) == 1:
        return opened(turn, kind, waiting[0][0])
    buttons = [(button(label, "oc", subject_id, value=kind),) for subject_id, label in waiting]
    return Screen(ngettext_of("{count} waits. Which?", "{count} wait. Which?", len(waiting)),
                  (*buttons, (queue_button(),)))  # fmt: skip


def _waiting(turn: Turn, kind: str) -> list[tuple[int, str]]:
    """Ids and names of what waits, the oldest first."""
    if kind == "f":
        farms = farms_to_review(turn.session, limit=desk.PAGE)
        return [(farm.id, _("🌱 {store}", store=Name(farm.store_name))) for farm in farms]
    if kind == "l":
        return [(line.campaign_id, f"{sale_words(line)} · {shown(Name(line.farm_name))}")
                for line in to_review(turn.session)]  # fmt: skip
    if kind == "p":
        receipts = desk.receipts(turn.session, turn.actor)
        return [(one.payment.id, _("🏦 {sum} · {name}", sum=one.payment.amount, name=Name(one.buyer)))
                for one in receipts]  # fmt: skip
    payouts = desk.payouts(turn.session, turn.actor, is_stray=kind == "u") if kind in ("w", "u") else []
    return [(one.refund.id, _("💸 {sum} · {name}", sum=one.refund.amount, name=Name(one.name))) for one in payouts]


@press("oc")
async def open_card(turn: Turn) -> Reply:
    """One card with its buttons; whoever was writing a reason stops."""
    await turn.goto(None)
    return opened(turn, turn.press.value[:1] if turn.press else "", turn.pressed_id)


@press("opic")
async def next_picture(turn: Turn) -> Reply:
    """[📎 Next picture] of a receipt that came as several."""
    value = turn.pressed_value
    found = desk.payment(turn.session, turn.actor, turn.pressed_id)
    at = int(value) if value.isdecimal() and len(value) < 3 else 0
    shown_card = receipt_card(turn.session, found, at)
    return replace(shown_card, rows=(*shown_card.rows, (queue_button(),)))


def opened(turn: Turn, kind: str, subject_id: int) -> Screen:
    shown_card = decision_card(turn.session, subject(turn, kind, subject_id))
    return replace(shown_card, rows=(*shown_card.rows, (queue_button(),)))


async def fresh(turn: Turn) -> Reply:
    """How it stands now, for whoever pressed too late."""
    kind = turn.press.value[:1] if turn.press else ""
    return opened(turn, kind, turn.pressed_id)
