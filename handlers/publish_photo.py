"""Photos of a sale: they join the draft at any moment."""

from __future__ import annotations

from core.catalog.drafts import add_photo
from core.catalog.models import Campaign
from core.errors import NotFound
from core.messaging.media import note_incoming
from core.messaging.models import Media
from core.messaging.screen import Screen
from handlers import sale_screens
from handlers.sale_draft import open_question, own_sale, present
from handlers.turn import Turn


def incoming(turn: Turn) -> Media:
    """The picture, file or voice note that came, noted; its bytes are fetched later."""
    media = turn.media
    if media is None:
        raise NotFound
    return note_incoming(
        turn.session, bot_id=turn.bot.id, file_id=media.file_id, unique_id=media.unique_id, kind=media.kind,
        mime=media.mime, owner_id=turn.who.member_id, now=turn.now,
    )  # fmt: skip


async def keep_photo(turn: Turn, draft: Campaign | None) -> Screen:
    """One more picture; those of an album edit one line."""
    sale = draft or own_sale(turn, int(turn.data.get("draft", 0)))
    count = add_photo(turn.session, turn.actor, sale, incoming(turn), now=turn.now)
    key = line_key(turn, sale.id)
    if sale.state == "draft":
        # the card says it too; a question does not
        lead = sale_screens.photo_line(count) if open_question(turn, sale) else ""
        return await present(turn, sale, lead, card=key)
    return Screen(sale_screens.photo_line(count), card=key)


def line_key(turn: Turn, sale_id: int) -> str:
    """The message that tells how many pictures came: one for an album, else a new one."""
    return f"photos:{sale_id}:{album_of(turn)}"


def album_of(turn: Turn) -> str:
    """What came together: the album, else this message alone."""
    return (turn.media.album if turn.media else None) or f"m{turn.message_id}"
