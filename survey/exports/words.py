"""The words of reports and files in both languages; a file made without a web page
needs them too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from survey.questionnaire.schema import Text


def _t(vi: str, en: str) -> Text:
    return Text(vi=vi, en=en)


CHANNELS: Final[Mapping[str, Text]] = {
    "in_person": _t("Trực tiếp", "In person"),
    "online": _t("Trực tuyến", "Online"),
    "postal": _t("Bưu chính công ích", "Postal service"),
    "mixed": _t("Kết hợp nhiều cách", "Mixed"),
    "unknown": _t("Không rõ", "Unknown"),
}
ORIGINS: Final[Mapping[str, Text]] = {
    "dossier": _t("Mời theo hồ sơ", "Invited by dossier"),
    "counter": _t("Mã QR tại quầy", "QR code at the counter"),
    "kiosk": _t("Máy tại chỗ", "Kiosk"),
    "assisted": _t("Máy tại chỗ, có cán bộ trợ giúp", "Kiosk, with staff beside"),
    "paper": _t("Phiếu giấy", "Paper form"),
}
STATUSES: Final[Mapping[str, Text]] = {
    "complete": _t("đầy đủ", "complete"),
    "partial": _t("một phần", "partial"),
    "break_off": _t("bỏ dở", "broken off"),
}
WITHOUT_LEVEL: Final[Mapping[str, Text]] = {
    "not_applicable": _t("Không áp dụng", "Not applicable"),
    "cannot_judge": _t("Không đủ thông tin", "Not enough information"),
    "blank": _t("Bỏ trống", "Left blank"),
    "not_asked": _t("Không hỏi", "Not asked"),
}
LEVELS: Final[Mapping[str, Text]] = {
    "criterion": _t("Tiêu chí", "Criterion"),
    "element": _t("Yếu tố", "Element"),
    "overall": _t("Chung", "Overall"),
}
FORMULAS: Final[Mapping[str, Text]] = {
    "satisfied_share": _t("Tỷ lệ hài lòng", "Satisfied share"),
    "mean_percent": _t("Điểm trung bình quy đổi", "Mean score in percent"),
    "normalised_mean": _t("Điểm trung bình chuẩn hóa", "Normalised mean score"),
}
FULL_SET: Final = _t("Tất cả tiêu chí", "All criteria")
CORE_SET: Final = _t("Bộ cốt lõi", "Core set")
COVER: Final = _t("ẩn để bảo vệ nhóm ít phiếu", "hidden to protect a small group")

SET: Final = _t("Bộ tiêu chí", "Set")
LEVEL: Final = _t("Cấp", "Level")
CODE: Final = _t("Mã", "Code")
NAME: Final = _t("Tên", "Name")
N: Final = _t("n", "n")
ANSWERS: Final = _t("Số câu trả lời gộp", "Pooled answers")
NOT_APPLICABLE: Final = _t("Không áp dụng (%)", "Not applicable (%)")
CANNOT_JUDGE: Final = WITHOUT_LEVEL["cannot_judge"]
GROUP_SATISFIED: Final = _t("Nhóm hài lòng", "Satisfied group")
GROUP_OTHERS: Final = _t("Nhóm còn lại", "All others")
LOW: Final = _t("Cận dưới 95% (%)", "Lower 95% bound (%)")
HIGH: Final = _t("Cận trên 95% (%)", "Upper 95% bound (%)")
HEADLINE: Final = _t("chỉ số chính", "headline")
MEAN: Final = _t("Trung bình các tiêu chí", "Mean of criteria")
MEAN_OF: Final = _t("Số tiêu chí của trung bình", "Criteria in that mean")
REMARK: Final = _t("Ghi chú", "Remark")
WAVE: Final = _t("Đợt khảo sát", "Wave")
WAVE_CODE: Final = _t("Mã đợt", "Wave code")
QUESTIONNAIRE: Final = _t("Phiếu khảo sát", "Questionnaire")
FORMULA: Final = _t("Chỉ số chính", "Headline index")
SELECTION: Final = _t("Phạm vi", "Scope")
AGENCY: Final = _t("Cơ quan", "Agency")
GENERATED: Final = _t("Ngày xuất", "Made on")
SAMPLE: Final = _t(
    "DỮ LIỆU MẪU – không phải kết quả khảo sát thật",
    "SAMPLE DATA – not the result of a real survey",
)
REHEARSAL: Final = _t(
    "DIỄN TẬP – không tính vào kết quả", "REHEARSAL – counts in no result"
)
NATURE: Final = _t("Loại dữ liệu", "Kind of data")
REAL: Final = _t("dữ liệu thật", "real data")
PARTICIPATION: Final = _t("Tham gia", "Participation")
RESPONSE_RATE: Final = _t("Tỷ lệ trả lời RR2 (%)", "Response rate RR2 (%)")
WITHOUT_FLAGGED: Final = _t("bỏ phiếu có dấu hiệu", "without flagged responses")
MOVED: Final = _t(
    "Chênh lệch chỉ số chính (điểm phần trăm)",
    "Difference of the headline index (percentage points)",
)
SHEET_SENSITIVITY: Final = _t("Độ nhạy", "Sensitivity")
NOT_COMPARED: Final = _t(
    "không nêu, để bảo vệ nhóm ít phiếu", "not given, to protect a small group"
)
REPORT_TITLE: Final = _t(
    "KẾT QUẢ KHẢO SÁT MỨC ĐỘ HÀI LÒNG CỦA DOANH NGHIỆP",
    "RESULTS OF THE BUSINESS SATISFACTION SURVEY",
)
SHEET_REPORT: Final = _t("Báo cáo", "Report")
SHEET_CORE: Final = _t("Bộ cốt lõi", "Core set")
SHEET_METHOD: Final = _t("Phương pháp", "Method")
SHEET_RAW: Final = _t("Phiếu trả lời", "Responses")
SHEET_RAW_REHEARSAL: Final = _t("DIỄN TẬP – Phiếu trả lời", "REHEARSAL – Responses")
SHEET_CODES: Final = _t("Bảng mã", "Codes")
METHOD_ITEM: Final = _t("Mục", "Item")
METHOD_TEXT: Final = _t("Nội dung", "Text")
COLUMN: Final = _t("Cột", "Column")
MEANING: Final = _t("Ý nghĩa", "Meaning")
VALUE: Final = _t("Giá trị", "Value")
VALUE_MEANING: Final = _t("Ý nghĩa của giá trị", "Meaning of the value")
EMPTY_VALUE: Final = _t("(để trống)", "(empty)")

RAW_COLUMNS: Final[Mapping[str, Text]] = {
    "response": _t("Mã ngẫu nhiên của phiếu", "Random id of the response"),
    "wave": _t("Mã đợt khảo sát", "Code of the wave"),
    "questionnaire": _t("Mã phiếu khảo sát", "Code of the questionnaire"),
    "unit": _t("Mã đơn vị", "Code of the unit"),
    "procedure": _t(
        "Mã thủ tục; để trống khi không rõ",
        "Code of the procedure; empty when not known",
    ),
    "channel": _t("Cách nộp hồ sơ", "How the dossier was filed"),
    "origin": _t("Nguồn của phiếu", "How the response came in"),
    "month": _t("Tháng trả lời", "Month of the response"),
    "language": _t("Ngôn ngữ khi trả lời", "Language of answering"),
    "status": _t("Mức hoàn thành", "Completeness"),
    "flags": _t(
        "Dấu hiệu trả lời thiếu cân nhắc, cách nhau bằng dấu cách",
        "Signs of careless answering, separated by blanks",
    ),
}
LANGUAGES: Final[Mapping[str, Text]] = {
    "vi": _t("Tiếng Việt", "Vietnamese"),
    "en": _t("Tiếng Anh", "English"),
}
YES_NO: Final[Mapping[str, Text]] = {
    "yes": _t("Có", "Yes"),
    "no": _t("Không", "No"),
}
EMPTY_FACT: Final = _t(
    "không hỏi, bỏ trống hoặc không biết", "not asked, left blank or not known"
)
EMPTY_DATE: Final = _t(
    "có ngày nhưng cố ý không xuất, vì ngày có thể chỉ ra hồ sơ; hoặc không hỏi, "
    "bỏ trống, không biết",
    "a date was given but is withheld on purpose, because it could point to the "
    "dossier; or not asked, left blank or not known",
)
DERIVED: Final[Mapping[str, Text]] = {
    "days_late": _t(
        "Số ngày làm việc trễ hẹn; âm là sớm hẹn",
        "Working days late; negative is early",
    ),
    "days_early": _t(
        "Số ngày làm việc sớm hẹn; âm là trễ hẹn",
        "Working days early; negative is late",
    ),
    "late": _t("Trễ hẹn", "Late"),
    "early": _t("Trước hẹn", "Early"),
    "overdue": _t("Quá hẹn mà chưa có kết quả", "Overdue without a result"),
    "promised_days": _t("Số ngày làm việc được hẹn", "Working days promised"),
    "published_days": _t("Số ngày làm việc công bố", "Working days published"),
    "promised_vs_published": _t(
        "Thời hạn hẹn so với thời hạn công bố",
        "Time promised against time published",
    ),
    "immediate": _t("Thủ tục giải quyết ngay", "Procedure done at once"),
    "result_due": _t("Đã đến hạn có kết quả", "The result is due"),
    "visited": _t("Có đến cơ quan", "Went to the agency"),
    "tried_online": _t("Có nộp hoặc thử nộp trực tuyến", "Filed or tried online"),
    "used_postal": _t("Có dùng bưu chính công ích", "Used the postal service"),
    "tried_online_payment": _t(
        "Có nộp hoặc thử nộp phí trực tuyến", "Paid or tried to pay online"
    ),
    "online_payment_trouble": _t(
        "Gặp trục trặc khi nộp phí trực tuyến", "Trouble with online payment"
    ),
    "supplement_new_points": _t(
        "Yêu cầu bổ sung lần sau có nội dung mới",
        "A later request had new points",
    ),
    "all_rated_low": _t("Mọi tiêu chí đều ở mức thấp", "All ratings low"),
    "all_rated_high": _t("Mọi tiêu chí đều ở mức cao", "All ratings high"),
}
PROMISES: Final[Mapping[str, Text]] = {
    "longer": _t("dài hơn", "longer"),
    "equal": _t("bằng", "equal"),
    "shorter": _t("ngắn hơn", "shorter"),
    "no_date": _t("không hẹn ngày", "no date given"),
}
