"""aiogram's conversation state, kept in the same transaction as everything else the update does."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from sqlalchemy.orm import Session

from core.messaging import conversation


@dataclass(frozen=True, slots=True)
class Hand:
    """The session in hand and the turn's time; aiogram reads the state before any middleware of ours runs."""

    session: Session
    now: datetime


hand: ContextVar[Hand] = ContextVar("hand")


class SqlStorage(BaseStorage):
    """State and data of one person in one chat, through the session in hand."""

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        now = hand.get().now
        row = conversation.ensure(hand.get().session, _key(key), now)
        row.state = state.state if isinstance(state, State) else state

    async def get_state(self, key: StorageKey) -> str | None:
        row = conversation.load(hand.get().session, *_key(key))
        return row.state if row else None

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        row = conversation.ensure(hand.get().session, _key(key), hand.get().now)
        row.data = dict(data)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        row = conversation.load(hand.get().session, *_key(key))
        return dict(row.data or {}) if row else {}

    async def close(self) -> None:
        """Nothing to close: the worker owns the session."""


def _key(key: StorageKey) -> tuple[int, int, int]:
    return key.bot_id, key.chat_id, key.user_id
