"""How many answered, how far, and of how many invited where that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from survey import clock, dispositions
from survey.dispositions import OfWave
from survey.exports import DispositionRow, Entry, words
from survey.formats import integer, percent
from survey.indices import Tally, Thresholds
from survey.models import Wave
from survey.questionnaire.schema import Text
from survey.tallies import Selection

_RESPONSES = Text(vi="Số phiếu được tính", en="Responses in the indices")
_NONE = Text(vi="chưa có phiếu", en="no responses yet")
_DETAIL = Text(
    vi="{complete} phiếu đầy đủ, {partial} phiếu một phần",
    en="{complete} complete, {partial} partial",
)
_FEW = Text(vi="dưới {n} phiếu", en="fewer than {n} responses")
_PAPER = Text(vi="Trong đó phiếu giấy", en="Of these on paper")
_PAPER_NOTE = Text(
    vi="xem riêng bằng bộ lọc nguồn phiếu", en="apart by the filter for origin"
)
_BREAK_OFF = Text(vi="Số phiếu bỏ dở", en="Broken off")
_BREAK_OFF_NOTE = Text(vi="không tính vào chỉ số", en="not in the indices")
_RATE = Text(vi="Tỷ lệ trả lời", en="Response rate")
_RATE_NOTE = Text(
    vi="{answered} phiếu / {invited} hồ sơ được mời (RR2); chỉ phiếu đầy đủ: "
    "{rr1} (RR1)",
    en="{answered} responses / {invited} dossiers invited (RR2); complete ones only: "
    "{rr1} (RR1)",
)
_NOT_KNOWN = Text(vi="không tính được", en="not known")
_NO_FRAME = Text(
    vi="chưa phát đường dẫn theo hồ sơ", en="no dossier links were given out"
)
_NO_FRAME_HERE = Text(
    vi="không có số hồ sơ được mời theo cách nộp, tháng hoặc nguồn này",
    en="invited dossiers are not told apart by this channel, month or origin",
)
_CUT = Text(
    vi="có mã hồ sơ không ghi thủ tục nên không tách riêng được phạm vi này",
    en="some dossier links name no procedure, so this scope cannot be told apart",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The dossiers of a selection: as counted, and as rows that may be shown."""

    has_frame: bool
    """Whether dossiers are told apart by what was selected at all."""
    found: OfWave | None
    rows: tuple[DispositionRow, ...]


def has_frame(selection: Selection) -> bool:
    """Whether invited dossiers can be told apart by this selection at all.

    Not by channel: who answers may correct the dossier's, and a link may have none.
    """
    return (
        selection.month is None
        and selection.first_month is None
        and selection.last_month is None
        and selection.channel is None
        and selection.origin in (None, "dossier")
        and selection.origins is None
    )


def rate(rows: Sequence[DispositionRow]) -> Fraction | None:
    """The response rate RR2 in percent, or None where it is not known or not shown."""
    return rows[0].rr2 if rows else None


def rates(
    session: Session,
    wave: Wave,
    selection: Selection,
    tally: Tally,
    thresholds: Thresholds,
    language: str,
    *,
    late_days: int,
) -> Rates:
    """What became of the invited dossiers of a selection, small groups hidden; no rows
    where nobody was invited, or too few responses of any kind came in."""
    if not has_frame(selection):
        return Rates(has_frame=False, found=None, rows=())
    found = dispositions.of_wave(
        session,
        wave,
        today=clock.today(),
        late_days=late_days,
        unit_ids=selection.unit_ids,
        procedure_ids=selection.procedure_ids,
    )
    rows: tuple[DispositionRow, ...] = ()
    if found is not None and found.units and not _is_few(tally, thresholds):
        least = thresholds.hide_below
        rows = dispositions.rows(session, found, language, hide_below=least)
    return Rates(has_frame=True, found=found, rows=rows)


def _is_few(tally: Tally, thresholds: Thresholds) -> bool:
    return 0 < tally.counted < thresholds.hide_below


def entries(
    tally: Tally,
    rates: Rates,
    thresholds: Thresholds,
    language: str,
    *,
    on_paper: int = 0,
    is_closed: bool = False,
    is_paper_closed: bool = False,
) -> tuple[Entry, ...]:
    """The figures of participation in words; small numbers hidden as in the tables.

    Args:
        on_paper: how many of the responses counted were filled in on paper.
        is_closed: whether nothing may be told of this selection.
        is_paper_closed: the same of those on paper.
    """
    counted = tally.counted
    few = _FEW.get(language).format(n=thresholds.hide_below)
    if _is_few(tally, thresholds):
        return (Entry(name=_RESPONSES.get(language), text=few),)
    if is_closed:
        cover = words.COVER.get(language)
        return (Entry(name=_RESPONSES.get(language), text=cover),)
    statuses = {
        name: integer(count, language) for name, count in tally.statuses.items()
    }
    detail = _DETAIL.get(language).format(**statuses) if counted else ""
    return (
        Entry(
            name=_RESPONSES.get(language),
            text=integer(counted, language),
            note=detail or _NONE.get(language),
        ),
        Entry(
            name=_PAPER.get(language),
            text=(
                few
                if 0 < on_paper < thresholds.hide_below
                else words.COVER.get(language)
                if is_paper_closed and on_paper >= thresholds.index_from
                else integer(on_paper, language)
            ),
            note=_PAPER_NOTE.get(language),
        ),
        Entry(
            name=_BREAK_OFF.get(language),
            text=statuses["break_off"],
            note=_BREAK_OFF_NOTE.get(language),
        ),
        _rate(rates, language),
    )


def _rate(rates: Rates, language: str) -> Entry:
    name, text = _RATE.get(language), _NOT_KNOWN.get(language)
    if rates.found is None:
        why = _CUT if rates.has_frame else _NO_FRAME_HERE
        return Entry(name=name, text=text, note=why.get(language))
    became = rates.rows[0] if rates.rows else None
    if became is None or became.invited == 0:
        return Entry(name=name, text=text, note=_NO_FRAME.get(language))
    if became.rr1 is None or became.rr2 is None:
        return Entry(name=name, text=text, note=became.words or "")
    note = _RATE_NOTE.get(language).format(
        answered=integer(became.answered or 0, language),
        invited=integer(became.invited or 0, language),
        rr1=percent(became.rr1, language),
    )
    return Entry(name=name, text=percent(became.rr2, language), note=note)
