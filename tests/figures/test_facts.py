"""Facts are counted as the raw export says, and small groups of them are hidden."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction

import openpyxl
import pytest

from survey import catalogue
from survey.figures import Filters, facts, priorities, write
from survey.figures.fact_items import LATE_BY, TIMELY
from survey.figures.offline import online_use
from survey.models import Dossier, Procedure, Unit, Wave
from tests.figures import crowd

AGENCY = "Sở Công Thương"


@pytest.fixture
def wave(session, world) -> Wave:
    """600 responses of two divisions in three months, with facts of every kind."""
    found = session.get_one(Wave, world.wave)
    q = catalogue.questionnaire(session, found.questionnaire_id)
    chooser = random.Random(11)  # noqa: S311 - sample data
    places = [(world.trade, world.petrol)] * 6 + [(world.energy, None)]
    made = crowd.rows(q, found.id, 600, places=places, chooser=chooser)
    crowd.enter(
        session,
        crowd.telling(q, made, chooser=chooser, drivers={"A1": 0.5, "B1": 0.1}),
    )
    return session.get_one(Wave, world.wave)


def raw_rows(session, wave, filters) -> list[dict[str, str]]:
    target = io.BytesIO()
    write(
        session,
        wave.id,
        target,
        format="csv",
        kind="raw",
        agency=AGENCY,
        on=date(2026, 9, 1),
        filters=filters,
    )
    rows = csv.DictReader(io.StringIO(target.getvalue().decode("utf-8-sig")))
    return [row for row in rows if row["status"] != "break_off"]


def selections(session, world) -> list[Filters]:
    trade, energy = (session.get_one(Unit, one) for one in (world.trade, world.energy))
    return [
        Filters(),
        Filters(unit=trade),
        Filters(unit=energy),
        Filters(channel="online"),
        Filters(unit=trade, origin="counter"),
        Filters(unit=energy, first_month="2026-08", last_month="2026-08"),
    ]


def band(row: dict[str, str]) -> str:
    days = int(row["days_late"])
    return "early" if days < 0 else "late" if days else "on_time"


def test_every_count_that_is_shown_is_that_of_the_raw_export(session, world, wave):
    compared = 0
    for filters in selections(session, world):
        rows = raw_rows(session, wave, filters)
        for question in facts(session, wave, filters, language="vi"):
            if question.code in ("G1", "G2", LATE_BY) or question.n is None:
                continue
            counts = Counter(
                band(row) if question.code == TIMELY else row[question.code]
                for row in rows
            )
            n = sum(counts[one.code] for one in question.choices)
            if question.choices:
                assert question.n == n, question.code
            for one in question.choices:
                if one.count is None:
                    continue
                compared += 1
                assert one.count == counts[one.code], (question.code, one.code)
                assert one.share == Fraction(100 * one.count, n)
                assert one.low <= one.share <= one.high
    assert compared > 200


def test_no_choice_with_a_few_responses_is_shown_or_follows(session, world, wave):
    hidden = 0
    for filters in selections(session, world):
        for question in facts(session, wave, filters, language="vi"):
            shown = [one.count for one in question.choices if one.count is not None]
            out = [one for one in question.choices if one.count is None]
            hidden += len(out)
            assert not any(0 < count < wave.hide_below for count in shown)
            assert question.n is None or question.n == 0 or question.n >= 10
            if out and not question.is_several:
                assert len(out) > 1
                assert question.n - sum(shown) >= wave.hide_below
    assert hidden


def test_what_a_wider_selection_has_more_is_never_a_few(session, world, wave):
    trade = Filters(unit=session.get_one(Unit, world.trade))
    wide = {one.code: one for one in facts(session, wave, Filters(), language="vi")}
    for question in facts(session, wave, trade, language="vi"):
        for one in question.choices:
            more = wide[question.code].choice(one.code)
            if one.count is None or more is None or more.count is None:
                continue
            assert not 0 < more.count - one.count < wave.hide_below


def test_payments_outside_the_rules_are_told_in_total_only(session, world, wave):
    def codes(filters, **more) -> set[str]:
        return {
            one.code for one in facts(session, wave, filters, language="vi", **more)
        }

    assert "F18" in codes(Filters())
    assert "F18" not in codes(Filters(unit=session.get_one(Unit, world.trade)))
    assert "F18" not in codes(Filters(), reach=[world.trade])


def test_a_follow_up_is_hidden_with_the_answer_that_asks_for_it(session, world):
    """Three are late: neither how many, nor by how much, nor whether they were told."""
    found = session.get_one(Wave, world.wave)
    q = catalogue.questionnaire(session, found.questionnaire_id)
    chooser = random.Random(5)  # noqa: S311 - sample data
    made = list(
        crowd.rows(q, found.id, 60, places=[(world.trade, None)], chooser=chooser)
    )
    for place, row in enumerate(made):
        row["status"] = "complete"
        is_late = place < 3
        row["facts"] = {
            "days_late": "12" if is_late else "0",
            "late": "yes" if is_late else "no",
            **({"F16": "none"} if is_late else {}),
        }
    crowd.enter(session, made)
    told = {one.code: one for one in facts(session, found, Filters(), language="vi")}

    assert told[TIMELY].choice("late").words == "dưới 5 phiếu"
    assert told[TIMELY].choice("on_time").count is None
    for code in (LATE_BY, "F16"):
        assert told[code].choices == ()
        assert told[code].n is None


def test_nothing_is_told_of_a_wave_without_responses(session, world):
    found = session.get_one(Wave, world.wave)

    assert facts(session, found, Filters(), language="vi") == ()
    made = priorities(session, found, Filters(), language="vi")
    assert made.listed == ()
    assert "chưa đủ phiếu" in made.words


def test_the_criterion_that_drives_the_whole_is_mended_first(session, world, wave):
    made = priorities(session, wave, Filters(), language="vi")
    first = made.listed[0]

    assert first.code == "A1"
    assert first.place == 1
    assert [entry.name for entry in first.responsible] == ["VP", "PCM"]
    assert {one.code for one in first.facts} == {"F12b", "F12c"}
    assert "hài lòng" in first.why
    assert "n = " in first.why
    counted = [
        row
        for row in raw_rows(session, wave, Filters())
        if row["A1"] in ("1", "2", "3", "4", "5")
    ]
    satisfied = sum(row["A1"] in ("4", "5") for row in counted)
    assert first.standing.score == Fraction(100 * satisfied, len(counted))
    assert first.standing.n == len(counted)


def test_priorities_name_no_criterion_the_report_hides(session, world, wave):
    energy = Filters(
        unit=session.get_one(Unit, world.energy),
        first_month="2026-08",
        last_month="2026-08",
    )
    made = priorities(session, wave, energy, language="en")

    assert all(one.standing.n >= wave.rank_from for one in made.listed)


def test_the_facts_are_in_every_file_of_the_report(session, world, wave):
    target = io.BytesIO()
    usual = {"agency": AGENCY, "on": date(2026, 9, 1)}
    write(session, wave.id, target, format="json", **usual)
    in_json = {one["code"]: one for one in json.loads(target.getvalue())["facts"]}
    told = {one.code: one for one in facts(session, wave, Filters(), language="vi")}
    assert set(in_json) == set(told)
    some = told["F03"]
    assert [one["count"] for one in in_json["F03"]["choices"]] == [
        one.count for one in some.choices
    ]

    target = io.BytesIO()
    write(session, wave.id, target, format="xlsx", **usual)
    book = openpyxl.load_workbook(io.BytesIO(target.getvalue()))
    cells = {
        cell for row in book["Thực tế của đợt khảo sát"].values for cell in row if cell
    }
    assert {"F03", "F10", TIMELY} <= cells

    target = io.BytesIO()
    write(session, wave.id, target, format="csv", kind="facts", **usual)
    text = io.StringIO(target.getvalue().decode("utf-8-sig"))
    rows = list(csv.reader(text, delimiter=";"))
    assert len({len(row) for row in rows}) == 1
    assert {row[1] for row in rows[1:]} == set(told)


def test_procedures_without_a_dossier_filed_online_are_listed(session, world):
    found = session.get_one(Wave, world.wave)
    assert not online_use(session, found, Filters()).has_dossiers
    power = session.get_one(Procedure, world.power)
    power.online_level = "partial"
    for place, (procedure, channel) in enumerate(
        [(world.petrol, "online"), (world.petrol, "postal"), (world.power, "in_person")]
    ):
        session.add(
            Dossier(
                wave_id=found.id,
                code=f"HS-{place}",
                procedure_id=procedure,
                channel=channel,
                outcome="granted",
            )
        )
    session.flush()

    use = online_use(session, found, Filters())
    assert use.offered == 2
    assert [(one.code, one.dossiers) for one in use.without] == [("2.001249", 1)]
    inside = online_use(session, found, Filters(), reach=[world.trade])
    assert (inside.offered, inside.without) == (1, ())
    power.online_level = "none"
    session.flush()
    assert online_use(session, found, replace(Filters(), field="Điện")).offered == 0
