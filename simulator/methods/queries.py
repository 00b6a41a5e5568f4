"""Answers to presses and to inline queries."""

from __future__ import annotations

import time

from simulator.methods.call import Call, Method
from simulator.refusals import Json, bad
from simulator.text import check_encoding

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
ANSWER_RULE = "a query is answered once, within seconds, by the bot that received it"


def answer_callback_query(call: Call) -> bool:
    """Stop the spinner; a text becomes a toast or an alert."""
    query = call.world.callbacks.get(call.params.text("callback_query_id"))
    late = call.world.limits.settings.callback_seconds
    if query is None or query["bot"] != call.bot.id or query["answered"] or time.monotonic() - query["began"] > late:
        raise bad(TOO_OLD, ANSWER_RULE)
    text = call.params.text("text")
    check_encoding(text)
    if len(text) > 200:
        raise bad("MESSAGE_TOO_LONG", "the answer to a press is 0-200 characters")
    query |= {
        "answered": True,
        "text": text,
        "show_alert": call.params.flag("show_alert"),
        "url": call.params.text("url"),
    }
    _toast(call, query)
    return True


def _toast(call: Call, query: Json) -> None:
    toast = {name: query[name] for name in ("user", "chat", "message_id", "text", "show_alert", "url")}
    toast |= {"callback_id": query["id"], "at": time.time(), "seq": call.world.events.seq + 1}
    if query["text"] or query["url"]:
        call.world.toasts.append(toast)
    kind = "toast" if query["text"] else "answer"
    call.world.events.happened(query["chat"], kind, "bot", query["message_id"] or 0, lambda: {"toast": toast})


def answer_inline_query(call: Call) -> bool:
    """Results for an inline query."""
    query = call.world.inline.get(call.params.text("inline_query_id"))
    if query is None or query["bot"] != call.bot.id or query["results"] is not None:
        raise bad(TOO_OLD, ANSWER_RULE)
    results = call.params.structure("results", "results")
    if not isinstance(results, list):
        raise bad("can't parse results JSON object", "results are an array")
    if len(results) > 50:
        raise bad("RESULTS_TOO_MUCH", "at most 50 inline results")
    if len({result.get("id") for result in results}) < len(results):
        raise bad("RESULT_ID_DUPLICATE", "inline results have ids of their own")
    query |= {"results": results, "button": call.params.structure("button", "button")}
    call.world.events.tell("inline", lambda: {"inline": query})
    return True


METHODS: dict[str, Method] = {
    "answercallbackquery": answer_callback_query,
    "answerinlinequery": answer_inline_query,
}
