"""The words in which a figure is explained, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from survey.questionnaire.schema import Text


def _t(vi: str, en: str) -> Text:
    return Text(vi=vi, en=en)


REASONS: Final[Mapping[str, Text]] = {
    "not_applicable": _t(
        "Doanh nghiệp chọn “Không áp dụng”: nội dung này không có trong hồ sơ của họ.",
        "The business chose “Not applicable”: its dossier had nothing of the kind.",
    ),
    "cannot_judge": _t(
        "Doanh nghiệp chọn “Không đủ thông tin”: có gặp nhưng không đánh giá được.",
        "The business chose “Not enough information”: it met this but cannot judge.",
    ),
    "blank": _t("Doanh nghiệp bỏ trống câu này.", "The business left this blank."),
    "not_asked": _t(
        "Không hỏi, vì theo thông tin hồ sơ thì câu này không liên quan.",
        "Not asked, because by the facts of the dossier it does not concern it.",
    ),
}
HIDDEN: Final[Mapping[str, Text]] = {
    "none": _t(
        "Không có câu trả lời nào có mức, nên không có chỉ số. Không phải là 0%.",
        "No answer has a level, so there is no index. This is not 0%.",
    ),
    "hidden": _t(
        "Có câu trả lời nhưng quá ít, nên mọi con số đều được ẩn: con số của vài phiếu "
        "có thể làm lộ ý kiến của từng doanh nghiệp.",
        "There are answers, but so few that every number is hidden: those of a few "
        "forms could give away what single businesses said.",
    ),
    "counts": _t(
        "Số phiếu còn ít, chưa đủ để tính tỷ lệ: một phiếu thêm vào có thể làm chỉ số "
        "nhảy nhiều điểm.",
        "There are too few responses for a percentage: one more could move the index "
        "by many points.",
    ),
    "cover": _t(
        "Con số này đủ phiếu nhưng được ẩn cùng một nhóm ít phiếu, để không ai lấy "
        "tổng trừ đi mà tính ra nhóm ấy.",
        "This figure rests on enough responses, but is hidden together with a small "
        "group, so that nobody can work that out by subtraction.",
    ),
}
GROUPS: Final = _t(
    "Số câu trả lời: nhóm hài lòng {satisfied}, nhóm còn lại {others}.",
    "Answers: satisfied {satisfied}, all others {others}.",
)
MEAN_OF_CRITERIA: Final = _t(
    "cộng chỉ số chính của {count} tiêu chí có chỉ số rồi chia đều; để đối chiếu, "
    "không phải chỉ số chính",
    "the headline indices of the {count} criteria that show one, added and divided; "
    "for comparison, not the headline",
)
WILSON: Final = _t("Khoảng tin cậy Wilson 95%", "95% Wilson interval")
WILSON_WORDS: Final = _t(
    "tâm = (p + z²/(2n)) / (1 + z²/n); nửa độ rộng = z/(1 + z²/n) × √(p(1 − p)/n + "
    "z²/(4n²)); khoảng = tâm ∓ nửa độ rộng. {n}",
    "centre = (p + z²/(2n)) / (1 + z²/n); half = z/(1 + z²/n) × √(p(1 − p)/n + "
    "z²/(4n²)); interval = centre ∓ half. {n}",
)
CENTRE: Final = _t(
    "tâm {centre}%, nửa độ rộng {half}%", "centre {centre}%, half {half}%"
)
N_IS_ANSWERS: Final = _t(
    "n là số câu trả lời có mức; p là phần hài lòng.",
    "n is the number of answers with a level, p the satisfied part.",
)
N_IS_EFFECTIVE: Final = _t(
    "Ở đây n là cỡ mẫu hiệu dụng n*; p là phần hài lòng.",
    "Here n is the effective sample size n*; p is the satisfied part.",
)
CLUSTERS: Final = _t("Tổng theo phiếu", "Sums over responses")
CLUSTERS_WHY: Final = _t(
    "Một phiếu cho nhiều câu trả lời, và các câu của cùng một phiếu thường giống nhau, "
    "nên không được coi là độc lập. Với mỗi phiếu: m là số câu có mức, x là số câu hài "
    "lòng; r là số phiếu có ít nhất một câu có mức.",
    "One response gives several answers, and those of one response tend to be alike, "
    "so they do not count as independent. Of each response m are the answers with a "
    "level and x the satisfied ones; r is the number of responses with at least one.",
)
CLUSTERS_HIDDEN: Final = _t(
    "Khoảng tin cậy coi mỗi phiếu là một cụm câu trả lời. Các tổng theo phiếu không "
    "được nêu ở đây, vì một tiêu chí của nhóm này đang được ẩn và có thể bị tính ngược "
    "ra.",
    "The interval takes each response as a cluster of answers. The sums over responses "
    "are not given here, because a criterion of this group is hidden and could be "
    "worked out from them.",
)
EFFECT: Final = _t("Hệ số thiết kế", "Design effect")
EFFECT_WORDS: Final = _t(
    "v = r/(r − 1) × (Σx² − 2pΣmx + p²Σm²) / (Σm)²; d = v / (p(1 − p)/(Σm − 1)), ít "
    "nhất là 1. Khi loại câu trả lời hiếm hơn chỉ nằm ở vài phiếu, d được kéo về "
    "Σm²/Σm (mỗi phiếu tính là một) theo tỷ trọng 3/(3 + s³), với s là số nhỏ hơn "
    "trong (Σx)²/Σx² và (Σm − Σx)²/Σ(m − x)², thành d'. n* = Σm/d' × (1 − (1 − "
    "t(Σm − 1)/t(r − 1)) × (1 − 1/d'))², với t là phân vị Student 97,5%",
    "v = r/(r − 1) × (Σx² − 2pΣmx + p²Σm²) / (Σm)²; d = v / (p(1 − p)/(Σm − 1)), at "
    "least 1. Where the rarer kind of answers lies in few responses, d is drawn "
    "towards Σm²/Σm (each response counts once) by the weight 3/(3 + s³), with s the "
    "smaller of (Σx)²/Σx² and (Σm − Σx)²/Σ(m − x)², and becomes d'. "
    "n* = Σm/d' × (1 − (1 − t(Σm − 1)/t(r − 1)) × (1 − 1/d'))², "
    "t being Student's 97.5% quantile",
)
EFFECT_NONE: Final = _t(
    "Mọi câu trả lời đều thuộc một phía nên không ước lượng được hệ số thiết kế; khi "
    "ấy mỗi phiếu được tính là một.",
    "All answers fall on one side, so the design effect cannot be estimated; each "
    "response then counts once.",
)
EXACT: Final = _t("Giá trị chưa làm tròn", "Value before rounding")
ROUNDED: Final = _t(
    "in ra {value}: làm tròn một lần, đến hai chữ số thập phân, nửa đơn vị làm tròn "
    "lên",
    "printed as {value}: rounded once, to two decimals, half up",
)
