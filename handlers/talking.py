"""[💬 Message] on an order: what buyer and farmer wrote to each other about it, and the next word."""

from __future__ import annotations

from core.catalog.remarks import Remark
from core.i18n import N_, Name, _
from core.messaging.screen import Button, Screen, button
from core.orders import talking
from core.orders.queries import OrderCard, order_card
from core.orders.states import PRESSES
from handlers.routes import press
from handlers.states import Asking
from handlers.turn import Reply, Turn

WRITE = N_("Write or speak, for example: I come at 5 in the evening.")


@press("bsay")
async def message(turn: Turn) -> Reply:
    """The last messages, and the question what to write."""
    return await ask_message(turn, turn.pressed_id)


async def ask_message(turn: Turn, order_id: int) -> Screen:
    """The conversation about an order as this side sees it."""
    order = talking.order_to_talk(turn.session, turn.actor, order_id)
    card = order_card(turn.session, order.id)
    lines = [_("💬 {number} · {name}", number=Name(card.number), name=Name(_other(turn, card))), *_lines(turn, card)]
    if card.state in PRESSES["order.message"]:
        await turn.goto(Asking.message, order=order.id)
        lines.append(_(WRITE))
    return Screen("\n".join(lines), ((_back(turn, card),),), edit=False)


def _lines(turn: Turn, card: OrderCard) -> list[str]:
    order = talking.order_to_talk(turn.session, turn.actor, card.id)
    told = []
    for line in talking.said(turn.session, turn.actor, order):
        who = _("You") if line.is_own else _other(turn, card)
        text = "🎤" if line.is_voice and not line.text else line.text
        told.append(_("{name}: {text}", name=Name(who), text=Name(text)))
    return told


def message_sent(turn: Turn, sent: Remark) -> Screen:
    """That it went, and the way on."""
    card = order_card(turn.session, sent.order_id or 0)
    told = _("✅ {number}: sent to {name}.", number=Name(card.number), name=Name(_other(turn, card)))
    return Screen(told, ((button(_("💬 Message"), "bsay", card.id), _back(turn, card)),), edit=False)


def _other(turn: Turn, card: OrderCard) -> str:
    """What the other side is called: the farm's store, or the buyer."""
    return card.store_name if turn.who.member_id == card.buyer_id else card.buyer_name


def _back(turn: Turn, card: OrderCard) -> Button:
    if turn.who.member_id == card.buyer_id:
        return button(_("⬅️ Back"), "border", card.id)
    return button(_("⬅️ Back"), "flist", card.campaign_id)
