"""How numbers, dates and names are written and ordered in Vietnamese and English, and
the only rounding of the product."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

Number: TypeAlias = Fraction | Decimal | int
SortKey: TypeAlias = tuple[tuple[tuple[tuple[int, ...], tuple[int, ...]], ...], str]

# Thousands and decimal mark; a Vietnamese official text writes 1.234,50.
_MARKS: Final = {"vi": (".", ","), "en": (",", ".")}
# Not strftime, whose names follow the server's locale.
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

_LETTERS: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANKS: Final = {letter: rank for rank, letter in enumerate(_LETTERS)}
# Tones in dictionary order: ngang (none), huyền, hỏi, ngã, sắc, nặng.
_TONES: Final = {
    "\N{COMBINING GRAVE ACCENT}": 1,
    "\N{COMBINING HOOK ABOVE}": 2,
    "\N{COMBINING TILDE}": 3,
    "\N{COMBINING ACUTE ACCENT}": 4,
    "\N{COMBINING DOT BELOW}": 5,
}


class FormatsError(ValueError):
    """Something that cannot be written: not a finite exact number, no such language."""


def round_half_up(value: Number, places: int = 2) -> Decimal:
    """The one rounding: to `places` decimals, a half away from zero.

    Args:
        value: exact; a float is refused, because 12.345 as a float lies below 12.345
            and would be printed 12.34.
        places: decimals to keep, 0 or more.
    Returns:
        A Decimal with exactly that many decimals; never a negative zero.
    Raises:
        FormatsError: a float, NaN or infinity, or negative places.
    Source: domain.md section 3 rule 8.
    """
    if places < 0:
        raise FormatsError(f"{places} decimals")
    if not isinstance(value, Fraction | Decimal | int):
        raise FormatsError(f"{value!r} is no exact number")
    try:
        numerator, denominator = value.as_integer_ratio()
    except (ValueError, OverflowError):
        raise FormatsError(f"{value} is not finite") from None
    whole = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    sign = int(numerator < 0 and whole > 0)
    # From its digits, not by arithmetic: that would round to the context's precision.
    return Decimal((sign, tuple(map(int, str(whole))), -places))


def decimal_text(value: Number, places: int = 2) -> str:
    """A rounded number for machines: "86.40", no thousands mark, no exponent."""
    return f"{round_half_up(value, places):f}"


def number(value: Number, language: str, places: int = 2) -> str:
    """A rounded number for people: "1.234,50" in Vietnamese, "1,234.50" in English."""
    thousands, mark = _marks(language)
    text = f"{round_half_up(value, places):,f}"
    return text.translate({ord(","): thousands, ord("."): mark})


def integer(value: Number, language: str) -> str:
    """A whole number for people: "1.234" in Vietnamese, "1,234" in English."""
    return number(value, language, places=0)


def percent(value: Number, language: str, places: int = 2) -> str:
    """A value in 0..100 with its sign: "86,40%", without a space in both languages."""
    return f"{number(value, language, places)}%"


def date_text(on: date, language: str) -> str:
    """A date: "05/11/2026" in Vietnamese, "5 Nov 2026" in English."""
    _marks(language)
    if language == "vi":
        return f"{on.day:02}/{on.month:02}/{on.year:04}"
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year:04}"


def month_text(month: date | str, language: str) -> str:
    """A month: "11/2026" in Vietnamese, "Nov 2026" in English.

    Args:
        month: any date in it, or "2026-11" as tallies write it.
    Raises:
        FormatsError: another text.
    """
    if isinstance(month, str):
        try:
            month = date.fromisoformat(f"{month}-01")
        except ValueError:
            raise FormatsError(f"{month!r} is no month like 2026-11") from None
    _marks(language)
    if language == "vi":
        return f"{month.month:02}/{month.year:04}"
    return f"{_MONTHS[month.month - 1]} {month.year:04}"


def moment_text(local: datetime, language: str) -> str:
    """A moment to the minute: "14:05, 22/11/2026" or "14:05, 22 Nov 2026".

    Args:
        local: as `clock.local` returns it; it is written as it stands.
    """
    return f"{local:%H:%M}, {date_text(local, language)}"


def nfc(text: str) -> str:
    """A text in the one Unicode form that is stored, compared and printed."""
    return unicodedata.normalize("NFC", text)


def sort_key(text: str) -> SortKey:
    """The place of a text in Vietnamese dictionary order, for `sorted`.

    Syllable by syllable: first the letters a ă â b c d đ e ê … (ch, ng, th are two
    letters), then the tones ngang huyền hỏi ngã sắc nặng; signs stand before digits,
    digits before letters. Case only decides between texts that are otherwise equal,
    a small letter first. The input's Unicode form makes no difference.

    Source: the Vietnamese alphabet; tones as in the `vi` collation of Unicode CLDR;
        syllable by syllable as Vietnamese dictionaries do.
    """
    composed = nfc(text)
    syllables = tuple(_syllable(word) for word in composed.lower().split())
    return syllables, composed.swapcase()


def _syllable(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    letters, tones = [], []
    for symbol in word:
        base, tone = _tone_apart(symbol)
        letters.append(_rank(base))
        tones.append(tone)
    return tuple(letters), tuple(tones)


def _tone_apart(symbol: str) -> tuple[str, int]:
    """A letter without its tone mark, and the tone; ề is ê and huyền."""
    tone = 0
    marks = []
    for part in unicodedata.normalize("NFD", symbol):
        if part in _TONES:
            tone = _TONES[part]
        else:
            marks.append(part)
    return nfc("".join(marks)), tone


def _rank(base: str) -> int:
    if base in _RANKS:
        return 0x200000 + _RANKS[base]
    # A letter of another alphabet, or with a foreign mark: by its plain letter where
    # it has one, else behind z.
    plain = unicodedata.normalize("NFD", base)[:1]
    if plain in _RANKS:
        return 0x200000 + _RANKS[plain]
    if base.isdecimal():
        return 0x110000 + ord(base[0])
    if base.isalpha():
        return 0x300000 + ord(base[0])
    return ord(base[0]) if base else 0


def _marks(language: str) -> tuple[str, str]:
    try:
        return _MARKS[language]
    except KeyError:
        raise FormatsError(f"no language {language!r}: vi or en") from None
