"""Script 11, disputes: refund 100, 50 or 0 %, who bears it, confirm; the lists of cases; points taken back."""

from __future__ import annotations

from core.errors import NotFound
from core.i18n import Name, _, ngettext_of
from core.members.decisions import needs_two
from core.messaging.screen import Screen, button
from core.notices.case_cards import BEARERS, PROBLEMS, case_card, cash_line
from core.notices.lookup import sums_told
from core.orders import case_ruling
from core.orders.case_models import AfterSaleCase
from core.orders.case_queries import all_cases, cases_to_rule
from core.orders.case_states import Bearer
from handlers.aftersale import case_of, pressed_case, show_case
from handlers.cases_farm import case_list
from handlers.my_orders import card_of
from handlers.operator_cards import queue_button
from handlers.operator_decide import one_more
from handlers.paging import last_shown
from handlers.routes import press
from handlers.turn import Reply, Turn


@press("kqueue")
async def to_rule(turn: Turn) -> Reply:
    """What waits for the co-op's word, the oldest first."""
    waiting = cases_to_rule(turn.session, turn.actor)
    if not waiting:
        return await every_case(turn)
    rows = [
        (button(_("⚖️ {id} · {number}: {problem}", id=line.id, number=Name(line.number),
                  problem=_(PROBLEMS[line.problem])), "kcase", line.id),)
        for line in waiting
    ]  # fmt: skip
    told = ngettext_of("⚖️ {count} case to decide", "⚖️ {count} cases to decide", len(waiting))
    return Screen(told, (*rows, (button(_("⚖️ All cases"), "kcases"), queue_button())))


@press("kcases")
async def every_case(turn: Turn) -> Reply:
    """Every case, the newest first, and the way to enter a chargeback."""
    await turn.goto(None)
    found = all_cases(turn.session, turn.actor, before=last_shown(turn))
    return case_list(found, "kcases", button(_("💳 Chargeback"), "kcharge"), queue_button())


@press("krule", fresh=show_case)
async def ask_ruling(turn: Turn) -> Reply:
    """[Refund 50 %]: what it comes to and who bears it, before [✅ Confirm]."""
    case, percent, bearer = _pressed(turn)
    amount = case_ruling.ruling(turn.session, case, percent)
    lines = [
        _("⚖️ Case {number}: refund {share} %?", number=case.id, share=percent),
        _("{sum} goes to the buyer's wallet; {who} bears it.", sum=amount, who=_(BEARERS[bearer])),
        cash_line(turn.session, case.order_id, amount),
        _("👥 Two people must confirm this.") if needs_two(turn.session, amount) else "",
        sums_told(card_of(turn, case.order_id)),
    ]
    confirm = button(_("✅ Confirm"), "krule2", case.id, case.rev, f"{percent}.{bearer.value}")
    others = tuple(
        button(_("Borne by: {who}", who=_(BEARERS[each])), "krule", case.id, case.rev, f"{percent}.{each.value}")
        for each in Bearer if each is not bearer and percent
    )  # fmt: skip
    rows = ((confirm,), *((each,) for each in others), (button(_("⬅️ Back"), "kcase", case.id),))
    return Screen("\n".join(line for line in lines if line), rows)


@press("krule2", fresh=show_case)
async def ruled(turn: Turn) -> Reply:
    """[✅ Confirm]: the first decision wins."""
    case, percent, bearer = _pressed(turn)
    if not case_ruling.rule(turn.session, turn.actor, case, percent, bearer, now=turn.now):
        return case_card(turn.session, case, turn.actor, one_more(turn, case))
    return case_card(turn.session, case, turn.actor, _("✅ Decided. Both sides are told."))


@press("kpoint", fresh=show_case)
async def undo_point(turn: Turn) -> Reply:
    """[↩️ Undo bad point]: the review was not fair."""
    case = pressed_case(turn)
    points = case_ruling.take_back(turn.session, turn.actor, case, now=turn.now)
    told = ngettext_of("⭐ The farm has {count} point back.", "⭐ The farm has {count} points back.", points)
    return case_card(turn.session, case, turn.actor, told)


def _pressed(turn: Turn) -> tuple[AfterSaleCase, int, Bearer]:
    """The case, still as the button showed it or decided since; the share and who bears it."""
    value, _dot, bearer = (turn.pressed_value).partition(".")
    if value not in [str(percent) for percent in case_ruling.PERCENTS]:
        raise NotFound
    if bearer not in ("", *[each.value for each in Bearer]):
        raise NotFound
    case = _undecided(turn)
    return case, int(value), Bearer(bearer or Bearer.FARMER)


def _undecided(turn: Turn) -> AfterSaleCase:
    """Who comes second reads who was first, not only that something changed."""
    case = case_of(turn)
    case_ruling.check_rules(turn.session, turn.actor, case)
    turn.still(case)
    return case
