"""The methods of the Bot API by lower-case name."""

from __future__ import annotations

from simulator.methods import chats, editing, media, paying, profile, queries, sending, updating
from simulator.methods.call import Method

METHODS: dict[str, Method] = {
    **updating.METHODS,
    **sending.METHODS,
    **media.METHODS,
    **editing.METHODS,
    **queries.METHODS,
    **paying.METHODS,
    **chats.METHODS,
    **profile.METHODS,
}
