"""[❓ Ask] about a sale, the farmer's answer, and [Send] or [Edit] for whatever holds a number."""

from __future__ import annotations

from core.catalog import asking, words_said
from core.catalog.queries import campaign
from core.catalog.remarks import Remark
from core.errors import NotFound
from core.i18n import N_, Name, _
from core.messaging.models import Media
from core.messaging.screen import Screen, button
from core.notices.asking import question_card
from core.orders import talking
from handlers import browse
from handlers.buyer import shortened
from handlers.listing_screens import answer_line
from handlers.operator import to_decide
from handlers.operator_cards import queue_button
from handlers.paging import page_in_value
from handlers.publish_photo import incoming
from handlers.routes import expects, link, press
from handlers.states import Asking
from handlers.talking import WRITE, ask_message, message_sent
from handlers.turn import Reply, Turn
from handlers.words import sale_words

PREVIEW = 200
ASK = N_("Write or speak. For example: Is it organic?")
ANSWER = N_("Write or speak your answer, for example: Yes, no chemicals since 2020.")


def voice_of(turn: Turn) -> Media | None:
    """The voice note that came."""
    return incoming(turn) if turn.kind == "voice" else None


@press("bask")
async def ask(turn: Turn) -> Reply:
    """[❓ Ask]: what others asked, and the question."""
    return await _ask(turn, turn.pressed_id)


@link("q_")
async def ask_from_group(turn: Turn) -> Reply:
    """[❓ Ask] under a group's post: a newcomer is welcomed with the card first."""
    sale_id = int(turn.text) if turn.text.isdecimal() and len(turn.text) < 19 else 0
    try:
        browse.sale(turn, sale_id)
    except NotFound:
        return await browse.open_sale(turn)
    if turn.who.home is None and turn.who.language is None:
        shown = await browse.open_sale(turn)
        first = [shown] if isinstance(shown, Screen) else list(shown or ())  # type: ignore[arg-type] # never a Toast alone
        return [*first, await _ask(turn, sale_id)]
    return await _ask(turn, sale_id)


async def _ask(turn: Turn, sale_id: int) -> Screen:
    card = browse.sale(turn, sale_id)
    await turn.leave()
    await turn.goto(Asking.question, sale=sale_id)
    told = [_("❓ {sale}", sale=sale_words(card.line)), *_answers(turn, sale_id), _(ASK)]
    more = (button(_("More"), "bqas", sale_id, value=1),) if _has_more(turn, sale_id, 0) else ()
    return Screen("\n".join(told), ((*more, button(_("⬅️ Back"), "bsale", sale_id)),), edit=False)


@press("bqas")
async def answers(turn: Turn) -> Reply:
    """Questions and answers of a sale, a page at a time."""
    card, page = browse.sale(turn, turn.pressed_id), page_in_value(turn)
    sale_id = card.line.campaign_id
    told = [_("❓ {sale}", sale=sale_words(card.line)), *_answers(turn, sale_id, page)]
    more = (button(_("More"), "bqas", sale_id, value=page + 1),) if _has_more(turn, sale_id, page) else ()
    return Screen("\n".join(told), ((*more, button(_("❓ Ask"), "bask", sale_id)),), edit=False)


def _answers(turn: Turn, sale_id: int, page: int = 0) -> list[str]:
    found = asking.answers_of(turn.session, sale_id, skip=page * asking.PAGE)
    return [answer_line(one, PREVIEW) for one in found]


def _has_more(turn: Turn, sale_id: int, page: int) -> bool:
    return bool(asking.answers_of(turn.session, sale_id, limit=1, skip=(page + 1) * asking.PAGE))


@expects(Asking.question, takes="text voice", example=ASK)
async def got_question(turn: Turn) -> Reply:
    """The question goes to the farmer."""
    sale = campaign(turn.session, int(turn.data.get("sale", 0)))
    kept = asking.ask(turn.session, turn.actor, sale, turn.text, voice=voice_of(turn), now=turn.now)
    return await went(turn, kept)


@press("qyes", fresh=lambda turn: show_question(turn))
async def yes(turn: Turn) -> Reply:
    """[👍 Yes]."""
    return await _short(turn, "yes")


