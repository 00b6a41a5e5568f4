"""How updates reach a bot: long polling and webhooks."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from simulator.mailbox import ONE_READER, Hook
from simulator.methods.call import Call, Encoded, Method
from simulator.refusals import Json, bad, conflict
from simulator.snapshot import bot_view
from simulator.world import BotAccount

MAX_POLL_SECONDS = 50
HOOK_RULE = "a webhook is https, or any address of this machine"
_SECRET = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


async def get_updates(call: Call) -> Encoded:
    """Long polling."""
    params = call.params
    _allowed(call)
    limit = min(max(params.integer("limit", 100), 1), 100)
    timeout = min(max(params.integer("timeout"), 0), MAX_POLL_SECONDS)
    if not call.bot.mailbox.polling:
        call.bot.mailbox.polled_at = time.monotonic()
        tell_bot(call, call.bot)
    updates = await call.bot.mailbox.poll(params.integer("offset"), limit, timeout)
    return Encoded("[" + ",".join(update.text for update in updates) + "]")


def _allowed(call: Call) -> None:
    kinds = call.params.structure("allowed_updates", "allowed_updates")
    if isinstance(kinds, list):
        call.bot.mailbox.allow(str(kind) for kind in kinds)


def set_webhook(call: Call) -> bool:
    """Deliver by POST from now on; an empty URL goes back to polling."""
    url = call.params.text("url")
    if not url:
        return delete_webhook(call)
    _check_url(url)
    secret = call.params.text("secret_token")
    if secret and not (len(secret) <= 256 and _SECRET.issuperset(secret)):
        raise bad("secret token contains unallowed characters", "secret_token is 1-256 of A-Z a-z 0-9 _ -")
    mailbox = call.bot.mailbox
    mailbox.stop_poll(conflict("terminated by setWebhook request", ONE_READER))
    _allowed(call)
    if call.params.flag("drop_pending_updates"):
        mailbox.clear()
    mailbox.hook = Hook(url, secret, min(max(call.params.integer("max_connections", 40), 1), 100))
    mailbox.arrived.set()
    tell_bot(call, call.bot)
    return True


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    here = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad("bad webhook: invalid webhook URL specified", HOOK_RULE)
    if parts.scheme == "http" and not here:
        raise bad("bad webhook: An HTTPS URL must be provided for webhook", HOOK_RULE)
    if not here:
        raise bad("bad webhook: Failed to resolve host: Name or service not known", HOOK_RULE)


def delete_webhook(call: Call) -> bool:
    """Back to polling."""
    if call.params.flag("drop_pending_updates"):
        call.bot.mailbox.clear()
    call.bot.mailbox.hook = Hook()
    tell_bot(call, call.bot)
    return True


def get_webhook_info(call: Call) -> Json:
    """The webhook and how its deliveries go."""
    mailbox = call.bot.mailbox
    hook = mailbox.hook
    info: Json = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(mailbox.queue),
    }
    if hook.url:
        info |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
    if hook.last_error_date is not None:
        info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
    if mailbox.allowed is not None:
        info["allowed_updates"] = sorted(mailbox.allowed)
    return info


def tell_bot(call: Call, bot: BotAccount) -> None:
    """The page shows a bot's switches."""
    call.world.events.tell("bot", lambda: {"bot": bot_view(bot)})


def log_out(call: Call) -> bool:
    """Nothing to move here; the real server allows it once in ten minutes."""
    return True


METHODS: dict[str, Method] = {
    "getupdates": get_updates,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "logout": log_out,
    "close": log_out,
}
