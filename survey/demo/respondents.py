"""What one invented business would answer: facts first, ratings that go with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from survey.demo import habits
from survey.questionnaire import (
    Current,
    ProcedureFacts,
    Questionnaire,
    Routed,
    completeness,
    current,
    settle,
    shown,
)
from survey.questionnaire.routing import conditions_of
from survey.workdays import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A procedure as it is handled in the sample: how well, how late, how online."""

    code: str
    days: int
    quality: float
    """Added to every latent rating: of the procedure and its division together."""
    lateness: float
    """Probability that a result comes after its date."""
    online: float
    """Probability that a dossier is filed online."""
    has_fee: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month of the wave and the working days a dossier of it may count on."""

    name: str
    trend: float
    days: Sequence[date]
    """Working days, from well before the wave to some weeks after this month."""
    first: int
    last: int
    """Between these indices of `days` the answers of this month come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Everything one respondent leaves behind."""

    status: str
    language: str
    answers: Mapping[str, str]
    values: Mapping[str, str]
    generals: Mapping[str, Any]
    comment: str | None


def _draw(random: Random, shares: Sequence[tuple[str, float]]) -> str:
    at = random.random()
    for value, share in shares:
        at -= share
        if at < 0:
            return value
    return shares[-1][0]


def dossier_facts(
    random: Random, case: Case, month: Month
) -> tuple[dict[str, str], date]:
    """What a file system knows of a dossier, and the day on which it is asked about."""
    facts = {"F01": case.code}
    is_online = random.random() < case.online
    facts["F04"] = _draw(
        random, habits.FILED_ONLINE if is_online else habits.FILED_ELSE
    )
    facts["F05"] = _draw(
        random, habits.FETCHED_ONLINE if is_online else habits.FETCHED_ELSE
    )
    facts["F09"] = outcome = _draw(random, habits.OUTCOMES)
    facts["F10"] = rounds = _draw(random, habits.SUPPLEMENTS)

    late = 0
    if random.random() < case.lateness:
        late = 1 + min(int(random.expovariate(0.35)), 25)
    elif random.random() < 0.35:
        late = -random.randint(1, max(1, case.days // 3))
    answered = random.randint(month.first, month.last)
    if outcome == "in_progress":
        late = max(late, -3)
        due = answered - late
        facts["F05"] = "not_received"
        facts["F08"] = "not_yet"
    else:
        ready = answered - random.randint(0, 6)
        due = ready - late
        facts["F08"] = month.days[ready].isoformat()
    first_due = due
    if rounds != "none":
        if random.random() < 0.5:
            first_due = due - random.randint(2, 6)
            facts["F10b"] = month.days[due].isoformat()
        else:
            facts["F10b"] = "unchanged"
    promised = case.days + (random.randint(1, 4) if random.random() < 0.08 else 0)
    facts["F06"] = month.days[first_due - promised].isoformat()
    facts["F07"] = month.days[first_due].isoformat()
    return facts, month.days[answered]


def _own_facts(random: Random, case: Case, facts: dict[str, str]) -> None:
    """What only the business knows; follow-ups that do not apply fall away later."""
    for code, shares in habits.SIMPLE_FACTS:
        facts[code] = _draw(random, shares)
    in_person = facts["F04"] == "in_person" or facts["F05"] == "in_person"
    facts["F12"] = _draw(
        random, habits.VISITS_IN_PERSON if in_person else habits.VISITS_ELSE
    )
    if not case.has_fee:
        facts["F13"] = "no"
    # A fact in a hundred is not remembered, a fact in a hundred left blank.
    for code in [*facts]:
        lapse = random.random()
        if lapse < 0.008 and code not in habits.NEVER_UNSURE:
            facts[code] = "not_sure"
        elif lapse > 0.992 and code != "F01":
            del facts[code]


class Crowd:
    """Invents forms of one questionnaire, the same from the same random source."""

    def __init__(self, questionnaire: Questionnaire, calendar: Calendar) -> None:
        self.questionnaire = questionnaire
        self.calendar = calendar
        facts = {fact.code for fact in questionnaire.facts}
        self._asks = [
            (fact.code, fact.ask, fact.ask.names <= facts)
            for fact in questionnaire.facts
        ]
        self._routes: dict[tuple[str | None, ...], dict[str, Routed]] = {}
        # Routing rests on these values alone, so equal ones need not be routed twice.
        self._routed_by = sorted(
            {
                name
                for criterion in questionnaire.criteria
                for _, condition in conditions_of(criterion)
                for name in condition.names
            }
        )

    def form(self, random: Random, case: Case, month: Month) -> Form:
        """One form, with everything in it that belongs together."""
        given, answered_on = dossier_facts(random, case, month)
        _own_facts(random, case, given)
        given = self._asked(given)
        now = current(
            self.questionnaire,
            given,
            # The sample's days are not verified, so no promise is compared with them.
            procedure=ProcedureFacts(published_days=None, is_immediate=False),
            calendar=self.calendar,
            answer_date=answered_on,
        )
        values = now.values
        routed = self._route(values)
        chosen = self._ratings(random, case, month, values, routed)
        settled = settle(self.questionnaire, routed, chosen)
        return Form(
            status=completeness(settled),
            language="en" if random.random() < 0.05 else "vi",
            answers=settled,
            values=_without_dates(now),
            generals=_generals(random, settled),
            comment=_comment(random, settled),
        )

    def _asked(self, given: Mapping[str, str]) -> dict[str, str]:
        """Only the facts this questionnaire asks, as far as facts alone decide it.

        `current` drops the rest; it works everything out anew for each one it drops.
        """
        kept: dict[str, str] = {}
        for code, ask, is_plain in self._asks:
            if code in given and (not is_plain or ask.evaluate(kept)):
                kept[code] = given[code]
        return kept

    def _route(self, values: Mapping[str, str]) -> dict[str, Routed]:
        key = tuple(values.get(name) for name in self._routed_by)
        found = self._routes.get(key)
        if found is None:
            found = shown(self.questionnaire, values)
            if len(self._routes) < 50_000:
                self._routes[key] = found
        return found

    def _ratings(
        self,
        random: Random,
        case: Case,
        month: Month,
        values: Mapping[str, str],
        routed: Mapping[str, Routed],
    ) -> dict[str, str]:
        levels = self.questionnaire.scale.codes
        lowest, highest = levels[0], levels[-1]
        asked = [code for code, route in routed.items() if route.is_shown]
        if random.random() < habits.CARELESS:
            return _careless(random, asked, lowest, highest)
        effects = _effects(values)
        # Somebody is easily pleased, somebody else is not.
        mood = 4.18 + case.quality + month.trend + random.gauss(0, 0.5)
        chosen = {}
        for code in asked:
            word = self._without_level(random, routed[code])
            if word is None:
                latent = random.gauss(
                    mood + habits.OFFSETS.get(code, 0.0) + effects.get(code, 0.0), 0.55
                )
                word = str(min(highest, max(lowest, round(latent))))
            chosen[code] = word
        return _cut_short(random, chosen)

    def _without_level(self, random: Random, route: Routed) -> str | None:
        if (
            route.offers_not_applicable
            and random.random() < habits.NOT_APPLICABLE_TAKEN
        ):
            return "not_applicable"
        at = random.random()
        for word, share in habits.WORDS_FOR_LEVEL_LOST:
            if at < share:
                return word
        return None


def _careless(
    random: Random, asked: Sequence[str], lowest: int, highest: int
) -> dict[str, str]:
    if random.random() < 0.6:
        level = _draw(random, (("5", 0.6), ("4", 0.2), ("3", 0.15), ("1", 0.05)))
        return dict.fromkeys(asked, level)
    return {code: str(random.randint(lowest, highest)) for code in asked}


def _cut_short(random: Random, chosen: dict[str, str]) -> dict[str, str]:
    at = random.random()
    if at < habits.BREAKS_OFF:
        kept = random.randint(1, max(1, len(chosen) // 3))
    elif at < habits.BREAKS_OFF + habits.TIRES:
        kept = random.randint(len(chosen) // 2 + 1, max(2, len(chosen) - 2))
    else:
        return chosen
    return {code: chosen[code] for code in [*chosen][:kept]}


def _effects(values: Mapping[str, str]) -> dict[str, float]:
    """How the facts of the dossier move the ratings, by criterion."""
    effects: dict[str, float] = {}
    for (fact, value), moved in habits.EFFECTS.items():
        if values.get(fact) == value:
            for code, by in moved.items():
                effects[code] = effects.get(code, 0.0) + by
    days = int(values.get("days_late", "0"))
    if days > 0:
        effects["D1"] = effects.get("D1", 0.0) - 1.2 - 0.15 * min(days, 10)
        effects["B6"] = effects.get("B6", 0.0) - 0.6
    return effects


def _without_dates(now: Current) -> dict[str, str]:
    # As `respond` stores them: a date would point to one dossier.
    dated = {
        code: "given"
        for code in ("F06", "F07", "F08", "F10b")
        if now.facts.get(code, "")[:2] == "20"
    }
    return {**now.values, **dated}


def _generals(random: Random, settled: Mapping[str, str]) -> dict[str, Any]:
    levels = [int(value) for value in settled.values() if value.isdecimal()]
    if not levels:
        return {}
    mean = sum(levels) / len(levels)
    whole = min(5, max(1, round(random.gauss(mean, 0.4))))
    worst = sorted(
        (int(value), code) for code, value in settled.items() if value.isdecimal()
    )
    wishes = dict.fromkeys(
        habits.WISHES[code]
        for level, code in worst[:4]
        if level <= 3 and code in habits.WISHES
    )
    return {
        "G1": str(whole),
        "G2": list(wishes)[: random.randint(1, 3)] or ["nothing"],
        "G4": "no",
    }


def _comment(random: Random, settled: Mapping[str, str]) -> str | None:
    if random.random() > 0.06:
        return None
    low = [code for code, value in settled.items() if value in ("1", "2")]
    if not low:
        return random.choice(habits.PRAISE)
    return habits.COMPLAINTS.get(random.choice(low), habits.COMPLAINTS["D1"])
