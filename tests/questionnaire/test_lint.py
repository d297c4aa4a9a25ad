"""Wording that makes ratings inaccurate is warned of, where it stands, by its rule."""

from __future__ import annotations

import pytest

from survey.questionnaire import Questionnaire, lint, load, packaged, places
from survey.questionnaire.lint import ADVICE, Finding
from survey.questionnaire.lint_anchors import of

DN = packaged()["dn-2026-1"]


def changed(code: str, field: str, words: str, text: str = DN) -> str:
    """The packaged file with one field of one item set to other words."""
    head, found, tail = text.partition(f'\ncode = "{code}"\n')
    assert found
    line = next(one for one in tail.splitlines() if one.startswith(f"{field} = "))
    return head + found + tail.replace(line, f'{field} = "{words}"', 1)


def warned(text: str) -> set[tuple[str, str]]:
    """Rule and place of every warning but those of stale translations."""
    return {
        (one.rule, one.place)
        for one in lint(load(text, "dn.toml")).warnings
        if one.rule != "stale_translation"
    }


@pytest.mark.parametrize("name", ["dn-2026-1", "loi-2026-1"])
def test_the_packaged_questionnaires_have_no_warning_that_is_not_accepted(
    name: str,
) -> None:
    q = load(packaged()[name], name)
    assert [one.words("vi") for one in lint(q).warnings] == []
    assert all(len(entry.reason) > 20 for entry in q.accepted)


QUESTIONS = [
    # two things at once
    (
        "double",
        "C1",
        "text.vi",
        "Đánh giá thế nào về thái độ và tốc độ hồ sơ này?",
    ),
    ("double", "C1", "text.vi", "Đánh giá thế nào về thái độ hoặc tốc độ hồ sơ này?"),
    ("double", "C1", "text.vi", "Đánh giá thái độ cũng như tốc độ của hồ sơ này?"),
    ("double", "C1", "text.en", "How do you rate manner and speed for this dossier?"),
    ("double", "C1", "text.en", "How do you rate manner or speed for this dossier?"),
    ("double", "C1", "text.en", "How do you rate manner as well as speed here?"),
    ("double", "F15", "text.vi", "Có kiểm tra và lấy mẫu cho hồ sơ này không?"),
    ("double", "G1", "text.en", "How do you rate the handling and the result?"),
    # leading or loaded words
    ("leading", "C1", "text.vi", "Công chức lịch sự thế nào khi giải quyết hồ sơ này?"),
    ("leading", "C1", "text.vi", "Quý doanh nghiệp hài lòng thế nào về hồ sơ này?"),
    ("leading", "C1", "text.vi", "Quý doanh nghiệp có đồng ý rằng hồ sơ này ổn không?"),
    ("leading", "C1", "text.en", "How polite were the officials for this dossier?"),
    ("leading", "C1", "text.en", "Do you agree that this dossier went smoothly?"),
    ("leading", "G1", "text.en", "All in all, how good was this dossier?"),
    # double negation
    (
        "double_negation",
        "F15",
        "text.vi",
        "Có phải hồ sơ này không phải là không được kiểm tra?",
    ),
    ("double_negation", "F15", "text.en", "Was this dossier not filed without visits?"),
    ("double_negation", "D2", "anchor.4.vi", "Không phải không có sai sót."),
    ("double_negation", "D2", "anchor.4.en", "There was not no error."),
    # more than 25 words
    ("long_question", "C1", "text.vi", "hồ sơ này " + "một " * 22 + "chữ?"),
    ("long_question", "C1", "text.en", "this dossier " + "word " * 23 + "end?"),
    # no frame of time
    ("no_time_frame", "C1", "text.vi", "Công chức thường giao tiếp thế nào?"),
    ("no_time_frame", "C1", "text.en", "How do the officials usually speak?"),
    # a word without a definition
    ("no_definition", "C1", "text.vi", "Đánh giá VNPT trong hồ sơ này thế nào?"),
    ("no_definition", "C1", "consider.en", "How the CCHC plan was followed."),
    ("no_definition", "F15", "hint.vi", "Tính cả hồ sơ liên thông."),
]


@pytest.mark.parametrize(("rule", "code", "field", "words"), QUESTIONS)
def test_a_fault_of_wording_is_warned_of_at_its_place(
    rule: str, code: str, field: str, words: str
) -> None:
    found = warned(changed(code, field, words))
    assert (rule, f"{code}.{field}") in found


