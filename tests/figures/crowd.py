"""Random respondents: their responses and tallies, as `respond` would leave them."""

from __future__ import annotations

import random
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, tallies
from survey.db import in_chunks
from survey.models import CHANNELS, Response, Wave
from survey.questionnaire import Questionnaire
from survey.questionnaire.routing import completeness
from survey.tallies import Cell

WORDS = ("not_applicable", "cannot_judge", "blank", "not_asked")
RARE = ("E2", "E3", "E4", "C5", "D3")
"""Criteria that most respondents are not asked about."""


def rows(
    questionnaire: Questionnaire,
    wave_id: str,
    count: int,
    *,
    places: list[tuple[int, int | None]],
    chooser: random.Random,
    months: tuple[str, ...] = ("2026-07", "2026-08", "2026-09"),
    origins: tuple[str, ...] = ("dossier", "counter"),
    rare: float = 0.2,
) -> Iterator[dict[str, Any]]:
    """Rows of `responses`; `places` are (unit, procedure) pairs to choose from."""
    levels = [str(code) for code in questionnaire.scale.codes]
    weights = [1 + position for position in range(len(levels))]
    for _ in range(count):
        answers = {}
        for criterion in questionnaire.criteria:
            if criterion.code in RARE and chooser.random() > rare:
                answers[criterion.code] = "not_asked"
            elif chooser.random() < 0.12:
                answers[criterion.code] = chooser.choice(WORDS)
            else:
                answers[criterion.code] = chooser.choices(levels, weights)[0]
        if chooser.random() < 0.05:
            some = len(answers) * 2 // 3
            answers.update(dict.fromkeys(list(answers)[:some], "blank"))
        unit_id, procedure_id = chooser.choice(places)
        late = chooser.randint(-6, 6)
        yield {
            "id": secrets.token_hex(10),
            "receipt_hash": secrets.token_hex(32),
            "wave_id": wave_id,
            "questionnaire_id": questionnaire.id,
            "unit_id": unit_id,
            "procedure_id": procedure_id,
            "channel": chooser.choice(CHANNELS),
            "origin": chooser.choice(origins),
            "month": chooser.choice(months),
            "language": chooser.choice(("vi", "en")),
            "status": completeness(answers),
            "flags": "straight_line fast" if chooser.random() < 0.05 else "",
            "arm": "guided",
            "pattern": None,
            "prompts": {},
            "seconds": {},
            "answers": answers,
            "facts": {
                "F04": "in_person",
                "F07": "no_date_given",
                "days_late": str(late),
                "days_early": str(-late),
                "late": "yes" if late > 0 else "no",
            },
            "generals": {"G1": "4"},
            "comment": None,
            "is_sample": True,
        }


def enter(session: Session, made: Iterable[Mapping[str, Any]]) -> None:
    """Store rows and count them, some hundred at a time."""
    questionnaires: dict[str, Questionnaire] = {}
    for chunk in in_chunks(made, 2000):
        session.execute(sa.insert(Response), chunk)
        cells: dict[Cell, int] = defaultdict(int)
        for row in chunk:
            name = row["questionnaire_id"]
            if name not in questionnaires:
                questionnaires[name] = catalogue.questionnaire(session, name)
            cells[tallies.cell_of(row)] += tallies.counts_of(
                questionnaires[name],
                row["status"],
                row["answers"],
                seconds=row["seconds"],
                prompts=row["prompts"],
                flags=row["flags"],
                facts=row["facts"],
                generals=row["generals"],
            )
        tallies.add_all(session, cells)
        session.commit()


def fill(
    session: Session,
    wave_id: str,
    count: int,
    places: list[tuple[int, int | None]],
    *,
    seed: int = 1,
    **more: Any,
) -> None:
    """Put `count` random responses into a wave."""
    wave = session.get_one(Wave, wave_id)
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    chooser = random.Random(seed)  # noqa: S311
    made = rows(questionnaire, wave_id, count, places=places, chooser=chooser, **more)
    enter(session, made)


