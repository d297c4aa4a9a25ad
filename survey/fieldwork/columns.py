"""The columns of the lists an office hands in, with their headings in Vietnamese and
English, and the words that may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from survey.fieldwork.rows import Column, date_of
from survey.models import OUTCOMES


def _column(
    field: str, *heads: str, required: bool = False, code: bool = False
) -> Column:
    return Column(field=field, heads=heads, is_required=required, is_code=code)


UNITS: Final = (
    _column("code", "Mã", "Mã đơn vị", "Unit code", required=True, code=True),
    _column("name", "Tên", "Tên đơn vị", "Unit name", required=True),
    _column("kind", "Cấp", "Loại", "Level", required=True),
    _column("parent", "Mã cấp trên", "Cấp trên", "Parent code", code=True),
    _column("valid_from", "Có hiệu lực từ", "Từ ngày", "From"),
    _column("valid_to", "Hết hiệu lực từ", "Đến ngày", "To"),
)
PROCEDURES: Final = (
    _column("code", "Mã thủ tục", "Mã", "Procedure code", required=True, code=True),
    _column("name", "Tên thủ tục", "Tên", "Procedure name", required=True),
    _column("field", "Lĩnh vực", "Field"),
    _column("unit", "Mã đơn vị", "Đơn vị", "Unit code", required=True, code=True),
    _column("working_days", "Số ngày làm việc", "Thời hạn", "Days"),
    _column("days_verified", "Đã kiểm chứng", "Verified"),
    _column("is_immediate", "Giải quyết ngay", "Immediate"),
    _column("online_level", "Mức trực tuyến", "Online"),
    _column("fee", "Phí, lệ phí", "Phí", "Fee"),
)
FACTS: Final[Mapping[str, Column]] = {
    "F04": _column("F04", "Cách nộp", "Hình thức nộp", "Filed by"),
    "F05": _column("F05", "Cách nhận kết quả", "Hình thức nhận", "Result received by"),
    "F06": _column("F06", "Ngày tiếp nhận", "Received on"),
    "F07": _column("F07", "Ngày hẹn trả", "Ngày hẹn", "Due on"),
    "F08": _column("F08", "Ngày có kết quả", "Ngày trả kết quả", "Result on"),
    "F09": _column("F09", "Tình trạng", "Kết quả", "Outcome", required=True),
    "F10": _column("F10", "Số lần bổ sung", "Times supplemented"),
    "F10b": _column("F10b", "Ngày hẹn sau bổ sung", "New due date"),
}
DOSSIERS: Final = (
    _column("code", "Mã hồ sơ", "Số hồ sơ", "Dossier code", required=True, code=True),
    _column(
        "procedure", "Mã thủ tục", "Thủ tục", "Procedure code", required=True, code=True
    ),
    *FACTS.values(),
)

UNIT_KINDS: Final = {
    "province": "province",
    "tỉnh": "province",
    "ubnd tỉnh": "province",
    "department": "department",
    "sở": "department",
    "ban": "department",
    "division": "division",
    "phòng": "division",
    "đơn vị": "division",
    "trung tâm": "division",
}
YES_NO: Final = {
    "": False,
    "không": False,
    "no": False,
    "0": False,
    "có": True,
    "yes": True,
    "x": True,
    "1": True,
}
ONLINE: Final = {
    "": "none",
    "không": "none",
    "none": "none",
    "một phần": "partial",
    "partial": "partial",
    "toàn trình": "full",
    "full": "full",
}
# What the office's own system calls them; the form's words are long.
SHORT_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "F04": {
        "trực tiếp": "in_person",
        "trực tuyến": "online",
        "bưu chính": "postal",
        "bưu chính công ích": "postal",
    },
    "F05": {
        "trực tiếp": "in_person",
        "bản giấy": "in_person",
        "bưu chính": "postal",
        "bưu chính công ích": "postal",
        "bản điện tử": "electronic",
        "điện tử": "electronic",
        "chưa nhận": "not_received",
    },
    "F08": {"chưa có": "not_yet"},
    "F09": {
        "đã giải quyết": "granted",
        "đồng ý": "granted",
        "từ chối": "refused",
        "trả lại": "returned",
        "rút hồ sơ": "withdrawn",
        "đã rút": "withdrawn",
        "đang giải quyết": "in_progress",
        "in progress": "in_progress",
    },
    "F10": {
        "0": "none",
        "không": "none",
        "1": "one",
        "2": "two",
        "3": "three_plus",
        "4": "three_plus",
        "5": "three_plus",
    },
}


def value_without_fact(code: str, typed: str) -> str | None:
    """A cell of a fact that the questionnaire does not ask: only its outcome counts."""
    if code == "F09":
        short = SHORT_WORDS[code].get(typed.casefold(), typed.casefold())
        return short if short in OUTCOMES else None
    if code in ("F06", "F07", "F08", "F10b"):
        on = date_of(typed)
        return on.isoformat() if on else typed
    return SHORT_WORDS[code].get(typed.casefold(), typed)
