"""A picture or file that nothing asked for: one more of a receipt or licence, a photo of the open draft, or nothing."""

from __future__ import annotations

from core.catalog.queries import campaign, drafts_of
from core.messaging.screen import Screen
from handlers.fallback import not_expected
from handlers.licence import enough
from handlers.publish_photo import keep_photo
from handlers.receipt import further
from handlers.routes import STATES, kind
from handlers.turn import Reply, Turn


@kind("photo", "document")
async def unasked(turn: Turn) -> Reply:
    """What it most likely belongs to; an album, whose pictures come one by one, is never answered by a riddle."""
    return further(turn) or await _of_draft(turn) or enough(turn) or await not_expected(turn, None)


async def _of_draft(turn: Turn) -> Screen | None:
    """A photo out of the blue joins the open draft."""
    if turn.kind != "photo" or STATES.get(turn.state or "") is not None or turn.who.farm_id is None:
        return None
    drafts = drafts_of(turn.session, turn.who.farm_id)
    return await keep_photo(turn, campaign(turn.session, drafts[0].campaign_id)) if drafts else None
