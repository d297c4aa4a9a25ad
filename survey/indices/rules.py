"""The thresholds of the careless rules, fixed in a wave before it opens, and the words
that say in a report what each rule looks at."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any, Final

from survey.questionnaire.schema import Text, fill

from .terms import IndicesError

STRAIGHT_LINE: Final = "straight_line"
FAST: Final = "fast"
ERRATIC: Final = "erratic"
CONTRARY: Final = "contrary"
DUPLICATE: Final = "duplicate"


class CarelessError(IndicesError):
    """Thresholds that a wave cannot have; `text` says so to a person."""

    def __init__(self, name: str, text: Text) -> None:
        super().__init__(f"{name}: {text.en}")
        self.name = name
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What a person reads of a threshold, and between what it may lie."""

    name: str
    least: int
    most: int
    title: Text


THRESHOLDS: Final[Mapping[str, Threshold]] = MappingProxyType(
    {
        name: Threshold(name=name, least=least, most=most, title=Text(vi=vi, en=en))
        for name, least, most, vi, en in (
            (
                "fewest_ratings",
                2,
                100,
                "Chỉ xét phiếu đã chọn mức ở ít nhất bao nhiêu câu",
                "Only forms that rate at least so many questions are looked at",
            ),
            (
                "run_percent",
                50,
                100,
                "Một mức cho mọi câu: số câu liền nhau cùng một mức chiếm từ bao "
                "nhiêu % phiếu",
                "One level throughout: questions in a row with the same level make "
                "up so many % of the form",
            ),
            (
                "short_percent",
                0,
                100,
                "Một mức cho mọi câu: bị đánh dấu khi làm xong dưới bao nhiêu % "
                "thời gian thường",
                "One level throughout: flagged when done below so many % of the "
                "usual time",
            ),
            (
                "fast_percent",
                0,
                100,
                "Trả lời quá nhanh: làm xong dưới bao nhiêu % thời gian thường",
                "Too fast: done below so many % of the usual time",
            ),
            (
                "ms_per_word",
                0,
                2000,
                "Thời gian thường để đọc một chữ, bằng phần nghìn giây (1.000 là "
                "một giây)",
                "Usual time to read one word, in milliseconds (1,000 are one second)",
            ),
            (
                "ms_per_answer",
                0,
                60_000,
                "Thời gian thường để chọn xong một câu, bằng phần nghìn giây (1.000 "
                "là một giây)",
                "Usual time to answer one question, in milliseconds (1,000 are one "
                "second)",
            ),
            (
                "spread_percent",
                0,
                100,
                "Trả lời phân tán bất thường: "
                "các mức trong phiếu phân tán (độ lệch chuẩn) từ bao nhiêu % độ dài "
                "thang",
                "Erratic: the levels of a form are scattered (standard deviation) "
                "by so many % of the scale",
            ),
            (
                "jump_percent",
                0,
                100,
                "Trả lời phân tán bất thường: "
                "hai câu liền nhau cùng nhóm chênh nhau trung bình từ bao nhiêu % độ "
                "dài thang",
                "Erratic: neighbouring questions of a group differ on average by so "
                "many % of the scale",
            ),
            (
                "scatter_percent",
                0,
                100,
                "Trả lời phân tán bất thường: "
                "từ bao nhiêu % số câu nằm ngoài hai mức được chọn nhiều nhất",
                "Erratic: so many % of the answers lie outside the two levels "
                "chosen most",
            ),
            (
                "contrary_from",
                2,
                100,
                "Trái với thực tế cả hai chiều: từ bao nhiêu câu cao hơn hoặc thấp "
                "hơn thực tế đã ghi",
                "Contrary to facts both ways: so many ratings too high or too low "
                "for the facts given",
            ),
            (
                "line_contrary_from",
                1,
                100,
                "Một mức cho mọi câu: dù không nhanh vẫn bị đánh dấu khi từ bao "
                "nhiêu câu trái với thực tế",
                "One level throughout: flagged even when not fast if so many "
                "ratings contradict the facts",
            ),
            (
                "duplicate_from",
                1,
                1000,
                "Giống hệt phiếu khác: đã có từ bao nhiêu phiếu trước trả lời y như "
                "vậy",
                "Same as other forms: so many earlier forms have exactly the same "
                "answers",
            ),
            (
                "pattern_levels",
                1,
                11,
                "Giống hệt phiếu khác: chỉ so phiếu dùng ít nhất bao nhiêu mức khác "
                "nhau",
                "Same as other forms: only forms that use so many different levels "
                "are compared",
            ),
            (
                "pattern_others",
                0,
                100,
                "Giống hệt phiếu khác: chỉ so phiếu có ít nhất bao nhiêu câu khác "
                "mức được chọn nhiều nhất",
                "Same as other forms: only forms with so many answers beside the "
                "level chosen most are compared",
            ),
        )
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All thresholds of one wave; whole numbers, so that they are stored exactly.

    The usual time of a page is `ms_per_word` for each word shown and `ms_per_answer`
    for each answer: the medians of a rehearsal or of the last wave, where there is
    one. The defaults are ours: a brisk median, so that half of it blames few. Each of
    the others was set where `python -m bench careless` finds most careless respondents
    while it blames well below 2 % of every kind of honest ones.

    Raises:
        CarelessError: a threshold is no whole number or outside its bounds, or a time
            that is too fast would not be short.
    Source: domain.md M7 (a form of one level is blamed only where time is short or
        facts contradict) and M8 (too fast is below half the median).
    """

    fewest_ratings: int = 8
    run_percent: int = 100
    short_percent: int = 55
    fast_percent: int = 50
    ms_per_word: int = 90
    ms_per_answer: int = 1200
    spread_percent: int = 28
    jump_percent: int = 16
    scatter_percent: int = 26
    contrary_from: int = 2
    line_contrary_from: int = 5
    duplicate_from: int = 2
    pattern_levels: int = 3
    pattern_others: int = 6

    def __post_init__(self) -> None:
        for threshold in THRESHOLDS.values():
            value = getattr(self, threshold.name)
            if type(value) is not int:
                raise _no_number(threshold, value)
            if not threshold.least <= value <= threshold.most:
                raise CarelessError(
                    threshold.name,
                    Text(
                        vi=f"“{threshold.title.vi}” phải từ {threshold.least} "
                        f"đến {threshold.most}.",
                        en=f"“{threshold.title.en}” must be between "
                        f"{threshold.least} and {threshold.most}.",
                    ),
                )
        if self.short_percent < self.fast_percent:
            raise CarelessError(
                "short_percent",
                Text(
                    vi="Thời gian ngắn không được thấp hơn thời gian quá nhanh.",
                    en="The short time may not lie below the time that is too fast.",
                ),
            )

    def as_dict(self) -> dict[str, int]:
        """The thresholds by name, for a wave to keep."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Rules":
        """The rules that a wave kept, or that a form sent as digits.

        Raises:
            CarelessError: a threshold is missing, unknown, or as `Rules`.
        """
        names = {one.name for one in fields(cls)}
        for name in sorted(names.symmetric_difference(kept)):
            raise CarelessError(
                name,
                Text(
                    vi=f"Thiếu hoặc thừa ngưỡng “{name}”.",
                    en=f"The threshold “{name}” is missing or unknown.",
                ),
            )
        return cls(**{name: _whole(name, kept[name]) for name in names})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule by name: its title, and what it looks at, thresholds as `{name}`."""

    name: str
    title: Text
    words: Text


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        name: Rule(
            name=name, title=Text(vi=title_vi, en=title), words=Text(vi=vi, en=en)
        )
        for name, title_vi, title, vi, en in (
            (
                STRAIGHT_LINE,
                "một mức cho mọi câu",
                "one level throughout",
                "Có từ {fewest_ratings} câu đã chọn mức, ít nhất {run_percent}% liền "
                "nhau cùng một mức, và thời gian dưới {short_percent}% thời gian "
                "thường hoặc có từ {line_contrary_from} câu trái với thực tế.",
                "With {fewest_ratings} answers or more, at least {run_percent}% of "
                "them in one run of the same level, and either the time is below "
                "{short_percent}% of the usual time or {line_contrary_from} ratings "
                "or more contradict the facts.",
            ),
            (
                FAST,
                "trả lời quá nhanh",
                "too fast",
                "Ở trang điển hình, thời gian dưới {fast_percent}% thời gian thường; "
                "thời gian thường là {ms_per_word} phần nghìn giây cho mỗi chữ thực "
                "sự hiện ra và {ms_per_answer} phần nghìn giây cho mỗi câu trả lời.",
                "On the typical page the time is below {fast_percent}% of the usual "
                "time, which is {ms_per_word} milliseconds for each word really shown "
                "and {ms_per_answer} milliseconds for each answer.",
            ),
            (
                ERRATIC,
                "câu trả lời phân tán bất thường",
                "erratic",
                "Có từ {fewest_ratings} câu đã chọn mức, độ lệch chuẩn từ "
                "{spread_percent}% khoảng thang, chênh lệch giữa hai câu liền nhau "
                "cùng yếu tố trung bình từ {jump_percent}% khoảng thang, và từ "
                "{scatter_percent}% câu nằm ngoài hai mức dùng nhiều nhất.",
                "With {fewest_ratings} answers or more, a standard deviation from "
                "{spread_percent}% of the scale, a mean step between neighbours in an "
                "element from {jump_percent}% of the scale, and {scatter_percent}% or "
                "more of the answers outside the two levels used most.",
            ),
            (
                CONTRARY,
                "trái với thực tế theo cả hai chiều",
                "contrary to facts both ways",
                "Từ {contrary_from} câu trái với thực tế mà doanh nghiệp đã ghi, có "
                "câu cao hơn và có câu thấp hơn.",
                "{contrary_from} ratings or more contradict the facts that the "
                "business gave, some of them high and some low.",
            ),
            (
                DUPLICATE,
                "giống hệt phiếu khác",
                "the same as other forms",
                "Đã có từ {duplicate_from} phiếu giống hệt ở mọi câu, khi phiếu dùng "
                "từ {pattern_levels} mức trở lên và có từ {pattern_others} câu ngoài "
                "mức dùng nhiều nhất.",
                "{duplicate_from} earlier forms or more have exactly the same "
                "answers, where they use {pattern_levels} levels or more and have "
                "{pattern_others} answers or more beside the level used most.",
            ),
        )
    }
)


def explained(rules: Rules, name: str) -> Text:
    """What a rule looks at, with the thresholds of a wave.

    Raises:
        CarelessError: there is no such rule.
    """
    if name not in RULES:
        raise CarelessError(
            name,
            Text(vi=f"Không có quy tắc “{name}”.", en=f"There is no rule “{name}”."),
        )
    values = rules.as_dict()
    words = RULES[name].words
    return Text(vi=fill(words.vi, values), en=fill(words.en, values))


def _whole(name: str, value: Any) -> int:
    if type(value) is int:
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value[:10])
    raise _no_number(THRESHOLDS[name], value)


def _no_number(threshold: Threshold, value: object) -> CarelessError:
    return CarelessError(
        threshold.name,
        Text(
            vi=f"“{threshold.title.vi}”: {value!r} không phải là số nguyên.",
            en=f"“{threshold.title.en}”: {value!r} is not a whole number.",
        ),
    )
