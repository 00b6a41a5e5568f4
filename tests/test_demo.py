"""The demo and the tour as their visitors start them: a process of its own, an empty home, plain HTTP."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.i18n import ENDONYMS, shipped_languages
from tests.crash.parts import Part, farmgate, nursery

PATIENCE = 180.0  # seeding is real work, and test machines are busy
STOP_SECONDS = 10.0


class Visitor:
    """Whoever looks at a demo: reads what it prints, then asks its page and its market."""

    def __init__(self, part: Part) -> None:
        self.part = part

    def waits_for(self, words: str) -> str:
        """The first line that has these words, as soon as it is printed."""
        return self.part.says(rf"(.*{re.escape(words)}.*)\n", PATIENCE).strip()

    def comes_in(self) -> None:
        """Find the page, its configuration and the market, and wait until it is open."""
        self.url = self.waits_for("Open ").split()[1].rstrip("/")
        self.market = json.loads(get(f"{self.url}/config.json"))["market_url"]
        until = time.monotonic() + PATIENCE
        while "now" not in self.asks("clock"):
            assert time.monotonic() < until, self.part.said
            time.sleep(0.2)

    def asks(self, path: str) -> Any:
        return json.loads(get(f"{self.market}/market/{path}"))

    def pushes(self, path: str, **body: Any) -> Any:
        return post(f"{self.market}/market/{path}", body)

    def ends(self, number: signal.Signals) -> int:
        """Stop it; returns the exit code."""
        self.part.signals(number)
        return self.part.dies(STOP_SECONDS)


def ask(url: str, *, body: Any = None, method: str | None = None, **headers: str) -> Any:
    """An open answer of a port of this machine; as a context manager it closes itself."""
    data = None if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data=data, headers=named, method=method)  # noqa: S310 - a loopback address
    return urllib.request.urlopen(request, timeout=120)  # noqa: S310 - as above


def get(url: str) -> str:
    with ask(url) as answer:
        text: str = answer.read().decode()
        return text


def post(url: str, body: Any) -> Any:
    with ask(url, body=body, Content_Type="application/json", Origin="http://127.0.0.1:1") as answer:
        return json.load(answer)


@contextmanager
def started(home: Path, *arguments: str, fresh: bool = False) -> Iterator[Visitor]:
    """`python -m bot ...` in an empty home, with nothing of this environment; `fresh`: as people start it."""
    if fresh:
        part = farmgate(home, {"HOME": str(home), "PYTHONUNBUFFERED": "1"}, *arguments)
    else:
        part = nursery().farmgate(home, {"HOME": str(home)}, *arguments)
    try:
        yield Visitor(part)
    finally:
        part.ends()  # a demo that is killed leaves its folder behind


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """One open demo for the tests that leave it running."""
    with started(tmp_path_factory.mktemp("home"), "demo", "--port", "0") as found:
        found.comes_in()
        yield found


def test_the_page_and_its_configuration_are_served(visitor: Visitor) -> None:
    assert "<title>Farmgate" in get(f"{visitor.url}/")
    assert visitor.market.startswith("http://127.0.0.1:")


def test_everybody_on_the_page_is_named(visitor: Visitor) -> None:
    people = visitor.asks("people")
    assert [one["role"] for one in people] == ["farmer", "buyer", "group", "courier", "operator", "buyer"]
    assert [one["name"] for one in people[:2]] == ["Gopal", "Asha"]


def test_everybody_who_may_get_a_phone_has_a_role(visitor: Visitor) -> None:
    roles = [one["role"] for one in visitor.asks("roles")]
    assert {role: roles.count(role) for role in set(roles)} == {
        "farmer": 5, "buyer": 32, "owner": 1, "operator": 1, "courier": 1,
    }  # fmt: skip


def test_a_title_that_is_cut_in_the_outbox_says_so(visitor: Visitor) -> None:
    titles = [one["kind"] for one in visitor.asks("outbox")]
    assert all(len(title) <= 60 for title in titles)
    assert all(title.endswith("…") for title in titles if len(title) == 60)


def test_the_phones_are_offered_the_shipped_languages_alone(visitor: Visitor) -> None:
    offered = visitor.asks("languages")
    assert [one["name"] for one in offered] == [ENDONYMS[code] for code in shipped_languages()]
    assert offered[0] == {"code": "en", "name": "English"}


def test_the_drawer_has_orders_states_budgets_and_an_outbox(visitor: Visitor) -> None:
    orders, table = visitor.asks("orders"), visitor.asks("states")
    assert table["states"][:2] == ["held", "reserved"]
    assert {order["state"] for order in orders} <= set(table["states"])
    assert all({"journey", "name", "taps"} <= set(budget) for budget in visitor.asks("budgets"))
    assert {"id", "due", "state", "held", "attempts", "chat", "kind", "error"} <= set(visitor.asks("outbox")[0])


def test_the_ledger_sums_to_zero(visitor: Visitor) -> None:
    ledger = visitor.asks("ledger")
    assert ledger["sum_minor"] == 0
    assert ledger["transfers"]


def test_the_group_reads_of_a_sale_and_sees_its_progress(visitor: Visitor) -> None:
    group = visitor.asks("people")[2]["chat_id"]
    until = time.monotonic() + PATIENCE
    while "buyers" not in (shown := get(f"{visitor.url}/control/chats/{group}")):
        assert time.monotonic() < until, shown
        time.sleep(0.3)
    assert "Reserve" in shown


def test_the_group_reads_of_a_sale_in_its_own_language(tmp_path: Path) -> None:
    with started(tmp_path, "demo", "--port", "0", "--language", "hi") as visitor:
        visitor.comes_in()
        group = visitor.asks("people")[2]["chat_id"]
        until = time.monotonic() + PATIENCE
        while "12/60" not in (shown := get(f"{visitor.url}/control/chats/{group}")):
            assert time.monotonic() < until, shown
            time.sleep(0.3)
        assert "बुक करें" in json.dumps(json.loads(shown), ensure_ascii=False)


def test_a_crop_that_fails_gives_every_deposit_back(visitor: Visitor) -> None:
    assert "Buyers who get all their money back: " in visitor.pushes("act", do="crop_fails")["text"]
    assert visitor.asks("ledger")["sum_minor"] == 0


def test_the_bank_can_be_told_to_refuse(visitor: Visitor) -> None:
    assert visitor.pushes("act", do="payment_fails")["refuse_next"] is True


def test_the_clock_jumps_and_the_messenger_with_it(visitor: Visitor) -> None:
    before = datetime.fromisoformat(visitor.asks("clock")["now"])
    after = datetime.fromisoformat(visitor.pushes("clock", advance_seconds=86400)["now"])
    assert 86400 <= (after - before).total_seconds() < 86400 + 120
    limits = json.loads(get(f"{visitor.url}/control/limits"))
    assert abs(limits["clock_offset"] - (after.timestamp() - time.time())) < 60
    visitor.pushes("clock", to="next_job")


@pytest.mark.parametrize(("path", "body"), [("act", {"do": "dance"}), ("clock", {"advance_seconds": -1})])
def test_nonsense_is_refused_in_words_the_page_can_read(visitor: Visitor, path: str, body: dict[str, Any]) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        visitor.pushes(path, **body)
    with refused.value as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:1"
        assert json.load(answer)["error"]


def test_a_stranger_may_not_push(visitor: Visitor) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(f"{visitor.market}/market/clock", Origin="http://example.org")
    refused.value.close()
    assert refused.value.code == 403


def test_the_preflight_of_a_push_is_allowed(visitor: Visitor) -> None:
    wanted = {"Origin": visitor.url, "Access_Control_Request_Headers": "content-type"}
    with ask(f"{visitor.market}/market/act", method="OPTIONS", **wanted) as answer:
        assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type"


def test_a_reset_puts_everything_back(visitor: Visitor) -> None:
    visitor.pushes("clock", advance_seconds=86400)
    later, orders = visitor.asks("clock"), visitor.asks("orders")
    assert visitor.pushes("act", do="reset")["ok"]
    assert visitor.asks("clock")["now"] < later["now"]
    assert visitor.asks("clock")["round"] == later["round"] + 1
    assert len(visitor.asks("orders")) == len(orders)


def test_sigterm_ends_it_well(tmp_path: Path) -> None:
    with started(tmp_path, "demo", "--port", "0", fresh=True) as own:
        own.comes_in()
        assert own.ends(signal.SIGTERM) == 0


def test_it_can_be_stopped_while_it_is_still_being_prepared(tmp_path: Path) -> None:
    with started(tmp_path, "demo", "--port", "0") as visitor:
        visitor.waits_for("Open ")
        assert visitor.ends(signal.SIGINT) == 0


def test_an_occupied_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with started(tmp_path, "demo", "--port", port) as visitor:
            said = visitor.waits_for("farmgate: ")
            assert visitor.part.dies(STOP_SECONDS) == 2
    assert said == f"farmgate: Port {port} cannot be used (it is taken); choose another with --port."


def test_a_language_without_a_catalogue_is_refused(tmp_path: Path) -> None:
    with started(tmp_path, "demo", "--port", "0", "--language", "tlh") as visitor:
        assert "English" in visitor.waits_for("farmgate: --language tlh")
        assert visitor.part.dies(STOP_SECONDS) == 2


@pytest.mark.parametrize("language", shipped_languages())
def test_the_tour_plays_a_season_and_every_invariant_holds(tmp_path: Path, language: str) -> None:
    tour = nursery().farmgate(tmp_path, {"HOME": str(tmp_path)}, "tour", "--language", language)
    tour.says("(all invariants held)", PATIENCE)
    assert tour.dies(PATIENCE) == 0
