"""Reads numbers, quantities and prices as people write them and knows the units; doubt is an error, not a guess."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from types import MappingProxyType

from babel import Locale
from babel.numbers import get_group_symbol, is_currency

LONGEST_NUMBER = 24
LONGEST_TEXT = 100
DECIMAL_MARKS = ".,٫"  # the last one, U+066B, is never anything else
GROUP_MARKS = (r"\.", ",", "'", " ")
BIDI_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u2066\u2067\u2068\u2069"))
# vowel signs and accents of our scripts belong to the word, though \w does not say so; a nukta anybody may leave out
MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0903\u093a\u093b\u093e-\u094f\u0951-\u0957\u0962\u0963\u200c\u200d"
NO_LETTER_BEFORE = rf"(?<![^\W\d_])(?<![{MARKS}])"
NO_WORD_AFTER = rf"(?![\w{MARKS}])"
SAME_AS = str.maketrans({
    "．": ".", "，": ",", "、": ",", "／": "/", "％": "%", "٪": "%", "：": ":", "،": ",", "٬": "'",
    "\u2019": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u3000": " ", "\t": " ", "\n": ",",
})  # fmt: skip


class ParseError(ValueError):
    """What somebody wrote cannot be read."""


class NotANumber(ParseError):
    """This is not a number."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class ReadsTwoWays(ParseError):
    """This number can be read in two ways; ask which was meant."""

    def __init__(self, first: Decimal, second: Decimal) -> None:
        super().__init__(first, second)
        self.first, self.second = first, second


