"""How the figures came about, in words that go with every page and file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from survey.exports import Entry, dispositions, words
from survey.figures.openings import MOST_AXES
from survey.indices import FORMULAS, INTERVALS, POOLINGS, Thresholds
from survey.questionnaire.schema import Questionnaire, Text


def _t(vi: str, en: str) -> Text:
    return Text(vi=vi, en=en)


_NAMES: Final[Mapping[str, Text]] = {
    "headline": _t("Chỉ số chính", "Headline index"),
    "answers": _t("Câu trả lời không có mức", "Answers without a level"),
    "n": _t("n", "n"),
    "pooling": _t("Chỉ số của yếu tố và chỉ số chung", "Elements and the whole"),
    "mean": _t("Trung bình các tiêu chí", "Mean of criteria"),
    "interval": _t("Khoảng tin cậy của tiêu chí", "Interval of a criterion"),
    "ratio": _t(
        "Khoảng tin cậy của yếu tố và chỉ số chung",
        "Interval of elements and the whole",
    ),
    "population": _t("Hiệu chỉnh theo tổng thể", "Finite population correction"),
    "small": _t("Nhóm ít phiếu", "Small groups"),
    "cover": _t("Ẩn bổ sung", "Complementary hiding"),
    "responses": _t("Phiếu được tính", "Responses counted"),
    "sensitivity": _t("Độ nhạy", "Sensitivity"),
    "rate": _t("Tỷ lệ trả lời", "Response rate"),
    "sets": _t("Bộ tiêu chí", "Sets of criteria"),
    "rounding": _t("Làm tròn", "Rounding"),
    "wave": _t("Đợt khảo sát", "Wave"),
    "questionnaire": _t("Phiếu khảo sát", "Questionnaire"),
    "status": _t("Cơ sở của quy tắc", "Standing of these rules"),
}
_TEXTS: Final[Mapping[str, Text]] = {
    "answers": _t(
        "“Không áp dụng”, “Không hỏi” (không thuộc trường hợp của hồ sơ), “Bỏ trống” "
        "và “Không đủ thông tin” không nằm trong mẫu số của chỉ số nào. Mức “{middle}” "
        "nằm trong mẫu số và không phải là hài lòng. Cột “Không áp dụng” là tỷ lệ "
        "“Không áp dụng” và “Không hỏi” trên số phiếu được tính.",
        "“Not applicable”, “Not asked” (does not concern the dossier), “Left blank” "
        "and “Not enough information” are in no denominator. “{middle}” is in the "
        "denominator and is not satisfied. The column “Not applicable” is the share "
        "of “Not applicable” and “Not asked” among the responses counted.",
    ),
    "n": _t(
        "Ở tiêu chí: số câu trả lời có mức. Ở yếu tố và chỉ số chung: số phiếu có ít "
        "nhất một câu trả lời có mức; số câu trả lời gộp được ghi riêng, vì một phiếu "
        "cho nhiều câu trả lời.",
        "Of a criterion: answers with a level. Of an element and the whole: responses "
        "with at least one answer with a level; pooled answers are given apart, "
        "because one response gives several.",
    ),
    "mean": _t(
        "Trung bình cộng chỉ số chính của các tiêu chí có chỉ số được hiển thị, mỗi "
        "tiêu chí một phần bằng nhau. Khác với chỉ số gộp khi các tiêu chí có số câu "
        "trả lời khác nhau.",
        "The plain mean of the headline index of the criteria whose index is shown, "
        "each weighing the same. It differs from the pooled index where criteria have "
        "different numbers of answers.",
    ),
    "population": _t(
        "Không áp dụng, vì không biết số hồ sơ thuộc phạm vi của từng tiêu chí.",
        "Not applied, because the number of dossiers to which a criterion applies is "
        "not known.",
    ),
    "small": _t(
        "0 câu trả lời: “không phát sinh”. Dưới {hide}: ẩn hoàn toàn. Từ {hide} đến "
        "{below_index}: chỉ ghi số câu trả lời của hai nhóm, “chưa đủ để so sánh”; "
        "không ghi khi tất cả nằm trong một nhóm. Từ {index}: chỉ số và khoảng tin "
        "cậy. Từ {rank}: được xếp hạng. Yếu tố chỉ có chỉ số khi ít nhất một tiêu chí "
        "của nó có chỉ số.",
        "0 answers: “no answers”. Below {hide}: hidden altogether. From {hide} to "
        "{below_index}: only the answers in two groups, “too few to compare”, and not "
        "even these when all are in one group. From {index}: the index and its "
        "interval. From {rank}: may be ranked. An element has an index only where one "
        "of its criteria has.",
    ),
    "cover": _t(
        "Khi một nhóm ít phiếu bị ẩn, những con số khác được ẩn cùng để không ai tính"
        " ngược ra được bằng phép trừ: giữa các tiêu chí của một yếu tố, giữa hai bộ "
        "lọc bất kỳ, giữa tháng, quý, nửa năm và năm, giữa các nguồn phiếu, giữa "
        "phiếu có và không có dấu hiệu, giữa màn hình và mọi tệp tải về. Quyết định "
        "chỉ dựa trên số liệu của đợt, nên mọi người xem thấy cùng một kết quả. Phần "
        "còn lại sau mọi phép trừ như vậy có ít nhất {index} câu trả lời. Khi lọc từ "
        "{conditions} điều kiện trở lên cùng lúc thì không nêu số liệu.",
        "Where a small group is hidden, other figures are hidden with it, so that it "
        "cannot be worked out by subtraction: among the criteria of an element, "
        "between any two filters, between months, quarters, half-years and years, "
        "between origins, with and without flagged responses, between the screen and "
        "every download. This follows from the numbers of the wave alone, so that "
        "everybody sees the same. What is left by any such subtraction has at least "
        "{index} answers. By {conditions} conditions or more at once, nothing is "
        "shown.",
    ),
    "responses": _t(
        "Phiếu đầy đủ và phiếu một phần được tính; phiếu bỏ dở không được tính. Phiếu "
        "có dấu hiệu trả lời thiếu cân nhắc vẫn được tính. Câu hỏi đánh giá chung "
        "không được tính vào chỉ số chung.",
        "Complete and partial responses count; broken-off ones do not. Responses with "
        "signs of careless answering still count. The general question is no part of "
        "the overall index.",
    ),
    "sensitivity": _t(
        "Mỗi chỉ số được tính hai lần: với mọi phiếu hợp lệ (chỉ số chính), và khi bỏ "
        "các phiếu có dấu hiệu trả lời thiếu cân nhắc. Dấu hiệu và ngưỡng được đặt "
        "trước khi mở đợt và ghi cùng kết quả. Chỗ nào hiệu của hai số cho biết câu "
        "trả lời của ít phiếu thì không nêu.",
        "Every index is computed twice: of all valid responses (headline), and without "
        "those with signs of careless answering. Signs and thresholds were fixed "
        "before the wave opened and stand with the results. Where the difference would "
        "tell what few responses answered, it is not given.",
    ),
    "rate": _t(
        "Chỉ tính cho phiếu mời theo hồ sơ: số đường dẫn hồ sơ không bị thu hồi là số "
        "được mời. Phiếu qua mã QR tại quầy, máy tại chỗ và phiếu giấy không có danh "
        "sách mời nên không tính được. {notes}.",
        "Only for dossiers invited: dossier links not revoked are the invited. Counter "
        "codes, kiosks and paper have no frame. {notes}.",
    ),
    "sets": _t(
        "Tất cả tiêu chí ({full} tiêu chí) dùng để quản lý. Bộ cốt lõi ({core} tiêu "
        "chí: {codes}) chỉ để so sánh gần đúng với SIPAS. Hai bộ không xếp chung một "
        "bảng hạng.",
        "All criteria ({full}) are for management. The core set ({core} criteria: "
        "{codes}) is for approximate comparison with SIPAS only. The two are never "
        "ranked together.",
    ),
    "rounding": _t(
        "Tính bằng phân số chính xác; chỉ làm tròn khi in, đến hai chữ số thập phân, "
        "nửa đơn vị làm tròn lên.",
        "Computed in exact fractions; rounded only for print, to two decimals, half "
        "up.",
    ),
    "status": _t(
        "Quy tắc do cơ quan tự đặt, không phải quy định của cấp trên; chưa được đối "
        "chiếu với phụ lục công thức của phương pháp đo lường sự hài lòng hiện hành.",
        "Rules configured by the office, not regulations: the annex of formulas of "
        "the current official method has not been compared.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a report rests on, as far as its method names it."""

    questionnaire: Questionnaire
    sha256: str
    wave: str
    period: str
    formula: str
    thresholds: Thresholds


