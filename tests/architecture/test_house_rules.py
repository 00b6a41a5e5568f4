"""The house rules hold for every file; each rule is also shown something bad, so that it can fail."""

from __future__ import annotations

import tomllib

import pytest

from bot.dispatcher import build
from core.config import BotFacts
from tests.architecture import rules
from tests.architecture.source import ROOMS, ROOT, Module, bare_ignores, modules

PACKAGES = ("bot", "handlers", "core", "scheduler", "web", "simulator")
# who measures how long something takes, on a clock that never jumps, outside core/clock.py; and why
TICKERS = {
    "core/clock.py": "the one file that reads clocks",
    "bot/limiter.py": "an edge's rate limiter: buckets refill by the machine's time, whatever the market's clock says",
    "bot/tour.py": "prints how long the tour took",
}


def bad(text: str, path: str = "core/bad.py") -> list[Module]:
    return [Module(path, text)]


def test_files_are_short() -> None:
    assert rules.long_files(modules(*PACKAGES)) == []
    assert rules.long_files(bad("x = 1\n" * 301))


def test_functions_are_short_and_most_are_very_short() -> None:
    ours = modules(*PACKAGES)
    assert rules.long_functions(ours) == []
    for room in PACKAGES:
        assert rules.median_length(modules(room)) <= rules.MEDIAN_LINES, room
    long = bad("def f():\n" + "    x = 1\n" * 40)
    assert rules.long_functions(long)
    assert rules.median_length(long) > rules.MEDIAN_LINES


def test_handlers_parse_call_one_verb_and_return() -> None:
    ours = modules("handlers")
    assert len(list(rules.handlers_of(ours))) > 100
    assert rules.long_handlers(ours) == []
    assert rules.long_handlers(bad("async def h(turn: Turn):\n" + "    x = 1\n" * 25))
    assert rules.long_handlers(bad('@routes.press("x")\nasync def h(t):\n' + "    x = 1\n" * 25))


def test_every_module_says_what_it_knows() -> None:
    assert rules.without_docstring(modules(*PACKAGES, "locales")) == []
    assert rules.without_docstring(bad("x = 1\n"))


def test_only_clock_reads_the_clock() -> None:
    ours = modules("bot", "handlers", "core", "scheduler", "web")
    assert rules.clock_readers(ours, rules.CLOCK_CALLS, {"core/clock.py"}) == []
    assert rules.clock_readers(ours, rules.TICKS, set(TICKERS)) == []
    for text in ("datetime.now(UTC)", "datetime.datetime.utcnow()", "date.today()", "time.time()"):
        assert rules.clock_readers(bad(text), rules.CLOCK_CALLS, set()), text
    assert rules.clock_readers(bad("field(default_factory=time.monotonic)"), rules.TICKS, set(TICKERS))


def test_every_exception_from_the_clock_rule_is_still_needed() -> None:
    needed = {line.split(":")[0] for line in rules.clock_readers(modules("bot", "core"), rules.TICKS, set())}
    assert set(TICKERS) == needed


def test_only_edges_commit() -> None:
    assert rules.commits(modules("core", "handlers", "scheduler", "bot", "web")) == []
    for text in ("session.commit()", "self.session.begin()", "connection.commit()", "session.rollback()"):
        assert rules.commits(bad(text)), text
    assert rules.commits(bad("session.begin_nested()")) == []


def test_only_flow_writes_an_orders_state() -> None:
    assert rules.order_state_writers(modules("core", "handlers", "scheduler", "bot", "web")) == []


