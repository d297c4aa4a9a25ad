"""The working group's page: every division, what changed beyond chance, who lags."""

from __future__ import annotations

import random
import subprocess
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from survey import catalogue
from survey.actions import baselines, working_group
from survey.actions.changes import Known, among, change
from survey.actions.periods import Period
from survey.exports import Figure
from survey.indices import Interval, wilson
from survey.indices.differences import share_difference
from survey.models import Unit, Wave
from tests import cast
from tests.actions.plans import set_action
from tests.actions.test_reports import add
from tests.figures import crowd

PAGE = "/to-cong-tac/"
NOVEMBER = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)


def known(k: int, n: int) -> Known:
    value = Fraction(100 * k, n) if n else None
    return Known(value=value, n=n, interval=wilson(k, n))


@given(st.integers(5, 300), st.integers(5, 300), st.data())
def test_a_change_is_the_difference_of_two_shares(n1, n2, data):
    """From the two intervals alone it is Newcombe's, digit for digit."""
    k1, k2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    found = change(known(k1, n1), known(k2, n2), "vi").difference
    expected = share_difference((k1, n1), (k2, n2))
    assert found == expected


@pytest.mark.parametrize(
    ("now", "before", "verdict", "words"),
    [
        ((90, 100), (60, 100), "higher", "tăng thật"),
        ((60, 100), (90, 100), "lower", "giảm thật"),
        ((80, 100), (78, 100), "unclear", "chưa thấy khác"),
        ((80, 100), (0, 0), "unknown", "chưa đủ dữ liệu"),
        ((0, 0), (80, 100), "unknown", "chưa đủ dữ liệu"),
    ],
)
def test_a_verdict_has_words_and_a_shape_of_its_own(now, before, verdict, words):
    found = change(known(*now), known(*before), "vi")
    assert (found.verdict, found.words) == (verdict, words)
    shapes = {change(known(*a), known(*b), "vi").shape for a, b in (
        ((90, 100), (60, 100)), ((60, 100), (90, 100)), ((8, 10), (8, 10)),
        ((1, 1), (0, 0)),
    )}  # fmt: skip
    assert len(shapes) == 4


def test_among_sixty_divisions_chance_alone_is_not_called_a_fall():
    """What is a fall by itself need not be one when sixty are looked at."""
    small = change(known(70, 100), known(84, 100), "vi")
    large = change(known(30, 100), known(90, 100), "vi")
    assert (small.verdict, large.verdict) == ("lower", "lower")
    others = {str(n): change(known(80, 100), known(80, 100), "vi") for n in range(58)}
    found = among({"small": small, "large": large, **others})
    assert found["small"].verdict == "unclear"
    assert found["large"].verdict == "lower"
    assert among({"small": small})["small"].difference.interval is not None
    assert among({"small": small})["small"].verdict == "lower"
    assert among({}) == {}


def figure(**more: object) -> Figure:
    given = {
        "level": "criterion",
        "code": "B2",
        "title": "x",
        "display": "index",
        "n": 97,
        "counts": {},
        "indices": {"satisfied_share": Fraction(8400, 97)},
        "low": Decimal("78.1234567890123"),
        "high": Decimal("92.5"),
    }
    return Figure(**{**given, **more})  # type: ignore[arg-type]


def test_a_baseline_is_texts_and_comes_back_exactly():
    kept = baselines.text_of(
        figure(), "satisfied_share", period=None, through=date(2026, 8, 27)
    )
    assert all(isinstance(one, str) for one in kept.values())
    assert baselines.known_of(kept) == Known(
        value=Fraction(8400, 97),
        n=97,
        interval=Interval(Decimal("78.1234567890123"), Decimal("92.5")),
    )


def test_a_baseline_of_a_hidden_group_holds_nothing_of_it():
    small = figure(
        display="hidden", n=None, indices={}, low=None, high=None, words="dưới 5 phiếu"
    )
    kept = baselines.text_of(
        small,
        "satisfied_share",
        period=Period("monthly", 2026, 7),
        through=date(2026, 8, 31),
    )
    assert kept == {
        "formula": "satisfied_share",
        "through": "2026-08-31",
        "kind": "monthly",
        "period": "2026-08",
        "display": "hidden",
    }
    assert baselines.known_of(kept).value is None


