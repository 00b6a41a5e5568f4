"""Answers to presses and to inline queries."""

from __future__ import annotations

import re
import time

from simulator.formatting import caption, message_text
from simulator.keyboards import markup
from simulator.methods.call import Call, Method
from simulator.params import Params
from simulator.refusals import Json, bad
from simulator.text import check_encoding

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NEEDED = {"article": ("title", "input_message_content"), "photo": ("photo_url", "thumbnail_url")}
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
BUTTON_RULE = "a results button has a text and either a start_parameter of 1-64 A-Z a-z 0-9 _ - or a web_app"
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
    for result in results:
        _check_result(call, result)
    if len(call.params.text("next_offset").encode()) > 64:
        raise bad("NEXT_OFFSET_INVALID", "next_offset is 0-64 bytes")
    query |= {"results": results, "button": _button(call)}
    call.world.events.tell("inline", lambda: {"inline": query})
    return True


def _button(call: Call) -> object:
    """The button above the results: into the private chat with a start parameter, or a web app."""
    button = call.params.structure("button", "button")
    if button is None:
        return None
    if not isinstance(button, dict) or not button.get("text"):
        raise bad("can't parse inline query results button: Can't find field \"text\"", BUTTON_RULE)
    if ("start_parameter" in button) == ("web_app" in button):
        raise bad("INLINE_BUTTON_INVALID", BUTTON_RULE)
    if "start_parameter" in button and not START_PARAMETER.fullmatch(str(button["start_parameter"])):
        raise bad("START_PARAM_INVALID", BUTTON_RULE)
    return button


def _check_result(call: Call, result: object) -> None:
    rule = "an inline result has type, id, and what its type needs"
    if not isinstance(result, dict):
        raise bad("can't parse inline query result: Object expected", rule)
    kind = result.get("type")
    needed = ["id", *NEEDED.get(str(kind), ())]
    if kind == "photo" and "photo_file_id" in result:
        needed = ["id"]
        call.world.files.find(str(result["photo_file_id"]), call.bot.id)
    for name in needed:
        if not result.get(name):
            raise bad(f"can't parse inline query result: Can't find field \"{name}\"", rule)
    if not 1 <= len(str(result["id"]).encode()) <= 64:
        raise bad("RESULT_ID_INVALID", "an inline result's id is 1-64 bytes")
    markup(Params(result))
    caption(Params(result))
    if "input_message_content" in result and "message_text" in result["input_message_content"]:
        message_text(
            Params({**result["input_message_content"], "text": result["input_message_content"]["message_text"]})
        )


METHODS: dict[str, Method] = {
    "answercallbackquery": answer_callback_query,
    "answerinlinequery": answer_inline_query,
}
