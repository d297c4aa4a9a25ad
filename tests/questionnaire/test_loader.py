"""A faulty definition does not load, and the error says where and what."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest

from survey.questionnaire import Questionnaire, QuestionnaireError, digest, load

SOURCE = "tiny.toml"


def faults_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(QuestionnaireError) as caught:
        load(text, SOURCE)
    assert {fault.source for fault in caught.value.faults} == {SOURCE}
    return [(fault.item, fault.field) for fault in caught.value.faults]


def changed(text: str, old: str, new: str) -> str:
    """The definition with the first occurrence of some words replaced."""
    assert old in text
    return text.replace(old, new, 1)


def in_item(text: str, code: str, old: str, new: str) -> str:
    """The definition with some words of one item replaced."""
    head, found, tail = text.partition(f'\ncode = "{code}"\n')
    assert found
    return head + found + changed(tail, old, new)


def without(text: str, code: str, start: str) -> str:
    """The definition without one line of one item."""
    head, found, tail = text.partition(f'\ncode = "{code}"\n')
    line = next(line for line in tail.splitlines() if line.startswith(start))
    return head + found + changed(tail, line + "\n", "")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "part",
    [
        "title",
        "text",
        "who",
        "consider",
        "leave_out",
        "look_up",
        "anchor.0",
        "anchor.10",
        "not_applicable_text",
    ],
)
def test_each_part_of_the_guidance_is_required_in_both_languages(
    tiny_text: str, part: str, language: str
) -> None:
    field = f"{part}.{language}"
    assert faults_of(without(tiny_text, "A2", f"{field} =")) == [("A2", field)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_empty_part_is_as_bad_as_a_missing_one(
    tiny_text: str, language: str
) -> None:
    old = next(
        line for line in tiny_text.splitlines() if line.startswith(f"who.{language}")
    )
    assert faults_of(changed(tiny_text, old, f'who.{language} = "  "')) == [
        ("A1", f"who.{language}")
    ]


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("A1", "when"),
        ("A1", "not_applicable"),
        ("A1", "na_offer"),
        ("A1", "responsible"),
        ("A1", "maps_to"),
        ("A1", "serves"),
        ("F13", "ask"),
        ("F13", "type"),
        ("F13", "used_for"),
        ("G2", "max"),
        ("G3", "max"),
        ("P3", "high"),
        ("P3", "low"),
        ("P3", "criterion"),
    ],
)
def test_each_field_is_required(tiny_text: str, code: str, field: str) -> None:
    assert (code, field) in faults_of(without(tiny_text, code, f"{field} ="))


def test_all_faults_are_listed_at_once(tiny_text: str) -> None:
    text = without(tiny_text, "A1", "who.vi")
    text = without(text, "E1", "anchor.7.en")
    text = without(text, "F13", "look_up.en")
    text = changed(text, "minutes = 1\n", 'minutes = "one"\n')
    assert sorted(faults_of(text)) == [
        ("", "minutes"),
        ("A1", "who.vi"),
        ("E1", "anchor.7.en"),
        ("F13", "look_up.en"),
    ]


def test_a_fault_reads_as_one_line_naming_file_criterion_and_field(
    tiny_text: str,
) -> None:
    with pytest.raises(QuestionnaireError) as caught:
        load(without(tiny_text, "A1", "consider.en"), "so-moi.toml")
    assert str(caught.value) == "so-moi.toml: A1: consider.en: còn thiếu"
    [fault] = caught.value.faults
    assert fault.words("en") == "so-moi.toml: A1: consider.en: is missing"


@pytest.mark.parametrize(
    ("code", "old", "new", "fault"),
    [
        # unknown keys
        ("A1", "serves =", "extra = 1\nserves =", ("A1", "extra")),
        ("A1", "text.vi =", 'text.fr = "?"\ntext.vi =', ("A1", "text.fr")),
        ("F13", "ask =", "required = true\nask =", ("F13", "required")),
        ("F02", 'vi = "Chủ"', 'vi = "Chủ", x = 1', ("F02", "choice[1].x")),
        ("A1", "na_offer", 'not_applicable_text.vi = "-"\nna_offer', ("A1", "not_app")),
        # names and values that conditions may not use
        ("A2", 'when = "F13 in {yes}"', 'when = "F99 in {yes}"', ("A2", "when")),
        ("A2", 'when = "F13 in {yes}"', 'when = "vistied in {yes}"', ("A2", "when")),
        ("A2", 'when = "F13 in {yes}"', 'when = "F13 in {maybe}"', ("A2", "when")),
        ("A2", 'when = "F13 in {yes}"', 'when = "A1 in {0}"', ("A2", "when")),
        ("A2", 'when = "F13 in {yes}"', 'when = "days_late in {3}"', ("A2", "when")),
        (
            "A2",
            'when = "F13 in {yes}"',
            'when = "all_rated_low in {yes}"',
            ("A2", "when"),
        ),
        ("A2", 'when = "F13 in {yes}"', 'when = "F13 is yes"', ("A2", "when")),
        ("A2", 'when = "F13 in {yes}"', 'when = "never"', ("A2", "when")),
        ("A2", "if F13b in {higher}", "if F13b in {lower}", ("A2", "not_applicable")),
        ("A2", "na_not_due if", "na_forgotten if", ("A2", "not_applicable")),
        ("E1", '"F13 in {no}"', '"late in {maybe}"', ("E1", "na_offer")),
        ("F13b", 'ask = "F13 in {yes}"', 'ask = "never"', ("F13b", "ask")),
        ("F02", 'ask = "always"', 'ask = "F13 in {yes}"', ("F02", "ask")),
        ("F13b", "F13 in {yes}", "F13b in {equal}", ("F13b", "ask")),
        ("P3", "F13b in {higher}", "F13b in {lower}", ("P3", "high")),
        ("P3", "{9, 10}", "{9, 11}", ("P3", "high")),
        # a prompt and its mirror
        ("P3", "{0, 1}", "{0, 2}", ("P3", "low")),
        ("P3", "{9, 10}", "{7, 10}", ("P3", "low")),
        ("P3", "A2 in {0, 1} and ", "", ("P3", "low")),
        ("P3", " and F13b in {equal}", "", ("P3", "low")),
        ("P3", '"A2 in {0, 1} and F13b in {equal}"', '"never"', ("P3", "low")),
        ("P3", "[[prompt.fact_low]]", "[[prompt.fact_lo]]", ("P3", "fact_low")),
        (
            "P3",
            'vi = "thu bằng"',
            'when = "F13b in {equal}"\nvi = "thu bằng"',
            ("P3", "fact_low"),
        ),
        ("P3", 'criterion = "A2"', 'criterion = "A9"', ("P3", "criterion")),
        # both sides on the same fact, so that both could be true
        ("P3", "F13b in {equal}", "F13b in {higher}", ("P3", "low")),
        ("P3", "F13b in {equal}", "F13 in {yes}", ("P3", "low")),
        ("P3", "[[prompt.fact_high]]", "[[prompt.fact_hi]]", ("P3", "fact_high")),
        # strips
        (
            "A2",
            'when = "F13 in {yes}", vi',
            'when = "F9 in {a}", vi',
            ("A2", "strip[1]"),
        ),
        (
            "A2",
            'when = "F13 in {yes}", vi',
            'when = "F13", vi',
            ("A2", "strip[1].when"),
        ),
        (
            "A2",
            'when = "F13 in {yes}", vi',
            'when = "A1 in {1}", vi',
            ("A2", "strip[1]"),
        ),
        (
            "A2",
            'when = "F13 in {yes}", vi',
            'when = "all_rated_low in {yes}", vi',
            ("A2", "strip[1].when"),
        ),
        ("A2", 'en = "fee: paid"', 'en = "fee: {F13}"', ("A2", "strip[1]")),
        ("A2", "số tiền: {F13b}", "số tiền: {F14}", ("A2", "strip[2].vi")),
        ("A2", "số tiền: {F13b}", "số tiền: {reply_days}", ("A2", "strip[2].vi")),
        ("A2", ', en = "fee: paid"', "", ("A2", "strip[1].en")),
        ("A2", ', en = "fee: paid"', ', en = "fee", x = 1', ("A2", "strip[1].x")),
        # codes
        ("F13", 'code = "no"', 'code = "yes"', ("F13", "choice")),
        ("F02", 'code = "owner"', 'code = "Owner"', ("F02", "choice")),
        ("F02", 'code = "owner"', 'code = "blank"', ("F02", "choice")),
        ("A1", 'responsible = ["MC"]', 'responsible = ["XX"]', ("A1", "responsible")),
        ("A1", 'responsible = ["MC"]', "responsible = []", ("A1", "responsible")),
        ("A1", 'serves = ["S1"]', 'serves = ["S1", "S1"]', ("A1", "serves")),
        # levels
        ("A1", "anchor.10.vi", "anchor.11.vi", ("A1", "anchor.11")),
        ("A1", "anchor.3.vi", "anchor.x.vi", ("A1", "anchor.x")),
        (
            "A1",
            'anchor.3.vi = "Mô tả mức 3."',
            'anchor.3.vi = "Mô tả mức 2."',
            ("A1", "anchor.3.vi"),
        ),
        # texts
        ("A1", "Mọi hồ sơ.", "Mọi hồ sơ. ", ("A1", "who.vi")),
        ("A1", "Mọi hồ sơ.", "Mọi\\nhồ sơ.", ("A1", "who.vi")),
        ("A1", "Mọi hồ sơ.", "Mọi hồ sơ\\u202e.", ("A1", "who.vi")),
        ("A1", "Mọi hồ sơ.", "Mọi hồ sơ {x}.", ("A1", "who.vi")),
        ("A1", "Mọi hồ sơ.", "Mọi hồ sơ {.", ("A1", "who.vi")),
        ("A1", "Mọi hồ sơ.", "Trong {reply_days} ngày.", ("A1", "who")),
        ("A1", '"Mọi hồ sơ."', "12", ("A1", "who.vi")),
        ("A1", "(hỏi ở A2)", "(hỏi ở A7)", ("A1", "leave_out.vi")),
        ("F13", "Trả lời trong", "(xem F99) Trong", ("F13", "hint.vi")),
        # types
        ("F13", "prefill = true", 'prefill = "yes"', ("F13", "prefill")),
        ("F13", 'type = "single"', 'type = "many"', ("F13", "type")),
        ("G1", 'type = "scale"', 'type = "stars"', ("G1", "type")),
        ("G2", "max = 2", "max = true", ("G2", "max")),
        ("G2", "max = 2", "max = 0", ("G2", "max")),
        ("A1", "maps_to = []", 'maps_to = "none"', ("A1", "maps_to")),
        ("A1", "look_up.vi = ", "look_up.vi.x = ", ("A1", "look_up.vi")),
    ],
)
def test_a_fault_is_refused_where_it_stands(
    tiny_text: str, code: str, old: str, new: str, fault: tuple[str, str]
) -> None:
    text = in_item(tiny_text, code, old, new)
    found = faults_of(text)
    assert any(
        item == fault[0] and field.startswith(fault[1]) for item, field in found
    ), found


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "tiny-1"', 'id = "Tiny 1"', ("", "id")),
        ('core = ["A1", "E1"]', 'core = ["A1", "E9"]', ("", "core")),
        ('core = ["A1", "E1"]', 'core = ["E1", "A1"]', ("", "core")),
        ('tables = ["F02"]', 'tables = ["F02", "F77"]', ("", "tables")),
        ("reply_days = 20", "reply_days = -1", ("settings", "reply_days")),
        ("reply_days = 20", "reply_day = 20", ("settings", "reply_day")),
        ("satisfied_from = 8", "satisfied_from = 0", ("scale", "satisfied_from")),
        ("satisfied_from = 8", "satisfied_from = 12", ("scale", "satisfied_from")),
        ("code = 10\n", "code = 5\n", ("scale", "level")),
        ('vi = "Mức 3"\n', "", ("scale", "level[4].vi")),
        ("{agency} hỏi trong", "{wave} hỏi trong", ("opening", "intro[1].vi")),
        ("{n} days late", "late", ("summary", "lateness_late")),
        ('[[element]]\ncode = "E"', '[[element]]\ncode = "G"', ("G", "code")),
        ('\ncode = "A2"', '\ncode = "B2"', ("B2", "code")),
        ('\ncode = "A2"', '\ncode = "A1"', ("A1", "code")),
        ('\ncode = "F13"\n', '\ncode = "F02"\n', ("F02", "code")),
        ('\ncode = "F13"\n', '\ncode = "X13"\n', ("X13", "code")),
        ('\ncode = "G2"', '\ncode = "G1"', ("G1", "code")),
        ('\ncode = "P3"', '\ncode = "Q3"', ("Q3", "code")),
        ("[prompts]", "[prompts_]", ("", "prompts")),
        ("[[general]]", "[[generals]]", ("", "generals")),
    ],
)
def test_a_fault_of_the_whole_is_refused(
    tiny_text: str, old: str, new: str, fault: tuple[str, str]
) -> None:
    assert fault in faults_of(changed(tiny_text, old, new))


def test_a_fact_that_nothing_needs_is_refused(tiny_text: str) -> None:
    text = changed(tiny_text, 'tables = ["F02"]', "tables = []")
    assert faults_of(text) == [("F02", "")]


def test_a_fact_that_a_condition_needs_must_be_asked(tiny_text: str) -> None:
    text = in_item(tiny_text, "A2", "F13 in {yes}", "tried_online in {yes}")
    assert ("F04", "") in faults_of(text)
    assert ("F04b", "") in faults_of(text)


def test_a_strip_rests_only_on_facts_that_are_asked(tiny_text: str) -> None:
    text = in_item(tiny_text, "A2", '"F13 in {yes}", vi', '"late in {yes}", vi')
    [fault] = faults_of(text)
    assert fault == ("A2", "strip[1]")


def test_a_fact_is_not_needed_only_to_be_stated(tiny_text: str) -> None:
    text = in_item(tiny_text, "A2", "số tiền: {F13b}", "vai trò: {F02}")
    text = in_item(text, "A2", "amount: {F13b}", "role: {F02}")
    text = changed(text, 'tables = ["F02"]', "tables = []")
    assert faults_of(text) == [("F02", "")]


def test_a_derived_fact_reads_only_choices_it_was_written_for(tiny_text: str) -> None:
    text = in_item(tiny_text, "A2", "F13 in {yes}", "tried_online_payment in {yes}")
    with pytest.raises(QuestionnaireError) as caught:
        load(text, SOURCE)
    words = [fault.words("en") for fault in caught.value.faults]
    assert any("F13: choice: choice not_paid_yet" in line for line in words)


def test_a_criterion_that_may_not_apply_needs_a_reason(tiny_text: str) -> None:
    text = without(tiny_text, "A2", "not_applicable_text.vi")
    text = without(text, "A2", "not_applicable_text.en")
    line = next(
        line
        for line in text.splitlines()
        if line.startswith("not_applicable = [")
        if "na_not_due" in line
    )
    assert ("A2", "not_applicable") in faults_of(
        changed(text, line, "not_applicable = []")
    )


TERM = """
[[terms]]
code = "fee"
name.vi = "Phí"
name.en = "Fee"
forms.vi = ["phí"]
forms.en = ["fee"]
definition.vi = "Khoản phải nộp."
definition.en = "What is due."
"""
ACCEPTED = """
[[accepted]]
rule = "double"
place = "A1.text"
reason = "một điều"
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('code = "fee"', 'code = "Fee"', ("Fee", "code")),
        ('code = "fee"\n', "", ("terms[1]", "code")),
        ('name.en = "Fee"\n', "", ("fee", "name.en")),
        ('["phí"]', "[]", ("fee", "forms.vi")),
        ('["phí"]', '["phí", "phí"]', ("fee", "forms.vi")),
        ('["phí"]', '[" phí"]', ("fee", "forms.vi[1]")),
        ('["phí"]', '["phi\u0301"]', ("fee", "forms.vi[1]")),
        ('forms.en = ["fee"]', "", ("fee", "forms.en")),
        ('["phí"]', '["phí"]\nforms.fr = ["x"]', ("fee", "forms.fr")),
        ("What is due.", "Due in {reply_days}.", ("fee", "definition.en")),
        ('definition.vi = "Khoản phải nộp."', "", ("fee", "definition.vi")),
        ('reason = "một điều"', "", ("", "accepted[1].reason")),
        ('reason = "một điều"', 'reason = " "', ("", "accepted[1].reason")),
        ('rule = "double"', "", ("", "accepted[1].rule")),
        ('place = "A1.text"', 'place = "A1.text"\nx = 1', ("", "accepted[1].x")),
    ],
)
def test_a_fault_of_terms_or_accepted_warnings_is_refused(
    tiny_text: str, old: str, new: str, fault: tuple[str, str]
) -> None:
    load(tiny_text + TERM + ACCEPTED, SOURCE)
    assert fault in faults_of(tiny_text + changed(TERM + ACCEPTED, old, new))


