"""The words of a report beside its figures, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from survey.questionnaire.schema import Text


def _t(vi: str, en: str) -> Text:
    return Text(vi=vi, en=en)


PIECES: Final[Mapping[str, Text]] = {
    "purpose": _t(
        "Khảo sát nhằm biết doanh nghiệp hài lòng đến đâu với việc giải quyết từng hồ "
        "sơ thủ tục hành chính, chỉ ra việc cần cải thiện của từng đơn vị và làm tài "
        "liệu kiểm chứng cho công tác cải cách hành chính.",
        "The survey tells how satisfied businesses are with the handling of single "
        "dossiers, shows each unit what to improve, and serves as evidence in the "
        "administrative reform work.",
    ),
    "legal": _t("", ""),
    "causes": _t("", ""),
    "proposals": _t("", ""),
}
"""Pieces of text that an officer writes or edits: their names and first wording."""

WORDS: Final[Mapping[str, Text]] = {
    "kind": _t("BÁO CÁO", "REPORT"),
    "subject": _t(
        "Kết quả khảo sát mức độ hài lòng của doanh nghiệp về việc giải quyết thủ tục "
        "hành chính ({title})",
        "Results of the survey of business satisfaction with the handling of "
        "administrative procedures ({title})",
    ),
    "purpose": _t("Mục đích", "Purpose"),
    "legal": _t("Căn cứ", "Legal basis"),
    "no_legal": _t(
        "(Cơ quan chưa chọn căn cứ pháp lý cho báo cáo này.)",
        "(The office has not chosen a legal basis for this report yet.)",
    ),
    "method": _t("Phương pháp", "Method"),
    "scope": _t("Phạm vi: {scope}.", "Scope: {scope}."),
    "asked": _t(
        "Bộ câu hỏi {id}; chỉ số chính là {formula}. Cách tính, khoảng tin cậy và quy "
        "tắc ẩn nhóm ít phiếu được ghi ở Phụ lục II.",
        "Questionnaire {id}; the headline index is {formula}. Formulas, intervals and "
        "the hiding of small groups are given in annex II.",
    ),
    "results": _t("Kết quả", "Results"),
    "overall": _t("Kết quả chung và theo yếu tố", "Overall and by element"),
    "criteria": _t("Kết quả theo tiêu chí", "By criterion"),
    "units": _t("Kết quả theo đơn vị", "By unit"),
    "procedures": _t("Kết quả theo thủ tục", "By procedure"),
    "trend": _t("Diễn biến", "Trend"),
    "facts": _t("Tình hình thực tế của hồ sơ", "Facts of the dossiers"),
    "causes": _t("Nguyên nhân và giải pháp", "Causes and actions"),
    "no_causes": _t("(Phần này do cơ quan viết.)", "(To be written by the office.)"),
    "limits": _t("Giới hạn của số liệu", "Limits of the figures"),
    "proposals": _t("Đề xuất, kiến nghị", "Proposals"),
    "annex_questions": _t(
        "PHỤ LỤC I. Nội dung phiếu khảo sát", "ANNEX I. What was asked"
    ),
    "annex_method": _t("PHỤ LỤC II. Cách tính", "ANNEX II. Method"),
    "annex_careless": _t(
        "PHỤ LỤC III. Chỉ số khi bỏ phiếu có dấu hiệu thiếu cân nhắc",
        "ANNEX III. Indices without responses that show signs of carelessness",
    ),
    "bars": _t(
        "Phân bố năm mức theo yếu tố (số câu trả lời)",
        "The five levels by element (answers)",
    ),
    "table": _t("Bảng {n}. {title}", "Table {n}. {title}"),
    "index": _t("Chỉ số (%)", "Index (%)"),
    "interval": _t("Khoảng tin cậy 95%", "95% interval"),
    "groups": _t(
        "{satisfied} hài lòng, {others} còn lại", "{satisfied} satisfied, {others} not"
    ),
    "away": _t("KAD (%)", "NA (%)"),
    "legend": _t(
        "n: số câu trả lời có mức. {levels}. KAD: không áp dụng hoặc không được hỏi, "
        "phần trăm số phiếu. Dấu – : không có hoặc không được nêu.",
        "n: rated answers. {levels}. NA: not applicable or not asked, percent of the "
        "responses. A dash –: none, or not to be shown.",
    ),
    "invited": _t("Mời", "Invited"),
    "rates_note": _t(
        "I: đầy đủ; P: một phần; R: từ chối, bỏ dở; NC: không liên lạc được; O: khác; "
        "U: chưa rõ (AAPOR).",
        "I: complete; P: partial; R: refusal, break-off; NC: non-contact; O: other; "
        "U: unknown (AAPOR).",
    ),
    "reopened": _t(
        "Đợt đã được mở lại sau khi đóng; lý do: {reason}",
        "The wave was opened again after it had been closed; the reason: {reason}",
    ),
    "n_without": _t("n, bỏ phiếu có dấu hiệu", "n without flagged"),
    "index_without": _t(
        "Chỉ số, bỏ phiếu có dấu hiệu (%)", "Index without flagged (%)"
    ),
    "moved": _t("Chênh lệch (điểm)", "Moves by (points)"),
    "careless_note": _t(
        "Dấu – : không nêu, vì phần bỏ ra là nhóm ít phiếu.",
        "A dash –: not shown, because what was left out is a small group.",
    ),
    "measure": _t("Việc làm", "Action"),
    "owner": _t("Người chịu trách nhiệm", "Owner"),
    "deadline": _t("Thời hạn", "Deadline"),
    "state": _t("Tình trạng", "State"),
    "fact": _t("Câu hỏi và câu trả lời", "Question and answer"),
    "share": _t("Tỷ lệ (%)", "Share (%)"),
    "question": _t("Câu hỏi", "Question"),
}
LIMITS: Final = (
    _t(
        "Kết quả là của doanh nghiệp đã trả lời; doanh nghiệp không trả lời có thể "
        "đánh giá khác.",
        "The results are those of businesses that answered; others might rate "
        "differently.",
    ),
    _t(
        "Nhóm ít phiếu không được nêu chỉ số để không ai suy ra được đánh giá của từng "
        "doanh nghiệp.",
        "No index is given of small groups, so that nobody can work out how one "
        "business rated.",
    ),
    _t(
        "Quy tắc tính do cơ quan cấu hình, chưa được đối chiếu với phụ lục công thức "
        "của phương pháp đo lường sự hài lòng hiện hành.",
        "The rules are configured by the office; the annex of formulas of the current "
        "official method has not been compared.",
    ),
)
