"""Who may do what: the registry equals docs/permissions.md, and presses that were never offered change nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from structlog.testing import capture_logs

from core.errors import Changed, NotAllowed, NotFound, Refusal, YourOwn
from core.messaging.models import Inbox
from core.messaging.screen import Screen
from core.orders.models import Order
from core.orders.states import PRESSES as ORDER_ACTIONS
from core.permissions import ACTIONS, STAFF, Actor, Ownership, Role, may, require
from handlers import routes
from handlers.turn import Reply, Turn
from tests.forging import GROUP_CHAT, Findings, Stranger, counted, dump, furnish, hold, tidy
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories import farming, market

Rows = dict[tuple[str, Any], Any]

TABLE = Path(__file__).resolve().parent.parent / "docs" / "permissions.md"
ME, ANOTHER = 1, 2
ROLES = tuple(Role)


# ---- the table


def page() -> str:
    """docs/permissions.md as the registry tells it."""
    told = [
        "# Who may do what", "",
        "Made from `core/permissions.py` by `FARMGATE_PERMISSIONS=write pytest tests/test_permissions.py`.",
        "*own*: only to one's own thing; staff may also do it to another's where staff may do it at all.",
        "*others*: never to one's own thing, whoever one is: another person does it.", "",
        f"| action | {' | '.join(ROLES)} | whose | in which states |",
        f"|---|{'---|' * len(ROLES)}---|---|",
    ]  # fmt: skip
    for action, rule in sorted(ACTIONS.items()):
        cells = ["yes" if role in rule.roles else "" for role in ROLES]
        states = rule.states or ORDER_ACTIONS.get(action, frozenset())
        told.append(f"| {action} | {' | '.join(cells)} | {rule.ownership} | {' '.join(sorted(states)) or 'any'} |")
    return "\n".join(told) + "\n"


def test_the_registry_is_the_table_in_the_docs() -> None:
    if os.environ.get("FARMGATE_PERMISSIONS") == "write":
        TABLE.write_text(page(), encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == page()


def rows() -> dict[str, tuple[frozenset[str], str, frozenset[str]]]:
    """The table as it stands in the docs: action -> roles, whose, states."""
    lines = [
        line.strip("|").split("|") for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("|")
    ]
    head = [cell.strip() for cell in lines[0]]
    found = {}
    for line in lines[2:]:
        action, *yes, whose, states = [cell.strip() for cell in line]
        roles = frozenset(role for role, cell in zip(head[1:-2], yes, strict=True) if cell)
        found[action] = (roles, whose, frozenset() if states == "any" else frozenset(states.split()))
    return found


def expected(action: str, role: Role, is_own: bool, state: str | None) -> type[Refusal] | None:
    """What the table says of this case, worked out without the code of the registry."""
    roles, whose, states = rows_once()[action]
    staff = role in STAFF and bool({"operator", "owner"} & roles)
    if whose == "own" and not is_own and not staff:
        return NotFound
    if role not in roles:
        return NotAllowed
    if whose == "others" and is_own:
        return YourOwn
    if action in ORDER_ACTIONS:  # the states of an order's actions are looked at by the order's own table
        return None
    return Changed if state is not None and states and state not in states else None


_ROWS: dict[str, tuple[frozenset[str], str, frozenset[str]]] = {}


def rows_once() -> dict[str, tuple[frozenset[str], str, frozenset[str]]]:
    if not _ROWS:
        _ROWS.update(rows())
    return _ROWS


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_action_by_role_ownership_and_state(action: str) -> None:
    states = [None, "nowhere", *sorted(set().union(*(rule.states for rule in ACTIONS.values())))]
    for role, is_own, state in product(ROLES, (True, False), states):
        actor, owner = Actor(ME, frozenset({role})), ME if is_own else ANOTHER
        want = expected(action, role, is_own, state)
        assert may(action, actor, owner_id=owner, state=state) is (want is None), (role, is_own, state)
        if want is None:
            require(action, actor, owner_id=owner, state=state)
        else:
            with pytest.raises(want):
                require(action, actor, owner_id=owner, state=state)


def test_nobody_may_do_anything_without_a_role_and_unknown_actions_are_bugs() -> None:
    nobody = Actor(ME, frozenset())
    assert not any(may(action, nobody, owner_id=ME) for action in ACTIONS)
    with pytest.raises(KeyError):
        may("no.such", nobody)


def test_what_is_nobodys_is_not_ones_own() -> None:
    for action, rule in ACTIONS.items():
        if rule.ownership is Ownership.OWN:
            assert not may(action, Actor(ME, frozenset({Role.FARMER, Role.CONSUMER})), owner_id=None), action


# ---- forged presses

IDS = (1, 2, 3, 4, 5, 6, 7, 8, 0, 10**18 - 1)
VALUES = (
    "1", "0", "-1", "2", "99", "9" * 30, "NaN", "1e9", "-5", "٣", "💥", "a" * 20, "1=1", "0=1", "=", ":", "..", "yes",
    "5", "5-aaaaaa", "deliver", "pickup", "sandbox", "wallet", "transfer", "cash", "quality.1", "quality.x", "mango",
    "x", "en", "INR", "IN", "Asia/Kolkata", "operator", "owner", "approve", "reject", "rain", "2026-99-99",
    "fair", "5=fair", "picked", "title", "kg", "delivered", "farm", "listing", "receipt", "R", "hold_minutes",
)  # fmt: skip
ODD = ("{}", "{}::", "{}:-1:0", "{}:1:x", "{}:1:0:\x00", "{}:٣:0", "{}:4611686018427387904:0")


def forged(action: str, every: int = 1) -> list[str]:
    """Callback data for one action: every id, likely revisions, every value, and nonsense; or each `every`-th of it."""
    found = [f"{action}:{id_}:{rev}" for id_ in IDS for rev in (0, 1)]
    found += [f"{action}:{id_}:{rev}" for id_ in (1, 2, 4) for rev in (2, 3, 4)]
    subjects = cycle(((0, 0), (1, 1), (2, 3), (4, 1), (1, 3)))
    found += [f"{action}:{id_}:{rev}:{value}" for value, (id_, rev) in zip(VALUES, subjects, strict=False)]
    found += [odd.format(action) for odd in ODD]
    begin = sum(action.encode()) % every  # another part for each action
    return [f"{action}:1:1", *(data for data in found[begin::every] if len(data.encode()) <= 64)]


# each n-th forgery in everyday runs; FARMGATE_FORGE=1 presses them all (some 13,000 for each stranger)
EVERY = int(os.environ.get("FARMGATE_FORGE", "12"))
HANDFUL = 1 if EVERY == 1 else 10
LEAVING = {"oforgetyes"}  # whoever presses it is known no more; its own story is tests/stories/test_own_data.py
# tables that the market leaves empty: pictures need a messenger to come from
EMPTY = {"media", "media_file", "campaign_photo", "review_photo", "receipt_picture", "group_post"}


def strangers_own(shop: Shop, stranger: Stranger, before: Rows, after: Rows) -> set[str]:
    """What changed, save what is the stranger's own."""
    mine = stranger.member_id
    found = set()
    for key in before.keys() | after.keys():
        was, now = before.get(key), after.get(key)
        if was == now or _is_own(key, now or was or {}, mine, after):
            continue
        what = "gone" if now is None else "new" if was is None else "changed"
        fields = {} if was is None or now is None else {name: now[name] for name in now if was[name] != now[name]}
        found.add(f"{what} {key} {fields or now}")
    return found


