"""A form that a kiosk sends, perhaps hours after it was filled in: read with distrust,
settled as every form is, counted exactly once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from survey import clock, funnel, web
from survey.db import AnyConnection
from survey.indices.entries import MOST_SECONDS
from survey.questionnaire import derived, prompts, summary
from survey.questionnaire.schema import (
    CANNOT_JUDGE,
    NOT_APPLICABLE,
    PAGE_CHECK,
    PAGE_GENERAL,
    PAGE_INTRODUCTION,
    Questionnaire,
)
from survey.respond import checks, drafts, forms, steps
from survey.respond.visits import DraftState, Visit

KEPT_DAYS: Final = 7
"""So long may a form wait on a device; one that claims more is counted as this old, so
that no month long reported on can still be changed."""
MOST_ABANDONED: Final = 200
MOST_DAYS: Final = 31
NOT_AT_A_KIOSK: Final = frozenset({"G4"})
"""The wish to be called back: a telephone number has no place on a screen that many
use, nor in what waits there for the network."""
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{22,64}")
_ARMS: Final = ("guided", "folded")


class Unreadable(ValueError):
    """What arrived is not a form of a kiosk."""


class Refused(ValueError):
    """A form with answers that its questions do not offer; says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a kiosk sent, its shape checked and nothing else."""

    key: str
    version: str
    is_rehearsal: bool
    is_assisted: bool
    answered_at: datetime
    language: str
    arm: str
    typed: MultiDict[str, str]
    seconds: Mapping[str, int]
    prompts: Mapping[str, Mapping[str, str]]


def parsed(body: bytes) -> Mapping[str, Any]:
    """The object that a body holds.

    Raises:
        Unreadable: it is no JSON object.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(found, dict):
        raise Unreadable
    return found


def read(found: Mapping[str, Any]) -> Sent:
    """A form as a kiosk sends it; whatever it holds beside its fields is passed over.

    Raises:
        Unreadable: its key, its version or its moment is missing or no such thing.
    """
    key, version = found.get("key"), found.get("version")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Unreadable
    language, arm = found.get("language"), found.get("arm")
    return Sent(
        key=key,
        version=version if isinstance(version, str) else "",
        is_rehearsal=found.get("rehearsal") is True,
        is_assisted=found.get("assisted") is True,
        answered_at=_moment(found.get("answered_at")),
        language=str(language) if language in web.LANGUAGES else "vi",
        arm=str(arm) if arm in _ARMS else "guided",
        typed=_typed(found.get("answers")),
        seconds=_seconds(found.get("seconds")),
        prompts=_prompts(found.get("prompts")),
    )


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable from error


def _typed(value: object) -> MultiDict[str, str]:
    typed: MultiDict[str, str] = MultiDict()
    for name, given in _table(value).items():
        for one in given if isinstance(given, list) else [given]:
            if isinstance(one, str):
                # Half a character, which no browser sends, could not be stored.
                typed.add(name, one.encode("utf-8", "replace").decode())
    return typed


def _seconds(value: object) -> dict[str, int]:
    return {
        page: min(max(spent, 0), MOST_SECONDS)
        for page, spent in _table(value).items()
        if type(spent) is int
    }


def _prompts(value: object) -> dict[str, Mapping[str, str]]:
    return {
        code: {name: str(said) for name, said in note.items()}
        for code, note in _table(value).items()
        if isinstance(note, dict)
    }


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def moment_of(sent: Sent, now: datetime) -> datetime:
    """When a form was filled in, within what can be believed of a tablet's clock."""
    return min(max(sent.answered_at, now - timedelta(days=KEPT_DAYS)), now)


def state_of(
    connection: AnyConnection, visit: Visit, sent: Sent, moment: datetime
) -> DraftState:
    """The form as the server would have kept it, every answer among those offered.

    A rating of a question that the facts rule out, a procedure that has left the
    catalogue and a date that cannot be are dropped, as they are when facts change on
    the way through the form; an answer that nobody was ever offered is refused.

    Raises:
        Refused: some answer is none that its question offers.
    """
    q = visit.questionnaire
    supplied = {"F01": visit.procedure_code} if visit.procedure_code else {}
    empty = DraftState(
        id=0,
        key=sent.key,
        language=sent.language,
        facts={},
        supplied=supplied,
        answers={},
        next_page=PAGE_CHECK,
        answered_on=clock.local(moment).date(),
        arm=_arm(visit, sent.arm),
        checks={},
        touched_at=moment,
    )
    typed = _facts(connection, visit, sent, clock.local(moment).date())
    facts, _ = drafts.facts_after(connection, visit, empty, typed, now=moment)
    pages = set(q.pages) - {PAGE_INTRODUCTION, PAGE_CHECK}
    noted = {
        "seconds": {name: each for name, each in sent.seconds.items() if name in pages},
        "prompts": _logged(q, sent.prompts),
    }
    answers = drafts.merged(empty, {**_ratings(q, sent), **_generals(q, sent)})
    return empty._replace(facts=facts, answers=answers, checks=noted)