def telling(
    questionnaire: Questionnaire,
    made: Iterable[dict[str, Any]],
    *,
    chooser: random.Random,
    drivers: Mapping[str, float] = MappingProxyType({}),
) -> Iterator[dict[str, Any]]:
    """Give rows facts of every kind and an overall rating.

    Args:
        drivers: by criterion, how much more likely who is satisfied with it is to be
            satisfied on the whole.
    """
    for row in made:
        facts = {
            fact.code: chooser.choices(
                [*fact.codes, ""], [9, *(3,) * (len(fact.codes) - 1), 1]
            )[0]
            for fact in questionnaire.facts
            if fact.type == "single" and chooser.random() < 0.9
        }
        late = chooser.choice((-7, -2, 0, 0, 0, 1, 2, 4, 8, 15))
        facts |= {
            "F04": row["facts"]["F04"],
            "days_late": str(late),
            "late": "yes" if late > 0 else "no",
            "used_postal": chooser.choice(("yes", "no")),
            "online_payment_trouble": chooser.choice(("yes", "no")),
        }
        chance = 0.15 + sum(
            more
            for code, more in drivers.items()
            if row["answers"].get(code) in ("4", "5")
        )
        whole = "4" if chooser.random() < chance else "2"
        wishes = chooser.sample(("forms", "guidance", "processing_time"), 2)
        yield {**row, "facts": facts, "generals": {"G1": whole, "G2": wishes}}


def in_arms(
    questionnaire: Questionnaire,
    made: Iterable[dict[str, Any]],
    *,
    chooser: random.Random,
    folded: float = 0.5,
    lower: Mapping[str, int] = MappingProxyType({}),
    blind: Mapping[str, float] = MappingProxyType({}),
) -> Iterator[dict[str, Any]]:
    """Put rows into arms by lot, with times and prompts.

    Args:
        folded: the share for whom the guidance is folded.
        lower: by criterion, how many levels lower who sees the guidance rates.
        blind: by criterion, the share of the folded who then cannot judge.
    """
    lowest = min(questionnaire.scale.codes)
    for row in made:
        arm = "folded" if chooser.random() < folded else "guided"
        answers = dict(row["answers"])
        for code, value in answers.items():
            if not value.isdigit():
                continue
            if arm == "guided" and code in lower:
                answers[code] = str(max(lowest, int(value) - lower[code]))
            elif arm == "folded" and chooser.random() < blind.get(code, 0):
                answers[code] = "cannot_judge"
        pages = tallies.pages_of(questionnaire)
        usual = 60 if arm == "guided" else 40
        seconds = {page: max(1, int(chooser.gauss(usual, 15))) for page in pages}
        yield {
            **row,
            "arm": arm,
            "answers": answers,
            "status": completeness(answers),
            "seconds": {} if row["origin"] == "paper" else seconds,
            "prompts": {}
            if row["origin"] == "paper"
            else _prompts(questionnaire, answers, chooser),
        }


def _prompts(
    questionnaire: Questionnaire, answers: dict[str, str], chooser: random.Random
) -> dict[str, dict[str, Any]]:
    """Some ratings that a prompt compared with a fact, high ones lowered at times."""
    made: dict[str, dict[str, Any]] = {}
    for prompt in questionnaire.prompts:
        to = answers.get(prompt.criterion, "")
        if not to.isdigit() or chooser.random() < 0.5:
            continue
        if to not in ("3", "4") or chooser.random() < 0.5:
            made[prompt.code] = {"outcome": "agrees"}
            continue
        is_changed = chooser.random() < 0.4
        made[prompt.code] = {
            "outcome": "changed" if is_changed else "kept",
            "direction": "high",
            "from": "5" if is_changed else to,
            "to": to,
            "still": not is_changed,
        }
    return made