class UnknownUnit(ParseError):
    """This is no unit we know."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class NotConvertible(ParseError):
    """Nobody said how much of the one unit makes the other."""

    def __init__(self, source: str, target: str) -> None:
        super().__init__(source, target)
        self.source, self.target = source, target


class Measure(Enum):
    """What a unit counts, and in what its size is given."""

    MASS = "kg"
    VOLUME = "litre"
    AREA = "m2"
    COUNT = "piece"
    PACKAGE = "declared"  # the seller says how many kg one holds


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of sale; `size` is in the measure's own unit, None when the seller declares it."""

    code: str
    measure: Measure
    size: Decimal | None


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in major units; currency and unit only when the text names them."""

    amount: Decimal
    currency: str | None
    unit: str | None


UNITS: Mapping[str, Unit] = MappingProxyType({
    code: Unit(code, measure, None if size is None else Decimal(size))
    for code, measure, size in (
        ("kg", Measure.MASS, "1"), ("g", Measure.MASS, "0.001"), ("t", Measure.MASS, "1000"),
        ("quintal", Measure.MASS, "100"), ("jin", Measure.MASS, "0.5"),
        ("litre", Measure.VOLUME, "1"), ("m2", Measure.AREA, "1"), ("mu", Measure.AREA, "666.67"),
        ("ha", Measure.AREA, "10000"), ("piece", Measure.COUNT, "1"), ("dozen", Measure.COUNT, "12"),
        ("crate", Measure.PACKAGE, None), ("bag", Measure.PACKAGE, None), ("bunch", Measure.PACKAGE, None),
    )
})  # fmt: skip

UNIT_WORDS = {
    "kg": "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes kilogramo kilogramos quilo quilos"
    " quilograma quilogramas kilogramu кг кило килограмм килограмма килограммов किलो किग्रा किलोग्राम कि॰ग्रा 公斤"
    " 千克 كجم كغ كغم كيلو كيلوغرام كيلوجرام كيلوغرامات كيلوغرامًا ኪሎ ኪግ ኪ.ግ ኪሎግራም",
    "g": "g gr gram grams gramme grammes gramo gramos grama gramas gramu г гр грамм грамма граммов ग्राम ग्रा 克"
    " جم غ غم غرام جرام ግራም",
    "t": "t ton tons tonne tonnes tonelada toneladas tani т тонна тонны тонн टन 吨 طن ቶን",
    "quintal": "quintal quintals qtl qtls q quintaux quintales quintais kuintal kwintal ц центнер центнера центнеров"
    " क्विंटल कुंतल 公担 قنطار ኩንታል",
    "jin": "jin catty catties 斤 市斤",
    "litre": "l litre litres liter liters litro litros lita л литр литра литров लीटर ली 升 لتر ል ሊትር",
    "piece": "piece pieces pc pcs each pieza piezas pièce pièces peça peças unidad unidades unidade unidades unité"
    " unités buah biji kipande vipande шт штука штуки штук नग पीस 个 個 只 قطعة قطع حبة ፍሬ",
    "dozen": "dozen dozens doz docena docenas dúzia dúzias douzaine douzaines lusin dazeni дюжина дюжины дюжин दर्जन"
    " दर्जनों 打 دزينة ደርዘን",
    "crate": "crate crates caja cajas caixa caixas cageot cageots caisse caisses peti kreti sanduku masanduku ящик"
    " ящика ящиков क्रेट पेटी पेटियाँ पेटियां 箱 筐 صندوق صناديق ሳጥን",
    "bag": "bag bags sack sacks saco sacos sac sacs karung gunia magunia мешок мешка мешков बोरी बोरे बोरा"
    " बोरियाँ बोरियां बैग 袋 كيس أكياس ከረጢት ጆንያ",
    "bunch": "bunch bunches manojo manojos maço maços botte bottes ikat fungu mafungu пучок пучка пучков गुच्छा गुच्छे"
    " गड्डी गड्डियाँ गड्डियां 把 束 حزمة حزم እስር",
    "m2": "m2 m² sqm м² м2 平方米",
    "mu": "mu 亩",
    "ha": "ha hectare hectares hectárea hectáreas га гектар гектара гектаров 公顷",
}
PER = ("/", "per", "por", "par", "за", "प्रति", "每", "一", "لكل", "kwa")
# a sign several currencies share names none of them
SIGNS: Mapping[str, str | None] = MappingProxyType({
    "₹": "INR", "€": "EUR", "£": "GBP", "₽": "RUB", "руб": "RUB", "₦": "NGN", "r$": "BRL", "元": "CNY", "块": "CNY",
    "birr": "ETB", "ብር": "ETB", "ksh": "KES", "tsh": "TZS", "rp": "IDR", "₫": "VND", "₱": "PHP", "₩": "KRW",
    "$": None, "¥": None, "￥": None, "rs": None, "rs.": None, "रु": None, "रुपये": None,
    "रुपए": None, "रुपया": None,
})  # fmt: skip


def fold(text: str) -> str:
    """The text with plain digits, marks and spaces: ١٢ and １２ become 12. Superscripts stay what they are."""
    plain = unicodedata.normalize("NFC", text).translate(BIDI_MARKS).translate(SAME_AS)
    return "".join(str(unicodedata.decimal(char, char)) for char in plain).strip()


def parse_number(text: str, locale: Locale) -> Decimal:
    """A number of zero or more as people write it; raises NotANumber, or ReadsTwoWays for 1.200 in English."""
    folded = fold(text)
    if len(folded) > LONGEST_NUMBER:
        raise NotANumber(text)
    readings = [found for found in (_with_decimals(folded, locale), _grouped(folded)) if found is not None]
    if not readings:
        raise NotANumber(text)
    if len(readings) == 1 or get_group_symbol(locale, numbering_system="latn") in folded:
        return readings[-1]
    raise ReadsTwoWays(*readings)


def parse_quantity(text: str, locale: Locale) -> tuple[Decimal, str | None]:
    """A number and the code of its unit, None when the text names none; raises UnknownUnit."""
    if len(text) > LONGEST_TEXT:
        raise NotANumber(text)
    shape = r"(?P<before>[^\d.,+-]*?)\s*(?P<number>\d[\d.,٫' ]*|[.,٫]\d+)(?P<after>\D*|[mм]2)"
    match = re.fullmatch(shape, fold(text))
    if match is None or (match["before"] and match["after"].strip(" .")):
        raise NotANumber(text)
    word = match["before"] or match["after"].strip()
    return parse_number(match["number"].strip(), locale), unit_of(word) if word else None


def unit_of(word: str) -> str:
    """The code of the unit this word names; raises UnknownUnit."""
    code = unit_words().get(_bare(word))
    if code is None:
        raise UnknownUnit(word)
    return code


def parse_price(text: str, locale: Locale) -> Price:
    """An amount with the currency and unit it names: 120/kg, ₹120, 1.50 USD per kg; raises like parse_quantity."""
    if len(text) > LONGEST_TEXT:
        raise NotANumber(text)
    amount, unit = fold(text), None
    parts = re.split(rf"\s*(?:{any_word(PER)})\s*", amount, maxsplit=1, flags=re.IGNORECASE)
    if len(parts) == 2:
        amount, unit = parts[0], unit_of(parts[1])
    match = re.fullmatch(r"(?P<before>[^\d,+-]*?)\s*(?P<number>\d[\d.,٫' ]*)(?P<after>\D*)", amount)
    if match is None or (match["before"] and match["after"].strip()):
        raise NotANumber(text)
    sign = match["before"] or match["after"].strip()
    return Price(parse_number(match["number"].strip(), locale), _currency(sign, text), unit)


def convert(quantity: Decimal, source: str, target: str, kilograms: Mapping[str, Decimal] | None = None) -> Decimal:
    """The quantity in another unit; `kilograms` is what the seller declares one crate, bag, bunch or piece weighs."""
    if source == target:
        return quantity
    one, other = _size(source, kilograms), _size(target, kilograms)
    if one is None or other is None or one[0] is not other[0]:
        raise NotConvertible(source, target)
    return quantity * one[1] / other[1]


def whole_word(word: str) -> str:
    """A pattern for a word that is not part of a longer one; Chinese words have no edges."""
    return any_word((word,))


def any_word(words: Iterable[str]) -> str:
    """A pattern for any of these whole words, the longest first; edges stand once: hundreds of them compile slowly."""
    alike: dict[tuple[str, str], list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        alike.setdefault(_edges(word), []).append(re.escape(word))
    return "|".join(f"{before}(?:{'|'.join(told)}){after}" for (before, after), told in alike.items())


def _edges(word: str) -> tuple[str, str]:
    spaceless = any(unicodedata.east_asian_width(char) == "W" for char in word)
    starts_open = spaceless or not word[0].isalpha()
    ends_open = spaceless or unicodedata.category(word[-1])[0] not in "LM"
    return "" if starts_open else NO_LETTER_BEFORE, "" if ends_open else NO_WORD_AFTER


@cache
def unit_words() -> Mapping[str, str]:
    """The code of each unit word we know, in every shipped language."""
    return {_bare(fold(word)): code for code, words in UNIT_WORDS.items() for word in words.split()}


def _bare(word: str) -> str:
    return fold(word).strip(" .॰").casefold()


def _size(code: str, kilograms: Mapping[str, Decimal] | None) -> tuple[Measure, Decimal] | None:
    if kilograms and code in kilograms:
        return Measure.MASS, kilograms[code]
    unit = UNITS[code]
    return None if unit.size is None else (unit.measure, unit.size)


def _currency(sign: str, text: str) -> str | None:
    if not sign:
        return None
    if sign.casefold() in SIGNS:
        return SIGNS[sign.casefold()]
    code = sign.upper()
    if not is_currency(code) or _bare(sign) in unit_words():  # KGS is som and kilograms
        raise NotANumber(text)
    return code


def _with_decimals(text: str, locale: Locale) -> Decimal | None:
    """The reading in which the last mark starts the decimals."""
    match = re.fullmatch(rf"(?P<whole>.*)(?P<mark>[{DECIMAL_MARKS}])(?P<part>[0-9]+)", text)
    if match is None:
        return None
    whole, mark = match["whole"], match["mark"]
    if not whole and mark in (locale.number_symbols["latn"]["decimal"], "٫"):
        whole = "0"
    if not re.fullmatch("[0-9]+", whole) and (mark in whole or _grouped(whole) is None):
        return None
    return Decimal(f"{_digits(whole)}.{match['part']}")


def _grouped(text: str) -> Decimal | None:
    """The reading of a whole number, its thousands (or Indian hundreds) grouped by one kind of mark, or not at all."""
    western = "|".join(f"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+" for mark in GROUP_MARKS)
    indian = "|".join(f"[1-9][0-9]?(?:{mark}[0-9]{{2}})+{mark}[0-9]{{3}}" for mark in GROUP_MARKS)
    fits = re.fullmatch(f"[0-9]+|{western}|{indian}", text)
    return Decimal(_digits(text)) if fits else None


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)
