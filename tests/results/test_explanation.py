"""Every figure explains itself, with numbers and a fingerprint that the raw answers
give as well, and says nothing of what is hidden."""

from __future__ import annotations

import hashlib
import random
import re
from fractions import Fraction
from html import unescape

import pytest

from survey import catalogue
from survey.models import PublishedQuestionnaire, Wave
from survey.results.explanation import CANON
from tests import cast
from tests.figures import crowd
from tests.results.rooms import PAGE
from tests.results.test_figures import levels, mean, printed, raw, report, share

EXPLAINED = f"{PAGE}/giai-thich"
REASONS = ("not_applicable", "cannot_judge", "blank", "not_asked")
SEED = random.SystemRandom().randrange(10**6)


@pytest.fixture
def places(world):
    return [(world.trade, world.petrol), (world.energy, world.power)]


def words_of(page: str) -> str:
    text = re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])
    return re.sub(r"\s+", " ", unescape(text))


def vietnamese(value: str) -> str:
    return value.replace(".", ",")


def sums_of(rows, codes) -> dict[str, int]:
    several = [levels([row], codes) for row in rows]
    pairs = [(len(one), sum(value >= 4 for value in one)) for one in several if one]
    return {
        "r": len(pairs),
        "m": sum(m for m, _ in pairs),
        "x": sum(x for _, x in pairs),
        "mm": sum(m * m for m, _ in pairs),
        "mx": sum(m * x for m, x in pairs),
        "xx": sum(x * x for _, x in pairs),
    }


def canon(session, wave_id, unit, code, codes, rows, sums) -> str:
    """The text of the fingerprint, from the raw export by other code."""
    cells = [row[one] for row in rows for one in codes]
    values = levels(rows, codes)
    kept = session.get_one(
        PublishedQuestionnaire, session.get_one(Wave, wave_id).questionnaire_id
    )
    lines = [
        CANON,
        f"wave={wave_id}",
        f"questionnaire={kept.id}",
        f"questionnaire-sha256={kept.sha256}",
        f"scope=don-vi={unit}",
        f"figure={code}",
        *(f"{level}={values.count(level)}" for level in range(1, 6)),
        *(f"{reason}={cells.count(reason)}" for reason in REASONS),
        *(f"{name}={value}" for name, value in sums.items()),
        f"satisfied_share={printed(share(values))}",
        f"mean_percent={printed(100 * mean(values) / 5)}",
        f"normalised_mean={printed(100 * (mean(values) - 1) / 4)}",
    ]
    return "".join(f"{line}\n" for line in lines)


def test_explanations_chosen_at_random_equal_a_recount_of_the_raw_answers(
    client, session, world, places
):
    crowd.fill(session, world.wave, 300, places, rare=0.9)
    cast.sign_in(client, session, "analyst")
    rows = [row for row in raw(client) if row["status"] != "break_off"]
    questionnaire = catalogue.questionnaire(session, "dn-2026-1")
    groups = {one.code: [one.code] for one in questionnaire.criteria}
    groups |= {
        one.code: [c.code for c in one.criteria] for one in questionnaire.elements
    }
    groups |= {name: list(codes) for name, codes in questionnaire.sets.items()}
    chooser = random.Random(SEED)  # noqa: S311
    chosen = [*chooser.sample(sorted(groups), 2), "full", "core"]
    overview = client.get(PAGE).text
    for code in chosen:
        note = f"seed {SEED}, figure {code}"
        assert f'{EXPLAINED}?so={code}"' in overview, note
        page = client.get(f"{EXPLAINED}?so={code}").text
        codes = groups[code]
        values = levels(rows, codes)
        text = words_of(page)
        satisfied = sum(value >= 4 for value in values)
        assert f"= {vietnamese(printed(share(values)))}%" in text, note
        assert f"= {vietnamese(printed(100 * mean(values) / 5))}%" in text, note
        numbers = text.replace(".", "")
        assert f"100 × {satisfied} / {len(values)}" in numbers, note
        for level in range(1, 6):
            count = values.count(level)
            part = vietnamese(printed(Fraction(100 * count, len(values))))
            assert f" {count} {part}%" in numbers, note
        sums = sums_of(rows, codes) if len(codes) > 1 else {}
        if sums:
            assert f"r = {sums['r']}; Σm = {sums['m']}; Σx = {sums['x']}" in numbers, (
                note
            )
            assert f"Σx² = {sums['xx']}" in numbers, note
        content = canon(session, world.wave, "SCT", code, codes, rows, sums)
        assert hashlib.sha256(content.encode()).hexdigest() in page, note
        assert content in unescape(page), note


def test_the_interval_that_is_explained_is_the_one_that_is_reported(
    client, session, world, places
):
    crowd.fill(session, world.wave, 120, places)
    cast.sign_in(client, session, "analyst")
    for row in report(client)["rows"]:
        if row["low"] is None:
            continue
        text = words_of(client.get(f"{EXPLAINED}?so={row['code']}").text)
        bounds = f"{vietnamese(row['low'])}–{vietnamese(row['high'])}"
        assert f"tỷ lệ hài lòng: {bounds}" in text


def test_a_few_responses_are_explained_without_a_number(client, session, world, places):
    crowd.fill(session, world.wave, 3, places)
    cast.sign_in(client, session, "analyst")
    for code in ("A1", "A", "full"):
        page = client.get(f"{EXPLAINED}?so={code}").text
        assert "quá ít" in page
        assert "SHA-256 của số liệu" not in page
        assert 'id="dem"' not in page
        assert 'id="bo-ra"' not in page


def test_nobody_answered_is_explained_as_no_index_and_not_as_zero(
    client, session, world
):
    cast.sign_in(client, session, "analyst")
    text = words_of(client.get(EXPLAINED).text)
    assert "Không phải là 0%" in text
    assert "0,00%" not in text


def test_sums_over_responses_are_kept_back_while_a_criterion_is_hidden(
    client, session, world, places
):
    crowd.fill(session, world.wave, 60, places, rare=0.05)
    cast.sign_in(client, session, "analyst")
    rows = {row["code"]: row for row in report(client)["rows"]}
    hidden = [
        code
        for code in ("E1", "E2", "E3", "E4")
        if rows[code]["display"] not in ("index", "rank", "none")
    ]
    assert hidden
    for code in ("E", "full"):
        assert rows[code]["display"] == "rank"
        page = client.get(f"{EXPLAINED}?so={code}").text
        assert "Σmx =" not in page
        assert "mx=" not in page
        assert "có thể bị tính ngược ra" in page
    page = client.get(f"{EXPLAINED}?so=B").text
    assert "Σmx =" in page


def test_a_figure_that_is_not_there_is_not_found(client, session, world):
    cast.sign_in(client, session, "analyst")
    for code in ("Z9", "<b>", "%00", "none"):
        answer = client.get(f"{EXPLAINED}?so={code}")
        assert answer.status_code == 404
        assert "<b>" not in answer.text


def test_a_division_reads_the_same_fingerprint_as_the_office_that_looks_at_it(
    client, session, world, places
):
    crowd.fill(session, world.wave, 120, places)
    found = []
    for unit, query in ((None, "&don-vi=TM"), (world.trade, "")):
        cast.sign_in(client, session, "analyst", unit)
        page = client.get(f"{EXPLAINED}?so=A1{query}").text
        found.append(re.search(r">([0-9a-f]{64})</code>", page).group(1))
    assert found[0] == found[1]
