"""What each command does: loads the settings, looks before it starts, composes the parts, waits for the end."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from bot import keeping, lean, preflight
from bot.preflight import Trouble
from bot.stopping import heed_signals, wait

# roles share the interpreter: by default one that only waited for its socket waits five more milliseconds for its turn
SWITCH_SECONDS = 0.001

if TYPE_CHECKING:
    from core.config import BotFacts, Config


def run(_options: argparse.Namespace) -> int:
    """Everything in one process; brings the database up to date first."""
    config = preflight.load_config()
    preflight.check_token(config)
    preflight.check_data_dir(config)
    is_new = preflight.is_missing(config)
    preflight.check_database(config, makes=True)
    facts = preflight.ask_who(config)
    if is_new:  # a slip in its path would else begin another shop without a word
        _say(f"There was no database in {config.database_file}: it is made now, for a new shop.")
    with preflight.hold(config) or nullcontext():
        preflight.upgrade_database(config)
        if config.public_url:
            return _serve(config, facts, ("web", "worker", "sender", "scheduler"))
        return _serve(config, facts, ("receiver", "worker", "sender", "scheduler", "web"))


def part(role: str) -> Callable[[argparse.Namespace], int]:
    """One part of the whole, for several processes on PostgreSQL."""

    def start(_options: argparse.Namespace) -> int:
        config = preflight.load_config()
        preflight.check_token(config)
        if config.is_sqlite:
            raise Trouble("Separate parts need PostgreSQL (FARMGATE_DATABASE_URL); on SQLite use `farmgate run`.")
        if role == "receiver" and config.public_url:
            raise Trouble("FARMGATE_PUBLIC_URL is set, so updates come by webhook: start `farmgate web` instead.")
        preflight.check_data_dir(config)
        preflight.check_database(config)
        preflight.check_revision(config)
        return _serve(config, preflight.ask_who(config), (role,))

    return start


def migrate(_options: argparse.Namespace) -> int:
    """Bring the database to the newest revision and say which that is."""
    from core.migrations import head

    config = preflight.load_config()
    preflight.upgrade_database(config)
    _say(f"The database is at revision {head()}.")
    return 0


def verify(_options: argparse.Namespace) -> int:
    """Check every invariant; print each broken one."""
    from core.db import Database
    from core.verify import broken, held

    config = preflight.load_config()
    preflight.check_database(config)
    preflight.check_revision(config)
    database = Database(config.url, patient=True)
    with database.reading() as session:
        found = broken(session)
    database.dispose()
    for sentence in found:
        _say(f"BROKEN: {sentence}")
    if not found:
        _say(f"All invariants held: {', '.join(held())}.")
    return 1 if found else 0


def check(_options: argparse.Namespace) -> int:
    """Say what is set, what is missing, and how to change it."""
    from bot.checks import report

    config = preflight.load_config()
    lines, is_well = report(config)
    for line in lines:
        _say(line)
    return 0 if is_well else 2


def seed(_options: argparse.Namespace) -> int:
    """Fill an empty database with the sample market."""
    from bot.seed import seed_database

    config = preflight.load_config()
    preflight.check_data_dir(config)
    preflight.upgrade_database(config)
    _say(seed_database(config))
    return 0


def demo(options: argparse.Namespace) -> int:
    """The market in the browser."""
    from bot.demo import serve

    return serve(options.port, options.language, _say)


def tour(options: argparse.Namespace) -> int:
    """One season, printed."""
    from bot.tour import play

    return play(options.language, _say)


def _serve(config: Config, facts: BotFacts, roles: Sequence[str]) -> int:
    from core.i18n import read_catalogues

    if "worker" in roles or "sender" in roles:  # the others hardly speak
        read_catalogues()  # before what follows is imported: see there
    if tuple(roles) == ("sender",):
        lean.import_sender()
    import handlers
    from bot.app import App, make_database
    from bot.first_start import prepare
    from core.clock import SystemClock

    if "worker" in roles:  # they bring aiogram, which takes seconds and 165 MB to import
        handlers.load_all()
    sys.setswitchinterval(SWITCH_SECONDS)
    app = App(config, SystemClock(), facts, make_database(config))
    heed_signals(app.ended)  # before it says that it serves: whoever reads that may stop it at once
    if "web" in roles:
        app.place, roles = _listen(config, roles)
    for line in prepare(app.database, config, facts, app.clock.now(), links="worker" in roles):
        _say(line)
    app.start(roles)
    _say(f"@{facts.username} is served ({', '.join(roles)}). Stop with Ctrl-C.")
    wait(app.ended)
    app.stop()
    failure = type(app.failure).__name__
    if failure == "BadToken":
        raise Trouble("The Bot API does not know this FARMGATE_BOT_TOKEN any more; get a fresh one from @BotFather.")
    if failure == "HookRefused":
        raise Trouble(f"The messenger does not take FARMGATE_PUBLIC_URL: {app.failure}.")
    return 1 if app.failure is not None else 0


def _listen(config: Config, roles: Sequence[str]) -> tuple[socket.socket | None, Sequence[str]]:
    """Where the web role listens; a taken port that nobody named is no trouble for whoever polls."""
    from web.server import address, listening

    try:
        place = listening(config.web_host, config.web_port)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else error.strerror
        trouble = f"FARMGATE_WEB_HOST {config.web_host}, FARMGATE_WEB_PORT {config.web_port}: {why}"
        if config.public_url or len(roles) == 1 or "web_port" in config.model_fields_set:
            raise Trouble(f"{trouble}.") from None
        _say(f"{trouble}; health and figures are not served.")
        return None, [role for role in roles if role != "web"]
    _say(f"Web on {address(place)} (/healthz, /readyz, /metrics).")
    return place, roles


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the command line speaks by printing


RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "demo": demo, "tour": tour, "run": run, "migrate": migrate, "seed": seed, "check": check, "verify": verify,
    "backup": keeping.backup, "restore": keeping.restore, "rotate-key": keeping.rotate_key,
    **{role: part(role) for role in ("receiver", "worker", "sender", "scheduler", "web")},
}  # fmt: skip