INNOCENT = [
    ("C1", "text.vi", "Đánh giá thế nào về việc gửi góp ý, phản ánh, kiến nghị?"),
    ("C1", "text.en", "How do you rate sending a comment, complaint or proposal?"),
    ("F15", "text.vi", "Cơ quan có kiểm tra không?"),
    ("F15", "text.en", "Did the agency neither visit nor phone for this dossier?"),
    ("C1", "text.vi", "hồ sơ này " + "một " * 21 + "chữ?"),  # 25 words
    ("C1", "text.en", "this dossier " + "word " * 22 + "end?"),
    ("C1", "consider.vi", "Quét mã QR tại quầy."),
    ("D2", "anchor.4.vi", "Không có sai sót, không phải báo."),
]


@pytest.mark.parametrize(("code", "field", "words"), INNOCENT)
def test_what_only_looks_like_a_fault_is_not_warned_of(
    code: str, field: str, words: str
) -> None:
    assert (code, field) not in {
        tuple(place.split(".", 1)) for _, place in warned(changed(code, field, words))
    }


def test_a_frame_may_stand_in_the_question_the_note_or_the_opening() -> None:
    bare = DN.replace("Phiếu này hỏi về một hồ sơ cụ thể mà", "Phiếu này hỏi về việc")
    found = {place for rule, place in warned(bare) if rule == "no_time_frame"}
    # C2 names the dossier itself, C5 is framed by the note of its element.
    assert "D2.text.vi" in found
    assert not {"C2.text.vi", "C5.text.vi", "D2.text.en"} & found
    note = bare.replace("đã tiếp xúc vì hồ sơ này, tại quầy", "đã gặp, tại quầy")
    assert "C5.text.vi" in {place for _, place in warned(note)}


FIVE = {
    "vi": [
        "Không tìm được.",
        "Tìm được sau khi hỏi hai lần.",
        "Tìm được sau khi hỏi một lần.",
        "Tự tìm được, không phải hỏi.",
        "Như mức 4, và tìm được ngay.",
    ],
    "en": [
        "Not found.",
        "Found after asking twice.",
        "Found after asking once.",
        "Found without asking.",
        "As level 4, and found at once.",
    ],
}
LONG = "Tìm được sau khi hỏi, gọi điện, viết thư, chờ đợi, rồi lại phải hỏi thêm."

ANCHORS = [
    ("vi", {}, None),
    ("en", {}, None),
    ("vi", {2: LONG}, "anchor_length"),
    ("en", {2: "Found after " + "asking " * 9 + "on."}, "anchor_length"),
    ("vi", {3: "Trời mưa to."}, "anchor_dimension"),
    ("en", {3: "The weather stayed rainy."}, "anchor_dimension"),
    # the two ends exchanged
    ("vi", {1: FIVE["vi"][3], 4: FIVE["vi"][0]}, "anchor_order"),
    ("en", {1: FIVE["en"][3], 4: FIVE["en"][0]}, "anchor_order"),
    # a lowest level that states full success
    ("vi", {1: "Tự tìm được đầy đủ."}, "anchor_order"),
    ("en", {1: "Found everything at once."}, "anchor_order"),
    # a pair of thresholds reversed: 1, 2, 1
    ("vi", {1: "Không tìm được sau khi hỏi một lần."}, "anchor_order"),
    ("en", {1: "Not found after asking once."}, "anchor_order"),
    ("vi", {5: "Như mức 3, và tìm được ngay."}, "anchor_order"),
    ("en", {2: "As level 4, and found late."}, "anchor_order"),
]


@pytest.mark.parametrize(("language", "other", "rule"), ANCHORS)
def test_levels_are_alike_about_one_thing_and_in_order(
    full: Questionnaire, language: str, other: dict[int, str], rule: str | None
) -> None:
    texts = dict(enumerate(FIVE[language], start=1)) | other
    text = DN
    for level, words in texts.items():
        text = changed("A2", f"anchor.{level}.{language}", words, text)
    one = load(text, "dn.toml").criterion("A2")
    found = {name for name, _, _ in of(one, language)}
    assert found == (set() if rule is None else {rule})


