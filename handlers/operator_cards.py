"""What staff decides on, by its letter: f farm, l listing, p receipt of a payment, w withdrawal, u unclear."""

from __future__ import annotations

from core.catalog.queries import campaign
from core.errors import NotFound
from core.i18n import N_, _
from core.members.decisions import check_open
from core.members.queries import farm
from core.messaging.screen import Button, button
from core.notices.staff_cards import Subject
from core.orders import desk
from core.permissions import require
from handlers.turn import Turn

REASONS: dict[str, tuple[str, ...]] = {
    "fc": (N_("The place is not clear"), N_("Nobody answers calls"), N_("A licence photo")),
    "fr": (N_("Not in the co-op"), N_("Outside our region"), N_("Here already")),
    "lc": (N_("Another crop on photo"), N_("The price looks wrong"), N_("The quantity"), N_("The date"), N_("A photo")),
    "lr": (N_("May not be sold here"), N_("Not from this farm"), N_("Here already")),
    "pr": (N_("No money came"), N_("Another amount came"), N_("Photo not readable")),
    "wr": (N_("No such account"), N_("The name differs"), N_("Not owed")),
}
EXAMPLES = {
    "f": N_("Write what is missing in a few words, for example: Which village is it?"),
    "l": N_("Write it in a few words, for example: The photo shows another crop."),
    "p": N_("Write it in a few words, for example: No money came from this account."),
    "w": N_("Write it in a few words, for example: The bank does not know this account."),
}


def subject(turn: Turn, kind: str, subject_id: int) -> Subject:
    """The row, for staff only. Raises NotAllowed, NotFound."""
    require("queue.see", turn.actor)
    if kind == "f":
        return farm(turn.session, subject_id)
    if kind == "l":
        return campaign(turn.session, subject_id)
    if kind == "p":
        return desk.payment(turn.session, turn.actor, subject_id)
    if kind in ("w", "u"):
        return desk.refund(turn.session, turn.actor, subject_id)
    raise NotFound


def pressed(turn: Turn, kind: str | None = None) -> tuple[str, Subject]:
    """What the button stood on, still open and unchanged. Raises AlreadyDecided(by, at), Changed."""
    press = turn.press
    if press is None:
        raise NotFound
    letter = kind or press.value[:1]
    found = subject(turn, letter, press.id)
    check_open(turn.session, turn.actor, found)
    turn.still(found)
    return letter, found


def queue_button() -> Button:
    """Back to what waits."""
    return button(_("✅ To decide"), "oq")
