"""Pretended money for the demo and for tests: paid at once, wherever the composition root allows it."""

from __future__ import annotations

from core.i18n import _
from core.money import Money
from core.payments.provider import Provider, Purpose, StartsWith


class Sandbox(Provider):
    """Any amount, never in a real shop."""

    name = "sandbox"
    starts_with = StartsWith.AT_ONCE
    always_offered = True
    needs_allowing = True

    def label(self) -> str:
        return _("🧪 Play money")

    def fits(self, amount: Money, purpose: Purpose) -> bool:
        return True


PROVIDER = Sandbox()
