"""[♻️ Sell the rest]: what is free of a harvest goes on sale again, as a draft that needs one tap to be published."""

from __future__ import annotations

from core.catalog.drafts import sell_rest
from core.catalog.rest import room
from core.i18n import _
from handlers.farm_orders import sale_card
from handlers.routes import press
from handlers.sale_draft import own_sale, present
from handlers.turn import Reply, Turn
from handlers.words import amount


@press("frest", fresh=sale_card)
async def sell(turn: Turn) -> Reply:
    """The draft with all that is free, below the notice or the sale's card, which stays to be read."""
    draft = sell_rest(turn.session, turn.actor, own_sale(turn, turn.pressed_id), now=turn.now)
    free = _("🆓 Free: {quantity}", quantity=amount(room(turn.session, draft), draft.unit))
    return (await present(turn, draft, free)).fresh()
