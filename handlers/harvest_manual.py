"""[✍️ I say who] of a short crop: the farmer types shares, order by order; the rest is shared fairly on a press."""

from __future__ import annotations

import re
from decimal import Decimal

from core.catalog.models import Campaign
from core.errors import BadInput, NotFound
from core.i18n import N_, Name, _, ngettext_of
from core.messaging.screen import Screen, button
from core.orders.allocation import Ask, Sharing, share
from core.orders.harvest import HarvestLine, harvest_plan
from core.quantity import ParseError, ReadsTwoWays, fold, parse_number
from handlers import harvest_screens as screens
from handlers.buyer import carried, plain
from handlers.farm_orders import pressed_sale, sale_card
from handlers.harvest import kept_shares
from handlers.routes import expects, press
from handlers.sale_draft import own_sale
from handlers.states import Harvest
from handlers.turn import Reply, Turn
from handlers.words import amount

LINES_SHOWN = 20
_SHARE = re.compile(r"#?([a-zA-Z]{1,3}\d{1,3})\s*[:=]?\s+([\d.,]+)")
EXAMPLE = N_("Write order and share, for example: A1 30, A2 50")


@press("fman", fresh=sale_card)
async def begin(turn: Turn) -> Reply:
    """Who gets how much, said by the farmer."""
    sale = pressed_sale(turn)
    given = carried(turn.pressed_value)
    await turn.goto(Harvest.shares, sale=sale.id, given=plain(given), shares={})
    return _so_far(turn, sale)


@expects(Harvest.shares, example=EXAMPLE)
async def typed(turn: Turn) -> Reply:
    """ "A1 30, A2 50": kept, until every order has its share."""
    sale = own_sale(turn, int(turn.data.get("sale", 0)))
    lines = {line.number: line for line in _lines(turn, sale)}
    shares = dict(turn.data.get("shares", {}))
    for number, written in _pairs(turn.text):
        line = lines.get(number)
        if line is None:
            raise NotFound
        shares[str(line.order_id)] = plain(_number(turn, written, line, sale))
    await turn.goto(Harvest.shares, shares=shares)
    return (_plan(turn, sale) if len(shares) >= len(lines) else _so_far(turn, sale)).fresh()


@press("fmrest", fresh=sale_card)
async def rest_fairly(turn: Turn) -> Reply:
    """[⚖️ Rest fairly]: who has no share yet gets a fair one of what is left."""
    sale = pressed_sale(turn)
    shares = kept_shares(turn, sale)
    open_lines = [line for line in _lines(turn, sale) if line.order_id not in shares]
    left = max(_given(turn) - sum(shares.values(), Decimal(0)), Decimal(0))
    asks = [Ask(line.order_id, line.asked, turn.now) for line in open_lines]
    for line in share(asks, left, sale.pack, Sharing.FAIR):
        shares[line.order_id] = line.given
    await turn.goto(Harvest.shares, shares={str(order_id): plain(given) for order_id, given in shares.items()})
    return _plan(turn, sale)


def _plan(turn: Turn, sale: Campaign) -> Screen:
    shares = kept_shares(turn, sale)
    planned = harvest_plan(turn.session, sale, _given(turn), Sharing.MANUAL, shares=shares)
    hours = int((sale.policy or {}).get("balance_hours", 48))
    shown = screens.plan(sale, planned, hours)
    again = button(_("✍️ I say who"), "fman", sale.id, sale.rev, plain(_given(turn)))
    return Screen(shown.text, (*shown.rows[:1], (again, *shown.rows[1])))


def _so_far(turn: Turn, sale: Campaign) -> Screen:
    """Each order with its share, or what it asked; how much is left."""
    shares, lines = kept_shares(turn, sale), _lines(turn, sale)
    left = _given(turn) - sum(shares.values(), Decimal(0))
    told = [_line(sale, line, shares.get(line.order_id)) for line in lines[:LINES_SHOWN]]
    hidden = len(lines) - LINES_SHOWN
    if hidden > 0:
        told.append(ngettext_of("… and {count} order more", "… and {count} orders more", hidden))
    head = _("✍️ {left} of {given} left to give. Write order and share, for example: {example}",
             left=amount(left, sale.unit), given=amount(_given(turn), sale.unit),
             example=Name(f"{lines[0].number} {plain(lines[0].asked)}" if lines else "A1 30"))  # fmt: skip
    rest = button(_("⚖️ Rest fairly"), "fmrest", sale.id, sale.rev)
    return Screen("\n".join([head, *told]), ((rest, button(_("⬅️ Back"), "fsale", sale.id, sale.rev)),))


def _line(sale: Campaign, line: HarvestLine, given: Decimal | None) -> str:
    asked = amount(line.asked, sale.unit)
    number, buyer = Name(line.number), Name(line.buyer_name[:20])
    if given is None:
        return _("▢ #{number} {buyer}: {asked} asked", number=number, buyer=buyer, asked=asked)
    return _("☑ #{number} {buyer}: {given} of {asked}", number=number, buyer=buyer, given=given, asked=asked)


def _lines(turn: Turn, sale: Campaign) -> tuple[HarvestLine, ...]:
    return harvest_plan(turn.session, sale, _given(turn), Sharing.FAIR).lines


def _given(turn: Turn) -> Decimal:
    return carried(str(turn.data.get("given", "")))


def _pairs(text: str) -> list[tuple[str, str]]:
    found = [(number.upper(), written.strip(".,")) for number, written in _SHARE.findall(fold(text))]
    if not found:
        raise BadInput(field=_("Share"), reason=_("I need an order and a number"), example=_("A1 30, A2 50"))
    return found


def _number(turn: Turn, written: str, line: HarvestLine, sale: Campaign) -> Decimal:
    try:
        given = parse_number(written, turn.speech.locale)
    except (ParseError, ReadsTwoWays):
        raise BadInput(field=_("Share"), reason=Name(written), example=f"{line.number} {plain(line.asked)}") from None
    if given > line.asked or given % sale.pack:
        reason = _("at most {asked}, in steps of {pack}", asked=amount(line.asked, sale.unit), pack=sale.pack)
        raise BadInput(field=_("Share"), reason=reason, example=f"{line.number} {plain(line.asked)}")
    return given
