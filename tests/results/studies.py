"""Waves with two arms and forms on paper, and the study of guidance made of them."""

from __future__ import annotations

import random
from functools import reduce
from operator import add

from survey.figures.counting import Arms
from survey.figures.reckoner import Reckoner
from survey.indices import Thresholds
from survey.questionnaire.loader import load, packaged
from survey.results import guidance
from survey.results.arms import groups_of
from survey.tallies import counts_of, layout_of
from tests.figures import crowd

QUESTIONNAIRE = load(packaged()["dn-2026-1"], "dn-2026-1")
CRITERIA = [one.code for one in QUESTIONNAIRE.criteria]
THRESHOLDS = Thresholds()


def packed(rows) -> int:
    counts = (
        counts_of(
            QUESTIONNAIRE,
            row["status"],
            row["answers"],
            seconds=row["seconds"],
            prompts=row["prompts"],
        )
        for row in rows
    )
    return reduce(add, counts, 0)


def parts_of(rows) -> dict[str, int]:
    """Responses of each arm drawn by lot, and those on paper."""
    kinds = {"guided": [], "folded": [], "paper": []}
    for row in rows:
        kinds["paper" if row["origin"] == "paper" else row["arm"]].append(row)
    return {kind: packed(some) for kind, some in kinds.items()}


def drawn(seed: int, count: int, **more):
    chooser = random.Random(seed)  # noqa: S311
    made = crowd.rows(
        QUESTIONNAIRE,
        "dn-quy-3",
        count,
        places=more.pop("places", [(1, None)]),
        chooser=chooser,
        rare=more.pop("rare", 1),
    )
    return list(crowd.in_arms(QUESTIONNAIRE, made, chooser=chooser, **more))


def known(rows, formula: str = "satisfied_share") -> guidance._Wave:
    parts = parts_of(rows)
    return guidance._Wave(
        questionnaire=QUESTIONNAIRE,
        formula=formula,
        groups=groups_of(
            QUESTIONNAIRE,
            layout_of(QUESTIONNAIRE),
            Arms(
                guided=parts["guided"],
                folded=parts["folded"],
                on_paper=parts["paper"],
            ),
            THRESHOLDS,
            *closed_on_pages(parts),
        ),
        thresholds=THRESHOLDS,
        language="vi",
    )


def closed_on_pages(parts: dict[str, int]) -> list[frozenset[str]]:
    """What the pages of all responses and of those on paper do not show."""
    return [
        Reckoner(
            QUESTIONNAIRE,
            layout_of(QUESTIONNAIRE).unpack(total),
            thresholds=THRESHOLDS,
            formula="satisfied_share",
            language="vi",
        ).verdict.closed
        for total in (sum(parts.values()), parts["paper"])
    ]


def paper(seed: int, count: int, **more):
    """Forms on paper, of which some criteria are mostly blank."""
    more = {"places": [(1, None)], "rare": 1, **more}
    chooser = random.Random(seed)  # noqa: S311
    made = crowd.rows(
        QUESTIONNAIRE, "dn-quy-3", count, chooser=chooser, origins=("paper",), **more
    )
    seldom = chooser.sample(CRITERIA, 3)
    for row in (several := list(made)):
        row["status"] = "complete"
        for code in seldom:
            if chooser.random() < 0.7:
                row["answers"][code] = "blank"
    return several
