"""The call list: who is late or reached by no message, what is owed, and what came of each call."""

from __future__ import annotations

from core.i18n import N_, Name, _, ngettext_of
from core.members import calls, cards, queries
from core.members.calls import USUAL, Call
from core.messaging.screen import Button, Screen, button, rows_of
from core.orders import desk
from core.orders.desk import Calls
from core.orders.queries import order_card
from handlers.buyer import standing
from handlers.operator_cards import queue_button
from handlers.paging import moves, page_of
from handlers.routes import expects, press
from handlers.states import Calling
from handlers.turn import Reply, Turn

EXAMPLE = N_("Write what came of the call, for example: Pays on Monday.")


@press("ocalls")
async def call_list(turn: Turn) -> Reply:
    """Whom to call, a page at a time: balances overdue beyond the grace, then people no message reaches."""
    page = page_of(turn)
    await turn.goto(None)
    listed = desk.calls(turn.session, turn.actor, page=page, now=turn.now)
    lines = [ngettext_of("📞 {count} person to call", "📞 {count} people to call", listed.total)]
    lines += [line for one in (*_late(turn, listed), *_lost(turn, listed)) for line in one if line]
    given_up = [
        button(_("⛔ Give up {number}", number=Name(line.number)), "oforf", line.id) for line, _phone in listed.late
    ]
    rows = (
        *rows_of(_people(listed), 2),
        *rows_of(given_up, 2),
        moves("ocalls", page, more=listed.more),
        (queue_button(),),
    )
    return Screen("\n".join(lines), tuple(row for row in rows if row))


def _late(turn: Turn, listed: Calls) -> list[list[str]]:
    found = []
    for line, phone in listed.late:
        order = order_card(turn.session, line.id)
        told = _("{number} {name} {phone}: balance late. paid {paid} · owed {owed}", number=Name(line.number),
                 name=Name(line.buyer_name), phone=Name(phone or "–"), paid=order.paid, owed=order.rest)  # fmt: skip
        found.append([told, _noted(turn, listed.noted.get(line.buyer_id))])
    return found


def _lost(turn: Turn, listed: Calls) -> list[list[str]]:
    found = []
    for number, name, phone in listed.lost:
        who = {"name": Name(name or f"№{number}"), "phone": Name(phone or "–")}
        told = _("{name} {phone}: blocked or never wrote", **who)
        if number in listed.owed:
            told = _("{name} {phone}: blocked or never wrote · owed {owed}", **who, owed=listed.owed[number])
        found.append([told, _noted(turn, listed.noted.get(number))])
    return found


def _noted(turn: Turn, call: Call | None) -> str:
    """The last call, under its line."""
    if call is None:
        return ""
    by = queries.member(turn.session, call.by_id).name
    outcome = Name(_(call.outcome))
    return _("     ☎️ {outcome} · {name} {moment}", outcome=outcome, name=Name(by), moment=call.at)


def _people(listed: Calls) -> list[Button]:
    """A button for each person, once."""
    people = {line.buyer_id: line.buyer_name for line, _phone in listed.late}
    people |= {number: name for number, name, _phone in listed.lost}
    return [button(_("☎️ {name}", name=Name(name[:16])), "ocall", member_id) for member_id, name in people.items()]


@press("ocall")
async def person(turn: Turn) -> Reply:
    """One person to call: phone, open orders with their sums, the last call."""
    await turn.goto(None)
    return _person(turn, turn.pressed_id)


def _person(turn: Turn, member_id: int) -> Screen:
    card = cards.member_card(turn.session, turn.actor, member_id)
    lines = [
        _("📞 {name} {phone}", name=Name(card.name), phone=Name(card.phone or "–")),
        _("🚫 Cannot be reached by messages.") if card.unreachable else "",
    ]
    lines += [
        _("🧾 {number} · {status}: paid {paid} · owed {owed}", number=Name(one.number), status=standing(one.state),
          paid=one.paid, owed=one.rest)
        for one in desk.to_call(turn.session, turn.actor, member_id)
    ]  # fmt: skip
    lines.append(_noted(turn, calls.last_calls(turn.session, [member_id]).get(member_id)))
    back = (button(_("✅ Back in touch"), "oback", member_id),) if card.unreachable else ()
    rows = ((button(_("☎️ Called"), "ocalled", member_id), *back), (button(_("⬅️ Back"), "ocalls"),))
    return Screen("\n".join(line for line in lines if line), rows)


@press("ocalled")
async def called(turn: Turn) -> Reply:
    """[☎️ Called]: what came of it?"""
    card = cards.member_card(turn.session, turn.actor, turn.pressed_id)
    await turn.goto(Calling.outcome, to=card.member_id)
    usual = [button(_(word), "ocout", card.member_id, value=at) for at, word in enumerate(USUAL)]
    told = _("☎️ {name}: what came of it? Press, or write it.", name=Name(card.name))
    return Screen(told, (*rows_of(usual, 2), (button(_("⬅️ Back"), "ocall", card.member_id),)))


@press("ocout")
async def usual_outcome(turn: Turn) -> Reply:
    """One of the usual outcomes."""
    value = turn.pressed_value
    at = int(value) if value.isascii() and value.isdecimal() and len(value) < 3 else len(USUAL)
    outcome = USUAL[at] if at < len(USUAL) else ""
    return await _note(turn, turn.pressed_id, outcome)


@expects(Calling.outcome, example=EXAMPLE, digits_press=True)
async def written_outcome(turn: Turn) -> Reply:
    """The outcome in own words."""
    return (await _note(turn, int(turn.data.get("to", 0)), turn.text)).fresh()


async def _note(turn: Turn, member_id: int, outcome: str) -> Screen:
    member = queries.member(turn.session, member_id)
    calls.note_call(turn.session, turn.actor, member, outcome, now=turn.now)
    await turn.goto(None)
    return _person(turn, member_id)


@press("oback")
async def back_in_touch(turn: Turn) -> Reply:
    """[✅ Back in touch]: messages are tried again."""
    member = queries.member(turn.session, turn.pressed_id)
    calls.back_in_touch(turn.session, turn.actor, member, now=turn.now)
    return _person(turn, member.id)
