"""What a person can do, by verb."""

from __future__ import annotations

from simulator.acts import grouping, inlining, pressing, showing, talking
from simulator.acts.act import Act, Verb, act_of
from simulator.refusals import Json, PersonError, Refusal
from simulator.world import World

VERBS: dict[str, Verb] = {
    **talking.VERBS,
    **showing.VERBS,
    **pressing.VERBS,
    **grouping.VERBS,
    **inlining.VERBS,
}


def perform(world: World, wanted: Json) -> Json:
    """Do one act; the result carries the event number from before it."""
    verb = VERBS.get(str(wanted.get("do")))
    if verb is None:
        raise PersonError(f"unknown act {wanted.get('do')!r}; known: {', '.join(sorted(VERBS))}")
    act = act_of(world, wanted)
    seq = world.events.seq
    try:
        result = verb(act)
    except Refusal as refusal:
        raise PersonError(f"{wanted['do']}: {refusal.description}") from refusal
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise PersonError(f"{wanted['do']}: {type(error).__name__}: {error}") from error
    return {"ok": True, "seq": seq, "chat": act.chat.key, **result}


__all__ = ["VERBS", "Act", "perform"]
