"""One call of a method: who called, with what, in which world."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from simulator.access import may_write, message_named
from simulator.keyboards import markup
from simulator.params import Params
from simulator.posting import post, quoted, show_keyboard
from simulator.refusals import Json, bad
from simulator.world import BotAccount, Chat, Post, World


@dataclass(frozen=True, slots=True)
class Call:
    """A bot's call."""

    world: World
    bot: BotAccount
    params: Params


class Encoded(str):
    """A result that is JSON already."""

    __slots__ = ()


Method = Callable[[Call], object | Awaitable[object]]
REPLY_RULE = "reply_parameters name a message of this chat"


def send(
    call: Call,
    chat: Chat,
    content: Json,
    *,
    right: str = "can_send_messages",
    invoice: bool = False,
    paced: bool = True,
) -> Post:
    """Check rights, markup, reply and pace, then put the bot's message into the chat."""
    may_write(call.bot, chat, right)
    if call.params.integer("message_thread_id"):
        raise bad("message thread not found", "the simulator's groups have no topics")
    buttons = markup(call.params, invoice=invoice)
    content = {**content, **replied(call, chat)}
    if buttons and "inline_keyboard" in buttons and buttons["inline_keyboard"]:
        content["reply_markup"] = buttons
    if call.params.flag("protect_content"):
        content["has_protected_content"] = True
    if paced:
        call.world.limits.spend(call.bot.id, chat.id)
    message = post(call.world, chat, call.bot, content, silent=call.params.flag("disable_notification"))
    if buttons and "inline_keyboard" not in buttons:
        message.fixed = True
        _reply_keyboard(call, chat, buttons, message.id)
    return message


def _reply_keyboard(call: Call, chat: Chat, buttons: Json, message_id: int) -> None:
    if "keyboard" in buttons:
        show_keyboard(call.world, chat, {**buttons, "message_id": message_id})
    elif buttons.get("remove_keyboard"):
        show_keyboard(call.world, chat, None)


def replied(call: Call, chat: Chat) -> Json:
    """`reply_to_message` for a message that answers another."""
    wanted = call.params.structure("reply_parameters", "reply parameters")
    if wanted is None:
        if "reply_to_message_id" not in call.params:
            return {}
        wanted = {
            "message_id": call.params.integer("reply_to_message_id"),
            "allow_sending_without_reply": call.params.flag("allow_sending_without_reply"),
        }
    if "message_id" not in wanted:
        raise bad('can\'t find field "message_id"', REPLY_RULE)
    target = chat.posts.get(int(wanted["message_id"]))
    if target is not None:
        return {"reply_to_message": quoted(target)}
    if wanted.get("allow_sending_without_reply"):
        return {}
    raise bad("message to be replied not found", REPLY_RULE)


__all__ = ["Call", "Encoded", "Method", "message_named", "replied", "send"]
