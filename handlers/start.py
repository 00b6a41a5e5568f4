"""Script 1, a person arrives: language, grow or buy, number, place, main crop; and the links that bring people."""

from __future__ import annotations

from dataclasses import replace

from core.catalog import crops
from core.errors import NotFound
from core.i18n import (
    ENDONYMS,
    N_,
    Name,
    _,
    gettext_of,
    shipped_languages,
    speaking,
    speech_for,
    unread_languages,
)
from core.members import claims, farms
from core.members import service as members
from core.members.person import who
from core.members.queries import member
from core.messaging.screen import Button, Screen, Tile, button, rows_of
from core.permissions import Role
from handlers import routes
from handlers.home import home, keyboard
from handlers.resume import offered
from handlers.routes import command, expects, link, press
from handlers.settings_shop import first_question
from handlers.states import Join
from handlers.turn import Reply, Toast, Turn, listed

CROPS_FIRST = 3
CROPS_MORE = 12


@command("start", in_groups=True)
async def start(turn: Turn) -> Reply:
    """Greets a newcomer, brings a known person home, or follows a deep link. Never destroys a draft."""
    if not turn.is_private:
        return await _in_group(turn)
    prefix, _mark, rest = turn.text.partition("_")
    handler = routes.LINKS.get(f"{prefix}_") if turn.text else None
    if handler is not None and rest:
        turn.text = rest
        return [*listed(await handler(turn)), *offered(turn)]  # a link wins; what was begun is offered after it
    if turn.who.language is None:
        return languages(turn)
    if turn.who.home is None:
        return _joining(turn)
    return await at_home(turn)


async def at_home(turn: Turn, text: str | None = None) -> list[Screen | Toast]:
    """The home; under it what the owner is asked at first, or the draft that waits."""
    await turn.goto(None)
    asked = await first_question(turn)
    return [home(turn, text), *([asked.fresh()] if asked else offered(turn))]


def _joining(turn: Turn) -> Screen:
    """Where a newcomer stopped answering."""
    if turn.state == Join.phone.state:
        return _ask_phone()
    if turn.state in (Join.place.state, Join.village.state):
        return _ask_place()
    if turn.state == Join.crop.state:
        return _ask_crop(CROPS_FIRST).fresh()
    return roles().fresh()


async def _in_group(turn: Turn) -> Reply:
    handler = routes.KINDS.get("group_start")
    return await handler(turn) if handler else None


@link("p_")
async def become_operator(turn: Turn) -> Reply:
    """The link the owner gave to a new operator."""
    _claim(turn)
    return keyboard(Role.OPERATOR, _("🛠 You work for the co-op now. What needs you comes here by itself."), True)


@link("o_")
async def become_owner(turn: Turn) -> Reply:
    """The claim link of the first start."""
    _claim(turn)
    welcome = keyboard(Role.OWNER, _("🔑 You own this shop now. Everything is under ⚙️ Settings."), True)
    asked = await first_question(turn)
    return [welcome, *([asked.fresh()] if asked else [])]


def _claim(turn: Turn) -> None:
    """Spend the link; who came by it speaks the language of the app until they choose another."""
    person = member(turn.session, turn.who.member_id)
    claims.use_claim(turn.session, turn.text, person, now=turn.now)
    if person.language is None:
        members.choose_language(turn.session, person, turn.speech.language, now=turn.now)
    turn.who = who(turn.session, turn.bot.id, turn.user_id) or turn.who


def languages(turn: Turn) -> Screen:
    """The language spoken now first, ticked; to a newcomer the app's own. Then the others."""
    own = turn.who.speaks(turn.bot.default_language)
    first = [own, *(language for language in shipped_languages() if language != own)]
    buttons = [
        button(f"{ENDONYMS[language]} ✓" if language == own else ENDONYMS[language], "lang", value=language)
        for language in first
    ]
    return Screen(_("🌾 Namaste! Language?"), rows_of(buttons, 2))


@command("language", in_groups=True)
@press("langs")
async def language_again(turn: Turn) -> Reply:
    """Choose the language anew; a group's own is among its settings."""
    if not turn.is_private:
        handler = routes.COMMANDS.get("group")
        return await handler(turn) if handler else None
    asked = languages(turn)
    told = replace(asked, text="\n".join([asked.text, *_unread()]))
    return told.fresh() if turn.press is None else told


def _unread() -> list[str]:
    """For each language that no speaker has checked, a line in that language."""
    told = []
    for language in unread_languages():
        with speaking(speech_for(language, None, "UTC")):
            told.append(_("{language}: no speaker has checked this translation yet.", language=ENDONYMS[language]))
    return told


@press("lang")
async def choose_language(turn: Turn) -> Reply:
    """The language is chosen; a newcomer goes on to what they are, others come home in it."""
    chosen = turn.pressed_value
    person = member(turn.session, turn.who.member_id)
    members.choose_language(turn.session, person, chosen, now=turn.now)
    with speaking(speech_for(chosen, turn.speech.locale.territory, str(turn.speech.zone))):
        if turn.who.home is None:
            return roles()
        return await at_home(turn, _("Now I speak English."))


