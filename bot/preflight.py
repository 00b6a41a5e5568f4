"""Looks before anything starts: token, Bot API, database, revision; each trouble is one sentence and exit code 2."""

from __future__ import annotations

import fcntl
import json
import os
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import sealing
from core.config import PUBLIC_BOT_API, BotFacts, Config
from core.db import is_away
from core.engine import make_engine

TRIES = 3
SECONDS = 5
NOT_ALLOWED, LOCKED = "42501", "55P03"  # PostgreSQL: insufficient privilege, a lock waited for too long


class Trouble(Exception):
    """A sentence for the person who started the program; it exits with code 2."""


def load_config() -> Config:
    """The settings of the environment. Trouble names the variable."""
    try:
        config = Config()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"FARMGATE_{'_'.join(str(part) for part in first['loc']).upper()}"
        said = first["msg"].removeprefix("Value error, ")
        raise Trouble(f"{name}: {said}.") from None
    except (OSError, ValueError) as error:
        raise Trouble(f".env cannot be read: {error}.") from None
    sealing.use(config.keys)
    return config


def check_token(config: Config) -> None:
    """A token, without asking anybody."""
    if not config.bot_token:
        raise Trouble(
            "FARMGATE_BOT_TOKEN is not set. Talk to @BotFather in the messenger, send /newbot, "
            "and put the token it gives you into .env (or try `make demo`, which needs none)."
        )


def check_data_dir(config: Config) -> None:
    """A folder for media, made where there is none."""
    _make(config.data_dir, "FARMGATE_DATA_DIR")


def obstacle(folder: Path) -> str | None:
    """Why this folder cannot be written or made, without making it."""
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not nearest.is_dir():
        return f"{nearest} is no folder"
    return None if os.access(nearest, os.W_OK | os.X_OK) else f"{nearest} may not be written"


def is_missing(config: Config) -> bool:
    """Whether there is no SQLite file yet, or an empty one."""
    file = config.database_file
    return file is not None and (not file.exists() or (file.is_file() and file.stat().st_size == 0))


def hold(config: Config) -> IO[str] | None:
    """Serve an SQLite file alone: it is held while the answer is open. Trouble where another process serves it."""
    if config.database_file is None:
        return None
    place = config.database_file.with_name(config.database_file.name + ".lock")
    try:
        held = place.open("a+", encoding="ascii")
    except OSError as error:
        raise Trouble(f"{place} cannot be written: {error.strerror}.") from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.seek(0)
        who = held.read().strip() or "?"
        held.close()
        raise Trouble(f"Process {who} serves {config.database_file} already: stop that one first.") from None
    except OSError:
        return held  # a file system that knows no locks: nobody can tell
    held.truncate(0)
    held.write(f"{os.getpid()}\n")
    held.flush()
    return held


def check_database(config: Config, *, makes: bool = False) -> None:
    """A database that answers; only what `makes` it finds none is well. Trouble says what the driver said."""
    if config.database_file is not None:
        if makes:
            _make(config.database_file.parent, "FARMGATE_DATABASE_URL" if config.database_url else "FARMGATE_DATA_DIR")
        elif is_missing(config):
            raise Trouble("There is no database yet: `farmgate migrate` (or `farmgate run`) makes it.")
    engine = make_engine(config.url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError as error:
        raise Trouble(f"The database does not answer: {_reason(error)}. Check FARMGATE_DATABASE_URL.") from None
    finally:
        engine.dispose()


def upgrade_database(config: Config) -> None:
    """Make or reach the database, and bring it to the newest revision. Trouble where that may not be."""
    from alembic.util import CommandError

    from core.migrations import upgrade

    check_database(config, makes=True)
    try:
        upgrade(config.url)
    except CommandError:
        raise Trouble("The database is of a newer version than this program; install that version again.") from None
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state == LOCKED:
            raise Trouble(
                "The database cannot be prepared while somebody uses it, perhaps a backup. Try again."
            ) from None
        if not is_away(error) and state != NOT_ALLOWED:
            raise
        raise Trouble(f"The database cannot be prepared: {_reason(error)}.") from None


def _make(folder: Path, variable: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(f"{variable} cannot be used: {error.strerror}: {error.filename}.") from None
    if (why := obstacle(folder)) is not None:
        raise Trouble(f"{variable} cannot be used: {why}.")


def went_away(error: Exception) -> bool:
    """Whether the database answered at first and stopped meanwhile: nothing else is wrong."""
    return isinstance(error, DBAPIError) and is_away(error)


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0]


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


class NoSuchMethod(Trouble):
    """The Bot API that is asked does not have all methods of the public one."""


def ask_api(config: Config, method: str) -> dict[str, Any]:
    """What the Bot API answers to a method without arguments. Trouble: it is not there, knows no such bot, or (then
    NoSuchMethod) no such method.
    """
    url, form = f"{config.bot_api_url}/bot{config.bot_token}/{method}", {"Content-Type": "application/json"}
    # as every later call is made: some servers know no other way
    asked = urllib.request.Request(url, b"{}", form)  # noqa: S310 - config allows http and https only
    for attempt in range(TRIES):
        try:
            with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310 - as above
                result: dict[str, Any] = json.load(answer)["result"]
                return result
        except urllib.error.HTTPError as error:
            if error.code == HTTPStatus.NOT_FOUND and method != "getMe":
                raise NoSuchMethod(f"it knows no {method}") from None
            if error.code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
                raise Trouble("The Bot API does not know FARMGATE_BOT_TOKEN; get one from @BotFather.") from None
            reason = f"it answered {error.code}"
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
            reason = str(getattr(error, "reason", None) or type(error).__name__)
        if attempt + 1 < TRIES:
            time.sleep(1 + attempt)
    look = "the network" if config.bot_api_url == PUBLIC_BOT_API else "FARMGATE_BOT_API_URL"
    raise Trouble(f"The Bot API at {config.bot_api_url} cannot be reached: {reason}. Check {look}.")
