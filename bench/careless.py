"""How many careless respondents the rules find, and how many careful ones they blame.

The respondents are invented on the packaged questionnaires, both arms of the guidance
alike; facts and routes are those of `survey.demo`. What is assumed of them:

* careful: a mood of their own, one for each element too, the effects that the facts of
  the dossier have in `survey.demo.habits`, and a scatter of their own (standard
  deviation 0.35 to 0.75 levels). They read between 15 and 95 % of the words shown
  (60 to 100 % where guidance is folded), at about 240 ms a word (Brysbaert, Journal of
  Memory and Language 109, 2019: 238 words a minute), and take some 3.5 s to decide and
  answer, each person with a pace of his own. A page in twenty is interrupted. Prompts
  never move them, which leaves as many contradictions as there can be.
* content: 5 throughout; each rating that a fact contradicts leaves three in ten of
  them. angry: 1 throughout, whatever else went well, after something that went wrong.
  split: 5, and 1 wherever a fact speaks against; one answer in five is a level nearer
  the middle. All three at a careful pace.
* random: any level with the same chance, at a careful pace: the hardest case. Random
  and quick: the same without reading.
* speeding: careful answers, 0.8 to 2.5 s each (Huang et al., Journal of Business and
  Psychology 27, 2012, take 2 s an item for the least possible), 1 to 3 s a page.
* straight-line: one level throughout; mid-point: 3 with a 2 or 4 now and then; half of
  both read a little (10 to 40 % of the words), half nothing.
* copied: a careful form sent again and again, as by a machine.

None of this is a finding about businesses: real waves tell what their times are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from bench.figures import Book
from survey import workdays
from survey.demo import habits
from survey.demo.respondents import Case, Crowd, Month, _effects
from survey.indices.careless import Form, Rules, flags, pattern_of
from survey.questionnaire import (
    Criterion,
    Questionnaire,
    Text,
    load,
    packaged,
    records,
    shown,
)
from survey.questionnaire.reading_time import words_shown

BLAMED = 2.0
FOUND = 80.0
SEEDS = range(1, 6)
HONEST = ("careful", "content", "angry", "split")
HELD = ("random", "random and quick", "speeding")
KINDS = (*HONEST, *HELD, "straight-line", "mid-point", "copied")
CASE = Case(
    code="MAU-01", days=10, quality=0.0, lateness=0.15, online=0.5, has_fee=True
)
COPIES = 4
SWEPT = (10, 20, 30, 40, 50, 60, 70, 80, 100)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A dossier on its way through the form: what is asked, and what the facts say."""

    values: Mapping[str, str]
    asked: tuple[str, ...]
    not_asked: tuple[str, ...]
    is_folded: bool


