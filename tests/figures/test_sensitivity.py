"""With and without flagged responses: right figures, and nobody's answer among them."""

from __future__ import annotations

import io
import json
import random
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, reduce
from operator import add

import numpy as np
import openpyxl

from survey.exports import Figure
from survey.figures import sensitivity
from survey.figures.openings import Openings, Verdict
from survey.figures.reckoner import Figures, Reckoner
from survey.figures.shape import measure_of, shape_of
from survey.indices import Tally, Thresholds
from survey.indices.rules import Rules
from survey.models import Wave
from survey.questionnaire.loader import load, packaged
from survey.tallies import counts_of, layout_of
from tests import cast, opened
from tests.figures import crowd
from tests.figures.attack import Known

QUESTIONNAIRE = load(packaged()["dn-2026-1"], "dn-2026-1")
CRITERIA = [one.code for one in QUESTIONNAIRE.criteria]
THRESHOLDS = Thresholds()
PAGE = "/ket-qua/dn-quy-3"


@dataclass(frozen=True)
class Parts:
    """The responses of a case: all, those without signs, and those with."""

    whole: Tally
    unflagged: Tally
    flagged: Tally


@dataclass(frozen=True)
class Case:
    """Some responses, and what a reader is shown of them."""

    parts: Parts
    shown: Figures


def compared(parts: Parts, verdicts: tuple[Verdict, Verdict]) -> Figures:
    looks = (
        Reckoner(
            QUESTIONNAIRE,
            tally,
            thresholds=THRESHOLDS,
            formula="satisfied_share",
            language="vi",
            verdict=verdict,
        ).figures()
        for tally, verdict in zip((parts.whole, parts.unflagged), verdicts, strict=True)
    )
    return sensitivity.compared(*looks)


def verdicts_on(flagged: int, others: int) -> tuple[Verdict, Verdict]:
    """Of all, and of those without signs."""

    def read(axes):
        if not axes:
            return {(): flagged + others}
        some = {((True,),): flagged, ((False,),): others}
        return {paths: total for paths, total in some.items() if total}

    openings = Openings(
        shape_of(QUESTIONNAIRE), THRESHOLDS, read, measure_of(QUESTIONNAIRE, THRESHOLDS)
    )
    return openings.verdict({}), openings.verdict({"part": (False,)})


def unpacked(several: list[int]) -> Tally:
    return layout_of(QUESTIONNAIRE).unpack(reduce(add, several, 0))


@cache
def case(seed: int) -> Case:
    """A wave in which some criteria are rarely asked, and some are flagged."""
    chooser = random.Random(seed)  # noqa: S311
    size = chooser.choice((14, 25, 40, 60, 100, 160))
    made = crowd.rows(
        QUESTIONNAIRE,
        "w",
        size,
        places=[(1, None)],
        chooser=chooser,
        rare=chooser.choice((0.05, 0.2, 0.4)),
    )
    scarce = chooser.sample(CRITERIA, 8)
    of_flagged = chooser.sample(CRITERIA, chooser.choice((0, 6, 14)))
    share = chooser.choice((0.05, 0.15, 0.3, 0.5, 0.9))
    flagged, others = [], []
    for row in made:
        is_flagged = chooser.random() < share
        for code in scarce:
            if chooser.random() < 0.6:
                row["answers"][code] = "not_asked"
        if is_flagged:
            for code in of_flagged:
                if chooser.random() < 0.9:
                    row["answers"][code] = "blank"
        counts = counts_of(QUESTIONNAIRE, "complete", row["answers"])
        (flagged if is_flagged else others).append(counts)
    parts = Parts(
        whole=unpacked(flagged + others),
        unflagged=unpacked(others),
        flagged=unpacked(flagged),
    )
    return Case(parts, compared(parts, verdicts_on(sum(flagged), sum(others))))


def n_of(tally: Tally, code: str) -> int:
    return sum(n for level, n in tally.levels(code).items() if level is not None)


def members(figure: Figure) -> set[str]:
    if figure.level == "criterion":
        return {figure.code}
    if figure.level == "element":
        return {one.code for one in QUESTIONNAIRE.element(figure.code).criteria}
    return set(QUESTIONNAIRE.sets[figure.code])


def figures_of(case: Case) -> list[Figure]:
    return [*case.shown.rows, *([case.shown.core] if case.shown.core else [])]


def attack(case: Case) -> list[tuple[str, str]]:
    """Few answers to one criterion, flagged or not, that follow from what is shown.

    Each criterion has two unknowns, its flagged answers and the others. A figure
    shown is the sum of both, a figure without the flagged the second alone. What has
    no answers is taken as known.
    """
    unknown = [
        (kind, code)
        for kind, tally in (
            ("flagged", case.parts.flagged),
            ("others", case.parts.unflagged),
        )
        for code in CRITERIA
        if n_of(tally, code)
    ]
    shown = []
    for figure in figures_of(case):
        codes = members(figure)
        if figure.indices or figure.groups:
            shown.append([code in codes for _, code in unknown])
        if figure.unflagged is not None:
            shown.append([kind == "others" and code in codes for kind, code in unknown])
    secret = [one for one in unknown if is_secret(case, *one)]
    if not shown or not secret:
        return []
    wanted = np.array([[other == one for other in unknown] for one in secret])
    tells = Known(np.array(shown)).tells(wanted)
    return [one for one, told in zip(secret, tells, strict=True) if told]


