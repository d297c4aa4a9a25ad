"""The pages of a wave lead to each other, with the filters that were chosen."""

from __future__ import annotations

import re

import pytest

from tests import cast
from tests.figures import crowd
from tests.results.rooms import PAGE, PAGES


@pytest.fixture
def places(world):
    return [(world.trade, world.petrol), (world.energy, world.power)]


def test_the_contents_of_the_page_lead_to_every_part_of_it(
    client, session, world, places
):
    crowd.fill(session, world.wave, 40, places)
    cast.sign_in(client, session, "admin")
    page = client.get(PAGE).text
    contents = page[page.index('<nav class="contents"') :]
    contents = contents[: contents.index("</nav>")]
    targets = re.findall(r'href="#([^"]+)"', contents)
    assert {"tong-hop", "yeu-to-A", "cot-loi"} <= set(targets)
    assert all(f'id="{target}"' in page for target in targets)


def test_the_pages_of_a_wave_lead_to_each_other_with_the_filters(
    client, session, world, places
):
    crowd.fill(session, world.wave, 40, places)
    cast.sign_in(client, session, "admin")
    chosen = "?don-vi=TM&amp;thang=2026-08"
    for address in PAGES:
        page = client.get(f"{address}{chosen.replace('&amp;', '&')}").text
        tabs = page[page.index('<nav class="tabs"') :]
        tabs = tabs[: tabs.index("</nav>")]
        assert f'<a href="{address}{chosen}" aria-current="page">' in tabs
        for other in PAGES:
            assert f'href="{other}{chosen}"' in tabs


def test_a_division_is_not_led_to_what_only_the_office_reads(client, session, world):
    cast.sign_in(client, session, "analyst", world.trade)
    assert "huong-dan" not in client.get(PAGE).text
    assert client.get(f"{PAGE}/huong-dan").status_code == 403
