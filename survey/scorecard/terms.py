"""Words of the scorecard: how kinds and states are called on screen, its refusal, and
how numbers of points are read as people type them."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from survey import web
from survey.formats import number, round_half_up

OWN_RULE = _l("quy tắc do cơ quan cấu hình")
"""What stands in place of a legal source where there is none."""
KINDS = {
    "linear": _l("Tuyến tính: chỉ số × điểm tối đa / 100"),
    "bands": _l("Theo bậc, phủ kín từ 0 đến 100"),
    "thresholds": _l("Theo ngưỡng: đạt từ ngưỡng nào được điểm của ngưỡng đó"),
    "typed": _l("Điểm do người chấm nhập"),
    "not_applicable": _l("Không chấm (không áp dụng)"),
}
MEASURES = {
    "survey": _l("Chỉ số hài lòng của khảo sát"),
    "national": _l("Số liệu theo Quyết định 766/QĐ-TTg"),
    "other": _l("Tỷ lệ phần trăm khác"),
}
STATES = {
    "self": _l("Tự đánh giá"),
    "submitted": _l("Thẩm định lần 1"),
    "explaining": _l("Giải trình, bổ sung tài liệu"),
    "second": _l("Thẩm định lần 2"),
    "published": _l("Đã công bố"),
}
STATE_COLOURS = {
    "self": "yellow",
    "submitted": "blue",
    "explaining": "orange",
    "second": "blue",
    "published": "green",
}
SOURCES = {
    "none": _l("chưa chấm"),
    "typed": _l("nhập điểm"),
    "value": _l("tính từ số nhập vào"),
    "wave": _l("tính từ đợt khảo sát"),
}
EVIDENCE = {
    "present": (_l("Đã có"), "green"),
    "missing": (_l("Còn thiếu"), "red"),
    "stale": (_l("Đã cũ"), "orange"),
}
ACTIONS = {
    "made": _l("Lập phiếu tự chấm"),
    "settings": _l("Sửa thiết lập của phiếu"),
    "line_added": _l("Thêm tiêu chí"),
    "line_changed": _l("Sửa tiêu chí"),
    "line_removed": _l("Xóa tiêu chí"),
    "left_out": _l("Ghi không áp dụng"),
    "taken_in": _l("Ghi áp dụng trở lại"),
    "self_points": _l("Tự chấm"),
    "self_cleared": _l("Bỏ điểm tự chấm"),
    "evidence_added": _l("Thêm tài liệu"),
    "evidence_changed": _l("Sửa tài liệu"),
    "evidence_removed": _l("Xóa tài liệu"),
    "first_points": _l("Ghi điểm thẩm định lần 1"),
    "explanation": _l("Giải trình"),
    "second_points": _l("Ghi điểm thẩm định lần 2"),
    "national": _l("Ghi số liệu theo Quyết định 766/QĐ-TTg"),
    "historic": _l("Ghi phiếu 18 điểm"),
    "moved_on": _l("Chuyển bước"),
    "reopened": _l("Mở lại bước trước"),
}
SETTINGS = {
    "submit_by": _l("Hạn nộp tự đánh giá"),
    "explain_by": _l("Hạn giải trình, bổ sung tài liệu"),
    "second_factor": _l("Hệ số của điểm bổ sung ở lần 2"),
    "second_mode": _l("Cách áp dụng hệ số"),
    "second_source": _l("Căn cứ của hệ số"),
    "grades": _l("Xếp loại"),
    "grades_source": _l("Căn cứ của xếp loại"),
    "shows_historic": _l("Phiếu 18 điểm"),
}
_NUMBER: Final = re.compile(r"\d{1,6}([.,]\d{1,6})?", re.ASCII)


class ScorecardError(Exception):
    """Something cannot be done; the message says why, `field` what to mend."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def source_words(source: str) -> str:
    """The legal source of a rule, or the words for one of the agency's own."""
    return source or str(OWN_RULE)


def read_number(text: str, field: str | None = None) -> Decimal:
    """A number as people write it: 9,12 or 9.12.

    Raises:
        ScorecardError: it is none, is negative, or has more than two decimals.
    """
    bare = text.strip()
    if not _NUMBER.fullmatch(bare):
        raise ScorecardError(_("Xin nhập một số, ví dụ 9,12."), field)
    found = Decimal(bare.replace(",", "."))
    if found != round_half_up(found):
        raise ScorecardError(_("Xin nhập tối đa hai chữ số thập phân."), field)
    return round_half_up(found)


def written(value: Decimal | Fraction | int) -> str:
    """A number of points or an index as this reader's language writes it."""
    return number(value, web.language())


def typed_form(value: Decimal) -> str:
    """A number as it stands in a field for typing: 9,12 in Vietnamese, 9.12 else."""
    return written(value).replace("." if web.language() == "vi" else ",", "")
