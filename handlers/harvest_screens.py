"""Screens of the harvest: how much, how to share it, who gets what, what goes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from core.catalog.models import Campaign
from core.i18n import N_, Name, _, gettext_of, ngettext_of
from core.messaging.screen import Button, Screen, button, rows_of
from core.orders.allocation import Sharing
from core.orders.cancel import LossPlan
from core.orders.harvest import HarvestLine, HarvestPlan
from handlers.sale_screens import in_days
from handlers.words import amount, sale_words

LINES_SHOWN = 12
REASONS = {"rain": N_("🌧 Rain"), "pest": N_("🐛 Pest"), "other": N_("Other")}
LATER_DAYS = (3, 7, 14)


def ready(sale: Campaign) -> Screen:
    """The whole quantity offered, or another."""
    every = button(_("All {quantity}", quantity=amount(sale.capacity, sale.unit)), "fhqty", sale.id, sale.rev,
                   _plain(sale.capacity))  # fmt: skip
    text = _("✅ {crop}: {reserved} of {offered} are reserved. How much do you have?", crop=sale_words(sale),
             reserved=amount(sale.reserved, sale.unit), offered=amount(sale.capacity, sale.unit))  # fmt: skip
    return Screen(text, ((every, _other(sale)), (_back(sale),)))


def less(sale: Campaign) -> Screen:
    """Three quarters, half, a quarter of what was offered, or another quantity."""
    shares = [(share, sale.capacity * share / 100 // sale.pack * sale.pack) for share in (75, 50, 25)]
    buttons = [
        button(_("{share} %", share=share), "fhqty", sale.id, sale.rev, _plain(given))
        for share, given in shares
        if given
    ]
    text = _("📉 {crop}: how much of {offered} is there? {reserved} are reserved.", crop=sale_words(sale),
             reserved=amount(sale.reserved, sale.unit), offered=amount(sale.capacity, sale.unit))  # fmt: skip
    return Screen(text, (tuple(buttons), (_other(sale), _back(sale))))


def type_amount(sale: Campaign) -> Screen:
    """The quantity as a number."""
    example = amount(sale.capacity * 3 // 4, sale.unit)
    return Screen(_("✏️ {crop}: write how much was harvested, for example: {example}", crop=sale_words(sale),
                    example=example), ((_back(sale),),))  # fmt: skip


def too_early(sale: Campaign, today: date, action: str) -> Screen:
    """Is that meant, so long before the day?"""
    text = _("📅 Ready was {day}, today is {today}.", day=sale.harvest_on, today=today)
    yes = button(_("Yes, early"), action, sale.id, sale.rev, "yes")
    return Screen(text, ((yes, button(_("Oops"), "fsale", sale.id, sale.rev)),))


def how_to_share(sale: Campaign, plan: HarvestPlan) -> Screen:
    """It is not enough for everybody."""
    asked = sum((line.asked for line in plan.lines), Decimal(0))
    text = _("📉 {crop}: {given} for {asked} reserved. How shall I share?", crop=sale_words(sale),
             given=amount(plan.quantity, sale.unit), asked=amount(asked, sale.unit))  # fmt: skip
    rules = ((Sharing.FAIR, _("⚖️ Fair share")), (Sharing.FIRST, _("⏱ First come")), (Sharing.EQUAL, _("🟰 Equal")))
    buttons = [
        button(label, "fshare", sale.id, sale.rev, f"{_plain(plan.quantity)}={rule.value}") for rule, label in rules
    ]
    own = button(_("✍️ I say who"), "fman", sale.id, sale.rev, _plain(plan.quantity))
    return Screen(text, (*rows_of([*buttons, own], 2), (_back(sale),)))


def plan(sale: Campaign, planned: HarvestPlan, hours: int) -> Screen:
    """The numbers, and the one button that moves money."""
    head = ngettext_of("📣 {count} buyer will be asked for {sum}.", "📣 {count} buyers will be asked for {sum}.",
                       planned.buyers, sum=planned.total_asked)  # fmt: skip
    if sale.by_weight:
        head = ngettext_of("⚖️ {count} buyer is asked once it is weighed, for about {sum}.",
                           "⚖️ {count} buyers are asked once each is weighed, for about {sum}.", planned.buyers,
                           sum=planned.total_asked)  # fmt: skip
    value = f"{_plain(planned.quantity)}={planned.sharing.value}={mark_of(planned)}"
    tell = button(_("📣 Tell them"), "ftell", sale.id, sale.rev, value)
    lines = [f"{sale_words(sale)}: {amount(planned.quantity, sale.unit)}", head, *_table(sale, planned),
             *_others(planned), _money(planned, hours)]  # fmt: skip
    return Screen("\n".join(lines), ((tell,), (_back(sale),)))


def told(sale: Campaign, done: HarvestPlan, hours: int) -> Screen:
    """What was done."""
    head = ngettext_of("📣 {count} buyer was asked for {sum}.", "📣 {count} buyers were asked for {sum}.", done.buyers,
                       sum=done.total_asked)  # fmt: skip
    next_step = button(_("📋 Pick list"), "fpick", sale.id)
    if sale.by_weight:
        head = ngettext_of("⚖️ {count} buyer was told. Weigh each order: then its balance is asked for.",
                           "⚖️ {count} buyers were told. Weigh each order: then its balance is asked for.",
                           done.buyers)  # fmt: skip
        next_step = button(_("⚖️ Weigh"), "fweigh", sale.id, sale.rev)
    lines = [f"{sale_words(sale)}: {amount(done.quantity, sale.unit)}", head, *_others(done), _money(done, hours)]
    return Screen("\n".join(lines), ((next_step,), (_back(sale),)))


def mark_of(planned: HarvestPlan) -> str:
    """What the numbers of a plan are known by: when they change, the confirm shows them anew."""
    return f"{planned.total_asked.minor}.{planned.total_back.minor}.{len(planned.lines)}.{planned.expiring}"


def _table(sale: Campaign, planned: HarvestPlan) -> list[str]:
    """Who gets what, when somebody gets less than was asked for."""
    cut = [line for line in planned.lines if line.given < line.asked]
    if not cut:
        return []
    shown = [_row(sale, line) for line in planned.lines[:LINES_SHOWN]]
    more = len(planned.lines) - LINES_SHOWN
    return [*shown, ngettext_of("… and {count} order more", "… and {count} orders more", more)] if more > 0 else shown


def _row(sale: Campaign, line: HarvestLine) -> str:
    return _("#{number} {buyer}: {given} of {asked}", number=Name(line.number), buyer=Name(line.buyer_name[:20]),
             given=line.given, asked=amount(line.asked, sale.unit))  # fmt: skip


def _others(planned: HarvestPlan) -> list[str]:
    lines = []
    if planned.cut_out:
        lines.append(ngettext_of("{count} order gets nothing and is paid back in full.",
                                 "{count} orders get nothing and are paid back in full.", planned.cut_out))  # fmt: skip
    if planned.expiring:
        lines.append(ngettext_of("{count} unpaid reservation ends.", "{count} unpaid reservations end.",
                                 planned.expiring))  # fmt: skip
    return lines


def _money(planned: HarvestPlan, hours: int) -> str:
    if planned.total_back:
        return _("owed {owed} within {hours} h · back {back} at once", owed=planned.total_asked, hours=hours,
                 back=planned.total_back)  # fmt: skip
    return _("owed {owed} within {hours} h", owed=planned.total_asked, hours=hours)


def why_lost(sale: Campaign) -> Screen:
    """What happened to the crop."""
    buttons = [button(gettext_of(label), "fwhy", sale.id, sale.rev, why) for why, label in REASONS.items()]
    text = _("❌ {crop} · {reserved} reserved: what happened?", crop=sale_words(sale),
             reserved=amount(sale.reserved, sale.unit))  # fmt: skip
    return Screen(text, (tuple(buttons), (_back(sale),)))


def loss(sale: Campaign, planned: LossPlan, why: str) -> Screen:
    """What goes back, and the one button that does it."""
    value = f"{why}={loss_mark(planned)}"
    tell = button(_("📣 Tell them"), "flose", sale.id, sale.rev, value)
    return Screen(_loss_line(sale, planned), ((tell,), (_back(sale),)))


def lost(sale: Campaign, done: LossPlan, rests: Sequence[Campaign]) -> Screen:
    """What was done; and which sales of the rest of its harvest wait for a word."""
    head = ngettext_of("❌ {crop}: {count} buyer was told.", "❌ {crop}: {count} buyers were told.", done.buyers,
                       crop=sale_words(sale))  # fmt: skip
    money = _("paid 0 · owed 0 · back {sum} at once", sum=done.total_back)
    return with_rests(Screen(f"{head}\n{money}", ((_back(sale),),)), rests)


def with_rests(screen: Screen, rests: Sequence[Campaign]) -> Screen:
    """The screen, and a button for each sale of the rest that waits for the farmer's word."""
    if not rests:
        return screen
    waiting = ngettext_of("⏸ {count} sale of the rest of this harvest takes no reservations now: what becomes of it?",
                          "⏸ {count} sales of the rest of this harvest take no reservations now: what becomes of them?",
                          len(rests))  # fmt: skip
    each = [
        (button(_("{crop} · {reserved}", crop=sale_words(rest), reserved=amount(rest.reserved, rest.unit)), "fsale",
                rest.id, rest.rev),) for rest in rests
    ]  # fmt: skip
    return replace(screen, text=f"{screen.text}\n{waiting}", rows=(*each, *screen.rows))


