"""Points from a wave: equal to a recount of the raw export, kept with their basis, and
warned about when the wave says something else."""

from __future__ import annotations

import csv
import io
import random
import secrets
from fractions import Fraction

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, figures
from survey.models import Response, ScoreSheet, Unit, Wave
from survey.scorecard import basis, files, lines, reckoning, rulebook, sheets
from survey.scorecard.terms import ScorecardError
from tests import cast
from tests.figures import crowd
from tests.scorecard import office
from tests.scorecard.office import NOW, WHO, line_of, made_sheet

pytestmark = pytest.mark.usefixtures("speaking")
FORMULAS = {
    "satisfied_share": lambda some: Fraction(
        100 * sum(x >= 4 for x in some), len(some)
    ),
    "mean_percent": lambda some: Fraction(100 * sum(some), 5 * len(some)),
    "normalised_mean": lambda some: Fraction(
        100 * (sum(some) - len(some)), 4 * len(some)
    ),
}
TODAY = NOW.date()


@pytest.fixture
def seed() -> int:
    chosen = secrets.randbelow(2**32)
    print(f"seed of this run: {chosen}")  # noqa: T201
    return chosen


def fill(session: Session, world: cast.World, seed: int, count: int = 240) -> None:
    places = [(world.trade, world.petrol), (world.energy, world.power)]
    crowd.fill(session, world.wave, count, places, seed=seed)


def raw_rows(session: Session, wave_id: str) -> list[dict[str, str]]:
    target = io.BytesIO()
    figures.write(
        session, wave_id, target, format="csv", kind="raw", agency="x", on=TODAY
    )
    return list(csv.DictReader(io.StringIO(target.getvalue().decode("utf-8-sig"))))


def recount(rows: list[dict[str, str]], codes: list[str], formula: str) -> Fraction:
    """The pooled index of these criteria, from the raw export alone."""
    levels = [
        int(row[code])
        for row in rows
        if row["status"] in ("complete", "partial")
        for code in codes
        if row[code].isdecimal()
    ]
    return FORMULAS[formula](levels)


def half_up(value: Fraction) -> str:
    hundredths = (2 * value.numerator * 100 + value.denominator) // (
        2 * value.denominator
    )
    return f"{hundredths // 100}.{hundredths % 100:02}"


@pytest.mark.parametrize("formula", sorted(FORMULAS))
def test_two_figures_at_random_equal_a_recomputation_from_the_raw_export(
    session, world, seed, formula
) -> None:
    chooser = random.Random(seed)  # noqa: S311
    fill(session, world, seed)
    session.execute(
        sa.update(Wave).where(Wave.id == world.wave).values(formula=formula)
    )
    office.close(session, world.wave)
    criteria = "1; Chung; ; hai-long\n2; Yếu tố; ; hai-long"
    sheet = made_sheet(session, world, criteria=criteria)
    wave = session.get_one(Wave, world.wave)
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    names = [one.figure for one in basis.choices(session, sheet, wave) if one.value]
    rows = raw_rows(session, world.wave)
    all_codes = [name for name in rows[0] if len(name) == 2 and name[0] in "ABCDE"]
    for code, figure in zip(("1", "2"), chooser.sample(names, 2), strict=True):
        line = line_of(session, sheet, code)
        found = basis.compute(session, sheet, wave, figure, on=TODAY)
        kept = basis.storable(found, sheet)
        lines.score(session, sheet, line, value=kept.exact, basis=kept.as_dict(), **WHO)
        chosen = {
            "overall": all_codes,
            "core": list(questionnaire.sets["core"]),
        }.get(figure) or [one for one in all_codes if one.startswith(figure)]
        expected = recount(rows, chosen, formula)
        assert Fraction(line.value) == expected, (seed, figure)
        assert str(line.self_points) == half_up(expected / 10), (seed, figure)
        # What the file says is the same figure.
        made = reckoning.reckon(session, sheet)
        (told,) = [
            row
            for row in csv.DictReader(io.StringIO(files.csv(made).decode("utf-8-sig")))
            if row["Mã"] == code
        ]
        assert told["Chỉ số (%)"] == half_up(expected), (seed, figure)
        assert told["Tự chấm"] == half_up(expected / 10), (seed, figure)


@pytest.fixture
def sheet(session: Session, world: cast.World) -> ScoreSheet:
    fill(session, world, 7)
    office.close(session, world.wave)
    return made_sheet(session, world)


def take(session: Session, world: cast.World, sheet: ScoreSheet) -> None:
    wave = session.get_one(Wave, world.wave)
    found = basis.compute(session, sheet, wave, "overall", on=TODAY)
    lines.score(
        session, sheet, line_of(session, sheet, "3.1"), value=found.exact,
        basis=basis.storable(found, sheet).as_dict(), **WHO,
    )  # fmt: skip
    session.commit()