@press("qno", fresh=lambda turn: show_question(turn))
async def no(turn: Turn) -> Reply:
    """[👎 No]."""
    return await _short(turn, "no")


async def _short(turn: Turn, word: str) -> Reply:
    question = asking.question_for(turn.session, turn.actor, turn.pressed_id)
    asking.answer(turn.session, turn.actor, question, word, now=turn.now)
    shown = question_card(turn.session, question)
    return Screen(shown.text, bare=True)


@press("qans", fresh=lambda turn: show_question(turn))
async def ask_answer(turn: Turn) -> Reply:
    """[💬 Answer]: in own words."""
    question = asking.question_for(turn.session, turn.actor, turn.pressed_id)
    if question.state not in asking.UNANSWERED:
        return question_card(turn.session, question)
    await turn.goto(Asking.answer, question=question.id)
    return Screen(_(ANSWER), edit=False)


async def show_question(turn: Turn) -> Reply:
    """The question as it stands now, for whoever pressed too late."""
    return question_card(turn.session, asking.question_for(turn.session, turn.actor, turn.pressed_id))


@expects(Asking.answer, takes="text voice", example=ANSWER)
async def got_answer(turn: Turn) -> Reply:
    """The answer goes to whoever asked, and onto the sale's card."""
    question = asking.question_for(turn.session, turn.actor, int(turn.data.get("question", 0)))
    kept = asking.answer(turn.session, turn.actor, question, turn.text, voice=voice_of(turn), now=turn.now)
    return await went(turn, kept)


@expects(Asking.message, takes="text voice", example=WRITE)
async def got_message(turn: Turn) -> Reply:
    """The message goes to the other side of the order."""
    order = talking.order_to_talk(turn.session, turn.actor, int(turn.data.get("order", 0)))
    kept = talking.write(turn.session, turn.actor, order, turn.text, voice=voice_of(turn), now=turn.now)
    return await went(turn, kept)


@press("oquest")
async def next_question(turn: Turn) -> Reply:
    """The oldest question whose farmer keeps silent."""
    found = asking.next_passed(turn.session, turn.actor)
    if found is None:
        return await to_decide(turn)
    shown = question_card(turn.session, found)
    return Screen(shown.text, (*shown.rows, (queue_button(),)), edit=False, voice=shown.voice)


# ---- what holds a number


def private_screen(kept: Remark) -> Screen:
    """A number is in it: how it would read without, and the two ways on."""
    told = _("🔒 Numbers stay private here. Send without it?")
    preview = shortened(words_said.preview(kept), PREVIEW)
    rows = ((button(_("Send"), "rsend", kept.id), button(_("Edit"), "redit", kept.id)),)
    return Screen("\n".join([told, _("“{text}”", text=Name(preview))]), rows, edit=False)


async def went(turn: Turn, kept: Remark) -> Reply:
    """What follows something said: that it went, or that a number is in it."""
    if kept.state == "draft":
        return private_screen(kept)
    await turn.leave()
    if kept.kind == "message":
        return message_sent(turn, kept)
    if kept.kind == "answer":
        return Screen(_("✅ Answered. It stands on the sale's card now, without names."), edit=False)
    back = button(_("⬅️ Back"), "bsale", kept.campaign_id)
    return Screen(_("✅ Asked. You are told as soon as there is an answer."), ((back,),), edit=False)


_SENDERS = {"question": asking.send_question, "answer": asking.send_answer, "message": talking.send}


@press("rsend")
async def send_without(turn: Turn) -> Reply:
    """[Send]: without the number; once."""
    kept = words_said.of_writer(turn.session, turn.actor, turn.pressed_id)
    sent = _SENDERS[kept.kind](turn.session, turn.actor, kept, now=turn.now)
    return await went(turn, sent)


@press("redit")
async def edit(turn: Turn) -> Reply:
    """[Edit]: the same is asked again; what was written is kept until then."""
    kept = words_said.mine(turn.session, turn.actor, turn.pressed_id)
    if kept.kind == "question":
        return await _ask(turn, kept.campaign_id)
    if kept.kind == "message":
        return await ask_message(turn, kept.order_id or 0)
    await turn.goto(Asking.answer, question=kept.question_id)
    return Screen(_(ANSWER), edit=False)
