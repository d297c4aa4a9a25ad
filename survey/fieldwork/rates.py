"""Response rates as the staff who collect see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from survey import clock, dispositions, web
from survey.dispositions import OfWave
from survey.exports import DispositionRow
from survey.exports import dispositions as words
from survey.models import Wave

NOBODY: Final = DispositionRow(
    level="all", code="", name="", invited=0, counts={}, rr1=None, rr2=None
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The invited dossiers of a wave, all of it or of some units.

    `found` is None where these units cannot be told apart from those above them.
    """

    found: OfWave | None
    rows: tuple[DispositionRow, ...]

    @property
    def whole(self) -> DispositionRow:
        """All of them together."""
        return self.rows[0] if self.rows else NOBODY

    def parts(self, language: str) -> list[tuple[str, int, Fraction]]:
        """Name and count of each disposition, and its percent of all."""
        invited = self.whole.invited or 0
        return [
            (
                words.NAMES[name].get(language),
                count,
                Fraction(100 * count, invited),
            )
            for name, count in self.whole.counts.items()
            if invited
        ]


def rates(
    session: Session, wave: Wave, unit_ids: Collection[int] | None, language: str
) -> Rates:
    """The response rates of a wave.

    Args:
        unit_ids: of these only; then procedures with few responses are hidden, because
            those who work there are the ones who are rated.
    """
    found = dispositions.of_wave(
        session,
        wave,
        today=clock.today(),
        late_days=web.settings().late_days,
        unit_ids=unit_ids,
    )
    if found is None:
        return Rates(found=None, rows=())
    rows = dispositions.rows(
        session,
        found,
        language,
        hide_below=0 if unit_ids is None else wave.hide_below,
        hides_units=False,
    )
    return Rates(found=found, rows=rows)
