"""The timers and bounds as people read and write them: labels, units, and which of two must be the smaller."""

from __future__ import annotations

from datetime import datetime
from decimal import InvalidOperation

from babel import Locale
from sqlalchemy.orm import Session

from core.errors import BadInput, OutOfBounds
from core.i18n import N_, _, gettext_of
from core.money import Money, exponent
from core.permissions import Actor
from core.quantity import ParseError, ReadsTwoWays, parse_number
from core.settings import service
from core.settings.service import TABLE, Known

LABELS: dict[str, str] = {
    "hold_minutes": N_("Hold unpaid"), "deposit_least": N_("Least deposit"), "deposit_most": N_("Most deposit"),
    "deposit_usual": N_("Usual deposit"), "cutoff_days": N_("Free cancelling ends"),
    "balance_hours": N_("Time for balance"), "grace_hours": N_("Grace after that"),
    "more_time_hours": N_("More time to pay"), "forfeit_hours": N_("Given up after calls"),
    "consent_hours": N_("Time to say yes"), "weight_tolerance": N_("Weight may differ by"),
    "perish_hours": N_("Failed parcel keeps"), "decide_hours": N_("Too few buyers: time"),
    "extend_days": N_("Extend a sale by"),
    "receipt_hours": N_("Confirms itself"), "review_hours": N_("Review asked after"), "undo_minutes": N_("Undo"),
    "case_days": N_("Problems told within"), "case_answer_hours": N_("Time to answer a case"),
    "case_appeal_hours": N_("Time to appeal"), "case_part_percent": N_("Refund part: how much"),
    "refund_days": N_("Refund promise"), "payout_days": N_("Payout delay"),
    "delivery_fee_usual": N_("Usual delivery fee"),
    "platform_fee_percent": N_("Fee of the co-op"), "two_people_above": N_("Two confirm above"),
    "review_before_opening": N_("Check each listing"),
    "offer_minutes": N_("Waiting list: offer"), "waiting_places_most": N_("Waits a person"),
    "hand_over_hours": N_("Hand-over link"),
    "question_nudge_hours": N_("Ask farmer again"), "question_staff_hours": N_("Question to staff"),
    "questions_a_day": N_("Questions a day"), "messages_an_hour": N_("Messages an hour"),
    "unpaid_holds_most": N_("Unpaid holds a person"), "score_good": N_("Points: good"),
    "score_medium": N_("Points: medium"), "score_bad": N_("Points: bad"), "quiet_buyer_from": N_("Buyers quiet from"),
    "quiet_buyer_to": N_("Buyers quiet until"), "quiet_farmer_from": N_("Farmers quiet from"),
    "quiet_farmer_to": N_("Farmers quiet until"),
}  # fmt: skip
_UNITS = {
    "min": N_("{number} min"), "h": N_("{number} h"), "d": N_("{number} d"), "%": N_("{number} %"),
}  # fmt: skip
_CLOCK, _MINOR, _HOUR_OF_DAY = "min of day", "minor units", ("quiet_buyer_from", "quiet_farmer_from")
_NOT_ABOVE = {"deposit_least": "deposit_most"}  # the first is never greater than the second
_OFF_AT_ZERO = ("two_people_above",)
_BETWEEN = {"deposit_usual": ("deposit_least", "deposit_most")}


def numeric() -> tuple[Known, ...]:
    """Every setting that is a number, in the table's order."""
    return tuple(known for known in TABLE.values() if isinstance(known.default, int))


def label(name: str) -> str:
    """What people call it."""
    return gettext_of(LABELS[name]) if name in LABELS else name.replace("_", " ").capitalize()


def is_switch(known: Known) -> bool:
    """Only yes or no."""
    return (known.least, known.most) == (0, 1)


def words(session: Session, known: Known, value: int | None = None) -> str:
    """A value with its unit: 30 min, 08:00, ₹40, yes."""
    number = service.get_int(session, known.name) if value is None else value
    if is_switch(known):
        return _("yes") if number else _("no")
    if known.unit == _CLOCK:
        return f"{number // 60:02d}:{number % 60:02d}"
    if known.name in _HOUR_OF_DAY:
        return f"{number:02d}:00"
    if known.name in _OFF_AT_ZERO and not number:
        return _("off")
    currency = service.get_text(session, "currency")
    if known.unit == _MINOR and currency:
        return _("{sum}", sum=Money(number, currency))
    return gettext_of(_UNITS.get(known.unit, "{number}"), number=number)


def write(session: Session, actor: Actor, name: str, text: str, *, locale: Locale, now: datetime) -> None:
    """Set a number as typed. Raises NotAllowed, BadInput, OutOfBounds in the words of its label."""
    known = TABLE[name]
    number = _read(session, known, text, locale)
    _check(session, known, number)
    service.change(session, actor, name, str(number), now=now)


def _read(session: Session, known: Known, text: str, locale: Locale) -> int:
    example = words(session, known, int(known.default))
    signed = text.strip().replace("\u2212", "-")
    hours, colon, minutes = signed.removeprefix("-").partition(":")
    try:
        number = parse_number(hours, locale) * (-1 if signed.startswith("-") else 1)
        if known.unit == _CLOCK:
            number = number * 60 + (parse_number(minutes, locale) if colon else 0)
        elif known.unit == _MINOR:
            number = number.scaleb(exponent(service.get_text(session, "currency") or "USD"))
        if number != int(number):
            raise InvalidOperation
    except (ParseError, ReadsTwoWays, InvalidOperation):
        raise BadInput(field=label(known.name), reason=_("I need a whole number"), example=example) from None
    return int(number)


def _check(session: Session, known: Known, number: int) -> None:
    least, most = known.least or 0, known.most if known.most is not None else number
    if known.name in _NOT_ABOVE:
        most = min(most, service.get_int(session, _NOT_ABOVE[known.name]))
    for below, above in _NOT_ABOVE.items():
        if known.name == above:
            least = max(least, service.get_int(session, below))
    if known.name in _BETWEEN:
        low, high = _BETWEEN[known.name]
        least, most = service.get_int(session, low), service.get_int(session, high)
    if not least <= number <= most:
        shown = (words(session, known, bound) for bound in (least, most, min(max(int(known.default), least), most)))
        low_words, high_words, example = shown
        raise OutOfBounds(field=label(known.name), least=low_words, most=high_words, example=example)