def test_vietnamese_that_changed_after_its_english_is_named() -> None:
    text = changed("C1", "text.vi", "Đánh giá thế nào về hồ sơ này?")
    q = load(text, "dn.toml")
    stale = [one for one in lint(q).warnings if one.rule == "stale_translation"]
    assert [one.place for one in stale] == ["C1.text.en"]

    again = places.with_digests(text, q)
    assert lint(load(again, "dn.toml")).warnings == ()


def test_only_the_places_named_are_taken_for_translated() -> None:
    text = changed("C1", "text.vi", "Đánh giá thế nào về hồ sơ này?")
    text = changed("C2", "consider.vi", "Câu trả lời.", text)
    text = places.with_digests(text, load(text, "dn.toml"), {"C2.consider"})
    assert places.stale(load(text, "dn.toml")) == ("C1.text",)


def test_digests_change_nothing_but_their_own_section(tiny_text: str) -> None:
    q = load(tiny_text, "tiny.toml")
    assert len(places.stale(q)) == len(list(places.texts(q)))
    once = places.with_digests(tiny_text, q)
    assert once.startswith(tiny_text)
    assert places.stale(load(once, "tiny.toml")) == ()
    assert places.with_digests(once, load(once, "tiny.toml")) == once
    # A section before others is renewed in its place.
    tail = '\n[[accepted]]\nrule = "double"\nplace = "A1"\nreason = "thử"\n'
    changed_text = once.replace("Đánh giá phí?", "Đánh giá mức phí?") + tail
    again = places.with_digests(changed_text, load(changed_text, "tiny.toml"))
    assert again.endswith(tail)
    assert again.count("[translated]") == 1
    assert places.stale(load(again, "tiny.toml")) == ()


def test_no_two_texts_share_a_place(full: Questionnaire) -> None:
    found = [place for place, _ in places.texts(full)]
    assert len(found) == len(set(found))
    assert {"title", "A1.anchor.5", "F04.choice.online", "D1.strip.1"} <= set(found)


ENTRY = '\n[[accepted]]\nrule = "{}"\nplace = "{}"\nreason = "lý do để thử"\n'


@pytest.mark.parametrize("place", ["C1.text.vi", "C1.text"])
def test_a_warning_accepted_with_a_reason_no_longer_stands(place: str) -> None:
    text = changed("C1", "text.vi", "Thái độ và tốc độ với hồ sơ này thế nào?")
    assert ("double", "C1.text.vi") in warned(text)
    linted = lint(load(text + ENTRY.format("double", place), "dn.toml"))
    assert "double" not in {one.rule for one in linted.warnings}
    assert ("double", "lý do để thử") in {
        (one.rule, entry.reason) for one, entry in linted.accepted
    }


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("double", "C1.text.vi"),  # there is no such warning
        ("leading", "C2.anchor"),  # there is one, of another rule
        ("anchor_length", "A1.anchor"),
        ("no_such_rule", "A1.text"),
    ],
)
def test_an_entry_that_accepts_nothing_is_itself_a_warning(
    rule: str, place: str
) -> None:
    linted = lint(load(DN + ENTRY.format(rule, place), "dn.toml"))
    number = len(load(DN, "dn.toml").accepted) + 1
    assert linted.warnings == (
        Finding(
            rule="unused_acceptance",
            place=f"accepted[{number}]",
            found=f"{rule}: {place}",
        ),
    )


def test_an_entry_accepts_only_the_rule_that_it_names() -> None:
    text = changed("C1", "text.vi", "Thái độ và tốc độ với hồ sơ này thế nào?")
    found = warned(text + ENTRY.format("leading", "C1.text.vi"))
    assert ("double", "C1.text.vi") in found
    assert "unused_acceptance" in {rule for rule, _ in found}


def test_a_warning_says_where_by_which_rule_and_what_to_do() -> None:
    one = Finding(rule="double", place="C1.text.vi", found="và")
    assert one.words("vi") == (
        "C1.text.vi: double: hỏi hai điều trong một câu; tách thành hai câu hoặc bỏ "
        "bớt một điều (“và”)"
    )
    assert one.words("en").startswith("C1.text.vi: double: asks two things at once; ")


def test_every_rule_says_what_to_do_in_both_languages() -> None:
    for advice in ADVICE.values():
        assert ";" in advice.vi
        assert ";" in advice.en or advice.en.startswith("has no")
        assert advice.vi != advice.en
