"""The words of people: extracted, complete, alike in every form, short on buttons, none outside the catalogues."""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from core import i18n
from core.errors import Refusal, words_of
from core.i18n import (
    ENDONYMS,
    SOURCE_LANGUAGE,
    gettext_of,
    ngettext_of,
    shipped_languages,
    speaking,
    speech_for,
    unread_languages,
)
from core.money import Money
from locales import extract
from locales.extract import POT
from tests.architecture import words
from tests.architecture.source import Module, modules
from tests.pseudo import latin, pseudo, spoken

COUNTS = (0, 1, 2, 3, 5, 11, 21, 100)
SHIPPED = [language for language in shipped_languages() if language != SOURCE_LANGUAGE]
LABEL_WISH, LABEL_MOST = 20, 40
OURS = ("bot.", "core.", "handlers.")
# literals that look like words for people and are none; and why
NOT_FOR_PEOPLE = {
    "core/notices/silent.py": "tells programmers why an event is silent",
    "handlers/operator_trouble.py": "what the messenger answers, compared and not shown",
    "handlers/publish_text.py": "kinds of content that a state takes",
}
# what people type letter for letter in every language
TYPED_AS_IS = {"INR", "Asia/Kolkata", "en"}


def rooms_for_people() -> list[Module]:
    return [
        module for module in modules("handlers", "core")
        if module.path.startswith(("handlers/", "core/notices/")) or module.path == "core/catalog/words.py"
    ]  # fmt: skip


