"""Text in a file never becomes a formula, and none of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.exports import is_formula_like, neutralised


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+84 258",
        "-5",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\nA",
        "  =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "\u202e=1",
        "\u3164=1",
        "\u2800=1",
        "\ufe0f=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
        "﹢1",
        "\u22125",
        " \u200b ＝cmd",
    ],
)
def test_a_text_that_a_spreadsheet_may_run_stands_behind_an_apostrophe(text):
    assert is_formula_like(text)
    assert neutralised(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    ["", "   ", "A1=B1", "Điện – nước", "5", "1.000", "“=1”", "(=1)", "'=1", "½ + ½"],
)
def test_any_other_text_stays_as_it_is(text):
    assert neutralised(text) == text


@given(st.text())
def test_nothing_of_a_text_is_lost_and_no_result_is_a_formula(text):
    written = neutralised(text)
    assert written in (text, f"'{text}")
    assert not is_formula_like(written)
