"""The commands of whoever keeps the installation: backup and restore, with a sentence for all that can go wrong."""

from __future__ import annotations

import argparse
from functools import partial

from bot import preflight
from bot.preflight import Trouble


def backup(options: argparse.Namespace) -> int:
    """Write the archive and say where it is."""
    from core.backup import make_backup
    from core.clock import SystemClock

    config = preflight.load_config()
    preflight.check_database(config)
    preflight.check_revision(config)
    now = SystemClock().now()
    target = options.file or config.data_dir / "backups" / f"farmgate-{now:%Y%m%dT%H%M%SZ}.zip"
    try:
        made = make_backup(config, target, now)
    except OSError as error:
        raise Trouble(f"The backup cannot be written to {target}: {error.strerror or error}.") from None
    _say(f"{target}: {made.database} at revision {made.revision}, {made.media_count} media files. "
         "The secret key is not inside: keep a copy of it elsewhere.")  # fmt: skip
    return 0


def restore(options: argparse.Namespace) -> int:
    """Check the archive, put it in place, and check every invariant of what is there now."""
    from bot.commands import verify
    from core.backup import InUse, NewerSchema, NotEmpty, OtherDatabase, Spoiled, restore_backup

    config, source = preflight.load_config(), options.file
    preflight.check_data_dir(config)
    preflight.check_database(config, makes=True)
    try:
        made = restore_backup(config, source, force=options.force)
    except Spoiled as error:
        raise Trouble(f"{source} is no whole backup: {error}. Nothing was changed.") from None
    except OtherDatabase as error:
        raise Trouble(f"{source} is of {error.args[0]}, FARMGATE_DATABASE_URL names {error.args[1]}.") from None
    except NewerSchema as error:
        raise Trouble(f"{source} is of revision {error.args[0]}, this program knows {error.args[1]}: install the "
                      "newer version first.") from None  # fmt: skip
    except InUse:
        raise Trouble("Somebody has the database open: stop the shop first, all of its parts.") from None
    except NotEmpty:
        raise Trouble("The database has people in it already. Back it up, then use --force to replace it.") from None
    except OSError as error:
        raise Trouble(f"{source} cannot be restored: {error.strerror or error}.") from None
    _say(f"Restored what was made at {made.made_at} ({made.media_count} media files).")
    return verify(options)


def rotate_key(_options: argparse.Namespace) -> int:
    """Seal everything under a new key, a batch a transaction, while everything serves."""
    from bot.app import make_database
    from core import sealing
    from core.resealing import SEALED, reseal

    config = preflight.load_config()
    preflight.check_database(config)
    preflight.check_revision(config)
    if config.secret_key is None:
        config.add_key()
    elif len(config.keys()) < 2:
        raise Trouble("FARMGATE_SECRET_KEY holds one key. Put a new one before it, with a comma between, restart "
                      "every part, then run this again.")  # fmt: skip
    sealing.use(config.keys)
    database = make_database(config)
    for place in range(len(SEALED)):
        after: int | None = 0
        while after is not None:
            after = database.run(partial(reseal, place=place, after=after))
    database.dispose()
    _say("All personal data are sealed under the newest key. Keep the older ones as long as a backup needs them; "
         "restart separate parts of the program within the day.")  # fmt: skip
    return 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the command line speaks by printing
