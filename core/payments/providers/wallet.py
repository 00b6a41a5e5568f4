"""The buyer's own credit with the co-op."""

from __future__ import annotations

from core.i18n import _
from core.money import Money
from core.payments.provider import Provider, Purpose, StartsWith


class Wallet(Provider):
    """Offered whenever the credit suffices."""

    name = "wallet"
    starts_with = StartsWith.AT_ONCE
    always_offered = True

    def label(self) -> str:
        return _("👛 Wallet")

    def fits(self, amount: Money, purpose: Purpose) -> bool:
        return True


PROVIDER = Wallet()
