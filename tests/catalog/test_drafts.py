"""A farmer prepares a sale: the form takes what makes sense and says why when it does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from core.catalog import drafts, form, publish, queries, terms
from core.catalog.errors import TooManyPhotos
from core.catalog.models import Campaign
from core.db import Database
from core.errors import BadInput, Changed, NotAllowed, NotFound, OutOfBounds, Refusal, ShopNotOpen
from core.members.service import actor_of
from core.money import Money
from core.permissions import Actor
from tests.catalog.sales import HARVEST, a_draft, a_photo, a_sale, open_shop
from tests.members.people import NOW, a_farmer, an_operator, arrive


def test_a_first_draft_is_filled_from_the_crop(database: Database) -> None:
    with database.writing() as session:
        open_shop(session)
        terms.ensure_categories(session)
        actor, farm = a_farmer(session, 1, approved=False)
        draft = drafts.start_draft(session, actor, "mango", now=NOW)
        assert (draft.unit, draft.pack, draft.price_minor, draft.deposit_percent) == ("kg", 1, 0, 20)
        assert (draft.region, draft.pickup_place) == (farm.region, "Hill village")
        assert queries.listing(session, draft.id).category == "fruit"
        assert drafts.missing(draft) == ("quantity", "price", "date")
        assert drafts.start_draft(session, actor, "mango", now=NOW) is draft


def test_a_second_sale_remembers_the_first(database: Database) -> None:
    with database.writing() as session:
        open_shop(session)
        actor, _ = a_farmer(session, 1)
        first = a_draft(session, actor)
        form.set_text(session, actor, first, "title", "Alphonso", now=NOW)
        form.set_attribute(session, actor, first, "Grade", "A", now=NOW)
        publish.publish(session, actor, first, now=NOW)
        later = NOW + timedelta(days=30)
        draft = drafts.start_draft(session, actor, "mango", now=later)
        assert (draft.title, draft.price, draft.attributes) == ("Alphonso", Money.of(120, "INR"), {"Grade": "A"})
        assert drafts.missing(draft) == ("quantity", "date")
        same = drafts.again(session, actor, first, now=later)
        assert (same.capacity, same.price, same.harvest_on) == (200, first.price, date(2026, 6, 14))
        assert drafts.missing(same) == ()
        assert drafts.again(session, actor, first, now=later) is same
        assert queries.last_campaign(session, first.farm_id) is first


def test_only_a_farmer_with_a_farm_prepares_and_only_with_a_currency(database: Database) -> None:
    with database.writing() as session:
        buyer = actor_of(session, arrive(session, 5).member.id)
        with pytest.raises(NotAllowed):
            drafts.start_draft(session, buyer, "mango", now=NOW)
        actor, _ = a_farmer(session, 1)
        with pytest.raises(ShopNotOpen):
            drafts.start_draft(session, actor, "mango", now=NOW)
        open_shop(session)
        with pytest.raises(BadInput):
            drafts.start_draft(session, actor, "unobtainium", now=NOW)


def test_another_farmers_draft_does_not_exist_for_me(database: Database) -> None:
    with database.writing() as session:
        open_shop(session)
        mine, _ = a_farmer(session, 1)
        other, _ = a_farmer(session, 2, "Bo")
        draft = a_draft(session, mine)
        with pytest.raises(NotFound):
            form.set_price(session, other, draft, Money.of(1, "INR"), now=NOW)
        with pytest.raises(NotFound):
            drafts.again(session, other, draft, now=NOW)
        with pytest.raises(NotFound):
            drafts.add_photo(session, other, draft, a_photo(session), now=NOW)
        with pytest.raises(NotFound):
            drafts.discard(session, other, draft)
        with pytest.raises(NotFound):
            queries.campaign(session, 999)


def test_an_open_sale_is_not_edited(database: Database) -> None:
    with database.writing() as session:
        open_shop(session)
        actor, _ = a_farmer(session, 1)
        with pytest.raises(Changed):
            form.set_price(session, actor, a_sale(session, actor), Money.of(1, "INR"), now=NOW)


Set = Callable[[Session, Actor, Campaign], None]
_TODAY = date(2026, 5, 1)


def _quantity(value: str) -> Set:
    return lambda session, actor, draft: form.set_quantity(session, actor, draft, Decimal(value), now=NOW)


def _date(value: date) -> Set:
    return lambda session, actor, draft: form.set_date(session, actor, draft, value, now=NOW)


def _price(value: Money) -> Set:
    return lambda session, actor, draft: form.set_price(session, actor, draft, value, now=NOW)


def _deposit(value: int) -> Set:
    return lambda session, actor, draft: form.set_deposit(session, actor, draft, value, now=NOW)


def _words(name: str, text: str) -> Set:
    return lambda session, actor, draft: form.set_text(session, actor, draft, name, text, now=NOW)


@pytest.mark.parametrize(
    ("put", "refusal"),
    [
        (_quantity("0"), OutOfBounds), (_quantity("-5"), OutOfBounds), (_quantity("NaN"), OutOfBounds),
        (_quantity("Infinity"), OutOfBounds), (_quantity("1000001"), OutOfBounds), (_quantity("2.0005"), OutOfBounds),
        (_quantity("2.5"), BadInput), (_quantity("1e30"), OutOfBounds),
        (_price(Money(0, "INR")), OutOfBounds), (_price(Money(-1, "INR")), OutOfBounds),
        (_price(Money(10**12, "INR")), OutOfBounds), (_price(Money(100, "USD")), BadInput),
        (_date(_TODAY - timedelta(days=1)), OutOfBounds), (_date(_TODAY + timedelta(days=401)), OutOfBounds),
        (_deposit(9), OutOfBounds), (_deposit(51), OutOfBounds),
        (_words("title", "x" * 81), BadInput), (_words("description", "x" * 2001), BadInput),
        (lambda session, actor, draft: form.set_pack(session, actor, draft, Decimal(3), now=NOW), BadInput),
        (lambda session, actor, draft: form.set_pack(session, actor, draft, Decimal(0), now=NOW), OutOfBounds),
        (lambda session, actor, draft: form.set_minimum(session, actor, draft, Decimal(201), now=NOW), OutOfBounds),
        (lambda session, actor, draft: form.set_unit(session, actor, draft, "furlong", now=NOW), BadInput),
        (lambda session, actor, draft: form.set_logistics_weight(session, actor, draft, Decimal(-1), now=NOW),
         OutOfBounds),
        (lambda session, actor, draft: form.set_delivery_fee(session, actor, draft, Money(-1, "INR"), now=NOW),
         OutOfBounds),
        (lambda session, actor, draft: form.set_attribute(session, actor, draft, "\u200b", "A", now=NOW), BadInput),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_field_bounds_and_example(
    database: Database, put: Set, refusal: type[Refusal]
) -> None:
    with database.writing() as session:
        open_shop(session)
        actor, _ = a_farmer(session, 1)
        draft = a_draft(session, actor)
        before = (draft.capacity, draft.price, draft.harvest_on, draft.rev)
        with pytest.raises(refusal) as refused:
            put(session, actor, draft)
        assert {"field", "example"} <= set(refused.value.params)
        assert "Example: " in refused.value.text()
        assert (draft.capacity, draft.price, draft.harvest_on, draft.rev) == before


def test_every_other_field_of_the_form_is_kept(database: Database) -> None:
    with database.writing() as session:
        open_shop(session)
        actor, _ = a_farmer(session, 1)
        staff = an_operator(session)
        draft = a_draft(session, actor)
        for name in form.TEXTS:
            form.set_text(session, actor, draft, name, f" my\u202e {name} ", now=NOW)
        for kind in ("category", "type", "brand"):
            form.set_term(session, actor, draft, kind, terms.add_term(session, staff, kind, f"Some {kind}"), now=NOW)
        form.set_pack(session, actor, draft, Decimal("2.5"), now=NOW)
        form.set_minimum(session, actor, draft, Decimal(50), now=NOW)
        form.set_logistics_weight(session, actor, draft, Decimal("1.1"), now=NOW)
        form.set_delivers(session, actor, draft, False, now=NOW)
        form.set_delivery_fee(session, actor, draft, Money.of(40, "INR"), now=NOW)
        form.set_invoice(session, actor, draft, True, now=NOW)
        form.set_attribute(session, actor, draft, "Grade", "A", now=NOW)
        form.set_attribute(session, actor, draft, "Size", "L", now=NOW)
        form.set_attribute(session, actor, draft, "Grade", "", now=NOW)
        session.flush()
        card = queries.listing(session, draft.id)
        assert (card.line.title, card.subtitle, card.keywords) == ("my title", "my subtitle", "my keywords")
        assert (card.shipping, card.guarantee, card.other) == ("my shipping", "my guarantee", "my other")
        assert (card.category, card.type, card.brand) == ("Some category", "Some type", "Some brand")
        assert (card.pack, card.minimum, card.logistics_weight) == (Decimal("2.5"), 50, Decimal("1.1"))
        assert (card.delivers, card.pickup_place, card.delivery_fee) == (False, "my pickup_place", Money.of(40, "INR"))
        assert (card.invoice, card.attributes, card.line.region) == (True, (("Size", "L"),), "my region")
        assert draft.rev == 1 + 3 + len(form.TEXTS) + 3 + 9


def test_photos_are_counted_once_and_bounded(database: Database) -> None:
    with database.writing() as session:
        open_shop(session)
        actor, _ = a_farmer(session, 1)
        draft = a_draft(session, actor)
        first = a_photo(session)
        assert drafts.add_photo(session, actor, draft, first, now=NOW) == 1
        assert drafts.add_photo(session, actor, draft, first, now=NOW) == 1
        for _time in range(drafts.PHOTOS_MOST - 1):
            drafts.add_photo(session, actor, draft, a_photo(session), now=NOW)
        with pytest.raises(TooManyPhotos):
            drafts.add_photo(session, actor, draft, a_photo(session), now=NOW)
        assert queries.listing(session, draft.id).line.photo == first.id
        drafts.remove_photos(session, actor, draft, now=NOW)
        assert drafts.photo_count(session, draft) == 0


def test_a_discarded_draft_is_gone(database: Database) -> None:
    with database.writing() as session:
        open_shop(session)
        actor, farm = a_farmer(session, 1)
        draft = a_draft(session, actor)
        drafts.add_photo(session, actor, draft, a_photo(session), now=NOW)
        drafts.discard(session, actor, draft)
        assert queries.drafts_of(session, farm.id) == ()


def test_the_date_follows_the_farms_calendar(database: Database) -> None:
    with database.writing() as session:
        open_shop(session)
        actor, _ = a_farmer(session, 1)
        draft = drafts.start_draft(session, actor, "mango", now=NOW)
        late = NOW.replace(hour=20)  # in India it is 2 May already
        with pytest.raises(OutOfBounds) as refused:
            form.set_date(session, actor, draft, date(2026, 5, 1), now=late)
        assert refused.value.params["least"] == date(2026, 5, 2)
        form.set_date(session, actor, draft, HARVEST, now=late)
