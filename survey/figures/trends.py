"""One figure over time: its points, where the series breaks and why, and whether it
really changed or only moves by chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue
from survey.db import sum_counts
from survey.exports import Figure, words
from survey.figures import filters as address
from survey.figures import periods
from survey.figures.filters import Filters
from survey.figures.parts import LENGTHS, Part, lined_up
from survey.figures.reckoner import Reckoner
from survey.formats import date_text
from survey.indices import CORE, FULL, Sums, statuses_in
from survey.indices.mixes import Moved, mix_moved
from survey.indices.trends import Change, Limit, changes, control_limits
from survey.models import Tally, Wave
from survey.questionnaire.schema import Questionnaire, Text

MERGED_ON: Final = date(2025, 7, 1)
"""From this day on the office is another one: Resolution 202/2025/QH15."""
_MERGED: Final = Text(
    vi="sáp nhập tỉnh từ {day}: đơn vị và địa bàn khác trước",
    en="merger of provinces on {day}: other units, another area",
)
_OTHER_WORDING: Final = Text(
    vi="phiếu khảo sát khác ({after} thay cho {before}): câu chữ hoặc thang đo đã đổi",
    en="another questionnaire ({after} instead of {before}): other words or scale",
)
_OTHER_MIX: Final = {
    "channel": Text(
        vi="cơ cấu cách nộp hồ sơ đã đổi, nhiều nhất ở “{name}”",
        en="the mix of filing channels changed, most of all “{name}”",
    ),
    "origin": Text(
        vi="cơ cấu nguồn phiếu đã đổi, nhiều nhất ở “{name}”",
        en="the mix of origins changed, most of all “{name}”",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One period of a series."""

    key: str
    """In the address: of a wave its id, else of the period."""
    name: str
    """As people read it; `short` for a chart with little room."""
    short: str
    waves: tuple[str, ...]
    """Ids of the waves whose responses it counts."""
    figure: Figure
    breaks: tuple[str, ...] = ()
    """Why no line may lead here from the point before; empty where one may."""
    change: Change | None = None
    """From the point before, where no break lies between."""
    limit: Limit | None = None
    """Of the control chart of this stretch of the series, if that is long enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The points of a series in the order of time, and waves that are not in it."""

    points: tuple[Point, ...]
    left_out: tuple[Wave, ...] = ()
    """Waves whose questionnaire does not have this figure, or of other criteria."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raw:
    """A point before it is known what lies around it."""

    key: str
    name: str
    waves: tuple[str, ...]
    first: date
    last: date
    questionnaire: str
    figure: Figure
    sums: Sums
    """Of what is shown only; none where the figure is hidden."""


def trend(
    session: Session,
    waves: Sequence[Wave],
    filters: Filters,
    by: str,
    code: str,
    *,
    language: str,
    reach: Collection[int] | None = None,
) -> Trend:
    """One figure of one selection over several waves.

    Args:
        waves: the last of them says what the figure is made of.
        by: "wave", "month", "quarter" or "year".
        code: of a criterion, an element or a set.
    Returns:
        The points that have any response. Where the questionnaire changed, the mix of
        channels or origins changed by more than chance, or the province was merged, the
        series breaks: no change is worked out over a break, and limits begin anew.
    """
    groups = _groups(session, waves, code)
    found: list[_Raw] = []
    for own_code, members in groups.kept:
        looks = lined_up(session, members, filters, by, language, reach)
        for part, look in looks:
            raw = _raw(part, look, own_code, members, by)
            if raw is not None:
                found.append(raw)
    found.sort(key=lambda one: (one.first, one.last, one.questionnaire))
    kept = [wave for _, members in groups.kept for wave in members]
    breaks = _breaks(session, found, kept, filters, by, language, reach)
    points = [
        Point(
            key=one.key,
            name=one.name,
            short=one.key if by == "wave" else one.name,
            waves=one.waves,
            figure=one.figure,
            breaks=breaks[place],
        )
        for place, one in enumerate(found)
    ]
    return Trend(points=tuple(_judged(points, found)), left_out=groups.left_out)


# -- which waves belong together -----------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Groups:
    kept: list[tuple[str, list[Wave]]]
    """Waves of one questionnaire, with the code that the figure has there."""
    left_out: tuple[Wave, ...]


def _groups(session: Session, waves: Sequence[Wave], code: str) -> _Groups:
    by_questionnaire: dict[str, list[Wave]] = defaultdict(list)
    for wave in waves:
        by_questionnaire[wave.questionnaire_id].append(wave)
    kept, left_out = [], []
    wanted = _made_of(_asked(session, waves[-1]), code) if waves else None
    for members in by_questionnaire.values():
        made = _made_of(_asked(session, members[0]), code)
        if made is None or wanted is None or made[1] != wanted[1]:
            left_out += members
        else:
            kept.append((made[0], members))
    return _Groups(kept=kept, left_out=tuple(left_out))


def _asked(session: Session, wave: Wave) -> Questionnaire:
    kept = wave.questionnaire
    return catalogue.questionnaire(session, kept.id, sha256=kept.sha256)


def _made_of(
    questionnaire: Questionnaire, code: str
) -> tuple[str, tuple[str, ...]] | None:
    """The code that a figure has in a questionnaire, and the criteria it is made of."""
    sets = questionnaire.sets
    if code == CORE and set(sets[CORE]) == set(sets[FULL]):
        return FULL, tuple(sorted(sets[CORE]))
    if code in sets:
        return code, tuple(sorted(sets[code]))
    for element in questionnaire.elements:
        codes = tuple(sorted(one.code for one in element.criteria))
        if element.code == code:
            return code, codes
        if code in codes:
            return code, (code,)
    return None


def _raw(
    part: Part, look: Reckoner, code: str, members: Sequence[Wave], by: str
) -> _Raw | None:
    figure = look.figures([code]).figure(code)
    if figure is None or figure.display == "none":
        return None
    if by == "wave":
        wave = next(one for one in members if one.id == part.key)
        first, last = wave.opens_on, wave.closes_on
    else:
        first, last = _days(part.key)
    return _Raw(
        key=part.key,
        name=part.name,
        waves=part.waves,
        first=first,
        last=last,
        questionnaire=members[0].questionnaire_id,
        figure=figure,
        sums=_sums(look, code) if figure.indices else Sums(),
    )


def _days(key: str) -> tuple[date, date]:
    """The first day of a period and the first of its last month."""
    period = periods.read(key)
    if period is None:
        raise ValueError(f"{key!r} names no period")
    first, last = (f"{month}-01" for month in (period.first, period.last))
    return date.fromisoformat(first), date.fromisoformat(last)


def _sums(look: Reckoner, code: str) -> Sums:
    if code in look.tally.sums:
        return look.tally.sums[code]
    levels = look.tally.levels(code)
    from_level = look.questionnaire.scale.satisfied_from
    valid = {level: n for level, n in levels.items() if level is not None}
    n = sum(valid.values())
    x = sum(count for level, count in valid.items() if level >= from_level)
    # One answer in each response.
    return Sums(r=n, m=n, x=x, mm=n, mx=x, xx=x)


# -- breaks --------------------------------------------------------------------------


def _breaks(
    session: Session,
    points: Sequence[_Raw],
    waves: Sequence[Wave],
    filters: Filters,
    by: str,
    language: str,
    reach: Collection[int] | None,
) -> list[tuple[str, ...]]:
    """Of every point why no line leads there from the one before."""
    mixes = {
        column: _mixes(session, waves, filters, by, column, reach)
        for column in ("channel", "origin")
        if getattr(filters, column) is None and len(points) > 1
    }

    def reasons(before: _Raw, after: _Raw) -> Iterator[str]:
        if before.questionnaire != after.questionnaire:
            yield _OTHER_WORDING.get(language).format(
                before=before.questionnaire, after=after.questionnaire
            )
        if before.first < MERGED_ON <= after.last:
            yield _MERGED.get(language).format(day=date_text(MERGED_ON, language))
        for column, mix in mixes.items():
            moved = mix_moved(
                mix.get((before.questionnaire, before.key), {}),
                mix.get((after.questionnaire, after.key), {}),
            )
            if moved is not None:
                yield _moved_words(column, moved, language)

    between = [tuple(reasons(*pair)) for pair in pairwise(points)]
    return [(), *between][: len(points)]


def _moved_words(column: str, moved: Moved, language: str) -> str:
    names = words.CHANNELS if column == "channel" else words.ORIGINS
    name = names[moved.key].get(language)
    return _OTHER_MIX[column].get(language).format(name=name)


def _mixes(
    session: Session,
    waves: Sequence[Wave],
    filters: Filters,
    by: str,
    column: str,
    reach: Collection[int] | None,
) -> Mapping[tuple[str, str], dict[str, int]]:
    """Responses counted per point and channel, or origin; for comparing only."""
    chosen = address.selection(session, filters, reach=reach)
    noun = Tally if column == "channel" else chosen.noun
    of_wave = {wave.id: wave.questionnaire_id for wave in waves}
    key = getattr(noun, column)
    rows = session.execute(
        sa.select(noun.wave_id, noun.month, key, sum_counts(noun.counts))
        .where(noun.wave_id.in_(of_wave), *chosen.conditions(noun))
        .group_by(noun.wave_id, noun.month, key)
    )
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for wave_id, month, value, total in rows:
        point = wave_id if by == "wave" else periods.around(month, LENGTHS[by]).key
        complete, partial, _ = statuses_in(total)
        mix = found[of_wave[wave_id], point]
        mix[value] = mix.get(value, 0) + complete + partial
    return found


# -- change or chance ----------------------------------------------------------------


def _judged(points: Sequence[Point], raws: Sequence[_Raw]) -> Iterator[Point]:
    """The points with what changed, stretch by stretch between breaks."""
    starts = [place for place, one in enumerate(points) if one.breaks or not place]
    for start, end in pairwise([*starts, len(points)]):
        sums = [one.sums for one in raws[start:end]]
        limits = control_limits(sums)
        moves = (None, *changes(sums))
        for offset in range(end - start):
            limit = limits.points[offset] if limits else None
            yield replace(points[start + offset], change=moves[offset], limit=limit)