def po(language: str) -> Catalog:
    with (i18n.LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


@cache  # to read every source takes a second
def text() -> str:
    """The template as the sources tell it now."""
    return extract.text()


@cache
def template() -> tuple[Message, ...]:
    return tuple(message for message in read_po(io.StringIO(text())) if message.id)


def forms(message: Message) -> list[str]:
    """The source's forms."""
    return list(message.id) if isinstance(message.id, tuple | list) else [str(message.id)]


def said(message: Message) -> list[str]:
    """The translation's forms."""
    return list(message.string) if isinstance(message.string, tuple | list) else [str(message.string)]


# ---- extraction


def test_messages_pot_is_up_to_date() -> None:
    assert POT.read_text(encoding="utf-8") == text(), "run `make messages`"


def test_every_message_fits_the_way_it_is_filled() -> None:
    for message in template():
        for form in forms(message):
            names = words.placeholders(form)
            assert all(name.isidentifier() for name in names), form
            assert not re.search(r"%[sd(]|<[a-z/]", form), f"{form!r}: no percent formats, no marks; text is plain"


def test_every_refusal_is_extracted_wherever_its_bases_stand() -> None:
    known = {form for message in template() for form in forms(message)}
    for module in modules("bot", "core", "handlers"):
        if "class " in module.text and "/migrations/" not in module.path:
            import_module(module.path.removesuffix(".py").replace("/", "."))
    found = [words_of(each.__doc__ or "") for each in every_kind_of(Refusal) if each.__module__.startswith(OURS)]
    assert len(found) > 100
    assert [text for text in found if text not in known] == []


def every_kind_of(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in kind.__subclasses__():
        yield each
        yield from every_kind_of(each)


# ---- shipped catalogues


def test_every_shipped_catalogue_is_complete_and_not_fuzzy() -> None:
    wanted = template()
    for language in SHIPPED:
        assert lacking(po(language), wanted) == [], language


def lacking(ours: Catalog, wanted: Sequence[Message]) -> list[str]:
    """Messages that have no translation or a doubtful one, and translations of nothing."""
    found = [(message.id, ours.get(message.id)) for message in wanted]
    missing = [str(id_) for id_, its in found if its is None or its.fuzzy or not all(said(its))]
    known = {repr(message.id) for message in wanted}
    return missing + [f"unknown {message.id!r}" for message in ours if message.id and repr(message.id) not in known]


def test_a_hole_in_a_catalogue_is_noticed() -> None:
    wanted, ours = Catalog(locale="fr"), Catalog(locale="fr")
    for message in ("Pay", "Paid", ("{count} kg", "{count} kg"), "Back"):
        wanted.add(message)
    ours.add("Pay", "Payer", flags=["fuzzy"])
    ours.add("Paid", "")
    ours.add(("{count} kg", "{count} kg"), ("{count} kg", ""))
    ours.add("Later", "Plus tard")
    assert len(lacking(ours, [message for message in wanted if message.id])) == 5


def test_every_form_of_a_message_has_the_same_placeholders() -> None:
    for language in SHIPPED:
        assert unlike(po(language)) == [], language


def unlike(catalogue: Catalog) -> list[str]:
    """Translations that lose, add or misspell a placeholder. {count} may be a word in the forms for one number."""
    found = []
    for message in catalogue:
        if not message.id:
            continue
        wanted = frozenset[str]().union(*(words.placeholders(form) for form in forms(message)))
        loose = {"count"} if message.pluralizable else set()
        for form in said(message):
            has = words.placeholders(form)
            if has - wanted or wanted - has - loose:
                found.append(form)
    return found


def test_a_lost_placeholder_is_noticed() -> None:
    bad = Catalog(locale="fr")
    bad.add("{name} pays {price}", "{name} paie")
    bad.add(("{count} kg", "{count} kg"), ("un kg", "{compte} kg"))
    assert unlike(bad) == ["{name} paie", "{compte} kg"]


def test_every_plural_header_agrees_with_cldr() -> None:
    for language in SHIPPED:
        assert disagreements(language, po(language).plural_forms) == [], language


def disagreements(language: str, header: str) -> list[int]:
    """Numbers 0-200 where the header puts together what CLDR keeps apart, or the other way round."""
    found = re.fullmatch(r"nplurals\s*=\s*(\d+);\s*plural\s*=\s*(.+?);?", header.strip())
    assert found, header
    choose, cldr = gettext.c2py(found[2]), Locale.parse(language).plural_form
    of_form: dict[int, str] = {}
    for number in range(201):
        of_form.setdefault(choose(number), cldr(number))
    wrong = [number for number in range(201) if of_form[choose(number)] != cldr(number)]
    same = [form for form, name in of_form.items() if list(of_form.values()).count(name) > 1]
    return wrong or same or ([] if max(of_form) < int(found[1]) else [int(found[1])])


ONE, ONE_OR_NONE = "nplurals=2; plural=(n != 1)", "nplurals=2; plural=(n > 1)"


@pytest.mark.parametrize(
    ("language", "header"),
    [("hi", ONE), ("am", ONE), ("pt_BR", ONE), ("ru", ONE), ("en", "nplurals=3; plural=(n == 0 ? 0 : n == 1 ? 1 : 2)")],
)
def test_a_header_that_counts_otherwise_is_noticed(language: str, header: str) -> None:
    assert disagreements(language, header)


@pytest.mark.parametrize(
    ("language", "header"),
    [("hi", ONE_OR_NONE), ("am", ONE_OR_NONE), ("pt_BR", ONE_OR_NONE), ("en", ONE), ("zh", "nplurals=1; plural=0")],
)
def test_a_header_that_counts_alike_passes(language: str, header: str) -> None:
    assert disagreements(language, header) == []


# ---- rendering


def samples(message: str) -> dict[str, object]:
    """A value for each placeholder, of several kinds by turns."""
    kinds = (Money.of(1234, "INR"), Decimal("2.5"), 3, i18n.Name("Gopal & Söhne <b>"), "A12")
    return {name: kinds[at % len(kinds)] for at, name in enumerate(sorted(words.placeholders(message)))}


@pytest.mark.parametrize("language", shipped_languages())
def test_every_message_is_rendered_for_every_number(language: str) -> None:
    with speaking(speech_for(language, None, "UTC")):
        for message in template():
            for number in COUNTS:
                shown = rendered(message, number)
                assert not re.search(r"\{\w*\}", shown), shown
                assert shown.strip()


def rendered(message: Message, number: int) -> str:
    if message.pluralizable:
        one, many = forms(message)
        return ngettext_of(one, many, number, **samples(one + many) | {"count": number})
    return gettext_of(forms(message)[0], **samples(forms(message)[0]))


def test_every_call_gives_every_value_its_message_names() -> None:
    assert words.without_values(modules("bot", "core", "handlers", "scheduler")) == []
    assert words.without_values([Module("x.py", "_('{name} pays', price=1)")])
    assert words.without_values([Module("x.py", "ngettext_of('{count} of {n}', '{count} of {n}', 2)")])
    refusals = 'class Left(Refusal):\n    """Only {left} left."""\nraise Left(most=1)\n'
    assert words.without_values([Module("core/errors.py", refusals)])


# ---- buttons


def test_english_buttons_are_short() -> None:
    found = words.labels(rooms_for_people())
    assert len(found) > 100
    sizes = {label: len(_filled(label)) for label in found}
    for label, size in sorted(sizes.items(), key=lambda item: -item[1]):
        if size > LABEL_WISH:
            print(f"{size} characters: {label!r} ({found[label]})")  # noqa: T201 - a wish, not a rule: shown with -s
    assert {label: size for label, size in sizes.items() if size > LABEL_MOST} == {}


def _filled(label: str) -> str:
    """The label with values of usual length."""
    usual = {"amount": "₹1,200", "price": "₹1,200", "quantity": "200 kg", "count": "12", "date": "Fri 15 May"}
    return label.format_map({name: usual.get(name, "Alphonso") for name in words.placeholders(label)})


# ---- nothing outside the catalogues


def test_no_words_for_people_stand_outside_the_catalogues() -> None:
    found = [each for module in rooms_for_people() for each in words.outside_marks(module)]
    assert [str(each) for each in found] == []
    refused = [each for module in modules("core") for each in words.outside_marks(module)]
    assert [str(each) for each in refused if each.words not in TYPED_AS_IS] == []


def test_no_literal_reads_like_a_sentence() -> None:
    found = [each for module in rooms_for_people() for each in words.prose(module)]
    assert [str(each) for each in found if each.at.split(":")[0] not in NOT_FOR_PEOPLE] == []
    assert set(NOT_FOR_PEOPLE) == {each.at.split(":")[0] for each in found}, "an exception nobody needs any more"


@pytest.mark.parametrize(
    "source",
    [
        "Screen('Paid')",
        "Screen(text=f'Paid {x}')",
        "button('✅ Pay', 'pay')",
        "Tile(f'{x} Orders')",
        "Toast(' '.join(['Too', 'late']))",
        "def f():\n    told = [_('Paid')]\n    told.append('Thank you')\n    return Screen('\\n'.join(told))",
        "def f():\n    head, tail = _('A'), 'Owed'\n    return Screen(head + tail)",
        "Screen(_('Paid') if x else 'Owed')",
        "raise BadInput(field='Price', reason=_('too low'), example=3)",
    ],
)
def test_a_word_outside_the_catalogues_is_noticed(source: str) -> None:
    assert words.outside_marks(Module("handlers/bad.py", source))


@pytest.mark.parametrize("source", ["TOLD = {'a': 'Thank you'}", "x = f'⬅️ Back'", "yield 'Paid in full'"])
def test_a_sentence_outside_the_catalogues_is_noticed(source: str) -> None:
    assert words.prose(Module("handlers/bad.py", source))


@pytest.mark.parametrize(
    "source",
    [
        "Screen(_('Paid'))",
        "button('⬅️', 'back', value='x')",
        "Screen('\\n'.join(told))",
        "button(f'{emoji} {_(name)}', 'crop', value='mango')",
        'def f():\n    """Say so."""\n    raise ValueError("no such thing here")',
    ],
)
def test_signs_keys_and_marked_words_are_no_offence(source: str) -> None:
    module = Module("handlers/good.py", source)
    assert [*words.outside_marks(module), *words.prose(module)] == []


# ---- the pseudo-language


def test_the_pseudo_language_is_longer_and_keeps_what_must_stay() -> None:
    told = pseudo("{name}, write /rules or @shop")
    assert {"{name}", "/rules", "@shop"} <= set(re.findall(r"[{/@]\w+\}?", told))
    assert latin(told) == []
    assert len(pseudo("Reserve")) == round(len("Reserve") * 1.4)
    assert latin("Оплатить ₹240 Pay") == ["Pay"]


def test_every_message_is_known_in_the_pseudo_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unread = unread_languages()
    with spoken(tmp_path, text(), monkeypatch), speaking(speech_for("ru", None, "UTC")):
        assert (shipped_languages(), unread_languages()) == (("en", "ru"), ())
        for message in template():
            for number in COUNTS:
                assert latin(rendered(message, number).replace("A12", "").replace("Gopal & Söhne <b>", "")) == []
    assert shipped_languages() == tuple(each for each in ENDONYMS if each in {"en", *SHIPPED})
    assert unread_languages() == unread != (), "what was kept of the pseudo-language is forgotten"
