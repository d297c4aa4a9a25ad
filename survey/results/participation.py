"""How many answered, how far, and of how many invited where that is known."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from survey.exports import Entry
from survey.formats import integer, percent
from survey.indices import (
    Dispositions,
    Tally,
    Thresholds,
    response_rate_1,
    response_rate_2,
)
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
_MORE_THAN_INVITED = Text(
    vi="phiếu theo hồ sơ nhiều hơn số hồ sơ được mời; xin kiểm tra các đường dẫn",
    en="more dossier responses than dossiers invited; please check the links",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """The frame: dossiers with a link that was not revoked, and what became of them."""

    links: int
    statuses: Tally

    @property
    def answered(self) -> int:
        """Complete and partial responses that came by these links."""
        return self.statuses.counted

    @property
    def is_whole(self) -> bool:
        """Whether no more came in than were invited."""
        return sum(self.statuses.statuses.values()) <= self.links

    def rates(self) -> tuple[Fraction | None, Fraction | None]:
        """AAPOR RR1 and RR2; who has not answered is of unknown eligibility."""
        found = self.statuses.statuses
        dispositions = Dispositions(
            complete=found["complete"],
            partial=found["partial"],
            refusal=found["break_off"],
            unknown=self.links - sum(found.values()),
        )
        return response_rate_1(dispositions).value, response_rate_2(dispositions).value


def has_frame(selection: Selection) -> bool:
    """Whether invited dossiers can be told apart by this selection at all.

    Not by channel: who answers may correct the dossier's, and a link may have none.
    """
    return (
        selection.month is None
        and selection.channel is None
        and selection.origin in (None, "dossier")
    )


def rate(
    tally: Tally, invited: Invited | None, thresholds: Thresholds
) -> Fraction | None:
    """The response rate RR2 in percent, or None where it is not known or not shown."""
    if invited is None or not invited.is_whole or _is_few(tally, thresholds):
        return None
    return invited.rates()[1]


def _is_few(tally: Tally, thresholds: Thresholds) -> bool:
    return 0 < tally.counted < thresholds.hide_below


def entries(
    tally: Tally,
    invited: Invited | None,
    thresholds: Thresholds,
    language: str,
    *,
    on_paper: int = 0,
) -> tuple[Entry, ...]:
    """The figures of participation in words; small numbers hidden as in the tables.

    Args:
        invited: None where the selection has no frame of its own.
        on_paper: how many of the responses counted were filled in on paper.
    """
    counted = tally.counted
    if _is_few(tally, thresholds):
        few = _FEW.get(language).format(n=thresholds.hide_below)
        return (Entry(name=_RESPONSES.get(language), text=few),)
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
                _FEW.get(language).format(n=thresholds.hide_below)
                if 0 < on_paper < thresholds.hide_below
                else integer(on_paper, language)
            ),
            note=_PAPER_NOTE.get(language),
        ),
        Entry(
            name=_BREAK_OFF.get(language),
            text=statuses["break_off"],
            note=_BREAK_OFF_NOTE.get(language),
        ),
        _rate(invited, language),
    )


def _rate(invited: Invited | None, language: str) -> Entry:
    name, text = _RATE.get(language), _NOT_KNOWN.get(language)
    if invited is None:
        return Entry(name=name, text=text, note=_NO_FRAME_HERE.get(language))
    if not invited.is_whole:
        return Entry(name=name, text=text, note=_MORE_THAN_INVITED.get(language))
    rr1, rr2 = invited.rates()
    if rr1 is None or rr2 is None:
        return Entry(name=name, text=text, note=_NO_FRAME.get(language))
    note = _RATE_NOTE.get(language).format(
        answered=integer(invited.answered, language),
        invited=integer(invited.links, language),
        rr1=percent(rr1, language),
    )
    return Entry(name=name, text=percent(rr2, language), note=note)
