"""How long a questionnaire takes to read, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from survey import formats
from survey.questionnaire import Questionnaire
from survey.questionnaire.reading_time import (
    ARMS,
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


def reading_lines(q: Questionnaire) -> Iterator[str]:
    """Words by page and minutes, guided and folded, in both languages."""
    most = most_minutes(q)
    unsupplied = [fact.code for fact in q.facts if not fact.prefill]
    whole = [reading_time(q, language=one, arm=arm) for one, arm in COLUMNS]
    supplied = [
        reading_time(q, language=one, arm=arm, facts=unsupplied) for one, arm in COLUMNS
    ]
    yield ""
    yield f"Thời gian đọc / reading time: {q.id}"
    yield (
        f"{WORDS_PER_MINUTE} từ một phút; mọi tiêu chí áp dụng, mọi câu hỏi thực tế; "
        f"giới hạn {most} phút"
    )
    yield (
        f"{WORDS_PER_MINUTE} words a minute; every criterion applies, every fact is "
        f"asked; limit {most} minutes"
    )
    yield ""
    yield _row("", [f"{one} {NAMES[arm]}" for one, arm in COLUMNS])
    for page in whole[0].words:
        yield _row(page, [str(one.words[page]) for one in whole])
    yield _row("từ / words", [str(_sum(one)) for one in whole])
    yield _row("phút / minutes", [_minutes(_sum(one)) for one in whole])
    yield _row("vượt / over", [_over(_sum(one), most) for one in whole])
    yield ""
    yield "Mỗi câu chữ chỉ đọc một lần / each text read but once (phút / minutes):"
    yield _row("mọi / all facts", [_minutes(_once(one)) for one in whole])
    yield "Hồ sơ đã có dữ liệu / facts supplied by the dossier (phút / minutes):"
    yield _row("đọc hết / all", [_minutes(_sum(one)) for one in supplied])
    yield _row("một lần / once", [_minutes(_once(one)) for one in supplied])


def _row(name: str, cells: list[str]) -> str:
    return f"{name:<18}" + "".join(f"{cell:>{WIDTH + 2}}" for cell in cells)


def _sum(one: ReadingTime) -> int:
    return sum(one.words.values())


def _once(one: ReadingTime) -> int:
    return sum(one.once.values())


def _minutes(words: int) -> str:
    return formats.number(minutes_for(words), "vi", places=1)


def _over(words: int, most: int) -> str:
    return "có / yes" if minutes_for(words) > most else "không / no"