def test_a_word_is_explained_by_one_term_alone(tiny_text: str) -> None:
    twin = TERM.replace('"fee"\nname', '"charge"\nname').replace('["fee"]', '["x"]')
    twin = twin.replace('["phí"]', '["PHÍ"]')
    assert faults_of(tiny_text + TERM + twin) == [("charge", "forms.vi")]
    assert ("fee", "code") in faults_of(tiny_text + TERM + TERM)


def test_a_digest_of_a_translation_must_be_a_word(tiny_text: str) -> None:
    load(tiny_text + '[translated]\nA1 = { text = "abc" }\n', SOURCE)
    assert faults_of(tiny_text + "[translated]\nA1 = { text = 1 }\n")
    assert faults_of(tiny_text + '[translated]\nA1 = "abc"\n')


def test_text_not_in_nfc_is_refused_in_its_field(tiny_text: str) -> None:
    text = in_item(
        tiny_text, "E1", "Mọi hồ sơ.", unicodedata.normalize("NFD", "Mọi hồ sơ.")
    )
    assert faults_of(text) == [("E1", "who.vi")]


def test_a_comment_not_in_nfc_is_refused_by_its_line(tiny_text: str) -> None:
    text = unicodedata.normalize("NFD", "# Chú thích\n") + tiny_text
    assert faults_of(text) == [("dòng 1", "")]