def is_secret(case: Case, kind: str, code: str) -> bool:
    """Whether these answers must not become known, as the headline report has it.

    Where a criterion has both kinds, two groups of counts would be too much already.
    """
    tallies = {"flagged": case.parts.flagged, "others": case.parts.unflagged}
    n = n_of(tallies[kind], code)
    if n < n_of(case.parts.whole, code):
        return n < THRESHOLDS.index_from
    levels = tallies[kind].levels(code)
    return n < THRESHOLDS.hide_below or (
        n < THRESHOLDS.index_from and levels[4] + levels[5] in (0, n)
    )


def test_no_few_answers_follow_from_figures_with_and_without_the_flagged():
    for seed in range(120):
        assert attack(case(seed)) == [], seed


def test_the_attack_sees_enough_figures_to_mean_something():
    cases = [case(seed) for seed in range(60)]
    several = [
        sum(one.unflagged is not None for one in figures_of(made)) for made in cases
    ]
    assert sum(count > 5 for count in several) > 10


def test_the_same_attack_succeeds_when_nothing_is_hidden_with_small_groups():
    found = 0
    for seed in range(60):
        made = case(seed)
        verdicts = tuple(
            Verdict(frozenset(code for code in CRITERIA if 0 < n_of(tally, code) < 10))
            for tally in (made.parts.whole, made.parts.unflagged)
        )
        found += bool(attack(Case(made.parts, compared(made.parts, verdicts))))
    assert found > 3


def test_nothing_is_compared_when_few_are_flagged_or_few_are_not():
    for seed in range(120):
        made = case(seed)
        few = [
            part.counted
            for part in (made.parts.flagged, made.parts.unflagged)
            if 0 < part.counted < THRESHOLDS.hide_below
        ]
        if few:
            assert all(one.unflagged is None for one in figures_of(made))


def test_without_any_flagged_response_nothing_moves():
    some = [counts_of(QUESTIONNAIRE, "complete", dict.fromkeys(CRITERIA, "4"))] * 40
    whole = unpacked(some)
    parts = Parts(whole=whole, unflagged=whole, flagged=unpacked([]))
    made = compared(parts, verdicts_on(0, sum(some)))
    for figure in made.rows:
        assert figure.unflagged is not None
        assert figure.unflagged.indices == figure.indices
        assert figure.unflagged.n == figure.n


# -- the page and the files --------------------------------------------------------


def fill(session, world, count=240, share=0.2):
    """Responses of which the flagged rate everything with the lowest level."""
    chooser = random.Random(11)  # noqa: S311
    made = list(
        crowd.rows(
            QUESTIONNAIRE,
            world.wave,
            count,
            places=[(world.trade, world.petrol)],
            chooser=chooser,
            rare=1,
        )
    )
    for place, row in enumerate(made):
        row["status"] = "complete"
        row["flags"] = ""
        if place < count * share:
            row["flags"] = "straight_line fast" if place % 2 else "fast"
            row["answers"] = dict.fromkeys(CRITERIA, "1")
    crowd.enter(session, made)
    return made


def rounded(value: Fraction) -> str:
    return f"{float(value):.2f}"


def test_the_index_without_flagged_responses_is_that_of_the_others(
    client, session, world
):
    made = fill(session, world)
    cast.sign_in(client, session, "analyst")
    content = client.get(f"{PAGE}/tai-ve.json").get_json()
    row = next(one for one in content["rows"] if one["code"] == "B4")

    def share(rows):
        valid = [one["answers"]["B4"] for one in rows if one["answers"]["B4"].isdigit()]
        return Fraction(100 * sum(one >= "4" for one in valid), len(valid)), len(valid)

    everyone, n = share(made)
    careful, fewer = share([one for one in made if not one["flags"]])
    assert (row["value"], row["n"]) == (rounded(everyone), n)
    without = row["without_flagged"]
    assert (without["value"], without["n"]) == (rounded(careful), fewer)
    assert abs(float(without["moved"]) - float(careful - everyone)) < 0.0051
    assert set(without["indices"]) == set(row["indices"])


def test_all_files_and_the_page_carry_the_same_figures_without_the_flagged(
    client, session, world
):
    fill(session, world)
    cast.sign_in(client, session, "analyst")
    by_json = {
        one["code"]: one["without_flagged"]
        for one in client.get(f"{PAGE}/tai-ve.json").get_json()["rows"]
    }
    text = client.get(f"{PAGE}/tai-ve.csv").get_data().decode("utf-8-sig")
    by_csv = {one["Mã"]: one for one in opened.rows(text)}
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"{PAGE}/tai-ve.xlsx").get_data())
    )
    lines = list(book["Độ nhạy"].iter_rows(values_only=True))
    head = next(line for line in lines if line[0] == "Cấp")
    by_xlsx = {line[1]: dict(zip(head, line, strict=True)) for line in lines}
    page = client.get(f"{PAGE}/do-nhay").text
    column = "Tỷ lệ hài lòng (%), bỏ phiếu có dấu hiệu"
    for code, without in by_json.items():
        assert by_csv[code][column] == without["value"]
        assert by_xlsx[code][column] == float(without["value"])
        assert without["value"].replace(".", ",") in page
    assert "Chênh lệch nhỏ nghĩa là" in page