class Street:
    """Where respondents of every kind come from, for one questionnaire."""

    def __init__(self, q: Questionnaire, seed: int) -> None:
        self.q = q
        self.random = Random(seed)
        calendar = workdays.packaged()
        first = date(2026, 1, 5)
        days = [first + timedelta(days=i) for i in range(420)]
        working = [day for day in days if calendar.is_working(day)]
        self.month = Month(name="2026-08", trend=0, days=working, first=150, last=170)
        self.crowd = Crowd(q, calendar)
        self.elements = {e.code: tuple(c.code for c in e.criteria) for e in q.elements}
        self.words = {c.code: (_short(c.text), _long(c)) for c in q.criteria}

    def form(self, kind: str) -> Form:
        """One respondent of a kind."""
        visit = self.visit()
        answers = ANSWERS.get(kind, Street.careful)(self, visit)
        while kind in ("content", "angry") and not self.believes(kind, visit, answers):
            visit = self.visit()
            answers = ANSWERS[kind](self, visit)
        return Form(
            elements=self.elements,
            levels=self.q.scale.codes,
            answers={**answers, **dict.fromkeys(visit.not_asked, "not_asked")},
            seconds=self.times(visit, self.reads(kind, visit)),
            words=self.counted(visit),
            prompts=records(self.q, visit.values, answers, {}),
        )

    def visit(self) -> Visit:
        """The facts and the route of one dossier."""
        made = self.crowd.form(self.random, CASE, self.month)
        without = tuple(c for c, v in made.answers.items() if v == "not_asked")
        return Visit(
            values=made.values,
            asked=tuple(c for c in made.answers if c not in without),
            not_asked=without,
            is_folded=self.random.random() < 0.5,
        )

    def careful(self, visit: Visit) -> dict[str, str]:
        """Ratings that go with the facts, a mood and some scatter."""
        random, effects = self.random, _effects(visit.values)
        mood, own = random.gauss(4.1, 0.6), random.uniform(0.35, 0.75)
        moods = {element: mood + random.gauss(0, 0.3) for element in self.elements}
        return {
            code: self.level(
                random.gauss(moods[code[0]] + habits.OFFSETS.get(code, 0), own)
                + effects.get(code, 0)
            )
            if random.random() > 0.03
            else "cannot_judge"
            for code in visit.asked
        }

    def split(self, visit: Visit) -> dict[str, str]:
        """The highest level, and the lowest wherever a fact speaks against."""
        effects = _effects(visit.values)
        return {
            c: self.random.choice("11112" if effects.get(c, 0) <= -0.5 else "55554")
            for c in visit.asked
        }

    def scattered(self, visit: Visit) -> dict[str, str]:
        """Any level."""
        return {c: str(self.random.choice(self.q.scale.codes)) for c in visit.asked}

    def straight(self, visit: Visit) -> dict[str, str]:
        """One level throughout, mostly the highest."""
        return dict.fromkeys(visit.asked, self.random.choice("5555554431"))

    def middle(self, visit: Visit) -> dict[str, str]:
        """The middle, seldom beside it."""
        return {c: self.random.choice("3" * 18 + "24") for c in visit.asked}

    def level(self, latent: float) -> str:
        """The level nearest to what is felt."""
        codes = self.q.scale.codes
        return str(min(codes[-1], max(codes[0], round(latent))))

    def believes(self, kind: str, visit: Visit, answers: Mapping[str, str]) -> bool:
        """Whether somebody with these facts would answer so."""
        if kind == "angry":
            return min(_effects(visit.values).values(), default=0) <= -1
        against = sum(
            entry.get("still") is True
            for entry in records(self.q, visit.values, answers, {}).values()
        )
        return self.random.random() < float(0.3**against)

    def reads(self, kind: str, visit: Visit) -> float:
        """The share of the words shown that is read; nothing at all is speeding."""
        random = self.random
        if kind in ("speeding", "random and quick"):
            return 0
        if kind in ("straight-line", "mid-point"):
            return random.choice((0, random.uniform(0.1, 0.4)))
        return random.uniform(0.6, 1) if visit.is_folded else random.uniform(0.15, 0.95)

    def times(self, visit: Visit, read: float) -> dict[str, int]:
        """Whole seconds by page."""
        random, shown = self.random, self.shown(visit)
        word = 0.24 * random.lognormvariate(0, 0.2)
        decision = 3.5 * random.lognormvariate(0, 0.35)
        if not read:
            word, decision = 0, random.uniform(0.8, 2.5)
        taken = {}
        for page, words in shown.items():
            answers = sum(code in visit.asked for code in self.elements[page])
            needed = words * read * word + answers * decision
            needed = needed * random.lognormvariate(0, 0.25) + random.uniform(1, 3)
            if random.random() < 0.05:
                needed += random.expovariate(1 / 120)
            taken[page] = min(600, round(needed))
        return taken

    def counted(self, visit: Visit) -> dict[str, int]:
        """The words of each page as the product counts them, labels and all."""
        arm = "folded" if visit.is_folded else "guided"
        routed = shown(self.q, visit.values)
        return words_shown(self.q, routed, language="vi", arm=arm)

    def shown(self, visit: Visit) -> dict[str, int]:
        """The words of questions and guidance, on each page that has a question."""
        total = {
            page: sum(
                self.words[code][not visit.is_folded]
                for code in codes
                if code in visit.asked
            )
            for page, codes in self.elements.items()
        }
        return {page: words for page, words in total.items() if words}


ANSWERS: Mapping[str, Callable[[Street, Visit], dict[str, str]]] = {
    "content": lambda street, visit: dict.fromkeys(visit.asked, "5"),
    "angry": lambda street, visit: dict.fromkeys(visit.asked, "1"),
    "split": Street.split,
    "random": Street.scattered,
    "random and quick": Street.scattered,
    "straight-line": Street.straight,
    "mid-point": Street.middle,
}


