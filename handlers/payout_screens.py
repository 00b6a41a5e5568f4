"""Screens of money going out, the same for a wallet and for a farm's earnings."""

from __future__ import annotations

from collections.abc import Sequence

from core.i18n import N_, Name, _
from core.messaging.screen import Button, Rows, Screen, button
from core.money import Money
from core.orders.payouts import Purse
from core.payments.models import PayoutDestination, Refund

FARM, WALLET = "f", "w"
SHORT = 40
_KINDS = {"upi": N_("UPI ••{tail}"), "account": N_("Account ••{tail}"), "other": N_("To ••{tail}")}


def letter(purse: Purse) -> str:
    """Whose money it is, as buttons carry it."""
    return WALLET if purse.farm_id is None else FARM


def home_button(purse: Purse) -> Button:
    """Back to where the money is shown."""
    return button(_("👛 Wallet"), "bwallet") if purse.farm_id is None else button(_("💰 Money"), "fmoney")


def amounts(which: str, free: Money) -> Rows:
    """[All][Half][✏️ Other]."""
    half = Money(free.minor // 2, free.currency)
    halves = (button(_("Half {sum}", sum=half), "boutsum", value=f"{which}{half.minor}"),) if half else ()
    every = button(_("All {sum}", sum=free), "boutsum", value=f"{which}{free.minor}")
    return ((every, *halves), (button(_("✏️ Other"), "bouttype", value=which),))


def requests(asked: Sequence[Refund]) -> tuple[list[str], Rows]:
    """What was asked for and not sent yet: a line each, and [Cancel request]."""
    told = [_("⏳ Asked: {sum} → {destination}", sum=each.amount, destination=Name((each.destination or "?")[:SHORT]))
            for each in asked]  # fmt: skip
    alone = len(asked) == 1
    rows = tuple(
        (button(_("Cancel request") if alone else _("Cancel {sum}", sum=each.amount), "boutno", each.id, each.rev),)
        for each in asked
    )
    return told, rows


def where(amount: Money, known: Sequence[PayoutDestination]) -> Screen:
    """Where it shall go: what was used before by its tail, or anything typed."""
    told = _("🏦 {sum}: where shall it go? Write it, for example: UPI asha@bank, or an account number.\n"
             "Nobody from us asks for your PIN.", sum=amount)  # fmt: skip
    return Screen(
        told, tuple((button(_(_KINDS[each.kind], tail=Name(each.tail)), "boutto", each.id),) for each in known)
    )


def confirm(purse: Purse, amount: Money, destination: str, nonce: str) -> Screen:
    """Everything once more, before anything moves."""
    rest = purse.free - amount
    left = _("left in your wallet: {rest}", rest=rest) if purse.farm_id is None else _("left free: {rest}", rest=rest)
    told = _("💸 {sum} → {destination}", sum=amount, destination=Name(destination))
    back = button(_("⬅️ Back"), "bwallet" if purse.farm_id is None else "fmoney")
    return Screen(f"{told}\n{left}", ((button(_("✅ Confirm"), "boutok", value=nonce), back),))


def asked(purse: Purse, refund: Refund) -> Screen:
    """Asked; when it comes, and the way back."""
    told = [
        _("✅ Asked: {sum} → {destination}. Usually 1 working day.", sum=refund.amount,
          destination=Name(refund.destination or "?")),
        _("At the latest on {day}.", day=refund.promised_on) if refund.promised_on else "",
        _("Nobody from us asks for your PIN."),
        _("asked {sum} · left {rest}", sum=refund.amount, rest=purse.free),
    ]  # fmt: skip
    cancel = button(_("Cancel request"), "boutno", refund.id, refund.rev)
    return Screen("\n".join(line for line in told if line), ((cancel,), (home_button(purse),)))
