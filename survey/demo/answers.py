"""Invented responses in any number: counted as real ones are, stored in bulk."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, codes, funnel, keyholes, tallies
from survey.demo.habits import draw
from survey.demo.respondents import Case, Crowd, Month, dossier_facts
from survey.models import Dossier, Link, Procedure, Response, Unit, Wave
from survey.questionnaire import Questionnaire
from survey.questionnaire.reading_time import FOLDED, GUIDED
from survey.responses import CHANNEL_OF, Form, Place, row_of, rules_of
from survey.workdays import Calendar

CHUNK = 10_000
BEFORE = 150
"""Days before the wave on which a dossier of it may have been received."""
AFTER = 60
"""Days after the last answer on which a result may be due."""
ORIGINS = (
    ("dossier", 0.55),
    ("counter", 0.3),
    ("kiosk", 0.04),
    ("assisted", 0.01),
    ("paper", 0.1),
)
ANSWERED = 0.6
"""Share of the dossier links handed out that were answered."""
DOSSIERS = 40
ASKED_AT_ONCE = 2_000
"""Patterns looked up in one statement."""

# Upon tables: the unit of work would look at every row once more.
_INSERT_RESPONSES = sa.insert(Response.__table__)  # type: ignore[arg-type]
_INSERT_LINKS = sa.insert(Link.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
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
    desks = _desks(session, wave)
    weights = [*accumulate(1 / (rank + 3) for rank in range(len(desks)))]
    months = _months(wave, today, calendar)
    start = _made_before(session, wave)
    done = 0
    while done < responses:
        size = min(CHUNK, responses - done)
        made: list[tuple[Place, Form]] = []
        links: list[dict[str, Any]] = []
        for number in range(start + done, start + done + size):
            random = _random(seed, number)
            desk = random.choices(desks, cum_weights=weights)[0]
            month = random.choice(months)
            place, form = _response(random, crowd, wave, desk, month)
            made.append((place, form))
            if place.origin == "dossier":
                links += _links(random, wave, desk, month)
        rows = _rows(session, wave, questionnaire, made)
        cells: dict[tallies.Cell, int] = defaultdict(int)
        for row in rows:
            cells[tallies.cell_of(row)] += _counts(questionnaire, row)
        session.execute(_INSERT_RESPONSES, rows)
        if links:
            _give_out(session, wave, links)
        for cell in sorted(cells):
            tallies.add(session, cell, cells[cell])
        done += size
        yield done


def dossiers(session: Session, wave: Wave, *, seed: int, today: date) -> list[str]:
    """Add some imported dossiers with a link each; the tokens, shown only now."""
    calendar = catalogue.calendar(session)
    month = _months(wave, today, calendar)[-1]
    desks = _desks(session, wave)
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
        desk = random.choice(desks)
        facts, _ = dossier_facts(random, desk.case, month)
        dossier = Dossier(
            wave_id=wave.id,
            code=code,
            procedure_id=desk.procedure_id,
            channel=CHANNEL_OF[facts["F04"]],
            outcome=facts["F09"],
            facts=facts,
            is_sample=True,
        )
        session.add(dossier)
        session.flush()
        token = codes.new_token()
        link = Link(
            wave_id=wave.id,
            kind="dossier",
            token_hash=codes.hashed(token),
            unit_id=desk.unit_id,
            procedure_id=desk.procedure_id,
            dossier_id=dossier.id,
            made_on=today,
            is_sample=True,
        )
        session.add(link)
        session.flush()
        keyholes.cut(session, [link.id])
        of_link = (wave.id, None, desk.unit_id, desk.procedure_id)
        cell = funnel.Cell.of(*of_link, today).of_all_dossiers()
        funnel.add(session, cell, made=1)
        tallies.invite(session, wave.id, desk.unit_id, desk.procedure_id, links=1)
        tokens.append(token)
    session.flush()
    return tokens


def _give_out(session: Session, wave: Wave, links: list[dict[str, Any]]) -> None:
    """Store links, count them, and leave a keyhole to those nobody answered."""
    rows = [{**link} for link in links]
    finished_on = [row.pop("finished_on") for row in rows]
    session.execute(_INSERT_LINKS, rows)
    waiting = [
        row["token_hash"]
        for row, day in zip(rows, finished_on, strict=True)
        if day is None
    ]
    if waiting:
        ids = session.scalars(sa.select(Link.id).where(Link.token_hash.in_(waiting)))
        keyholes.cut(session, ids.all())
    steps: dict[funnel.Cell, Counter[str]] = defaultdict(Counter)
    for row, day in zip(rows, finished_on, strict=True):
        of_link = (wave.id, None, row["unit_id"], row["procedure_id"])
        made = funnel.Cell.of(*of_link, row["made_on"]).of_all_dossiers()
        steps[made]["made"] += 1
        if day is not None:
            answered = made._replace(day=day)
            steps[answered].update(("opened", "started", "finished"))
    for cell in sorted(steps):
        funnel.add(session, cell, **steps[cell])
    invited = Counter((link["unit_id"], link["procedure_id"]) for link in links)
    for (unit_id, procedure_id), count in sorted(invited.items()):
        tallies.invite(session, wave.id, unit_id, procedure_id, links=count)


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


def _desks(session: Session, wave: Wave) -> Sequence[Desk]:
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
    return [_desk(procedure, unit_code) for procedure, unit_code in rows]


def _desk(procedure: Procedure, unit_code: str) -> Desk:
    division = _random(0, f"unit {unit_code}")
    own = _random(0, f"procedure {procedure.code}")
    return Desk(
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


def _response(
    random: Random, crowd: Crowd, wave: Wave, desk: Desk, month: Month
) -> tuple[Place, Form]:
    """One response as the product would be sent it."""
    origin = draw(random, ORIGINS)
    is_folded = random.random() * 100 < wave.folded_percent
    # Guidance stands open on every sheet of paper.
    arm = FOLDED if is_folded and origin != "paper" else GUIDED
    made = crowd.form(random, desk.case, month, origin=origin, arm=arm)
    proof = f"demo:{random.getrandbits(128):032x}"
    place = Place(
        wave_id=wave.id,
        unit_id=desk.unit_id,
        procedure_id=desk.procedure_id,
        origin=origin,
        month=month.name,
        receipt_hash=hashlib.sha256(proof.encode()).hexdigest(),
        is_sample=True,
    )
    form = Form(
        settled=made.answers,
        facts={**made.values, "corrected": []},
        generals=made.generals,
        comment=made.comment,
        prompts=made.prompts,
        seconds=made.seconds,
        words=made.words,
        language=made.language,
        arm=arm,
    )
    return place, form


def _rows(
    session: Session,
    wave: Wave,
    questionnaire: Questionnaire,
    made: Sequence[tuple[Place, Form]],
) -> list[dict[str, Any]]:
    """The columns of these responses, each told how many before it are its equals."""
    rules = rules_of(wave.careless)
    rows = [
        row_of(questionnaire, place, form, rules=rules, equals=0)
        for place, form in made
    ]
    patterns = {row["pattern"] for row in rows if row["pattern"]}
    seen = _seen(session, wave, sorted(patterns))
    for number, (place, form) in enumerate(made):
        pattern = rows[number]["pattern"]
        if pattern is None:
            continue
        if seen[pattern]:
            equals = seen[pattern]
            rows[number] = row_of(
                questionnaire, place, form, rules=rules, equals=equals
            )
        seen[pattern] += 1
    for row in rows:
        # As reproducible as the rest; the hash of a random number is random enough.
        row["id"] = row["receipt_hash"][:16]
    # In the order of the key, in which the table is kept.
    rows.sort(key=lambda row: row["id"])
    return rows


def _seen(session: Session, wave: Wave, patterns: Sequence[str]) -> Counter[str]:
    """How often each pattern stands in the wave already."""
    seen: Counter[str] = Counter()
    for first in range(0, len(patterns), ASKED_AT_ONCE):
        asked = patterns[first : first + ASKED_AT_ONCE]
        found = session.execute(
            sa.select(Response.pattern, sa.func.count())
            .where(Response.wave_id == wave.id, Response.pattern.in_(asked))
            .group_by(Response.pattern)
        )
        seen.update({pattern: count for pattern, count in found if pattern})
    return seen


def _counts(questionnaire: Questionnaire, row: dict[str, Any]) -> int:
    return tallies.counts_of(
        questionnaire,
        row["status"],
        row["answers"],
        seconds=row["seconds"],
        prompts=row["prompts"],
        flags=row["flags"],
        facts=row["facts"],
        generals=row["generals"],
    )


def _links(
    random: Random, wave: Wave, desk: Desk, month: Month
) -> Iterator[dict[str, Any]]:
    """The spent link of one dossier and, now and then, one nobody answered.

    Nobody ever knew their tokens; they make the response rate of the sample.
    """
    made = month.days[month.first]
    finished: list[date | None] = [month.days[month.last]]
    if random.random() < 1 / ANSWERED - 1:
        finished.append(None)
    for day in finished:
        yield {
            "wave_id": wave.id,
            "kind": "dossier",
            "token_hash": f"{random.getrandbits(256):064x}",
            "unit_id": desk.unit_id,
            "procedure_id": desk.procedure_id,
            "state": "active",
            "made_on": made,
            "finished_on": day,
            "is_sample": True,
        }