def _arm(visit: Visit, said: str) -> str:
    """The device draws the arm; not one that this wave does not have."""
    if visit.folded_percent in (0, 100):
        return _ARMS[visit.folded_percent == 100]
    return said


def _facts(
    connection: AnyConnection, visit: Visit, sent: Sent, today: date
) -> dict[str, str]:
    q = visit.questionnaire
    codes = {code for code, _ in procedures_of(connection, visit)}
    typed = sent.typed.copy()
    for fact in q.facts:
        chosen = typed.get(fact.code)
        if fact.type == "procedure" and chosen not in {*codes, *fact.codes}:
            typed.poplist(fact.code)
    form = forms.facts_form(q.facts, typed, codes)
    _refuse(steps.errors_of(form))
    facts = {code: value for code, value in steps.typed_of(form).items() if value}
    for code in summary.impossible(facts, today):
        del facts[code]
    return facts


def procedures_of(connection: AnyConnection, visit: Visit) -> list[tuple[str, str]]:
    """Codes and names of the procedures that a kiosk offers."""
    found = dict(drafts.procedures_of(connection, visit.unit_id))
    if visit.procedure_code:
        found.setdefault(visit.procedure_code, visit.procedure_name or "")
    return sorted(found.items())


def _ratings(q: Questionnaire, sent: Sent) -> dict[str, str]:
    offered = {*q.scale.values, CANNOT_JUDGE, NOT_APPLICABLE}
    typed = {one.code: set(sent.typed.getlist(one.code)) - {""} for one in q.criteria}
    _refuse(code for code, given in typed.items() if len(given) > 1 or given - offered)
    return {code: given.pop() for code, given in typed.items() if given}


def _generals(q: Questionnaire, sent: Sent) -> dict[str, Any]:
    form = forms.generals_form(q, sent.typed)
    _refuse(set(steps.errors_of(form)) - NOT_AT_A_KIOSK)
    typed = steps.typed_of(form)
    return {code: typed[code] for code in typed if code not in NOT_AT_A_KIOSK}


def _refuse(codes: Any) -> None:
    found = sorted(codes)
    if found:
        raise Refused(", ".join(found))


def _logged(
    q: Questionnaire, said: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """Which prompts the device says it showed, as far as there are such prompts."""
    logged = {}
    for one in q.prompts:
        note = said.get(one.code, {})
        level, outcome = note.get("from", ""), note.get("outcome", "")
        if outcome not in (checks.SHOWN, prompts.PAGE_LIMIT):
            continue
        for direction, condition in (("high", one.high), ("low", one.low)):
            levels = prompts.levels_of(condition, one.criterion)
            if level in map(str, levels):
                logged[one.code] = {
                    "direction": direction,
                    "from": level,
                    "outcome": outcome,
                }
    return logged


def count(
    connection: AnyConnection,
    visit: Visit,
    sent: Sent,
    *,
    receipt: str,
    moment: datetime,
) -> None:
    """Store a form as one response, counted on the day on which it was filled in.

    Raises:
        Refused: it holds answers that nobody was offered, or none at all.
    """
    day = clock.local(moment).date()
    draft = state_of(connection, visit, sent, moment)
    origin = "assisted" if sent.is_assisted else visit.kind
    try:
        drafts.count(connection, visit, draft, receipt=receipt, origin=origin, day=day)
    except drafts.NothingAnswered as error:
        raise Refused(PAGE_GENERAL) from error
    cell = drafts.steps_of(visit, day)
    funnel.add(connection, cell, opened=1, started=1, finished=1)


def abandon(
    connection: AnyConnection, visit: Visit, found: object, *, now: datetime
) -> None:
    """Count the forms that were begun at a kiosk and left, by day; nothing of them is
    kept.

    Raises:
        Unreadable: these are no days with numbers.
    """
    today = clock.local(now).date()
    if len(_table(found)) > MOST_DAYS:
        raise Unreadable
    for text, number in sorted(_table(found).items()):
        day = derived.day(text)
        if day is None or type(number) is not int or not 0 < number <= MOST_ABANDONED:
            raise Unreadable
        first = max(visit.opens_on, today - timedelta(days=KEPT_DAYS))
        cell = drafts.steps_of(visit, min(max(day, first), today))
        funnel.add(connection, cell, opened=number, started=number)
