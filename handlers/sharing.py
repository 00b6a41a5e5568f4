"""[📣 Share]: a sale sent on into any chat by inline mode, or by its link; what inline mode offers for some words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.catalog import crops
from core.catalog.lines import CampaignLine
from core.catalog.market import MarketPage, line_on_sale, market
from core.i18n import Name, _
from core.messaging.screen import Button, Screen, button
from handlers.routes import press
from handlers.turn import Reply, Turn
from handlers.words import amount, per_unit, sale_words

WORDS_MOST = 60
_NUMBER = re.compile(r"#?([0-9]{1,18})")


@dataclass(frozen=True)
class Offered:
    """One sale as inline mode offers it: what is read in the list, and the message that is posted."""

    id: int
    title: str
    description: str
    post: Screen


@dataclass(frozen=True)
class Offers:
    """A page of what is offered; `following` is the next page, or nothing."""

    offered: tuple[Offered, ...]
    following: int | None = None


def offers(session: Any, said: str, page: int, *, now: datetime) -> Offers:
    """Sales with something left, by number or words; nothing about whoever asks or who bought."""
    words = said.strip()[:WORDS_MOST]
    found = _by_number(session, words) or _by_words(session, words, page)
    lines = [line for line in found.lines if line.left > 0 and (line.closes_at is None or now < line.closes_at)]
    return Offers(tuple(_offered(line) for line in lines), page + 1 if page + 1 < found.pages else None)


def _by_number(session: Any, words: str) -> MarketPage | None:
    number = _NUMBER.fullmatch(words)
    line = line_on_sale(session, int(number[1])) if number else None
    return MarketPage((line,), 1, 0, 1) if line else None


def _by_words(session: Any, words: str, page: int) -> MarketPage:
    """A crop by any of its names is looked for by the name that sales are found by."""
    crop = crops.find(words, translated=_) if words else None
    return market(session, words=_(crop.name) if crop else words, page=page)


def _offered(line: CampaignLine) -> Offered:
    said = {"quantity": amount(line.capacity, line.unit), "price": per_unit(line.price, line.unit)}
    told = _("{quantity}, {price}, ready {day}", **said, day=line.harvest_on) if line.harvest_on else said["price"]
    store = _("🧑‍🌾 {store}", store=Name(line.farm_name))
    reserve = Button(_("🛒 Reserve"), start=f"s_{line.campaign_id}")
    post = Screen("\n".join([sale_words(line), told, store]), ((reserve,),), photo=line.photo)
    return Offered(line.campaign_id, sale_words(line), told, post)


def share_button(turn: Turn, campaign_id: int) -> Button:
    """[📣 Share]: the messenger asks into which chat; without inline mode the link is shown."""
    if turn.bot.has_inline:
        return Button(_("📣 Share"), share=f"#{campaign_id}")
    return button(_("📣 Share"), "gshare", campaign_id)


@press("gshare")
async def share(turn: Turn) -> Reply:
    """A link to send on, the way into a chat, and the way into a group."""
    sale_id = turn.pressed_id
    link = f"https://t.me/{turn.bot.username}?start=s_{sale_id}"
    told = _("📣 Send this link on, or add me to your group:\n{link}", link=link)
    chat = ((Button(_("📤 Into a chat"), share=f"#{sale_id}"),),) if turn.bot.has_inline else ()
    return Screen(told, (*chat, add_button()), edit=False)


def add_button() -> tuple[Button, ...]:
    """[👥 Add me to your group]: the messenger asks which."""
    return (Button(_("👥 Add me to your group"), start_group="g"),)
