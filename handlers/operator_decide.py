"""Script 11, deciding: approve with one tap, ask for a change or reject with a reason; the first decision wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.catalog.models import Campaign
from core.catalog.publish import decide_listing
from core.errors import NotFound, Refusal
from core.i18n import N_, Name, _, hour, today
from core.members.decisions import AlreadyDecided, check_second, who_else
from core.members.farms import decide_farm
from core.members.models import Farm
from core.members.queries import farm
from core.messaging.screen import Button, Screen, button
from core.notices.staff_cards import Subject, decision_card, waits_for_first
from core.orders import transfers, wallet
from core.orders.case_models import AfterSaleCase
from core.orders.intake import Outcome
from core.orders.queries import order_card
from core.payments.models import Payment, Refund
from core.payments.service import takes_money
from handlers.night import farmer_told
from handlers.operator import fresh, opened
from handlers.operator_cards import EXAMPLES, REASONS, pressed, queue_button, subject
from handlers.routes import expects, press, refused
from handlers.states import Deciding
from handlers.turn import Reply, Toast, Turn

VERDICTS = {"c": "change", "r": "reject"}
LEFT = N_("It stays in the wallet")
REFERENCE_EXAMPLE = N_("Write the reference of your transfer, for example: UTR 4512. Or press No reference.")


@press("oyes", fresh=fresh)
async def approve(turn: Turn) -> Reply:
    """One tap: a listing takes its waiting farm along, a receipt pays its order."""
    kind, found = pressed(turn)
    return after(turn, kind, found, _approved(turn, found))


def _approved(turn: Turn, found: Subject) -> str:
    if isinstance(found, Farm):
        decide_farm(turn.session, turn.actor, found, verdict="approve", now=turn.now)
        return " ".join([_("{store} may sell now.", store=Name(found.store_name)), farmer_told(turn, found)])
    if isinstance(found, Campaign):
        return _listing_approved(turn, found)
    if isinstance(found, Payment):
        outcome = transfers.decide_receipt(
            turn.session, turn.actor, found, accept=True, reason=None, now=turn.now
        )  # fmt: skip
        return paid_words(turn, found, outcome)
    raise NotFound


def _listing_approved(turn: Turn, sale: Campaign) -> str:
    seller = farm(turn.session, sale.farm_id)
    both = seller.state == "pending"
    decide_listing(turn.session, turn.actor, sale, verdict="approve", and_farm=True, now=turn.now)
    told = _approved_words(turn, seller, both)
    if takes_money(turn.session):
        return told
    return told + "\n" + _("⚠️ Buyers cannot pay yet: switch a way to pay on, ⚙️ Settings, 💳 Ways to pay.")


def _approved_words(turn: Turn, seller: Farm, both: bool) -> str:
    if both:
        done = _("On sale now, and {store} is approved with it.", store=Name(seller.store_name))
        return " ".join([done, farmer_told(turn, seller)])
    return " ".join([_("On sale now."), farmer_told(turn, seller)])


def paid_words(turn: Turn, payment: Payment, outcome: Outcome | None) -> str:
    """What the money did; every message about money ends with its sums."""
    if outcome is None:
        return one_more(turn, payment)
    if outcome.to_credit:
        return _("{sum} is in the buyer's wallet: the order does not need it.", sum=outcome.to_credit)
    if payment.order_id is None:
        return _("{sum} is booked; the buyer is told.", sum=payment.amount)
    order = order_card(turn.session, payment.order_id)
    return _("The buyer is told. paid {paid} · owed {owed}", paid=order.paid, owed=order.rest)


@press("ochg", fresh=fresh)
async def ask_change(turn: Turn) -> Reply:
    """What should change?"""
    return await _ask_why(turn, "c", _("✏️ What should change? Press, or write it."))


@press("ono", fresh=fresh)
async def reject(turn: Turn) -> Reply:
    """Why not?"""
    return await _ask_why(turn, "r", _("❌ Why not? Press, or write it."))


async def _ask_why(turn: Turn, verdict: str, question: str) -> Screen:
    kind, found = pressed(turn)
    await turn.goto(Deciding.reason, kind=kind, subject=found.id, rev=found.rev, verdict=verdict)
    words = REASONS.get(kind + verdict)
    if words is None:
        raise NotFound
    rows = [
        (button(_(word), "owhy", found.id, found.rev, f"{kind}{verdict}{number}"),)
        for number, word in enumerate(words)
    ]  # fmt: skip
    back = button(_("⬅️ Back"), "oc", found.id, value=kind)
    return Screen("\n".join([first_line(turn, found), question]), (*rows, (back,)))


def first_line(turn: Turn, found: Subject) -> str:
    return decision_card(turn.session, found).text.partition("\n")[0]


@press("owhy", fresh=fresh)
async def because(turn: Turn) -> Reply:
    """One of the usual reasons; kept as its English words, told in each reader's language."""
    kind, found = pressed(turn)
    value = turn.pressed_value
    words = REASONS.get(value[:2], ())
    number = int(value[2:]) if value[2:].isdecimal() else len(words)
    if number >= len(words):
        raise NotFound
    return await _refuse(turn, kind, found, value[1], words[number])


@expects(Deciding.reason, example=N_("Write the reason in a few words, or press one above."), digits_press=True)
async def because_written(turn: Turn) -> Reply:
    """A reason in own words."""
    kind, verdict = str(turn.data.get("kind", "")), str(turn.data.get("verdict", ""))
    found = subject(turn, kind, int(turn.data.get("subject", 0)))
    if not any(char.isalpha() for char in turn.text):
        return Screen(_(EXAMPLES[kind]), edit=False)
    shown = await _refuse(turn, kind, found, verdict, turn.text)
    return shown.fresh()


