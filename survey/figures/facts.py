"""The facts of a selection: how often each answer was given, as far as it may be shown.
Read from the tallies alone, as the indices are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, replace
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from survey import catalogue, tallies
from survey.exports import FactChoice, FactQuestion, words
from survey.figures import filters as address
from survey.figures.build import thresholds_of
from survey.figures.counting import Counted, count
from survey.figures.fact_items import PARTS, Counter, Item, items
from survey.figures.filters import Filters
from survey.indices import Display, Tally, Thresholds, display, wilson, words_for
from survey.indices.choices_shown import hidden_choices, small_choices
from survey.models import Wave
from survey.questionnaire.counted import ANSWERED

_WITH_SHARES = frozenset({Display.INDEX, Display.RANK})


def facts(
    session: Session,
    wave: Wave,
    filters: Filters,
    *,
    language: str,
    reach: Collection[int] | None = None,
    counted: Counted | None = None,
) -> tuple[FactQuestion, ...]:
    """The facts of one selection, in the order of their page.

    Args:
        reach: ids of the units whose results may be read; None for all.
        counted: what the tallies of this selection add up to, if read already.
    Returns:
        Every question that is told of this selection; nothing where nobody answered.
        What may not be shown is not in it.
    """
    published = wave.questionnaire
    questionnaire = catalogue.questionnaire(
        session, published.id, sha256=published.sha256
    )
    layout = tallies.layout_of(questionnaire)

    def tally_of(some: Filters) -> Tally:
        chosen = address.selection(session, some, reach=reach)
        return layout.unpack(count(session, wave, chosen).total)

    own = layout.unpack(counted.total) if counted else tally_of(filters)
    if not own.counted:
        return ()
    teller = _Teller(
        own,
        [tally_of(one) for one in _wider(filters)],
        thresholds_of(wave),
        language,
    )
    is_total = reach is None and not filters.address
    return tuple(
        teller.told(item)
        for item in items(questionnaire)
        if is_total or not item.only_in_total
    )


def _wider(filters: Filters) -> Iterator[Filters]:
    """The selections that leave one filter out, which can be read as well."""
    usual: dict[str, Any] = {
        one.name: None if one.default is MISSING else one.default
        for one in fields(filters)
    }
    chosen = [name for name in usual if getattr(filters, name) != usual[name]]
    period = {name: usual[name] for name in chosen if name.endswith("month")}
    each = [{name: usual[name]} for name in chosen if name not in period]
    for left_out in [*each, period]:
        if left_out:
            yield replace(filters, **left_out)


class _Teller:
    """Tells items of one tally, and remembers what of them it showed."""

    def __init__(
        self,
        tally: Tally,
        wider: Sequence[Tally],
        thresholds: Thresholds,
        language: str,
    ) -> None:
        self.tally = tally
        self.wider = wider
        self.thresholds = thresholds
        self.language = language
        self.hidden: dict[str, frozenset[str]] = {}

    def told(self, item: Item) -> FactQuestion:
        """The question as far as it may be shown."""
        counts = _counts(item, self.tally)
        n = self._n(item, counts, self.tally)
        shown = display(n, self.thresholds)
        is_covered = not self._has_needs(item) or self._outside_is_small(item, n)
        if shown not in _WITH_SHARES or is_covered:
            self.hidden[item.code] = frozenset(counts)
            return self._without_choices(item, shown, is_covered)
        hidden = (
            small_choices(counts, self.thresholds)
            if item.is_several
            else hidden_choices(
                counts,
                self.thresholds,
                wider=[_counts(item, more) for more in self.wider],
            )
        )
        self.hidden[item.code] = hidden
        return FactQuestion(
            part=item.part,
            part_title=PARTS[item.part].get(self.language),
            code=item.code,
            title=item.title.get(self.language),
            n=n,
            not_sure=self._not_sure(item),
            choices=tuple(
                self._choice(one.code, one.label.get(self.language), counts, n, hidden)
                for one in item.choices
            ),
            is_several=item.is_several,
        )

    def _without_choices(
        self, item: Item, shown: Display, is_covered: bool
    ) -> FactQuestion:
        found = words_for(shown, self.thresholds)
        if is_covered and shown is not Display.NONE:
            found = words.COVER
        return FactQuestion(
            part=item.part,
            part_title=PARTS[item.part].get(self.language),
            code=item.code,
            title=item.title.get(self.language),
            n=None if shown is not Display.NONE else 0,
            not_sure=None,
            choices=(),
            words=None if found is None else found.get(self.language),
            is_several=item.is_several,
        )

    def _choice(
        self,
        code: str,
        label: str,
        counts: Mapping[str, int],
        n: int,
        hidden: Collection[str],
    ) -> FactChoice:
        k = counts[code]
        if code in hidden:
            few = display(k, self.thresholds) is Display.HIDDEN
            found = words_for(Display.HIDDEN, self.thresholds) if few else words.COVER
            return FactChoice(
                code=code,
                label=label,
                count=None,
                share=None,
                low=None,
                high=None,
                words=None if found is None else found.get(self.language),
            )
        interval = wilson(k, n)
        return FactChoice(
            code=code,
            label=label,
            count=k,
            share=Fraction(100 * k, n),
            low=None if interval is None else interval.low,
            high=None if interval is None else interval.high,
        )

    def _has_needs(self, item: Item) -> bool:
        """Whether what this one would give away of others is told there anyway."""
        for code, choices in item.needs.items():
            hidden = self.hidden.get(code, frozenset())
            if hidden & choices:
                return False
        return True

    def _outside_is_small(self, item: Item, n: int) -> bool:
        """Whether those who answered outside this selection, inside a wider one, are a
        small group."""
        few = self.thresholds.hide_below
        return any(
            0 < self._n(item, _counts(item, more), more) - n < few
            for more in self.wider
        )

    def _not_sure(self, item: Item) -> int | None:
        count = _added(item.not_sure, self.tally)
        return None if display(count, self.thresholds) is Display.HIDDEN else count

    @staticmethod
    def _n(item: Item, counts: Mapping[str, int], tally: Tally) -> int:
        if item.is_several:
            return tally.chosen[item.code][ANSWERED]
        return sum(counts.values())


def _counts(item: Item, tally: Tally) -> dict[str, int]:
    return {one.code: _added(one.counters, tally) for one in item.choices}


def _added(counters: Collection[Counter], tally: Tally) -> int:
    return sum(tally.chosen[question][choice] for question, choice in counters)
