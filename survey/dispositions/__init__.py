"""Response rates: what became of the invited dossiers of a wave, in all, by unit and by
procedure, read from counters alone, so that it does not grow with the responses."""

from survey.dispositions.counted import (
    OfUnit,
    OfWave,
    Row,
    Steps,
    is_over,
    of_wave,
    steps,
)
from survey.dispositions.rows import rows

__all__ = [
    "OfUnit",
    "OfWave",
    "Row",
    "Steps",
    "is_over",
    "of_wave",
    "rows",
    "steps",
]
