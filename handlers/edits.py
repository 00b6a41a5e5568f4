"""An edited message: read again as the answer it was, while that is not confirmed; else it is told what to press."""

from __future__ import annotations

from handlers.fallback import edited
from handlers.routes import STATES
from handlers.turn import MISTAKEN, Reply, Turn

HEARD = "heard"  # message id -> the question it answered, and what that was about
HEARD_MOST = 8
_SUBJECTS = ("draft", "sale", "order", "field", "name", "provider")


async def heard(turn: Turn, asked: str) -> None:
    """The message answered `asked`: an edit is read so again as long as the conversation is about the same thing."""
    if _group(turn.state) != _group(asked):
        return
    known = {**turn.data.get(HEARD, {}), str(turn.message_id): [asked, _subject(turn)]}
    await turn.keep(**{HEARD: dict(list(known.items())[-HEARD_MOST:])})


async def mistaken(turn: Turn) -> None:
    """The message was refused as an answer: as long as the question stands, an edit of it answers that."""
    data = await turn.fsm.get_data()
    await turn.fsm.set_data({**data, MISTAKEN: turn.message_id})


async def again(turn: Turn) -> Reply:
    """The answer that this message was, read again; never an answer to another question."""
    asked = _asked(turn)
    route = STATES.get(asked or "")
    if asked is None or route is None:
        return edited(turn)
    turn.state = turn.asked = asked
    reply = await route.handler(turn)
    if not route.once:
        await heard(turn, asked)
    return reply


def _asked(turn: Turn) -> str | None:
    if turn.data.get(MISTAKEN) == turn.message_id:
        return turn.state
    asked, subject = turn.data.get(HEARD, {}).get(str(turn.message_id), (None, None))
    return asked if asked and subject == _subject(turn) and _group(asked) == _group(turn.state) else None


def _subject(turn: Turn) -> list[object]:
    return [turn.data.get(name) for name in _SUBJECTS]


def _group(state: str | None) -> str:
    return (state or "").partition(":")[0]
