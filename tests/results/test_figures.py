"""Every figure of a report equals an independent recomputation from the raw export."""

from __future__ import annotations

import csv
import io
import random
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from statsmodels.stats.proportion import proportion_confint

from survey import catalogue, tallies
from survey.indices import Sums, ratio_interval
from survey.models import Wave
from tests import cast
from tests.figures import crowd

CORE = [
    *("A1", "A2", "A3", "B2", "B4", "B6"),
    *("C1", "C2", "C3", "C4", "D1", "D2", "D4", "E1", "E2", "E3"),
]
ADDRESS = "/ket-qua/dn-quy-3/tai-ve"
FILTERS = [
    {},
    {"don-vi": "TM"},
    {"don-vi": "SCT"},
    {"thu-tuc": "2.000648"},
    {"thu-tuc": "khong-ro"},
    {"kenh": "online"},
    {"thang": "2026-08"},
    {"nguon": "counter"},
    {"nguon": "unverified"},
    {"linh-vuc": "Điện"},
    {"thang": "2026-Q3"},
    {"tu-thang": "2026-08"},
    {"don-vi": "TM", "kenh": "in_person", "thang": "2026-07"},
    {"don-vi": "NL", "nguon": "dossier", "thang": "2026-09"},
]


def printed(value: Fraction | Decimal) -> str:
    """To two decimals, half up, by another way than the product's."""
    exact = Fraction(value)
    return str(
        (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
            Decimal("0.01"), ROUND_HALF_UP
        )
    )


def raw(client: FlaskClient, **filters: str) -> list[dict[str, str]]:
    answer = client.get(f"{ADDRESS}.csv", query_string={"kind": "raw", **filters})
    assert answer.status_code == 200
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def report(client: FlaskClient, **filters: str) -> dict[str, Any]:
    answer = client.get(f"{ADDRESS}.json", query_string=filters)
    assert answer.status_code == 200
    content: dict[str, Any] = answer.get_json()
    return content


def levels(rows: list[dict[str, str]], codes: list[str]) -> list[int]:
    return [int(row[code]) for row in rows for code in codes if row[code].isdigit()]


def share(values: list[int]) -> Fraction:
    return Fraction(100 * sum(value >= 4 for value in values), len(values))


def mean(values: list[int]) -> Fraction:
    return Fraction(sum(values), len(values))


def filled(session: Session, world: cast.World, count: int) -> None:
    places = [(world.trade, world.petrol), (world.energy, world.power)]
    crowd.fill(session, world.wave, count, [*places, (world.trade, None)], rare=0.5)


@pytest.mark.parametrize("filters", FILTERS)
def test_every_figure_equals_its_recomputation_from_the_raw_export(
    client, session, world, filters
):
    filled(session, world, 400)
    cast.sign_in(client, session, "analyst")
    rows = [row for row in raw(client, **filters) if row["status"] != "break_off"]
    found = {row["code"]: row for row in report(client, **filters)["rows"]}
    full = [code for code in found if len(code) == 2]
    assert len(full) == 24
    checked = 0
    for code, figure in found.items():
        codes = [one for one in full if code in (one, one[0], "full")]
        if figure["value"] is None:
            assert figure["display"] not in ("index", "rank")
            continue
        checked += 1
        values = levels(rows, codes)
        answered = sum(bool(levels([row], codes)) for row in rows)
        n = len(values) if figure["level"] == "criterion" else answered
        assert figure["n"] == n
        assert figure["value"] == printed(share(values))
        assert figure["indices"]["mean_percent"] == printed(100 * mean(values) / 5)
        assert figure["indices"]["normalised_mean"] == printed(
            100 * (mean(values) - 1) / 4
        )
        for level in range(1, 6):
            assert figure["counts"][str(level)] == values.count(level)
        cells = [row[one] for row in rows for one in codes]
        assert figure["cannot_judge"] == cells.count("cannot_judge")
        without = cells.count("not_applicable") + cells.count("not_asked")
        assert figure["not_applicable"] == printed(Fraction(100 * without, len(cells)))
        if figure["level"] == "criterion":
            low, high = proportion_confint(
                sum(value >= 4 for value in values), len(values), method="wilson"
            )
            assert figure["low"] == printed(Fraction(100 * low))
            assert figure["high"] == printed(Fraction(100 * high))
        else:
            assert figure["answers"] == len(values)
            interval = ratio_interval(sums(rows, codes))
            assert interval is not None
            assert figure["low"] == printed(interval.low)
            assert figure["high"] == printed(interval.high)
    # By three conditions at once the groups are small, and may all be hidden.
    assert checked >= (26 if not filters else len(filters) < 3)


def sums(rows: list[dict[str, str]], codes: list[str]) -> Sums:
    """What the interval of pooled answers rests on, response by response."""
    total = Sums()
    for row in rows:
        values = levels([row], codes)
        m, x = len(values), sum(value >= 4 for value in values)
        if m:
            total += Sums(r=1, m=m, x=x, mm=m * m, mx=m * x, xx=x * x)
    return total


def test_the_core_set_stands_apart_and_the_mean_of_criteria_beside_the_whole(
    client, session, world
):
    filled(session, world, 300)
    cast.sign_in(client, session, "analyst")
    rows = [row for row in raw(client) if row["status"] != "break_off"]
    content = report(client)
    assert content["core_criteria"] == CORE
    assert content["core"]["value"] == printed(share(levels(rows, CORE)))
    assert content["core"]["n"] == sum(bool(levels([row], CORE)) for row in rows)
    assert "core" not in {row["code"] for row in content["rows"]}

    shares = [share(levels(rows, [code])) for code in rows[0] if code in crowd_codes()]
    whole = content["rows"][-1]
    assert whole["criteria_in_mean"] == len(shares) == 24
    assert whole["mean_of_criteria"] == printed(sum(shares) / len(shares))


