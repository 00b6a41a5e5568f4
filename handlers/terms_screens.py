"""Screens of other terms: what differs, what it costs, whom it asks, and what was done."""

from __future__ import annotations

from decimal import Decimal

from core.catalog.models import Campaign
from core.i18n import Name, _, ngettext_of
from core.messaging.screen import Button, Rows, Screen, button
from core.notices.terms import standing_words
from core.orders.term_models import Kind, Proposal
from core.orders.terms import MOST_TIMES, Standing, TermsPlan
from handlers.words import per_unit, sale_words, unit_name


def which(sale: Campaign, draft: Proposal | None, count: int) -> Screen:
    """[💲 Higher price][🔄 Other goods], and [▶ Continue] with what was begun; so many buyers can be asked."""
    text = ngettext_of(
        "🔁 {crop}: what shall differ? {count} buyer who paid only the deposit may accept, or has everything back.",
        "🔁 {crop}: what shall differ? {count} buyers who paid only the deposit may accept, or have everything back.",
        count, crop=sale_words(sale),
    )  # fmt: skip
    rows: Rows = ((_act(sale, _("💲 Higher price"), "fpropp"), _act(sale, _("🔄 Other goods"), "fpropg")),)
    if draft is not None:
        rows = (*rows, (_act(sale, _("▶ Continue"), "fpropc"),))
    return Screen(text, (*rows, (_back(sale),)))


def ask_price(sale: Campaign) -> Screen:
    """The new price, above the agreed one."""
    text = _("💲 Agreed: {price}. What shall one {unit} cost? Write for example: {example} (at most {most})",
             price=per_unit(sale.price, sale.unit), unit=unit_name(sale.unit),
             example=sale.price.times(Decimal("1.2")), most=sale.price.times(MOST_TIMES))  # fmt: skip
    return Screen(text, ((_oops(sale),),))


def ask_goods(sale: Campaign) -> Screen:
    """What they get instead, in words."""
    text = _("🔄 What do the buyers get instead of {crop}? Write it in words, for example: {example}",
             crop=sale_words(sale), example=_("Alphonso mangoes, grade B, same weight"))  # fmt: skip
    return Screen(text, ((_oops(sale),),))


def ask_goods_price(sale: Campaign, draft: Proposal) -> Screen:
    """What the other goods cost."""
    text = _("🔄 {goods}: what does one {unit} cost? Agreed was {price}. Press below, or write another price.",
             goods=Name(draft.goods), unit=unit_name(sale.unit), price=per_unit(sale.price, sale.unit))  # fmt: skip
    same = button(_("Same price"), "fpropv", sale.id, sale.rev, f"g{sale.price.minor}")
    return Screen(text, ((same, _oops(sale)),))


def numbers(sale: Campaign, plan: TermsPlan) -> Screen:
    """Whom it asks, until when, what silence means and for whom nothing changes."""
    lines = [
        _what(sale, plan),
        ngettext_of("👥 {count} buyer is asked, until {time}.", "👥 {count} buyers are asked, until {time}.",
                    plan.asked, time=plan.until),
        _silence(plan),
        ngettext_of("{count} other order stays as it is: paid, late or asked before.",
                    "{count} other orders stay as they are: paid, late or asked before.", plan.others)
        if plan.others else "",
        _("If all accept: paid {paid} · owed {owed}", paid=plan.paid, owed=plan.rest),
    ]  # fmt: skip
    ask = button(_("📣 Ask them"), "fpropy", sale.id, sale.rev, mark(plan))
    return Screen("\n".join(line for line in lines if line), ((ask, _oops(sale)),))


def mark(plan: TermsPlan) -> str:
    """What the numbers of a proposal are known by."""
    return f"{plan.proposal.id}.{plan.proposal.rev}.{plan.asked}.{plan.rest.minor}"


def asked(sale: Campaign, done: TermsPlan) -> Screen:
    """What was done."""
    head = ngettext_of("☑ {count} buyer is asked, until {time}. The balance waits until then.",
                       "☑ {count} buyers are asked, until {time}. Their balances wait until then.", done.asked,
                       time=done.until)  # fmt: skip
    sums = _("If all accept: paid {paid} · owed {owed}", paid=done.paid, owed=done.rest)
    see = button(_("👀 See"), "fsale", sale.id, sale.rev)
    return Screen(f"{head}\n{_what(sale, done)}\n{sums}", ((see,),))


def still_asked(sale: Campaign, asked: Standing) -> Screen:
    """How it stands while somebody still thinks: [↩️ Take back]."""
    told = _("Taken back, who still thinks owes what was agreed; answers that were given stand.")
    rows: Rows = ((_act(sale, _("↩️ Take back"), "fpropu"), _back(sale)),)
    return Screen(f"{standing_words(asked, sale.unit)}\n{told}", rows)


def taken_back(sale: Campaign, count: int) -> Screen:
    """Nobody is asked any more."""
    told = ngettext_of("☑ Taken back: {count} buyer owes what was agreed.",
                       "☑ Taken back: {count} buyers owe what was agreed.", count)  # fmt: skip
    return Screen(told, ((_act(sale, _("🔁 Other terms"), "fprop"), _back(sale)),))


def _what(sale: Campaign, plan: TermsPlan) -> str:
    price = per_unit(plan.proposal.price, sale.unit) if plan.proposal.price is not None else ""
    before = per_unit(sale.price, sale.unit)
    if plan.proposal.goods:
        return _("🔄 {crop} → {goods}\n{before} → {price}", crop=sale_words(sale), goods=Name(plan.proposal.goods),
                 before=before, price=price)  # fmt: skip
    return _("💲 {crop}: {before} → {price}", crop=sale_words(sale), before=before, price=price)


def _silence(plan: TermsPlan) -> str:
    if plan.proposal.kind == Kind.GOODS:
        return _("Who says nothing has everything back: nobody agreed to get these goods.")
    return _("Who says nothing pays the agreed price.")


def _act(sale: Campaign, label: str, action: str) -> Button:
    return button(label, action, sale.id, sale.rev)


def _oops(sale: Campaign) -> Button:
    return _act(sale, _("Oops"), "fprop")


def _back(sale: Campaign) -> Button:
    return button(_("⬅️ Back"), "fsale", sale.id, sale.rev)
