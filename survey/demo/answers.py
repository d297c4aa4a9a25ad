"""Invented responses in any number: counted as real ones are, stored in bulk."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, codes, tallies
from survey.demo.respondents import Case, Crowd, Form, Month, dossier_facts
from survey.models import Dossier, Link, Procedure, Response, Unit, Wave
from survey.responses import CHANNEL_OF
from survey.workdays import Calendar

CHUNK = 10_000
BEFORE = 150
"""Days before the wave on which a dossier of it may have been received."""
AFTER = 60
"""Days after the last answer on which a result may be due."""
ORIGINS = (("dossier", 0.55), ("counter", 0.3), ("kiosk", 0.05), ("paper", 0.1))
ANSWERED = 0.6
"""Share of the dossier links handed out that were answered."""
DOSSIERS = 40

# Upon tables: the unit of work would look at every row once more.
_INSERT_RESPONSES = sa.insert(Response.__table__)  # type: ignore[arg-type]
_INSERT_LINKS = sa.insert(Link.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A procedure of the sample with its keys in the database."""

    case: Case
    procedure_id: int
    unit_id: int


def respond(
    session: Session, wave: Wave, *, responses: int, seed: int, today: date
) -> Iterator[int]:
    """Add responses to a sample wave; yields after each chunk, for a commit.

    Response number n of a seed is the same in every run, however many are made at
    once: a second run goes on counting where the first stopped.

    Yields:
        How many were added so far.
    """
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    calendar = catalogue.calendar(session)
    crowd = Crowd(questionnaire, calendar)
    places = _places(session, wave)
    weights = [1 / (rank + 3) for rank in range(len(places))]
    months = _months(wave, today, calendar)
    start = _made_before(session, wave)
    done = 0
    while done < responses:
        size = min(CHUNK, responses - done)
        rows: list[dict[str, Any]] = []
        links: list[dict[str, Any]] = []
        cells: dict[tallies.Cell, int] = defaultdict(int)
        for number in range(start + done, start + done + size):
            random = _random(seed, number)
            place = random.choices(places, weights)[0]
            month = random.choice(months)
            form = crowd.form(random, place.case, month)
            row = _row(random, wave, place, month, form)
            rows.append(row)
            cells[tallies.cell_of(row)] += tallies.counts_of(
                questionnaire, form.status, form.answers
            )
            if row["origin"] == "dossier":
                links += _links(random, wave, place, month)
        # In the order of the key, in which the table is kept.
        rows.sort(key=lambda row: row["id"])
        session.execute(_INSERT_RESPONSES, rows)
        if links:
            session.execute(_INSERT_LINKS, links)
        for cell in sorted(cells):
            tallies.add(session, cell, cells[cell])
        done += size
        yield done


def dossiers(session: Session, wave: Wave, *, seed: int, today: date) -> list[str]:
    """Add some imported dossiers with a link each; the tokens, shown only now."""
    calendar = catalogue.calendar(session)
    month = _months(wave, today, calendar)[-1]
    places = _places(session, wave)
    tokens = []
    for number in range(1, DOSSIERS + 1):
        code = f"MAU-{number:04d}"
        if session.scalar(
            sa.select(Dossier.id).where(
                Dossier.wave_id == wave.id, Dossier.code == code
            )
        ):
            continue
        random = _random(seed, f"dossier {number}")
        place = random.choice(places)
        facts, _ = dossier_facts(random, place.case, month)
        dossier = Dossier(
            wave_id=wave.id,
            code=code,
            procedure_id=place.procedure_id,
            channel=CHANNEL_OF[facts["F04"]],
            outcome=facts["F09"],
            facts=facts,
            is_sample=True,
        )
        session.add(dossier)
        session.flush()
        token = codes.new_token()
        session.add(
            Link(
                wave_id=wave.id,
                kind="dossier",
                token_hash=codes.hashed(token),
                unit_id=place.unit_id,
                procedure_id=place.procedure_id,
                dossier_id=dossier.id,
                made_on=today,
                is_sample=True,
            )
        )
        tokens.append(token)
    session.flush()
    return tokens


def _random(seed: int, number: int | str) -> Random:
    return Random(f"{seed}:{number}")  # noqa: S311  # nosec B311 - invented answers


