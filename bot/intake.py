"""Turns aiogram's parsed updates into turns: who acts, what they did, where they stand."""

from __future__ import annotations

from typing import Any

from aiogram.enums import ChatType
from aiogram.fsm.context import FSMContext
from aiogram.types import (
    CallbackQuery,
    Chat,
    ChatMemberAdministrator,
    ChatMemberBanned,
    ChatMemberRestricted,
    ChatMemberUpdated,
    Message,
    User,
)
from pydantic import BaseModel
from sqlalchemy.orm import Session

from bot.storage import hand
from core.config import BotFacts
from core.i18n import Speech, negotiate, speech_for
from core.members import person
from core.members import service as members
from core.members.groups import group_migrated
from core.members.person import Person
from core.messaging.screen import SHOWN, parse_press
from core.notices.post import ANSWERING
from core.settings import service as settings
from core.text import clean_lines
from handlers.turn import ANONYMOUS, Contact, Incoming, Payer, Place, Turn

# an animation comes with a document beside it, for programs that know none: it is no file that somebody chose to send
_MEDIA = ("photo", "voice", "animation", "document", "sticker", "video", "audio", "video_note")
TEXT_LIMIT = 4096
_USED = frozenset({
    "message_id", "date", "chat", "from", "via_bot", "text", "caption", "contact", "location", "successful_payment",
    "media_group_id", "migrate_to_chat_id", "migrate_from_chat_id", *_MEDIA,
})  # fmt: skip
_PRESSED = frozenset({"message_id", "chat", "date"})
_STANDINGS: dict[object, type[BaseModel]] = {
    "administrator": ChatMemberAdministrator, "restricted": ChatMemberRestricted, "kicked": ChatMemberBanned,
}  # fmt: skip


def trimmed(raw: dict[str, Any]) -> dict[str, Any]:
    """The update cut to what we use: validation then costs half, and of the rest nothing can be unknown or missing.

    A server may be older or newer than aiogram, which asks for whatever the newest one sends.
    """
    for kind in ("message", "edited_message"):
        if isinstance(raw.get(kind), dict):
            return {**raw, kind: _only(raw[kind], _USED)}
    query, change = raw.get("callback_query"), raw.get("my_chat_member")
    if isinstance(query, dict):
        slim = {"chat_instance": "", **query}
        if isinstance(query.get("message"), dict):
            slim["message"] = _only(query["message"], _PRESSED)
        return {**raw, "callback_query": slim}
    if isinstance(change, dict):
        standing = {name: _whole(change[name]) for name in ("old_chat_member", "new_chat_member") if name in change}
        return {**raw, "my_chat_member": {**change, **standing}}
    return raw


def _only(given: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name in names}


def _whole(member: Any) -> Any:
    """A standing with the rights that its server does not know yet: nobody has them."""
    model = _STANDINGS.get(member.get("status")) if isinstance(member, dict) else None
    if model is None:
        return member
    return {**{name: 0 for name, field in model.model_fields.items() if field.is_required()}, **member}


def origin_of(raw: dict[str, Any]) -> tuple[int, bool] | None:
    """(message id, has a medium) of the message a press came from; None for other updates."""
    message = (raw.get("callback_query") or {}).get("message")
    if not isinstance(message, dict) or not message.get("date"):
        return None  # date 0: too old to be edited
    return int(message["message_id"]), any(kind in message for kind in SHOWN)


def look(session: Session, bot_id: int, raw: dict[str, Any]) -> None:
    """Ask where the sender stands and who it is in one query, before anybody needs it."""
    query = raw.get("callback_query")
    body = query or raw.get("message")
    message = query.get("message") if query else body
    try:
        user_id, chat_id = int(body["from"]["id"]), int(message["chat"]["id"])  # type: ignore[index] # tried just here
    except (KeyError, TypeError, ValueError):
        return  # nobody, or nowhere: whoever needs to know asks for itself
    person.look(session, (bot_id, chat_id, user_id))


