"""Words of this room, and what its verbs raise."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l

STATES: Final[dict[str, tuple[Any, str]]] = {
    "planned": (_l("Chưa bắt đầu"), "grey"),
    "in_progress": (_l("Đang làm"), "blue"),
    "done": (_l("Đã xong"), "green"),
    "dropped": (_l("Dừng"), "orange"),
}
"""Of an action: the words and the colour that repeats them."""

CHANGES: Final[dict[str, Any]] = {
    "made": _l("Đặt việc"),
    "edited": _l("Sửa nội dung"),
    "turned": _l("Đổi trạng thái"),
    "file_added": _l("Thêm tệp minh chứng"),
    "file_removed": _l("Gỡ tệp minh chứng"),
    "taken_back": _l("Hoàn tác"),
}

FIELDS: Final[dict[str, Any]] = {
    "title": _l("Tên việc"),
    "task": _l("Nội dung"),
    "owner": _l("Người phụ trách"),
    "due_on": _l("Thời hạn"),
    "state": _l("Trạng thái"),
    "reason": _l("Lý do dừng"),
    "done_on": _l("Ngày xong"),
    "file": _l("Tệp"),
}

VERDICTS: Final[dict[str, tuple[Any, str]]] = {
    "higher": (_l("tăng thật"), "▲"),
    "lower": (_l("giảm thật"), "▼"),
    "unclear": (_l("chưa thấy khác"), "="),
    "unknown": (_l("chưa đủ dữ liệu"), "·"),
}
"""What a difference says, by `Difference.verdict`: words and a shape beside them."""

REPORT_KINDS: Final[dict[str, Any]] = {
    "monthly": _l("Hằng tháng"),
    "quarterly": _l("Hằng quý"),
    "half_year": _l("6 tháng"),
    "yearly": _l("Hằng năm"),
}

DAY_OFF_RULES: Final[dict[str, Any]] = {
    "next": _l("Chuyển sang ngày làm việc tiếp theo"),
    "before": _l("Chuyển lên ngày làm việc liền trước"),
    "same": _l("Giữ nguyên ngày"),
}

DUE_STATES: Final[dict[str, tuple[Any, str]]] = {
    "early": (_l("sớm hạn"), "green"),
    "on_time": (_l("đúng hạn"), "green"),
    "late": (_l("trễ hạn"), "orange"),
    "overdue": (_l("quá hạn chưa gửi"), "red"),
    "soon": (_l("sắp đến hạn"), "yellow"),
    "waiting": (_l("chưa đến hạn"), "grey"),
}
"""How the report of one period stands."""

WEEKDAYS: Final = (
    _l("thứ Hai"),
    _l("thứ Ba"),
    _l("thứ Tư"),
    _l("thứ Năm"),
    _l("thứ Sáu"),
    _l("thứ Bảy"),
    _l("Chủ nhật"),
)


class ActionsError(Exception):
    """Something cannot be done so; `field` names what to mend, if one field does."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
