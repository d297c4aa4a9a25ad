"""The words by which the lint recognises faults of wording, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    joined = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE)


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


DOUBLE: Mapping[str, re.Pattern[str]] = {
    "vi": _any_of(("và", "hoặc", "cũng như", "đồng thời", "lẫn", "vừa")),
    "en": _any_of(("and", "or", "as well as", "both")),
}
"""What joins two things in one question."""

LEADING: Mapping[str, re.Pattern[str]] = {
    "vi": _any_of(
        (
            "tốt", "rất tốt", "tuyệt vời", "xuất sắc", "nhanh chóng", "kịp thời",
            "tận tình", "chu đáo", "thân thiện", "lịch sự", "chuyên nghiệp",
            "hiệu quả", "văn minh", "hiện đại", "hài lòng", "không hài lòng",
            "rườm rà", "phiền hà", "sách nhiễu", "nhũng nhiễu", "hách dịch",
            "vòi vĩnh", "chậm trễ", "chậm chạp", "kém", "tệ", "quá lâu", "quá cao",
            "có đồng ý", "đồng ý rằng", "phải không", "đúng không", "chắc hẳn",
            "chắc chắn", "dĩ nhiên", "đương nhiên", "ai cũng biết", "rõ ràng là",
            "lẽ ra", "đáng lẽ", "đã được cải thiện",
        )
    ),
    "en": _any_of(
        (
            "good", "great", "excellent", "friendly", "polite", "courteous", "helpful",
            "prompt", "promptly", "timely", "quick", "quickly", "professional",
            "efficient", "modern", "satisfied", "dissatisfied", "satisfaction",
            "burdensome", "harassment", "bribe", "arrogant", "slow", "poor", "bad",
            "too long", "too high", "agree that", "do you agree", "don't you",
            "isn't it", "of course", "obviously", "clearly", "surely", "certainly",
            "everybody knows", "should have", "has improved", "how well", "how good",
        )
    ),
}  # fmt: skip
"""What praises, blames or expects an answer, in a question that should do none."""

NEGATION: Mapping[str, re.Pattern[str]] = {
    "vi": _any_of(("không", "chưa", "chẳng", "thiếu", "đừng", "trừ khi")),
    "en": _any_of(
        (
            "not", "no", "none", "never", "nothing", "nobody", "neither", "cannot",
            r"\w+n't", "without", "unless", "lack of",
        )
    ),
}  # fmt: skip

# The question "có … không?" asks and does not negate; "neither … nor" negates once.
NO_NEGATION: Mapping[str, re.Pattern[str]] = {
    "vi": re.compile(r"không\s*[?.]|có … không|hay không|không chỉ", re.IGNORECASE),
    "en": re.compile(r"whether or not|not only|\bnor\b", re.IGNORECASE),
}

CLAUSES: Mapping[str, re.Pattern[str]] = {
    "vi": re.compile(
        r"[,;:.?!/()]|(?<!\w)(?:và|hoặc|nhưng|mà|thì|nếu|khi|vì|nên)(?!\w)",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"[,;:.?!/()]|\b(?:and|or|but|if|when|because|so|although|that)\b",
        re.IGNORECASE,
    ),
}
"""Where one clause ends and another begins; two negations apart are no double one."""

FRAME: Mapping[str, re.Pattern[str]] = {
    "vi": _any_of(
        (
            "hồ sơ này", "thủ tục này", "một hồ sơ cụ thể", "hồ sơ cụ thể", "lần này",
            "lần gần nhất", "hiện nay", "hiện", "trong kỳ", "trong quý", "trong năm",
            r"trong \d+ (?:ngày|tháng|năm)", r"\d+ tháng qua",
        )
    ),
    "en": _any_of(
        (
            "this dossier", "this procedure", "one particular dossier", "this time",
            "the latest", "at present", "this quarter", "this year", "this period",
            r"in the (?:past|last) \w+",
        )
    ),
}  # fmt: skip
"""What ties a question to one dossier or one time."""

HABIT: Mapping[str, re.Pattern[str]] = {
    "vi": _any_of(("thường", "thường xuyên", "nói chung", "mọi khi", "luôn luôn")),
    "en": _any_of(("usually", "generally", "in general", "often", "always")),
}
"""What asks about things in general, whatever the opening says."""

GOOD: Mapping[str, re.Pattern[str]] = {
    "vi": _any_of(
        (
            "đầy đủ",
            "đủ",
            "đúng",
            "đều",
            "mọi",
            "ngay lần đầu",
            "ngay từ đầu",
            "rõ",
            "lịch sự",
            "trong thời hạn",
            "trước ngày hẹn",
            "thành công",
            "tự",
            "không phải",
            "không có sai sót",
            "ngắn hơn",
            "như mức",
        )
    ),
    "en": _any_of(
        (
            "complete",
            "completed",
            "enough",
            "all",
            "every",
            "everything",
            "correct",
            "at once",
            "at the first try",
            "from the start",
            "clear",
            "polite",
            "within the time limit",
            "before the appointed date",
            "without asking",
            "without help",
            "no error",
            "shorter",
            "as level",
        )
    ),
}

BAD: Mapping[str, re.Pattern[str]] = {
    "vi": _any_of(
        (
            "không", "chưa", "thiếu", "hỏng", "hư hỏng", "sai sót", "chậm", "quá",
            "thất lạc", "bị", "phải", "xúc phạm", "từ hai", "từ ba", "sau ngày hẹn",
            "sau thời hạn", "cao hơn", "dài hơn", "ngoài danh mục", "yêu cầu mới",
            "khác với",
        )
    ),
    "en": _any_of(
        (
            "not", "no", "none", "neither", "never", "missing", "broken", "error",
            "late", "over", "lost", "damaged", "insulted", "could not", "had to",
            "after the appointed date", "after the time limit", "longer", "more than",
            "two or more", "three or more", "outside the list", "differed",
        )
    ),
}  # fmt: skip
"""Rough marks of a good or a bad outcome, to see which end of the scale it is."""

AS_LEVEL: Mapping[str, re.Pattern[str]] = {
    "vi": re.compile(r"^như mức (\d+)", re.IGNORECASE),
    "en": re.compile(r"^as level (\d+)", re.IGNORECASE),
}

# Numbers of levels count nothing.
LEVEL_NUMBERS: Mapping[str, re.Pattern[str]] = {
    "vi": re.compile(r"\bmức \d+", re.IGNORECASE),
    "en": re.compile(r"\blevels? \d+(?: and \d+)?", re.IGNORECASE),
}

NUMBERS: Mapping[str, Mapping[str, int]] = {
    "vi": {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "mười": 10},
    "en": {
        "none": 0, "one": 1, "once": 1, "two": 2, "twice": 2, "three": 3, "four": 4,
        "five": 5, "six": 6, "ten": 10,
    },
}  # fmt: skip

NONE_OF: Mapping[str, re.Pattern[str]] = {
    "vi": re.compile(r"không có \w+ nào trong", re.IGNORECASE),
    "en": re.compile(r"none of", re.IGNORECASE),
}

EMPTY: Mapping[str, frozenset[str]] = {
    "vi": _listed(
        "và hoặc nhưng mà thì là của cho ở tại trong sau trước từ đến khi để với do vì"
        " có không chưa được bị phải đã đang sẽ mới vẫn cũng đều mọi một hai ba các"
        " những này đó nào gì ai lần như mức trên dưới hơn rất quá mới chỉ cùng"
        " trở lên nếu việc"
    ),
    "en": _listed(
        "a an the and or but of for in on at by to from with without after before as"
        " is are was were be been had has have not no none it that this these those"
        " you your they their one two three once twice more than only so than level"
        " every all any if when what which"
    ),
}
"""Words that say nothing of what an anchor is about."""

EVERYDAY = frozenset({"QR", "PDF", "SMS", "OK", "VND", "USB"})
"""Abbreviations that need no definition."""

ABBREVIATION = re.compile(r"(?<![\w.])[A-ZĐ]{2,}(?![\w])")

HARD: Mapping[str, re.Pattern[str]] = {
    "vi": _any_of((
        "bưu chính công ích", "Bộ phận Một cửa", "Cổng dịch vụ công", "Giấy hẹn",
        "Giấy tiếp nhận", "phiếu xin lỗi", "phí, lệ phí", "phản ánh, kiến nghị",
        "ngày làm việc", "mã hồ sơ", "dịch vụ công toàn trình",
        "dịch vụ công một phần", "thành phần hồ sơ", "trình tự thực hiện",
        "thủ tục hành chính", "liên thông", "thẩm định", "ký số", "hậu kiểm",
    )),
    "en": _any_of((
        "public postal service", "one-stop counter", "public service portal",
        "appointment slip", "letter of apology", "complaint or proposal",
        "complaints or proposals", "working days", "dossier code",
        "administrative procedure", "digitally signed",
    )),
}  # fmt: skip
"""Words of the administration that need a definition wherever they occur."""