def test_the_numbers_flagged_by_rule_stand_with_their_thresholds_everywhere(
    client, session, world
):
    fill(session, world, count=240, share=0.2)
    wave = session.get_one(Wave, world.wave)
    wave.careless = {**Rules().as_dict(), "fast_percent": 43}
    session.commit()
    cast.sign_in(client, session, "analyst")
    page = client.get(f"{PAGE}/do-nhay").text
    flags = {
        one["name"]: one["text"]
        for one in client.get(f"{PAGE}/tai-ve.json").get_json()["flags"]
    }
    assert flags["Phiếu có dấu hiệu trả lời thiếu cân nhắc"].startswith(
        "48 phiếu (20,00% số phiếu được tính"
    )
    assert flags["Dấu hiệu: trả lời quá nhanh"].startswith("48 phiếu (")
    assert flags["Dấu hiệu: một mức cho mọi câu"].startswith("24 phiếu (")
    assert flags["Dấu hiệu: giống hệt phiếu khác"].startswith("0 phiếu (")
    threshold = "thời gian dưới 43% thời gian thường"
    assert threshold in flags["Dấu hiệu: trả lời quá nhanh"]
    assert threshold in page
    csv_text = client.get(f"{PAGE}/tai-ve.csv").get_data().decode()
    assert threshold in csv_text
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"{PAGE}/tai-ve.xlsx").get_data())
    )
    cells = [row[0] for row in book["Độ nhạy"].iter_rows(values_only=True)]
    assert any(threshold in str(cell) for cell in cells)


def test_few_flagged_responses_are_not_told_apart_anywhere(client, session, world):
    fill(session, world, count=100, share=0.04)
    cast.sign_in(client, session, "analyst")
    page = client.get(f"{PAGE}/do-nhay").text
    content = client.get(f"{PAGE}/tai-ve.json").get_json()
    assert all(row["without_flagged"] is None for row in content["rows"])
    assert content["flags"][0]["text"] == "dưới 5 phiếu"
    assert "có dưới 5 phiếu có dấu hiệu" in page
    text = client.get(f"{PAGE}/tai-ve.csv").get_data().decode("utf-8-sig")
    for row in opened.rows(text):
        assert row["Tỷ lệ hài lòng (%), bỏ phiếu có dấu hiệu"] == ""


def test_forms_on_paper_are_counted_apart(client, session, world):
    chooser = random.Random(4)  # noqa: S311
    for origin, count in (("counter", 40), ("paper", 12)):
        made = crowd.rows(
            QUESTIONNAIRE,
            world.wave,
            count,
            places=[(world.trade, None)],
            chooser=chooser,
            origins=(origin,),
        )
        crowd.enter(session, ({**row, "status": "complete"} for row in made))
    cast.sign_in(client, session, "analyst")
    for address, number in ((PAGE, "12"), (f"{PAGE}?nguon=counter", "0")):
        assert (
            f"<dt>Trong đó phiếu giấy</dt><dd><b>{number}</b>"
            in client.get(address).text
        )
    content = json.loads(client.get(f"{PAGE}/tai-ve.json").get_data())
    entries = {one["name"]: one["text"] for one in content["participation"]}
    assert entries["Trong đó phiếu giấy"].startswith("12")
    text = client.get(f"{PAGE}/tai-ve.csv").get_data().decode("utf-8-sig")
    assert "Trong đó phiếu giấy: 12" in text


def test_a_rehearsal_is_marked_on_the_page_and_in_the_name_of_every_file(
    client, session, world
):
    fill(session, world, count=20)
    session.get_one(Wave, world.wave).state = "rehearsal"
    session.commit()
    cast.sign_in(client, session, "analyst")
    assert "Diễn tập – không tính" in client.get(PAGE).text
    for kind, formats in (
        ("report", ("csv", "xlsx", "json")),
        ("raw", ("csv", "xlsx")),
    ):
        for format in formats:
            answer = client.get(f"{PAGE}/tai-ve.{format}?kind={kind}")
            assert "DIEN-TAP" in answer.headers["Content-Disposition"]
    assert "DIỄN TẬP" in client.get(f"{PAGE}/tai-ve.csv").get_data().decode()
    content = client.get(f"{PAGE}/tai-ve.xlsx?kind=raw").get_data()
    assert (
        "DIỄN TẬP – Phiếu trả lời"
        in openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    )
    session.get_one(Wave, world.wave).state = "open"
    session.commit()
    assert "Diễn tập – không tính" not in client.get(PAGE).text
