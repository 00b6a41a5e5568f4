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


class TermExists(Refusal):
    """{name} is there already."""