def _is_own(key: tuple[str, int], row: dict[str, Any], mine: int, rows: Rows) -> bool:
    table, id_ = key
    if table == "member":
        return id_ == mine
    if table == "ledger_account":
        return (row["owner_kind"], row["owner_id"], row["credits"]) == ("member", mine, 0)  # an empty one of one's own
    if table in ("event", "audit_entry"):
        return bool(row["actor_id"] == mine)  # a fact about what the stranger did; what it did is looked at itself
    for name in ("member_id", "buyer_id"):
        if name in row:
            return bool(row[name] == mine)
    for name, other in (("farm_id", "farm"), ("campaign_id", "campaign"), ("order_id", "orders")):
        if row.get(name) is not None and (other, row[name]) in rows:
            return _is_own((other, row[name]), rows[other, row[name]], mine, rows)
    return False


def attack(shop: Shop, stranger: Stranger, every: int, chat_id: int | None = None, only: tuple[str, ...] = ()) -> None:
    """Every registered press, forged; the business tables are compared after each handful of actions."""
    actions, before = sorted(only or set(routes.PRESSES) - LEAVING), dump(shop)
    for at in range(0, len(actions), HANDFUL):
        some = actions[at : at + HANDFUL]
        for action in some:
            stranger.presses(forged(action, every), chat_id)
        after = dump(shop)
        changed = strangers_own(shop, stranger, before, after)
        stranger.found.changes |= {f"{'|'.join(some)}: {line}" for line in changed}
        before = after


