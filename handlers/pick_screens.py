"""Screens of picking, packing and handing over."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from core.catalog.models import Campaign
from core.i18n import N_, Name, _, gettext_of, ngettext_of
from core.messaging.screen import Button, Screen, button, rows_of
from core.orders.card import OrderCard
from core.orders.leaving import Left
from core.orders.packing import ROWS_A_PAGE, PickLine, PickList
from core.orders.queries import OrderLine
from core.tracing.steps import Step
from handlers.words import amount, sale_words

LINKS_SHOWN = 10
WAYS = {"deliver": "🚚", "pickup": "📍"}  # how a row of the list goes; ❔ nobody said yet
STEPS = {
    Step.PICKED: N_("🧺 Picked"), Step.PROCESSED: N_("🧼 Processed"), Step.SORTED: N_("📐 Sorted"),
    Step.STOCKED: N_("🏬 Stocked"),
}  # fmt: skip


def rows(sale: Campaign, shown: PickList, taken: Collection[Step], *, page: int, lead: str) -> Screen:
    """Rows that toggle, the steps of the batch, and what comes next; an empty list says what fills it."""
    if not shown.count:
        told = _("📋 {day}: 0 orders to pick. An order comes here once its balance is paid.", day=shown.day)
        text = "\n".join(part for part in (lead, sale_words(sale), told) if part)
        return Screen(text, _after(sale, shown))
    head = ngettext_of("📋 {day}: {count} order, {total}.", "📋 {day}: {count} orders, {total}.", shown.count,
                       day=shown.day, total=amount(shown.total, shown.unit))  # fmt: skip
    ticks = [(_row(sale, line, shown.unit),) for line in shown.lines]
    noted = [line for line in shown.lines if line.note]
    notes = [_("📝 #{number}: {note}", number=Name(line.number), note=Name(line.note[:80])) for line in noted]
    other = [line for line in shown.lines if line.instead]
    goods = [_("🔄 #{number}: {goods}", number=Name(line.number), goods=Name(line.instead)) for line in other]
    text = "\n".join(part for part in (lead, sale_words(sale), head, *goods, *notes) if part)
    return Screen(text, (*ticks, *_paging(sale, shown, page), *_steps(sale, taken), *_after(sale, shown)))


def _row(sale: Campaign, line: PickLine, unit: str) -> Button:
    mark = "📦" if line.packed else "☑" if line.picked else "▢"
    number = f"{line.number} {WAYS.get(line.delivery or '', '❔')}"
    label = _("{mark} #{number} {quantity} {buyer}", mark=mark, number=Name(number),
              quantity=amount(line.quantity, unit), buyer=Name(line.buyer_name[:20]))  # fmt: skip
    return button(label, "ftick", sale.id, sale.rev, f"{0 if line.picked else 1}={line.order_id}")


def _paging(sale: Campaign, shown: PickList, page: int) -> tuple[tuple[Button, ...], ...]:
    if shown.count <= ROWS_A_PAGE:
        return ()
    following = page + 1 if (page + 1) * ROWS_A_PAGE < shown.count else 0
    return ((button(_("More"), "fpick", sale.id, sale.rev, following),),)


def _steps(sale: Campaign, taken: Collection[Step]) -> tuple[tuple[Button, ...], ...]:
    buttons = [
        button(f"{gettext_of(label)} ✓" if step in taken else gettext_of(label), "fstep", sale.id, sale.rev, step.value)
        for step, label in STEPS.items()
    ]
    return rows_of(buttons, 2)


def _after(sale: Campaign, shown: PickList) -> tuple[tuple[Button, ...], ...]:
    found: list[tuple[Button, ...]] = []
    if shown.packed < shown.count:
        found.append((button(_("✅ All packed"), "fpack", sale.id, sale.rev),))
    if shown.packed:
        found.append((button(_("🚚 Hand to courier"), "fhand", sale.id, sale.rev),))
    return (*found, (button(_("🏠 On the way"), "fway", sale.id, sale.rev), _back(sale)))


def who_carries(sale: Campaign, packed: int, couriers: Sequence[tuple[int, str]], *, following: int) -> Screen:
    """I deliver myself, a courier of ours, or a link; `following` is the next page of couriers, 0 the first."""
    own = button(_("🙋 I deliver myself"), "fself", sale.id, sale.rev)
    link = button(_("🔗 Send a link"), "flink", sale.id, sale.rev)
    ours = [
        button(_("🚚 {name}", name=Name(name[:20])), "fcour", sale.id, sale.rev, member_id)
        for member_id, name in couriers
    ]
    text = ngettext_of("🚚 {count} packed order: who carries it?", "🚚 {count} packed orders: who carries?", packed)
    more = button(_("More"), "fhand", sale.id, sale.rev, following)
    paging = ((more,),) if following else ()
    return Screen(text, (*((each,) for each in (own, *ours)), *paging, (link,), (_list(sale),)))


def left(sale: Campaign, gone: Left, headline: str) -> Screen:
    """What left, what waits at the pick-up place, and for which the buyer has not said where."""
    lines = [headline]
    if gone.at_pickup:
        lines.append(ngettext_of(
            "📍 {count} order waits at the pick-up place: {numbers}",
            "📍 {count} orders wait at the pick-up place: {numbers}", len(gone.at_pickup),
            numbers=_numbers([order.number for order in gone.at_pickup]),
        ))  # fmt: skip
    if gone.unsaid:
        lines.append(ngettext_of(
            "❔ {count} order stays packed, its buyer has not said where: {numbers}",
            "❔ {count} orders stay packed, their buyers have not said where: {numbers}", len(gone.unsaid),
            numbers=_numbers([order.number for order in gone.unsaid]),
        ))  # fmt: skip
    return Screen("\n".join(lines), ((button(_("🏠 On the way"), "fway", sale.id, sale.rev), _list(sale)),))


def links(sale: Campaign, gone: Left, username: str) -> list[Screen]:
    """Links to send on, so many a message; whoever opens one first carries that parcel."""
    lines = [
        _("#{number}: {link}", number=Name(order.number), link=f"https://t.me/{username}?start=c_{token}")
        for order, token in gone.carried
    ]
    pages = [lines[start : start + LINKS_SHOWN] for start in range(0, len(lines), LINKS_SHOWN)]
    return [Screen("\n".join(page), edit=False) for page in pages]


def on_the_way(sale: Campaign, orders: Sequence[OrderLine], *, more: bool) -> Screen:
    """Orders that left and have not come: one button each."""
    head = ngettext_of("🏠 {count} order is on its way. Press it when it is handed over.",
                       "🏠 {count} orders are on their way. Press each when handed over.", len(orders))  # fmt: skip
    following = ((button(_("More"), "fway", sale.id, sale.rev, orders[-1].id),),) if more else ()
    trouble = ((button(_("⚠️ Trouble"), "ftrbs", sale.id, sale.rev),),) if orders else ()
    return Screen(head, (*((_gave(line),) for line in orders), *following, *trouble, (_list(sale), _back(sale))))


def _gave(line: OrderLine) -> Button:
    label = _("🏠 #{number} {quantity} {buyer}", number=Name(line.number), quantity=amount(line.quantity, line.unit),
              buyer=Name(line.buyer_name[:20]))  # fmt: skip
    return button(label, "fgave", line.id, line.rev)


def take_cash(card: OrderCard) -> Screen:
    """Cash was agreed: it is taken first."""
    text = _("💵 #{number}: take {sum} in cash from {buyer}.", number=Name(card.number), sum=card.rest,
             buyer=Name(card.buyer_name))  # fmt: skip
    sums = _("paid {paid} · owed {owed}", paid=card.paid, owed=card.rest)
    taken = button(_("💵 Taken {sum}", sum=card.rest), "fcash", card.id, card.rev, card.rest.minor)
    trouble = button(_("⚠️ Trouble"), "ftrb", card.id)
    return Screen(f"{text}\n{sums}", ((taken,), (trouble, button(_("⬅️ Back"), "fway", card.campaign_id))))


def _numbers(numbers: Sequence[str]) -> Name:
    return Name(", ".join(f"#{number}" for number in numbers[:ROWS_A_PAGE]))


def _list(sale: Campaign) -> Button:
    return button(_("📋 Pick list"), "fpick", sale.id, sale.rev)


def _back(sale: Campaign) -> Button:
    return button(_("⬅️ Back"), "fsale", sale.id, sale.rev)
