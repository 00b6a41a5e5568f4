"""Raw updates for tests: repeated, unknown, out of order, numbered anew."""

from __future__ import annotations

import json

from simulator.mailbox import Update
from simulator.refusals import Json, PersonError
from simulator.world import World

MOST = 10_000


def inject(world: World, wanted: Json) -> Json:
    """Queue an update as given, `times` times under one id; or jump the numbering."""
    mailbox = world.bot_named(wanted.get("bot")).mailbox
    if "next_update_id" in wanted:
        mailbox.next_id = int(wanted["next_update_id"])
    body = wanted.get("update")
    if body is None:
        return {"next_update_id": mailbox.next_id}
    if not isinstance(body, dict):
        raise PersonError("update must be an object")
    update_id = int(wanted.get("update_id") or body.get("update_id") or mailbox.next_id)
    text = json.dumps({**body, "update_id": update_id})
    lane = str(wanted.get("lane", "injected"))
    for _ in range(min(int(wanted.get("times", 1)), MOST)):
        mailbox.put_raw(Update(update_id, "raw", lane, text))
    mailbox.next_id = max(mailbox.next_id, update_id + 1)
    return {"update_id": update_id, "next_update_id": mailbox.next_id}
