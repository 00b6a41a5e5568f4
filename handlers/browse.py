"""[🛍 Market]: sales by category, region or words, page by page; one sale's card; the deep link that opens it."""

from __future__ import annotations

from core.catalog import asking, crops, queries
from core.catalog import market as stalls
from core.catalog.queries import ListingCard
from core.errors import NotFound
from core.i18n import N_, Name, _
from core.members import service as members
from core.members.following import is_following
from core.members.queries import member
from core.messaging.screen import Screen, button, rows_of
from core.permissions import Role
from handlers.buyer import heading
from handlers.home import MARKET, home_of, keyboard
from handlers.listing_screens import details_screen, listing_screen, market_screen, similar_screen
from handlers.paging import moves, page_in_value, page_of
from handlers.routes import expects, free_text, link, press, tile
from handlers.sharing import share_button
from handlers.start import start
from handlers.states import Browsing, Buying
from handlers.turn import Reply, Turn, listed
from handlers.words import sale_words

HIDDEN = frozenset({"draft", "in_review", "removed", "cancelled"})
WORDS_MOST = 60
ANSWERS_SHOWN = 2


def sale(turn: Turn, campaign_id: int) -> ListingCard:
    """A published sale's card. Raises NotFound for drafts and for what was taken off, as if they did not exist."""
    card = queries.listing(turn.session, campaign_id)
    if card.line.state in HIDDEN:
        raise NotFound
    return card


def card_screen(turn: Turn, card: ListingCard, *, language_first: bool = False) -> Screen:
    """A sale's card as this person sees it: with the way to follow the farm, or to follow it no more."""
    own = card.line.farm_id == turn.who.farm_id
    follows = None if own else is_following(turn.session, turn.who.member_id, card.line.farm_id)
    share = share_button(turn, card.line.campaign_id)
    answers = asking.answers_of(turn.session, card.line.campaign_id, limit=ANSWERS_SHOWN)
    return listing_screen(
        card, turn.now, share=share, language_first=language_first, follows=follows, answers=answers
    )  # fmt: skip


async def look_at(turn: Turn, card: ListingCard) -> None:
    """Stand before one sale: a number written now is a quantity of it, if any can be reserved."""
    await turn.leave()
    if card.can_be_reserved(turn.now):
        await turn.goto(Buying.quantity, sale=card.line.campaign_id)


@tile(MARKET)
@press("bmarket")
async def market(turn: Turn) -> Reply:
    """Everything on sale, in a message of its own: the press may come from under a photo."""
    return (await _show(turn, words="", category=None, region=None)).fresh()


async def _show(turn: Turn, page: int = 0, **choice: object) -> Screen:
    """A page of the market under what is chosen; the choice is kept with the conversation."""
    if turn.state != Browsing.market.state:
        await turn.leave()
    await turn.goto(Browsing.market, **choice)
    category, region, words = (turn.data.get(name) for name in ("category", "region", "words"))
    found = stalls.market(
        turn.session, category=category[0] if category else None, region=region, words=words or "", page=page
    )
    named = [category[1] if category else None, region, words]
    return market_screen(found, [_("“{choice}”", choice=Name(each)) for each in named if each])


@press("bpage")
async def turn_page(turn: Turn) -> Reply:
    """Another page of the same choice."""
    value = turn.pressed_value
    return await _show(turn, page=int(value) if value.isdecimal() and len(value) < 4 else 0)


@press("bfind")
async def ask_words(turn: Turn) -> Reply:
    """Search: whatever is written next is looked for."""
    await turn.goto(Browsing.market)
    return Screen(_("🔎 Write what you look for, for example: mango"), ((button(_("🛍 All sales"), "bmarket"),),))


@expects(Browsing.market, example=N_("Write what you look for, for example: mango"), digits_press=True)
async def found_words(turn: Turn) -> Reply:
    """Sales with all of these words."""
    return (await _show(turn, words=turn.text[:WORDS_MOST])).fresh()


@free_text
async def named_crop(turn: Turn) -> Reply:
    """A buyer writes "mango" out of the blue: that is what is looked for."""
    found = crops.find(turn.text, translated=_) if home_of(turn) is Role.CONSUMER else None
    if found is None:
        return None
    return (await _show(turn, words=_(found.name), category=None, region=None)).fresh()


