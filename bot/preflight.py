"""Looks before anything starts: token, Bot API, database, revision; each trouble is one sentence and exit code 2."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from core.config import BotFacts, Config
from core.db import make_engine

TRIES = 3
SECONDS = 5


class Trouble(Exception):
    """A sentence for the person who started the program; it exits with code 2."""


def load_config() -> Config:
    """The settings of the environment. Trouble names the variable."""
    try:
        return Config()
    except (ValidationError, ValueError) as error:
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            name = f"FARMGATE_{'_'.join(str(part) for part in first['loc']).upper()}"
            said = first["msg"].removeprefix("Value error, ")
            raise Trouble(f"{name}: {said}.") from None
        raise Trouble(str(error)) from None


def check_token(config: Config) -> None:
    """A token of the right shape, without asking anybody."""
    token = config.bot_token
    if not token:
        raise Trouble(
            "FARMGATE_BOT_TOKEN is not set. Talk to @BotFather in the messenger, send /newbot, "
            "and put the token it gives you into .env (or try `make demo`, which needs none)."
        )
    number, _, secret = token.partition(":")
    if not number.isdigit() or not secret:
        raise Trouble("FARMGATE_BOT_TOKEN does not look like a token; one looks like 123456:ABC-DEF1234ghIkl.")


def check_database(config: Config) -> None:
    """A database that answers. Trouble names what the driver said, without the password."""
    if not config.url.startswith(("sqlite:///", "postgresql")):
        scheme = config.url.partition(":")[0]
        raise Trouble(
            f"FARMGATE_DATABASE_URL begins with {scheme}:, which is no database we keep; "
            "examples: sqlite:///var/farmgate.db, postgresql://user:password@host/farmgate."
        )
    try:
        if config.database_url is None or config.url.startswith("sqlite:///"):
            Path(config.url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = make_engine(config.url)
    except (ArgumentError, SQLAlchemyError, ModuleNotFoundError) as error:
        raise Trouble(
            f"FARMGATE_DATABASE_URL cannot be used ({type(error).__name__}); "
            "examples: sqlite:///var/farmgate.db, postgresql://user:password@host/farmgate."
        ) from None
    except OSError as error:
        raise Trouble(f"FARMGATE_DATA_DIR cannot be used: {error.strerror}: {error.filename}.") from None
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise Trouble(f"The database does not answer: {reason}. Check FARMGATE_DATABASE_URL.") from None
    finally:
        engine.dispose()


def check_revision(config: Config) -> None:
    """The database is at the newest revision; the separate parts do not migrate by themselves."""
    from core.migrations import current, head

    if current(config.url) != head():
        raise Trouble("The database is not at the newest revision. Run `farmgate migrate` first.")


def ask_who(config: Config, *, is_demo: bool = False) -> BotFacts:
    """The bot's own id, name and switches from the Bot API."""
    me = ask_api(config, "getMe")
    return BotFacts(
        int(me["id"]), str(me.get("username", "")), config.media_dir, config.default_language, is_demo,
        bool(config.payment_provider_token), bool(me.get("supports_inline_queries")),
    )  # fmt: skip


def ask_api(config: Config, method: str) -> dict[str, Any]:
    """What the Bot API answers to a method without arguments. Trouble: it is not there, or knows no such bot."""
    url = f"{config.bot_api_url}/bot{config.bot_token}/{method}"
    for attempt in range(TRIES):
        try:
            with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310 - config allows http and https only
                result: dict[str, Any] = json.load(answer)["result"]
                return result
        except urllib.error.HTTPError as error:
            if error.code in (401, 404):
                raise Trouble("The Bot API does not know FARMGATE_BOT_TOKEN; get one from @BotFather.") from None
            reason = f"it answered {error.code}"
        except (OSError, ValueError, KeyError) as error:
            reason = str(getattr(error, "reason", None) or type(error).__name__)
        if attempt + 1 < TRIES:
            time.sleep(1 + attempt)
    raise Trouble(f"The Bot API at {config.bot_api_url} cannot be reached: {reason}. Check FARMGATE_BOT_API_URL.")
