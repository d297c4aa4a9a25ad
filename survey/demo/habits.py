"""How the businesses of the sample behave: shares of answers, and what moves a rating.

Invented figures, chosen so that the sample looks like a survey; none is a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

CARELESS = 0.04
CAREFUL = "careful"
STRAIGHT_LINE = "straight_line"
RANDOM = "random"
SPEEDING = "speeding"
COPIED = "copied"
CARELESS_KINDS = (
    (STRAIGHT_LINE, 0.5),
    (RANDOM, 0.3),
    (SPEEDING, 0.15),
    (COPIED, 0.05),
)
"""One level throughout; any level; careful answers without reading; a machine that
sends the same form again and again."""
LEVEL_THROUGHOUT = (("5", 0.6), ("4", 0.2), ("3", 0.15), ("1", 0.05))
LEVELS_COPIED = "3445"
BREAKS_OFF = 0.03
TIRES = 0.06

# By arm. That guidance works is built into the sample, so that the page which compares
# the arms has something to show: who sees none scatters more, by half, and is three
# times as often unable to judge. The mean they start from is the same.
SCATTER = {"guided": 0.55, "folded": 0.83}
WORDS_FOR_LEVEL_LOST = {
    "guided": (("cannot_judge", 0.015), ("blank", 0.028)),
    "folded": (("cannot_judge", 0.045), ("blank", 0.028)),
}
NOT_APPLICABLE_TAKEN = 0.12

FILED_ONLINE = (
    ("online", 0.86),
    ("online_then_in_person", 0.1),
    ("online_then_postal", 0.04),
)
FILED_ELSE = (("in_person", 0.8), ("postal", 0.17), ("mixed_other", 0.03))
FETCHED_ONLINE = (
    ("electronic", 0.62),
    ("electronic_and_in_person", 0.18),
    ("electronic_and_postal", 0.12),
    ("in_person", 0.08),
)
FETCHED_ELSE = (("in_person", 0.7), ("postal", 0.2), ("electronic_and_in_person", 0.1))
OUTCOMES = (
    ("granted", 0.9),
    ("refused", 0.02),
    ("returned", 0.04),
    ("withdrawn", 0.01),
    ("in_progress", 0.03),
)
SUPPLEMENTS = (("none", 0.72), ("one", 0.2), ("two", 0.06), ("three_plus", 0.02))
VISITS_IN_PERSON = (("one", 0.35), ("two", 0.5), ("three_plus", 0.15))
VISITS_ELSE = (("none", 0.86), ("one", 0.11), ("two", 0.03))
SIMPLE_FACTS: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = (
    (
        "F02",
        (
            ("employee", 0.52),
            ("representative", 0.22),
            ("service_provider", 0.2),
            ("other", 0.06),
        ),
    ),
    (
        "F03",
        (
            ("workers_1_10", 0.4),
            ("workers_11_50", 0.3),
            ("workers_51_200", 0.12),
            ("household_business", 0.1),
            ("workers_over_200", 0.08),
        ),
    ),
    (
        "F04b",
        (
            ("paper_needed", 0.35),
            ("hard_to_use", 0.2),
            ("not_aware", 0.15),
            ("tried_failed", 0.15),
            ("not_offered", 0.1),
            ("other", 0.05),
        ),
    ),
    (
        "F05b",
        (
            ("not_needed", 0.6),
            ("fear_of_loss", 0.15),
            ("not_aware", 0.15),
            ("cost", 0.06),
            ("other", 0.04),
        ),
    ),
    ("F09b", (("yes", 0.85), ("no", 0.15))),
    ("F11", (("all_written", 0.7), ("some_oral", 0.2), ("all_oral", 0.1))),
    ("F11b", (("no", 0.65), ("yes", 0.35))),
    ("F12b", (("yes", 0.68), ("no", 0.32))),
    ("F12c", (("yes", 0.75), ("no", 0.25))),
    ("F12d", (("guided", 0.75), ("none", 0.2), ("asked_not_guided", 0.05))),
    ("F13", (("yes", 0.92), ("not_paid_yet", 0.02), ("no", 0.06))),
    ("F13b", (("equal", 0.95), ("higher", 0.03), ("lower", 0.02))),
    ("F13c", (("yes", 0.94), ("no", 0.06))),
    (
        "F14",
        (
            ("portal_online", 0.5),
            ("bank_transfer", 0.25),
            ("cash", 0.21),
            ("postal", 0.02),
            ("other", 0.02),
        ),
    ),
    ("F14b", (("first_try", 0.85), ("after_retry", 0.15))),
    (
        "F14c",
        (
            ("hard_to_use", 0.3),
            ("not_aware", 0.25),
            ("paper_receipt_needed", 0.2),
            ("tried_failed", 0.15),
            ("other", 0.1),
        ),
    ),
    ("F15", (("no", 0.7), ("yes", 0.3))),
    (
        "F16",
        (
            ("before_or_on_date", 0.35),
            ("after_date", 0.2),
            ("only_when_asked", 0.25),
            ("none", 0.2),
        ),
    ),
    ("F17", (("no", 0.92), ("yes", 0.08))),
    (
        "F17b",
        (
            ("answered_in_time", 0.6),
            ("answered_late", 0.18),
            ("not_answered_overdue", 0.12),
            ("not_answered_not_due", 0.1),
        ),
    ),
    ("F18", (("no", 0.93), ("prefer_not_to_say", 0.055), ("yes", 0.015))),
)
NEVER_UNSURE = frozenset({"F01", "F02", "F18"})
OFFSETS = {
    "A1": 0.05,
    "A3": -0.1,
    "A4": -0.2,
    "B1": -0.05,
    "B5": -0.15,
    "C1": 0.25,
    "C4": 0.15,
    "D2": 0.2,
    "D3": 0.05,
    "E1": -0.1,
    "E2": -0.25,
    "E3": -0.25,
    "E4": -0.3,
}
# Seconds, a person's own; after Brysbaert (Journal of Memory and Language 109, 2019:
# 238 words a minute) and, for who does not read, Huang et al. (Journal of Business and
# Psychology 27, 2012: an item takes some two seconds at least).
PER_WORD = 0.24
PER_DECISION = 3.5
WORDS_READ = {"guided": (0.15, 0.95), "folded": (0.6, 1.0)}
"""Between which shares of the words in sight beside a criterion are read."""
WORDS_READ_ELSEWHERE = (0.4, 0.9)
"""The same on pages without guidance, where the arms do not differ."""
WORDS_GLANCED_AT = (0.1, 0.4)
"""The same of the careless who read a little; the other half reads nothing."""
PER_DECISION_UNREAD = (0.8, 2.5)
PER_SECOND_LOOK = (3.0, 12.0)
PER_COMMENT = (20.0, 90.0)
INTERRUPTED = 0.05
INTERRUPTION = 120.0
LONGEST = 600
"""What the product keeps at most of the time on one page."""

LOOKS_AGAIN = 0.35
"""Share of the prompts shown after which a careful business changes its rating."""
LEVELS_NEARER = (("1", 0.45), ("2", 0.45), ("cannot_judge", 0.1))
"""By how much it then comes nearer to the fact."""
EFFECTS: dict[tuple[str, str], dict[str, float]] = {
    ("early", "yes"): {"D1": 0.35, "B6": 0.2},
    ("overdue", "yes"): {"D1": -0.6, "D2": -0.3},
    ("supplement_new_points", "yes"): {"B3": -1.5, "C3": -0.6},
    ("F10", "one"): {"B3": -0.2},
    ("F10", "three_plus"): {"B3": -0.7, "B2": -0.7},
    ("F13b", "higher"): {"B4": -1.8},
    ("online_payment_trouble", "yes"): {"B5": -1.4},
    ("F04b", "tried_failed"): {"A4": -1.3},
    ("F12c", "yes"): {"C2": -0.1},
    ("F12d", "asked_not_guided"): {"C3": -1.9},
    ("F18", "yes"): {"C4": -2.2, "D4": -1.6, "C1": -0.8},
    ("F09", "refused"): {"D2": -0.9, "D4": -0.8, "B2": -0.5},
    ("F09", "returned"): {"D2": -0.6, "D4": -0.6, "B2": -0.4},
    ("F09b", "no"): {"D2": -0.8},
    ("F16", "before_or_on_date"): {"E4": 0.4},
    ("F16", "after_date"): {"E4": -0.7},
    ("F16", "only_when_asked"): {"E4": -1.4},
    ("F16", "none"): {"E4": -2.0},
    ("F17b", "answered_in_time"): {"E3": 0.4, "E2": 0.1},
    ("F17b", "answered_late"): {"E3": -1.1, "E2": -0.4},
    ("F17b", "not_answered_overdue"): {"E3": -2.1, "E2": -1.5},
}
WISHES = {
    "A1": "procedure_information",
    "A4": "online_filing",
    "B5": "online_payment",
    "A5": "postal_service",
    "B1": "forms",
    "B3": "supplement_requests",
    "B6": "processing_time",
    "D1": "processing_time",
    "C1": "communication",
    "C3": "guidance",
    "C5": "site_inspection",
    "D3": "electronic_result",
    "E2": "feedback_handling",
    "E3": "feedback_handling",
}
PRAISE = (
    "Cán bộ hướng dẫn nhiệt tình, hồ sơ được giải quyết nhanh.",
    "Nộp trực tuyến thuận tiện, không phải đi lại.",
    "Không có ý kiến thêm.",
    "Mong cơ quan tiếp tục duy trì cách phục vụ như hiện nay.",
    "The staff answered our questions clearly. Thank you.",
)
COMPLAINTS = {
    "A1": "Thông tin trên Cổng dịch vụ công khác với thông tin niêm yết tại quầy.",
    "A4": "Hệ thống hay báo lỗi khi tải tệp lên, phải làm lại nhiều lần.",
    "B3": "Yêu cầu bổ sung hai lần, lần sau có nội dung mới chưa nêu ở lần đầu.",
    "B5": "Thanh toán trực tuyến báo lỗi nhưng tài khoản đã bị trừ tiền.",
    "C3": "Cần hướng dẫn đầy đủ trong một lần.",
    "D1": "Kết quả trả chậm so với ngày hẹn, mong cơ quan báo trước.",
    "E3": "Đã gửi phản ánh nhưng lâu chưa thấy trả lời.",
    "E4": "Trễ hẹn mà không được báo, doanh nghiệp phải tự gọi hỏi.",
}


def draw(random: Random, shares: Sequence[tuple[str, float]]) -> str:
    """One of these by its share; the last takes what is left."""
    at = random.random()
    for value, share in shares:
        at -= share
        if at < 0:
            return value
    return shares[-1][0]
