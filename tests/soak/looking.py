"""What is looked at once the weather has cleared: nothing lost, nothing missing, and why a letter came twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.messaging.models import Inbox, Outbox
from simulator.client import Json
from simulator.window import text_of
from tests.crash.arranged import BOT
from tests.soak.ground import Ground
from tests.soak.weather import SENDING, Weather

# from a letter's arrival to the kill that kept it from being marked; the kill is noted just before it is done
BEFORE, AFTER = timedelta(seconds=2), timedelta(seconds=4)


@dataclass(frozen=True)
class Road:
    """What went along the road, and how long the slowest took."""

    updates: int = 0
    letters: int = 0
    slowest_update: float = 0.0  # from its receipt to its commit
    slowest_letter: float = 0.0  # from its commit to its mark

    def lines(self) -> list[str]:
        """For people."""
        return [
            f"updates worked off: {self.updates}, the slowest {self.slowest_update:.1f} s after its receipt",
            f"letters sent: {self.letters}, the slowest {self.slowest_letter:.1f} s after it was committed",
        ]


@dataclass(frozen=True)
class Repeat:
    """A message beyond those that were marked, and the kill that explains it: "" when none does."""

    chat: int
    number: int
    letter: str
    after: str


def look(ground: Ground, weather: Weather) -> tuple[Road, list[Repeat], list[str]]:
    """No update is lost, no letter missing or changed, every invariant holds, each charge is booked once."""
    wrong: list[str] = []
    lost = ground.acknowledged() - ground.stored("done")
    if lost:
        wrong.append(f"updates acknowledged and not worked off: {sorted(lost)[:20]}")
    missing, beyond = ground.missing_and_repeated()
    if missing:
        wrong.append(f"letters committed and not received: {missing[:20]}")
    repeats = [_explained(ground, weather, chat, number) for chat, number in beyond]
    wrong += [f"repeated and no sender was killed: {each}" for each in repeats if not each.after]
    wrong += ground.differing() + ground.broken() + _unbooked(ground)
    with ground.database.reading() as session:
        return _road(session, weather.began), repeats, wrong


def _road(session: Session, since: datetime) -> Road:
    took = session.execute(select(Inbox.received_at, Inbox.done_at).where(Inbox.state == "done")).all()
    sent = session.execute(
        select(Outbox.created_at, Outbox.not_before, Outbox.sent_at).where(Outbox.state == "sent")
    ).all()
    updates = [(done - received).total_seconds() for received, done in took if done is not None]
    letters = [(at - max(made, due)).total_seconds() for made, due, at in sent if at and made > since]
    return Road(len(updates), len(sent), max(updates, default=0.0), max(letters, default=0.0))


def _explained(ground: Ground, weather: Weather, chat: int, number: int) -> Repeat:
    messages: list[Json] = ground.control.get(f"/control/chats/{chat}:{BOT}?newest=500")["messages"]
    found: Json = next((each for each in messages if each["message_id"] == number), {})
    events = ground.control.expect(f"{chat}:{BOT}", 0, 0, ["message", "edit"])["events"]
    came = [datetime.fromtimestamp(each["at"], UTC) for each in events if each["message_id"] == number]
    near = [
        strike.what for strike in weather.strikes
        if strike.what in SENDING and any(-BEFORE <= strike.at - at <= AFTER for at in came)
    ]  # fmt: skip
    words = text_of(found).partition("\n")[0][:40] if found else "(gone)"
    return Repeat(chat, number, words, near[0] if near else "")


def _unbooked(ground: Ground) -> list[str]:
    payments = ground.control.get("/control/state")["payments"]
    charged = [str(each["provider_payment_charge_id"]) for each in payments if each["state"] == "paid"]
    booked = ground.booked()
    return [f"charge {charge} was booked {booked[charge]} times" for charge in charged if booked[charge] != 1]
