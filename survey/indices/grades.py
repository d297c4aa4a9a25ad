"""Classes of a score by thresholds: those of the historic 18-point sheet, those common
for the index of administrative reform, or an agency's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

from survey.questionnaire.schema import Text

from .scores import Exact, exact
from .terms import IndicesError


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A class: its code, its name, and the least score that reaches it."""

    code: str
    title: Text
    least: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    """The classes of one score, from the highest to the lowest, which starts at 0.

    Raises:
        IndicesError: no class, thresholds that do not fall strictly to 0, a highest
            one above the maximum, or a code or Vietnamese name used twice.
    """

    maximum: Fraction
    grades: tuple[Grade, ...]

    def __post_init__(self) -> None:
        if not self.grades:
            raise IndicesError("no class")
        least = [one.least for one in self.grades]
        if least[-1] != 0 or least[0] > self.maximum:
            raise IndicesError(f"classes from {least[-1]} to {least[0]}")
        if any(a <= b for a, b in pairwise(least)):
            raise IndicesError(f"the thresholds {[*map(str, least)]} do not fall")
        for names in (
            {one.code for one in self.grades},
            {one.title.vi for one in self.grades},
        ):
            if len(names) < len(self.grades):
                raise IndicesError("two classes have the same code or name")


@dataclass(frozen=True, slots=True)
class Step:
    """The class above, and the points that are missing to it (more than 0)."""

    grade: Grade
    missing: Fraction


def grade_of(score: Exact, grades: Grades) -> Grade:
    """The class of a score; exactly a threshold reaches it.

    Args:
        score: unrounded; a class follows from the figure, not from its print.
    Raises:
        IndicesError: a score below 0 or above the maximum, or a float.
    Source: domain.md sections 6 and 7.
    """
    value = exact(score)
    if not 0 <= value <= grades.maximum:
        raise IndicesError(f"a score of {score}, the maximum is {grades.maximum}")
    return next(one for one in grades.grades if value >= one.least)


def next_grade(score: Exact, grades: Grades) -> Step | None:
    """What is missing to the class above; None in the highest class.

    Raises:
        IndicesError: as `grade_of`.
    """
    value = exact(score)
    place = grades.grades.index(grade_of(value, grades))
    if place == 0:
        return None
    above = grades.grades[place - 1]
    return Step(above, above.least - value)


def _grade(code: str, vi: str, en: str, least: int) -> Grade:
    return Grade(code=code, title=Text(vi=vi, en=en), least=Fraction(least))


FOUR_GRADES: Final = Grades(
    maximum=Fraction(100),
    grades=(
        _grade("good", "Tốt", "Good", 80),
        _grade("fair", "Khá", "Fair", 65),
        _grade("average", "Trung bình", "Average", 50),
        _grade("weak", "Yếu", "Weak", 0),
    ),
)
"""The four classes of Khánh Hòa [c] with thresholds common elsewhere: those of the
province are not known [u], so this is a default to be set, never shown as law."""

SHEET_GRADES: Final = Grades(
    maximum=Fraction(18),
    grades=(
        _grade("excellent", "Xuất sắc", "Excellent", 15),
        _grade("good", "Tốt", "Good", 12),
        _grade("fair", "Khá", "Fair", 9),
        _grade("average", "Trung bình", "Average", 6),
        _grade("weak", "Yếu", "Weak", 0),
    ),
)
"""The five classes of the 18-point sheet (until 30/6/2025), domain.md section 7 [o]."""

SHEET_MARKS: Final = (2, 1, 0)
SHEET_INDICATORS: Final = tuple(
    Text(vi=vi, en=en)
    for vi, en in (
        (
            "Tổng thời gian giải quyết thủ tục hành chính so với quy định của pháp "
            "luật",
            "Total time to settle the procedure against the time in law",
        ),
        (
            "Thời gian thực hiện của từng cơ quan, đơn vị tham gia giải quyết (kể cả "
            "đơn vị phối hợp)",
            "Time taken by each agency or unit involved (also those that assist)",
        ),
        (
            "Số lần phải liên hệ với nơi tiếp nhận hồ sơ để hoàn thiện hồ sơ (kể cả "
            "trực tuyến)",
            "Contacts with the counter to complete the dossier (also online)",
        ),
        (
            "Số lượng cơ quan, đơn vị, tổ chức phải liên hệ để hoàn thiện hồ sơ (kể "
            "cả trực tuyến)",
            "Agencies, units and bodies to be contacted to complete the dossier (also "
            "online)",
        ),
        (
            "Thực hiện tổ chức tiếp nhận hồ sơ, giải quyết, trả kết quả tại Bộ phận "
            "Một cửa",
            "Taking, settling and returning dossiers at the one-stop counter",
        ),
        ("Công khai các thủ tục hành chính", "Publication of procedures"),
        (
            "Thái độ của cán bộ, công chức, viên chức khi hướng dẫn lập hồ sơ, tiếp "
            "nhận hồ sơ và giải quyết thủ tục hành chính",
            "Conduct of officials who guide, take and settle dossiers",
        ),
        (
            "Tiếp thu, giải trình đối với các ý kiến phản ánh, kiến nghị của tổ chức, "
            "cá nhân",
            "Taking up and answering reactions of organisations and people",
        ),
        (
            "Tiến độ và chất lượng cung cấp dịch vụ công trực tuyến",
            "Progress and quality of online public services",
        ),
    )
)
"""The nine indicators of the 18-point sheet, in order; domain.md section 7 [o]."""


def sheet_points(marks: Sequence[int]) -> int:
    """The points of an 18-point sheet.

    Args:
        marks: of SHEET_INDICATORS in order, each 2, 1 or 0.
    Returns:
        0..18.
    Raises:
        IndicesError: not nine marks, or another mark.
    Source: domain.md section 7 [s].
    """
    if len(marks) != len(SHEET_INDICATORS):
        raise IndicesError(f"{len(marks)} marks for {len(SHEET_INDICATORS)} indicators")
    for mark in marks:
        if type(mark) is not int or mark not in SHEET_MARKS:
            raise IndicesError(f"a mark of {mark!r}")
    return sum(marks)
