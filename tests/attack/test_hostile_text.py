"""What people write arrives as they wrote it, or without what deceives: tags, quotes, reversed, invisible, piled up."""

from __future__ import annotations

import pytest

from core import contact
from core.catalog import asking
from core.db import Database
from core.errors import BadInput
from core.orders import talking
from core.orders.delivery_choice import write_note
from core.orders.errors import NoteTooLong
from core.orders.reserve import reserve
from tests.kit.phone import Phone
from tests.kit.shop import Shop, shop
from tests.orders.market import NOW, open_market
from tests.stories.farming import bought, grower, on_sale

__all__ = ["shop"]
LITERAL = (
    "<b>bold</b> & <script>", "_*[`~|]()", "'; DROP TABLE orders; --", '"; $(rm -rf) %s {0} {name} %(x)s',
    "=cmd|' /C calc'!A0", "</b></i>&amp;&#x41;", "كم السعر؟", "कितना है?", "多少钱？", "👨‍👩‍👧‍👦 family?",
)  # fmt: skip
DECEIVING = {
    "abc\u202edef?": "abcdef?",
    "a\u200bb\ufeffc?": "abc?", "nul\x00 here?": "nul here?", "lone \ud800 half?": "lone half?",
    "a" + "\u0301" * 500 + "?": "á" + "\u0301" * 8 + "?", "\u2066iso\u2069?": "iso?",
}  # fmt: skip


@pytest.mark.parametrize("text", LITERAL)
def test_words_are_kept_verbatim_in_questions_answers_messages_and_notes(database: Database, text: str) -> None:
    with database.writing() as session:
        market = open_market(session)
        sale, asha = market.sale(), market.buyer()
        asked = asking.ask(session, asha, sale, text, now=NOW)
        asking.answer(session, market.farmer, asked, text, now=NOW)
        order = reserve(session, asha, sale, sale.pack, now=NOW)
        talking.write(session, asha, order, text, now=NOW)
        write_note(session, asha, order, text, now=NOW)
        session.flush()
        session.expire_all()
        (seen,) = asking.answers_of(session, sale.id)
        assert (seen.question, seen.answer, order.note) == (text, text, text)
        assert [line.text for line in talking.said(session, market.farmer, order)] == [text]


@pytest.mark.parametrize("text", DECEIVING, ids=range(len(DECEIVING)))
def test_what_deceives_the_eye_is_taken_out(database: Database, text: str) -> None:
    with database.writing() as session:
        market = open_market(session)
        asked = asking.ask(session, market.buyer(), market.sale(), text, now=NOW)
        session.flush()
        session.refresh(asked)
        assert asked.text == DECEIVING[text]


def talkers(shop: Shop) -> tuple[Phone, Phone]:
    gopal = grower(shop)
    return gopal, bought(shop, on_sale(shop, gopal), "Asha <b>&", 10)


def test_tags_and_signs_in_a_message_are_read_as_they_were_written(shop: Shop) -> None:
    gopal, asha = talkers(shop)
    asha.taps("🧾 Order")
    for text in LITERAL[:4]:
        asha.taps("💬 Message")
        asha.types(text)
        asha.sees("✅ A1: sent to Gopal's farm.")
        shop.settles()
        gopal.sees(f"💬 Asha <b>& about A1 · 10 kg: {text}", anywhere=True)


def test_four_thousand_emoji_get_a_clear_limit_and_the_question_stays(shop: Shop) -> None:
    _gopal, asha = talkers(shop)
    asha.taps("🧾 Order")
    asha.taps("💬 Message")
    asha.types("🥭" * 2048)
    asha.sees("That is 2,048 characters; at most 300 fit. Please write it shorter.")
    asha.types("🥭" * 300)
    asha.sees("✅ A1: sent to Gopal's farm.")
    asha.taps("🧺 My orders")
    asha.taps("🥭 A1")
    asha.taps("📝 Note to farmer")
    asha.types("x" * 600)
    asha.sees("500")
    asha.types("Green ones.")
    asha.sees("📝 Green ones.")


def test_nothing_is_not_a_message_and_too_much_is_not_a_note(database: Database) -> None:
    with database.writing() as session:
        market = open_market(session)
        sale, asha = market.sale(), market.buyer()
        order = reserve(session, asha, sale, sale.pack, now=NOW)
        for text in ("", " \n\t", "\u200b\u202e", "\x00"):
            with pytest.raises(BadInput):
                talking.write(session, asha, order, text, now=NOW)
            with pytest.raises(BadInput):
                asking.ask(session, asha, sale, text, now=NOW)
        with pytest.raises(NoteTooLong):
            write_note(session, asha, order, "x" * 501, now=NOW)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("call 98450 12345 now", "call … now"), ("+91-98450-12345", "…"), ("(022) 2345.6789!", "…!"),
        ("मुझे ९८४५०१२३४५ पर", "मुझे … पर"), ("٠٩٨٤٥٠١٢٣٤", "…"), ("９８４５０１２３４５", "…"),
        ("⑨⑧④⑤⓪①②③", "…"), ("9️⃣8️⃣4️⃣5️⃣0️⃣1️⃣2️⃣", "…"), ("9 8 4 5 0 1 2 3 4 5", "…"), ("98\u200d450\u200c12345", "…"),
        ("mail asha.rao+x@example.co.in please", "mail … please"), ("asha @ example.org", "…"),
        ("see t.me/asha or wa.me/919845", "see … or …"), ("@asha_rao?", "…?"),
    ],
)  # fmt: skip
def test_a_number_or_an_address_is_found_in_any_writing(text: str, left: str) -> None:
    assert contact.find(text)
    assert contact.without(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "Is 200 kg at ₹120 ready on 15.05.2026?", "2026-05-15 or 15/05/26", "season 2025-2026", "2 kg @ 100 each",
        "10-12 kg, grade A", "order #A12, 5 kg", "pin 415612", "१२० रुपये किलो?", "1.5 kg; 2.5 kg",
    ],
)  # fmt: skip
def test_quantities_prices_and_dates_are_no_numbers_to_call(text: str) -> None:
    assert contact.find(text) == []