def links(stranger: Stranger) -> None:
    """Every kind of deep link with ids of others, none, too great, and nonsense."""
    rests = ("1", "2", "3", "0", "-1", "9" * 30, "x", "٣", "1_1", "", "%s", "a" * 40)
    stranger.starts([f"{prefix}{rest}" for prefix in sorted(routes.LINKS) for rest in rests])


def where(found: Findings) -> str:
    """The findings with the handler's file and line."""
    lines = sorted([f"ERROR {each}" for each in found.errors] + [f"LEAK {each}" for each in found.leaks]
                   + [f"CHANGE {each}" for each in found.changes])  # fmt: skip
    places = {
        action: f"{route.handler.__code__.co_filename}:{route.handler.__code__.co_firstlineno}"
        for action, route in routes.PRESSES.items()
    }
    return "\n".join(f"{line[:700]}  <- {places.get(line.split(' ')[1].split(':')[0], '')}" for line in lines)


@pytest.mark.timeout(1800 if EVERY == 1 else 300)
@pytest.mark.parametrize("kind", ["consumer", "newcomer", "farmer", "courier"])
def test_a_strangers_forged_presses_change_and_show_nothing(kind: str, sqlite_url: str, tmp_path: Path) -> None:
    with under_attack(sqlite_url, tmp_path, kind) as (shop, stranger):
        attack(shop, stranger, EVERY)
        assert stranger.found.presses > 1000


def test_forged_presses_in_a_group_and_forged_links_change_and_show_nothing(sqlite_url: str, tmp_path: Path) -> None:
    with under_attack(sqlite_url, tmp_path, "consumer") as (shop, stranger):
        before = dump(shop)
        links(stranger)
        attack(shop, stranger, 40, GROUP_CHAT)
        stranger.found.changes |= strangers_own(shop, stranger, before, dump(shop))


def test_forged_presses_on_postgresql(postgresql_url: str, tmp_path: Path) -> None:
    """Another database reads numbers, texts and nonsense more strictly."""
    with under_attack(postgresql_url, tmp_path, "consumer") as (shop, stranger):
        attack(shop, stranger, 30)
        links(stranger)


async def _tells(turn: Turn) -> Reply:
    order = turn.session.get(Order, turn.press.id if turn.press else 0)
    return Screen(order.address or "" if order else "")


async def _changes(turn: Turn) -> Reply:
    order = turn.session.get(Order, turn.press.id if turn.press else 0)
    if order is not None:
        order.note = "changed by a stranger"
    return None


async def _breaks(_turn: Turn) -> Reply:
    raise LookupError("nobody thought of that")


def test_a_handler_that_forgets_to_ask_is_found(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = {"ztells": _tells, "zchanges": _changes, "zbreaks": _breaks}
    with under_attack(sqlite_url, tmp_path, "consumer") as (shop, stranger):
        for name, handler in bad.items():
            monkeypatch.setitem(routes.PRESSES, name, routes.PressRoute(handler))
        with capture_logs():
            attack(shop, stranger, 30, only=tuple(bad))
        found, stranger.found = stranger.found, Findings()
        with shop.database.writing() as session:
            session.execute(delete(Inbox).where(Inbox.state == "quarantined"))
    assert found.leaks
    assert found.changes
    assert any("nobody thought of that" in error for error in found.errors)
    assert "test_permissions.py:" in where(found)


@contextmanager
def under_attack(url: str, folder: Path, kind: str) -> Iterator[tuple[Shop, Stranger]]:
    """A furnished shop and a stranger in it; at the end nothing may have been found."""
    shop = Shop(url, folder / "data")
    try:
        furnish(shop)
        assert [table for table, number in counted(shop).items() if not number and table not in EMPTY] == []
        stranger = Stranger(shop, _stranger(shop, kind))
        yield shop, stranger
        stranger.close()
        told = where(stranger.found)
        if told:
            pytest.fail(told, pytrace=False)
    finally:
        tidy(shop)
        shop.close()


def _stranger(shop: Shop, kind: str) -> Phone:
    if kind == "farmer":
        return farming.grower(shop, "Mallory")
    if kind == "newcomer":
        phone = shop.person("Mallory")
        phone.start()
        return phone
    phone = shop.buyer("Mallory")
    if kind == "courier":
        hold(shop, market.member_id(shop, phone), Role.COURIER)
    return phone
