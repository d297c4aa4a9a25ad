"""Pages are rendered once and shared; the token against forged requests never is."""

from __future__ import annotations

import re

import pytest

from tests import cast
from tests.respond.respondent import ON_PAPER

TOKEN = re.compile(r'name="csrf_token" value="([^"]*)"')
PAGES = ("gioi-thieu", "thong-tin", "A", "E", "chung", "xem-lai")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_carries_the_token_of_another_browser(
    browser, session, world, language
):
    token = cast.link(session, world.wave, world.trade)
    seen: list[set[str]] = []
    for _ in range(2):
        business, found = browser(), set[str]()
        business.answer(token, ON_PAPER, lambda code: "4")
        if language != "vi":
            business.switch(language)
        for name in PAGES:
            page = business.open(f"/p/{token}/{name}")
            assert (page.name, page.language) == (name, language)
            found |= set(TOKEN.findall(page.html))
        thanks = business.press()
        assert (thanks.name, thanks.language) == ("cam-on", language)
        seen.append(found | set(TOKEN.findall(thanks.html)))
    assert all(seen)
    assert seen[0].isdisjoint(seen[1])
