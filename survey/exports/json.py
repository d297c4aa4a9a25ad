"""A report as JSON for other programs; figures are decimal texts, never floats."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from survey.exports import facts
from survey.exports.dispositions import as_json
from survey.exports.report import Entry, Figure, Report
from survey.formats import decimal_text


def report_json(report: Report) -> bytes:
    """The report in UTF-8; `rows` as other tools rely on them, more beside them."""
    content = {
        "wave": report.wave,
        "formula": report.formula,
        "title": report.title,
        "agency": report.agency,
        "language": report.language,
        "questionnaire": report.questionnaire,
        "questionnaire_sha256": report.sha256,
        "generated_on": report.generated_on and report.generated_on.isoformat(),
        "is_sample": report.is_sample,
        "is_rehearsal": report.is_rehearsal,
        "selection": _entries(report.selection),
        "participation": _entries(report.participation),
        "response_rate": _text(report.response_rate),
        "dispositions": [as_json(row, report.language) for row in report.dispositions],
        "rows": [_row(report, figure) for figure in report.rows],
        # Apart from the rows, so that no program ranks the two sets together.
        "core": None if report.core is None else _row(report, report.core),
        "core_criteria": list(report.core_criteria),
        "facts": [facts.as_json(one) for one in report.facts],
        "flags": _entries(report.flags),
        "method": _entries(report.method),
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def _row(report: Report, figure: Figure) -> dict[str, Any]:
    low, high = report.interval(figure) or (None, None)
    groups = figure.groups
    return {
        "level": figure.level,
        "code": figure.code,
        "n": figure.n,
        "value": _text(report.value(figure)),
        "low": _text(low),
        "high": _text(high),
        "counts": dict(figure.counts),
        "title": figure.title,
        "display": figure.display,
        "words": figure.words,
        "groups": groups and {"satisfied": groups[0], "others": groups[1]},
        "answers": figure.answers,
        "not_applicable": _text(figure.not_applicable),
        "cannot_judge": figure.cannot_judge,
        "indices": {name: _text(value) for name, value in figure.indices.items()},
        "share_low": _text(figure.low),
        "share_high": _text(figure.high),
        "mean_of_criteria": _text(figure.mean),
        "criteria_in_mean": figure.mean_of,
        "without_flagged": _unflagged(report, figure),
    }


def _unflagged(report: Report, figure: Figure) -> dict[str, Any] | None:
    without = figure.unflagged
    if without is None:
        return None
    return {
        "n": without.n,
        "value": _text(report.value_without_flagged(figure)),
        "moved": _text(report.moved(figure)),
        "indices": {name: _text(value) for name, value in without.indices.items()},
        "share_low": _text(without.low),
        "share_high": _text(without.high),
    }


def _entries(entries: tuple[Entry, ...]) -> list[dict[str, str]]:
    return [{"name": entry.name, "text": entry.full} for entry in entries]


def _text(value: Fraction | Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)