@pytest.mark.parametrize(
    "text",
    [
        "order.state = 'ready'",
        "self.order.state = 'ready'",
        "order.rev, order.state = 2, 'ready'",
        "def f(mine: Order):\n    mine.state = 'ready'",
        "def f(session):\n    it = session.get(Order, 1)\n    it.state = 'ready'",
        "def f(session):\n    for it in session.scalars(select(Order)):\n        it.state = 'ready'",
        "setattr(order, 'state', 'ready')",
        "set_committed_value(order, 'state', 'ready')",
        "session.execute(update(Order).where(Order.id == 1).values(state='ready'))",
        "session.execute(update(Order).values({'state': 'ready'}))",
        "session.execute(sa.update(models.Order).values(values))",
    ],
)
def test_writing_an_orders_state_elsewhere_is_noticed(text: str) -> None:
    assert rules.order_state_writers(bad(text))


def test_reading_an_orders_state_or_writing_anothers_is_no_offence() -> None:
    fine = "if order.state == 'ready':\n    campaign.state = 'done'\nupdate(Order).values(picked=True)\n"
    assert rules.order_state_writers(bad(fine)) == []
    assert rules.order_state_writers(bad("order.state = 1", "core/orders/flow.py")) == []


def test_one_room_speaks_python_telegram_bot_and_two_know_aiogram() -> None:
    ours = modules(*ROOMS)
    assert rules.imports_of(ours, "telegram", ("bot",)) == []
    assert rules.imports_of(ours, "aiogram", ("bot", "handlers")) == []
    assert rules.imports_of(bad("from telegram.ext import ExtBot"), "telegram", ("bot",))
    assert rules.imports_of(bad("import aiogram"), "aiogram", ("bot", "handlers"))
    assert rules.imports_of(bad("import telegram_dates"), "telegram", ()) == []


def test_every_silenced_check_says_why() -> None:
    ours = modules(*ROOMS, "tests", "bench")
    assert [line for module in ours for line in bare_ignores(module)] == []
    for text in ("x = 1  # noqa", "x = 1  # noqa: E501", "x = 1  # type: ignore", "x = 1  # type: ignore[misc]"):
        assert list(bare_ignores(bad(text + "\n")[0])), text
    for text in ("x = 1  # noqa: E501 - a table", "x = 1  # type: ignore[misc]  # the library is untyped"):
        assert list(bare_ignores(bad(text + "\n")[0])) == [], text


def test_money_never_meets_a_float() -> None:
    money = [m for m in modules("core") if m.path.startswith(("core/payments/", "core/orders/", "core/money.py"))]
    assert len(money) > 20
    assert rules.floats(money) == []
    for text in ("float('1.5')", "x = 0.1", "def f(price: float): ..."):
        assert rules.floats(bad(text)), text


def test_the_dispatcher_has_one_catch_all_observer_a_kind() -> None:
    dispatcher = build(BotFacts(1, "farmgate_bot", ROOT))
    assert not dispatcher.sub_routers
    used = {name: seen.handlers for name, seen in dispatcher.observers.items() if seen.handlers and name != "error"}
    assert {"message", "callback_query", "my_chat_member"} <= set(used)
    for name, found in used.items():
        assert len(found) == 1, name
        assert not found[0].filters, f"{name}: a synchronous filter runs in a thread of its own, for each update"


def test_the_import_contracts_stand() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    names = {contract["name"]: contract for contract in settings["contracts"]}
    assert set(settings["root_packages"]) == {"bot", "handlers", "core", "scheduler", "web", "simulator"}
    assert names["imports point down"]["layers"] == ["bot", "handlers | web | scheduler", "core"]
    assert {"aiogram", "telegram", "fastapi", "starlette", "apscheduler", "asyncio"} <= set(
        names["core is plain synchronous Python"]["forbidden_modules"]
    )
    assert len(names["slices of core point down"]["layers"]) == 8
    assert "telegram" in names["one room speaks python-telegram-bot"]["forbidden_modules"]
    assert "sqlalchemy" in names["no SQL in handlers"]["forbidden_modules"]
    assert set(names["the simulator imports nothing of ours"]["forbidden_modules"]) >= {"bot", "handlers", "core"}
    assert names["payment and carrier plug-ins are independent"]["type"] == "independence"
    assert "lint-imports" in (ROOT / "Makefile").read_text(encoding="utf-8")