@pytest.mark.parametrize(
    "text", ["", "id = ", 'id = "a"\nid = "b"', "[" * 5000, "\x00", "=", "[[fact]]\n"]
)
def test_what_is_no_definition_is_refused_without_a_crash(text: str) -> None:
    assert faults_of(text)


@pytest.mark.parametrize(
    "key", ["settings", "scale", "opening", "summary", "element", "fact", "prompt"]
)
@pytest.mark.parametrize("value", ["1", '"x"', "[]", "[1]", "{}", "[{}]", "[[]]"])
def test_a_value_of_the_wrong_kind_is_refused_without_a_crash(
    key: str, value: str
) -> None:
    assert faults_of(f"{key} = {value}")


def test_a_questionnaire_equals_another_reading_and_cannot_be_changed(
    tiny: Questionnaire, tiny_text: str
) -> None:
    again = load(tiny_text, "other.toml")
    assert again == tiny
    assert len({again, tiny}) == 1
    assert {tiny.criteria[0]: 1}[again.criteria[0]] == 1
    with pytest.raises(AttributeError):
        tiny.minutes = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        tiny.settings["reply_days"] = 1  # type: ignore[index]
    with pytest.raises(TypeError):
        tiny.criteria[0].anchors[0] = tiny.title  # type: ignore[index]


