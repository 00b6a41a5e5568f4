"""[💳 Ways to pay]: each provider on or off, with the name, account and instructions that buyers read."""

from __future__ import annotations

from dataclasses import replace

from core.errors import NotFound
from core.i18n import N_, Name, _, ngettext_of
from core.messaging.screen import Button, Screen, button
from core.payments import service as ways
from core.payments.provider import StartsWith
from core.payments.service import MethodDetails
from core.permissions import require
from handlers.routes import expects, press
from handlers.states import Setting
from handlers.turn import Reply, Turn

FIELDS = {
    "name": N_("✏️ Write the name, for example: UPI"),
    "account": N_("✏️ Write the account to pay to, for example: coop@upi"),
    "instructions": N_("✏️ Write what to do, for example: Pay by UPI, then send the receipt."),
}


@press("opay")
async def show_ways(turn: Turn) -> Reply:
    """Every way to pay, ticked when buyers see it."""
    require("settings.change", turn.actor)
    await turn.goto(None)
    offered = {method.provider for method in ways.methods(turn.session)}
    rows = [
        (button(f"{'✅' if name in offered else '⬜'} {provider.label()}", "opayw", value=name),)
        for name, provider in ways.all_providers().items() if ways.is_allowed(name) or not provider.needs_allowing
        or name == "messenger_invoice"
    ]  # fmt: skip
    told = ngettext_of("💳 {count} way to pay is on. Press one to change it.",
                       "💳 {count} ways to pay are on. Press one to change it.", len(offered))  # fmt: skip
    return Screen(told, (*rows, (button(_("⬅️ Back"), "oshop"),)))


@press("opayw")
async def show_way(turn: Turn) -> Reply:
    """One way to pay."""
    require("settings.change", turn.actor)
    await turn.goto(None)
    return _way(turn, turn.pressed_value)


def _way(turn: Turn, name: str) -> Screen:
    provider, details = ways.provider_named(name), _details(turn, name)
    if not ways.is_allowed(name):  # nothing to switch: whoever installs the shop sets the token
        off = _("{label}: {state}", label=provider.label(), state=_("off"))
        needs = _("⚠️ Needs a payment token: FARMGATE_PAYMENT_PROVIDER_TOKEN from @BotFather.")
        return Screen(f"{off}\n{needs}", ((button(_("⬅️ Back"), "opay"),),))
    told = [_("{label}: {state}", label=provider.label(), state=_("on") if details.enabled else _("off"))]
    if provider.starts_with is StartsWith.INSTRUCTIONS:
        told += [
            _("Name: {words}", words=Name(details.name)), _("Account: {words}", words=Name(details.account or "–")),
            _("Instructions: {words}", words=Name(details.instructions or "–")),
        ]  # fmt: skip
    return Screen("\n".join(told), _way_rows(name, details, provider.starts_with is StartsWith.INSTRUCTIONS))


def _way_rows(name: str, details: MethodDetails, has_words: bool) -> tuple[tuple[Button, ...], ...]:
    switch = button(_("⏸ Switch off") if details.enabled else _("▶ Switch on"), "opaysw", value=name)
    fields = [
        button(_("✏️ Name"), "opayf", value=f"name:{name}"), button(_("✏️ Account"), "opayf", value=f"account:{name}"),
        button(_("✏️ Instructions"), "opayf", value=f"instructions:{name}"),
    ]  # fmt: skip
    words = (tuple(fields[:2]), (fields[2],)) if has_words else ()
    return ((switch,), *words, (button(_("⬅️ Back"), "opay"),))


def _details(turn: Turn, name: str) -> MethodDetails:
    """What the owner said of it; without a word it stands as the provider has it."""
    row = ways.method_of(turn.session, name)
    provider = ways.provider_named(name)
    if row is None:
        return MethodDetails(provider.label(), enabled=provider.always_offered)
    return MethodDetails(row.name, row.account, row.instructions, row.enabled)


@press("opaysw")
async def switch(turn: Turn) -> Reply:
    """On or off; a transfer needs its account first."""
    require("settings.change", turn.actor)
    name = turn.pressed_value
    details = _details(turn, name)
    if not details.enabled and not details.account and _needs_account(name):
        return await _ask(turn, name, "account")
    details = replace(details, enabled=not details.enabled)
    ways.set_method(turn.session, turn.actor, name, details=details, now=turn.now)
    return _way(turn, name)


def _needs_account(name: str) -> bool:
    return ways.provider_named(name).starts_with is StartsWith.INSTRUCTIONS


@press("opayf")
async def ask_field(turn: Turn) -> Reply:
    """Name, account or instructions?"""
    require("settings.change", turn.actor)
    field, _colon, name = (turn.pressed_value).partition(":")
    if field not in FIELDS:
        raise NotFound
    return await _ask(turn, name, field)


async def _ask(turn: Turn, name: str, field: str) -> Screen:
    label = ways.provider_named(name).label()
    await turn.goto(Setting.method, provider=name, field=field)
    return Screen("\n".join([label, _(FIELDS[field])]), ((button(_("⬅️ Back"), "opayw", value=name),),))


@expects(Setting.method, example=N_("Write it in a few words, or press ⬅️ Back."))
async def typed_field(turn: Turn) -> Reply:
    """The new words; the account of a transfer switches it on."""
    name, field = str(turn.data.get("provider", "")), str(turn.data.get("field", ""))
    details = _details(turn, name)
    switched = details.enabled or (field == "account" and not details.account)
    changed = replace(details, **{field: turn.text}, enabled=switched)
    ways.set_method(turn.session, turn.actor, name, details=changed, now=turn.now)
    await turn.goto(None)
    return _way(turn, name).fresh()
