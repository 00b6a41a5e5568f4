"""Every timer and bound of the shop, with defaults; the owner changes them, an order freezes its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core import audit
from core.clock import ticks
from core.errors import BadInput, OutOfBounds, ShopNotOpen
from core.permissions import Actor, require
from core.settings.models import Setting


@dataclass(frozen=True)
class Known:
    """A setting: its default, and for numbers the least and greatest value; `unit` is for people."""

    name: str
    default: int | str
    least: int | None = None
    most: int | None = None
    unit: str = ""


TABLE: dict[str, Known] = {known.name: known for known in (
    Known("currency", ""), Known("region", ""), Known("shop_name", "Farmgate"),
    Known("timezone", "UTC"), Known("default_language", "en"),
    Known("agreement_version", "1"), Known("agreement_url", ""),
    Known("hold_minutes", 30, 5, 1440, "min"),
    Known("deposit_least", 10, 0, 100, "%"), Known("deposit_most", 50, 0, 100, "%"),
    Known("deposit_usual", 20, 0, 100, "%"),
    Known("cutoff_days", 3, 0, 60, "d"),
    Known("balance_hours", 48, 1, 720, "h"), Known("grace_hours", 24, 0, 720, "h"),
    Known("more_time_hours", 24, 0, 720, "h"),  # 0: nobody is offered more time
    Known("forfeit_hours", 24, 0, 720, "h"),  # beyond the grace; 0: only when an operator presses it
    Known("consent_hours", 24, 1, 720, "h"), Known("weight_tolerance", 10, 0, 100, "%"),
    Known("perish_hours", 12, 1, 720, "h"),
    Known("decide_hours", 24, 0, 720, "h"), Known("extend_days", 3, 1, 60, "d"),
    Known("receipt_hours", 48, 1, 720, "h"),
    Known("review_hours", 4, 0, 720, "h"),
    Known("undo_minutes", 5, 0, 60, "min"),
    Known("case_days", 3, 0, 60, "d"), Known("case_answer_hours", 48, 1, 720, "h"),
    Known("case_appeal_hours", 24, 0, 720, "h"), Known("case_part_percent", 40, 1, 99, "%"),
    Known("refund_days", 5, 0, 60, "d"),
    Known("payout_days", 3, 0, 60, "d"),  # how long released money rests before a farm may take it
    Known("delivery_fee_usual", 0, 0, 10_000_000, "minor units"),
    Known("platform_fee_percent", 0, 0, 50, "%"),
    Known("two_people_above", 0, 0, 1_000_000_000_000, "minor units"),  # 0: one person is enough
    Known("review_before_opening", 1, 0, 1),  # 1: an operator approves each listing
    Known("unpaid_holds_most", 5, 1, 100),
    Known("offer_minutes", 60, 5, 1440, "min"), Known("waiting_places_most", 10, 1, 100),
    Known("hand_over_hours", 48, 1, 720, "h"),
    Known("question_nudge_hours", 24, 1, 720, "h"), Known("question_staff_hours", 48, 1, 720, "h"),
    Known("questions_a_day", 10, 1, 1000), Known("messages_an_hour", 20, 1, 1000),
    Known("score_good", 1, 0, 10), Known("score_medium", 0, -10, 10), Known("score_bad", -1, -10, 0),
    Known("quiet_buyer_from", 21, 0, 23, "h"), Known("quiet_buyer_to", 480, 0, 1439, "min of day"),
    Known("quiet_farmer_from", 20, 0, 23, "h"), Known("quiet_farmer_to", 330, 0, 1439, "min of day"),
)}  # fmt: skip


_STORED = select(Setting.name, Setting.value)
_CACHE_SECONDS = 1.0
_CACHE: WeakKeyDictionary[Engine, tuple[float, dict[str, str]]] = WeakKeyDictionary()


def get_int(session: Session, name: str) -> int:
    """A numeric setting."""
    return int(_get(session, name))


def get_text(session: Session, name: str) -> str:
    """A textual setting."""
    return str(_get(session, name))


def shop_currency(session: Session) -> str:
    """The code of the shop's currency. Refuses ShopNotOpen while none is chosen."""
    currency = get_text(session, "currency")
    if not currency:
        raise ShopNotOpen
    return currency


def get_all(session: Session) -> dict[str, int | str]:
    """Every setting as it stands, numbers as numbers; for verbs that need many of them."""
    stored = _stored(session)
    return {
        name: type(known.default)(stored[name]) if name in stored else known.default for name, known in TABLE.items()
    }


def hours(session: Session, name: str) -> timedelta:
    return timedelta(hours=get_int(session, name))


def change(session: Session, actor: Actor, name: str, value: str, *, now: datetime) -> None:
    """Set one setting. Refuses what is not in the table, not a number where one is due, or out of bounds."""
    require("settings.change", actor)
    put(session, name, value, by=actor.member_id, now=now)
    audit.setting_changed(session, name, value, actor_id=actor.member_id, now=now)


def put(session: Session, name: str, value: str, *, by: int | None, now: datetime) -> None:
    """Set a setting without asking who; for the first start and the seed."""
    known = TABLE[name]
    if isinstance(known.default, int):
        value = str(_checked_number(known, value))
    row = session.get(Setting, name)
    if row is None:
        session.add(Setting(name=name, value=value, changed_by=by, changed_at=now))
    else:
        row.value, row.changed_by, row.changed_at = value, by, now
    session.flush()
    session.info["farmgate_settings_changed"] = True
    _CACHE.pop(session.get_bind().engine, None)


def _get(session: Session, name: str) -> int | str:
    return _stored(session).get(name, TABLE[name].default)


def _stored(session: Session) -> dict[str, str]:
    """What differs from the defaults. Read at most once a second and engine: nearly every update asks for some."""
    changed_here = session.info.get("farmgate_settings_changed", False)
    engine = session.get_bind().engine
    cached = None if changed_here else _CACHE.get(engine)
    if cached is not None and cached[0] > ticks():
        return cached[1]
    stored = {row.name: row.value for row in session.execute(_STORED)}
    if not changed_here:
        _CACHE[engine] = (ticks() + _CACHE_SECONDS, stored)
    return stored


def _checked_number(known: Known, value: str) -> int:
    try:
        number = int(value)
    except ValueError:
        raise BadInput(field=known.name, reason=value, example=known.default) from None
    low, high = known.least, known.most
    if low is not None and high is not None and not low <= number <= high:
        raise OutOfBounds(field=known.name, least=low, most=high, example=known.default)
    return number
