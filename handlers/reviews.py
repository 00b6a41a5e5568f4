"""⭐ Reviews of a farm: its standing, what buyers said, and their pictures; opened from a listing's card."""

from __future__ import annotations

from core.errors import NotFound
from core.i18n import Name, _, ngettext_of
from core.messaging.screen import Rows, Screen, button, rows_of
from core.reputation import queries
from core.reputation.queries import PAGE, ReviewLine, ReviewPage
from core.reputation.score import Standing
from handlers.browse import sale
from handlers.listing_screens import reputation_words
from handlers.review import FACES, INDICATORS
from handlers.routes import press
from handlers.turn import Reply, Turn

TEXT_SHOWN = 120


@press("breviews")
async def show_reviews(turn: Turn) -> Reply:
    """The standing in numbers, then the newest words."""
    card = sale(turn, turn.pressed_id)
    line, page = card.line, _page(turn.pressed_value)
    found = queries.reviews_of_farm(turn.session, line.farm_id, page=page)
    told = [
        _("🧑‍🌾 {store} · {points}", store=Name(line.farm_name), points=reputation_words(card.points)),
        _standing(queries.standing(turn.session, line.farm_id)),
        *(_said(each) for each in found.lines),
    ]
    shown = Screen("\n".join(told), _rows(found, line.campaign_id, page))
    # from the card, which may be a picture's caption, a message of its own: little text fits there
    return shown if turn.press and turn.press.value else shown.fresh()


def _rows(found: ReviewPage, campaign_id: int, page: int) -> Rows:
    """Who sent pictures, other pages, and the way back."""
    pictures = [
        button(_("📷 {name}", name=Name(each.buyer_name[:16])), "bpics", campaign_id, value=f"{page}.{each.review_id}")
        for each in found.lines if each.photos
    ]  # fmt: skip
    pages = [button(_("◀ Back"), "breviews", campaign_id, value=page - 1)] if page else []
    if (page + 1) * PAGE < found.total:
        pages.append(button(_("▶ More"), "breviews", campaign_id, value=page + 1))
    turning = (tuple(pages),) if pages else ()
    return (*rows_of(pictures, 2), *turning, (button(_("⬅️ Back"), "bsale", campaign_id),))


def _page(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 5 else 0


def _standing(standing: Standing) -> str:
    """What all reviews come to."""
    if not standing.reviews:
        return _("0 reviews yet.")
    count = ngettext_of("{count} review", "{count} reviews", standing.reviews)
    parts = [_("👍 {share} % of {count}", share=standing.good_percent, count=count)]
    for name, word in INDICATORS.items():
        share = getattr(standing, name)
        if share is not None:
            parts.append(_("{indicator} {share} %", indicator=_(word), share=share))
    return " · ".join(parts)


def _said(line: ReviewLine) -> str:
    """One review on a line or two."""
    head = _("{face} {name}, {moment}", face=FACES[line.score], name=Name(line.buyer_name), moment=line.at.date())
    parts = [head]
    if line.text:
        parts.append(_("“{text}”", text=Name(line.text[:TEXT_SHOWN])))
    if line.photos:
        parts.append(_("📷 {count}", count=len(line.photos)))
    if line.reply:
        parts.append(_("↩️ {text}", text=Name(line.reply[:TEXT_SHOWN])))
    return " ".join(parts)


@press("bpics")
async def show_pictures(turn: Turn) -> Reply:
    """The pictures of one review, each a message of its own."""
    card = sale(turn, turn.pressed_id)
    page, _dot, wanted = (turn.pressed_value).partition(".")
    found = queries.reviews_of_farm(turn.session, card.line.farm_id, page=_page(page))
    line = next((each for each in found.lines if str(each.review_id) == wanted and each.photos), None)
    if line is None:
        raise NotFound
    return [Screen(_said(line), photo=photo, edit=False) for photo in line.photos]
