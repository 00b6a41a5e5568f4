"""From what a bot wrote to what people see: parse mode, entities, cleaning, limits."""

from __future__ import annotations

from simulator import html_marks, markdown_marks
from simulator.params import Params
from simulator.refusals import Json, bad
from simulator.text import MAX_CAPTION, MAX_TEXT, clean, found_entities, trimmed, units

TEXT_RULE = "text is 1-4096 UTF-16 units after entities parsing"
CAPTION_RULE = "caption is 0-1024 UTF-16 units after entities parsing"
ENTITY_RULE = "entities lie inside the text and have a known type"
_PARSERS = {
    "html": html_marks.parse,
    "markdown": markdown_marks.parse_old,
    "markdownv2": markdown_marks.parse_v2,
}
_TYPES = frozenset(
    [
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    ]
)


def message_text(params: Params) -> tuple[str, list[Json]]:
    """The text of sendMessage and editMessageText."""
    if not params.text("text"):
        raise bad("message text is empty", TEXT_RULE)
    text, entities = _formatted(params, "text", "entities")
    if not text:
        raise bad("text must be non-empty", TEXT_RULE)
    if units(text) > MAX_TEXT:
        raise bad("message is too long", TEXT_RULE)
    return text, entities


def caption(params: Params) -> Json:
    """The caption of a picture or file, as message fields."""
    if not params.text("caption"):
        return {}
    text, entities = _formatted(params, "caption", "caption_entities")
    if units(text) > MAX_CAPTION:
        raise bad("message caption is too long", CAPTION_RULE)
    fields: Json = {"caption": text} if text else {}
    if entities:
        fields["caption_entities"] = entities
    if params.flag("show_caption_above_media"):
        fields["show_caption_above_media"] = True
    return fields


def _formatted(params: Params, name: str, entities_name: str) -> tuple[str, list[Json]]:
    text = clean(params.text(name))
    mode = params.text("parse_mode").lower()
    entities: list[Json] = []
    if mode and mode != "none":
        if mode not in _PARSERS:
            raise bad("unsupported parse_mode", "parse_mode is HTML, Markdown or MarkdownV2")
        text, entities = _PARSERS[mode](text)
    elif entities_name in params:
        entities = _given(params, entities_name, units(text))
    text, entities = trimmed(text, entities)
    entities += found_entities(text, entities)
    return text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _given(params: Params, name: str, length: int) -> list[Json]:
    raw = params.structure(name, "entities")
    if not isinstance(raw, list):
        raise bad("can't parse entities JSON object", ENTITY_RULE)
    for entity in raw:
        offset, size = int(entity.get("offset", -1)), int(entity.get("length", 0))
        if entity.get("type") not in _TYPES:
            raise bad("can't parse MessageEntity: Unsupported type specified", ENTITY_RULE)
        if offset < 0:
            raise bad(f"receive an entity with incorrect offset {offset}", ENTITY_RULE)
        if offset > length:
            raise bad(f"entity begins after the end of the text at UTF-16 offset {offset}", ENTITY_RULE)
        if offset + size > length:
            where = f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset"
            raise bad(f"{where} {offset + size}", ENTITY_RULE)
    return [dict(entity) for entity in raw]
