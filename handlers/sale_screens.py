"""Screens of a sale being prepared: one question a screen, then the draft's card with everything it holds."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from babel.dates import format_skeleton

from core.catalog import crops
from core.catalog.drafts import PHOTOS_MOST
from core.catalog.models import Campaign
from core.catalog.season import REST_DAYS
from core.i18n import N_, _, gettext_of, ngettext_of, shown, speech
from core.messaging.screen import Button, Rows, Screen, button, rows_of
from core.money import Money
from handlers.words import amount, delivery_ways, goes_ahead, per_unit, sale_title, sale_words, unit_name

MONTHS_SHOWN = 13
STEPS = 5  # crop, quantity, date, price, photo
LINE = N_("200 kg mangoes Alphonso, 120/kg, ready 15 May, deposit 20%")
_STATE_WORDS = {
    "draft": N_("a draft"), "in_review": N_("the co-op looks at it"), "open": N_("on sale"), "paused": N_("paused"),
    "closed": N_("closed"), "confirmed": N_("goes ahead"), "failed": N_("not enough buyers"),
    "harvesting": N_("being harvested"), "allocated": N_("harvested and shared"), "done": N_("done"),
    "cancelled": N_("cancelled"), "crop_failed": N_("crop lost"), "removed": N_("removed by the co-op"),
}  # fmt: skip


def crop_choice(offered: Iterable[crops.Crop], repeat: Campaign | None, *, page: int = 0) -> Screen:
    """Last season's sale first, then crops; `page` is what [More] shows."""
    again = []
    if repeat is not None:
        again = [(button(_("🔁 {crop}, same as last time", crop=sale_title(repeat)), "frep", repeat.id),)]
    shown_crops = [button(f"{crop.emoji} {_(crop.name)}", "fcrop", value=crop.key) for crop in offered]
    rows = rows_of([*shown_crops, button(_("More"), "fcrops", page)], 2)
    return Screen(_("➕ 1 of 5. What do you sell? Press, or write it all: {example}", example=_(LINE)), (*again, *rows))


def steps_done(draft: Campaign, photos: int) -> int:
    """How much of the draft is there, of STEPS."""
    return 1 + sum((draft.capacity > 0, draft.harvest_on is not None, draft.price_minor > 0, photos > 0))


def ask_quantity(draft: Campaign, most: Decimal | None = None) -> Screen:
    """Three usual quantities, or any other; of the rest of a harvest at most what is free."""
    usual = [quantity for quantity in crops.usual(draft.crop).quantities if quantity % draft.pack == 0]
    if most is not None:
        usual = [*(quantity for quantity in usual if quantity < most), *([most] if most else [])]
    buttons = [_value(draft, "fqty", amount(quantity, draft.unit), quantity) for quantity in usual]
    text = _("{crop}: 2 of 5. How much will you have?", crop=sale_words(draft))
    if most is not None:
        text = _("{crop}: {free} of the harvest is free. How much do you sell?", crop=sale_words(draft),
                 free=amount(most, draft.unit))  # fmt: skip
    return Screen(text, rows_of([*buttons, _other(draft, "quantity")], 2))


def type_quantity(draft: Campaign) -> Screen:
    """The quantity as a number."""
    example = amount(example_quantity(draft), draft.unit)
    return Screen(_("✏️ How many {unit}? Write it, for example: {example}", unit=unit_name(draft.unit), example=example))


def example_quantity(draft: Campaign) -> Decimal:
    """A quantity people usually offer."""
    if draft.rest_of is not None:
        return draft.capacity
    return crops.usual(draft.crop).quantities[1] + draft.pack * 50


def ask_date(draft: Campaign, today: date) -> Screen:
    """When it ripens: two usual spans, a day, or any other."""
    near, middle, far = crops.usual(draft.crop).days_to_ripen
    spans = [(today + timedelta(days=days), in_days(days)) for days in (near, middle)]
    spans.append((today + timedelta(days=far), _short_day(today + timedelta(days=far))))
    buttons = [_value(draft, "fdat", label, on.isoformat()) for on, label in spans]
    pick = button(_("📅 Date"), "fdats", draft.id, draft.rev)
    return Screen(_("{crop}: 3 of 5. When is it ready?", crop=sale_words(draft)), rows_of([*buttons, pick], 2))