@press("bcats")
async def ask_category(turn: Turn) -> Reply:
    """The categories with something on sale."""
    known = stalls.categories_on_sale(turn.session)
    buttons = [
        button(_("{name} ({count})", name=heading(name), count=count), "bcat", term) for term, name, count in known
    ]
    return Screen(_("🗂 Which category?"), (*rows_of(buttons, 2), (button(_("🛍 All sales"), "bmarket"),)))


@press("bcat")
async def choose_category(turn: Turn) -> Reply:
    """Only this category from now on."""
    known = {term: name for term, name, _count in stalls.categories_on_sale(turn.session)}
    if turn.pressed_id not in known:
        raise NotFound
    return await _show(turn, category=[turn.pressed_id, heading(known[turn.pressed_id])])


@press("bregions")
async def ask_region(turn: Turn) -> Reply:
    """The regions with something on sale; the buttons carry a place in this list, which is kept."""
    page = page_of(turn)
    found = stalls.regions_on_sale(turn.session, limit=stalls.REGIONS_PAGE + 1, page=page)
    known = found[: stalls.REGIONS_PAGE]
    await turn.goto(Browsing.market, regions=[name for name, _count in known])
    buttons = [
        button(_("{name} ({count})", name=Name(name), count=count), "bregion", value=at)
        for at, (name, count) in enumerate(known)
    ]
    last = (*moves("bregions", page, more=len(found) > len(known)), button(_("🛍 All sales"), "bmarket"))
    return Screen(_("📍 Which region?"), (*rows_of(buttons, 2), last))


@press("bregion")
async def choose_region(turn: Turn) -> Reply:
    """Only this region from now on; after a lost state the list is shown again."""
    value, known = turn.pressed_value, turn.data.get("regions") or []
    if not value.isdecimal() or len(value) > 4 or int(value) >= len(known):
        return await ask_region(turn)
    return await _show(turn, region=known[int(value)])


@press("bsale")
async def show_sale(turn: Turn) -> Reply:
    """One sale's card."""
    card = sale(turn, turn.pressed_id)
    await look_at(turn, card)
    return card_screen(turn, card)


@press("bdetails")
async def show_details(turn: Turn) -> Reply:
    """What did not fit on the card, in a message of its own: little text fits under a picture."""
    return details_screen(sale(turn, turn.pressed_id)).fresh()


@press("bgrows")
async def show_growing(turn: Turn) -> Reply:
    """[🌱 How it grows]: the farmer's photos since the sale opened, the newest first."""
    card, back = sale(turn, turn.pressed_id), page_in_value(turn)
    photos = card.growing[::-1]
    if back >= len(photos):
        raise NotFound
    sale_id = card.line.campaign_id
    older = (button(_("▶ Older"), "bgrows", sale_id, value=back + 1),) if back + 1 < len(photos) else ()
    told = _("🌱 {sale}: photo {at} of {count}", sale=sale_words(card.line), at=len(photos) - back, count=len(photos))
    return Screen(told, ((*older, button(_("⬅️ Back"), "bsale", sale_id)),), photo=photos[back]).fresh()


@press("bsimilar")
async def show_similar(turn: Turn) -> Reply:
    """Other sales of the same crop or category."""
    await turn.goto(None)
    return similar_screen(queries.similar(turn.session, queries.campaign(turn.session, turn.pressed_id)))


@link("s_")
async def open_sale(turn: Turn) -> Reply:
    """The deep link of a group's card or a shared listing. A newcomer becomes a buyer in the app's language."""
    try:
        card = sale(turn, int(turn.text) if turn.text.isdecimal() and len(turn.text) < 19 else 0)
    except NotFound:
        return [Screen(_("This sale is not here any more."), edit=False), *listed(await _plain_start(turn))]
    newcomer = turn.who.home is None and turn.who.language is None
    await look_at(turn, card)
    shown = card_screen(turn, card, language_first=newcomer).fresh()
    return [_welcome(turn), shown] if newcomer else shown


def _welcome(turn: Turn) -> Screen:
    """No question is asked; the menu is there and [🌐] changes the language."""
    person = member(turn.session, turn.who.member_id)
    members.choose_language(turn.session, person, turn.speech.language, now=turn.now)
    members.switch_home(turn.session, person, Role.CONSUMER)
    return keyboard(Role.CONSUMER, _("🧺 Welcome, {name}.", name=Name(person.name)))


async def _plain_start(turn: Turn) -> Reply:
    turn.text = ""
    return await start(turn)