def test_a_line_keeps_all_that_its_index_was_computed_from(
    session, world, sheet
) -> None:
    take(session, world, sheet)
    line = line_of(session, sheet, "3.1")
    kept = basis.kept_of(line)
    wave = session.get_one(Wave, world.wave)
    assert (kept.wave, kept.formula, kept.figure) == (
        wave.id,
        "satisfied_share",
        "overall",
    )
    assert kept.questionnaire_sha256 == wave.questionnaire.sha256
    assert kept.unit == ""  # the wave is the department's: all of it
    assert kept.n > 200
    assert len(kept.sha256) == 64
    assert line.self_source == "wave"
    assert basis.warning(session, sheet, line) is None


def test_a_wave_that_was_opened_again_or_counted_anew_is_warned_about(
    session, world, sheet
) -> None:
    take(session, world, sheet)
    line = line_of(session, sheet, "3.1")
    wave = session.get_one(Wave, world.wave)
    wave.state = "open"
    session.flush()
    assert "mở lại" in basis.warning(session, sheet, line)
    wave.state = "closed"
    crowd.fill(session, world.wave, 1, [(world.trade, world.petrol)], seed=3)
    session.expire_all()
    assert "đã thay đổi" in basis.warning(session, sheet, line)
    take(session, world, sheet)
    assert basis.warning(session, sheet, line_of(session, sheet, "3.1")) is None


def test_an_open_wave_is_only_looked_at(session, world) -> None:
    fill(session, world, 7)
    sheet = made_sheet(session, world)
    wave = session.get_one(Wave, world.wave)
    found = basis.compute(session, sheet, wave, "overall", on=TODAY)
    assert found.is_preview
    with pytest.raises(ScorecardError, match="chưa đóng"):
        basis.storable(found, sheet)


def test_too_few_answers_give_no_points(session, world) -> None:
    fill(session, world, 7, count=8)
    office.close(session, world.wave)
    sheet = made_sheet(session, world)
    wave = session.get_one(Wave, world.wave)
    with pytest.raises(ScorecardError, match="Chưa đủ phiếu"):
        basis.compute(session, sheet, wave, "overall", on=TODAY)
    assert {one.value for one in basis.choices(session, sheet, wave)} == {None}


def test_sample_data_never_becomes_points_of_a_real_sheet(
    session, world, sheet
) -> None:
    wave = session.get_one(Wave, world.wave)
    wave.is_sample = True
    session.flush()
    assert world.wave not in [one.id for one in basis.waves(session, sheet)]
    found = basis.compute(session, sheet, wave, "overall", on=TODAY)
    with pytest.raises(ScorecardError, match="dữ liệu mẫu"):
        basis.storable(found, sheet)


def test_figures_of_766_and_the_index_of_a_survey_are_never_mixed(
    session, world, sheet
) -> None:
    rule = office.linear(code="quoc-gia", measure="national")
    row = rulebook.add(session, rule, now=NOW)
    line = lines.put(
        session, sheet, None, code="9", title="x", maximum=None, rule=row, **WHO
    )
    wave = session.get_one(Wave, world.wave)
    found = basis.compute(session, sheet, wave, "overall", on=TODAY)
    with pytest.raises(ScorecardError, match="không được lấy chỉ số"):
        lines.score(
            session, sheet, line, value=found.exact, basis=found.as_dict(), **WHO
        )
    lines.score(session, sheet, line, value=Fraction("94.5"), **WHO)
    assert str(line.self_points) == "9.45"


def test_of_a_wave_of_the_province_only_the_agencys_part_is_taken(
    session, world
) -> None:
    """Forms of another department do not move its points."""
    other = Unit(
        code="STC", name="Sở Khác", kind="department", parent_id=world.province
    )
    session.add(other)
    session.flush()
    wave = session.get_one(Wave, world.wave)
    wave.unit_id = world.province
    session.commit()
    fill(session, world, 7)
    crowd.fill(session, world.wave, 100, [(other.id, None)], seed=8)
    office.close(session, world.wave)
    sheet = made_sheet(session, world)
    wave = session.get_one(Wave, world.wave)
    found = basis.compute(session, sheet, wave, "overall", on=TODAY)
    rows = raw_rows(session, world.wave)
    mine = [row for row in rows if row["unit"] in ("TM", "NL")]
    codes = [name for name in rows[0] if len(name) == 2 and name[0] in "ABCDE"]
    assert found.exact == recount(mine, codes, "satisfied_share")
    assert found.exact != recount(rows, codes, "satisfied_share")
    assert found.unit == "SCT"
    assert session.scalar(sa.select(sa.func.count(Response.id))) == 340


def test_a_wave_of_another_department_is_not_offered(session, world, sheet) -> None:
    other = Unit(
        code="STC", name="Sở Khác", kind="department", parent_id=world.province
    )
    session.add(other)
    session.flush()
    session.get_one(Wave, world.short_wave).unit_id = other.id
    session.flush()
    assert [one.id for one in basis.waves(session, sheet)] == [world.wave]
    assert sheets.grades_of(sheet) is not None