def crowd_codes() -> set[str]:
    sizes = {"A": 5, "B": 6, "C": 5, "D": 4, "E": 4}
    return {f"{one}{n}" for one, size in sizes.items() for n in range(1, size + 1)}


def test_the_headline_is_the_formula_of_the_wave(client, session, world):
    wave = session.get_one(Wave, world.wave)
    wave.formula = "mean_percent"
    session.commit()
    filled(session, world, 60)
    cast.sign_in(client, session, "analyst")
    content = report(client)
    whole = content["rows"][-1]
    assert content["formula"] == "mean_percent"
    assert whole["value"] == whole["indices"]["mean_percent"]
    assert (whole["low"], whole["high"]) == (None, None)
    page = client.get("/ket-qua/dn-quy-3").text
    assert "Điểm trung bình quy đổi chung" in page
    assert "<code>mean_percent</code>" in page


def answers_of(session: Session, wave_id: str) -> dict[str, str]:
    wave = session.get_one(Wave, wave_id)
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    return {criterion.code: "not_asked" for criterion in questionnaire.criteria}


def rate(session: Session, world: cast.World, given: list[dict[str, str]]) -> None:
    """Responses with just these ratings."""
    nothing = answers_of(session, world.wave)
    wave = session.get_one(Wave, world.wave)
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    made = crowd.rows(
        questionnaire,
        world.wave,
        len(given),
        places=[(world.trade, world.petrol)],
        chooser=random.Random(3),  # noqa: S311
    )
    crowd.enter(
        session,
        (
            {**row, "status": "complete", "answers": {**nothing, **ratings}}
            for row, ratings in zip(made, given, strict=True)
        ),
    )


@pytest.mark.parametrize(
    ("ratings", "display", "words", "n"),
    [
        ([], "none", "không phát sinh", 0),
        (["1"], "hidden", "dưới 5 phiếu", None),
        (["5", "1", "4", "2"], "hidden", "dưới 5 phiếu", None),
        (["5", "1", "4", "2", "3"], "counts", "chưa đủ để so sánh", 5),
        (["5"] * 9, "counts", "chưa đủ để so sánh", None),
        (["5", "3"] * 5, "index", None, 10),
        (["5", "3"] * 15, "rank", None, 30),
    ],
)
def test_how_much_is_shown_grows_with_the_number_of_answers(
    client, session, world, ratings, display, words, n
):
    rate(session, world, [{"E2": one} for one in ratings] + [{"A1": "4"}] * 12)
    cast.sign_in(client, session, "analyst")
    row = next(one for one in report(client)["rows"] if one["code"] == "E2")
    assert (row["display"], row["words"], row["n"]) == (display, words, n)
    assert (row["value"] is None) == (words is not None)
    if len(ratings) == 5:
        assert row["groups"] == {"satisfied": 2, "others": 3}
    if len(ratings) == 9:
        # All in one group: the groups would tell everyone's answer.
        assert row["groups"] is None


def test_an_element_is_counted_by_responses_not_by_answers(client, session, world):
    ratings = dict.fromkeys(("A1", "A2", "A3", "A4", "A5"), "5")
    rate(session, world, [ratings] * 4)
    cast.sign_in(client, session, "analyst")
    row = report(client)["rows"][0]
    assert row["code"] == "A"
    assert (row["display"], row["n"], row["value"]) == ("hidden", None, None)
    page = client.get("/ket-qua/dn-quy-3").text
    assert "dưới 5 phiếu" in page
    assert "100,00" not in page


def test_broken_off_responses_are_counted_apart_and_enter_no_index(
    client, session, world
):
    filled(session, world, 200)
    cast.sign_in(client, session, "analyst")
    statuses = [row["status"] for row in raw(client)]
    assert statuses.count("break_off") > 0
    entries = {one["name"]: one["text"] for one in report(client)["participation"]}
    assert entries["Số phiếu bỏ dở"].startswith(f"{statuses.count('break_off')} ")
    counted = len(statuses) - statuses.count("break_off")
    assert entries["Số phiếu được tính"].startswith(f"{counted} ")


def test_the_response_rate_counts_dossier_links_that_were_not_revoked(
    client, session, world
):
    for _ in range(50):
        cast.link(session, world.wave, world.trade, kind="dossier")
    filled(session, world, 90)
    cast.sign_in(client, session, "analyst")
    by_dossier = [row for row in raw(client) if row["origin"] == "dossier"]
    answered = [row for row in by_dossier if row["status"] != "break_off"]
    entries = {one["name"]: one["text"] for one in report(client)["participation"]}
    rr2 = printed(Fraction(100 * len(answered), 50)).replace(".", ",")
    assert entries["Tỷ lệ trả lời"].startswith(f"{rr2}%")
    assert f"{len(answered)} phiếu / 50 hồ sơ được mời" in entries["Tỷ lệ trả lời"]
    for filters in ({"thang": "2026-08"}, {"kenh": "online"}, {"nguon": "counter"}):
        entries = report(client, **filters)["participation"]
        texts = {one["name"]: one["text"] for one in entries}
        assert texts["Tỷ lệ trả lời"].startswith("không tính được")


def test_the_tallies_behind_the_figures_agree_with_the_responses(session, world):
    filled(session, world, 120)
    assert tallies.differences(session, session.get_one(Wave, world.wave)) == []
