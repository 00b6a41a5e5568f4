"""A company shows its business licence: one photo or file, looked at with the farm that waits."""

from __future__ import annotations

from datetime import timedelta

from core.i18n import N_, Name, _
from core.members import farms
from core.members.queries import member
from core.messaging.screen import Screen, button
from handlers.fallback import once
from handlers.home import home
from handlers.publish_photo import incoming
from handlers.routes import expects, press
from handlers.states import Join
from handlers.turn import Reply, Turn

TOGETHER = timedelta(minutes=10)  # what comes so soon after the licence was sent with it


@press("firm")
async def ask_licence(turn: Turn) -> Reply:
    """A company shows its business licence."""
    await turn.goto(Join.licence)
    return Screen(_("🏢 Send 1 photo of the business licence 📷"))


@expects(Join.licence, takes="photo document", example=N_("Send 1 photo of the licence 📷, or 0 to go back."))
async def got_licence(turn: Turn) -> Reply:
    """The licence goes on record; a farm that waits is looked at with it."""
    person = member(turn.session, turn.who.member_id)
    farms.be_enterprise(turn.session, person, licence=incoming(turn), now=turn.now)
    await turn.leave()
    return home(turn, _("🏢 Licence kept, {name}. The co-op looks at it.", name=Name(person.name)))


def enough(turn: Turn) -> Screen | None:
    """A further photo, as of an album: the first is kept, and how to send another; None long after."""
    came = farms.licence_came_at(turn.session, turn.who.member_id)
    if came is None or not came <= turn.now < came + TOGETHER:
        return None
    told = once(turn, _("🏢 1 photo of the licence is enough: I kept the first. Another one? Press the button."))
    return Screen(told.text, ((button(_("🏢 Enterprise"), "firm"),),), edit=told.edit, card=told.card)
