"""The heads of the lanes: of each chat only the first that waits may go, so that its order holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, any_, func

Condition = ColumnElement[bool]
Heads = Select[int, int]


def by_dialect(
    row: ColumnElement[int], firsts: Select[int], heads: Callable[[Condition], Heads]
) -> Mapping[str, Heads]:  # fmt: skip
    """What claims rows that are among `firsts`, for each dialect by its name.

    On PostgreSQL the firsts of all lanes are read once and before anything else. As "none of its lane is earlier", or
    "it is the least of its lane", each waiting row looks for itself: by which index is a guess about how many there
    are, and a wrong one reads all that was ever done for each of them (9 s for 3,000 letters behind 10,000).
    """
    once = func.array(firsts.scalar_subquery(), type_=ARRAY(BigInteger))
    return {"postgresql": heads(row == any_(once)), "sqlite": heads(row.in_(firsts))}
