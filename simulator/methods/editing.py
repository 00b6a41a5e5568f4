"""Changing, removing and pinning messages."""

from __future__ import annotations

from simulator.access import chat_named, may_write, message_named, must_be_in
from simulator.formatting import caption, message_text
from simulator.keyboards import inline_only
from simulator.methods.call import Call, Method
from simulator.methods.media import media_content
from simulator.posting import changed, post, quoted, removed, tell_bots
from simulator.refusals import Json, bad
from simulator.world import Chat, Post

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content"
    " and reply markup of the message"
)
TWO_DAYS = 48 * 3600


def _target(call: Call, words: str = "message to edit not found") -> tuple[Chat, Post]:
    """The bot's own message, by chat and id or by inline id."""
    inline_id = call.params.text("inline_message_id")
    if inline_id:
        place = call.world.inline_posts.get(inline_id)
        message = call.world.chats[place[0]].posts.get(place[1]) if place else None
        if place is None or message is None:
            raise bad("MESSAGE_ID_INVALID", "inline_message_id names a message sent through this bot")
        return call.world.chats[place[0]], message
    chat = chat_named(call.world, call.bot, call.params)
    may_write(call.bot, chat)
    message = message_named(chat, call.params, words)
    if message.by_bot != call.bot.id:
        raise bad("message can't be edited", "a bot edits only its own messages")
    if message.fixed:
        raise bad("message can't be edited", "only messages without a reply markup, or with inline buttons, are edited")
    return chat, message


def _edit(call: Call, chat: Chat, message: Post, content: Json) -> Json | bool:
    """Apply when something differs; the result is the message, or True for inline ones."""
    if chat.id < 0:
        call.world.limits.spend(call.bot.id, chat.id)
    if all(message.body.get(name) == value for name, value in content.items()):
        raise bad(NOT_MODIFIED, "an edit changes something")
    changed(call.world, chat, message, content, by="bot")
    return True if call.params.text("inline_message_id") else message.body


def edit_message_text(call: Call) -> Json | bool:
    """New text and buttons; missing buttons go."""
    text, entities = message_text(call.params)
    chat, message = _target(call)
    if "text" not in message.body:
        raise bad("there is no text in the message to edit", "only text messages have a text to edit")
    content = {"text": text, "entities": entities or None, "reply_markup": inline_only(call.params)}
    return _edit(call, chat, message, content)


def edit_message_caption(call: Call) -> Json | bool:
    """New caption and buttons."""
    fields = caption(call.params)
    chat, message = _target(call)
    if not any(name in message.body for name in ("photo", "document", "voice")):
        raise bad("there is no caption in the message to edit", "only media have a caption")
    content = {
        "caption": fields.get("caption"),
        "caption_entities": fields.get("caption_entities"),
        "reply_markup": inline_only(call.params),
    }
    return _edit(call, chat, message, content)


def edit_message_media(call: Call) -> Json | bool:
    """Another picture or file in the same message."""
    chat, message = _target(call)
    if not any(name in message.body for name in ("text", "photo", "document")):
        raise bad("there is no media in the message to edit", "texts, pictures and files become pictures and files")
    media = media_content(call, call.params.structure("media", "media"))
    content = dict.fromkeys(("photo", "document", "caption", "caption_entities", "text", "entities"))
    return _edit(call, chat, message, {**content, **media, "reply_markup": inline_only(call.params)})


def edit_message_reply_markup(call: Call) -> Json | bool:
    """Other buttons only."""
    chat, message = _target(call)
    markup = inline_only(call.params, invoice="invoice" in message.body)
    return _edit(call, chat, message, {"reply_markup": markup})


def delete_message(call: Call) -> bool:
    """Remove a message: one's own within 48 hours, others' in private chats or as administrator."""
    chat = chat_named(call.world, call.bot, call.params)
    message = message_named(chat, call.params, "message to delete not found")
    rule = "own messages younger than 48 hours; others' in private or as administrator"
    if call.world.now() - int(message.body["date"]) > TWO_DAYS:
        raise bad("message can't be deleted for everyone", rule)
    if chat.person is None:
        must_be_in(call.bot, chat)
        if message.by_bot != call.bot.id and chat.members[call.bot.id].status != "administrator":
            raise bad("message can't be deleted", rule)
    removed(call.world, chat, message.id, by="bot")
    return True


def delete_messages(call: Call) -> bool:
    """Several at once; missing ones are skipped."""
    chat = chat_named(call.world, call.bot, call.params)
    wanted = call.params.structure("message_ids", "message_ids") or []
    for message_id in wanted:
        if message_id in chat.posts:
            removed(call.world, chat, message_id, by="bot")
    return True


def pin_chat_message(call: Call) -> bool:
    """Pin, with the service message that says so."""
    chat = chat_named(call.world, call.bot, call.params)
    may_write(call.bot, chat)
    message = message_named(chat, call.params, "message to pin not found")
    _may_pin(call, chat)
    chat.pinned = message.id
    notice = post(call.world, chat, call.bot, {"pinned_message": quoted(message)}, silent=True)
    if chat.person is None:
        tell_bots(call.world, chat, "message", notice.body)
    return True


def unpin_chat_message(call: Call) -> bool:
    """Unpin."""
    chat = chat_named(call.world, call.bot, call.params)
    may_write(call.bot, chat)
    _may_pin(call, chat)
    chat.pinned = None
    return True


def _may_pin(call: Call, chat: Chat) -> None:
    if chat.person is not None or chat.members[call.bot.id].status == "administrator":
        return
    if chat.kind == "supergroup" or not chat.permissions.get("can_pin_messages", True):
        raise bad("not enough rights to manage pinned messages in the chat", "pinning needs can_pin_messages")


METHODS: dict[str, Method] = {
    "editmessagetext": edit_message_text,
    "editmessagecaption": edit_message_caption,
    "editmessagemedia": edit_message_media,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "deletemessages": delete_messages,
    "pinchatmessage": pin_chat_message,
    "unpinchatmessage": unpin_chat_message,
    "unpinallchatmessages": unpin_chat_message,
}
