"""The words of the paper form that no questionnaire holds, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from survey.questionnaire.schema import Text


def _t(vi: str, en: str) -> Text:
    return Text(vi=vi, en=en)


WORDS: Final[Mapping[str, Text]] = {
    "state": _t("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM"),
    "motto": _t("Độc lập – Tự do – Hạnh phúc", "Independence – Freedom – Happiness"),
    "sample": _t(
        "ĐỢT MẪU – không phát phiếu này cho doanh nghiệp",
        "SAMPLE WAVE – not to be handed to businesses",
    ),
    "office": _t("Phần cơ quan ghi khi nhận phiếu", "Filled in by the agency"),
    "office_unit": _t("Đơn vị", "Unit"),
    "office_day": _t("Ngày nhận", "Received on"),
    "number": _t("Phiếu số", "Form no."),
    "pages_before": _t("Số trang của phiếu:", "Pages of this form:"),
    "consent_needed": _t(
        "(không có dấu ở ô này thì phiếu không được tính)",
        "(without a mark in this box the form is not counted)",
    ),
    "how": _t("Cách ghi phiếu", "How to fill in this form"),
    "how_tick": _t(
        "Đánh dấu X vào một ô cho mỗi câu, trừ câu ghi rõ được chọn nhiều ô. Chọn "
        "nhầm: tô kín ô nhầm, rồi đánh dấu X vào ô đúng.",
        "Put an X into one box for each question, unless it says that several may be "
        "chosen. Wrong box: fill it in completely, then put an X into the right one.",
    ),
    "how_skip": _t(
        "Câu nào không đúng với hồ sơ này (xem “Chỉ trả lời nếu”, “Phạm vi trả lời”) "
        "thì bỏ qua. Câu nào không muốn trả lời thì để trống.",
        "Skip a question that does not fit this dossier (see “Answer only if”, “Who "
        "answers”). Leave blank what you do not wish to answer.",
    ),
    "how_guidance": _t(
        "Dưới mỗi câu đánh giá có phần cân nhắc, phần không tính đến và nơi tra cứu, "
        "để mọi doanh nghiệp hiểu câu hỏi như nhau.",
        "Below each rating stand what to consider, what to leave out and where to "
        "look it up, so that all businesses understand the question alike.",
    ),
    "how_codes": _t(
        "Số và chữ cạnh các ô chỉ dùng để nhập phiếu.",
        "The digits and letters beside the boxes only serve for typing the form in.",
    ),
    "part_facts": _t("I. Thông tin về hồ sơ", "I. About the dossier"),
    "part_ratings": _t("II. Đánh giá", "II. Ratings"),
    "part_general": _t("III. Ý kiến chung", "III. General questions"),
    "part_terms": _t("Giải thích từ ngữ", "Terms"),
    "part_handing": _t("Nộp phiếu", "Handing in the form"),
    "only_if": _t("Chỉ trả lời nếu:", "Answer only if:"),
    "who": _t("Phạm vi trả lời:", "Who answers:"),
    "consider": _t("Cân nhắc:", "Consider:"),
    "leave_out": _t("Không tính đến:", "Leave out:"),
    "look_up": _t("Tra cứu:", "Look up:"),
    "chose": _t("{fact} chọn ô {marks}", "box {marks} is chosen in {fact}"),
    "not_so": _t("không phải: {words}", "not: {words}"),
    "or": _t("hoặc", "or"),
    "and": _t("và", "and"),
    "late": _t(
        "trễ hẹn – ngày ở F08 sau ngày hẹn ở F07 (hồ sơ phải bổ sung: sau ngày ở "
        "F10b), hoặc đã quá ngày hẹn mà F08 chọn ô “Chưa có kết quả”",
        "late – the date in F08 is after the date in F07 (after that in F10b if the "
        "dossier was supplemented), or the date has passed and F08 says “No result "
        "yet”",
    ),
    "date": _t("ngày / tháng / năm", "day / month / year"),
    "or_box": _t("hoặc:", "or:"),
    "procedure": _t(
        "Tên hoặc mã thủ tục ghi trên Giấy hẹn:",
        "Name or code of the procedure on the appointment slip:",
    ),
    "handing_envelope": _t(
        "Bỏ phiếu vào phong bì, dán kín, không ghi tên doanh nghiệp ở ngoài.",
        "Put the form into an envelope, seal it, and write no name of your business on "
        "it.",
    ),
    "handing_where": _t(
        "Bỏ phong bì vào thùng nhận phiếu tại Bộ phận Một cửa, hoặc gửi qua bưu chính "
        "tới: {contact}, {agency}. Xin không nộp phiếu cho công chức đã thụ lý hồ sơ.",
        "Drop the envelope into the box at the one-stop counter, or send it by post "
        "to: {contact}, {agency}. Please do not hand it to the officials who handled "
        "the dossier.",
    ),
    "handing_entry": _t(
        "Hai cán bộ nhập phiếu độc lập với nhau; nhập xong, câu trả lời không còn gắn "
        "với số phiếu.",
        "Two members of staff type the form in, each without seeing the other's entry; "
        "after that the answers are no longer joined to the number of the form.",
    ),
    "handing_contact": _t(
        "Muốn được liên hệ lại, xin hỏi {contact}; xin không ghi họ tên, số điện thoại "
        "trên phiếu.",
        "If you would like to be contacted, ask {contact}; please write no name and no "
        "phone number on this form.",
    ),
    "thanks": _t("Trân trọng cảm ơn Quý doanh nghiệp!", "Thank you very much!"),
}
