"""Pictures, voice, files, stickers, contacts, places."""

from __future__ import annotations

import base64
import binascii

from simulator import files, pictures
from simulator.acts.act import Act, Verb, say
from simulator.posting import changed, tell_bots
from simulator.refusals import Json, PersonError, Refusal
from simulator.text import MAX_CAPTION, clean, found_entities, units

SILENCE = b"OggS" + bytes(200)


def _bytes(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded.partition("base64,")[2] or encoded, validate=True)
    except (binascii.Error, ValueError):
        raise PersonError("data must be base64, or the name of a built-in picture") from None


def _picture(act: Act, name: str) -> list[Json]:
    data = pictures.sample(name) if name in pictures.SAMPLES else _bytes(name)
    try:
        sizes = act.world.files.keep_photo(data)
    except Refusal as refusal:
        raise PersonError(f"a phone cannot send that picture: {refusal.description}") from None
    return files.photo_shape(sizes, act.bot.id)


def _caption(act: Act) -> Json:
    words = clean(act.text("caption")).strip()
    if not words:
        return {}
    if units(words) > MAX_CAPTION:
        raise PersonError("a phone's caption is at most 1024 characters")
    entities = found_entities(words)
    return {"caption": words, "caption_entities": entities} if entities else {"caption": words}


def photo(act: Act) -> Json:
    """One picture."""
    return say(act, {"photo": _picture(act, act.text("photo", "mango")), **_caption(act)})


def album(act: Act) -> Json:
    """Several pictures at once: one update each, one media_group_id; the caption is on the first."""
    group = {"media_group_id": act.world.fresh_id()}
    said = []
    for place, name in enumerate(act.fields["photos"]):
        words = _caption(act) if place == 0 else {}
        said.append(say(act, {"photo": _picture(act, name), **group, **words}))
    return {
        "message_ids": [one["message_id"] for one in said],
        "message_id": said[-1]["message_id"],
        "update_id": said[0]["update_id"],
    }


def voice(act: Act) -> Json:
    """A voice note."""
    data = _bytes(act.text("data")) if act.fields.get("data") else SILENCE
    file = act.world.files.keep("voice", data, "audio/ogg", "")
    return say(act, {"voice": files.voice_shape(file, act.bot.id, int(act.fields.get("duration", 3)))})


def document(act: Act) -> Json:
    """A file under the name the phone gave it."""
    data = _bytes(act.text("data")) if act.fields.get("data") else act.text("text", "-").encode()
    name = act.text("file_name", "file.txt")
    file = act.world.files.keep("document", data, act.text("mime_type", "application/octet-stream"), name)
    return say(act, {"document": files.document_shape(file, act.bot.id), **_caption(act)})


def sticker(act: Act) -> Json:
    """A sticker."""
    file = act.world.files.keep("sticker", b"RIFF" + bytes(32), "image/webp", "")
    shape = {
        **files.file_shape(file, act.bot.id),
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "emoji": act.text("emoji", "👍"),
        "set_name": "Simulated",
    }
    return say(act, {"sticker": shape})


def contact(act: Act) -> Json:
    """One's own number (as the share button does), another person's, or a card from the address book."""
    if "phone_number" in act.fields:
        card: Json = {
            "phone_number": act.text("phone_number"),
            "first_name": act.text("first_name", "Somebody"),
        }
        if act.fields.get("user_id"):
            card["user_id"] = int(act.fields["user_id"])
        return say(act, {"contact": card})
    owner = act.world.person_named(act.fields["user"]) if "user" in act.fields else act.person
    shape = {"phone_number": owner.phone_number, "first_name": owner.first_name, "user_id": owner.id}
    return say(act, {"contact": shape | ({"last_name": owner.last_name} if owner.last_name else {})})


def location(act: Act) -> Json:
    """A place, live when it has a period."""
    place: Json = {"latitude": float(act.fields["latitude"]), "longitude": float(act.fields["longitude"])}
    if act.fields.get("live_period"):
        place["live_period"] = int(act.fields["live_period"])
    return say(act, {"location": place})


def move(act: Act) -> Json:
    """A live place moves: an edited message."""
    message = act.message()
    if "live_period" not in message.body.get("location", {}):
        raise PersonError("only a live place moves")
    place = {"latitude": float(act.fields["latitude"]), "longitude": float(act.fields["longitude"])}
    changed(act.world, act.chat, message, {"location": {**message.body["location"], **place}}, by="person")
    return {"message_id": message.id, "update_id": tell_bots(act.world, act.chat, "edited_message", message.body)}


VERBS: dict[str, Verb] = {
    "photo": photo,
    "album": album,
    "voice": voice,
    "document": document,
    "sticker": sticker,
    "contact": contact,
    "location": location,
    "move": move,
}
