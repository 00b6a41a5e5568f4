"""Invoices and the answers that let a payment go on."""

from __future__ import annotations

from typing import Any

from simulator import payments
from simulator.access import chat_named
from simulator.methods.call import Call, Method, send
from simulator.methods.queries import ANSWER_RULE, TOO_OLD
from simulator.refusals import Json, bad
from simulator.text import units

PRICE_RULE = "prices are labelled whole numbers whose sum is above zero"

# Smallest and largest sums in minor units: about 1 and 10,000 US dollars, as the payments page lists them.
AMOUNTS = {
    "USD": (100, 1_000_000), "EUR": (87, 870_000), "GBP": (76, 760_000), "INR": (8_300, 83_000_000),
    "JPY": (145, 1_450_000), "CNY": (718, 7_180_000), "IDR": (1_630_000, 16_300_000_000), "RUB": (8_000, 80_000_000),
    "KES": (12_920, 129_200_000), "BRL": (550, 5_500_000), "NGN": (150_000, 1_500_000_000),
    "ETB": (13_000, 130_000_000),
    "TZS": (250_000, 2_500_000_000), "UGX": (3_600, 36_000_000), "AED": (367, 3_670_000), "SAR": (375, 3_750_000),
    "EGP": (4_900, 49_000_000), "PHP": (5_700, 57_000_000), "VND": (26_000, 260_000_000), "THB": (3_250, 32_500_000),
    "MXN": (1_880, 18_800_000), "UAH": (4_150, 41_500_000), "KWD": (307, 3_070_000), "PKR": (28_000, 280_000_000),
    "BDT": (12_200, 122_000_000), "LKR": (30_000, 300_000_000), "UZS": (1_250_000, 12_500_000_000),
    "ZAR": (1_780, 17_800_000),
    "XTR": (1, 100_000),
}  # fmt: skip

_DIGITS = {"JPY": 0, "UGX": 0, "VND": 0, "KWD": 3}


def send_invoice(call: Call) -> Json:
    """An invoice with its pay button."""
    invoice = _invoice(call)
    chat = chat_named(call.world, call.bot, call.params)
    content = {"invoice": {name: invoice[name] for name in ("title", "description", "currency", "total_amount")}}
    content["invoice"]["start_parameter"] = call.params.text("start_parameter")
    message = send(call, chat, content, invoice=True)
    if "reply_markup" not in message.body:
        # The messenger draws the pay button itself when the bot gives none.
        text = f"Pay {_price(invoice['currency'], invoice['total_amount'])}"
        message.body["reply_markup"] = {"inline_keyboard": [[{"text": text, "pay": True}]]}
    call.world.invoice_links[f"{chat.key}/{message.id}"] = invoice
    return message.body


def _price(currency: str, amount: int) -> str:
    digits = _DIGITS.get(currency, 2)
    whole = f"{amount / 10**digits:.{digits}f}"
    return f"{amount} ⭐" if currency == "XTR" else f"{currency} {whole}"


def create_invoice_link(call: Call) -> str:
    """A link anyone may pay."""
    invoice = _invoice(call)
    link = f"https://t.me/$sim{call.world.fresh_id()}"
    call.world.invoice_links[link] = invoice
    return link


def _invoice(call: Call) -> Json:
    params = call.params
    for name in ("title", "description", "payload", "currency"):
        if name not in params:
            raise bad(f'parameter "{name}" is required', f"{name} is required")
    title, description, payload = params.text("title"), params.text("description"), params.text("payload")
    if units(title) > 32:
        raise bad("INVOICE_TITLE_TOO_LONG", "an invoice title is 1-32 characters")
    if units(description) > 255:
        raise bad("INVOICE_DESCRIPTION_TOO_LONG", "an invoice description is 1-255 characters")
    if len(payload.encode()) > 128:
        raise bad("INVOICE_PAYLOAD_INVALID", "an invoice payload is 1-128 bytes")
    currency = params.text("currency")
    total = _total(params.structure("prices", "prices"), currency)
    _check_provider(call, currency)
    return {
        "title": title,
        "description": description,
        "payload": payload,
        "currency": currency,
        "total_amount": total,
        "bot": call.bot.id,
        "flexible": params.flag("is_flexible"),
        "needs": [n for n in ("name", "phone_number", "email", "shipping_address") if params.flag(f"need_{n}")],
    }


def _total(prices: Any, currency: str) -> int:
    if not isinstance(prices, list) or not prices:
        raise bad("prices are not specified", PRICE_RULE)
    for price in prices:
        if not isinstance(price, dict) or not isinstance(price.get("label"), str) or not _whole(price.get("amount")):
            raise bad('can\'t parse labeled price: Field "amount" must be of type Number', PRICE_RULE)
    if currency not in AMOUNTS:
        raise bad("CURRENCY_INVALID", "a currency of the payments page, or XTR")
    if currency == "XTR" and len(prices) != 1:
        raise bad("STARS_INVOICE_INVALID", "an invoice in Stars has exactly one price")
    total = sum(int(price["amount"]) for price in prices)
    least, most = AMOUNTS[currency]
    if not least <= total <= most:
        raise bad(
            "CURRENCY_TOTAL_AMOUNT_INVALID",
            f"{currency} invoices are {least}-{most} minor units (about 1-10,000 USD)",
        )
    return total


def _whole(value: object) -> bool:
    return not isinstance(value, bool) and (
        isinstance(value, int) or (isinstance(value, str) and value.lstrip("-").isdigit())
    )


def _check_provider(call: Call, currency: str) -> None:
    token = call.params.text("provider_token")
    if (currency == "XTR") != (token == "") or (
        token and token not in call.world.provider_tokens
    ):  # empty is the rule for Stars
        raise bad("PAYMENT_PROVIDER_INVALID", "the provider token of this bot; empty for Stars")


def answer_pre_checkout_query(call: Call) -> bool:
    """Let a payment through or stop it, within ten seconds."""
    payment = payments.waiting_for(call.world, call.params.text("pre_checkout_query_id"), call.bot.id)
    if payment is None:
        raise bad(TOO_OLD, ANSWER_RULE)
    words = call.params.text("error_message")
    if not call.params.flag("ok") and not words:
        raise bad("error message must be non-empty", "a refusal of a payment says why")
    payments.answered(call.world, payment, ok=call.params.flag("ok"), words=words)
    return True


def answer_shipping_query(call: Call) -> bool:
    """Offer ways of delivery for a flexible invoice."""
    payment = payments.shipping_for(call.world, call.params.text("shipping_query_id"), call.bot.id)
    if payment is None:
        raise bad(TOO_OLD, ANSWER_RULE)
    if not call.params.flag("ok"):
        payments.refused(call.world, payment, call.params.text("error_message"))
        return True
    options = call.params.structure("shipping_options", "shipping_options")
    if not isinstance(options, list) or not options:
        raise bad("shipping options are not specified", "ok=true comes with shipping_options")
    payments.shipped(call.world, payment, options)
    return True


METHODS: dict[str, Method] = {
    "sendinvoice": send_invoice,
    "createinvoicelink": create_invoice_link,
    "answerprecheckoutquery": answer_pre_checkout_query,
    "answershippingquery": answer_shipping_query,
}
