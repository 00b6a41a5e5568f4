"""What is told of words between people: a question to the farmer, its answer, what staff should answer, messages."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog import asking
from core.catalog.models import Campaign
from core.catalog.remarks import Remark
from core.catalog.words import sale_words
from core.events import EventKind
from core.i18n import Name, _
from core.members import queries as members
from core.members.models import Farm
from core.messaging.media import shown
from core.messaging.screen import Rows, Screen, button
from core.notices.lookup import card, farmer, goods, staff
from core.notices.registry import Fact, notice
from core.orders.card import order_card
from core.orders.models import Order
from core.orders.states import PRESSES
from core.orders.talking import other_side


def _remark(fact: Fact) -> Remark:
    return fact.session.get_one(Remark, fact.subject_id)


def _seller(fact: Fact) -> Iterable[int]:
    """Whom the question is for."""
    found = select(Farm.member_id).join(Campaign, Campaign.farm_id == Farm.id)
    return list(fact.session.scalars(found.where(Campaign.id == _remark(fact).campaign_id)))


def _asker(fact: Fact) -> Iterable[int]:
    return [_remark(fact).writer_id]


def _reader(fact: Fact) -> Iterable[int]:
    """The other side of the order that a message is about."""
    told = _remark(fact)
    return [other_side(fact.session, fact.session.get_one(Order, told.order_id), told.writer_id)]


def said(text: str) -> str:
    """What somebody said: the short answers in the reader's language, everything else as it was written."""
    return _(text) if text in asking.SHORT.values() else text


def question_card(session: Session, question: Remark) -> Screen:
    """A question as whoever may answer it sees it, with the ways to answer while nobody has."""
    sale = session.get_one(Campaign, question.campaign_id)
    asker = Name(members.member(session, question.writer_id).name)
    told = _("🎤 {name} asks about {sale} by voice.", name=asker, sale=sale_words(sale))
    if question.text:
        told = _("❓ {name} asks about {sale}: “{text}”", name=asker, sale=sale_words(sale), text=Name(question.text))
    answer = asking.answer_to(session, question)
    if answer is not None:
        words = said(answer.text) or "🎤"
        return Screen(
            "\n".join([told, _("💬 Answered: {text}", text=Name(words))]), **shown(session, question.media_id)
        )
    return Screen(told, _ways(question), **shown(session, question.media_id))


def _ways(question: Remark) -> Rows:
    yes, no = button(_("👍 Yes"), "qyes", question.id), button(_("👎 No"), "qno", question.id)
    return ((yes, no, button(_("💬 Answer"), "qans", question.id)),)


@notice(39, EventKind.QUESTION_ASKED, EventKind.QUESTION_REPEATED, to=_seller, quiet="H")
def question(fact: Fact) -> Screen | None:
    """Somebody asks the farmer; after a day of silence once more."""
    asked = _remark(fact)
    if asked.state not in asking.UNANSWERED:
        return None
    shown_card = question_card(fact.session, asked)
    again = _("⏰ Still without an answer:") if fact.kind is EventKind.QUESTION_REPEATED else ""
    text = "\n".join(line for line in (again, shown_card.text) if line)
    return Screen(text, shown_card.rows, edit=False, **shown(fact.session, asked.media_id))


@notice(100, EventKind.QUESTION_PASSED_ON, to=staff, quiet="S", klass="O")
def question_to_staff(fact: Fact) -> Screen | None:
    """The farmer kept silent: somebody of the co-op answers, or reminds him."""
    asked = _remark(fact)
    if asked.state != "passed":
        return None
    farm = members.farm(fact.session, fact.session.get_one(Campaign, asked.campaign_id).farm_id)
    shown_card = question_card(fact.session, asked)
    told = _("⏰ {store} does not answer. You may answer instead.", store=Name(farm.store_name))
    rows = (*shown_card.rows, (button(_("👤 Who is it"), "omem", farm.member_id),))
    return Screen("\n".join([shown_card.text, told]), rows, edit=False, **shown(fact.session, asked.media_id))


@notice(40, EventKind.QUESTION_ANSWERED, to=_asker, quiet="S")
def answered(fact: Fact) -> Screen | None:
    """The asker reads the answer."""
    asked = _remark(fact)
    answer = asking.answer_to(fact.session, asked)
    if answer is None:
        return None
    sale = fact.session.get_one(Campaign, asked.campaign_id)
    told = _("💬 {sale}: “{question}” {answer}", sale=sale_words(sale), question=Name(asked.text or "🎤"),
             answer=Name(said(answer.text) or "🎤"))  # fmt: skip
    row = (button(_("🛒 Reserve"), "bsale", sale.id),) if sale.state == "open" else ()
    ask = button(_("❓ Ask"), "bask", sale.id)
    return Screen(told, ((*row, ask),), edit=False, **shown(fact.session, answer.media_id))


@notice(101, EventKind.ORDER_MESSAGE, to=_reader, quiet="S")
def message(fact: Fact) -> Screen | None:
    """The other side of an order wrote or spoke."""
    told = _remark(fact)
    found = order_card(fact.session, told.order_id or 0)
    by_buyer = told.writer_id == found.buyer_id
    who = Name(found.buyer_name if by_buyer else found.store_name)
    text = _("🎤 {name} about {goods}", name=who, goods=goods(found))
    if told.text:
        text = _("💬 {name} about {goods}: {text}", name=who, goods=goods(found), text=Name(told.text))
    rows: Rows = ((button(_("💬 Answer"), "bsay", found.id),),) if found.state in PRESSES["order.message"] else ()
    return Screen(text, rows, edit=False, **shown(fact.session, told.media_id))


@notice(102, EventKind.ORDER_NOTED, to=farmer, quiet="H")
def noted(fact: Fact) -> Screen | None:
    """The buyer of an order on the pick list wishes something, as it stands now."""
    found = card(fact)
    if not found.note or found.state not in PRESSES["order.note"]:
        return None
    told = _("📝 {goods}: {note}", goods=goods(found), note=Name(found.note))
    return Screen(told, ((button(_("📋 Pick list"), "fpick", found.campaign_id),),), edit=False)