async def from_message(message: Message, fsm: FSMContext, state: str | None, facts: BotFacts) -> Turn | None:
    """A turn from a message of a person; None for service messages without a person behind them."""
    if message.from_user is None or (message.from_user.is_bot and not _unnamed(message)):
        return None
    if message.via_bot is not None and message.via_bot.id == facts.id:
        return None  # a sale of ours that the person posted by inline mode
    turn = await _turn(message.chat, message.from_user, fsm, state, facts)
    turn.message_id = message.message_id
    turn.text = clean_lines(message.text or message.caption, TEXT_LIMIT)
    turn.media = _media(message)
    if message.contact:
        turn.contact = Contact(message.contact.phone_number, message.contact.user_id)
    if message.location:
        turn.place = Place(message.location.latitude, message.location.longitude)
    if message.successful_payment:
        paid = message.successful_payment
        charge = paid.provider_payment_charge_id or paid.telegram_payment_charge_id
        turn.paid = Payer(paid.currency, paid.total_amount, paid.invoice_payload, charge)
    return turn


def _unnamed(message: Message) -> bool:
    """A command of an administrator who acts in the group's name: the only thing a bot is heard for."""
    return message.from_user is not None and message.from_user.id == ANONYMOUS and (message.text or "").startswith("/")


def moved(message: Message, facts: BotFacts) -> bool:
    """Whether this says that a group became a supergroup; its new id is noted then, whichever chat says it first."""
    old, new = message.chat.id, message.migrate_to_chat_id
    if message.migrate_from_chat_id:
        old, new = message.migrate_from_chat_id, message.chat.id
    if new is None:
        return False
    group_migrated(hand.get().session, bot_id=facts.id, old_chat_id=old, new_chat_id=new)
    return True


async def from_callback(query: CallbackQuery, fsm: FSMContext, state: str | None, facts: BotFacts) -> Turn | None:
    """A turn from a press; a press on a message the messenger no longer knows has no chat and is dropped."""
    if query.message is None:
        return None
    turn = await _turn(query.message.chat, query.from_user, fsm, state, facts)
    turn.message_id = query.message.message_id
    turn.press = parse_press(query.data)
    turn.is_press = True
    return turn


async def from_membership(change: ChatMemberUpdated, fsm: FSMContext, facts: BotFacts) -> Turn | None:
    """A turn from a change of the bot's own membership: blocked, unblocked, added to or removed from a group."""
    turn = await _turn(change.chat, change.from_user, fsm, None, facts)
    turn.membership = str(change.new_chat_member.status)
    turn.can_post = getattr(change.new_chat_member, "can_send_messages", None) is not False
    return turn


async def _turn(chat: Chat, user: User, fsm: FSMContext, state: str | None, facts: BotFacts) -> Turn:
    held = hand.get()
    is_private = chat.type == ChatType.PRIVATE
    known = person.who(held.session, facts.id, user.id)
    if known is None or known.is_out_of_date:
        known = _arrived(user, facts)
    data = await fsm.get_data() if state else {}
    held.session.info[ANSWERING] = known.member_id
    return Turn(
        session=held.session, now=held.now, bot=facts, chat_id=chat.id, is_private=is_private, user_id=user.id,
        who=known, speech=_speech(known, facts), fsm=fsm, state=state, data=data, chat_title=chat.title or "",
        first_name=user.first_name,
    )  # fmt: skip


def _arrived(user: User, facts: BotFacts) -> Person:
    held = hand.get()
    members.arrive(
        held.session, bot_id=facts.id, user_id=user.id, chat_id=user.id, first_name=user.first_name,
        username=user.username, language_tag=user.language_code, now=held.now,
    )  # fmt: skip
    known = person.who(held.session, facts.id, user.id)
    if known is None:
        raise RuntimeError("a member who just arrived is not known")
    return known


def speech_of(user: User, facts: BotFacts) -> Speech:
    """How to speak to the sender of an inline query, who need not be known and does not become known by it."""
    known = person.who(hand.get().session, facts.id, user.id)
    if known is not None:
        return _speech(known, facts)
    return _speech_in(negotiate(user.language_code) or facts.default_language)


def _speech(known: Person, facts: BotFacts) -> Speech:
    return _speech_in(known.speaks(facts.default_language), known.timezone)


def _speech_in(language: str, timezone: str | None = None) -> Speech:
    session = hand.get().session
    region, zone = settings.get_text(session, "region"), settings.get_text(session, "timezone")
    return speech_for(language, region or None, timezone or zone)


def _media(message: Message) -> Incoming | None:
    for kind in _MEDIA:
        found = getattr(message, kind, None)
        if not found:
            continue
        best = found[-1] if kind == "photo" else found
        return Incoming(
            kind, best.file_id, best.file_unique_id, getattr(best, "mime_type", None) or "", best.file_size or 0,
            message.media_group_id,
        )  # fmt: skip
    return None
