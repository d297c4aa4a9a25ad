"""The columns of the lists an office hands in, with their headings in Vietnamese and
English, and the words that may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from survey.fieldwork.frame.heads import Column


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
    "F04": _column(
        "F04", "Cách nộp", "Hình thức nộp", "Hình thức tiếp nhận", "Kênh nộp",
        "Hình thức nộp hồ sơ", "Kênh tiếp nhận", "Filed by",
    ),
    "F05": _column(
        "F05", "Cách nhận kết quả", "Hình thức nhận", "Hình thức trả kết quả",
        "Hình thức nhận kết quả", "Result received by",
    ),
    "F06": _column(
        "F06", "Ngày tiếp nhận", "Ngày nhận", "Ngày nộp", "Ngày nhận hồ sơ",
        "Ngày tiếp nhận hồ sơ", "Thời gian tiếp nhận", "Received on",
    ),
    "F07": _column(
        "F07", "Ngày hẹn trả", "Ngày hẹn", "Ngày hẹn trả kết quả", "Hạn trả kết quả",
        "Hạn trả", "Hạn trả KQ", "Ngày hẹn trả KQ", "Hạn xử lý", "Hạn giải quyết",
        "Due on",
    ),
    "F08": _column(
        "F08", "Ngày có kết quả", "Ngày trả kết quả", "Ngày trả", "Ngày kết thúc",
        "Ngày hoàn thành", "Ngày kết thúc xử lý", "Thời gian trả kết quả", "Result on",
    ),
    "F09": _column(
        "F09", "Tình trạng", "Kết quả", "Trạng thái", "Tình trạng hồ sơ",
        "Trạng thái hồ sơ", "Kết quả giải quyết", "Tình trạng giải quyết", "Outcome",
        required=True,
    ),
    "F10": _column("F10", "Số lần bổ sung", "Times supplemented"),
    "F10b": _column("F10b", "Ngày hẹn sau bổ sung", "New due date"),
}  # fmt: skip
DATES: Final = frozenset({"F06", "F07", "F08", "F10b"})
DOSSIERS: Final = (
    _column(
        "code", "Mã hồ sơ", "Số hồ sơ", "Mã số hồ sơ", "Số biên nhận", "Mã biên nhận",
        "Số giấy hẹn", "Dossier code",
        required=True, code=True,
    ),
    _column(
        "procedure", "Mã thủ tục", "Mã TTHC", "Mã thủ tục hành chính", "Thủ tục",
        "Tên thủ tục", "Thủ tục hành chính", "Tên thủ tục hành chính", "Tên TTHC",
        "Procedure code",
        required=True, code=True,
    ),
    *FACTS.values(),
)  # fmt: skip
REACHES: Final = (
    _column(
        "phone", "Số điện thoại", "Điện thoại", "Điện thoại di động", "Di động", "SĐT",
        "Phone",
    ),
    _column("email", "Thư điện tử", "Email", "E-mail"),
)  # fmt: skip
"""Where a business can be written to: read only when a person asks for it."""

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
        "nộp trực tiếp": "in_person",
        "một cửa": "in_person",
        "tại một cửa": "in_person",
        "bộ phận một cửa": "in_person",
        "tại bộ phận một cửa": "in_person",
        "trực tuyến": "online",
        "nộp trực tuyến": "online",
        "trực tuyến toàn trình": "online",
        "trực tuyến một phần": "online",
        "qua mạng": "online",
        "cổng dịch vụ công": "online",
        "cổng dịch vụ công quốc gia": "online",
        "cổng dvc": "online",
        "cổng dvc quốc gia": "online",
        "dịch vụ công": "online",
        "dịch vụ công trực tuyến": "online",
        "dvc": "online",
        "dvc trực tuyến": "online",
        "dvctt": "online",
        "online": "online",
        "bưu chính": "postal",
        "bưu chính công ích": "postal",
        "dịch vụ bưu chính công ích": "postal",
        "qua bưu chính": "postal",
        "bưu điện": "postal",
        "qua bưu điện": "postal",
        "bcci": "postal",
        "qua bcci": "postal",
    },
    "F05": {
        "trực tiếp": "in_person",
        "bản giấy": "in_person",
        "một cửa": "in_person",
        "tại bộ phận một cửa": "in_person",
        "bưu chính": "postal",
        "bưu chính công ích": "postal",
        "qua bưu chính": "postal",
        "bưu điện": "postal",
        "qua bưu điện": "postal",
        "bcci": "postal",
        "bản điện tử": "electronic",
        "điện tử": "electronic",
        "chưa nhận": "not_received",
    },
    "F08": {"chưa có": "not_yet"},
    "F09": {
        "đã giải quyết": "granted",
        "đã giải quyết đúng hạn": "granted",
        "đã giải quyết trước hạn": "granted",
        "đã giải quyết trễ hạn": "granted",
        "đã giải quyết quá hạn": "granted",
        "đã trả kết quả": "granted",
        "đã có kết quả": "granted",
        "đã hoàn thành": "granted",
        "hoàn thành": "granted",
        "đã xong": "granted",
        "đã cấp": "granted",
        "đồng ý": "granted",
        "từ chối": "refused",
        "bị từ chối": "refused",
        "từ chối giải quyết": "refused",
        "không giải quyết": "refused",
        "không đủ điều kiện": "refused",
        "trả lại": "returned",
        "trả lại hồ sơ": "returned",
        "đã trả lại": "returned",
        "rút hồ sơ": "withdrawn",
        "đã rút": "withdrawn",
        "đã rút hồ sơ": "withdrawn",
        "công dân rút hồ sơ": "withdrawn",
        "đang giải quyết": "in_progress",
        "đang xử lý": "in_progress",
        "chưa giải quyết": "in_progress",
        "mới tiếp nhận": "in_progress",
        "đã tiếp nhận": "in_progress",
        "chờ bổ sung": "in_progress",
        "yêu cầu bổ sung": "in_progress",
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
