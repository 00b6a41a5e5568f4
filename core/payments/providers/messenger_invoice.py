"""The messenger's own invoice, paid by card in the chat; offered where a provider token is set."""

from __future__ import annotations

from decimal import Decimal

from core.catalog.crops import rates
from core.i18n import _
from core.money import Money, exponent
from core.payments.provider import Provider, Purpose, StartsWith

# the messenger takes 1 to 10,000 US dollars at the day's rate; ours is rough, so a quarter is kept clear at both ends
LEAST_USD = Decimal("1.25")
MOST_USD = Decimal(7500)
# of the currencies the messenger lists, those whose rate we know
_LISTED = """
    AED AUD BDT BOB BRL CAD CLP CNY COP CZK EGP ETB EUR GBP GHS GTQ HNL IDR ILS INR JOD JPY KES KRW KZT LKR MAD MXN
    MYR MZN NGN NPR NZD PEN PHP PKR PLN RUB SAR THB TRY TZS UAH UGX USD VND ZAR
"""
CURRENCIES = frozenset(_LISTED.split())
# where the messenger counts in other minor units than CLDR, an invoice would ask for the wrong sum
_EXPONENTS = {"CLP": 0, "JPY": 0, "KRW": 0, "UGX": 0, "VND": 0}


class MessengerInvoice(Provider):
    """Bounded amounts, and only currencies that the messenger lists and counts as we do."""

    name = "messenger_invoice"
    starts_with = StartsWith.INVOICE
    needs_allowing = True
    always_offered = True  # whoever set the provider's token has switched it on; the owner may switch it off

    def label(self) -> str:
        return _("💳 Card in chat")

    def fits(self, amount: Money, purpose: Purpose) -> bool:
        rate = rates().get(amount.currency)
        if amount.currency not in CURRENCIES or rate is None:
            return False
        same_units = exponent(amount.currency) == _EXPONENTS.get(amount.currency, 2)
        return same_units and LEAST_USD * rate <= amount.major <= MOST_USD * rate


PROVIDER = MessengerInvoice()
