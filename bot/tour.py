"""Plays one season from a farmer's first press to a reviewed delivery, headless over HTTP, and prints it.

Others may have played before: the tour throws away a draft in its way and keeps to the sale that it published.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import logs
from bot import seed_data as sample
from bot.demo import Demo, check_language
from bot.seed import ZONE
from bot.tour_people import PATIENCE, Actor
from bot.tour_words import Words
from core.catalog.models import Campaign
from core.catalog.queries import drafts_of, last_campaign
from core.members.models import Farm, Identity, Member
from core.messaging import inbox, outbox
from core.orders.models import Order, number_of
from simulator.window import Missed

FARMER, OPERATOR, COURIER = sample.FARMS[0].farmer, sample.OPERATOR, sample.COURIER
FIRST, SECOND, THIRD = sample.BUYERS[:3]
MANGOES = sample.FARMS[0].open[-1]
BY_DAY = 9, 18  # hours in which nobody sleeps


class Tour:
    """Twelve steps over one running demo; people wait `patience` seconds for what must come.

    `heed` is called meanwhile: what it raises ends the tour.
    """

    def __init__(
        self, demo: Demo, say: Callable[[str], None], heed: Callable[[], None] = lambda: None,
        patience: float = PATIENCE,
    ) -> None:  # fmt: skip
        self._demo, self._say, self._heed, self._patience = demo, say, heed, patience
        chats = {name: f"{user_id}:{demo.config.bot_id}" for name, user_id in demo.people.items()}
        words = {name: Words(language) for name, language in self._languages().items()}
        people = {name: Actor(demo.url, chat, name, say, self._quiet, words[name]) for name, chat in chats.items()}
        for person in people.values():
            person.waits_at_most(patience)
        self.farmer, self.operator, self.courier = people[FARMER], people[OPERATOR], people[COURIER]
        self.first, self.second, self.third = people[FIRST], people[SECOND], people[THIRD]
        self.step = 0
        self._sale = 0  # published by the first step

    def play(self) -> int:
        """All steps; returns how many taps it took."""
        self._by_day()
        for step in (
            self.publish, self.approve, self.reserve, self.by_transfer, self.cancel, self.harvest, self.balance,
            self.pick_and_pack, self.hand_over, self.deliver, self.receive_and_review, self.money,
        ):  # fmt: skip
            self.step += 1
            self._say(f"\n{self.step:2}. {(step.__doc__ or '').strip()}")
            step()
        actors = (self.farmer, self.operator, self.courier, self.first, self.second, self.third)
        return sum(actor.taps_made for actor in actors)

    def publish(self) -> None:
        """The farmer offers last season's mangoes again: three taps and a photo."""
        for _draft in range(self._drafts()):
            self.farmer.opens("➕ Sell", "/sell")
            self.farmer.taps("🗑 Delete")
        self.farmer.opens("➕ Sell", "/sell")
        if self._are_last_sale():
            self.farmer.taps("🔁")
        else:  # somebody played meanwhile, and that sale would be repeated
            self.farmer.types(f"200 kg mangoes Alphonso, 150/kg, ready {self._in_three_weeks()}, deposit 20%")
        self.farmer.photographs("mango")
        self.farmer.sees("Photo 1")
        self.farmer.taps("✅ Publish")
        self._quiet()
        self._sale = self._newest()

    def approve(self) -> None:
        """The co-op looks at it: one tap."""
        self.operator.taps("✅ Approve")
        self.farmer.sees("is on sale")

    def reserve(self) -> None:
        """A buyer follows the link of the group's card, reserves five kilos and pays the deposit in the chat."""
        self.first.starts(f"s_{self._sale}")
        self.first.taps("5 kg")
        self.first.taps("✅ Reserve")
        self.first.taps("💳 Pay deposit")
        self.first.taps("💳 Card in chat")
        self.first.pays()
        self.first.taps("🚚 Deliver")
        self.first.sees("street")
        self.first.types("12, Lake Road, Pune 411001")

    def by_transfer(self) -> None:
        """Another pays by transfer and photographs the receipt; the co-op confirms it."""
        self.second.starts(f"s_{self._sale}")
        self.second.taps("2 kg")
        self.second.taps("✅ Reserve")
        self.second.taps("💳 Pay deposit")
        self.second.taps("🏦")
        self.second.sees("sahyadri@upi")
        self.second.photographs("receipt")
        self.operator.taps("✅ Money is there")
        self.second.sees("deposit paid")
        self.second.taps("🧾 Order")
        self.second.taps("📍 Pick up")

    def cancel(self) -> None:
        """A third pays the deposit, changes her mind before the cutoff and has everything back."""
        self.third.starts(f"s_{self._sale}")
        self.third.taps("1 kg")
        self.third.taps("✅ Reserve")
        self.third.taps("💳 Pay deposit")
        self.third.taps("🧪")
        self.third.taps("📍 Pick up")
        self.third.taps("🧾 A")
        self.third.taps("❌ Cancel order")
        self.third.taps("❌")
        self.third.sees("is back in your wallet")

    def harvest(self) -> None:
        """The mangoes are ripe: the bot asks, the farmer answers with three taps, the buyers hear it."""
        self._until_harvest()
        self.farmer.sees("ready?")
        self.farmer.taps_data("✅ Ready", f"fready:{self._sale}:")  # other sales of this farm ripen too
        self.farmer.taps("All ", on="are reserved. How much do you have?")
        self.farmer.taps("📣 Tell them", on="2 buyers will be asked")

    def balance(self) -> None:
        """One pays the balance in the chat, the other will pay in cash."""
        self.first.taps("💳 Pay balance")
        self.first.taps("💳 Card in chat")
        self.first.pays()
        self.first.sees("owed ₹0")
        self.second.taps("💳 Pay balance")
        self.second.taps("💵 Cash")

    def pick_and_pack(self) -> None:
        """The farmer picks, sorts and packs from the list; the buyers may watch."""
        self.farmer.taps("📋 Pick list")
        for step in ("🧺 Picked", "🧼 Processed", "📐 Sorted", "🏬 Stocked", "✅ All packed"):
            self.farmer.taps(step)

    def hand_over(self) -> None:
        """The parcels go to the co-op's courier."""
        self.farmer.taps("🚚 Hand to courier")
        self.farmer.taps(COURIER)

    def deliver(self) -> None:
        """The courier taps once a status; the buyer follows."""
        self.courier.opens("🚚 My parcels", "/parcels")
        self.courier.taps(self._number(FIRST))
        for status in ("📦 Picked up", "🚚 On the road", "🏠 Delivered"):
            self.courier.taps(status)
        self.first.sees("delivered")

    def receive_and_review(self) -> None:
        """The buyer confirms receipt and says how it was."""
        self.first.taps("✅ Received")
        self.first.taps("👍 Good")
        for question in ("1 of 3", "2 of 3", "3 of 3"):
            self.first.taps("👍", on=question)
        self.first.sees("words")
        self.first.types("Sweet and cool, thank you!")
        self.first.taps("Skip")

    def money(self) -> None:
        """The farmer looks at the money."""
        self.farmer.sees("received by the buyer")
        self.farmer.opens("💰 Money", "/money")

    def _quiet(self) -> None:
        """Wait until everything written is answered and everything due is sent."""
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            self._heed()
            with self._demo.database.reading() as session:
                if not inbox.waiting(session) and not outbox.due_count(session, self._demo.clock.now()):
                    return
            time.sleep(0.02)

    def _languages(self) -> dict[str, str]:
        """What the bot speaks with each: somebody may have chosen another language than the demo's."""
        chosen = select(Identity.user_id, Member.language).join(Member, Member.id == Identity.member_id)
        with self._demo.database.reading() as session:
            known = {user_id: language or self._demo.language for user_id, language in session.execute(chosen)}
        return {name: known.get(user_id, self._demo.language) for name, user_id in self._demo.people.items()}

    def _farm_id(self, session: Session) -> int:
        """The farm of the tour's farmer."""
        mine = select(Farm.id).join(Identity, Identity.member_id == Farm.member_id)
        return session.scalars(mine.where(Identity.user_id == self._demo.people[FARMER])).one()

    def _drafts(self) -> int:
        """How many sales the farmer has begun: each would be offered before a new one."""
        with self._demo.database.reading() as session:
            return len(drafts_of(session, self._farm_id(session)))

    def _are_last_sale(self) -> bool:
        """Whether what the farmer published last are mangoes as in the sample market."""
        with self._demo.database.reading() as session:
            last = last_campaign(session, self._farm_id(session))
            usual = (MANGOES.crop, MANGOES.quantity, True)
            return last is not None and (last.crop, last.capacity, last.delivers) == usual

    def _in_three_weeks(self) -> date:
        return self._demo.clock.now().date() + timedelta(days=MANGOES.ready)

    def _number(self, buyer: str) -> str:
        with self._demo.database.reading() as session:
            found = select(Order.id).where(Order.campaign_id == self._sale).order_by(Order.id).limit(1)
            return number_of(session.scalars(found).one())

    def _newest(self) -> int:
        """What the farmer has just published."""
        with self._demo.database.reading() as session:
            own = select(Campaign.id).where(Campaign.farm_id == self._farm_id(session))
            return session.scalars(own.order_by(Campaign.id.desc()).limit(1)).one()

    def _by_day(self) -> None:
        """Begin in the morning where the clock was moved into the night: in quiet hours the bot keeps its news."""
        now = self._demo.clock.now().astimezone(ZoneInfo(ZONE))
        if BY_DAY[0] <= now.hour < BY_DAY[1]:
            return
        morning = now.replace(hour=BY_DAY[0], minute=0) + timedelta(days=int(now.hour >= BY_DAY[1]))
        self._say("   ... the night passes ...")
        self._demo.market.jump(morning - now)

    def _until_harvest(self) -> None:
        """Let the clock run to noon of the harvest day, doing what falls due on the way."""
        with self._demo.database.reading() as session:
            day = session.get_one(Campaign, self._sale).harvest_on
        now = self._demo.clock.now()
        if day is None:
            raise Missed("the sale has no harvest date")
        hours = (day - now.date()).days * 24 + (7 - now.hour)
        self._say(f"   ... {hours // 24} days pass ...")
        self._demo.market.jump(timedelta(hours=max(hours, 1)))


def play(language: str, say: Callable[[str], None]) -> int:
    """A demo of its own, one season, then every invariant; 0 when all held, 1 when something was missed."""
    check_language(language)
    logs.configure(logging.ERROR)  # the terminal shows the season
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(Path(folder) / "tour", language=language)
        demo.start()
        try:
            taps = Tour(demo, say).play()
            found = demo.verify()
        except Missed as missed:
            say(f"\nThe tour stopped: {missed}")
            return 1
        finally:
            demo.stop()
    for sentence in found:
        say(f"BROKEN: {sentence}")
    if not found:
        say(f"\nOne season in {taps} taps and {time.monotonic() - began:.0f} s. farmgate verify: all invariants held.")
    return 1 if found else 0
