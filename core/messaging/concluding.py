"""How an update ends: its letters queued, where the person stands written down, its row in the inbox done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.messaging import conversation, inbox, outbox
from core.messaging.inbox import Claimed
from core.messaging.lease import LeaseLost
from core.messaging.models import Conversation, Outbox
from core.messaging.outbox import Letter
from core.prepared import Prepared, ask

_OUTBOX, _STANDING = cast("Table", Outbox.__table__), cast("Table", Conversation.__table__)


def conclude(session: Session, letters: Sequence[Letter], item: Claimed, now: datetime) -> None:
    """End the update's work as part of its commit. Raises LeaseLost when another worker has taken it over.

    An answer of one letter, which most are, takes one statement on PostgreSQL.
    """
    queued = outbox.putting(session, letters, now)
    stands = conversation.keeping(session)
    steps = [*queued, *stands, inbox.finishing(item, now)]
    if len(queued) == 1 and len(stands) < 2 and session.get_bind().dialect.name == "postgresql":
        kinds = ("o_", "c_", "") if stands else ("o_", "")
        together = _WITH_STANDING if stands else _ALONE
        steps = [together.step(_merged(zip(kinds, [params for _statement, params in steps], strict=True)))]
    if not ask(session, steps)[-1]:
        raise LeaseLost


def _merged(marked: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    return {mark + name: value for mark, params in marked for name, value in params.items()}


def _insert(table: Table, names: Sequence[str], mark: str) -> Any:
    return insert(table).values({name: bindparam(mark + name) for name in names})


_letter = _insert(_OUTBOX, outbox.COLUMNS, "o_").on_conflict_do_nothing(index_elements=["dedup"]).cte("letter")
_row = _insert(_STANDING, conversation.COLUMNS, "c_")
_standing = _row.on_conflict_do_update(
    index_elements=conversation.KEYS, set_={name: _row.excluded[name] for name in conversation.KEPT}
).cte("standing")
_ALONE = Prepared(inbox.END.add_cte(_letter))
_WITH_STANDING = Prepared(inbox.END.add_cte(_letter, _standing))
