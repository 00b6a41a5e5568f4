"""How an update ends: its letters queued, where the person stands written down, its row in the inbox done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.db import connection_of
from core.footprint import own_rows
from core.messaging import conversation, inbox, outbox
from core.messaging.inbox import Claimed
from core.messaging.lease import LeaseLost
from core.messaging.outbox import Letter
from core.prepared import Prepared, ask


def conclude(session: Session, letters: Sequence[Letter], item: Claimed, now: datetime) -> None:
    """End the update's work as part of its commit. Raises LeaseLost when another worker has taken it over.

    An answer of one letter, which most are, takes one statement on PostgreSQL.
    """
    queued = outbox.putting(letters, now)
    stands = conversation.keeping(session)
    steps = [*queued, *stands, inbox.finishing(item, now)]
    if len(queued) == 1 and len(stands) < 2 and session.get_bind().dialect.name == "postgresql":
        kinds = ("o_", "c_", "") if stands else ("o_", "")
        together = _WITH_STANDING if stands else _ALONE
        steps = [together.step(_merged(zip(kinds, [params for _statement, params in steps], strict=True)))]
    session.flush()  # what the verbs wrote may concern others
    with own_rows(connection_of(session)):
        is_mine = ask(session, steps)[-1]
    if not is_mine:
        raise LeaseLost


def _merged(marked: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    return {mark + name: value for mark, params in marked for name, value in params.items()}


_letter = outbox.queuing(insert, "o_").cte("letter")
_standing = conversation.writing(insert, "c_").cte("standing")
_ALONE = Prepared(inbox.END.add_cte(_letter))
_WITH_STANDING = Prepared(inbox.END.add_cte(_letter, _standing))