def test_the_tiny_questionnaire_has_a_scale_with_a_zero(tiny: Questionnaire) -> None:
    assert tiny.scale.codes == tuple(range(11))
    assert tiny.scale.high == {8, 9, 10}
    assert tiny.scale.low == {0, 1, 2}
    assert tiny.scale.label(0).vi == "Mức 0"
    assert tiny.criterion("A1").anchors[0].en == "Description of level 0."


def test_parts_are_found_by_their_codes(tiny: Questionnaire) -> None:
    assert tiny.pages == ("gioi-thieu", "thong-tin", "A", "E", "chung", "xem-lai")
    assert [one.code for one in tiny.criteria] == ["A1", "A2", "E1"]
    assert tiny.sets == {"core": ("A1", "E1"), "full": ("A1", "A2", "E1")}
    assert tiny.criterion("A2").element == "A"
    assert tiny.element("E").title.get("en") == "Comments"
    assert tiny.general("G2").exclusive_last
    assert tiny.fact("F13").codes == ("yes", "no", "not_sure")
    for find in (tiny.criterion, tiny.element, tiny.general, tiny.fact):
        with pytest.raises(KeyError):
            find("Z9")


def test_texts_are_filled_once_and_never_from_values(tiny: Questionnaire) -> None:
    intro = tiny.opening.intro[0]
    assert tiny.filled(intro, "vi") == "Cơ quan thử hỏi trong 1 phút."
    assert tiny.filled(intro, "en", agency="{minutes}") == (
        "{minutes} asks for 1 minutes."
    )
    assert tiny.filled(tiny.opening.footer, "vi") == "Đợt {wave}"


def test_a_digest_is_the_sha256_of_the_nfc_text(tiny_text: str) -> None:
    assert digest(tiny_text) == hashlib.sha256(tiny_text.encode()).hexdigest()
    assert digest(unicodedata.normalize("NFD", tiny_text)) == digest(tiny_text)
