"""[🔁 Other terms] after the harvest: a higher price or other goods, the numbers, then the buyers are asked."""

from __future__ import annotations

from core.catalog.models import Campaign
from core.errors import Changed, NotFound
from core.i18n import N_, _, shown
from core.messaging.screen import Screen
from core.money import Money
from core.orders import terms, terms_back
from handlers import terms_screens as screens
from handlers.farm_orders import pressed_sale, sale_card
from handlers.night import buyers_told
from handlers.publish_edit import whole
from handlers.reading import TwoReadings, read_price
from handlers.routes import expects, press
from handlers.sale_draft import own_sale
from handlers.sale_screens import two_ways
from handlers.states import Proposing
from handlers.turn import Reply, Toast, Turn
from handlers.words import unit_name

PRICE_EXAMPLE = N_("Write the price of one, for example: 150")
PRICE, GOODS = "p", "g"  # of what a button's price is


@press("fprop", fresh=sale_card)
async def begin(turn: Turn) -> Reply:
    """Which terms, when there is somebody to ask; what was begun before can go on, what is asked be taken back."""
    sale = _sale(turn)
    asked = terms.standing(turn.session, sale)
    if asked is not None and asked.thinking:
        return screens.still_asked(sale, asked)
    count = terms.may_be_asked(turn.session, sale)
    await turn.leave()
    return screens.which(sale, terms.draft_of(turn.session, sale), count)


@press("fpropp", fresh=sale_card)
async def higher(turn: Turn) -> Reply:
    """[💲 Higher price]: which."""
    sale = _sale(turn)
    await turn.goto(Proposing.price, sale=sale.id)
    return screens.ask_price(sale)


@press("fpropg", fresh=sale_card)
async def other_goods(turn: Turn) -> Reply:
    """[🔄 Other goods]: what they get instead, in words."""
    sale = _sale(turn)
    await turn.goto(Proposing.goods, sale=sale.id)
    return screens.ask_goods(sale)


@press("fpropc", fresh=sale_card)
async def go_on(turn: Turn) -> Reply:
    """[▶ Continue] what was begun: the price that is missing, or the numbers."""
    sale = _sale(turn)
    draft = terms.draft_of(turn.session, sale)
    if draft is None:
        raise Changed
    await turn.goto(Proposing.goods_price if draft.goods else Proposing.price, sale=sale.id)
    if draft.price is None:
        return screens.ask_goods_price(sale, draft)
    return await _numbers(turn, sale)


@expects(
    Proposing.goods, example=N_("Write what they get instead, for example: Alphonso mangoes, grade B, same weight")
)
async def typed_goods(turn: Turn) -> Reply:
    """The other goods; then their price."""
    sale = _kept(turn)
    draft = terms.write_goods(turn.session, turn.actor, sale, turn.text, now=turn.now)
    await turn.goto(Proposing.goods_price, sale=sale.id)
    return screens.ask_goods_price(sale, draft).fresh()


@expects(Proposing.price, example=PRICE_EXAMPLE)
async def typed_price(turn: Turn) -> Reply:
    """A higher price, in any digits; what reads two ways is asked."""
    return await _typed(turn, PRICE)


@expects(Proposing.goods_price, example=PRICE_EXAMPLE)
async def typed_goods_price(turn: Turn) -> Reply:
    """What the other goods cost."""
    return await _typed(turn, GOODS)


@press("fpropv", fresh=sale_card)
async def chosen_price(turn: Turn) -> Reply:
    """[Same price], or one of two readings."""
    sale, value = _sale(turn), turn.pressed_value
    return await _priced(turn, sale, value[:1], Money(whole(value[1:]), sale.currency))


@press("fpropy", fresh=sale_card)
async def ask_them(turn: Turn) -> Reply:
    """[📣 Ask them]: when the numbers changed meanwhile they are shown again instead."""
    sale = _sale(turn)
    if screens.mark(terms.terms_plan(turn.session, sale, now=turn.now)) != turn.pressed_value:
        again = await _numbers(turn, sale)
        return [Toast(_("Orders came or went meanwhile. Here is how it stands now."), alert=True), again]
    done = terms.propose(turn.session, turn.actor, sale, now=turn.now)
    await turn.leave()
    return buyers_told(turn, screens.asked(sale, done))


@press("fpropu", fresh=sale_card)
async def take_back(turn: Turn) -> Reply:
    """[↩️ Take back]: who still thinks owes what was agreed."""
    sale = _sale(turn)
    count = terms_back.take_back(turn.session, turn.actor, sale, now=turn.now)
    return buyers_told(turn, screens.taken_back(sale, count))


async def _typed(turn: Turn, which: str) -> Reply:
    sale = _kept(turn)
    try:
        price = read_price(turn.text, sale.currency, sale.unit, unit_name(sale.unit), turn.speech.locale, sale.price)
    except TwoReadings as doubt:
        both = [Money.of(each, sale.currency) for each in (doubt.first, doubt.second)]
        return two_ways(turn.text, [(shown(one), "fpropv", sale.id, sale.rev, f"{which}{one.minor}") for one in both])
    return (await _priced(turn, sale, which, price)).fresh()


async def _priced(turn: Turn, sale: Campaign, which: str, price: Money) -> Screen:
    if which not in (PRICE, GOODS):
        raise NotFound
    write = terms.write_price if which == PRICE else terms.price_goods
    write(turn.session, turn.actor, sale, price, now=turn.now)
    return await _numbers(turn, sale)


async def _numbers(turn: Turn, sale: Campaign) -> Screen:
    """Whom it asks, and what for; the question that led here stays, so that another price can be typed."""
    return screens.numbers(sale, terms.terms_plan(turn.session, sale, now=turn.now))


def _sale(turn: Turn) -> Campaign:
    """The sale of the button pressed, as long as its buyers can still be asked."""
    sale = pressed_sale(turn)
    if sale.state != "allocated":
        raise Changed
    return sale


def _kept(turn: Turn) -> Campaign:
    return own_sale(turn, int(turn.data.get("sale", 0)))
