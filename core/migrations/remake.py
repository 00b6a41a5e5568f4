"""Writes revision 0001 anew from the models; for use before the first release only."""

from __future__ import annotations

import tempfile
from pathlib import Path

from alembic import command

from core.engine import make_engine
from core.migrations import config_for


def main() -> None:
    versions = Path(__file__).parent / "versions"
    with tempfile.TemporaryDirectory() as folder:
        (versions / "0001_initial.py").unlink(missing_ok=True)
        later = {path: path.read_text() for path in versions.glob("00*.py")}
        for path in later:
            path.unlink()
        try:
            engine = make_engine(f"sqlite:///{folder}/empty.db")
            command.revision(config_for(engine), "initial", autogenerate=True, rev_id="0001")
            engine.dispose()
        finally:
            for path, text in later.items():
                path.write_text(text)


if __name__ == "__main__":
    main()