def in_days(days: int) -> str:
    """A span of days as people say it."""
    if days % 7 == 0:
        return ngettext_of("in {count} week", "in {count} weeks", days // 7)
    return ngettext_of("in {count} day", "in {count} days", days)


def months(subject: int, rev: int, today: date, action: str = "fdatm") -> Screen:
    """The months of the year ahead; a day can be typed just as well."""
    first = [_month_after(today, step) for step in range(MONTHS_SHOWN)]
    buttons = [button(_month_name(month), action, subject, rev, month.isoformat()[:7]) for month in first]
    return Screen(_("📅 Which month? Or write the day, for example: {example}", example=today + timedelta(days=14)),
                  rows_of(buttons, 4))  # fmt: skip


def days_of(subject: int, rev: int, month: date, today: date, action: str = "fdat") -> Screen:
    """The days of one month that are still to come."""
    last = monthrange(month.year, month.month)[1]
    coming = [on for on in (month.replace(day=number) for number in range(1, last + 1)) if on >= today]
    buttons = [button(shown(on.day), action, subject, rev, on.isoformat()) for on in coming]
    return Screen(_("📅 {month}: which day?", month=_month_name(month)), rows_of(buttons, 7))


def ask_price(draft: Campaign, suggested: tuple[Money, ...]) -> Screen:
    """Three usual prices, or any other."""
    buttons = [_value(draft, "fpri", shown(price), price.minor) for price in suggested]
    return Screen(
        _("{crop}: 4 of 5. Price of one {unit}?", crop=sale_words(draft), unit=unit_name(draft.unit)),
        rows_of([*buttons, _other(draft, "price")], 2),
    )


def type_price(draft: Campaign, example: Money) -> Screen:
    """The price as a number."""
    return Screen(_("✏️ Price of one {unit}? Write it, for example: {example}",
                    unit=unit_name(draft.unit), example=example))  # fmt: skip


def ask_deposit(draft: Campaign, least: int, most: int) -> Screen:
    """What buyers pay on reserving."""
    usual = sorted({least, most, *(share for share in (20, 30) if least < share < most)})
    buttons = [_value(draft, "fdep", _("{share} %", share=share), share) for share in usual]
    return Screen(_("🔒 Deposit: what share do buyers pay at once? {least} to {most} %. You can write it.",
                    least=least, most=most), (*rows_of(buttons, 4), (to_card(draft),)))  # fmt: skip


def card(draft: Campaign, photos: int, *, lead: str = "", price_is_last: bool = False) -> Screen:
    """Everything a buyer will see first, and the one button that puts it on sale."""
    return Screen("\n".join(part for part in (lead, _card_text(draft, photos, price_is_last)) if part),
                  _card_rows(draft))  # fmt: skip


def _card_text(draft: Campaign, photos: int, price_is_last: bool) -> str:
    facts = _(
        "{crop} · {quantity} · {price} · ready {date} · deposit {share} %.",
        crop=sale_words(draft), quantity=amount(draft.capacity, draft.unit), price=per_unit(draft.price, draft.unit),
        date=draft.harvest_on, share=draft.deposit_percent,
    )  # fmt: skip
    last = _("Price: your last.") if price_is_last else ""
    least = goes_ahead(draft, draft.unit)
    rest = _rest_line() if draft.rest_of is not None else ""
    photo = photo_line(photos) if photos else _("Send 1 photo 📷")
    return "\n".join(part for part in (facts, last, delivery_ways(draft), least, rest, photo) if part)


def _rest_line() -> str:
    """What is sold is harvested already."""
    return ngettext_of("♻️ The rest of a harvest: on sale for at least {count} day.",
                       "♻️ The rest of a harvest: on sale for at least {count} days.", REST_DAYS.days)  # fmt: skip


def photo_line(photos: int) -> str:
    """How many of the pictures that fit are there."""
    return _("Photo {count} of {most} ✓", count=photos, most=PHOTOS_MOST)


def _card_rows(draft: Campaign) -> Rows:
    def edit(label: str, what: str) -> Button:
        return button(label, "fask", draft.id, draft.rev, what)

    return (
        (button(_("✅ Publish"), "fpub", draft.id, draft.rev),),
        (edit(_("✏️ Quantity"), "quantity"), edit(_("✏️ Price"), "price")),
        (edit(_("✏️ Date"), "date"), edit(_("✏️ Deposit"), "deposit")),
        (button(_("⋯ More"), "fmore", draft.id, draft.rev),),
    )


def resume(draft: Campaign, photos: int) -> Screen:
    """An unfinished draft is offered before a new one is begun."""
    return Screen(
        _("💾 You were selling {crop} ({done} of {all}), saved {when}.", crop=sale_words(draft),
          done=steps_done(draft, photos), all=STEPS, when=draft.updated_at),
        ((button(_("▶ Continue"), "fcont", draft.id, draft.rev), button(_("🗑 Delete"), "fdel", draft.id, draft.rev)),),
    )  # fmt: skip


def money(major: Decimal, currency: str) -> Money:
    """An amount as typed."""
    return Money.of(major, currency)


def price_example(draft: Campaign, known: tuple[Money, ...]) -> Money:
    """A usual price, or the draft's own."""
    return known[1] if len(known) > 1 else max(draft.price, Money.of(10, draft.currency))


def to_card(draft: Campaign) -> Button:
    """Back to the draft's card."""
    return button(_("⬅️ Back"), "fcard", draft.id, draft.rev)


def two_ways(text: str, choices: Iterable[tuple[str, str, int, int, object]]) -> Screen:
    """What reads two ways is asked with two buttons: (label, action, id, rev, value)."""
    row = tuple(button(label, action, subject, rev, value) for label, action, subject, rev, value in choices)
    return Screen(_("🤔 “{text}” reads two ways. Which one?", text=text), (row,), edit=False)


def with_back(screen: Screen, draft: Campaign) -> Screen:
    """A question asked from the card leads back to it."""
    return replace(screen, rows=(*screen.rows, (to_card(draft),)))


def published(sale: Campaign, *, lacks_photo: bool) -> Screen:
    """What happens next, and the five minutes in which it can be undone."""
    facts = {"crop": sale_words(sale), "quantity": amount(sale.capacity, sale.unit), "date": sale.harvest_on}
    if sale.state == "open":
        text = _("✅ {crop} · {quantity} is on sale, ready {date}.", **facts)
    else:
        text = _("✅ {crop} · {quantity}, ready {date}: sent to the co-op, who looks within about 1 day.", **facts)
    photo = _("No photo yet: send 1 photo 📷") if lacks_photo else ""
    lines = (text, photo, _("You can undo this for 5 minutes."))
    undo = button(_("↩️ Undo"), "fundo", sale.id, sale.rev)
    return Screen("\n".join(line for line in lines if line), ((undo,),))


def state_words(state: str) -> str:
    """How far a sale is."""
    return gettext_of(_STATE_WORDS.get(state, state))


def state_line(sale: Campaign) -> Screen:
    """A sale that is no draft any more, in one line, with the way to it."""
    text = _("{crop} · {quantity}: {state}.", crop=sale_words(sale), quantity=amount(sale.capacity, sale.unit),
             state=state_words(sale.state))  # fmt: skip
    return Screen(text, ((button(_("📦 Orders"), "fsale", sale.id),),))


def _value(draft: Campaign, action: str, label: str, value: object) -> Button:
    return button(label, action, draft.id, draft.rev, value)


def _other(draft: Campaign, what: str) -> Button:
    return button(_("✏️ Other"), "ftype", draft.id, draft.rev, what)


def _month_after(today: date, step: int) -> date:
    years, month = divmod(today.month - 1 + step, 12)
    return date(today.year + years, month + 1, 1)


def _short_day(on: date) -> str:
    return format_skeleton("MMMd", on, locale=speech().locale)


def _month_name(month: date) -> str:
    return format_skeleton("yMMM", month, locale=speech().locale)
