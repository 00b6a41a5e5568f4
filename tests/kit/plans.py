"""What a block asks of the database, and how PostgreSQL plans it when it keeps the plan."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from bench.reserving import heard


@contextmanager
def reads(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """The reads of a block with their parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            seen.append((statement, parameters))

    with heard(session.get_bind().engine, "before_cursor_execute", note):
        yield seen


def numbered(statement: str, parameters: Mapping[str, Any]) -> str:
    """A statement of psycopg's as the server takes it: a kept plan does not know the values (after ten calls)."""
    places = dict(zip(parameters, count(1), strict=False))
    return re.sub(r"%\((\w+)\)s", lambda found: f"${places[found[1]]}", statement).replace("%%", "%")
