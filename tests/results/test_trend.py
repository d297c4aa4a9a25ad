"""A series over waves: its points, its breaks, and what is said of the last change."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction

import pytest

from survey import catalogue
from survey.figures import Filters
from survey.figures.trends import trend
from survey.models import Wave
from survey.results.trend_screen import _Scale
from tests import cast
from tests.figures import crowd
from tests.results.rooms import PAGE
from tests.results.test_explanation import vietnamese, words_of
from tests.results.test_figures import levels, printed, raw, share

MONTHS = tuple(f"2026-{month:02}" for month in range(1, 10))


@pytest.fixture
def places(world):
    return [(world.trade, world.petrol), (world.energy, world.power)]


def wave_of(session, world, name, questionnaire, opens, closes) -> Wave:
    wave = Wave(
        id=name,
        title=f"Đợt {name}",
        questionnaire_id=questionnaire,
        unit_id=world.department,
        opens_on=opens,
        closes_on=closes,
        state="closed",
    )
    session.add(wave)
    session.commit()
    return wave


def rated(session, wave, places, month, count, *, high=0.8, seed=1, **more):
    """Forms of one month, of which about this share of answers is satisfied."""
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    chooser = random.Random(seed)  # noqa: S311

    def made():
        rows = crowd.rows(
            questionnaire,
            wave.id,
            count,
            places=places,
            chooser=chooser,
            months=(month,),
            rare=1,
            **{"origins": ("counter",), **more},
        )
        for row in rows:
            answers = {
                code: ("5" if chooser.random() < high else "2")
                for code in row["answers"]
            }
            yield {**row, "answers": answers, "status": "complete", "channel": "online"}

    crowd.enter(session, made())


def test_points_of_months_equal_a_recount_of_the_raw_answers(
    client, session, world, places
):
    crowd.fill(session, world.wave, 240, places)
    cast.sign_in(client, session, "analyst")
    text = words_of(client.get(f"{PAGE}/dien-bien?so=A1").text)
    rows = [row for row in raw(client) if row["status"] != "break_off"]
    for month in ("2026-07", "2026-08", "2026-09"):
        values = levels([row for row in rows if row["month"] == month], ["A1"])
        shown = f"{month[5:]}/2026 {len(values)} {vietnamese(printed(share(values)))}"
        assert shown in text


def test_a_real_fall_is_told_from_chance(client, session, world, places):
    wave = session.get_one(Wave, world.wave)
    rated(session, wave, places, "2026-07", 120, high=0.9)
    rated(session, wave, places, "2026-08", 120, high=0.6, seed=2)
    cast.sign_in(client, session, "analyst")
    text = words_of(client.get(f"{PAGE}/dien-bien").text)
    assert "08/2026 so với 07/2026" in text
    assert "Đổi thật: giảm" in text
    rated(session, wave, places, "2026-09", 120, high=0.6, seed=3)
    text = words_of(client.get(f"{PAGE}/dien-bien").text)
    assert "09/2026 so với 08/2026" in text.partition("Số liệu")[0]
    assert "Có thể chỉ là dao động" in text.partition("Số liệu")[0]


def test_control_limits_stand_around_a_series_that_is_long_enough(
    client, session, world, places
):
    wave = session.get_one(Wave, world.wave)
    for seed, month in enumerate(MONTHS[:7]):
        rated(session, wave, places, month, 40, seed=seed)
    cast.sign_in(client, session, "analyst")
    assert 'stroke-dasharray="5 4"' not in client.get(f"{PAGE}/dien-bien").text
    for seed, month in enumerate(MONTHS[7:]):
        rated(session, wave, places, month, 40, seed=10 + seed, high=0.3)
    page = client.get(f"{PAGE}/dien-bien").text
    assert page.count('stroke-dasharray="5 4"') == 2 * len(MONTHS)
    assert "thấp hơn giới hạn kiểm soát dưới" in words_of(page)


def test_no_line_leads_over_the_merger_another_questionnaire_or_another_mix(
    session, world, places
):
    old = wave_of(
        session, world, "cu", "dn-2026-1", date(2025, 5, 1), date(2025, 8, 31)
    )
    short = wave_of(
        session, world, "ngan", "loi-2026-1", date(2026, 3, 1), date(2026, 4, 30)
    )
    wave = session.get_one(Wave, world.wave)
    rated(session, old, places, "2025-06", 60)
    rated(session, old, places, "2025-07", 60, seed=2)
    rated(session, short, places, "2026-03", 60)
    rated(session, wave, places, "2026-07", 60, seed=3)
    rated(session, wave, places, "2026-08", 60, seed=4, origins=("paper",))
    waves = [old, short, wave]
    found = trend(session, waves, Filters(), "month", "core", language="vi")
    breaks = {point.key: " ".join(point.breaks) for point in found.points}
    assert "sáp nhập" in breaks["2025-07"]
    assert "phiếu khảo sát khác" in breaks["2026-03"]
    assert "phiếu khảo sát khác" in breaks["2026-07"]
    assert "cơ cấu nguồn phiếu" in breaks["2026-08"]
    assert breaks["2025-06"] == ""
    assert all(one.change is None for one in found.points if one.breaks)
    assert found.left_out == ()

    # Of all criteria together the short questionnaire has others.
    found = trend(session, waves, Filters(), "month", "full", language="vi")
    assert [one.id for one in found.left_out] == ["ngan"]
    # A year that holds the day of the merger is apart on both sides.
    found = trend(session, [old, wave], Filters(), "year", "full", language="vi")
    assert [bool(point.breaks) for point in found.points] == [False, True]
    # Who looks at one origin only does not look at a mix.
    found = trend(
        session, [wave], Filters(origin="counter"), "month", "full", language="vi"
    )
    assert len(found.points) == 1


def test_a_point_of_few_responses_shows_no_number_and_gives_no_verdict(
    client, session, world, places
):
    wave = session.get_one(Wave, world.wave)
    rated(session, wave, places, "2026-07", 60)
    rated(session, wave, places, "2026-08", 3, seed=2)
    cast.sign_in(client, session, "analyst")
    text = words_of(client.get(f"{PAGE}/dien-bien").text)
    assert "Chưa đủ phiếu để biết đổi thật hay dao động" in text
    assert "08/2026 3 " not in text
    found = trend(session, [wave], Filters(), "month", "full", language="vi")
    assert found.points[1].figure.n is None


def test_the_axis_holds_everything_that_is_drawn():
    for heights in (
        (Fraction(0), Fraction(100)),
        (Fraction(99), Fraction(100)),
        (Fraction(84), Fraction(861, 10)),
        (Fraction(50),),
    ):
        scale = _Scale(iter(heights))
        assert scale.high - scale.low >= 20
        assert 0 <= scale.low <= min(heights) <= max(heights) <= scale.high <= 100
        assert all(14 <= float(scale.y(one)) <= 216 for one in heights)
