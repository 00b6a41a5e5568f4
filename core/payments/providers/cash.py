"""Cash that the courier or the farmer takes when the goods are handed over."""

from __future__ import annotations

from core.i18n import _
from core.money import Money
from core.payments.provider import Provider, Purpose, StartsWith


class Cash(Provider):
    """For the balance only: a deposit in cash would secure nothing."""

    name = "cash"
    starts_with = StartsWith.AT_ONCE

    def label(self) -> str:
        return _("💵 Cash at hand-over")

    def fits(self, amount: Money, purpose: Purpose) -> bool:
        return purpose is Purpose.BALANCE


PROVIDER = Cash()