def loss_mark(planned: LossPlan) -> str:
    """What the numbers of a loss are known by."""
    return f"{planned.total_back.minor}.{planned.orders}"


def _loss_line(sale: Campaign, planned: LossPlan) -> str:
    head = ngettext_of(
        "❌ {crop}: {count} deposit, {sum}, goes back in full.", "❌ {crop}: {count} deposits, {sum}, go back in full.",
        planned.orders, crop=sale_words(sale), sum=planned.total_back,
    )  # fmt: skip
    return head + "\n" + _("owed 0 · back {sum} at once", sum=planned.total_back)


def later(sale: Campaign, today: date) -> Screen:
    """When it will be ready instead: counted from the promised day, or from today once that has passed."""
    start = max(sale.harvest_on or today, today)
    buttons = [
        button(in_days(days), "fmove", sale.id, sale.rev, (start + timedelta(days=days)).isoformat())
        for days in LATER_DAYS
    ]
    pick = button(_("📅 Date"), "flaterd", sale.id, sale.rev)
    text = _("⏳ {crop}: ready was {day}. How much later?", crop=sale_words(sale), day=sale.harvest_on)
    return Screen(text, (*rows_of([*buttons, pick], 2), (_back(sale),)))


def moving(sale: Campaign, day: date, buyers: int) -> Screen:
    """The new date before it is told."""
    text = ngettext_of(
        "⏳ {crop}: {count} buyer will be told: ready {day}, not {before}. Cancelling is free for them.",
        "⏳ {crop}: {count} buyers will be told: ready {day}, not {before}. Cancelling is free for them.", buyers,
        crop=sale_words(sale), day=day, before=sale.harvest_on,
    )  # fmt: skip
    tell = button(_("📣 Tell them"), "fmoved", sale.id, sale.rev, day.isoformat())
    return Screen(text, ((tell,), (_back(sale),)))


def moved(sale: Campaign, buyers: int) -> Screen:
    """The new date was told."""
    text = ngettext_of("⏳ {crop}: {count} buyer was told. Now ready {day}.",
                       "⏳ {crop}: {count} buyers were told. Now ready {day}.", buyers, crop=sale_words(sale),
                       day=sale.harvest_on)  # fmt: skip
    return Screen(text, ((_back(sale),),))


def _other(sale: Campaign) -> Button:
    return button(_("✏️ Other"), "fhtype", sale.id, sale.rev)


def _back(sale: Campaign) -> Button:
    return button(_("⬅️ Back"), "fsale", sale.id, sale.rev)


def _plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"
