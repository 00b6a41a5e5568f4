"""Inline mode: asking a bot from any chat and posting what it offers."""

from __future__ import annotations

from typing import Any

from simulator import files
from simulator.acts.act import Act, Verb, say
from simulator.formatting import caption, message_text
from simulator.params import Params
from simulator.refusals import Json, PersonError
from simulator.world import oldest_dropped

KEPT = 100
QUERY_MOST = 256


def inline(act: Act) -> Json:
    """Type @bot and some words."""
    if not act.bot.supports_inline_queries:
        raise PersonError(f"@{act.bot.username} has no inline mode")
    query_id = act.world.fresh_id()
    words = act.text("query")
    if len(words) > QUERY_MOST:
        raise PersonError(f"an inline query has at most {QUERY_MOST} characters")
    kind = act.text("chat_type") or ("sender" if act.chat.person else act.chat.kind)
    act.world.inline[query_id] = {
        "id": query_id, "user": act.person.id, "bot": act.bot.id, "query": words, "results": None, "button": None,
    }  # fmt: skip
    oldest_dropped(act.world.inline, KEPT)
    query = {
        "id": query_id,
        "from": act.person.shape(),
        "query": words,
        "offset": act.text("offset"),
        "chat_type": kind,
    }
    return {
        "inline_query_id": query_id,
        "update_id": act.bot.mailbox.put("inline_query", query, f"inline {act.person.id}"),
    }


def choose(act: Act) -> Json:
    """Post one of the offered results; the bot hears which."""
    query_id = act.text("inline_query_id")
    query = act.world.inline.get(query_id)
    results = (query or {}).get("results") or []
    result = next((one for one in results if str(one.get("id")) == str(act.fields.get("result_id"))), None)
    if query is None or result is None:
        raise PersonError("no such inline result")
    bot = act.world.bots[query["bot"]]
    said = say(act, {**_content(act, result), "via_bot": bot.shape()})
    chosen: Json = {"result_id": str(result["id"]), "from": act.person.shape(), "query": query["query"]}
    if "reply_markup" in result:
        inline_id = act.world.fresh_id()
        act.chat.posts[said["message_id"]].inline_id = inline_id
        act.world.inline_posts[inline_id] = (act.chat.key, said["message_id"])
        chosen["inline_message_id"] = inline_id
    bot.mailbox.put("chosen_inline_result", chosen, f"inline {act.person.id}")
    return said


def _content(act: Act, result: Any) -> Json:
    markup = {"reply_markup": result["reply_markup"]} if "reply_markup" in result else {}
    given = result.get("input_message_content")
    if not given and "photo_file_id" in result:
        store = act.world.files
        sizes = store.photo_of(store.find(str(result["photo_file_id"]), act.bot.id))
        return {"photo": files.photo_shape(sizes, act.bot.id), **caption(Params(result)), **markup}
    if not given:
        return {"text": str(result.get("title") or result.get("caption") or "…"), **markup}
    if "message_text" not in given:
        return {**given, **markup}
    renamed = {**given, "text": given["message_text"]}
    text, entities = message_text(Params(renamed))
    return {"text": text, **({"entities": entities} if entities else {}), **markup}


VERBS: dict[str, Verb] = {"inline": inline, "choose": choose}
