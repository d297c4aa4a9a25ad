"""The indices once more, from the raw export alone and with other people's code."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

from statsmodels.stats.proportion import proportion_confint

LEVELS = ("1", "2", "3", "4", "5")


def rows_of(raw: bytes) -> list[dict[str, str]]:
    """The raw export; it must begin with the mark that spreadsheets look for."""
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def index_of(
    rows: list[dict[str, str]], codes: list[str]
) -> tuple[int, Fraction | None]:
    """Valid answers of these criteria pooled, and the percent of them at 4 or 5."""
    values = [
        row[code]
        for row in rows
        if row["status"] in ("complete", "partial")
        for code in codes
        if row[code] in LEVELS
    ]
    if not values:
        return 0, None
    satisfied = sum(value in ("4", "5") for value in values)
    return len(values), Fraction(100 * satisfied, len(values))


def wilson_of(rows: list[dict[str, str]], code: str) -> tuple[float, float]:
    """The 95 % Wilson interval of one criterion, in percent, by statsmodels."""
    base, share = index_of(rows, [code])
    assert share is not None
    low, high = proportion_confint(
        int(share * base / 100), base, alpha=0.05, method="wilson"
    )
    return 100 * low, 100 * high
