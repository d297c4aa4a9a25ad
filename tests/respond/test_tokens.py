"""Pages are rendered once and shared; the token against forged requests never is."""

from __future__ import annotations

import re

import pytest

from tests import cast
from tests.respond.respondent import ON_PAPER

TOKEN = re.compile(r'name="csrf_token" value="([^"]*)"')
PAGES = ("gioi-thieu", "thong-tin", "A", "E", "chung", "xem-lai", "cam-on")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_carries_the_token_of_another_browser(
    browser, session, world, language
):
    token = cast.link(session, world.wave, world.trade)
    seen: list[set[str]] = []
    for _ in range(2):
        business, found = browser(), set()
        business.start(token)
        business.switch(language)
        business.tell(ON_PAPER)
        business.rate(lambda code: "4")
        for name in PAGES[:-1]:
            found |= set(TOKEN.findall(business.open(f"/p/{token}/{name}").text))
        business.open(f"/p/{token}/xem-lai")
        business.press()
        thanks = business.open(f"/p/{token}/cam-on")
        assert thanks.name == "cam-on"
        found |= set(TOKEN.findall(thanks.text))
        seen.append(found)
    assert all(seen)
    assert seen[0].isdisjoint(seen[1])
