"""Pressing buttons, inline or on the reply keyboard, and paying."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

from simulator import payments
from simulator.acts.act import Act, Verb, chat_at, must_be_in, say
from simulator.acts.talking import start, typed
from simulator.groups import joined
from simulator.posting import show_keyboard
from simulator.refusals import Json, PersonError
from simulator.world import Member, Post, oldest_dropped

KEPT_CALLBACKS = 20_000
HOME = {"latitude": 18.5204, "longitude": 73.8567}


def press(act: Act) -> Json:
    """Find the button and do what it does."""
    if "data" in act.fields:
        return _callback(act, act.message(), act.text("data"))
    found = _find(act, act.text("label"))
    if found is None:
        raise PersonError(f"no button {act.text('label')!r} in chat {act.chat.key}; there are: {_labels(act)}")
    button, message = found
    return _inline(act, message, button) if message is not None else _reply(act, button)


def _find(act: Act, label: str) -> tuple[Json, Post | None] | None:
    """Exact words first, then the beginning, then a part; newest message first, then the reply keyboard."""
    offers = list(_offers(act))
    for fits in (str.__eq__, str.startswith, str.__contains__):
        for button, message in offers:
            if fits(str(button["text"]), label):
                return button, message
    return None


def _offers(act: Act) -> list[tuple[Json, Post | None]]:
    one = bool(act.fields.get("message_id"))
    posts = [act.message()] if one else list(reversed(act.chat.posts.values()))
    offers: list[tuple[Json, Post | None]] = []
    for message in posts:
        rows = message.body.get("reply_markup", {}).get("inline_keyboard", ())
        offers += [(button, message) for row in rows for button in row]
    if act.chat.keyboard is not None and not one:
        offers += [(button, None) for row in act.chat.keyboard["keyboard"] for button in row]
    return offers


def _labels(act: Act) -> str:
    return " ".join(f"[{button['text']}]" for button, _ in _offers(act)[:24]) or "none"


def _inline(act: Act, message: Post, button: Json) -> Json:
    if "callback_data" in button:
        return _callback(act, message, str(button["callback_data"]))
    if "url" in button:
        return {"url": button["url"], **_followed(act, str(button["url"]))}
    if "copy_text" in button:
        return {"copied": button["copy_text"]["text"]}
    if button.get("pay"):
        paid = _pay(act, message.id, str(act.fields.get("outcome", "ok")))
        return {"pay": message.id, **paid}
    if "web_app" in button:
        return {"web_app": button["web_app"]["url"]}
    query = button.get("switch_inline_query", button.get("switch_inline_query_current_chat"))
    if query is not None:
        return {"switch_inline_query": query}
    return {"button": button}


def _callback(act: Act, message: Post, data: str) -> Json:
    if act.chat.person is None:
        must_be_in(act)
    bot = act.world.bots[message.body.get("via_bot", {}).get("id") or message.by_bot or act.bot.id]
    query_id = act.world.fresh_id()
    query: Json = {
        "id": query_id,
        "from": act.person.shape(),
        "message": message.body,
        "chat_instance": str(hash(act.chat.key)),
        "data": data,
    }
    if message.inline_id:
        del query["message"]
        query["inline_message_id"] = message.inline_id
    act.world.callbacks[query_id] = {
        "id": query_id, "user": act.person.id, "bot": bot.id, "chat": act.chat.key, "message_id": message.id,
        "data": data,         "answered": False, "text": "", "show_alert": False, "url": "", "began": time.monotonic(),
    }  # fmt: skip
    oldest_dropped(act.world.callbacks, KEPT_CALLBACKS)
    update_id = bot.mailbox.put("callback_query", query, act.chat.key)
    return {"callback_id": query_id, "message_id": message.id, "update_id": update_id}


def _followed(act: Act, url: str) -> Json:
    """A link to one of our bots opens its chat and presses Start, or adds it to a group."""
    parts = urlsplit(url)
    name = parts.path.strip("/").lower()
    bot = next((bot for bot in act.world.bots.values() if bot.username.lower() == name), None)
    if bot is None or parts.hostname not in {"t.me", "telegram.me"} or act.fields.get("follow") is False:
        return {}
    query = parse_qs(parts.query, keep_blank_values=True)
    if "startgroup" in query:
        return _added(act, bot.id, query["startgroup"][0])
    home = Act(
        act.world,
        act.person,
        bot,
        act.world.private_chat(act.person, bot),
        {"payload": query.get("start", [""])[0]},
    )
    return {"chat": home.chat.key, **start(home)}


def _added(act: Act, bot_id: int, payload: str) -> Json:
    group = chat_at(act.world, act.fields.get("to"))
    if group is None:
        return {"startgroup": payload}
    bot = act.world.bots[bot_id]
    joined(act.world, group, act.person, bot, Member())
    return {"chat": group.key, **start(Act(act.world, act.person, bot, group, {"payload": payload}))}


def _reply(act: Act, button: Json) -> Json:
    if act.chat.keyboard is not None and act.chat.keyboard.get("one_time_keyboard"):
        show_keyboard(act.world, act.chat, None)
    if button.get("request_contact"):
        card = {
            "phone_number": act.person.phone_number,
            "first_name": act.person.first_name,
            "user_id": act.person.id,
        }
        return say(act, {"contact": card})
    if button.get("request_location"):
        place = {name: float(act.fields.get(name, default)) for name, default in HOME.items()}
        return say(act, {"location": place})
    return say(act, typed(str(button["text"])))


def pay(act: Act) -> Json:
    """Pay an invoice message, or a link."""
    outcome = str(act.fields.get("outcome", "ok"))
    if "link" not in act.fields:
        return _pay(act, act.message().id, outcome)
    invoice = act.world.invoice_links.get(act.text("link"))
    if invoice is None:
        raise PersonError("no such invoice link")
    return {"payment_id": payments.begin(act.world, act.person, act.chat, 0, invoice, outcome).id}


def _pay(act: Act, message_id: int, outcome: str) -> Json:
    invoice = act.world.invoice_links.get(f"{act.chat.key}/{message_id}")
    if invoice is None:
        raise PersonError(f"message {message_id} is no invoice")
    payment = payments.begin(act.world, act.person, act.chat, message_id, invoice, outcome)
    payment.shipping_option = str(act.fields.get("shipping_option_id", ""))
    return {"payment_id": payment.id, "message_id": message_id}


VERBS: dict[str, Verb] = {"press": press, "pay": pay}