def entries(basis: Basis, language: str) -> tuple[Entry, ...]:
    """The method, item by item, in the order in which a reader asks."""
    return tuple(
        Entry(name=name.get(language), text=text)
        for name, text in _entries(basis, language)
    )


def formula_title(name: str, language: str) -> str:
    """The name of a formula as people read it."""
    return words.FORMULAS[name].get(language)


def _entries(basis: Basis, language: str) -> Iterator[tuple[Text, str]]:
    def plain(key: str, **values: object) -> tuple[Text, str]:
        return _NAMES[key], _TEXTS[key].get(language).format(**values)

    title = formula_title(basis.formula, language)
    yield _NAMES["headline"], f"{title} ({basis.formula})"
    for name, formula in FORMULAS.items():
        yield words.FORMULAS[name], f"{name} = {formula.words.get(language)}"
    yield plain("answers", middle=_middle(basis.questionnaire, language))
    yield plain("n")
    yield _NAMES["pooling"], _sentence(POOLINGS["pool_by_answers"].words, language)
    yield plain("mean")
    yield _NAMES["interval"], _sentence(INTERVALS["wilson"], language)
    yield _NAMES["ratio"], _sentence(INTERVALS["ratio"], language)
    yield plain("population")
    yield plain("small", **_limits(basis.thresholds))
    yield plain("cover", index=basis.thresholds.index_from, conditions=MOST_AXES + 1)
    yield plain("responses")
    yield plain("sensitivity")
    notes = "; ".join(text.rstrip(".") for text in dispositions.notes(language))
    yield plain("rate", notes=notes)
    sets = basis.questionnaire.sets
    if set(sets["core"]) != set(sets["full"]):
        yield plain(
            "sets",
            full=len(sets["full"]),
            core=len(sets["core"]),
            codes=", ".join(sets["core"]),
        )
    yield plain("rounding")
    yield _NAMES["wave"], f"{basis.wave}, {basis.period}"
    yield _NAMES["questionnaire"], f"{basis.questionnaire.id}, SHA-256 {basis.sha256}"
    yield plain("status")


def _limits(thresholds: Thresholds) -> dict[str, int]:
    return {
        "hide": thresholds.hide_below,
        "below_index": thresholds.index_from - 1,
        "index": thresholds.index_from,
        "rank": thresholds.rank_from,
    }


def _middle(questionnaire: Questionnaire, language: str) -> str:
    """The highest level that is not satisfied, which readers ask about."""
    scale = questionnaire.scale
    code = max(code for code in scale.codes if code < scale.satisfied_from)
    return scale.label(code).get(language)


def _sentence(text: Text, language: str) -> str:
    found = text.get(language)
    return f"{found[0].upper()}{found[1:]}."
