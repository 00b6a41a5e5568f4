"""[⚙️ Settings] and /settings: everybody's own (language, quiet, store name, enterprise); the owner's shop behind it."""

from __future__ import annotations

from core.i18n import ENDONYMS, N_, Name, _, ngettext_of
from core.members import farms
from core.members import service as members
from core.members.following import followed_count
from core.members.queries import farm, member
from core.messaging.screen import Button, Screen, button, rows_of
from core.permissions import may
from handlers.home import SETTINGS
from handlers.routes import command, expects, press, tile
from handlers.settings_shop import shop_screen
from handlers.states import Setting
from handlers.turn import Reply, Turn

STORE_EXAMPLE = N_("✏️ Write the store's name, for example: Hill Farm")


@tile(SETTINGS)
@command("settings")
async def show_settings(turn: Turn) -> Reply:
    """The owner sees the shop, everybody else their own."""
    if may("settings.change", turn.actor):
        return shop_screen(turn).fresh()
    return _own(turn).fresh()


@press("omine")
async def show_own(turn: Turn) -> Reply:
    """One's own settings."""
    await turn.goto(None)
    return _own(turn)


def _own(turn: Turn) -> Screen:
    person = member(turn.session, turn.who.member_id)
    language = turn.who.language or turn.speech.language
    told = [
        _("⚙️ Settings of {name}", name=Name(person.name)),
        _("🌐 {language}", language=ENDONYMS[language]),
        _("Reminders: {state} · Offers: {other}", state=_state(person.muted_classes, "R"),
          other=_state(person.muted_classes, "M")),
    ]  # fmt: skip
    count = followed_count(turn.session, turn.who.member_id)
    if count:
        told.append(ngettext_of("🔔 You follow {count} farm.", "🔔 You follow {count} farms.", count))
    if turn.who.farm_id is not None:
        store = farm(turn.session, turn.who.farm_id).store_name
        told.append(_("🏪 {store}", store=Name(store)))
    return Screen("\n".join(told), rows_of(_own_buttons(turn, person.muted_classes, person.kind), 2))


def _state(muted: str, letter: str) -> str:
    return _("off") if letter in muted else _("on")


def _own_buttons(turn: Turn, muted: str, kind: str) -> list[Button]:
    buttons = [
        button(_("🌐 Language"), "langs"),
        button(_("🔔 Reminders") if "R" in muted else _("🔕 Reminders"), "omute", value="R"),
        button(_("🔔 Offers") if "M" in muted else _("🔕 Offers"), "omute", value="M"),
        button(_("🔔 Farms I follow"), "bfollows"),
    ]
    if turn.who.farm_id is not None:
        buttons.append(button(_("🏪 Store name"), "ostore"))
    if kind != "enterprise":
        buttons.append(button(_("🏢 Enterprise"), "firm"))
    buttons.append(button(_("🔒 Privacy"), "oprivacy"))
    if may("settings.change", turn.actor):
        buttons.append(button(_("🏛 Shop"), "oshop"))
    return buttons


@press("omute")
async def toggle_mute(turn: Turn) -> Reply:
    """Reminders or offers off, or on again; what concerns money always comes."""
    person = member(turn.session, turn.who.member_id)
    letter = turn.pressed_value
    members.mute(turn.session, person, letter, muted=letter not in person.muted_classes)
    return _own(turn)


@press("ostore")
async def ask_store(turn: Turn) -> Reply:
    """What should the store be called?"""
    await turn.goto(Setting.store)
    return Screen(_(STORE_EXAMPLE), ((button(_("⬅️ Back"), "omine"),),))


@expects(Setting.store, example=STORE_EXAMPLE)
async def rename_store(turn: Turn) -> Reply:
    """The store's new name."""
    farms.rename_store(turn.session, turn.actor, farm(turn.session, turn.who.farm_id or 0), turn.text)
    await turn.goto(None)
    return _own(turn).fresh()
