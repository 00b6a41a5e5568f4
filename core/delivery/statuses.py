"""The ten neutral statuses of a parcel, whatever a carrier calls them, and which of two is further on."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a parcel is."""

    BOOKED = "booked"
    PICKED_UP = "picked_up"
    ON_THE_ROAD = "on_the_road"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AT_PICKUP = "at_pickup"
    ATTEMPTED = "attempted"
    DELIVERED = "delivered"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"


# equal ranks may alternate (out, attempted, out again); a lost parcel may be found, a delivered one may come back
RANK = {
    Status.BOOKED: 0, Status.PICKED_UP: 1, Status.ON_THE_ROAD: 2, Status.OUT_FOR_DELIVERY: 3, Status.ATTEMPTED: 3,
    Status.AT_PICKUP: 4, Status.CANCELLED: 5, Status.LOST: 6, Status.DELIVERED: 7, Status.RETURNED: 8,
}  # fmt: skip
ENDS = frozenset({Status.DELIVERED, Status.RETURNED, Status.LOST, Status.CANCELLED})


def shown(before: Status, reported: Status) -> Status:
    """The status to show after a report, which may come late: never one that lies behind."""
    return reported if RANK[reported] >= RANK[before] else before


class Band(StrEnum):
    """Temperatures that a courier can tell at a glance, in °C."""

    COLD = "<=4"
    COOL = "5-8"
    WARM = ">8"
