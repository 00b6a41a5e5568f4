"""Script 8, the farmer: accept, offer half, disagree and say why; one offer to all who complain about a sale."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import Changed, NotFound
from core.i18n import N_, Name, _, ngettext_of
from core.messaging.screen import Button, Screen, button, rows_of
from core.money import Money
from core.notices.case_cards import PROBLEMS, STATES, case_card
from core.orders import aftersale
from core.orders.case_queries import PAGE, CaseLine, case_for, farm_cases, half_of, open_about
from core.orders.case_states import CaseState
from handlers.aftersale import pressed_case, show_case
from handlers.paging import last_shown
from handlers.routes import expects, press
from handlers.sale_draft import own_sale
from handlers.states import Complaining
from handlers.turn import Reply, Turn

SHARES = (25, 50, 100)
STORY = N_("✍️ Your side of it? Write a few words, for example: They were fine when the courier came.")


@press("kyes", fresh=show_case)
async def accept(turn: Turn) -> Reply:
    """[Accept ₹96]: the number stands on the button; or [🔁 Send again]."""
    case = pressed_case(turn)
    aftersale.accept(turn.session, turn.actor, case, now=turn.now)
    return case_card(turn.session, case, turn.actor)


@press("khalf", fresh=show_case)
async def offer_half(turn: Turn) -> Reply:
    """[Offer half]: the buyer is asked."""
    case = pressed_case(turn)
    half = half_of(case)
    if half is None:
        raise NotFound
    aftersale.offer(turn.session, turn.actor, case, half, now=turn.now)
    return case_card(turn.session, case, turn.actor)


@press("kno", fresh=show_case)
async def disagree(turn: Turn) -> Reply:
    """[Disagree]: the co-op decides; the farmer may tell his side."""
    case = pressed_case(turn)
    aftersale.disagree(turn.session, turn.actor, case, now=turn.now)
    await turn.goto(Complaining.story, case=case.id)
    return case_card(turn.session, case, turn.actor, _(STORY))


@expects(Complaining.story, example=STORY)
async def got_story(turn: Turn) -> Reply:
    """The farmer's side, for whoever decides."""
    case = case_for(turn.session, turn.actor, int(turn.data.get("case", 0)))
    aftersale.tell_side(turn.session, turn.actor, case, turn.text)
    await turn.leave()
    return case_card(turn.session, case, turn.actor, _("✅ Noted.")).fresh()


@press("kfarm")
async def cases(turn: Turn) -> Reply:
    """[⚖️ Cases] of the farm, the newest first."""
    if turn.who.farm_id is None:
        raise NotFound
    found = farm_cases(turn.session, turn.who.farm_id, before=last_shown(turn))
    return case_list(found, "kfarm", button(_("📦 Orders"), "forders"))


def case_list(found: Sequence[CaseLine], action: str, *last: Button) -> Screen:
    """A page of cases; [More] goes on from the last one shown."""
    shown = found[:PAGE]
    head = ngettext_of("⚖️ {count} case shown", "⚖️ {count} cases shown", len(shown))
    lines = [
        _("{id}. {number}: {problem} · {state}", id=line.id, number=Name(line.number),
          problem=_(PROBLEMS[line.problem]), state=_(STATES[CaseState(line.state)]))
        for line in shown
    ]  # fmt: skip
    buttons = [button(f"{line.id} · {line.number}", "kcase", line.id) for line in shown]
    more = (button(_("More"), action, value=shown[-1].id),) if len(found) > PAGE else ()
    return Screen("\n".join([head, *lines]), (*rows_of(buttons, 3), (*more, *last)))


@press("kall")
async def ask_share(turn: Turn) -> Reply:
    """[🤝 Offer to all]: how much of what each paid?"""
    sale = own_sale(turn, turn.pressed_id)
    count, _sum = open_about(turn.session, sale.id, 0)
    asked = ngettext_of("🤝 {count} case is open. Offer how much of what each paid?",
                        "🤝 {count} cases are open. Offer how much of what each paid?", count)  # fmt: skip
    shares = [button(_("Offer {share} % to all", share=share), "kall2", sale.id, value=share) for share in SHARES]
    return Screen(asked, (*((each,) for each in shares), (button(_("⚖️ Cases"), "kfarm"),)))


@press("kall2")
async def confirm_share(turn: Turn) -> Reply:
    """The numbers, before anybody is told."""
    sale, share = own_sale(turn, turn.pressed_id), _share(turn)
    count, total = open_about(turn.session, sale.id, share)
    if total is None:
        return await ask_share(turn)
    told = ngettext_of("🤝 {count} buyer is offered {share} %: {sum} in all, if they accept.",
                       "🤝 {count} buyers are offered {share} %: {sum} in all, if they accept.",
                       count, share=share, sum=total)  # fmt: skip
    confirm = button(_("✅ Confirm"), "kall3", sale.id, value=_mark(share, count, total))
    return Screen(told, ((confirm, button(_("⬅️ Back"), "kall", sale.id)),))


@press("kall3", fresh=confirm_share)
async def offer_all(turn: Turn) -> Reply:
    """Each buyer answers alone; when others complained meanwhile the numbers are shown again instead."""
    sale, share = own_sale(turn, turn.pressed_id), _share(turn)
    if turn.pressed_value != _mark(share, *open_about(turn.session, sale.id, share)):
        raise Changed
    count = aftersale.offer_all(turn.session, turn.actor, sale, share, now=turn.now)
    told = ngettext_of("✅ {count} buyer was offered {share} %.", "✅ {count} buyers were offered {share} %.", count,
                       share=share)  # fmt: skip
    return Screen(told, ((button(_("⚖️ Cases"), "kfarm"),),))


def _mark(share: int, count: int, total: Money | None) -> str:
    """The numbers that the screen showed, as its button carries them."""
    return f"{share}.{count}.{total.minor if total else 0}"


def _share(turn: Turn) -> int:
    """The share that the button carries; anything else was forged."""
    value = (turn.pressed_value).partition(".")[0]
    if value not in [str(share) for share in SHARES]:
        raise NotFound
    return int(value)
