"""The receipt of a transfer: a photo or file, its reference, and whatever picture follows it, as in an album."""

from __future__ import annotations

from core.i18n import N_, Name, _
from core.messaging.screen import Screen, button
from core.orders import transfers
from core.orders.transfers import PICTURES_MOST
from core.payments.models import Payment
from handlers.buyer import sums
from handlers.my_orders import card_of
from handlers.publish_photo import album_of, incoming
from handlers.routes import expects
from handlers.states import Paying
from handlers.turn import Reply, Turn

EXAMPLE = N_("📷 Send a photo of the receipt, or write the transfer's reference number.")
REFERENCE_DIGITS, REFERENCE_WORDS, REFERENCE_MOST = 4, 5, 64


@expects(Paying.receipt, takes="photo document text", example=EXAMPLE, digits_press=True)
async def got_receipt(turn: Turn) -> Reply:
    """A photo or file of the receipt, its caption as reference; or the reference alone."""
    reference = turn.text if turn.media or _is_reference(turn.text) else ""
    if turn.media is None and not reference:
        return Screen(_(EXAMPLE), edit=False)
    payment = turn.session.get_one(Payment, turn.data["payment"])
    picture = incoming(turn).id if turn.media else None
    sent = transfers.submit_receipt(
        turn.session, turn.actor, payment, media_id=picture, reference=reference[:REFERENCE_MOST] or None,
        now=turn.now,
    )  # fmt: skip
    await turn.leave()
    return _received(turn, sent.payment)


def _is_reference(text: str) -> bool:
    """Many digits in few words: a sentence with a telephone number is none."""
    return sum(char.isdecimal() for char in text) >= REFERENCE_DIGITS and len(text.split()) <= REFERENCE_WORDS


def further(turn: Turn) -> Screen | None:
    """One more picture of the receipt handed in a moment ago; None where there is none. An album edits one line."""
    payment = transfers.fresh_receipt(turn.session, turn.actor, now=turn.now)
    if payment is None:
        return None
    count = len(transfers.pictures(turn.session, payment))
    if count < PICTURES_MOST:
        count = transfers.add_picture(turn.session, turn.actor, payment, incoming(turn).id, now=turn.now)
    return _received(turn, payment, _("Photo {count} of {most} ✓", count=count, most=PICTURES_MOST))


def _received(turn: Turn, payment: Payment, lead: str = "") -> Screen:
    card, until = card_of(turn, payment.order_id or 0), transfers.goes_on_until(turn.session, payment)
    told = [
        lead,
        _("🔎 Receipt for {sum} received. The co-op checks it, usually within 1 working day.", sum=payment.amount),
        _("Your order {number} is kept meanwhile.", number=Name(card.number))
        if until is None
        else _("⏰ A receipt was rejected before, so the time to pay goes on, until {moment}.", moment=until),
        sums(card),
    ]
    order = button(_("🧾 {number}", number=Name(card.number)), "border", card.id)
    key = f"receipt:{payment.id}:{album_of(turn)}"
    return Screen("\n".join(each for each in told if each), ((order,),), card=key)
