"""Whether guidance works: both arms of a wave compared, what prompts moved, and which
guidance needs work, read from the tallies alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from survey import catalogue, tallies
from survey.exports import Entry, words
from survey.exports.guidance import (
    Compared,
    Guidance,
    Measured,
    Moved,
    Ranked,
    Reason,
)
from survey.figures.build import marks_of, thresholds_of
from survey.figures.counting import count_arms
from survey.figures.filters import Filters
from survey.figures.reckoner import WITH_INDEX
from survey.figures.shown import Shown
from survey.formats import integer, number, percent
from survey.indices import (
    FORMULAS,
    FULL,
    G1,
    MEASURES,
    OF_CRITERIA,
    REASONS,
    Difference,
    Interval,
    Need,
    Thresholds,
    compare,
    display,
    needs_work,
    shift_by_prompts,
)
from survey.models import Wave
from survey.questionnaire import Questionnaire
from survey.questionnaire.reading_time import GUIDED, reading_time
from survey.questionnaire.schema import Text
from survey.results import guidance_words as say
from survey.results.arms import Groups, groups_of

HIDDEN: Final = "hidden"
_PLACES: Final = {"level": 2, "percent": 2, "second": 1}
_LESS: Final = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wave:
    """What every part of the study is made of."""

    questionnaire: Questionnaire
    formula: str
    groups: Groups
    thresholds: Thresholds
    language: str

    def text(self, words: Text, **values: object) -> str:
        return words.get(self.language).format(**values)


def study(
    session: Session,
    wave: Wave,
    *,
    language: str,
    agency: str,
    on: date | None = None,
) -> Guidance:
    """Compare the arms of a whole wave; what must be hidden is not in it."""
    published = wave.questionnaire
    questionnaire = catalogue.questionnaire(
        session, published.id, sha256=published.sha256
    )
    layout = tallies.layout_of(questionnaire)
    thresholds = thresholds_of(wave)
    arms = count_arms(session, wave)
    shown = Shown(session, wave)
    pages = (shown.verdict(one).closed for one in (Filters(), Filters(origin="paper")))
    groups = groups_of(questionnaire, layout, arms, thresholds, *pages)
    known = _Wave(
        questionnaire=questionnaire,
        formula=wave.formula,
        groups=groups,
        thresholds=thresholds,
        language=language,
    )
    is_shown = groups.fewest >= thresholds.index_from
    overall, measures = _compared(known) if is_shown else (None, ())
    is_off = not wave.folded_percent and not groups.folded.counted
    return Guidance(
        wave=wave.id,
        title=wave.title,
        agency=agency,
        language=language,
        questionnaire=published.id,
        generated_on=on,
        marks=marks_of(wave, language),
        state="shown" if is_shown else "off" if is_off else "few",
        summary=tuple(_summary(known, wave, measures)),
        overall=overall,
        measures=measures,
        moved=tuple(_moved(known)),
        changed=_changed(known),
        reasons=tuple(_reasons(known)),
        method=tuple(_method(known)),
    )


def _summary(
    known: _Wave, wave: Wave, measures: tuple[Measured, ...]
) -> Iterator[Entry]:
    yield from _sizes(known)
    yield Entry(
        name=known.text(say.PERCENT),
        text=percent(wave.folded_percent, known.language, 0),
    )
    rows = [row for measure in measures for row in measure.rows]
    several = sum(row.low is not None for row in rows)
    if several:
        clear = sum(row.is_clear for row in rows)
        by_chance = integer(Fraction(several, 20), known.language)
        yield Entry(
            name=known.text(say.CLEAR),
            text=known.text(say.CLEAR_OF, clear=clear, all=several),
            note=known.text(say.BY_CHANCE, n=by_chance),
        )


def _sizes(known: _Wave) -> Iterator[Entry]:
    """How many are in each arm; where one is few, the other would tell of it."""
    groups, few = known.groups, known.thresholds.hide_below
    is_told = not any(0 < one.counted < few for one in (groups.drawn, groups.folded))
    with_paper = known.text(say.WITH_PAPER, n=known.thresholds.index_from)
    for name, tally, note in (
        (say.GUIDED, groups.guided, with_paper if groups.takes_paper else ""),
        (say.FOLDED, groups.folded, ""),
    ):
        n, text = tally.counted, words.NOT_COMPARED.get(known.language)
        if is_told or n < few:
            text = known.text(say.RESPONSES, n=_few_or_number(known, n))
        yield Entry(name=known.text(name), text=text, note=note)


def _few_or_number(known: _Wave, n: int) -> str:
    few = known.thresholds.hide_below
    if 0 < n < few:
        return known.text(say.FEW, n=few)
    return integer(n, known.language)


# -- guided against folded -----------------------------------------------------------


def _compared(known: _Wave) -> tuple[Compared, tuple[Measured, ...]]:
    q = known.questionnaire
    found = compare(known.groups.guided, known.groups.folded, q.scale)
    lang = known.language
    criteria = {one.code: one.title.get(lang) for one in q.criteria}

    def measured(name: str, rows: Iterator[Compared]) -> Measured:
        measure = MEASURES[name]
        return Measured(
            name=name,
            title=_capital(measure.title.get(lang)),
            unit=known.text(say.UNITS[measure.unit]),
            method=_capital(measure.method.get(lang)),
            rows=tuple(rows),
        )

    measures = [
        measured(
            name,
            (
                _row(known, name, code, title, found.criteria[code][name])
                for code, title in criteria.items()
            ),
        )
        for name in OF_CRITERIA
    ]
    measures.append(
        measured(
            "contrary",
            (
                _row(known, "contrary", prompt, _prompt_title(known, prompt), one)
                for prompt, one in found.contrary.items()
            ),
        )
    )
    measures.append(
        measured(
            "time",
            (
                _row(known, "time", page, _page_title(known, page), one)
                for page, one in found.time.items()
            ),
        )
    )
    title = words.FULL_SET.get(lang)
    overall = _row(known, "pooled", FULL, title, found.pooled)
    # A questionnaire without prompts has nothing to contradict.
    return overall, tuple(measure for measure in measures if measure.rows)


def _row(known: _Wave, name: str, code: str, title: str, found: Difference) -> Compared:
    unit = MEASURES[name].unit
    fewest = min(found.first_n, found.second_n)
    hidden = None
    if not found.first_n and not found.second_n:
        hidden = known.text(say.NOTHING)
    elif name != "time" and code in known.groups.closed:
        # No other page tells times: they follow from nothing.
        hidden = words.NOT_COMPARED.get(known.language)
    if fewest < known.thresholds.index_from and (found.first_n or found.second_n):
        hidden = known.text(say.TOO_FEW, n=known.thresholds.index_from)
    if hidden is not None:
        return Compared(
            code=code,
            title=title,
            measure=name,
            unit=unit,
            verdict=HIDDEN,
            words=hidden,
        )
    # Paper has no times, so that these numbers and those of the arms would tell it.
    is_told = name != "time" or known.groups.tells_numbers
    first_n, second_n = (
        n_text(n if is_told else None, known.language)
        for n in (found.first_n, found.second_n)
    )
    return Compared(
        code=code,
        title=title,
        measure=name,
        unit=unit,
        first=found.first,
        second=found.second,
        first_n=found.first_n if is_told else None,
        second_n=found.second_n if is_told else None,
        value=found.value,
        low=found.interval.low if found.interval else None,
        high=found.interval.high if found.interval else None,
        verdict=found.verdict,
        words=known.text(
            say.SENTENCE,
            first=value_text(found.first, unit, known.language),
            second=value_text(found.second, unit, known.language),
            first_n=first_n,
            second_n=second_n,
            difference=_difference(
                known, found.value, found.interval, unit, say.FINDINGS[found.verdict]
            ),
        ),
    )


def _prompt_title(known: _Wave, prompt: str) -> str:
    code = next(
        one.criterion for one in known.questionnaire.prompts if one.code == prompt
    )
    return f"{code}. {_title(known, code)}"


def _title(known: _Wave, code: str) -> str:
    q, lang = known.questionnaire, known.language
    if code == G1:
        return next(one.title.get(lang) for one in q.generals if one.code == G1)
    return q.criterion(code).title.get(lang)


def _page_title(known: _Wave, page: str) -> str:
    if page in say.PAGES:
        return known.text(say.PAGES[page])
    return known.questionnaire.element(page).title.get(known.language)


# -- what the prompts moved ----------------------------------------------------------


def _moved(known: _Wave) -> Iterator[Moved]:
    """The headline index first."""
    names = sorted(FORMULAS, key=lambda name: name != known.formula)
    for name in names:
        title = words.FORMULAS[name].get(known.language)
        shift = shift_by_prompts(known.groups.both, known.questionnaire.scale, name)
        hidden = _why_not_moved(known)
        if hidden is not None or shift.value is None:
            why = hidden or known.text(say.NOTHING)
            yield Moved(title=title, words=f"{_capital(why)}.")
            continue
        verdict = "unknown"
        if shift.interval is not None:
            verdict = (
                "higher"
                if shift.interval.low > 0
                else "lower"
                if shift.interval.high < 0
                else "unclear"
            )
        finding = say.MOVED_FINDINGS[verdict]
        yield Moved(
            title=title,
            before=shift.before,
            after=shift.after,
            value=shift.value,
            low=shift.interval.low if shift.interval else None,
            high=shift.interval.high if shift.interval else None,
            words=(
                known.text(
                    say.MOVED,
                    first=value_text(shift.before, "percent", known.language),
                    second=value_text(shift.after, "percent", known.language),
                    difference=_difference(
                        known, shift.value, shift.interval, "percent", finding
                    ),
                )
                if shift.changed
                else f"{_capital(known.text(say.NONE_CHANGED))}."
            ),
        )


def _why_not_moved(known: _Wave) -> str | None:
    sums = known.groups.both.sums[FULL]
    if not sums.r:
        return known.text(say.NOTHING)
    is_enough = display(sums.r, known.thresholds) in WITH_INDEX
    if not is_enough or FULL in known.groups.closed_of_both:
        return words.NOT_COMPARED.get(known.language)
    if 0 < known.groups.both.shift.n < known.thresholds.index_from:
        return known.text(say.FEW_CHANGED, n=known.thresholds.index_from)
    return None


def _changed(known: _Wave) -> str:
    n = _few_or_number(known, known.groups.both.shift.n)
    return _capital(known.text(say.CHANGED, n=n))


# -- which guidance needs work -------------------------------------------------------


def _reasons(known: _Wave) -> Iterator[Reason]:
    q, lang = known.questionnaire, known.language
    shown = reading_time(q, language=lang, arm=GUIDED).words
    ranked = needs_work(
        known.groups.guided,
        prompts={prompt.code: prompt.criterion for prompt in q.prompts},
        words={element.code: shown[element.code] for element in q.elements},
        fewest=known.thresholds.index_from,
    )
    for name, title in REASONS.items():
        unit = "seconds_per_word" if name == "time" else "percent"
        yield Reason(
            name=name,
            title=_capital(title.get(lang)),
            unit=known.text(say.UNITS[unit]),
            ranked=tuple(
                _ranked(known, need)
                for need in ranked[name]
                # The page of results hides the same number there.
                if name != "cannot_judge" or need.code not in known.groups.closed
            ),
        )


def _ranked(known: _Wave, need: Need) -> Ranked:
    is_page = need.reason == "time"
    # A second for a word is a number too small to read.
    times = 100 if is_page else 1
    return Ranked(
        code=need.code,
        title=(_page_title if is_page else _title)(known, need.code),
        value=times * need.value,
        n=need.n if not is_page or known.groups.tells_numbers else None,
        low=times * need.interval.low,
        high=times * need.interval.high,
    )


# -- words ---------------------------------------------------------------------------


def value_text(value: Fraction | None, unit: str, language: str) -> str:
    """A figure with its unit."""
    if value is None:
        return "–"
    if unit == "percent":
        return percent(value, language)
    text = number(value, language, _PLACES[unit])
    if unit == "second":
        return say.SECONDS.get(language).format(value=text)
    return text


def n_text(n: int | None, language: str) -> str:
    """How many a figure rests on; None where that must not be told."""
    if n is None:
        return say.N_UNTOLD.get(language)
    return say.N.get(language).format(n=integer(n, language))


def signed(value: Fraction | Decimal, unit: str, language: str) -> str:
    """A difference with its sign, without its unit; none where it rounds to 0."""
    text = number(value if value > 0 else -value, language, _PLACES[unit])
    if text == number(0, language, _PLACES[unit]):
        return text
    return f"{'+' if value > 0 else _LESS}{text}"


_DIFFERENCES: Final[Mapping[str, Text]] = {
    "percent": say.POINTS,
    "level": say.LEVELS,
    "second": say.SECONDS,
}


def _difference(
    known: _Wave,
    value: Fraction | None,
    interval: Interval | None,
    unit: str,
    finding: Text,
) -> str:
    lang = known.language
    if value is None:
        return f"{_capital(finding.get(lang))}."
    by = known.text(_DIFFERENCES[unit], value=signed(value, unit, lang))
    if interval is None:
        return known.text(say.WITHOUT_INTERVAL, value=by, finding=finding.get(lang))
    low, high = (signed(one, unit, lang) for one in (interval.low, interval.high))
    return known.text(
        say.DIFFERENCE, value=by, low=low, high=high, finding=finding.get(lang)
    )


def _method(known: _Wave) -> Iterator[Entry]:
    n = known.thresholds.index_from
    for name, text in say.METHOD:
        yield Entry(name=known.text(name), text=known.text(text, n=n))
    for measure in MEASURES.values():
        yield Entry(
            name=_capital(measure.title.get(known.language)),
            text=f"{_capital(measure.method.get(known.language))}.",
        )


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"
