"""Shares a short crop among orders: pure arithmetic in whole packs that replays identically."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.orders.errors import BadShare


class Sharing(StrEnum):
    """How a crop is shared."""

    FULL = "full"  # everybody gets the whole order
    FAIR = "fair"  # in proportion to what was ordered
    FIRST = "first"  # who came first is served first
    EQUAL = "equal"  # the same for everybody, up to the order
    MANUAL = "manual"  # the farmer says


@dataclass(frozen=True)
class Ask:
    """What one order asks for: the most it takes, and the least that is useful (empty: anything)."""

    order_id: int
    quantity: Decimal
    reserved_at: datetime
    least_useful: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """What one order gets."""

    order_id: int
    asked: Decimal
    given: Decimal

    @property
    def cut(self) -> Decimal:
        return self.asked - self.given


@dataclass(frozen=True)
class _Claim:
    """An ask in whole packs."""

    ask: Ask
    most: int
    least: int


_Rule = Callable[[Sequence[_Claim], int], list[int]]


def share(asks: Sequence[Ask], harvest: Decimal, pack: Decimal, sharing: Sharing) -> tuple[Line, ...]:
    """Lines in the order of `asks` (quantities in the campaign's unit, all multiples of `pack`).

    Never above the harvest, never above an order, always whole packs. Who would get less than is useful to him gets
    nothing and the others share anew: the furthest below his least first, of equals the latest. Asks that the harvest
    covers are met in full, whatever the sharing. Under FAIR nobody without a least useful amount gets less than another
    such order that asked for less; under EQUAL the packs left over go to who reserved first. (Largest
    remainder may give one order a pack less when the harvest grows by a pack, as in any such division; the sum given
    never falls unless least useful amounts step in.)
    """
    packs = int(harvest // pack)
    claims = [_claim(ask, pack) for ask in asks]
    by_time = sorted(range(len(asks)), key=lambda i: (asks[i].reserved_at, asks[i].order_id))
    queue = [claims[i] for i in by_time]
    given = _in_full(queue, packs) or _shared(queue, packs, _RULES[sharing])
    of_order = {claim.ask.order_id: count for claim, count in zip(queue, given, strict=True)}
    return tuple(Line(ask.order_id, ask.quantity, of_order[ask.order_id] * pack) for ask in asks)


def manual(asks: Sequence[Ask], harvest: Decimal, pack: Decimal, given: Mapping[int, Decimal]) -> tuple[Line, ...]:
    """The farmer's own shares, order id -> quantity. Refuses BadShare: an order missing or foreign, not in packs,
    negative, above the order, below its least useful amount (nothing is allowed), or more than the harvest in sum."""
    lines = tuple(Line(ask.order_id, ask.quantity, given.get(ask.order_id, Decimal(-1))) for ask in asks)
    within = all(_is_fine(line, ask, pack) for line, ask in zip(lines, asks, strict=True))
    known = set(given) <= {ask.order_id for ask in asks}
    if not (within and known and sum((line.given for line in lines), Decimal(0)) <= harvest):
        raise BadShare(pack=pack, harvest=harvest)
    return lines


def _is_fine(line: Line, ask: Ask, pack: Decimal) -> bool:
    whole = line.given.is_finite() and 0 <= line.given <= ask.quantity and line.given % pack == 0
    return whole and (line.given == 0 or line.given >= (ask.least_useful or 0))


def _claim(ask: Ask, pack: Decimal) -> _Claim:
    least = -(-(ask.least_useful or Decimal(0)) // pack)  # rounded up to a whole pack
    return _Claim(ask, int(ask.quantity // pack), max(int(least), 0))


def _in_full(queue: Sequence[_Claim], packs: int) -> list[int] | None:
    return [claim.most for claim in queue] if sum(claim.most for claim in queue) <= packs else None


def _shared(queue: Sequence[_Claim], packs: int, rule: _Rule) -> list[int]:
    out: set[int] = set()
    while True:
        inside = [i for i in range(len(queue)) if i not in out]
        some = [queue[i] for i in inside]
        counts = _in_full(some, packs) or rule(some, packs)
        short = [(i, count) for i, count in zip(inside, counts, strict=True) if count < queue[i].least]
        if not short:
            given = dict(zip(inside, counts, strict=True))
            return [given.get(i, 0) for i in range(len(queue))]
        worst = min(short, key=lambda one: (Decimal(one[1]) / queue[one[0]].least, -one[0]))
        out.add(worst[0])


def _fair(queue: Sequence[_Claim], packs: int) -> list[int]:
    total = sum(claim.most for claim in queue)
    if total == 0:
        return [0] * len(queue)
    shares = [divmod(packs * claim.most, total) for claim in queue]
    counts = [whole for whole, _ in shares]
    largest = sorted(range(len(queue)), key=lambda i: (-shares[i][1], i))  # ties: who reserved first
    for i in largest[: packs - sum(counts)]:
        counts[i] += 1
    return counts


def _first(queue: Sequence[_Claim], packs: int) -> list[int]:
    counts = []
    for claim in queue:
        count = min(claim.most, packs)
        count = count if count >= claim.least else 0
        packs -= count
        counts.append(count)
    return counts


def _equal(queue: Sequence[_Claim], packs: int) -> list[int]:
    counts = [0] * len(queue)
    hungry = [i for i, claim in enumerate(queue) if claim.most]
    while packs and hungry:
        step = max(packs // len(hungry), 1)
        for i in hungry:
            take = min(step, queue[i].most - counts[i], packs)
            counts[i] += take
            packs -= take
        hungry = [i for i in hungry if counts[i] < queue[i].most]
    return counts


_RULES: dict[Sharing, _Rule] = {
    Sharing.FULL: _fair, Sharing.FAIR: _fair, Sharing.FIRST: _first, Sharing.EQUAL: _equal,
}  # fmt: skip
