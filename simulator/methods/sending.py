"""Messages without files: text, places, contacts, copies."""

from __future__ import annotations

from simulator.access import chat_named, may_write, message_named
from simulator.formatting import caption, message_text
from simulator.methods.call import Call, Method, send
from simulator.refusals import Json, bad
from simulator.world import Chat, Post

ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
_COPIED = (
    "text", "entities", "caption", "caption_entities", "photo", "document", "voice", "sticker", "location", "venue",
    "contact", "media_group_id", "invoice", "show_caption_above_media", "link_preview_options",
)  # fmt: skip


def send_message(call: Call) -> Json:
    """Text."""
    # The real server looks at the text before the chat.
    text, entities = message_text(call.params)
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    options = call.params.structure("link_preview_options", "link preview options")
    if options:
        content["link_preview_options"] = options
    return send(call, chat_named(call.world, call.bot, call.params), content).body


def _place(call: Call) -> Json:
    latitude, longitude = call.params.number("latitude"), call.params.number("longitude")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad("can't parse location: wrong location specified", "latitude and longitude lie on the Earth")
    place: Json = {"latitude": latitude, "longitude": longitude}
    if call.params.integer("live_period"):
        place["live_period"] = call.params.integer("live_period")
    return place


def send_location(call: Call) -> Json:
    """A place, live or not."""
    place = _place(call)
    return send(call, chat_named(call.world, call.bot, call.params), {"location": place}).body


def send_venue(call: Call) -> Json:
    """A place with a name."""
    place = _place(call)
    venue = {"location": place, "title": call.params.text("title"), "address": call.params.text("address")}
    if not venue["title"]:
        raise bad("venue title must be non-empty", "a venue has a title")
    chat = chat_named(call.world, call.bot, call.params)
    return send(call, chat, {"venue": venue, "location": place}).body


def send_contact(call: Call) -> Json:
    """A telephone number."""
    params = call.params
    contact = {
        name: params.text(name) for name in ("phone_number", "first_name", "last_name", "vcard") if name in params
    }
    if "phone_number" not in contact:
        raise bad("phone number is empty", "phone_number is required")
    if "first_name" not in contact:
        raise bad("first name is empty", "first_name is required")
    return send(call, chat_named(call.world, call.bot, params), {"contact": contact}).body


def send_chat_action(call: Call) -> bool:
    """ "typing ..." on the person's screen."""
    action = call.params.text("action").lower()
    if action not in ACTIONS:
        raise bad("wrong parameter action in request", "action is one of the listed ones")
    chat = chat_named(call.world, call.bot, call.params)
    may_write(call.bot, chat)
    call.world.events.tell("action", lambda: {"chat": chat.key, "bot": call.bot.id, "action": action})
    return True


def _source(call: Call, words: str) -> tuple[Chat, Post]:
    chat = chat_named(call.world, call.bot, call.params, "from_chat_id")
    message = message_named(chat, call.params, words)
    if message.body.get("has_protected_content"):
        raise bad(words.replace(" not found", " can't be copied or forwarded"), "protected content stays")
    return chat, message


def copy_message(call: Call) -> Json:
    """The same content as a message of the bot's own."""
    _, source = _source(call, "message to copy not found")
    content = {name: source.body[name] for name in _COPIED if name in source.body and name != "media_group_id"}
    if "invoice" in content or not content:
        raise bad("message can't be copied", "service messages and invoices are not copied")
    if "caption" in call.params.values and "text" not in content:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content |= caption(call.params)
    chat = chat_named(call.world, call.bot, call.params)
    return {"message_id": send(call, chat, content).id}


def forward_message(call: Call) -> Json:
    """A forward that says where it came from."""
    _, source = _source(call, "message to forward not found")
    content = {name: source.body[name] for name in _COPIED if name in source.body}
    origin = {"type": "user", "sender_user": source.body["from"], "date": source.body["date"]}
    chat = chat_named(call.world, call.bot, call.params)
    return send(call, chat, {**content, "forward_origin": origin}).body


METHODS: dict[str, Method] = {
    "sendmessage": send_message,
    "sendlocation": send_location,
    "sendvenue": send_venue,
    "sendcontact": send_contact,
    "sendchataction": send_chat_action,
    "copymessage": copy_message,
    "forwardmessage": forward_message,
}
