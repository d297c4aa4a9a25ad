"""What one invented business would answer: facts first, ratings that go with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from survey.demo import habits, paces
from survey.demo.habits import draw
from survey.demo.second_looks import Note, SecondLooks
from survey.indices import G1
from survey.questionnaire import (
    Current,
    ProcedureFacts,
    Questionnaire,
    Routed,
    current,
    settle,
    shown,
    words_shown,
)
from survey.questionnaire.reading_time import GUIDED
from survey.questionnaire.routing import conditions_of
from survey.questionnaire.schema import (
    BLANK,
    NOT_APPLICABLE,
    NOT_ASKED,
    PAGE_FACTS,
    PAGE_GENERAL,
)
from survey.workdays import Calendar

MOST_KEPT = 50_000
UNANSWERED = frozenset({BLANK, NOT_APPLICABLE, NOT_ASKED})


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
    """Everything one respondent leaves behind; on paper no seconds and no words."""

    language: str
    answers: Mapping[str, str]
    values: Mapping[str, str]
    generals: Mapping[str, Any]
    comment: str | None
    prompts: Mapping[str, Mapping[str, Any]]
    seconds: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who fills in a form, and how it came to be filled in."""

    kind: str
    origin: str
    arm: str

    @property
    def is_careful(self) -> bool:
        """Whether the questions are read and answered as meant."""
        return self.kind == habits.CAREFUL

    @property
    def is_on_paper(self) -> bool:
        """Where nothing is measured, and nothing asked again."""
        return self.origin == "paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The criteria as some facts route them; `shape` tells what of them is in sight."""

    routed: dict[str, Routed]
    shape: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    """What a form says before it is known how long it took."""

    language: str
    answers: Mapping[str, str]
    generals: Mapping[str, Any]
    comment: str | None
    logged: Mapping[str, Note]


def _shape(routed: Mapping[str, Routed]) -> int:
    shape = 0
    for one in routed.values():
        shape = shape << 2 | one.is_shown << 1 | one.offers_not_applicable
    return shape