def test_an_index_without_interval_has_no_verdict():
    mean = figure(indices={"mean_percent": Fraction(80)})
    found = Known.of(mean, "mean_percent")
    assert found.interval is None
    assert change(found, found, "vi").verdict == "unknown"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOVEMBER, tick=False):
        yield


@pytest.fixture
def two_quarters(session, world) -> None:
    """A wave of two quarters, in the second of which one division fell far."""
    wave = session.get_one(Wave, world.wave)
    wave.closes_on = date(2026, 12, 31)
    entered = []
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    for seed, months, low in ((1, ("2026-08",), False), (2, ("2026-10",), True)):
        for unit, procedure in (
            (world.trade, world.petrol),
            (world.energy, world.power),
        ):
            made = crowd.rows(
                questionnaire,
                world.wave,
                40,
                places=[(unit, procedure)],
                chooser=random.Random(seed + unit),  # noqa: S311
                months=months,
            )
            for row in made:
                falls = low and unit == world.trade
                level = "2" if falls else "5"
                row["answers"] = {
                    code: level if value.isdigit() else value
                    for code, value in row["answers"].items()
                }
                entered.append(row)
    crowd.enter(session, entered)
    session.commit()


def test_who_fell_beyond_chance_is_said_in_words(client, session, world, two_quarters):
    admin = cast.sign_in(client, session, "admin")
    with time_machine.travel(cast.NOW):
        set_action(session, world, admin.id)
    add(session, starts_on=date(2026, 10, 1))
    session.commit()
    page = client.get(PAGE).text
    row = page.partition("Phòng Quản lý Thương mại</a>")[2].partition("</tr>")[0]
    assert "giảm thật" in row
    assert "▼" in row
    assert ">0,00%<" in row.replace("<b>", ">").replace("</b>", "<").replace(">>", ">")
    other = page.partition("Phòng Quản lý Năng lượng</a>")[2].partition("</tr>")[0]
    assert "chưa thấy khác" in other
    assert "▼ giảm thật: 1" in page
    assert "Việc quá hạn: 1" in page
    assert "Báo cáo quá hạn chưa gửi: 1" in page
    assert "quý III/2026" in page

    monthly = client.get(f"{PAGE}?theo=thang&ky=2026-10").text
    assert "chưa đủ dữ liệu" in monthly
    for odd in ("theo=nam", "ky=2026-08", "ky=x", "ky=2027-03", "dot=khac"):
        assert client.get(f"{PAGE}?{odd}").status_code == 404, odd


def test_the_print_is_one_page_with_the_same_words(
    client, session, world, two_quarters, tmp_path
):
    cast.sign_in(client, session, "auditor")
    answer = client.get("/to-cong-tac/in.pdf?theo=quy&ky=2026-12")
    assert answer.content_type == "application/pdf"
    path = tmp_path / "in.pdf"
    path.write_bytes(answer.data)
    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert text.count("\f") == 1
    for words in ("quý IV/2026", "giảm thật", "Phòng Quản lý Năng lượng", "0,00%"):
        assert words in text


def test_there_is_a_word_where_no_wave_is_open(client, session, world):
    session.query(Wave).update({"state": "draft"})
    session.commit()
    cast.sign_in(client, session, "admin")
    assert "Chưa có đợt khảo sát nào đã mở" in client.get(PAGE).text
    assert client.get("/to-cong-tac/in.pdf").status_code == 404


def test_divisions_that_ended_before_the_wave_are_not_listed(client, session, world):
    for code, last in (("CU", date(2026, 7, 1)), ("MOI", date(2026, 7, 2))):
        session.add(
            Unit(
                code=code,
                name=f"Phòng {code}",
                kind="division",
                parent_id=world.department,
                valid_to=last,
            )
        )
    session.commit()
    cast.sign_in(client, session, "admin")
    page = client.get(PAGE).text
    assert "Phòng MOI" in page
    assert "Phòng CU" not in page


def test_the_periods_of_a_wave_are_those_that_have_begun():
    wave = Wave(opens_on=date(2026, 2, 10), closes_on=date(2026, 12, 31))
    found = working_group.periods_of(wave, "quarterly", date(2026, 8, 1))
    assert found == [Period("quarterly", 2026, n) for n in (2, 1, 0)]
    early = working_group.periods_of(wave, "monthly", date(2026, 1, 1))
    assert early == [Period("monthly", 2026, 1)]
