"""How a sale looks to a buyer: a line in the market, its card with photo, its details, others like it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from core.catalog import crops
from core.catalog.asking import Asked
from core.catalog.lines import CampaignLine
from core.catalog.market import MarketPage
from core.catalog.queries import ListingCard
from core.i18n import N_, Name, _, gettext_of, ngettext_of, shown, today
from core.messaging.screen import Button, Rows, Screen, button, rows_of
from core.notices.asking import said
from handlers.buyer import heading, pairs, plain, shortened
from handlers.home import MARKET
from handlers.words import amount, delivery_ways, goes_ahead, per_unit, sale_words

LABEL_MOST = 20
DESCRIPTION_SHOWN = 160
ENDED = {
    "crop_failed": N_("🌧 This crop was lost."), "failed": N_("🙏 Too few buyers: this sale did not come about."),
    "cancelled": N_("🚫 This sale was called off."), "removed": N_("🚫 This sale was called off."),
}  # fmt: skip
ANSWER_SHOWN = 80  # characters of a question, and of its answer; under a picture 1024 units fit in all
STEPS = (1, 2, 5)  # packs offered where the crop's usual amounts do not fit


def market_screen(page: MarketPage, chosen: Sequence[str]) -> Screen:
    """One page of sales under what was chosen, with the ways to choose differently."""
    count = ngettext_of("🛍 {count} sale", "🛍 {count} sales", page.total)
    lines = [" · ".join([count, *chosen]), *(market_line(line, at) for at, line in enumerate(page.lines, start=1))]
    if not page.total and chosen:
        lines.append(_("Nothing like that is on sale. Write another word, for example: mango"))
    elif not page.total:
        lines.append(_("Nothing is on sale today. New crops come every week."))
    sales = [sale_button(line) for line in page.lines]
    ways = [button(_("🗂 Category"), "bcats"), button(_("📍 Region"), "bregions"), button(_("🔎 Search"), "bfind")]
    rows = [*rows_of(sales, 2), *_turn_pages(page), tuple(ways)]
    if chosen:
        rows.append((button(_("🛍 All sales"), "bmarket"),))
    return Screen("\n".join(lines), tuple(rows))


def market_line(line: CampaignLine, position: int) -> str:
    """One sale in a list, its number first."""
    said = {"position": position, "sale": sale_words(line), "price": per_unit(line.price, line.unit)}
    if line.harvest_on is None:
        return _("{position}. {sale} · {price}", **said)
    return _("{position}. {sale} · {price} · {day}", **said, day=line.harvest_on)


def sale_button(line: CampaignLine) -> Button:
    return button(sale_words(line)[:LABEL_MOST], "bsale", line.campaign_id)


def _turn_pages(page: MarketPage) -> Rows:
    back = [button(_("◀ Back"), "bpage", value=page.page - 1)] if page.page > 0 else []
    on = [button(_("▶ More"), "bpage", value=page.page + 1)] if page.page + 1 < page.pages else []
    return (tuple(back + on),) if back or on else ()


def listing_screen(
    card: ListingCard, now: datetime, *, share: Button | None = None, language_first: bool = False,
    follows: bool | None = None, answers: Sequence[Asked] = (),
) -> Screen:  # fmt: skip
    """A sale's card with its photo; amounts are buttons while something can be reserved, else others like it.

    `follows`: whether its reader follows the farm; nothing for whoever cannot. `answers`: what others asked lately.
    """
    line = card.line
    rows: list[tuple[Button, ...]] = []
    if card.can_be_reserved(now):
        rows += _amounts(card)
    else:
        wait = (button(_("🔔 Waiting list"), "bwait", line.campaign_id),) if _is_sold_out(card, now) else ()
        rows.append((*wait, button(_("Similar"), "bsimilar", line.campaign_id)))
    rows.append((
        button(_("⭐ Reviews"), "breviews", line.campaign_id), button(_("ℹ️ Details"), "bdetails", line.campaign_id),
        *((share,) if share and line.state == "open" else ()),
    ))  # fmt: skip
    rows += _questions(card, is_own=follows is None)
    language = (button("🌐", "langs"),) if language_first else ()
    rows.append((*_follow(line, follows), button(_(MARKET), "bmarket"), *language))
    told = [_listing_text(card, now), *(answer_line(one, ANSWER_SHOWN) for one in answers)]
    return Screen("\n".join(told), tuple(rows), photo=line.photo, bare=True)


def answer_line(one: Asked, most: int) -> str:
    """A question with its answer, names hidden."""
    question, answer = (Name(shortened(said(words), most)) for words in (one.question, one.answer))
    return _("❓ “{question}” {answer}", question=question, answer=answer)


def _questions(card: ListingCard, *, is_own: bool) -> Rows:
    """[❓ Ask], and how it grows when the farmer showed it."""
    ask = () if is_own else (button(_("❓ Ask"), "bask", card.line.campaign_id),)
    grows = (button(_("🌱 How it grows"), "bgrows", card.line.campaign_id),) if card.growing else ()
    return (ask + grows,) if ask or grows else ()


def _is_sold_out(card: ListingCard, now: datetime) -> bool:
    """Whether only the quota keeps a buyer from reserving."""
    is_open = card.line.state == "open" and (card.opens_at is None or now >= card.opens_at)
    return is_open and (card.line.closes_at is None or now < card.line.closes_at) and card.line.left < card.pack


def _follow(line: CampaignLine, follows: bool | None) -> tuple[Button, ...]:
    if follows is None:
        return ()
    label, action = (_("🔕 Unfollow"), "bunfollow") if follows else (_("🔔 Follow farm"), "bfollow")
    return (button(label, action, line.farm_id, value=line.campaign_id),)


def _listing_text(card: ListingCard, now: datetime) -> str:
    line = card.line
    lines = [
        _("{sale} · {price}", sale=sale_words(line), price=per_unit(line.price, line.unit)),
        shown(Name(card.subtitle)),
        _stock(card, now),
        "" if line.state in ENDED else _ripens(card),
        _seller(card),
        specification(card),
        shown(Name(shortened(card.description, DESCRIPTION_SHOWN))),
        delivery_ways(card),
    ]  # fmt: skip
    return "\n".join(each for each in lines if each)


def _ripens(card: ListingCard) -> str:
    """When it is ready, and the deposit."""
    share = card.deposit_percent
    if card.harvested_at is not None:
        return _("🧺 Harvested {day} · deposit {share} %", day=today(card.harvested_at), share=share)
    if card.line.harvest_on is None:
        return _("🔒 Deposit {share} %", share=share)
    return _("🌱 Ready about {day} · deposit {share} %", day=card.line.harvest_on, share=share)


def _stock(card: ListingCard, now: datetime) -> str:
    """How much is left; why nothing can be reserved, where that is so."""
    line = card.line
    if line.state in ENDED:
        return gettext_of(ENDED[line.state])
    if line.state == "paused":
        return _("⏸ The farm takes no reservations for now.")
    if line.state != "open" or (line.closes_at is not None and now >= line.closes_at):
        return _("🔒 This sale is closed: nothing can be reserved any more.")
    if card.opens_at is not None and now < card.opens_at:
        return _("⏳ This sale opens {moment}.", moment=card.opens_at)
    if line.left < card.pack:
        return _("✖️ Everything is reserved.")
    return _("⚖️ {left} of {all} left", left=amount(line.left, line.unit), all=amount(line.capacity, line.unit))


def _seller(card: ListingCard) -> str:
    line = card.line
    where = line.place or line.region
    store = Name(line.farm_name)
    farm = _("🧑‍🌾 {store}, {place}", store=store, place=Name(where)) if where else _("🧑‍🌾 {store}", store=store)
    return " · ".join([farm, reputation_words(card.points)] if card.points else [farm])


def reputation_words(points: int) -> str:
    """Points in words: a bare number beside a star would read as so many of five."""
    return ngettext_of("{count} reputation point", "{count} reputation points", points)


def specification(card: ListingCard) -> str:
    """Category, type, brand and attributes on one line."""
    known = [
        (_("Category"), heading(card.category)),
        (_("Type"), card.type),
        (_("Brand"), card.brand),
        *card.attributes,
    ]
    return pairs((name, value) for name, value in known if value)


def _amounts(card: ListingCard) -> Rows:
    line = card.line
    offered = [
        button(amount(each, line.unit), "bqty", line.campaign_id, line.rev, plain(each))
        for each in usual_amounts(card) if each <= line.left
    ]  # fmt: skip
    other = button(_("✏️ Other"), "bother", line.campaign_id, line.rev)
    return rows_of([*offered, other], 4)


def usual_amounts(card: ListingCard) -> list[Decimal]:
    """What buyers of this crop usually take, else one, two and five packs."""
    known = crops.load().get(card.line.crop)
    usual = known.buyer_quantities if known is not None and known.unit == card.line.unit else ()
    fitting = [each for each in usual if each % card.pack == 0]
    return fitting or [card.pack * step for step in STEPS]


def details_screen(card: ListingCard) -> Screen:
    """Everything else that the seller wrote."""
    line = card.line
    packed = amount(card.logistics_weight, "kg") if card.logistics_weight else ""
    said = [
        (_("Description"), card.description), (_("Keywords"), card.keywords), (_("Packed weight"), packed),
        (_("Shipping"), card.shipping), (_("Guarantee"), card.guarantee), (_("Other"), card.other),
        (_("Invoice"), _("yes") if card.invoice else _("no")),
    ]  # fmt: skip
    least = goes_ahead(card, line.unit) if line.state in ("open", "paused") else ""
    lines = [_("ℹ️ {sale}", sale=sale_words(line)), least, specification(card)]
    lines += [_("{name}: {value}", name=name, value=Name(value)) for name, value in said if value]
    back = button(_("⬅️ Back"), "bsale", line.campaign_id)
    return Screen("\n".join(each for each in lines if each), ((back,),))


def similar_screen(lines: Sequence[CampaignLine]) -> Screen:
    """Other sales, when this one has too little."""
    if not lines:
        return Screen(_("🛍 0 sales like that today."), ((button(_(MARKET), "bmarket"),),))
    told = [market_line(line, at) for at, line in enumerate(lines, start=1)]
    rows = (*rows_of([sale_button(line) for line in lines], 2), (button(_(MARKET), "bmarket"),))
    return Screen("\n".join([_("🛍 Similar"), *told]), rows)
