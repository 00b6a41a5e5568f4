"""Ten thousand inputs of every kind, before every question, in three languages: `python -m tests.attack.fuzz`.

Nothing may be set aside nor logged as an error, whoever wrote is answered, and an answer to bad input names an example.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import delete, event, select, update
from structlog.testing import capture_logs

from bot.dispatcher import build, listening_bot
from bot.inline import Shelf
from bot.render import TEXT_UNITS, Setting, render
from bot.wake import Wake
from bot.worker import Bench, Worker
from core.members.models import Member
from core.messaging import inbox
from core.messaging.conversation import load
from core.messaging.models import Inbox, Outbox
from core.messaging.screen import Screen
from core.migrations import upgrade
from core.verify import broken
from handlers import routes
from handlers.turn import MISTAKEN, Toast
from scheduler.jobs import run_due
from tests.attack import fuzz_judge
from tests.attack.fuzz_inputs import Inputs
from tests.attack.fuzz_standing import LANGUAGES, Being, beings, look_around, stand
from tests.forging import GROUP_CHAT, furnish, hasty, tidy
from tests.kit.shop import Shop

EVERY = 100  # rounds after which six hours pass and everybody's own things are looked up anew
LEAVING = "oforgetyes"  # whoever presses it is known no more
SEED = 20260501


class Heard:
    """Takes the place of the answers to presses and inline queries."""

    def __init__(self) -> None:
        self.toasts: dict[str, Toast | None] = {}
        self.shelves = 0

    def callback(self, query_id: str, toast: Toast | None) -> None:
        self.toasts[query_id] = toast

    def inline(self, _query_id: str, _shelf: Shelf) -> None:
        self.shelves += 1


@dataclass
class Sent:
    """One input: who sent it, before which question, as what."""

    being: Being
    state: str | None
    kind: str
    raw: dict[str, Any]

    def __str__(self) -> str:
        body = self.raw.get("callback_query") or self.raw.get("message") or self.raw.get("edited_message") or self.raw
        said = body.get("data", body.get("text", ""))
        return f"{self.being.what} ({self.being.language}) at {self.state}, {self.kind} {said!r:.160}"


@dataclass
class Report:
    """How many of what were sent, and what should not have happened."""

    sent: Counter[str] = field(default_factory=Counter)
    states: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def lines(self) -> list[str]:
        kinds = ", ".join(f"{kind} {number}" for kind, number in self.sent.most_common())
        refusals = ", ".join(f"{kind} {number}" for kind, number in self.refused.most_common())
        return [
            f"{self.sent.total()} inputs in {self.seconds:.0f} s of this process, before {len(self.states)} questions",
            f"sent: {kinds}", f"answers to bad input: {refusals}", f"wrong: {len(self.wrong)}", *self.wrong[:40],
        ]  # fmt: skip


class Fuzz:
    """A furnished shop whose worker is fed here, six people at a time."""

    def __init__(self, shop: Shop, seed: int = SEED) -> None:
        self.shop, self.report, self._heard, self._updates = shop, Report(), Heard(), count(5_000_000)
        shop.person("Newcomer").start()
        shop.settles()
        shop.app.stop()
        event.listen(shop.database.engine, "connect", hasty)
        actions = sorted(set(routes.PRESSES) - {LEAVING})
        self._inputs = Inputs(seed, actions)
        self._loop = asyncio.new_event_loop()
        bench = Bench(
            shop.database, shop.clock, listening_bot(shop.config), build(shop.app.facts),
            self._heard, Wake(), lambda: None,  # type: ignore[arg-type] # Heard answers as Answers does
        )  # fmt: skip
        self._worker = Worker(bench)
        with shop.database.writing() as session:
            self.beings = beings(session)

    def play(self, inputs: int) -> Report:
        """Send so many inputs, six people each time one."""
        began = time.process_time()
        with capture_logs() as logs:
            for turn in range(-(-inputs // len(self.beings))):
                if turn % EVERY == 0:
                    self._time_passes(turn)
                self._round(turn)
        self.report.wrong += [f"logged: {line!r:.600}" for line in logs if line["log_level"] in ("error", "critical")]
        with self.shop.database.reading() as session:
            self.report.wrong += broken(session)
        self._loop.close()
        self.report.seconds = time.process_time() - began
        return self.report

    def _time_passes(self, turn: int) -> None:
        if turn:
            self.shop.clock.advance(timedelta(hours=6))
            run_due(self.shop.database, self.shop.clock.now())
        with self.shop.database.writing() as session:
            for being in self.beings:
                look_around(session, being)
            session.execute(delete(Outbox).where(Outbox.kind != "notice"))

    def _round(self, turn: int) -> None:
        self.shop.clock.advance(timedelta(seconds=20))
        with self.shop.database.writing() as session:
            sent = [self._one(session, being, LANGUAGES[(turn + at) % 3]) for at, being in enumerate(self.beings)]
            inbox.store(session, self.shop.config.bot_id, [each.raw for each in sent], self.shop.clock.now())
        while self._loop.run_until_complete(self._worker.step()):
            continue
        with self.shop.database.writing() as session:
            self._look(session, sent)
        self._heard.toasts.clear()

    def _one(self, session: Any, being: Being, language: str) -> Sent:
        being.language = language
        session.execute(update(Member).where(Member.id == being.member_id).values(language=language))
        state = stand(session, being, self.shop.config.bot_id, self._inputs.random, self.shop.clock.now())
        kind = self._inputs.kind()
        raw = {"update_id": next(self._updates), **self._envelope(being, kind)}
        self.report.sent[kind] += 1
        self.report.states |= {state} - {None}
        return Sent(being, state, kind, raw)

    def _envelope(self, being: Being, kind: str) -> dict[str, Any]:
        sender = {"id": being.user_id, "is_bot": False, "first_name": being.what, "language_code": being.language}
        chat = {"id": being.user_id, "type": "private", "first_name": being.what}
        if kind == "group":
            chat = {"id": GROUP_CHAT, "type": "supergroup", "title": "G"}
        number = next(self._updates)
        body: dict[str, Any] = {"message_id": number, "date": 1, "chat": chat, "from": sender}
        if kind == "press":
            query = {"id": str(number), "from": sender, "chat_instance": "1", "message": {**body, "text": "x"}}
            data = self._inputs.data()
            return {"callback_query": {**query, "data": "border:1:0" if (data or "").startswith(LEAVING) else data}}
        if kind == "inline":
            asked = {"id": str(number), "from": sender, "query": self._inputs.text()[:256], "offset": "x"}
            return {"inline_query": asked}
        if kind == "other":
            return {"kind_of_tomorrow": {"chat": chat, "user": sender, "date": 1}}
        content = self._inputs.content("location" if kind == "edited_place" else kind, being.user_id)
        return {"edited_message" if kind.startswith("edit") else "message": {**body, **content}}

    # ---- what came of it

    def _look(self, session: Any, sent: list[Sent]) -> None:
        ids = {each.raw["update_id"]: each for each in sent}
        rows = list(session.scalars(select(Inbox).where(Inbox.update_id.in_(ids))))
        told: dict[int, list[Screen]] = {row.seq: [] for row in rows}
        for letter in session.scalars(select(Outbox).where(Outbox.dedup.startswith("u:"))):
            if letter.payload.get("screen"):
                told.get(int(letter.dedup.split(":")[1]), []).append(Screen.from_json(letter.payload["screen"]))
        for row in rows:
            each = ids[row.update_id]
            if row.state != "done" or row.error:
                self.report.wrong.append(f"{row.state} {row.error}: {each}")
                continue
            self._judge(session, each, told[row.seq])
        session.execute(delete(Inbox).where(Inbox.update_id.in_(ids)))
        session.execute(delete(Outbox).where(Outbox.dedup.startswith("u:")))

    def _judge(self, session: Any, each: Sent, told: list[Screen]) -> None:
        for screen in told:
            call = render(screen, Setting(each.being.user_id, "farmgate_bot"))
            if not screen.text.strip() or len(screen.text.encode("utf-16-le")) // 2 > TEXT_UNITS:
                self.report.wrong.append(f"{call.method} cannot be sent as it is: {each}")
            self._inputs.seen.extend(data for _label, data in screen.presses() if not data.startswith(LEAVING))
        if each.kind in ("group", "inline", "other", "edited_place"):
            return
        if each.kind == "press":
            toast = self._heard.toasts.get(each.raw["callback_query"]["id"])
            if not told and toast is None:
                self.report.wrong.append(f"unanswered: {each}")
            return
        if not told:
            if not self._is_for_another(each):
                self.report.wrong.append(f"unanswered: {each}")
            return
        self._judge_words(session, each, told)

    @staticmethod
    def _is_for_another(each: Sent) -> bool:
        said = next((body.get("text", "") for body in each.raw.values() if isinstance(body, dict)), "")
        return "@" in said.partition(" ")[0] and said.startswith("/")

    def _judge_words(self, session: Any, each: Sent, told: list[Screen]) -> None:
        """Bad input for what is asked is answered with an example, in the language of who sent it."""
        text, language = "\n".join(screen.text for screen in told), each.being.language
        if each.state is not None and each.kind in fuzz_judge.NEVER:
            if fuzz_judge.example_of(each.state, language) not in text:
                self.report.wrong.append(f"no example in {text!r:.200}: {each}")
            return
        key = (self.shop.config.bot_id, each.being.user_id, each.being.user_id)
        stands = load(session, *key)
        number = (each.raw.get("message") or {}).get("message_id")
        if stands is None or number is None or (stands.data or {}).get(MISTAKEN) != number:
            return
        kind = fuzz_judge.refusal_in(told[0].text, language)
        name = kind.__name__ if kind else "a screen of its own"
        self.report.refused[name] += 1
        if kind is None:
            self.report.wrong.append(f"not a refusal in {language}: {told[0].text!r:.200}: {each}")
        elif not issubclass(kind, fuzz_judge.OF_THE_THING) and not fuzz_judge.has_example(kind):
            self.report.wrong.append(f"no example in {told[0].text!r:.200}: {each}")


def sown(folder: Path) -> Shop:
    """A furnished shop on a new SQLite file."""
    url = f"sqlite:///{folder / 'fuzz.db'}"
    upgrade(url)
    shop = Shop(url, folder / "data")
    furnish(shop)
    return shop


def main() -> int:
    """Play, print, and say whether anything was wrong."""
    parser = argparse.ArgumentParser("tests.attack.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="farmgate-fuzz-"))
    shop = sown(folder)
    gc.freeze()
    try:
        report = Fuzz(shop, chosen.seed).play(chosen.inputs)
        tidy(shop)
    finally:
        shop.close()
        shutil.rmtree(folder)
    sys.stdout.write("\n".join([*report.lines(), ""]))
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
