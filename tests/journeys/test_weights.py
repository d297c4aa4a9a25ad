"""What a page weighs on a telephone: a small first page, and nothing more fetched for
facts beside ratings or for a prompt."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from bench.firstpage import KILOBYTES_LIMIT, REQUESTS_LIMIT, Wire
from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Hall

pytestmark = pytest.mark.browser


def _watched(page: Page) -> Wire:
    wire = Wire()
    wire.watch(page.context.new_cdp_session(page))
    return wire


def test_the_first_page_is_small_and_asks_nobody_else(
    hall: Hall, open_page: OPEN_PAGE
) -> None:
    page = open_page(360)
    wire = _watched(page)

    page.goto(hall.counter(), wait_until="networkidle")

    assert wire.bytes / 1000 <= KILOBYTES_LIMIT
    assert wire.bytes > 10_000, "measured with an empty cache"
    assert len(wire.paths) <= REQUESTS_LIMIT, wire.paths
    assert len(wire.hosts) == 1


def test_facts_and_prompts_cost_no_further_request(
    hall: Hall, open_page: OPEN_PAGE
) -> None:
    page = open_page(360)
    first = _watched(page)
    page.goto(hall.counter(), wait_until="networkidle")
    assets = set(first.paths[1:])
    people.begin(page, page.url)
    people.tell(page)
    people.press(page, people.CONFIRM)
    people.go_to(page, "D")
    wire = _watched(page)
    page.reload(wait_until="networkidle")

    assert page.locator(".strip").count() > 0
    assert page.locator("[data-prompt]").count() > 0
    assert set(wire.paths[1:]) <= assets
    assert wire.bytes / 1000 <= KILOBYTES_LIMIT
    wire = _watched(page)
    people.choose(page, "D1", "5")
    people.press(page)
    expect(page.locator(people.PROMPT)).to_be_visible()
    people.review(page)
    assert wire.paths == []
