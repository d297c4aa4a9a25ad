"""What the indices are without the responses that show signs of careless answering.

Beside the headline such figures give away those responses by subtraction: so flagged or
not is one more axis of `openings`, by which both are hidden together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from survey.exports import Entry, Figure, Unflagged
from survey.figures.reckoner import Figures
from survey.formats import integer, percent
from survey.indices import Tally, Thresholds
from survey.indices.rules import RULES, Rules, explained
from survey.questionnaire.schema import Text

_FLAGGED: Final = Text(
    vi="Phiếu có dấu hiệu trả lời thiếu cân nhắc",
    en="Responses with signs of careless answering",
)
_NOTE: Final = Text(
    vi="{share} số phiếu được tính; vẫn được tính vào chỉ số chính, không bị xóa",
    en="{share} of the responses counted; they count in the headline and are kept",
)
_RULE: Final = Text(vi="Dấu hiệu: {title}", en="Sign: {title}")
_COUNT: Final = Text(vi="{n} phiếu", en="{n} responses")
_FEW: Final = Text(vi="dưới {n} phiếu", en="fewer than {n} responses")
_FEW_FLAGGED: Final = Text(
    vi="có dưới {n} phiếu có dấu hiệu, không nêu riêng",
    en="fewer than {n} responses have signs: not told apart",
)
_FEW_OTHERS: Final = Text(
    vi="còn dưới {n} phiếu khi bỏ phiếu có dấu hiệu, không nêu",
    en="fewer than {n} responses are without signs: not given",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """One selection: all its responses, those without signs, and those with."""

    whole: Tally
    unflagged: Tally
    flagged: Tally


def compared(headline: Figures, unflagged: Figures) -> Figures:
    """The headline's figures, each with what it is without the flagged responses.

    A figure has none where either may not be shown.
    """

    def with_other(figure: Figure, other: Figure) -> Figure:
        if not figure.indices or not other.indices:
            return figure
        return replace(
            figure,
            unflagged=Unflagged(
                n=other.n or 0, indices=other.indices, low=other.low, high=other.high
            ),
        )

    core, other = headline.core, unflagged.core
    return Figures(
        rows=tuple(map(with_other, headline.rows, unflagged.rows)),
        core=core if core is None or other is None else with_other(core, other),
    )


def entries(
    parts: Parts, rules: Rules, *, thresholds: Thresholds, language: str
) -> tuple[Entry, ...]:
    """How many responses have signs, in all and by rule, with the rules' thresholds."""

    def number(count: int) -> str:
        if 0 < count < thresholds.hide_below:
            return _FEW.get(language).format(n=thresholds.hide_below)
        return _COUNT.get(language).format(n=integer(count, language))

    flagged, counted = parts.flagged.counted, parts.whole.counted
    note = ""
    if flagged >= thresholds.hide_below:
        share = percent(Fraction(100 * flagged, counted), language)
        note = _NOTE.get(language).format(share=share)
    return (
        Entry(name=_FLAGGED.get(language), text=number(flagged), note=note),
        *(
            Entry(
                name=_RULE.get(language).format(title=rule.title.get(language)),
                text=number(parts.whole.flagged.get(name, 0)),
                note=explained(rules, name).get(language),
            )
            for name, rule in RULES.items()
        ),
    )


def words_for_none(parts: Parts, thresholds: Thresholds, language: str) -> str | None:
    """Why nothing at all can be compared, or None where something may be."""
    n = thresholds.hide_below
    if 0 < parts.flagged.counted < n:
        return _FEW_FLAGGED.get(language).format(n=n)
    if 0 < parts.unflagged.counted < n:
        return _FEW_OTHERS.get(language).format(n=n)
    return None