def dossier_facts(
    random: Random, case: Case, month: Month
) -> tuple[dict[str, str], date]:
    """What a file system knows of a dossier, and the day on which it is asked about."""
    facts = {"F01": case.code}
    is_online = random.random() < case.online
    facts["F04"] = draw(random, habits.FILED_ONLINE if is_online else habits.FILED_ELSE)
    facts["F05"] = draw(
        random, habits.FETCHED_ONLINE if is_online else habits.FETCHED_ELSE
    )
    facts["F09"] = outcome = draw(random, habits.OUTCOMES)
    facts["F10"] = rounds = draw(random, habits.SUPPLEMENTS)

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
        facts[code] = draw(random, shares)
    in_person = facts["F04"] == "in_person" or facts["F05"] == "in_person"
    facts["F12"] = draw(
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
        self._routes: dict[tuple[str | None, ...], Route] = {}
        # Routing rests on these values alone, so equal ones need not be routed twice.
        self._routed_by = sorted(
            {
                name
                for criterion in questionnaire.criteria
                for _, condition in conditions_of(criterion)
                for name in condition.names
            }
        )
        self._words: dict[tuple[int, str, str], dict[str, int]] = {}
        self._words_of_facts: dict[tuple[str, str], int] = {}
        self._elements = {
            element.code: [one.code for one in element.criteria]
            for element in questionnaire.elements
        }
        self._looks = SecondLooks(questionnaire)
        self._supplied = frozenset(
            fact.code for fact in questionnaire.facts if fact.prefill
        )

    def form(
        self,
        random: Random,
        case: Case,
        month: Month,
        *,
        origin: str = "counter",
        arm: str = GUIDED,
    ) -> Form:
        """One form, with everything in it that belongs together."""
        who = Visitor(kind=_kind(random), origin=origin, arm=arm)
        # A machine sends what it has always sent.
        mind = _machine() if who.kind == habits.COPIED else random
        given, answered_on = dossier_facts(mind, case, month)
        supplied = self._supplied & given.keys() if origin == "dossier" else frozenset()
        _own_facts(mind, case, given)
        now = current(
            self.questionnaire,
            self._asked(given),
            # The sample's days are not verified, so no promise is compared with them.
            procedure=ProcedureFacts(published_days=None, is_immediate=False),
            calendar=self.calendar,
            answer_date=answered_on,
        )
        values = now.values
        route = self._route(values)
        chosen = self._ratings(mind, case, month, values, route.routed, who)
        logged: dict[str, Note] = {}
        if not who.is_on_paper:  # where nothing is asked again
            self._looks.ask(mind, values, chosen, logged, is_careful=who.is_careful)
        settled = settle(self.questionnaire, route.routed, chosen)
        levels = {code: int(one) for code, one in settled.items() if one.isdecimal()}
        seen = {**values, **self._looks.of_all(levels)}
        whole = _whole(mind, levels)
        if not who.is_on_paper:
            self._looks.ask_g1(mind, seen, whole, logged, is_careful=who.is_careful)
        left = _Left(
            language="en" if random.random() < 0.05 else "vi",
            answers=settled,
            generals=_generals(mind, levels, whole),
            comment=_comment(mind, settled),
            logged=logged,
        )
        words: Mapping[str, int] = {}
        seconds: Mapping[str, int] = {}
        if not who.is_on_paper:
            facts = [code for code in now.facts if code not in supplied]
            words = self._words_of(route, facts, left.language, arm)
            seconds = self._seconds(random, who, left, words, len(facts))
        return Form(
            language=left.language,
            answers=settled,
            values=_without_dates(now),
            generals=left.generals,
            comment=left.comment,
            prompts=self._looks.records(seen, {**settled, **whole}, logged),
            seconds=seconds,
            words=words,
        )

    def _seconds(
        self,
        random: Random,
        who: Visitor,
        left: _Left,
        words: Mapping[str, int],
        facts: int,
    ) -> dict[str, int]:
        """The seconds by page; facts left blank are not looked at."""
        extra = {
            page: random.uniform(*habits.PER_SECOND_LOOK)
            for page in self._looks.pages(left.logged)
        }
        if left.comment is not None:
            extra[PAGE_GENERAL] = random.uniform(*habits.PER_COMMENT)
        decisions = {PAGE_FACTS: facts, PAGE_GENERAL: len(left.generals)}
        for page, codes in self._elements.items():
            decisions[page] = sum(
                [left.answers[code] not in UNANSWERED for code in codes]
            )
        own = paces.pace(random, kind=who.kind, arm=who.arm)
        return paces.seconds(random, own, words, decisions, extra)

    def _words_of(
        self, route: Route, facts: Sequence[str], language: str, arm: str
    ) -> dict[str, int]:
        """The words in sight, by page; counted once for the same route and facts."""
        ratings = self._words.get((route.shape, language, arm))
        if ratings is None:
            ratings = self._count(route, (), language, arm)
            if len(self._words) < MOST_KEPT:
                self._words[route.shape, language, arm] = ratings
        asked = 0
        for code in facts:
            words = self._words_of_facts.get((code, language))
            if words is None:
                words = self._count(route, (code,), language, arm)[PAGE_FACTS]
                self._words_of_facts[code, language] = words
            asked += words
        return {**ratings, PAGE_FACTS: asked}

    def _count(
        self, route: Route, facts: Sequence[str], language: str, arm: str
    ) -> dict[str, int]:
        return words_shown(
            self.questionnaire, route.routed, language=language, arm=arm, facts=facts
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

    def _route(self, values: Mapping[str, str]) -> Route:
        key = tuple(values.get(name) for name in self._routed_by)
        found = self._routes.get(key)
        if found is None:
            routed = shown(self.questionnaire, values)
            found = Route(routed=routed, shape=_shape(routed))
            if len(self._routes) < MOST_KEPT:
                self._routes[key] = found
        return found

    def _ratings(
        self,
        random: Random,
        case: Case,
        month: Month,
        values: Mapping[str, str],
        routed: Mapping[str, Routed],
        who: Visitor,
    ) -> dict[str, str]:
        levels = self.questionnaire.scale.codes
        lowest, highest = levels[0], levels[-1]
        asked = [code for code, route in routed.items() if route.is_shown]
        if who.kind == habits.STRAIGHT_LINE:
            return dict.fromkeys(asked, draw(random, habits.LEVEL_THROUGHOUT))
        if who.kind == habits.RANDOM:
            return {code: str(random.randint(lowest, highest)) for code in asked}
        if who.kind == habits.COPIED:
            same = {code: random.choice(habits.LEVELS_COPIED) for code in routed}
            return {code: same[code] for code in asked}
        effects = _effects(values)
        # Somebody is easily pleased, somebody else is not.
        mood = 4.18 + case.quality + month.trend + random.gauss(0, 0.5)
        scatter, lost = habits.SCATTER[who.arm], habits.WORDS_FOR_LEVEL_LOST[who.arm]
        chosen = {}
        for code in asked:
            word = _without_level(random, routed[code], lost)
            if word is None:
                latent = random.gauss(
                    mood + habits.OFFSETS.get(code, 0.0) + effects.get(code, 0.0),
                    scatter,
                )
                word = str(min(highest, max(lowest, round(latent))))
            chosen[code] = word
        return _cut_short(random, chosen)


def _kind(random: Random) -> str:
    if random.random() < habits.CARELESS:
        return draw(random, habits.CARELESS_KINDS)
    return habits.CAREFUL


def _machine() -> Random:
    return Random(habits.COPIED)  # noqa: S311  # nosec B311 - invented answers


def _without_level(
    random: Random, route: Routed, lost: Sequence[tuple[str, float]]
) -> str | None:
    if route.offers_not_applicable and random.random() < habits.NOT_APPLICABLE_TAKEN:
        return NOT_APPLICABLE
    at = random.random()
    for word, share in lost:
        if at < share:
            return word
    return None


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


def _whole(random: Random, levels: Mapping[str, int]) -> dict[str, str]:
    """The rating of everything together, near the mean of the others."""
    if not levels:
        return {}
    mean = sum(levels.values()) / len(levels)
    return {G1: str(min(5, max(1, round(random.gauss(mean, 0.4)))))}


def _generals(
    random: Random, levels: Mapping[str, int], whole: Mapping[str, str]
) -> dict[str, Any]:
    if not whole:
        return {}
    worst = sorted([(level, code) for code, level in levels.items()])
    wishes = dict.fromkeys(
        habits.WISHES[code]
        for level, code in worst[:4]
        if level <= 3 and code in habits.WISHES
    )
    return {
        **whole,
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
