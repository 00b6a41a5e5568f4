"""The command line: `farmgate` (also `python -m bot`). Imports are lazy so that --help answers at once."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

COMMANDS = {
    "demo": "play with a seeded market in the browser: no account, no token",
    "tour": "play one season without a browser and print it",
    "run": "serve the messenger, everything in one process",
    "receiver": "only receive updates (PostgreSQL)",
    "worker": "only work updates off (PostgreSQL)",
    "sender": "only send (PostgreSQL)",
    "scheduler": "only do what falls due (PostgreSQL)",
    "web": "only serve the webhook, health and figures (PostgreSQL)",
    "migrate": "bring the database to the newest revision",
    "seed": "fill an empty database with a sample market",
    "check": "look at settings, database, token and the bot's own flags, and say what to change",
    "verify": "check every invariant of a live database; exit 1 when one is broken",
    "backup": "write the database and the media into one archive while everything serves",
    "restore": "put an archive in place of the database and the media, then verify",
    "rotate-key": "make a new secret key and seal all personal data under it; older keys still read",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0 well, 1 an invariant is broken, 2 it could not start)."""
    options = _parser().parse_args(argv)
    from bot import commands
    from bot.logs import configure
    from bot.preflight import Trouble, went_away

    configure(logging.WARNING if options.command in ("demo", "tour", "seed") else logging.INFO)
    others = os.umask(0o077)  # names, messages and pictures of people lie in what is written: its owner's alone
    try:
        if sys.flags.optimize > 1:
            raise Trouble("PYTHONOPTIMIZE=2 (-OO) leaves out the sentences of refusals; use 1, or unset it.")
        return commands.RUN[options.command](options)
    except Trouble as trouble:
        print(f"farmgate: {trouble}", file=sys.stderr)
        return 2
    except Exception as error:
        if not went_away(error):
            raise
        print("farmgate: The database went away while this started; start it again.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    finally:
        os.umask(others)
        gc.freeze()  # what is left goes with the process: looking through it for garbage took two seconds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="farmgate", description="A pre-sale farm shop that lives in a messenger.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        if name == "demo":
            command.add_argument("--port", type=int, default=8090, help="port of the page (0: any free one)")
        _add_files(name, command)
        if name in ("demo", "tour"):
            command.add_argument("--language", default="en", help="language of the people, for example en")
    return parser


def _add_files(name: str, command: argparse.ArgumentParser) -> None:
    if name == "backup":
        command.add_argument("file", nargs="?", type=Path, help="where to (default: backups/ in FARMGATE_DATA_DIR)")
    if name == "restore":
        command.add_argument("file", type=Path, help="an archive that `farmgate backup` made")
        command.add_argument("--force", action="store_true", help="replace a database that has people in it")


if __name__ == "__main__":
    sys.exit(main())
