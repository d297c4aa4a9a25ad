"""What a screen reader says of a page of ratings: the question, the facts and the
guidance, and only then the levels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from survey.catalogue import questionnaire
from survey.models import Wave
from survey.questionnaire.schema import Questionnaire
from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Hall

pytestmark = pytest.mark.browser
with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["scripts", "no scripts"]
)
GUIDANCE = ("Cân nhắc", "Không tính đến", "Tra cứu")


@dataclass(frozen=True)
class Said:
    """One thing that a screen reader comes to."""

    role: str
    name: str
    description: str


def said(page: Page) -> list[list[Said]]:
    """The accessibility tree, in the order in which it is read: per group of the
    form, the group itself and all that is in it."""
    wire = page.context.new_cdp_session(page)
    wire.send("Accessibility.enable")
    nodes = wire.send("Accessibility.getFullAXTree")["nodes"]
    wire.detach()
    by_id = {node["nodeId"]: node for node in nodes}

    def within(node: dict[str, Any]) -> Iterator[Said]:
        if not node.get("ignored"):
            yield Said(
                *(_value(node, part) for part in ("role", "name", "description"))
            )
        for child in node.get("childIds", ()):
            yield from within(by_id[child])

    groups = [list(within(one)) for one in nodes if _value(one, "role") == "group"]
    return [group for group in groups if any(one.role == "radio" for one in group)]


def _value(node: dict[str, Any], part: str) -> str:
    return " ".join(str(node.get(part, {}).get("value", "")).split())


def _to_page(page: Page, address: str, name: str) -> None:
    people.begin(page, address)
    people.tell(page)
    people.press(page, people.CONFIRM)
    people.go_to(page, name)


def _questionnaire(hall: Hall, wave: str) -> Questionnaire:
    with hall.session() as session:
        return questionnaire(session, session.get_one(Wave, wave).questionnaire_id)


@with_and_without_scripts
def test_guidance_and_facts_are_read_before_the_options(
    hall: Hall, open_page: OPEN_PAGE, scripts: bool
) -> None:
    page = open_page(360, scripts=scripts)
    q = _questionnaire(hall, hall.world.wave)
    checked: list[str] = []

    def check(page: Page, name: str) -> None:
        codes = people.asked(page) if name in "ABCDE" else []
        for code, group in zip(codes, said(page) if codes else [], strict=True):
            has_strip = page.locator(f"#{code}-facts").count() > 0
            _in_order(q, code, group, has_strip=has_strip)
        assert _dangling(page) == []
        checked.extend(codes)

    people.begin(page, hall.counter())
    people.tell(page)
    people.press(page, people.CONFIRM)
    people.rate(page, {}, look=check)

    assert len(checked) > 15
    assert {code[0] for code in checked} == set("ABCDE")


def _in_order(
    q: Questionnaire, code: str, group: list[Said], *, has_strip: bool
) -> None:
    """The question names the group; what helps to answer it comes before the levels."""
    criterion = next(one for one in q.criteria if one.code == code)
    radios = [place for place, one in enumerate(group) if one.role == "radio"]
    before = " ".join(one.name for one in group[: radios[0]])
    helping = [*GUIDANCE, q.filled(criterion.consider, "vi")[:40]]
    if has_strip:
        helping.append("Thông tin đã ghi:")
    assert group[0].name == f"{code} {criterion.text.vi}"
    for part in helping:
        assert part in before, code
        assert part in group[0].description, code
    # The five levels in their order, each with its own words.
    for level, place in zip(q.scale.levels, radios, strict=False):
        assert group[place].name.startswith(f"{level.code}. {level.label.vi}"), code
        assert q.filled(criterion.anchors[level.code], "vi") in group[place].name


def _dangling(page: Page) -> list[str]:
    """Ids that something is described or labelled by and that nothing has."""
    found: list[str] = page.locator(
        "[aria-describedby], [aria-labelledby]"
    ).evaluate_all(
        """all => all.flatMap(one => [
          one.getAttribute('aria-describedby'), one.getAttribute('aria-labelledby')
        ]).join(' ').split(' ').filter(id => id && !document.getElementById(id))"""
    )
    return found


def test_a_prompt_in_place_is_announced_with_its_question(
    hall: Hall, open_page: OPEN_PAGE
) -> None:
    page = open_page(360)
    _to_page(page, hall.counter(), "D")
    people.choose(page, "D1", "5")
    people.press(page)

    expect(page.locator(people.PROMPT)).to_be_focused()
    shown = page.get_by_role("group", name="Phần thực tế ghi: kết quả sau ngày hẹn")
    expect(shown).to_be_visible()
    page.keyboard.press("Tab")
    expect(shown.get_by_role("button", name="Giữ nguyên")).to_be_focused()
    page.keyboard.press("Tab")
    expect(shown.get_by_role("button", name="Xem lại")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#D1-5")).to_be_focused()


@with_and_without_scripts
def test_folded_guidance_is_one_key_away_and_stands_before_the_options(
    hall: Hall, open_page: OPEN_PAGE, scripts: bool
) -> None:
    with hall.session() as session:
        session.get_one(Wave, hall.world.short_wave).folded_percent = 100
        session.commit()
    page = open_page(360, scripts=scripts)
    _to_page(page, hall.counter(hall.world.short_wave), "D")
    folded = page.locator("#D1 details.folded")
    expect(folded.locator("dl").first).to_be_hidden()
    q = _questionnaire(hall, hall.world.short_wave)
    d1 = next(one for one in q.criteria if one.code == "D1")
    anchor = q.filled(d1.anchors[1], "vi")
    assert anchor not in page.locator("#D1 .levels").first.inner_text()

    for _ in range(30):
        page.keyboard.press("Tab")
        if folded.locator("summary").evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")

    expect(folded.locator("dl").first).to_be_visible()
    group = next(one for one in said(page) if one[0].name.startswith("D1 "))
    first = next(place for place, one in enumerate(group) if one.role == "radio")
    before = " ".join(one.name for one in group[:first])
    for part in (*GUIDANCE, anchor):
        assert part in before
    assert _dangling(page) == []
