"""How long a questionnaire takes to read, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from survey import formats, workdays
from survey.questionnaire import (
    ProcedureFacts,
    Questionnaire,
    asked_facts,
    routing,
    strips,
)
from survey.questionnaire.reading_time import (
    ARMS,
    GUIDED,
    WORDS_PER_MINUTE,
    ReadingTime,
    minutes_for,
    most_minutes,
    reading_time,
)
from survey.questionnaire.schema import LANGUAGES

COLUMNS = [(language, arm) for language in LANGUAGES for arm in ARMS]
WIDTH = 12
NAMES = {"guided": "mở/guided", "folded": "gập/folded"}

_EVERY_ONE = {
    "F01": "procedure", "F02": "employee", "F03": "workers_1_10",
    "F06": "2026-07-01", "F07": "2026-07-29", "F08": "2026-07-29", "F09": "granted",
    "F10": "none", "F12b": "yes", "F15": "no", "F17": "no", "F18": "no",
}  # fmt: skip
ORDINARY: tuple[Mapping[str, str], ...] = (
    {
        **_EVERY_ONE,
        "F04": "online", "F05": "electronic", "F05b": "not_needed", "F12": "none",
        "F12c": "yes", "F12d": "guided", "F13": "yes", "F13b": "equal",
        "F13c": "yes", "F14": "portal_online", "F14b": "first_try",
    },
    {
        **_EVERY_ONE,
        "F04": "in_person", "F04b": "not_aware", "F05": "in_person",
        "F05b": "not_needed", "F12": "two", "F12c": "no", "F12d": "none", "F13": "no",
    },
)  # fmt: skip
"""Two dossiers as most are, on time: online with a fee, at the counter without."""
_ANSWERED_ON = date(2026, 8, 27)


def reading_lines(q: Questionnaire) -> Iterator[str]:
    """Words by page and minutes, guided and folded, in both languages."""
    most = most_minutes(q)
    whole = [reading_time(q, language=one, arm=arm) for one, arm in COLUMNS]
    yield (
        f"Thời gian đọc / reading time: {q.id}; ghi ở trang đầu / promised: "
        f"{q.minutes} phút / minutes"
    )
    yield (
        f"{WORDS_PER_MINUTE} từ một phút / words a minute; mọi câu hỏi / every "
        f"question; giới hạn / limit: {most}"
    )
    yield _row("", [f"{one} {NAMES[arm]}" for one, arm in COLUMNS])
    for page in whole[0].words:
        yield _row(page, [str(one.words[page]) for one in whole])
    yield _row("từ / words", [str(_sum(one)) for one in whole])
    yield _row("phút / minutes", [_minutes(_sum(one)) for one in whole])
    yield _row("vượt / over", [_over(_sum(one), most) for one in whole])
    yield _row(
        "thường gặp / usual",
        [
            formats.number(ordinary_minutes(q, one, arm), "vi", places=1)
            for one, arm in COLUMNS
        ],
    )
    yield (
        "Thường gặp: hồ sơ đúng hẹn đã có dữ liệu, mỗi câu chữ đọc một lần / usual: a "
        "dossier on time whose facts are supplied, each text read once"
    )


def ordinary_minutes(
    q: Questionnaire, language: str = "vi", arm: str = GUIDED
) -> Fraction:
    """How long an ordinary dossier's form takes to read, each text once.

    Its guidance is what the arm shows; the dossier supplies what it can.
    """
    return sum(
        (minutes_for(_once(q, language, arm, facts)) for facts in ORDINARY),
        Fraction(),
    ) / len(ORDINARY)


def _once(q: Questionnaire, language: str, arm: str, told: Mapping[str, str]) -> int:
    known = {fact.code for fact in q.facts}
    current = routing.current(
        q,
        {code: value for code, value in told.items() if code in known},
        procedure=ProcedureFacts(published_days=20, is_immediate=False),
        calendar=workdays.packaged(),
        answer_date=_ANSWERED_ON,
    )
    asked = set(asked_facts(q, current.values))
    found = reading_time(
        q,
        language=language,
        arm=arm,
        facts=[one.code for one in q.facts if one.code in asked and not one.prefill],
        routed=routing.shown(q, current.values),
        strips=strips(
            q, current.values, language=language, date_text=formats.date_text
        ),
    )
    return sum(found.once.values())


def _row(name: str, cells: list[str]) -> str:
    return f"{name:<18}" + "".join(f"{cell:>{WIDTH + 2}}" for cell in cells)


def _sum(one: ReadingTime) -> int:
    return sum(one.words.values())


def _minutes(words: int) -> str:
    return formats.number(minutes_for(words), "vi", places=1)


def _over(words: int, most: int) -> str:
    return "có / yes" if minutes_for(words) > most else "không / no"