def measure(book: Book) -> None:
    """The share of each kind that the usual rules flag, and the trade behind each."""
    rules = Rules()
    many = book.choose(1500, 300)
    for name, text in packaged().items():
        q = load(text, name)
        book.title(f"careless answers: {q.id}, {len(SEEDS)} seeds, {many} of each kind")
        crowd = people(q, many)
        for kind in KINDS:
            flagged = [bool(flags(rules, form)) for form in crowd[kind]]
            _enter(book, kind, flagged, _why(rules, crowd[kind]))
        honest = [form for kind in HONEST for form in crowd[kind]]
        _sweep("fast_percent", rules, honest, crowd["speeding"])
        _sweep("spread_percent", rules, honest, crowd["random"])
        _sweep("scatter_percent", rules, honest, crowd["random"])
        _sweep("jump_percent", rules, honest, crowd["random"])
        _sweep("short_percent", rules, honest, crowd["straight-line"])


def people(q: Questionnaire, many: int) -> dict[str, list[Form]]:
    """So many of each kind for each seed, each told how many were like it before."""
    crowd: dict[str, list[Form]] = {kind: [] for kind in KINDS}
    for seed in SEEDS:
        street, seen = Street(q, seed), Counter[str]()
        for kind in KINDS:
            forms = [street.form(kind) for _ in range(many)]
            if kind == "copied":
                forms = [form for form in forms for _ in range(COPIES)]
            crowd[kind] += [_counted(form, seen) for form in forms]
    return crowd


def _counted(form: Form, seen: Counter[str]) -> Form:
    pattern = pattern_of(form.answers)
    if pattern is None:
        return form
    seen[pattern] += 1
    return replace(form, equals=seen[pattern] - 1)


def _enter(book: Book, kind: str, flagged: Sequence[bool], why: str) -> None:
    size = len(flagged) // len(SEEDS)
    seeds = [sum(flagged[i : i + size]) for i in range(0, len(flagged), size)]
    least, most = (100 * count / size for count in (min(seeds), max(seeds)))
    share = 100 * sum(flagged) / len(flagged)
    why = f"by seed {least:.1f} to {most:.1f} flagged; {why}"
    if kind in HELD:
        book.add(f"{kind}: missed", 100 - share, "%", limit=100 - FOUND, note=why)
    else:
        limit = BLAMED if kind in HONEST else None
        book.add(f"{kind}: flagged", share, "%", limit=limit, note=why)


def _why(rules: Rules, forms: Sequence[Form]) -> str:
    found = Counter(name for form in forms for name in flags(rules, form))
    return ", ".join(
        f"{name} {100 * count / len(forms):.1f}" for name, count in found.most_common()
    )


def _sweep(
    name: str, rules: Rules, honest: Sequence[Form], careless: Sequence[Form]
) -> None:
    """One line of the ROC for each value of a threshold, the others as they are."""
    print(f"    {name:<18} {'honest flagged':>15} {'careless found':>15}")
    usual = getattr(rules, name)
    for value in sorted({*SWEPT, usual}):
        tried = _with(rules, name, value)
        blamed, found = (_share(tried, forms) for forms in (honest, careless))
        mark = "  <- usual" if value == usual else ""
        print(f"    {value:>18} {blamed:>14.1f}% {found:>14.1f}%{mark}", flush=True)


def _with(rules: Rules, name: str, value: int) -> Rules:
    changed = {name: value}
    if name == "fast_percent":  # too fast is always short
        changed["short_percent"] = max(value, rules.short_percent)
    if name == "short_percent":
        changed["fast_percent"] = min(value, rules.fast_percent)
    return replace(rules, **changed)


def _share(rules: Rules, forms: Sequence[Form]) -> float:
    return 100 * sum(bool(flags(rules, form)) for form in forms) / len(forms)


def _short(text: Text | None) -> int:
    return 0 if text is None else len(text.vi.split())


def _long(one: Criterion) -> int:
    guidance = (one.text, one.consider, one.leave_out, one.look_up)
    return sum(map(_short, (*guidance, *one.anchors.values())))
