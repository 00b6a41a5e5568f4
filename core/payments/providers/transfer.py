"""A transfer to the co-op's account, proven by a photo or reference that an operator confirms."""

from __future__ import annotations

from core.i18n import _
from core.money import Money
from core.payments.provider import Provider, Purpose, StartsWith


class Transfer(Provider):
    """Any amount, any currency: banks and mobile money have their own bounds."""

    name = "transfer"
    starts_with = StartsWith.INSTRUCTIONS

    def label(self) -> str:
        return _("🏦 Transfer")

    def fits(self, amount: Money, purpose: Purpose) -> bool:
        return True


PROVIDER = Transfer()
