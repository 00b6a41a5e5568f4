"""What the catalogue refuses; each docstring is the message, its placeholders are values."""

from __future__ import annotations

from core.errors import Refusal


class StillMissing(Refusal):
    """Still missing: {field}."""


class AgreementMissing(Refusal):
    """Accept the rules of the shop first."""


class FarmNotApproved(Refusal):
    """The farm is not approved yet. Approve both, or decide on the farm first."""


class UndoEnded(Refusal):
    """Undo was possible until {until}."""


class AlreadyReserved(Refusal):
    """Buyers have reserved {quantity} {unit} already."""


class HarvestPassed(Refusal):
    """The harvest date {date} has passed. Ask for another date."""


class TooManyPhotos(Refusal):
    """A sale shows at most {most} photos."""


class NothingFree(Refusal):
    """No whole pack of this harvest is free now: it is ordered, or on sale again."""


class MoreThanFree(Refusal):
    """Quantity: {quantity} is too much, {free} of this harvest is free. Example: {example}"""


class RestGone(Refusal):
    """This sells the rest of a harvest whose own sale was removed, cancelled or lost. Reject it."""


class TermExists(Refusal):
    """{name} is there already."""
