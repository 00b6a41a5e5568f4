"""The tour after others have played: it keeps to its own sale, says why it stopped, and can be stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.demo import Demo
from bot.tour import FARMER, FIRST, OPERATOR, Tour
from bot.tour_people import Actor
from bot.tour_words import Words
from core.catalog.models import Campaign
from simulator.window import Missed


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo in this process."""
    opened = Demo(tmp_path_factory.mktemp("tour") / "demo")
    opened.start()
    yield opened
    opened.stop()


def _actor(demo: Demo, name: str, language: str = "en") -> Actor:
    chat = f"{demo.people[name]}:{demo.config.bot_id}"
    return Actor(demo.url, chat, name, lambda _line: None, lambda: None, Words(language))


def _newest_sale(demo: Demo) -> int:
    with demo.database.reading() as session:
        return (
            session.scalars(select(Campaign.id).where(Campaign.state == "open").order_by(Campaign.id.desc())).first()
            or 0
        )


def _plays(demo: Demo) -> None:
    """Tomatoes are sold, another sale is begun, the farmer turns to other tiles, the buyer to Hindi; night falls."""
    farmer, operator, buyer = _actor(demo, FARMER), _actor(demo, OPERATOR), _actor(demo, FIRST)
    farmer.taps("➕ Sell")
    ready = demo.clock.now().date() + timedelta(days=9)
    farmer.types(f"100 kg tomatoes, 44/kg, ready {ready}, deposit 20%")
    farmer.taps("✅ Publish")
    operator.taps("✅ Approve")
    farmer.sees("is on sale")
    farmer.taps("➕ Sell")
    farmer.types(f"30 kg okra, 80/kg, ready {ready}")
    farmer.sees("Send 1 photo")
    farmer.taps("🔁 Switch")
    farmer.sees("your other menu")
    buyer.starts(f"s_{_newest_sale(demo)}")
    buyer.taps("5 kg")
    buyer.taps("✅ Reserve")
    buyer.types("/language")
    buyer.taps("हिन्दी")
    demo.market.jump(timedelta(hours=13))


@pytest.mark.timeout(240)
def test_a_tour_after_somebody_played_finds_its_own_sale(demo: Demo) -> None:
    _plays(demo)
    said: list[str] = []
    assert Tour(demo, said.append).play() > 40
    assert demo.verify() == []
    read = "\n".join(said)
    assert "Alphonso is on sale: 200 kg" in read
    assert "received by the buyer" in read


@pytest.mark.timeout(240)
def test_a_second_tour_plays_a_season_of_its_own(demo: Demo) -> None:
    assert Tour(demo, lambda _line: None).play() > 40
    assert demo.verify() == []


def test_a_tour_on_the_page_is_stopped_where_it_is(demo: Demo) -> None:
    acts = demo.market.acts
    assert "Watch the phones" in acts["tour"]()["text"]
    assert demo.market.tour is not None
    assert "has stopped" in acts["end_tour"]()["text"]
    assert demo.market.tour is None


def test_why_a_tour_stopped_is_one_sentence_that_stays(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    def misses(_tour: Tour) -> int:
        raise Missed("waited for a button [5 kg] on the phone of Asha; the last screens were:\n   🤖 (nothing)")

    monkeypatch.setattr(Tour, "play", misses)
    demo.market.acts["tour"]()
    over = time.monotonic() + 10
    while not (demo.market.tour or {}).get("done") and time.monotonic() < over:
        time.sleep(0.02)
    assert demo.market.tour is not None
    said = demo.market.tour["text"]
    assert said == (
        "The tour stopped: waited for a button [5 kg] on the phone of Asha. Press Reset, then ▶ Tour again."
    )
    demo.market.acts["end_tour"]()
    assert demo.market.tour is None
