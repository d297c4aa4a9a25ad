"""The words of the study of guidance, as an officer reads them in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from survey.questionnaire.schema import PAGE_FACTS, PAGE_GENERAL, Text


def _t(vi: str, en: str) -> Text:
    return Text(vi=vi, en=en)


_NARROW: Final = "n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{n}"
N: Final = _t(_NARROW, _NARROW)
N_UNTOLD: Final = _t("không nêu n", "n not given")
SENTENCE: Final = _t(
    "Có hướng dẫn: {first} ({first_n}). Hướng dẫn thu gọn: {second} ({second_n}). "
    "{difference}",
    "Guided: {first} ({first_n}). Folded: {second} ({second_n}). {difference}",
)
MOVED: Final = _t(
    "Trước lời nhắc: {first}. Sau lời nhắc: {second}. {difference}",
    "Before prompts: {first}. After prompts: {second}. {difference}",
)
DIFFERENCE: Final = _t(
    "Chênh lệch {value} (từ {low} đến {high}): {finding}.",
    "Difference {value} (from {low} to {high}): {finding}.",
)
INTERVAL: Final = _t("từ {low} đến {high}", "from {low} to {high}")
WITHOUT_INTERVAL: Final = _t(
    "Chênh lệch {value}: {finding}.", "Difference {value}: {finding}."
)
FINDINGS: Final[Mapping[str, Text]] = {
    "higher": _t(
        "rõ rệt, cao hơn khi có hướng dẫn", "clear, higher where guidance was seen"
    ),
    "lower": _t(
        "rõ rệt, thấp hơn khi có hướng dẫn", "clear, lower where guidance was seen"
    ),
    "unclear": _t("chưa đủ để kết luận", "not enough to conclude"),
    "unknown": _t(
        "chưa đủ dữ liệu để tính khoảng tin cậy", "too little for an interval"
    ),
}
MOVED_FINDINGS: Final[Mapping[str, Text]] = {
    "higher": _t("rõ rệt, lời nhắc làm chỉ số tăng", "clear, prompts raised it"),
    "lower": _t("rõ rệt, lời nhắc làm chỉ số giảm", "clear, prompts lowered it"),
    "unclear": FINDINGS["unclear"],
    "unknown": FINDINGS["unknown"],
}
SHORT: Final[Mapping[str, Text]] = {
    "higher": _t("Cao hơn rõ rệt", "Clearly higher"),
    "lower": _t("Thấp hơn rõ rệt", "Clearly lower"),
    "unclear": _t("Chưa đủ để kết luận", "Not enough to conclude"),
    "unknown": _t("Chưa đủ dữ liệu", "Not enough data"),
}
NOTHING: Final = _t("không phát sinh", "no answers")
TOO_FEW: Final = _t(
    "chưa đủ {n} phiếu ở cả hai nhóm nên không nêu",
    "not given: fewer than {n} responses in an arm",
)
FEW_CHANGED: Final = _t(
    "mới có dưới {n} phiếu đổi câu trả lời sau lời nhắc nên không nêu",
    "not given: fewer than {n} responses changed after a prompt",
)
NONE_CHANGED: Final = _t(
    "không phiếu nào đổi câu trả lời sau lời nhắc: chỉ số không đổi",
    "no response changed after a prompt: the index is the same",
)
CHANGED: Final = _t(
    "{n} phiếu đổi ít nhất một câu trả lời sau khi được nhắc đối chiếu với thực tế.",
    "{n} responses changed at least one answer after a prompt compared it with facts.",
)
FEW: Final = _t("dưới {n}", "fewer than {n}")
UNITS: Final[Mapping[str, Text]] = {
    "level": _t("mức", "level"),
    "percent": _t("%", "%"),
    "second": _t("giây", "seconds"),
    "seconds_per_word": _t("giây mỗi 100 chữ", "seconds per 100 words"),
}
POINTS: Final = _t("{value} điểm phần trăm", "{value} percentage points")
LEVELS: Final = _t("{value} mức", "{value} levels")
SECONDS: Final = _t("{value} giây", "{value} s")
PAGES: Final[Mapping[str, Text]] = {
    PAGE_FACTS: _t("Thông tin về hồ sơ", "About the dossier"),
    PAGE_GENERAL: _t("Câu hỏi chung", "General questions"),
}
GUIDED: Final = _t("Có hướng dẫn", "Guided")
FOLDED: Final = _t("Hướng dẫn thu gọn", "Folded")
RESPONSES: Final = _t("{n} phiếu", "{n} responses")
WITH_PAPER: Final = _t(
    "gồm cả phiếu giấy, vì đợt này có dưới {n} phiếu giấy",
    "with those on paper, because there are fewer than {n} of these",
)
PERCENT: Final = _t("Tỷ lệ thu gọn đặt cho đợt này", "Share folded in this wave")
CLEAR: Final = _t("Khác nhau rõ rệt", "Clear differences")
CLEAR_OF: Final = _t("{clear} trong {all} so sánh", "{clear} of {all} comparisons")
BY_CHANCE: Final = _t(
    "nếu hướng dẫn không có tác dụng gì thì do ngẫu nhiên cũng có khoảng {n}",
    "if guidance did nothing, about {n} would look clear by chance",
)

METHOD: Final[tuple[tuple[Text, Text], ...]] = (
    (
        _t("So sánh ai với ai", "Who is compared"),
        _t(
            "Máy chủ chọn ngẫu nhiên một số người trả lời; họ thấy đúng những câu hỏi "
            "ấy, nhưng hướng dẫn thu gọn, bấm một lần là mở. Vì được chọn ngẫu "
            "nhiên, hai nhóm chỉ khác nhau ở hướng dẫn. Phiếu có dấu hiệu trả lời "
            "thiếu cân nhắc vẫn được tính.",
            "The server draws some respondents by lot; they get the same questions, "
            "with the guidance folded away, one tap from view. Because of the lot the "
            "arms differ in guidance only. Responses with signs of careless answering "
            "count.",
        ),
    ),
    (
        _t("Phiếu giấy", "Forms on paper"),
        _t(
            "Không qua chọn ngẫu nhiên nên không có trong so sánh khi đợt có từ {n} "
            "phiếu giấy trở lên. Dưới {n} phiếu, phiếu giấy được tính vào nhóm có "
            "hướng dẫn: phiếu giấy in sẵn hướng dẫn, vài phiếu hầu như không làm đổi "
            "kết quả của một nhóm đông, còn nếu để riêng thì lấy trang kết quả trừ "
            "trang này sẽ ra câu trả lời của họ. Mỗi nhóm vẫn phải có ít nhất {n} "
            "phiếu được chọn ngẫu nhiên. Phiếu giấy không có lời nhắc và thời gian.",
            "No lot puts them into an arm, so they are not compared where there are "
            "{n} or more. Fewer stand in the guided arm: a paper form prints the "
            "guidance, a few hardly move a large arm, and left out they would follow "
            "by subtracting this page from the results. Each arm still needs {n} "
            "responses drawn by lot. Paper has neither prompts nor times.",
        ),
    ),
    (
        _t("Đọc chênh lệch", "Reading a difference"),
        _t(
            "Chênh lệch là nhóm có hướng dẫn trừ nhóm có hướng dẫn thu gọn. Khoảng “từ "
            "… đến …” là khoảng tin cậy 95%: “rõ rệt” khi cả khoảng nằm về một phía "
            "của 0, nếu không thì “chưa đủ để kết luận”. Một chênh lệch không nói "
            "nhóm nào đúng hơn: hãy đọc cùng tỷ lệ trái với thực tế và tỷ lệ không đủ "
            "thông tin.",
            "A difference is guided minus folded. “From … to …” is its 95% interval: "
            "clear when all of it lies on one side of 0, else not enough to conclude. "
            "A difference does not say which arm is right: read it with the shares "
            "contrary to facts and without enough information.",
        ),
    ),
    (
        _t("Trái với thực tế", "Contrary to the facts"),
        _t(
            "Trong số phiếu có cả thực tế và mức đánh giá để đối chiếu, tỷ lệ phiếu có "
            "mức trái với thực tế khi chọn lần đầu, trước lời nhắc. Đối chiếu theo cả "
            "hai chiều: cao hơn thực tế và thấp hơn thực tế.",
            "Of the responses in which a fact and a level can be compared, the share "
            "whose level contradicted the fact when first given, before a prompt; in "
            "both directions, too high and too low.",
        ),
    ),
    (
        _t("Thời gian", "Time"),
        _t(
            "Đo trên máy chủ giữa hai lần gửi trang, có giới hạn trên cho lúc nghỉ "
            "giữa chừng. Người có hướng dẫn thu gọn có ít chữ trước mắt hơn.",
            "Measured on the server between two pages, with a bound for interruptions. "
            "Where guidance is folded there are fewer words in sight.",
        ),
    ),
    (
        _t("Lời nhắc", "Prompts"),
        _t(
            "Chỉ số tính từ câu trả lời cuối cùng và từ câu trả lời trước khi được "
            "nhắc, trên cùng những phiếu của cả hai nhóm; khoảng tin cậy 95% của hiệu "
            "hai tỷ số, mỗi phiếu là một cụm.",
            "The index from the answers at the end and from those before a prompt, "
            "over the same responses of both arms; 95% interval of the difference of "
            "two ratios, each response a cluster.",
        ),
    ),
    (
        _t("Hướng dẫn cần xem lại", "Guidance that needs work"),
        _t(
            "Chỉ tính người thấy hướng dẫn. Xếp theo cận dưới của khoảng tin cậy 95%, "
            "để một tỷ lệ cao của ít phiếu không đứng đầu. Thời gian chia cho số chữ "
            "của trang khi mọi tiêu chí đều áp dụng.",
            "Of those who saw the guidance. Ordered by the lower bound of the 95% "
            "interval, so that a high share of few responses does not lead. Time is "
            "divided by the words of a page on which every criterion applies.",
        ),
    ),
    (
        _t("Nhóm ít phiếu", "Small groups"),
        _t(
            "Không nêu số liệu khi một trong hai nhóm có dưới {n} phiếu, hoặc khi phép "
            "trừ với trang kết quả sẽ làm lộ một nhóm như vậy, kể cả nhóm phiếu giấy "
            "trả lời một tiêu chí.",
            "Nothing is given where an arm has fewer than {n} responses, or where such "
            "a group, the answers on paper to a criterion too, would follow by "
            "subtraction from the page of results.",
        ),
    ),
)