async def _refuse(turn: Turn, kind: str, found: Subject, verdict: str, reason: str) -> Screen:
    given = VERDICTS[verdict]
    if isinstance(found, Farm):
        decide_farm(turn.session, turn.actor, found, verdict=given, reason=reason, now=turn.now)
    elif isinstance(found, Campaign):
        decide_listing(turn.session, turn.actor, found, verdict=given, reason=reason, now=turn.now)
    elif isinstance(found, Payment):
        transfers.decide_receipt(turn.session, turn.actor, found, accept=False, reason=reason, now=turn.now)
    else:
        wallet.decide_payout(turn.session, turn.actor, found, paid=False, reference=reason, now=turn.now)
    await turn.goto(None)
    return after(turn, kind, found, _refused_words(turn, found))


def _refused_words(turn: Turn, found: Subject) -> str:
    if isinstance(found, Farm):
        return farmer_told(turn, found)
    if isinstance(found, Campaign):
        return farmer_told(turn, farm(turn.session, found.farm_id))
    if isinstance(found, Refund):
        if found.kind == "order":
            return _("{sum} stays in the wallet.", sum=found.amount)
        if found.farm_id is not None:
            return _("{sum} is free for the farm again; the person is told.", sum=found.amount)
        return _("{sum} is back in the wallet; the person is told.", sum=found.amount)
    order = order_card(turn.session, found.order_id or 0)
    return _("The buyer is told and may send another receipt. paid {paid} · owed {owed}",
             paid=order.paid, owed=order.rest)  # fmt: skip


@press("oleave", fresh=fresh)
async def leave_it(turn: Turn) -> Reply:
    """Money that found no debt stays where it is: in the wallet."""
    kind, found = pressed(turn, "w")
    if not isinstance(found, Refund) or found.kind != "order":
        raise NotFound
    return await _refuse(turn, kind, found, "r", LEFT)


@press("osent", fresh=fresh)
async def sent(turn: Turn) -> Reply:
    """The money went out: under which reference?"""
    kind, found = pressed(turn, "w")
    if not isinstance(found, Refund):
        raise NotFound
    wallet.check_sendable(turn.session, found)
    if waits_for_first(turn.session, found):  # nothing is sent before two people agree
        wallet.decide_payout(turn.session, turn.actor, found, paid=True, reference=None, now=turn.now)
        return after(turn, "w", found, one_more(turn, found))
    check_second(turn.session, turn.actor, found, found.amount, wallet.agreed_on(found))
    await turn.goto(Deciding.reference, kind=kind, subject=found.id, rev=found.rev)
    rows = (
        (button(_("No reference"), "oref", found.id, found.rev, "w"),),
        (button(_("⬅️ Back"), "oc", found.id, value="w"),),
    )
    return Screen("\n".join([first_line(turn, found), _(REFERENCE_EXAMPLE)]), rows)


@press("oref", fresh=fresh)
async def without_reference(turn: Turn) -> Reply:
    """Sent, with no reference to tell."""
    _kind, found = pressed(turn, "w")
    return await _sent(turn, found, None)


@expects(Deciding.reference, example=REFERENCE_EXAMPLE)
async def with_reference(turn: Turn) -> Reply:
    """Sent, with the transfer's reference."""
    found = subject(turn, "w", int(turn.data.get("subject", 0)))
    return (await _sent(turn, found, turn.text)).fresh()


async def _sent(turn: Turn, found: Subject, reference: str | None) -> Screen:
    if not isinstance(found, Refund):
        raise NotFound
    done = wallet.decide_payout(turn.session, turn.actor, found, paid=True, reference=reference, now=turn.now)
    await turn.goto(None)
    if not done:
        return after(turn, "w", found, one_more(turn, found))
    if found.member_id is None:
        return after(turn, "u", found, _("{sum} went back where it came from · owed 0", sum=found.amount))
    return after(turn, "w", found, _("paid out {sum} · owed 0; the person is told.", sum=found.amount))


@refused(AlreadyDecided)
def decided_before(turn: Turn, error: Refusal) -> Reply:
    """Another was first: who and when, and how it stands now."""
    at = error.params["at"]
    moment = hour(at) if isinstance(at, datetime) and today(at) == turn.today else at
    told = _("Already decided by {by} {at}", by=error.params["by"], at=moment)
    if turn.press is None or not turn.is_press:
        return Screen(told, edit=False)
    return [Toast(told, alert=True), opened(turn, turn.press.value[:1], turn.press.id)]


def one_more(turn: Turn, found: Payment | Refund | AfterSaleCase) -> str:
    """Noted as the first of two; whom to ask for the second."""
    names = who_else(turn.session, turn.actor, found)
    if not names:
        return _("☑ Noted. One more person must confirm, and nobody else decides here yet: 👥 Members, ➕ Operator.")
    return _("☑ Noted. One more person must confirm: {names}.", names=Name(names))


def after(turn: Turn, kind: str, found: Subject, told: str) -> Screen:
    """The card as it stands now, what followed, and the way to the next."""
    shown = decision_card(turn.session, found)
    following: Button = button(_("➡️ Next"), "oqk", value=kind)
    return replace(shown, text="\n".join([shown.text, told]), rows=((following, queue_button()),))
