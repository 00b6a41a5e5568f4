"""What a payment provider is: a plug-in that says which amounts it takes and how paying begins."""

from __future__ import annotations

from enum import StrEnum

from core.money import Money


class Purpose(StrEnum):
    """What a payment is for."""

    DEPOSIT = "deposit"
    BALANCE = "balance"
    OTHER = "other"


class StartsWith(StrEnum):
    """What a person sees first."""

    INVOICE = "invoice"  # the messenger's own invoice
    INSTRUCTIONS = "instructions"  # an account to pay to, then a photo of the receipt
    AT_ONCE = "at once"  # nothing more to do


class Provider:
    """Base of the plug-ins in core/payments/providers/: one file with one `PROVIDER` each."""

    name: str
    starts_with: StartsWith
    always_offered = False  # needs no row of the owner's to be offered
    needs_allowing = False  # offered only where the composition root allowed it

    def label(self) -> str:
        """What stands on the button, translated."""
        raise NotImplementedError

    def fits(self, amount: Money, purpose: Purpose) -> bool:
        """Whether this provider takes this amount (more than nothing) for this purpose."""
        raise NotImplementedError
