"""What a kiosk decides without a network is what the server decides: the same facts
asked, the same criteria shown, the same words, on random answers."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from survey import formats, workdays
from survey.questionnaire import (
    ProcedureFacts,
    Questionnaire,
    load,
    packaged,
    prompts,
    routing,
    summary,
)
from survey.questionnaire.offline import rules_of
from survey.questionnaire.strips import strips
from tests import cast
from tests.journeys.conftest import OPEN_PAGE, Hall

pytestmark = pytest.mark.browser
CASES = 250
TODAY = date(2026, 9, 3)  # just after a holiday
PROCEDURES = {
    "2.000648": ProcedureFacts(published_days=20, is_immediate=False),
    "1.000001": ProcedureFacts(published_days=None, is_immediate=True),
}
ODD = ("2026-02-30", "2026-8-1", "20260801", "not a date", "2019-12-31")
IN_THE_BROWSER = """async ({path, rules, cases, today, language}) => {
  const js = await import(path);
  return cases.map(({facts, ratings, pages}) => {
    const day = js.dayOf(today);
    const values = js.current(rules, facts, day);
    return {
      values,
      asked: js.asked(rules, values),
      shown: Object.entries(js.shown(rules, values)).map(
        ([code, one]) => [code, one.isShown, one.offersNotApplicable]),
      strips: js.strips(rules, values, language),
      summary: js.summary(rules, values, language),
      undated: js.lacksDueDate(values),
      doubts: js.contradictions(values),
      impossible: js.impossible(facts, day),
      prompts: pages.map((codes) => js.raised(rules, codes,
        codes.includes("G1") ? js.judged(rules, values, ratings)
                             : {...values, ...ratings}).map(
          (one) => [one.code, one.direction, one.question])),
    };
  });
}"""


def _case(q: Questionnaire, chance: random.Random) -> dict[str, Any]:
    facts = {}
    for fact in q.facts:
        offered = list(fact.codes)
        if fact.type == "procedure":
            offered += [*PROCEDURES, "9.999999"]
        if fact.type == "date":
            days = [TODAY - timedelta(days=chance.randrange(60)) for _ in range(4)]
            offered += [*map(str, days), chance.choice(ODD)]
        if chance.random() < 0.85:
            facts[fact.code] = chance.choice(offered)
    levels = [str(code) for code in q.scale.codes]
    # Sometimes all of one end, which the prompt of the general question looks for.
    if chance.random() < 0.3:
        levels = chance.choice([levels[:2], levels[-2:]])
    marks = [*levels, *levels, "cannot_judge", ""]
    ratings = {one.code: chance.choice(marks) for one in q.criteria}
    ratings["G1"] = str(chance.choice(q.scale.codes))
    pages = [[each.code for each in one.criteria] for one in q.elements]
    return {"facts": facts, "ratings": ratings, "pages": [*pages, ["G1"]]}


def _expected(q: Questionnaire, case: dict[str, Any], language: str) -> dict[str, Any]:
    values = routing.current(
        q,
        case["facts"],
        procedure=PROCEDURES.get(case["facts"].get("F01", "")),
        calendar=workdays.packaged(),
        answer_date=TODAY,
    ).values
    said = []
    for codes in case["pages"]:
        ratings = case["ratings"]
        seen = {**values, **ratings}
        if "G1" in codes:
            seen = prompts.judged(q, values, ratings)
        said.append(
            [
                [
                    one.prompt.code,
                    one.direction,
                    prompts.question(
                        q, one, int(ratings[one.prompt.criterion]), language
                    ),
                ]
                for one in prompts.raised(q, codes, seen)
            ]
        )
    return {
        "values": values,
        "asked": list(routing.asked_facts(q, values)),
        "shown": [
            [code, one.is_shown, one.offers_not_applicable]
            for code, one in routing.shown(q, values).items()
        ],
        "strips": strips(q, values, language=language, date_text=formats.date_text),
        "summary": summary.summarise(
            q, values, values, language=language, date_text=formats.date_text
        ),
        "undated": summary.lacks_due_date(values),
        "doubts": [list(pair) for pair in summary.contradictions(values)],
        "impossible": summary.impossible(case["facts"], TODAY),
        "prompts": said,
    }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_device_decides_as_the_server_does(
    hall: Hall, open_page: OPEN_PAGE, language: str
) -> None:
    with hall.session() as session:
        token = cast.link(session, hall.world.wave, hall.world.trade, kind="kiosk")
    page = open_page(768)
    page.goto(f"{hall.address}/p/{token}/kiosk")
    script = page.locator("script[src$='kiosk.js']").get_attribute("src") or ""
    calendar = workdays.packaged()
    for name, text in packaged().items():
        q = load(text, source=name)
        chance = random.Random(f"{q.id} {language}")  # noqa: S311 - a test
        cases = [_case(q, chance) for _ in range(CASES)]
        given = {
            "path": script.replace("kiosk.js", "kiosk-rules.js"),
            "rules": rules_of(
                q,
                language,
                procedures=PROCEDURES,
                days_off=tuple(calendar.holidays),
                days_on=tuple(calendar.swapped_working_days),
            ),
            "cases": cases,
            "today": TODAY.isoformat(),
            "language": language,
        }
        found = page.evaluate(IN_THE_BROWSER, given)
        expected = [_expected(q, case, language) for case in cases]
        for case, one, other in zip(cases, found, expected, strict=True):
            assert one == other, case["facts"]
        raised = {
            code for one in expected for page in one["prompts"] for code, *_ in page
        }
        assert raised == {one.code for one in q.prompts}, "every prompt was compared"
