"""Messages with files: uploads, file ids, albums, and where to download."""

from __future__ import annotations

from typing import Any

from simulator import files
from simulator.access import chat_named
from simulator.formatting import caption
from simulator.methods.call import Call, Method, send
from simulator.params import Params, Upload
from simulator.refusals import Json, bad

ALBUM_RULE = "an album has 2-10 items, documents not mixed with pictures"
_RIGHTS = {"photo": "can_send_photos", "document": "can_send_documents", "voice": "can_send_voice_notes"}


def _upload(call: Call, params: Params, name: str) -> Upload | None:
    """A file in the call itself, under its own name or behind `attach://`."""
    if name in params.files:
        return params.files[name]
    given = params.text(name)
    if given.startswith("attach://"):
        attached = call.params.files.get(given.removeprefix("attach://"))
        if attached is None:
            raise bad(f"there is no {name} in the request", "attach:// names a part of the same request")
        return attached
    if not given:
        raise bad(f"there is no {name} in the request", f"{name} is a file or a file_id")
    if given.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content", "the simulator fetches nothing from other machines")
    return None


def content_of(call: Call, kind: str, params: Params) -> Json:
    """The message fields of one picture, document or voice note."""
    upload = _upload(call, params, kind)
    if upload is not None and not upload.data:
        raise bad("file must be non-empty", "an upload has bytes")
    if kind == "photo":
        return {"photo": files.photo_shape(_photo(call, params, upload), call.bot.id)}
    store = call.world.files
    if upload is not None:
        file = store.keep(kind, upload.data, upload.mime, upload.name)
    else:
        file = store.find(params.text(kind), call.bot.id)
        if file.kind != kind:
            raise bad(f"can't use file of type {file.kind.title()} as {kind.title()}", "a file_id keeps its type")
    if kind == "voice":
        return {"voice": files.voice_shape(file, call.bot.id, params.integer("duration", 1))}
    return {"document": files.document_shape(file, call.bot.id)}


def _photo(call: Call, params: Params, upload: Upload | None) -> tuple[files.StoredFile, ...]:
    store = call.world.files
    if upload is not None:
        return store.keep_photo(upload.data)
    file = store.find(params.text("photo"), call.bot.id)
    if file.kind != "photo":
        raise bad(f"can't use file of type {file.kind.title()} as Photo", "a file_id keeps its type")
    return store.photo_of(file)


def _send_media(call: Call, kind: str) -> Json:
    chat = chat_named(call.world, call.bot, call.params)
    if kind == "voice" and chat.person is not None and chat.person.forbids_voice:
        raise bad("VOICE_MESSAGES_FORBIDDEN", "people may let nobody send them voice notes")
    content = {**content_of(call, kind, call.params), **caption(call.params)}
    return send(call, chat, content, right=_RIGHTS[kind]).body


def send_photo(call: Call) -> Json:
    """A picture."""
    return _send_media(call, "photo")


def send_document(call: Call) -> Json:
    """A file."""
    return _send_media(call, "document")


def send_voice(call: Call) -> Json:
    """A voice note."""
    return _send_media(call, "voice")


def send_media_group(call: Call) -> list[Json]:
    """An album: all or nothing."""
    items = call.params.structure("media", "media")
    if not isinstance(items, list):
        raise bad("expected an Array of InputMedia", ALBUM_RULE)
    if not 2 <= len(items) <= 10:
        words = "there are no messages to send" if not items else "wrong number of items in the album"
        raise bad(words, ALBUM_RULE)
    chat = chat_named(call.world, call.bot, call.params)
    contents = [media_content(call, item) for item in items]
    if len({"document" in content for content in contents}) > 1:
        raise bad("document can't be mixed with other media types", ALBUM_RULE)
    album = {"media_group_id": call.world.fresh_id()}
    right = _RIGHTS[str(items[0]["type"])]
    # One pace check for the album, so that it never stops half-way.
    sent = [send(call, chat, {**part, **album}, right=right, paced=part is contents[0]) for part in contents]
    return [message.body for message in sent]


def media_content(call: Call, item: Any) -> Json:
    """The message fields of one InputMedia."""
    kind = item.get("type") if isinstance(item, dict) else None
    if kind not in {"photo", "document"}:
        raise bad(
            "can't parse InputMedia: type must be photo or document here",
            "the simulator knows these two kinds",
        )
    values = {**item, str(kind): item.get("media", "")}
    inner = Params(values)
    return {**content_of(call, str(kind), inner), **caption(inner)}


def get_file(call: Call) -> Json:
    """Where the bytes are."""
    identifier = call.params.text("file_id")
    if not identifier:
        raise bad("file_id not specified", files.FILE_RULE)
    unique_id, owner = files.split_id(identifier)
    file = call.world.files.by_id.get(unique_id)
    if file is None or owner != call.bot.id:
        raise bad("invalid file_id", files.FILE_RULE)
    if len(file.data) > files.MAX_DOWNLOAD:
        raise bad("file is too big", "a bot downloads at most 20 MB")
    return {**files.file_shape(file, call.bot.id), "file_path": call.world.files.path(file)}


METHODS: dict[str, Method] = {
    "sendphoto": send_photo,
    "senddocument": send_document,
    "sendvoice": send_voice,
    "sendmediagroup": send_media_group,
    "getfile": get_file,
}
