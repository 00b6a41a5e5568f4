"""Screens of a farm's sales, orders and money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.catalog.lines import CampaignLine
from core.catalog.models import Campaign
from core.i18n import Name, _, ngettext_of
from core.messaging.screen import Button, Rows, Screen, button, rows_of
from core.money import Money
from core.notices.endings import rest_rows, risk_rows
from core.orders.earnings import FarmMoney
from core.orders.queries import OrderLine, Progress, Today
from core.payments.models import Refund
from handlers.buyer import standing
from handlers.payout_screens import amounts, requests
from handlers.sale_screens import state_words
from handlers.words import amount, crop_words, per_unit, sale_words

GROWING = frozenset({"open", "paused", "closed", "confirmed", "harvesting"})
HARVESTED = frozenset({"allocated", "done"})


def sales(lines: Sequence[CampaignLine], today: Today, count: int, *, more: bool) -> Screen:
    """One line and one button a sale; `count` is how many there are in all."""
    if not lines:
        return Screen(_("📦 0 sales so far."), ((button(_("➕ Sell"), "fsell"),),))
    head = ngettext_of("📦 {count} sale", "📦 {count} sales", count)
    shown = [
        _("{crop} · {reserved} of {offered} · ready {day} · {state}", crop=sale_words(line), reserved=line.reserved,
          offered=amount(line.capacity, line.unit), day=line.harvest_on, state=state_words(line.state))
        for line in lines
    ]  # fmt: skip
    rows = tuple(
        (button(_("{crop} · {reserved}", crop=sale_words(line), reserved=amount(line.reserved, line.unit)), "fsale",
                line.campaign_id, line.rev),)
        for line in lines
    )  # fmt: skip
    following = ((button(_("More"), "forders", value=lines[-1].campaign_id),),) if more else ()
    return Screen("\n".join([head, *shown, _today(today)]), (*rows, *following))


def _today(today: Today) -> str:
    if not today.count:
        return _("🆕 Today +0")
    lines = [f"{crop_words(crop)} {amount(quantity, unit)}" for _id, crop, quantity, unit in today.lines]
    return _("🆕 Today +{count}: {what}", count=today.count, what=" · ".join(lines))


@dataclass(frozen=True)
class Stands:
    """How a sale stands where its row does not say it: too few buyers so far; what of the harvest is nobody's; what
    its buyers were asked last."""

    at_risk: bool
    free: Decimal
    asked: str = ""


def sale(shown: Campaign, progress: Progress, share: Button, stands: Stands) -> Screen:
    """How far a sale is, and what can be done with it now."""
    buyers = ngettext_of("{count} buyer", "{count} buyers", progress.buyers)
    lines = [
        _("{crop} · {reserved} of {offered} · {price}", crop=sale_words(shown), reserved=progress.reserved,
          offered=amount(progress.capacity, shown.unit), price=per_unit(shown.price, shown.unit)),
        f"{_bar(progress)} {buyers}",
        _("ready {day} · {state}", day=shown.harvest_on, state=state_words(shown.state)),
        _waiting(progress, shown.unit),
        _("📝 The co-op says: {note}", note=Name(shown.decision_note)) if shown.decision_note else "",
        _("🎯 At least {minimum}, else it does not go ahead.", minimum=amount(shown.minimum, shown.unit))
        if stands.at_risk and shown.minimum is not None else "",
        _("🆓 Free: {quantity}", quantity=amount(stands.free, shown.unit)) if stands.free else "",
        stands.asked,
    ]  # fmt: skip
    risk = risk_rows(shown.id, shown.rev, extended=shown.extended) if stands.at_risk else ()
    rest = rest_rows(shown.id) if stands.free >= shown.pack else ()
    return Screen("\n".join(line for line in lines if line), (*risk, *rest, *_sale_rows(shown, share)))


def _waiting(progress: Progress, unit: str) -> str:
    """How many would take more than there is."""
    if not progress.waiting:
        return ""
    wished = amount(progress.wished, unit)
    return ngettext_of("🔔 {count} person waits for {wished}", "🔔 {count} people wait for {wished}", progress.waiting,
                       wished=wished)  # fmt: skip


def _bar(progress: Progress) -> str:
    full = min(progress.percent, 100) // 20
    return "▓" * full + "░" * (5 - full)


def _sale_rows(shown: Campaign, share: Button) -> Rows:
    def act(label: str, action: str) -> Button:
        return button(label, action, shown.id, shown.rev)

    rows: list[tuple[Button, ...]] = []
    if shown.state == "draft":
        rows.append((act(_("▶ Continue"), "fcont"),))
    if shown.state == "in_review":
        rows.append((act(_("↩️ Undo"), "fundo"),))
    if shown.state in GROWING:
        rows.append((act(_("✅ Ready"), "fready"), act(_("📉 Less"), "fless")))
        rows.append((act(_("❌ Lost"), "flost"), act(_("⏳ Later"), "flater")))
        rows.append((act(_("📷 Photo"), "fgrow"), *_pausing(shown)))
        rows.append((act(_("🚫 Cancel sale"), "fcan"),))
    if shown.state in HARVESTED:
        rows.append((act(_("📋 Pick list"), "fpick"),))
    if shown.state == "allocated":
        rows += [(act(_("⚖️ Weigh"), "fweigh"),)] if shown.by_weight else []
        rows.append((act(_("🔁 Other terms"), "fprop"),))
        rows.append((act(_("❌ Lost"), "flost"), act(_("🚫 Cancel sale"), "fcan")))
    sharing = (share,) if shown.state == "open" else ()  # last: it is no press, so no digit counts it
    rows.append((act(_("🧾 Orders"), "flist"), button(_("⬅️ Back"), "forders"), *sharing))
    return tuple(rows)


def _pausing(shown: Campaign) -> tuple[Button, ...]:
    if shown.state == "open":
        return (button(_("⏸ Pause"), "fpause", shown.id, shown.rev),)
    if shown.state == "paused":
        return (button(_("▶ Resume"), "fresume", shown.id, shown.rev),)
    return ()


def orders(shown: Campaign, found: Sequence[OrderLine], *, more: bool) -> Screen:
    """The orders of a sale, one line each."""
    head = ngettext_of("🧾 {crop}: {count} order shown", "🧾 {crop}: {count} orders shown", len(found),
                       crop=sale_words(shown))  # fmt: skip
    lines = [
        _("#{number} · {quantity} · {buyer} · {status}", number=Name(line.number),
          quantity=amount(line.quantity, line.unit), buyer=Name(line.buyer_name[:24]), status=standing(line.state))
        for line in found
    ]  # fmt: skip
    further = [button(_("More"), "flist", shown.id, shown.rev, found[-1].id)] if more else []
    talks = [button(_("💬 {number}", number=Name(line.number)), "bsay", line.id) for line in found]
    return Screen(
        "\n".join([head, *lines]),
        (
            *rows_of(talks, 4),
            (*further, button(_("⚖️ Cases"), "kfarm"), button(_("⬅️ Back"), "fsale", shown.id, shown.rev)),
        ),
    )


def money(earned: FarmMoney, asked: Sequence[Refund], cash: Money) -> Screen:
    """Free, held, and what buyers still owe; [All][Half][✏️ Other] takes what is free."""
    text = _("💰 Free {free} · held {held} (buyers must confirm)", free=earned.free, held=earned.held)
    waiting = ngettext_of("🧺 {count} paid order is under way.", "🧺 {count} paid orders are under way.", earned.orders)
    sums = _("paid {paid} · owed {owed} by buyers", paid=earned.held, owed=earned.owed)
    resting = _("⏳ {sum} was released a short while ago and is free soon.", sum=earned.resting)
    carried = _("💵 You carry {sum} in cash for the co-op.", sum=cash)
    debt = _("🧾 The farm owes the co-op {sum} for refunds; what it earns next pays that.", sum=earned.debt)
    requested, takeable = requests(asked)
    lines = [
        text,
        resting if earned.resting else "",
        debt if earned.debt else "",
        waiting,
        *requested,
        carried if cash.minor > 0 else "",
        sums,
    ]
    rows = (*(amounts("f", earned.free) if earned.free else ()), *takeable, (button(_("📦 Orders"), "forders"),))
    return Screen("\n".join(line for line in lines if line), rows)
