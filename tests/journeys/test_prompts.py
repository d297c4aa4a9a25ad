"""A rating beside a fact that speaks against it: asked about once, neutrally, and the
answer is the business's own, whichever way the two differ."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Hall

pytestmark = pytest.mark.browser
with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["scripts", "no scripts"]
)
# The facts, the direction in which the rating differs, the rating, another one.
both_ways = pytest.mark.parametrize(
    ("facts", "direction", "rating", "other", "words"),
    [
        (people.LATE, "high", "5", "2", "kết quả sau ngày hẹn 2 ngày làm việc"),
        (people.EARLY, "low", "1", "4", "kết quả trước ngày hẹn 3 ngày làm việc"),
    ],
    ids=["late and high", "early and low"],
)
LEVELS = {"1": "Rất không hài lòng", "5": "Rất hài lòng"}
LOOK = """all => all.map(one => {
  const {width, height} = one.getBoundingClientRect();
  const {color, backgroundColor, fontSize, fontWeight} = getComputedStyle(one);
  return [width, height, color, backgroundColor, fontSize, fontWeight].join();
})"""


def _rate_punctuality(
    page: Page, address: str, facts: Mapping[str, str], rating: str
) -> None:
    """Come to the prompt beside D1, whether the result came when it was promised."""
    people.begin(page, address)
    people.tell(page, facts)
    people.press(page, people.CONFIRM)
    people.go_to(page, "D")
    people.choose(page, "D1", rating)
    people.press(page)


@both_ways
@with_and_without_scripts
def test_a_rating_that_a_fact_speaks_against_is_kept(
    hall: Hall,
    open_page: OPEN_PAGE,
    scripts: bool,
    facts: Mapping[str, str],
    direction: str,
    rating: str,
    other: str,
    words: str,
) -> None:
    page = open_page(360, scripts=scripts)
    _rate_punctuality(page, hall.counter(), facts, rating)

    shown = people.prompt(page)
    assert shown is not None
    expect(shown).to_contain_text(words)
    expect(shown).to_contain_text(LEVELS[rating])
    expect(shown).to_contain_text("Cả hai đều có thể đúng")
    buttons = shown.locator(".alike button:visible")
    assert buttons.all_inner_texts() == ["Giữ nguyên", "Xem lại"]
    assert len(set(buttons.evaluate_all(LOOK))) == 1, "one looks like the better answer"

    people.keep(page)
    assert people.page_name(page) not in ("D", "loi-nhac")
    people.rate(page, {})
    people.press(page)
    stored = hall.stored(people.receipt(page))
    assert stored.answers["D1"] == rating
    assert stored.prompts["P1"] == {
        "outcome": "kept", "direction": direction, "from": rating, "to": rating,
        "still": True,
    }  # fmt: skip


@both_ways
@with_and_without_scripts
def test_a_rating_that_a_fact_speaks_against_is_changed(
    hall: Hall,
    open_page: OPEN_PAGE,
    scripts: bool,
    facts: Mapping[str, str],
    direction: str,
    rating: str,
    other: str,
    words: str,
) -> None:
    page = open_page(1280, scripts=scripts)
    _rate_punctuality(page, hall.counter(), facts, rating)

    people.review(page)
    assert people.page_name(page) == "D"
    assert people.prompt(page) is None
    expect(page.locator(f"#D1-{rating}")).to_be_checked()
    expect(page.locator("#D1")).to_be_in_viewport()
    expect(
        page.locator("#D1-facts button")
    ).to_be_visible()  # the fact can be changed too
    people.choose(page, "D1", other)
    people.press(page)

    assert people.page_name(page) != "D", "asked once, not again"
    assert people.prompt(page) is None
    people.rate(page, {})
    people.press(page)
    stored = hall.stored(people.receipt(page))
    assert stored.answers["D1"] == other
    assert stored.prompts["P1"] == {
        "outcome": "changed", "direction": direction, "from": rating, "to": other,
        "still": False,
    }  # fmt: skip


def test_a_prompt_is_not_asked_by_the_button_of_a_language(
    hall: Hall, open_page: OPEN_PAGE
) -> None:
    page = open_page(360)
    people.begin(page, hall.counter())
    people.tell(page, people.LATE)
    people.press(page, people.CONFIRM)
    people.go_to(page, "D")
    people.choose(page, "D1", "5")

    people.press(page, "button[name=language]")

    assert page.locator("html").get_attribute("lang") == "en"
    assert people.page_name(page) == "D"
    expect(page.locator("#D1-5")).to_be_checked()
    people.press(page)
    shown = people.prompt(page)
    assert shown is not None
    expect(shown).to_contain_text("2 working days after the appointed date")


def test_a_prompt_never_blocks(hall: Hall, open_page: OPEN_PAGE) -> None:
    page = open_page(360)
    _rate_punctuality(page, hall.counter(), people.LATE, "4")
    assert people.prompt(page) is not None

    people.press(page, page.locator(people.CONTINUE))  # neither of the two buttons

    assert people.page_name(page) == "E"
