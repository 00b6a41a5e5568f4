"""A whole shop for stories: the simulator, the real bot with all its roles, and a clock that the story moves."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import handlers
from bot.app import App, make_database
from bot.first_start import prepare
from core.clock import MovableClock
from core.config import BotFacts, Config
from core.members import claims
from core.members.claims import Purpose
from core.members.farms import be_farmer
from core.members.models import Member
from core.members.service import agree, arrive, share_phone, switch_home
from core.messaging import inbox
from core.notices.post import ANSWERING
from core.permissions import Role
from core.settings import service as settings
from core.verify import broken
from scheduler.jobs import run_due
from simulator import server
from simulator.client import Control, Json
from simulator.threaded import run_in_thread
from tests.kit.look import Look
from tests.kit.people import Group, Phone
from web.server import address, listening

# a Friday morning in India, well before the sample sales ripen
BEGIN = datetime(2026, 5, 1, 5, 30, tzinfo=UTC)
OWNER_ID = 777_001
BEYOND = 10**9  # the simulator's own numbers of updates
LONGEST_LOOK, SHORTEST_LOOK = 0.02, 0.005  # seconds between looks; to look costs what it looks at its time


class Shop:
    """Everything a story needs; people come in by `person`, time passes by `later`.

    `settled=False`: nobody has chosen currency, country or zone. `said`: what the first start printed.
    `hooked`: updates come by webhook.
    """

    def __init__(
        self, db_url: str, folder: Path, *, start: datetime = BEGIN, settled: bool = True,
        owner_ids: tuple[int, ...] = (OWNER_ID,), hooked: bool = False,
    ) -> None:  # fmt: skip
        handlers.load_all()
        self.api = run_in_thread()
        self.config = Config(
            _env_file=None, bot_token=server.TOKEN, bot_api_url=self.api.url, database_url=db_url, data_dir=folder,
            payment_provider_token=server.PROVIDER_TOKEN, owner_ids=owner_ids, currency="INR" if settled else None,
            timezone="Asia/Kolkata" if settled else None, chat_per_second=1000, bulk_per_second=1000,
            group_per_minute=60_000,
        )  # fmt: skip
        place = listening("127.0.0.1", 0) if hooked else None
        if place is not None:
            self.config = self.config.model_copy(update={"public_url": address(place)})
            Control(self.api.url).post("/control/limits", {"webhook_retry_seconds": 0.1})
        self.clock = MovableClock(start)
        self.database = make_database(self.config)
        facts = BotFacts(
            self.config.bot_id, "farmgate_bot", self.config.media_dir, is_demo=True, has_invoices=True, has_inline=True
        )  # fmt: skip
        self._look = Look(self.database)
        self.app = App(self.config, self.clock, facts, self.database, place=place)
        self.said = prepare(self.database, self.config, facts, self.clock.now())
        if settled:
            with self.database.writing() as session:
                settings.put(session, "region", "IN", by=None, now=self.clock.now())
        self.app.start(("web" if hooked else "receiver", "worker", "sender"))
        self._owner: Phone | None = None

    def person(self, name: str = "Asha", language: str = "en", **extra: object) -> Phone:
        """Somebody with a phone who never wrote to the bot."""
        return Phone(self.api.url, name, language, insider=self, **extra)  # type: ignore[arg-type] # passed through to the kit

    def group(self, owner: Phone, title: str, *members: Phone) -> Group:
        """A group of people, without the bot so far."""
        return Group(self.api.url, owner, title, *members)

    def owner(self) -> Phone:
        """The owner named in the settings, at home."""
        if self._owner is None:
            self._owner = self.person("Meera", user_id=OWNER_ID)
            with self._known(self._owner):
                pass
            self._owner.start()
        return self._owner

    def operator(self, name: str = "Ravi") -> Phone:
        """A member of staff, at home."""
        with self.database.writing() as session:
            token = claims.make_claim(session, Purpose.OPERATOR, now=self.clock.now())
        phone = self.person(name)
        phone.start(f"p_{token}")
        return phone

    def buyer(self, name: str = "Asha") -> Phone:
        """A buyer at home."""
        phone = self.person(name)
        with self._known(phone) as (session, them):
            switch_home(session, them, Role.CONSUMER)
        phone.start()
        return phone

    def farmer(self, name: str = "Gopal") -> Phone:
        """A farmer at home whose farm waits for the co-op."""
        phone = self.person(name)
        with self._known(phone):
            pass
        phone.start()  # before anything is told: nobody may write to a chat that was never opened
        with self._known(phone) as (session, them):
            session.info[ANSWERING] = them.id  # as at the end of the questions: what they do is not told to them
            share_phone(session, them, contact_user_id=phone.id, user_id=phone.id, phone=f"+9198{phone.id % 10**8:08d}")
            be_farmer(session, them, latitude=16.99, longitude=73.31, main_crop="mango", now=self.clock.now())
        phone.start()
        return phone

    def arriving_farmer(self, name: str = "Gopal") -> Phone:
        """A farmer who has just answered the questions and waits for the co-op."""
        phone = self.person(name)
        phone.start()
        phone.taps("English")
        phone.taps("🌱 I grow")
        phone.shares_contact()
        phone.shares_place(16.99, 73.31)
        phone.taps("Mango")
        return phone

    @contextmanager
    def _known(self, phone: Phone) -> Iterator[tuple[Session, Member]]:
        """They chose English, and how they want to begin, some other day; what else they did then is done here."""
        now = self.clock.now()
        with self.database.writing() as session:
            them = arrive(
                session, bot_id=phone.bot_id, user_id=phone.id, chat_id=phone.id, first_name=phone.name, now=now
            ).member
            them.language = "en"  # without the menu that goes with the choice: there is no chat yet
            agree(session, them, now=now)
            yield session, them

    def later(self, **span: float) -> None:
        """Let time pass (days=1, hours=2 ...) and do what fell due meanwhile, in its order."""
        self.clock.advance(timedelta(**span))
        self.ticks()

    def ticks(self) -> None:
        """Do what is due now and let the messages go out."""
        run_due(self.database, self.clock.now())
        self.app.sender_bell.ring()
        self.settles()

    def receives(self, *updates: Json) -> None:
        """Updates as some other server may tell them, without their numbers; all are worked off then."""
        numbered = [{"update_id": BEYOND + number, **update} for number, update in enumerate(updates)]
        with self.database.writing() as session:
            inbox.store(session, self.config.bot_id, numbered, self.clock.now())
        self.settles()

    def settles(self, seconds: float = 30.0) -> None:
        """Wait until every update is worked off and everything that may go is sent."""
        for bell in (self.app.worker_bell, self.app.sender_bell):
            bell.ring()  # what a story wrote by itself rang for nobody
        if not self._is_calm_within(seconds):
            raise AssertionError("the shop is still busy")

    def calms(self) -> None:
        """Wait a moment for all that an act led to; what is tried again later is not waited for."""
        self._is_calm_within(2.0)

    def has_shown(self, key: str, after_seq: int, kinds: Collection[str]) -> bool:
        """Whether the bot has done something of these kinds in a chat after an event number."""
        return self.api.has_shown(key, after_seq, kinds)

    def _is_calm_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        pause = LONGEST_LOOK
        while is_busy := self._busy():
            if time.monotonic() > deadline:
                break
            time.sleep(pause)
            pause = max(pause / 2, SHORTEST_LOOK)
        return not is_busy

    def _busy(self) -> bool:
        if self.api.waiting():  # asked first: updates go from there to the inbox, their letters to the outbox
            return True
        return self._look.has_undone(self.clock.now())

    def close(self) -> None:
        """Stop everything, then every invariant must hold."""
        try:
            with self.database.reading() as session:
                found = broken(session)
                quarantined = [(row.seq, row.error) for row in inbox.quarantined(session)]
        finally:
            self.app.stop()
            self._look.close()
            self.api.stop()
        assert found == []
        assert quarantined == []
        assert self.app.failure is None


@pytest.fixture
def shop(db_url: str, tmp_path: Path) -> Iterator[Shop]:
    """A shop on this test's own database, all invariants checked at the end."""
    made = Shop(db_url, tmp_path / "data")
    try:
        yield made
    finally:
        made.close()