def _made_before(session: Session, wave: Wave) -> int:
    return (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(Response)
            .where(Response.wave_id == wave.id)
        )
        or 0
    )


def _places(session: Session, wave: Wave) -> Sequence[Place]:
    """The procedures of the wave's unit, each with its character.

    The character comes from the code, not from the seed: a weak division is weak in
    every sample.
    """
    rows = session.execute(
        sa.select(Procedure, Unit.code)
        .join(Unit, Procedure.unit_id == Unit.id)
        .where(Procedure.unit_id.in_(catalogue.subtree(session, [wave.unit_id])))
        .order_by(Procedure.code)
    ).all()
    return [_place(procedure, unit_code) for procedure, unit_code in rows]


def _place(procedure: Procedure, unit_code: str) -> Place:
    division = _random(0, f"unit {unit_code}")
    own = _random(0, f"procedure {procedure.code}")
    return Place(
        procedure_id=procedure.id,
        unit_id=procedure.unit_id,
        case=Case(
            code=procedure.code,
            days=procedure.working_days or 10,
            quality=division.gauss(0, 0.2) + own.gauss(0, 0.12),
            lateness=min(
                0.4, max(0.02, division.gauss(0.1, 0.05) + own.gauss(0, 0.04))
            ),
            online={"full": 0.75, "partial": 0.45}.get(procedure.online_level, 0.1),
            has_fee=own.random() < 0.75,
        ),
    )


def _months(wave: Wave, today: date, calendar: Calendar) -> list[Month]:
    """The months of the wave that have begun, each with its working days."""
    last = min(wave.closes_on, max(today, wave.opens_on))
    span = (last - wave.opens_on).days + BEFORE + AFTER
    first = wave.opens_on - timedelta(days=BEFORE)
    days = [
        day
        for day in (first + timedelta(days=past) for past in range(span))
        if calendar.is_working(day)
    ]
    found = [i for i, day in enumerate(days) if wave.opens_on <= day <= last]
    by_month: dict[str, list[int]] = defaultdict(list)
    for i in found:
        by_month[f"{days[i]:%Y-%m}"].append(i)
    return [
        Month(name=name, trend=0.03 * rank, days=days, first=inside[0], last=inside[-1])
        for rank, (name, inside) in enumerate(by_month.items())
    ]


def _row(
    random: Random, wave: Wave, place: Place, month: Month, form: Form
) -> dict[str, Any]:
    identity = f"{random.getrandbits(64):016x}"
    at = random.random()
    origin = "paper"
    for name, share in ORIGINS:
        at -= share
        if at < 0:
            origin = name
            break
    return {
        "id": identity,
        "receipt_hash": hashlib.sha256(f"demo:{identity}".encode()).hexdigest(),
        "wave_id": wave.id,
        "questionnaire_id": wave.questionnaire_id,
        "unit_id": place.unit_id,
        "procedure_id": place.procedure_id,
        "channel": CHANNEL_OF.get(form.values.get("F04", ""), "unknown"),
        "origin": origin,
        "month": month.name,
        "language": form.language,
        "status": form.status,
        "flags": "",
        "arm": "guided",
        "pattern": None,
        "prompts": {},
        "seconds": {},
        "answers": form.answers,
        "facts": {**form.values, "corrected": []},
        "generals": form.generals,
        "comment": form.comment,
        "is_sample": True,
    }


def _links(
    random: Random, wave: Wave, place: Place, month: Month
) -> Iterator[dict[str, Any]]:
    """The spent link of one dossier and, now and then, one nobody answered.

    Nobody ever knew their tokens; they make the response rate of the sample.
    """
    made = month.days[month.first]
    states = ["spent"]
    if random.random() < 1 / ANSWERED - 1:
        states.append("active")
    for state in states:
        yield {
            "wave_id": wave.id,
            "kind": "dossier",
            "token_hash": f"{random.getrandbits(256):064x}",
            "unit_id": place.unit_id,
            "procedure_id": place.procedure_id,
            "state": state,
            "made_on": made,
            "spent_on": month.days[month.last] if state == "spent" else None,
            "is_sample": True,
        }
