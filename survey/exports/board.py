"""The working group's page as one sheet of paper: every division, what is due, in the
words and figures that the screen has too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from survey.formats import nfc
from survey.questionnaire.schema import Text

PARTS: Final = Path(__file__).parent / "board_parts"
ONE_COLUMN: Final = 26
"""So many divisions stand below each other; more stand in two columns."""
MOST_ON_A_PAGE: Final = 60
MOST_DUES: Final = 5
"""Reports named on the sheet; the page on the screen has all."""

HEADS: Final = {
    "unit": Text(vi="Phòng, đơn vị", en="Division"),
    "index": Text(vi="Chỉ số", en="Index"),
    "interval": Text(vi="Khoảng 95%", en="95% range"),
    "n": Text(vi="n", en="n"),
    "change": Text(vi="So kỳ trước", en="Against before"),
    "rate": Text(vi="Tỷ lệ trả lời", en="Response rate"),
    "reached": Text(vi="Phiếu/cần", en="Forms/needed"),
    "actions": Text(vi="Việc mở", en="Open actions"),
    "overdue": Text(vi="Quá hạn", en="Overdue"),
}
BEHIND: Final = Text(vi="chậm", en="behind")
_WORDS: Final = {
    "wave": Text(vi="Đợt khảo sát", en="Wave"),
    "index": Text(vi="Chỉ số", en="Index"),
    "made": Text(vi="Lập ngày", en="Made on"),
    "dues": Text(vi="Báo cáo định kỳ", en="Periodic reports"),
    "more": Text(vi="và {n} báo cáo khác", en="and {n} more"),
    "no_dues": Text(
        vi="không có báo cáo sắp đến hạn hoặc quá hạn",
        en="none is due soon or overdue",
    ),
    "legend": Text(
        vi="▲ tăng thật · ▼ giảm thật · = chưa thấy khác · (!n): n việc quá hạn.",
        en="▲ really up · ▼ really down · = no difference seen · (!n): n overdue.",
    ),
    "nobody": Text(vi="Chưa có phòng nào.", en="There is no division yet."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One division; all texts are finished, "" where there is nothing to say."""

    code: str
    name: str
    index: str
    """The index, or words why there is none."""
    has_index: bool
    interval: str
    n: str
    shape: str
    change: str
    change_text: str
    verdict: str
    rate: str
    reached: str
    is_behind: bool
    open: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """One report: its name, its period, its day, how it stands."""

    name: str
    period: str
    due: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The whole page."""

    title: str
    agency: str
    wave: str
    formula: str
    made_on: str
    marks: tuple[str, ...]
    """Why the figures must not be taken for results; mostly nothing."""
    summary: tuple[str, ...]
    lines: tuple[Line, ...]
    dues: tuple[DueLine, ...]
    notes: tuple[str, ...]
    language: str

    @property
    def columns(self) -> tuple[Sequence[Line], ...]:
        """The divisions as they stand side by side, page by page."""
        if len(self.lines) <= ONE_COLUMN:
            return (self.lines,)
        half = -(-min(len(self.lines), MOST_ON_A_PAGE) // 2)
        return tuple(
            self.lines[at : at + half] for at in range(0, len(self.lines), half)
        )


def board_html(board: Board) -> str:
    """The sheet as HTML for print, its style within it: A4, lying.

    Returns:
        One page for up to MOST_ON_A_PAGE divisions; more begin another.
    """
    language = board.language
    page = _PAGES.get_template("board.html").render(
        board=board,
        columns=board.columns,
        heads={name: text.get(language) for name, text in HEADS.items()},
        words={name: text.get(language) for name, text in _WORDS.items()},
        behind=BEHIND.get(language),
        dues=board.dues[:MOST_DUES],
        more=max(0, len(board.dues) - MOST_DUES),
        # Our own file, within an element whose text nobody escapes.
        style=Markup((PARTS / "board.css").read_text("utf-8")),  # noqa: S704
    )
    return nfc(page)


_PAGES = Environment(
    loader=FileSystemLoader(PARTS),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
