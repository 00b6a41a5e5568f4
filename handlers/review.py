"""Judging an order: one tap counts at once; three indicators, words and pictures may follow, each can be skipped."""

from __future__ import annotations

from core.catalog.queries import campaign
from core.errors import NotFound
from core.i18n import N_, Name, _
from core.messaging.screen import Screen, button
from core.orders.queries import OrderCard
from core.orders.states import PRESSES
from core.reputation import queries, service
from core.reputation.models import Review
from core.reputation.score import Score
from core.reputation.service import PHOTOS_MOST, ReviewedOrder
from handlers.following import follow_row
from handlers.my_orders import card_of
from handlers.publish_photo import album_of, incoming
from handlers.routes import expects, press
from handlers.states import Reviewing
from handlers.turn import Reply, Turn
from handlers.words import sale_words

SCORES = {"1": Score.GOOD, "0": Score.MEDIUM, "-1": Score.BAD}
FACES = {Score.GOOD: "👍", Score.MEDIUM: "😐", Score.BAD: "👎"}
SKIP = "skip"
INDICATORS = {"quality": N_("Quality"), "service": N_("Service"), "speed": N_("Delivery speed")}
TEXT_EXAMPLE = N_("Write a few words, for example: Sweet and fresh, thank you! Or press Skip above.")
PHOTO_EXAMPLE = N_("Send a photo 📷, or press the button above to finish.")


def _facts(turn: Turn, card: OrderCard) -> ReviewedOrder:
    """What the verb needs to know of the order."""
    farm_id = campaign(turn.session, card.campaign_id).farm_id
    return ReviewedOrder(card.id, card.buyer_id, farm_id, card.seller_id, card.state in PRESSES["order.review"])


@press("bscore")
async def give_score(turn: Turn) -> Reply:
    """[👍 Good][😐 Medium][👎 Bad]: the word that counts; the farm's points follow from it."""
    pressed = turn.press
    if pressed is None or pressed.value not in SCORES:
        raise NotFound
    card = card_of(turn, pressed.id)
    said = service.review(turn.session, turn.actor, _facts(turn, card), score=SCORES[pressed.value], now=turn.now)
    head = _("{face} {sale}, {number}: thank you!", face=FACES[SCORES[pressed.value]], sale=sale_words(card),
             number=Name(card.number))  # fmt: skip
    return _ask_indicator(said, "quality", head)


def _ask_indicator(said: Review, name: str, head: str = "") -> Screen:
    """One of the three, with its place in the row."""
    at = list(INDICATORS).index(name) + 1
    asked = _("{at} of 3. {indicator}?", at=at, indicator=_(INDICATORS[name]))
    faces = [button(FACES[score], "bind", said.id, value=f"{name}.{value}") for value, score in SCORES.items()]
    skip = button(_("Skip"), "bind", said.id, value=f"{name}.{SKIP}")
    return Screen("\n".join(each for each in (head, asked) if each), ((*faces, skip),))


@press("bind")
async def give_indicator(turn: Turn) -> Reply:
    """One indicator, or none; then the next, then words."""
    said = _own_review(turn, turn.pressed_id)
    name, _dot, value = (turn.pressed_value).partition(".")
    if name not in INDICATORS or value not in (*SCORES, SKIP):
        raise NotFound
    given = {} if value == SKIP else {name: SCORES[value]}
    service.add_indicators(turn.session, turn.actor, said, **given, now=turn.now)
    following = list(INDICATORS)[list(INDICATORS).index(name) + 1 :]
    if following:
        return _ask_indicator(said, following[0])
    await turn.leave()
    await turn.goto(Reviewing.text, review=said.id)
    return Screen(_("✏️ A few words about it? Write them."), ((button(_("Skip"), "bwords", said.id),),))


def _own_review(turn: Turn, review_id: int) -> Review:
    """The person's own review; another's is not found."""
    said = queries.review(turn.session, review_id)
    if said.buyer_id != turn.who.member_id:
        raise NotFound
    return said


@expects(Reviewing.text, example=TEXT_EXAMPLE)
async def got_text(turn: Turn) -> Reply:
    """The buyer's own words."""
    said = _own_review(turn, turn.data.get("review", 0))
    service.add_text(turn.session, turn.actor, said, turn.text, now=turn.now)
    return (await _ask_photos(turn, said)).fresh()


@press("bwords")
async def skip_text(turn: Turn) -> Reply:
    """No words."""
    return await _ask_photos(turn, _own_review(turn, turn.pressed_id))


async def _ask_photos(turn: Turn, said: Review) -> Screen:
    await turn.leave()
    await turn.goto(Reviewing.photos, review=said.id)
    return Screen(_("📷 Photos? Send up to {most}.", most=PHOTOS_MOST), ((button(_("Skip"), "bdone", said.id),),))


@expects(Reviewing.photos, takes="photo", example=PHOTO_EXAMPLE)
async def got_photo(turn: Turn) -> Reply:
    """A picture; an album is a row of single ones under one edited line."""
    said = _own_review(turn, turn.data.get("review", 0))
    count = service.add_photo(turn.session, turn.actor, said, incoming(turn), now=turn.now)
    if turn.text:
        service.add_text(turn.session, turn.actor, said, turn.text, now=turn.now)
    told = _("Photo {count} of {most} ✓", count=count, most=PHOTOS_MOST)
    key = f"review:{said.id}:{album_of(turn)}"
    return Screen(told, ((button(_("✅ Done"), "bdone", said.id),),), card=key)


@press("bdone")
async def finish(turn: Turn) -> Reply:
    """Thanks, with what was said."""
    said = _own_review(turn, turn.pressed_id)
    await turn.leave()
    told = [_("✅ Your review is there for everybody. Thank you!"), _indicators(said)]
    if said.text:
        told.append(_("“{text}”", text=Name(said.text)))
    order = button(_("🧾 {number}", number=Name(card_of(turn, said.order_id).number)), "border", said.order_id)
    return Screen("\n".join(told), ((order,), *follow_row(turn, said.farm_id)))


def _indicators(said: Review) -> str:
    """All that was given, as faces."""
    parts = [FACES[Score(said.score)]]
    for name, word in INDICATORS.items():
        value = getattr(said, name)
        if value is not None:
            parts.append(_("{indicator} {face}", indicator=_(word), face=FACES[Score(value)]))
    return " · ".join(parts)
