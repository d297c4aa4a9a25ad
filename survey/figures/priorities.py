"""What a selection should mend first, with the reason in words, who is responsible, and
the facts behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from survey import catalogue, tallies
from survey.exports import Entry, FactQuestion, Figure, Report
from survey.figures.build import report, thresholds_of
from survey.figures.counting import Counted, count
from survey.figures.fact_items import told_as
from survey.figures.facts import facts
from survey.figures.filters import Filters
from survey.formats import integer, number, percent
from survey.indices import Interval
from survey.indices import priorities as ranking
from survey.indices.priorities import KINDS, Rated, Standing
from survey.models import Wave
from survey.questionnaire.behind import facts_behind
from survey.questionnaire.schema import Criterion, Questionnaire, Text
from survey.tallies import Selection

_WITH_INDEX: Final = frozenset({"index", "rank"})
SHARE: Final = "satisfied_share"
_SCORE: Final = Text(
    vi="{score} hài lòng (khoảng 95%: {low}–{high}; n = {n})",
    en="{score} satisfied (95% interval {low}–{high}; n = {n})",
)
_AGAINST: Final[Mapping[str, Text]] = {
    ranking.FIRST: Text(
        vi="{score}, thấp hơn mức chung {reference}",
        en="{score}, below the overall level of {reference}",
    ),
    ranking.CONSIDER: Text(
        vi="{score}, chưa khác mức chung {reference}",
        en="{score}, not clearly different from the overall level of {reference}",
    ),
    ranking.KEEP: Text(
        vi="{score}, cao hơn mức chung {reference}",
        en="{score}, above the overall level of {reference}",
    ),
    ranking.UNCLEAR: Text(vi="{score}", en="{score}"),
    ranking.TOO_FEW: Text(vi="{score}", en="{score}"),
}
_GOES_WITH: Final = Text(
    vi="trong toàn đợt, người hài lòng về tiêu chí này hài lòng chung nhiều hơn người "
    "không hài lòng {value} điểm phần trăm (khoảng 95%: {low}–{high}; n = {n})",
    en="in the whole wave those satisfied with it are satisfied on the whole more "
    "often than the others, by {value} percentage points (95% interval {low}–{high}; "
    "n = {n})",
)
_NOT_SEEN: Final = Text(
    vi="trong toàn đợt chưa thấy tiêu chí này gắn với hài lòng chung (chênh lệch "
    "{value} điểm phần trăm, khoảng 95%: {low} đến {high}; n = {n})",
    en="in the whole wave it is not seen to go with overall satisfaction (a difference "
    "of {value} percentage points, 95% interval {low} to {high}; n = {n})",
)
_TOO_FEW: Final = Text(
    vi="chưa đủ phiếu để biết tiêu chí này gắn với hài lòng chung đến đâu",
    en="too few responses to tell how much it goes with overall satisfaction",
)
_NO_OVERALL: Final = Text(
    vi="Phạm vi này chưa đủ phiếu để xếp thứ tự việc cần cải thiện.",
    en="This selection has too few responses to tell what to mend first.",
)
_NOTHING_FIRST: Final = Text(
    vi="Chưa có tiêu chí nào vừa gắn rõ với hài lòng chung, vừa không cao hơn mức "
    "chung. Có thể do ít phiếu; xin xem bảng bên dưới.",
    en="No criterion goes clearly with overall satisfaction without lying above the "
    "overall level. There may be too few responses; see the table below.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """One criterion: its place in the list, its standing, and what stands behind."""

    place: int | None
    """1 for the first to mend; None for a criterion that is not in the list."""
    title: str
    element: str
    standing: Standing
    kind: str
    """What to do, in words."""
    why: str
    """The reason in one sentence, with its numbers."""
    is_apart: bool
    """Whether it stands before the next one by more than chance."""
    responsible: tuple[Entry, ...]
    """Code and name of each responsible party."""
    facts: tuple[FactQuestion, ...]
    """What was counted of the facts that bear on it."""

    @property
    def code(self) -> str:
        """The code of the criterion."""
        return self.standing.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Priorities:
    """All criteria of a selection that may be shown, those to mend first."""

    listed: tuple[Priority, ...]
    """To mend, in order."""
    others: tuple[Priority, ...]
    reference: Fraction | None
    """The satisfied share of all criteria together, to which scores are compared."""
    words: str | None
    """What to say where nothing is listed."""

    def first(self, most: int = 3) -> tuple[Priority, ...]:
        """The first few to mend."""
        return self.listed[:most]


def priorities(
    session: Session,
    wave: Wave,
    filters: Filters,
    *,
    language: str,
    reach: Collection[int] | None = None,
    made: Report | None = None,
    counted: Counted | None = None,
) -> Priorities:
    """What to mend first in one selection.

    Scores are those of the selection; how much each criterion goes with the overall
    rating is measured in the whole wave, for a part of it has too few who are not
    satisfied.

    Args:
        reach: ids of the units whose results may be read; None for all.
        made: the report of this selection, if made already.
        counted: what the tallies of this selection add up to, if read already.
    Returns:
        Only criteria whose index the report shows; nothing listed below the threshold
        for ranks, or where intervals say nothing.
    """
    made = made or report(
        session,
        wave,
        filters,
        language=language,
        agency="",
        reach=reach,
        counted=counted,
    )
    reference = made.overall.indices.get(SHARE)
    if reference is None:
        return Priorities(
            listed=(), others=(), reference=None, words=_NO_OVERALL.get(language)
        )
    published = wave.questionnaire
    questionnaire = catalogue.questionnaire(
        session, published.id, sha256=published.sha256
    )
    layout = tallies.layout_of(questionnaire)
    whole = layout.unpack(count(session, wave, Selection()).total)
    standings = ranking.priorities(
        [_rated(made, figure) for figure in made.rows if _is_ratable(figure)],
        whole.together,
        thresholds_of(wave),
        reference=reference,
    )
    told = facts(
        session, wave, filters, language=language, reach=reach, counted=counted
    )
    speaker = _Speaker(questionnaire, told, reference, language)
    listed = [one for one in standings if one.is_ranked]
    return Priorities(
        listed=tuple(
            speaker.priority(one, place, listed[place : place + 1])
            for place, one in enumerate(listed, start=1)
        ),
        others=tuple(
            speaker.priority(one, None) for one in standings if not one.is_ranked
        ),
        reference=reference,
        words=None if listed else _NOTHING_FIRST.get(language),
    )


def _is_ratable(figure: Figure) -> bool:
    return figure.level == "criterion" and figure.display in _WITH_INDEX


def _rated(made: Report, figure: Figure) -> Rated:
    satisfied = sum(
        figure.counts.get(str(level.code), 0)
        for level in made.levels
        if level.is_satisfied
    )
    return Rated(code=figure.code, k=satisfied, n=figure.n or 0)


class _Speaker:
    """Puts standings into words."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        facts: Iterable[FactQuestion],
        reference: Fraction,
        language: str,
    ) -> None:
        self.questionnaire = questionnaire
        self.facts = {one.code: one for one in facts}
        self.reference = reference
        self.language = language

    def priority(
        self, standing: Standing, place: int | None, after: Sequence[Standing] = ()
    ) -> Priority:
        """One criterion with all that is said of it."""
        criterion = self.questionnaire.criterion(standing.code)
        return Priority(
            place=place,
            title=criterion.title.get(self.language),
            element=criterion.element,
            standing=standing,
            kind=KINDS[standing.kind].get(self.language),
            why=self._why(standing),
            is_apart=all(standing.is_apart(one) for one in after),
            responsible=self._responsible(criterion),
            facts=self._behind(criterion),
        )

    def _responsible(self, criterion: Criterion) -> tuple[Entry, ...]:
        names = self.questionnaire.responsible
        return tuple(
            Entry(name=code, text=names[code].get(self.language))
            for code in criterion.responsible
        )

    def _behind(self, criterion: Criterion) -> tuple[FactQuestion, ...]:
        codes = told_as(facts_behind(self.questionnaire)[criterion.code])
        return tuple(self.facts[code] for code in codes if code in self.facts)

    def _why(self, standing: Standing) -> str:
        if standing.score is None or standing.score_interval is None:
            return KINDS[ranking.TOO_FEW].get(self.language)
        score = _SCORE.get(self.language).format(
            score=percent(standing.score, self.language),
            **self._bounds(standing.score_interval),
            n=integer(standing.n, self.language),
        )
        against = _AGAINST[standing.kind].get(self.language)
        against = against.format(
            score=score, reference=percent(self.reference, self.language)
        )
        return f"{against}; {self._goes_with(standing)}"

    def _goes_with(self, standing: Standing) -> str:
        weight = standing.importance
        if weight is None or weight.value is None or weight.interval is None:
            return _TOO_FEW.get(self.language)
        is_seen = standing.kind != ranking.UNCLEAR
        return (
            (_GOES_WITH if is_seen else _NOT_SEEN)
            .get(self.language)
            .format(
                value=number(weight.value, self.language),
                **self._bounds(weight.interval),
                n=integer(weight.first_n + weight.second_n, self.language),
            )
        )

    def _bounds(self, interval: Interval) -> dict[str, str]:
        return {
            "low": number(interval.low, self.language),
            "high": number(interval.high, self.language),
        }
