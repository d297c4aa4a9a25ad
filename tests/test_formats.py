"""What people read: numbers half up, dates and order, in Vietnamese and English."""

import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import clock, formats


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        (Decimal("12.345"), 2, "12.35"),  # half-even gives 12.34
        (Decimal("12.335"), 2, "12.34"),
        (Decimal("-12.345"), 2, "-12.35"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(2, 3) * 100, 2, "66.67"),
        # Rounding 9/10's lower Wilson bound to four decimals first would give 59.59.
        (Decimal("59.584997"), 2, "59.58"),
        (Fraction(-1, 1000), 2, "0.00"),  # never -0,00
        (Fraction(1, 2), 0, "1"),
        (5, 2, "5.00"),
        (0, 2, "0.00"),
        (Decimal("1E+3"), 1, "1000.0"),
        (10**40 + Fraction(1, 2), 0, str(10**40 + 1)),  # beyond Decimal's context
    ],
)
def test_rounding_is_half_up_and_keeps_its_decimals(value, places, rounded):
    assert str(formats.round_half_up(value, places)) == rounded
    assert formats.decimal_text(value, places) == rounded


@pytest.mark.parametrize(
    "value", [12.345, Decimal("NaN"), Decimal("Infinity"), "1", None]
)
def test_what_is_no_exact_finite_number_is_refused(value):
    with pytest.raises(formats.FormatsError):
        formats.round_half_up(value)


def test_negative_places_are_refused():
    with pytest.raises(formats.FormatsError):
        formats.round_half_up(1, -1)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9)),
    st.integers(min_value=0, max_value=6),
)
def test_rounding_agrees_with_the_decimal_module(value, places):
    with localcontext() as context:
        context.prec = 400
        expected = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert formats.round_half_up(value, places) == expected


@given(st.fractions(min_value=-1000, max_value=1000))
def test_rounding_moves_a_value_by_half_a_unit_at_most(value):
    assert abs(Fraction(formats.round_half_up(value)) - value) <= Fraction(1, 200)


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        (Fraction(864, 10), "86,40", "86.40"),
        (Fraction(2469, 2), "1.234,50", "1,234.50"),
        (1234567, "1.234.567,00", "1,234,567.00"),
        (-1234, "-1.234,00", "-1,234.00"),
        (999, "999,00", "999.00"),
    ],
)
def test_a_number_has_the_marks_of_its_language(value, vietnamese, english):
    assert formats.number(value, "vi") == vietnamese
    assert formats.number(value, "en") == english


def test_an_integer_and_a_percentage():
    assert formats.integer(1234, "vi") == "1.234"
    assert formats.integer(1234, "en") == "1,234"
    assert formats.integer(0, "vi") == "0"
    assert formats.percent(Fraction(9006, 100), "vi") == "90,06%"
    assert formats.percent(100, "en", places=0) == "100%"


def test_the_published_shares_of_2024_add_up_as_printed():
    shares = [Decimal("90.06"), Decimal("8.98"), Decimal("0.96")]
    printed = [formats.round_half_up(share) for share in shares]
    assert formats.decimal_text(sum(printed)) == "100.00"


def test_dates_months_and_moments():
    on = date(2026, 3, 5)
    assert formats.date_text(on, "vi") == "05/03/2026"
    assert formats.date_text(on, "en") == "5 Mar 2026"
    assert formats.month_text(on, "vi") == "03/2026"
    assert formats.month_text("2026-12", "en") == "Dec 2026"
    at = datetime(2026, 11, 22, 9, 5, tzinfo=clock.VIETNAM)
    assert formats.moment_text(at, "vi") == "09:05, 22/11/2026"
    assert formats.moment_text(at, "en") == "09:05, 22 Nov 2026"


@pytest.mark.parametrize("month", ["2026-13", "11/2026", "", "2026-11-05"])
def test_what_is_no_month_is_refused(month):
    with pytest.raises(formats.FormatsError):
        formats.month_text(month, "vi")


def test_an_unknown_language_is_refused():
    for write in (formats.number, formats.integer, formats.percent):
        with pytest.raises(formats.FormatsError):
            write(1, "fr")
    for write_date in (formats.date_text, formats.month_text):
        with pytest.raises(formats.FormatsError):
            write_date(date(2026, 1, 1), "fr")


@pytest.mark.parametrize(
    "ordered",
    [
        ["Ăn", "Ea"],  # sorted() turns both round
        ["Đà", "Điện"],
        ["Dương", "Đà", "Em"],
        ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g"],
        ["o", "ô", "ơ", "p", "u", "ư", "v", "x", "y"],
        ["ma", "mà", "mả", "mã", "má", "mạ", "mai"],
        ["ê", "ề", "ể", "ễ", "ế", "ệ"],
        ["cam", "chi", "co"],  # ch is two letters
        ["an ninh", "anh"],  # a syllable ends before the next letter
        ["ba con", "bà ba"],  # the first syllable decides, its tone included
        ["hoà", "hòa"],  # the tone may stand on either vowel
        ["an", "An", "AN", "ăn"],  # case decides last
        ["(mẫu)", "2.000004", "2.000033", "Phòng"],
        ["cafe", "café", "cafetin"],
        ["Phòng Quản lý Công nghiệp", "Phòng Quản lý Năng lượng", "Thanh tra"],
    ],
)
def test_names_stand_in_dictionary_order_in_either_unicode_form(ordered):
    for form in ("NFC", "NFD"):
        names = [unicodedata.normalize(form, name) for name in ordered]
        backwards = names[::-1]
        assert sorted(backwards, key=formats.sort_key) == names


@given(st.text(), st.text())
def test_any_two_texts_can_be_ordered_and_only_equal_ones_are_equal(one, other):
    first, second = formats.sort_key(one), formats.sort_key(other)
    assert (first < second) + (first == second) + (first > second) == 1
    assert (first == second) == (formats.nfc(one) == formats.nfc(other))


def test_nfc_joins_a_letter_and_its_marks():
    assert formats.nfc("e\u0302\u0323") == "ệ"
