"""Where a person can stand: one group a conversation. Data kept with a state holds ids of drafts, never the draft."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Join(StatesGroup):
    """A newcomer answers who they are."""

    phone = State()
    place = State()
    village = State()
    crop = State()
