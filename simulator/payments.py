"""How a payment goes: shipping, pre-checkout within ten seconds, the bank, the receipt."""

from __future__ import annotations

import asyncio

from simulator.posting import spoken
from simulator.refusals import Json, PersonError
from simulator.world import Chat, Payment, Person, World

OUTCOMES = ("ok", "fail", "abandon", "twice")
KEPT = 20_000
_ADDRESS = {
    "country_code": "IN", "state": "Maharashtra", "city": "Pune", "street_line1": "12 Market Road", "street_line2": "",
    "post_code": "411001",
}  # fmt: skip


def begin(world: World, person: Person, chat: Chat, message_id: int, invoice: Json, outcome: str) -> Payment:
    """A person opens the payment form and, unless they give up, presses Pay."""
    if outcome not in OUTCOMES:
        raise PersonError(f"unknown outcome {outcome!r}; known: {', '.join(OUTCOMES)}")
    payment = Payment(world.fresh_id(), person.id, invoice, chat.key, message_id, outcome)
    world.payments[payment.id] = payment
    while len(world.payments) > KEPT:
        del world.payments[next(iter(world.payments))]
    if outcome == "abandon":
        _settle(world, payment, "abandoned")
    elif invoice["flexible"]:
        _ask_shipping(world, payment)
    else:
        _ask_bot(world, payment)
    return payment


def _ask_shipping(world: World, payment: Payment) -> None:
    payment.query = world.fresh_id()
    query = {
        "id": payment.query,
        "from": world.people[payment.user].shape(),
        "invoice_payload": payment.invoice["payload"],
        "shipping_address": _ADDRESS,
    }
    world.bots[payment.invoice["bot"]].mailbox.put("shipping_query", query, payment.chat)
    _wait(world, payment, "shipping")


def shipped(world: World, payment: Payment, options: list[Json]) -> None:
    """The bot offered deliveries: the first one is chosen unless the person named another."""
    known = [str(option["id"]) for option in options]
    if payment.shipping_option not in known:
        payment.shipping_option = known[0]
    chosen = options[known.index(payment.shipping_option)]
    extra = sum(int(price["amount"]) for price in chosen.get("prices", ()))
    payment.invoice = {**payment.invoice, "total_amount": payment.invoice["total_amount"] + extra}
    _ask_bot(world, payment)


def _ask_bot(world: World, payment: Payment) -> None:
    payment.query = world.fresh_id()
    query = {"id": payment.query, "from": world.people[payment.user].shape(), **_facts(payment)}
    world.bots[payment.invoice["bot"]].mailbox.put("pre_checkout_query", query, payment.chat)
    _wait(world, payment, "waiting")


def _facts(payment: Payment) -> Json:
    invoice = payment.invoice
    facts: Json = {
        "currency": invoice["currency"],
        "total_amount": invoice["total_amount"],
        "invoice_payload": invoice["payload"],
    }
    if payment.shipping_option:
        facts["shipping_option_id"] = payment.shipping_option
    if invoice["needs"]:
        info = {
            "name": "Buyer",
            "phone_number": "15550001",
            "email": "buyer@example.org",
            "shipping_address": _ADDRESS,
        }
        facts["order_info"] = {name: info[name] for name in invoice["needs"]}
    return facts


def _wait(world: World, payment: Payment, state: str) -> None:
    payment.state = state
    query = payment.query
    world.open_payments[query] = payment
    _tell(world, payment)

    def give_up() -> None:
        world.open_payments.pop(query, None)
        if payment.state == state and payment.query == query:
            _settle(world, payment, "expired", "the bot did not answer in time")

    asyncio.get_running_loop().call_later(world.limits.settings.pre_checkout_seconds, give_up)


def waiting_for(world: World, query: str, bot_id: int) -> Payment | None:
    """The payment a pre-checkout answer belongs to, if it is still in time."""
    return _in_state(world, query, bot_id, "waiting")


def shipping_for(world: World, query: str, bot_id: int) -> Payment | None:
    """The payment a shipping answer belongs to."""
    return _in_state(world, query, bot_id, "shipping")


def _in_state(world: World, query: str, bot_id: int, state: str) -> Payment | None:
    payment = world.open_payments.get(query)
    return payment if payment and payment.state == state and payment.invoice["bot"] == bot_id else None


def answered(world: World, payment: Payment, *, ok: bool, words: str) -> None:
    """The bot let it through or stopped it; then the bank speaks."""
    if not ok:
        refused(world, payment, words)
    elif payment.outcome == "fail":
        _settle(world, payment, "failed", "the bank declined the card")
    else:
        # The receipt comes after the answer to the bot, never inside it.
        asyncio.get_running_loop().call_soon(_pay, world, payment)


def refused(world: World, payment: Payment, words: str) -> None:
    """The bot said no; the person reads why."""
    _settle(world, payment, "refused", words)


def _pay(world: World, payment: Payment) -> None:
    chat = world.chats.get(payment.chat)
    if chat is None:  # reset meanwhile
        return
    payment.charge = world.fresh_id()
    shape = payment.shape()
    receipt = {
        **_facts(payment),
        "telegram_payment_charge_id": shape["telegram_payment_charge_id"],
        "provider_payment_charge_id": shape["provider_payment_charge_id"],
    }
    person = world.people[payment.user]
    bot = world.bots[payment.invoice["bot"]]
    home = chat if chat.person is not None else world.private_chat(person, bot)
    spoken(world, home, person, {"successful_payment": receipt})
    invoice_post = chat.posts.get(payment.message_id)
    if invoice_post is not None:
        invoice_post.paid += 1
    _settle(world, payment, "paid")
    if payment.outcome == "twice":
        begin(world, person, chat, payment.message_id, payment.invoice, "ok")


def _settle(world: World, payment: Payment, state: str, error: str = "") -> None:
    payment.state = state
    payment.error = error
    _tell(world, payment)


def _tell(world: World, payment: Payment) -> None:
    payload = payment.shape()
    world.events.happened(payment.chat, "payment", "bot", payment.message_id, lambda: {"payment": payload})
