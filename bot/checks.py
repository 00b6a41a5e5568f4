"""`farmgate check`: looks at settings, database, token, the bot's own flags, and says what to change and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

from bot.preflight import (
    NoSuchMethod,
    Trouble,
    ask_api,
    check_database,
    check_revision,
    check_token,
    is_missing,
    obstacle,
)
from core.config import PUBLIC_BOT_API, Config
from core.db import Database
from core.members.queries import staff
from core.migrations import current
from core.payments.service import takes_money
from core.permissions import Role
from core.settings import service as settings

WELL, WRONG, HINT = "ok  ", "!!  ", "--  "


@dataclass(frozen=True)
class Line:
    """One finding: well, wrong (cannot serve), or a hint (serves, but something is off or still to come)."""

    mark: str
    text: str


def report(config: Config) -> tuple[list[str], bool]:
    """The findings as lines to print, and whether the bot can serve."""
    found = [*_settings(config), *_token(config), *_database(config)]
    return [f"{line.mark}{line.text}" for line in found], all(line.mark != WRONG for line in found)


def _settings(config: Config) -> Iterator[Line]:
    where = make_url(config.url).render_as_string(hide_password=True)
    yield Line(WELL, f"Settings: database {where}, data in {config.data_dir}.")
    if (why := obstacle(config.data_dir)) is not None:
        yield Line(WRONG, f"FARMGATE_DATA_DIR cannot be used: {why}.")
    if config.bot_api_url != PUBLIC_BOT_API:
        yield Line(HINT, f"Bot API: {config.bot_api_url}, not the public one.")
    if config.payment_provider_token is None:
        text = "Payments: no FARMGATE_PAYMENT_PROVIDER_TOKEN, so no cards in chat; ⚙️ Settings has other ways to pay. "
        yield Line(HINT, text + "To add one: @BotFather, /mybots, Payments.")


def _token(config: Config) -> Iterator[Line]:
    trouble = _tried(lambda: check_token(config))
    if trouble:
        yield trouble
        return
    try:
        me = ask_api(config, "getMe")
        hook = _hook(config)
    except Trouble as error:
        yield Line(WRONG, f"Bot: {error}")
        return
    yield Line(WELL, f"Bot: @{me.get('username', '?')}, id {me['id']}.")
    yield from _flags(me)
    yield _webhook(config, hook)


def _hook(config: Config) -> dict[str, Any]:
    try:
        return ask_api(config, "getWebhookInfo")
    except NoSuchMethod:
        return {}  # then none is in the way of polling


def _flags(me: dict[str, Any]) -> Iterator[Line]:
    """The bot's own switches; each with the steps that change it."""
    name = f"@{me.get('username', 'your bot')}"
    if me.get("can_join_groups"):
        yield Line(WELL, "Groups: the bot can be added.")
    else:
        steps = f"In @BotFather send /setjoingroups, choose {name}, press Enable."
        yield Line(HINT, f"Groups: the bot cannot be added, so sales cannot be posted there. {steps}")
    if me.get("can_read_all_group_messages"):
        steps = f"To be discreet: @BotFather, /setprivacy, choose {name}, press Enable; then add the bot anew."
        yield Line(HINT, f"Privacy: off, the bot is sent every message of its groups; it needs none of them. {steps}")
    else:
        yield Line(WELL, "Privacy: on, in groups the bot reads only commands and replies to it, which is all it needs.")
    if me.get("supports_inline_queries"):
        yield Line(WELL, "Inline: on.")
    else:
        steps = f"To share sales by @name in any chat: @BotFather, /setinline, choose {name}, write: mango."
        yield Line(HINT, f"Inline: off. {steps}")


def _webhook(config: Config, hook: dict[str, Any]) -> Line:
    address = str(hook.get("url") or "")
    waiting = int(hook.get("pending_update_count") or 0)
    if not address:
        way = "set at the next start" if config.public_url else "none, updates are polled"
        return Line(WELL, f"Webhook: {way}; {waiting} updates wait.")
    host = urlsplit(address).netloc
    if config.public_url and host == urlsplit(config.public_url).netloc:
        failed = str(hook.get("last_error_message") or "")
        if failed and waiting:
            return Line(HINT, f"Webhook: set at {host}, but {waiting} updates wait; the last try failed: {failed}.")
        return Line(WELL, f"Webhook: set at {host}; {waiting} updates wait.")
    text = f"Webhook: set at {host}, so polling is refused. `farmgate run` takes it away; does another bot use it?"
    return Line(HINT, text)


def _database(config: Config) -> Iterator[Line]:
    if is_missing(config):
        yield Line(HINT, "Database: no database yet: `farmgate migrate` (or `farmgate run`) makes it.")
        return
    trouble = _tried(lambda: check_database(config))
    if trouble:
        yield trouble
        return
    revision = current(config.url)
    if revision is None:
        yield Line(HINT, "Database: answers, still empty. `farmgate run` (or `farmgate migrate`) prepares it.")
        return
    trouble = _tried(lambda: check_revision(config))
    if trouble:
        yield trouble
        return
    yield Line(WELL, f"Database: answers, at revision {revision}.")
    yield from _shop(config)


def _shop(config: Config) -> Iterator[Line]:
    """What the first start settles."""
    database = Database(config.url)
    try:
        with database.reading() as session:
            currency, owners = settings.get_text(session, "currency"), staff(session, [Role.OWNER])
            region, can_pay = settings.get_text(session, "region"), takes_money(session)
    finally:
        database.dispose()
    if owners:
        yield Line(WELL, f"Owner: {len(owners)} present.")
    else:
        yield Line(HINT, "Owner: none yet. `farmgate run` prints a link; or set FARMGATE_OWNER_IDS.")
    if currency:
        yield Line(WELL, f"Currency: {currency}{f', country {region}' if region else ''}.")
    else:
        yield Line(HINT, "Currency: not chosen, so nobody can sell. The owner is asked in chat; or FARMGATE_CURRENCY.")
    if currency and not can_pay and config.payment_provider_token is None:
        yield Line(HINT, "Ways to pay: none, so nobody can pay a deposit. The owner: ⚙️ Settings, 💳 Ways to pay.")


def _tried(look: Callable[[], None]) -> Line | None:
    try:
        look()
    except Trouble as error:
        return Line(WRONG, str(error))
    return None
