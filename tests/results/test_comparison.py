"""Two selections side by side: figures, differences, and what may not be compared."""

from __future__ import annotations

import re

import pytest

from survey.figures import Filters
from survey.figures.comparisons import NotComparable, Side, compared
from survey.models import Unit, Wave
from tests import cast
from tests.figures import crowd
from tests.results.rooms import PAGE
from tests.results.test_explanation import vietnamese, words_of
from tests.results.test_figures import levels, printed, raw, share
from tests.results.test_trend import rated

COMPARED = f"{PAGE}/so-sanh"


@pytest.fixture
def places(world):
    return [(world.trade, world.petrol), (world.energy, world.power)]


def test_both_sides_and_their_difference_equal_a_recount_of_the_raw_answers(
    client, session, world, places
):
    crowd.fill(session, world.wave, 300, places)
    cast.sign_in(client, session, "analyst")
    text = words_of(client.get(f"{COMPARED}?a-don-vi=TM&b-don-vi=NL").text)
    for code in ("A1", "C2"):
        sides = [
            levels(
                [
                    row
                    for row in raw(client, **{"don-vi": unit})
                    if row["status"] != "break_off"
                ],
                [code],
            )
            for unit in ("TM", "NL")
        ]
        row = re.search(rf" {code}\. .*?(?= [A-E]\d?\. )", text)
        assert row is not None
        for values in sides:
            assert vietnamese(f"{printed(share(values))}%") in row.group()
            assert f"n = {len(values)}" in row.group()
        value = share(sides[0]) - share(sides[1])
        assert vietnamese(printed(abs(value))) in row.group()


def test_a_real_difference_has_its_words_and_turns_round_with_the_sides(
    client, session, world
):
    wave = session.get_one(Wave, world.wave)
    rated(session, wave, [(world.trade, world.petrol)], "2026-07", 80, high=0.9)
    rated(session, wave, [(world.energy, world.power)], "2026-07", 80, high=0.5, seed=2)
    cast.sign_in(client, session, "analyst")
    page = client.get(f"{COMPARED}?a-don-vi=TM&b-don-vi=NL").text
    assert "A cao hơn B" in words_of(page)
    swap = re.search(r'href="([^"]+)">Đổi chỗ', page).group(1).replace("&amp;", "&")
    assert "A thấp hơn B" in words_of(client.get(swap).text)


def test_many_criteria_are_judged_together(session, world):
    wave = session.get_one(Wave, world.wave)
    rated(session, wave, [(world.trade, world.petrol)], "2026-07", 60, high=0.9)
    rated(session, wave, [(world.energy, world.power)], "2026-07", 60, high=0.8, seed=5)
    sides = [
        Side(wave=wave, filters=Filters(unit=session.get_one(Unit, unit)))
        for unit in (world.trade, world.energy)
    ]
    found = compared(session, *sides, language="vi", agency="")
    criteria = [one for one in found.pairs if one.first.level == "criterion"]
    assert {one.among for one in criteria} == {24}
    alone = [one for one in criteria if one.difference.alone.is_clear]
    among = [one for one in criteria if one.difference.is_clear]
    assert len(among) < len(alone)
    for one in criteria:
        narrow, wide = one.difference.alone.interval, one.difference.among.interval
        assert wide.low <= narrow.low <= narrow.high <= wide.high


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("a-don-vi=TM&b-don-vi=TM", "giống hệt nhau"),
        ("a-don-vi=TM&b-don-vi=SCT", "có phiếu chung"),
        ("a-don-vi=TM&b-thang=2026-08", "có phiếu chung"),
        ("a-thang=2026-08&b-thang=2026-Q3", "có phiếu chung"),
        ("a-nguon=counter&b-nguon=unverified", "có phiếu chung"),
    ],
)
def test_selections_that_share_responses_are_not_compared(
    client, session, world, places, query, words
):
    crowd.fill(session, world.wave, 60, places)
    cast.sign_in(client, session, "analyst")
    page = client.get(f"{COMPARED}?{query}").text
    assert words in page
    assert 'id="bang"' not in page


@pytest.mark.parametrize(
    "query",
    [
        "a-thang=2026-07&b-thang=2026-08",
        "a-kenh=online&b-kenh=postal",
        "a-nguon=dossier&b-nguon=unverified",
        "a-thu-tuc=2.000648&b-thu-tuc=2.001249",
    ],
)
def test_selections_that_are_apart_are_compared(client, session, world, places, query):
    crowd.fill(session, world.wave, 120, places)
    cast.sign_in(client, session, "analyst")
    assert 'id="bang"' in client.get(f"{COMPARED}?{query}").text


def test_a_hidden_side_gives_no_difference(client, session, world):
    wave = session.get_one(Wave, world.wave)
    rated(session, wave, [(world.trade, world.petrol)], "2026-07", 60)
    rated(session, wave, [(world.energy, world.power)], "2026-07", 4, seed=2)
    cast.sign_in(client, session, "analyst")
    page = client.get(f"{COMPARED}?a-don-vi=TM&b-don-vi=NL").text
    text = words_of(page)
    assert "Chưa đủ dữ liệu để so sánh A với B" in text
    assert "dưới 5 phiếu" in text
    sides = [
        Side(wave=wave, filters=Filters(unit=session.get_one(Unit, unit)))
        for unit in (world.trade, world.energy)
    ]
    for pair in compared(session, *sides, language="vi", agency="").pairs:
        assert pair.difference.alone.value is None
        assert pair.difference.alone.interval is None


def test_of_two_questionnaires_only_the_core_set_is_compared(session, world, places):
    waves = [session.get_one(Wave, one) for one in (world.wave, world.short_wave)]
    for wave in waves:
        rated(session, wave, places, "2026-07", 60)
    sides = [Side(wave=wave, filters=Filters()) for wave in waves]
    found = compared(session, *sides, language="vi", agency="")
    assert found.pairs == ()
    assert found.core is not None
    assert found.core.first.n == found.core.second.n == 60


def test_a_side_out_of_reach_or_unknown_is_not_found(client, session, world, places):
    crowd.fill(session, world.wave, 60, places)
    cast.sign_in(client, session, "analyst", world.trade)
    for query in ("a-don-vi=NL", "b-don-vi=SCT", "a-dot=khong-co", "b-kenh=bay"):
        assert client.get(f"{COMPARED}?{query}").status_code == 404


def test_the_same_selection_has_no_difference_to_ask_for(session, world):
    wave = session.get_one(Wave, world.wave)
    side = Side(wave=wave, filters=Filters())
    with pytest.raises(NotComparable) as refused:
        compared(session, side, side, language="vi", agency="")
    assert refused.value.reason == "same"
