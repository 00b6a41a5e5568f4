"""Whether we are alive, and whether we are ready: the database answers, at the right revision, and nothing lags."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.messaging import vitals
from core.migrations import head
from web.looking import Looker, Unseen

MOST_LAG = 180.0  # seconds: an update whose worker died waits for a lease of 60


async def unready(looker: Looker) -> list[str]:
    """Why we are not ready, in words; empty when we are."""
    try:
        return await looker.look(lambda session: _reasons(session, looker))
    except Unseen:
        return ["the database does not answer"]


def _reasons(session: Session, looker: Looker) -> list[str]:
    stands, newest = vitals.revision(session), head()
    if stands != newest:
        return [f"the database is at revision {stands}, not at {newest}"]
    lag = vitals.oldest_update(session, looker.clock.now())
    return [f"an update has been waiting for {lag:.0f} seconds"] if lag > MOST_LAG else []