def roles() -> Screen:
    """Grow or buy; going on accepts the rules."""
    return Screen(
        _("Do you grow or buy?\nBy going on you accept the rules of the co-op: /rules"),
        ((button(_("🌱 I grow"), "grow"), button(_("🧺 I buy"), "buy")),),
    )


@press("buy")
async def i_buy(turn: Turn) -> Reply:
    """A buyer is home at once."""
    person = member(turn.session, turn.who.member_id)
    members.agree(turn.session, person, now=turn.now)
    members.switch_home(turn.session, person, Role.CONSUMER)
    return [
        Screen(_("🧺 Welcome, {name}.", name=Name(person.name))),
        keyboard(Role.CONSUMER, _("Press 🛍 Market to see what ripens.")),
    ]


@press("grow")
async def i_grow(turn: Turn) -> Reply:
    """A farmer shares the number first."""
    members.agree(turn.session, member(turn.session, turn.who.member_id), now=turn.now)
    await turn.goto(Join.phone)
    return [Screen(_("🌱 Good. Three short questions.")), _ask_phone()]


def _ask_phone() -> Screen:
    tile = Tile(_("📱 Share my number"), asks="contact")
    return Screen(_("📱 Share your number"), keyboard=((tile,),), edit=False)


@expects(Join.phone, takes="contact", example=N_("Press 📱 Share my number below; I need no typing."))
async def got_phone(turn: Turn) -> Reply:
    """Only the person's own number counts."""
    person = member(turn.session, turn.who.member_id)
    contact = turn.contact
    if contact is None:
        return _ask_phone()
    members.share_phone(
        turn.session, person, contact_user_id=contact.user_id, user_id=turn.user_id, phone=contact.phone
    )
    await turn.goto(Join.place)
    return _ask_place()


def _ask_place() -> Screen:
    tiles = ((Tile(_("📍 Share place"), asks="location"),), (Tile(_("Choose village")),))
    return Screen(_("📍 Where is your farm?"), keyboard=tiles, edit=False)


@routes.tile(N_("Choose village"))
async def choose_village(turn: Turn) -> Reply:
    """The place in words, for whoever would rather not share it."""
    await turn.goto(Join.village)
    return Screen(_("✏️ Write the name of your village, for example: Ratnagiri"), remove_keyboard=True, edit=False)


@expects(Join.place, takes="place text", example=N_("Press 📍 Share place, or write the name of your village."))
@expects(Join.village, takes="place text", example=N_("Write the name of your village, for example: Ratnagiri"))
async def got_place(turn: Turn) -> Reply:
    """A shared place or a village's name."""
    place = turn.place
    if place is None and not any(char.isalpha() for char in turn.text):
        return _ask_place()
    await turn.goto(
        Join.crop, place=turn.text[:100], latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
    )  # fmt: skip
    return [Screen(_("📍 Noted."), remove_keyboard=True, edit=False), _ask_crop(CROPS_FIRST)]


def _ask_crop(count: int) -> Screen:
    shown = [button(f"{crop.emoji} {_(crop.name)}", "crop", value=crop.key) for crop in crops.main_crops(count)]
    more: list[Button] = [] if count > CROPS_FIRST else [button(_("More"), "crops")]
    return Screen(_("Main crop?"), rows_of([*shown, *more], 2), edit=count > CROPS_FIRST)


@press("crops")
async def more_crops(_turn: Turn) -> Reply:
    """A longer list."""
    return _ask_crop(CROPS_MORE)


@expects(Join.crop, example=N_("Press a crop above, or write its name, for example: Mango"))
async def typed_crop(turn: Turn) -> Reply:
    """A crop by its name."""
    found = crops.find(turn.text, translated=gettext_of)
    if found is None:
        return _ask_crop(CROPS_MORE).fresh()
    return await _farm(turn, found.key)


@press("crop")
async def got_crop(turn: Turn) -> Reply:
    """The last answer: the farm is submitted; a sale can be prepared meanwhile. Later taps lead home."""
    if turn.state != Join.crop.state:
        return await at_home(turn)
    return await _farm(turn, turn.pressed_value)


async def _farm(turn: Turn, crop_key: str) -> Reply:
    if crop_key not in crops.load():
        raise NotFound
    person = member(turn.session, turn.who.member_id)
    farms.be_farmer(
        turn.session, person, place=turn.data.get("place") or None, latitude=turn.data.get("latitude"),
        longitude=turn.data.get("longitude"), main_crop=crop_key, now=turn.now,
    )  # fmt: skip
    await turn.leave()
    told = _("✅ {name}, the co-op checks you (about 1 day). You can already prepare a sale.", name=Name(person.name))
    noted = _("🌱 {crop} ✓ A company? Add its licence.", crop=_(crops.load()[crop_key].name))
    return [Screen(noted, ((button(_("🏢 Enterprise"), "firm"),),)), keyboard(Role.FARMER, told)]
