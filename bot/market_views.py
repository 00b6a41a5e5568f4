"""What the page's drawer shows of the market: orders, the table of their states, ledger, outbox, the day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel import Locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.catalog.words import sale_words
from core.i18n import ENDONYMS, shipped_languages
from core.members.models import Member
from core.messaging.models import Outbox
from core.money import Money
from core.orders.models import Order, number_of
from core.orders.states import TABLE, OrderState, status_of
from core.payments import ledger
from core.payments.ledger_sql import account_table, transfer_table
from core.settings import service as settings

Json = dict[str, Any]
SHOWN = 100
LINE_MOST = 60
LOCALE = Locale("en", "IN")
EMPTY_LEDGER: Json = {"accounts": [], "transfers": [], "sum_minor": 0}


def day(session: Session) -> Json:
    """The market's zone and when its people sleep."""
    quiet = [
        {"role": role, "from": _hh_mm(settings.get_int(session, f"quiet_{role}_from") * 60),
         "to": _hh_mm(settings.get_int(session, f"quiet_{role}_to"))}
        for role in ("buyer", "farmer")
    ]  # fmt: skip
    return {"timezone": settings.get_text(session, "timezone"), "quiet": quiet}


def languages() -> list[Json]:
    """The languages that are shipped, by the tag an app uses for them: no phone is offered another."""
    return [{"code": code.lower().replace("_", "-"), "name": ENDONYMS[code]} for code in shipped_languages()]


def _hh_mm(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def orders(session: Session) -> list[Json]:
    """The orders that changed last, the newest change at the end."""
    found = (
        select(Order.id, Order.state, Member.name, Campaign)
        .join(Member, Member.id == Order.buyer_id).join(Campaign, Campaign.id == Order.campaign_id)
        .order_by(Order.updated_at.desc(), Order.id.desc()).limit(SHOWN)
    )  # fmt: skip
    return [
        {"id": id_, "number": number_of(id_), "state": state, "status": status_of(state).value, "buyer": name,
         "campaign": sale_words(campaign)}
        for id_, state, name, campaign in reversed(session.execute(found).all())
    ]  # fmt: skip


def states() -> Json:
    """The table of an order's states, in the order of a life."""
    ways = [
        {"from": source.value, "to": row.target.value, "event": row.action}
        for row in TABLE
        for source in OrderState
        if source in row.sources
    ]
    return {"states": [state.value for state in OrderState], "transitions": ways}


def ledger_view(session: Session) -> Json:
    """Balances that are not zero, the newest transfers, and what all of it sums to."""
    balances = sorted(ledger.all_balances(session), key=lambda row: row[0].owner[0] == "order")  # many: at the end
    names = {account.id: _account_name(account) for account, _held in balances}
    accounts = [
        {"id": account.id, "name": names[account.id], "balance_text": held.format(LOCALE), "minor": held.minor}
        for account, held in balances
        if held
    ]
    rows = session.execute(select(transfer_table).order_by(transfer_table.c.id.desc()).limit(SHOWN)).mappings()
    transfers = [
        {"id": row["id"], "at": _iso(row["at"]), "debit": names.get(row["debit_account"], ""),
         "credit": names.get(row["credit_account"], ""), "why": str(row["why"]).replace("_", " "),
         "amount_text": Money(row["amount"], row["currency"]).format(LOCALE)}
        for row in rows
    ]  # fmt: skip
    books = session.execute(select(account_table.c.debits, account_table.c.credits)).all()
    return {"accounts": accounts, "transfers": transfers, "sum_minor": sum(row[0] - row[1] for row in books)}


def _iso(at: Any) -> str:
    return at.isoformat() if isinstance(at, datetime) else str(at)


def _account_name(account: ledger.Account) -> str:
    kind = account.kind.value.replace("_", " ")
    owner, number = account.owner
    if not owner:
        return kind
    whose = number_of(number) if owner == "order" else f"{owner} {number or ''}".strip()
    return f"{kind} · {whose}"


def letters(session: Session, now: datetime) -> list[Json]:
    """The newest letters of the outbox; `held` until morning, or `retry` after a failure."""
    rows = session.scalars(select(Outbox).order_by(Outbox.id.desc()).limit(SHOWN))
    return [
        {"id": row.id, "due": row.not_before.isoformat(), "state": _state(row),
         "held": row.state == "pending" and row.not_before > now, "attempts": row.attempts, "chat": row.chat_id,
         "error": row.error, "kind": _kind(row)}
        for row in rows
    ]  # fmt: skip


def _state(row: Outbox) -> str:
    return "retry" if row.state == "pending" and row.retry_at is not None else row.state


def _kind(row: Outbox) -> str:
    """The notice's name; of a screen the first words, so that a reader finds it on the phone."""
    payload = row.payload if isinstance(row.payload, dict) else {}
    if "notice" in payload:
        return str(payload["notice"]).replace("_", " ")
    text = str(payload.get("screen", {}).get("text", "")).strip()
    return _short(text.splitlines()[0]) if text else row.kind.replace("_", " ")


def _short(line: str) -> str:
    """As much of a line as a row of the drawer has room for; what is cut says so."""
    return line if len(line) <= LINE_MOST else f"{line[: LINE_MOST - 1].rstrip()}…"
