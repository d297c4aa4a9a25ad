"""The page that says whether guidance works: right differences, none where none is, in
words an officer understands, and nothing of small groups."""

from __future__ import annotations

import io
import re
from fractions import Fraction
from html import unescape

import openpyxl
import pytest

from survey.models import Wave
from survey.results import guidance
from tests import cast, opened
from tests.figures import crowd
from tests.results.studies import (
    CRITERIA,
    QUESTIONNAIRE,
    THRESHOLDS,
    drawn,
    known,
    paper,
)

PAGE = "/ket-qua/dn-quy-3/huong-dan"


def comparison(rows, measure: str, code: str):
    _, measures = guidance._compared(known(rows))
    found = next(one for one in measures if one.name == measure)
    return next(row for row in found.rows if row.code == code)


# -- the figures ---------------------------------------------------------------------


def test_a_known_difference_lies_within_its_interval_and_is_called_clear():
    """B4 is rated a level lower by who sees the guidance; level 1 cannot sink."""
    inside = clear = 0
    for seed in range(40):
        row = comparison(drawn(seed, 300, lower={"B4": 1}), "mean", "B4")
        assert row.low is not None
        # Levels 1 to 5 with weights 1 to 5: mean 11/3, and 1/15 stays where it is.
        inside += row.low <= -Fraction(14, 15) <= row.high
        clear += row.verdict == "lower"
    assert inside >= 35
    assert clear == 40


def test_where_guidance_does_nothing_false_alarms_stay_at_their_nominal_rate():
    """Two hundred waves, every comparison of the page but the times."""
    alarms = several = 0
    for seed in range(200):
        _, measures = guidance._compared(known(drawn(seed, 110)))
        for measure in measures:
            if measure.name == "time":
                continue
            for row in measure.rows:
                if row.low is not None:
                    several += 1
                    alarms += row.is_clear
    assert several > 20_000
    assert alarms / several < 0.06


def test_the_shift_by_prompts_is_that_of_the_answers_before_and_after():
    rows = drawn(5, 400)
    criterion = {one.code: one.criterion for one in QUESTIONNAIRE.prompts}
    before, after = [], []
    for row in rows:
        if row["status"] == "break_off":
            continue
        answers = dict(row["answers"])
        after += [one for one in answers.values() if one.isdigit()]
        for code, entry in row["prompts"].items():
            if entry["outcome"] == "changed":
                answers[criterion[code]] = entry["from"]
        before += [one for one in answers.values() if one.isdigit()]

    def share(levels):
        return Fraction(100 * sum(one >= "4" for one in levels), len(levels))

    moved = next(guidance._moved(known(rows)))
    assert moved.before == share(before)
    assert moved.after == share(after)
    assert moved.value == share(after) - share(before) < 0
    assert moved.low < moved.value < moved.high
    assert "rõ rệt, lời nhắc làm chỉ số giảm" in moved.words


def test_the_criterion_that_most_cannot_judge_leads_its_list():
    rows = drawn(6, 300)
    for row in rows:
        if row["arm"] == "guided" and row["answers"]["C3"].isdigit():
            row["answers"]["C3"] = "cannot_judge"
            row["prompts"] = {}
    reasons = {one.name: one for one in guidance._reasons(known(rows))}
    assert list(reasons) == ["cannot_judge", "contrary", "kept", "time"]
    assert reasons["cannot_judge"].ranked[0].code == "C3"
    lows = [one.low for one in reasons["kept"].ranked]
    assert lows == sorted(lows, reverse=True)
    assert all(one.n >= THRESHOLDS.index_from for one in reasons["kept"].ranked)
    # Sixty seconds over some hundreds of words, per hundred of them.
    assert all(2 < one.value < 40 for one in reasons["time"].ranked)


# -- the page and its files ----------------------------------------------------------


@pytest.fixture
def filled(session, world):
    """A wave half of whose respondents had the guidance folded."""
    session.get_one(Wave, world.wave).folded_percent = 50
    session.commit()
    places = [(world.trade, world.petrol)]
    rows = drawn(9, 260, places=places, lower={"B4": 1}, blind={"C3": 0.5})
    crowd.enter(session, rows)
    return rows


def test_the_page_says_in_words_what_differs_and_how_sure_that_is(
    client, session, world, filled
):
    cast.sign_in(client, session, "analyst")
    page = unescape(client.get(PAGE).text).replace("\N{NO-BREAK SPACE}", " ")
    guided, folded = (
        [
            int(row["answers"]["B4"])
            for row in filled
            if row["arm"] == arm
            and row["status"] != "break_off"
            and row["answers"]["B4"].isdigit()
        ]
        for arm in ("guided", "folded")
    )
    first, second = (
        f"{sum(some) / len(some):.2f}".replace(".", ",") for some in (guided, folded)
    )
    assert re.search(
        rf"B4\. [^<]+</strong> Có hướng dẫn: {first} \(n = {len(guided)}\)\. "
        rf"Hướng dẫn thu gọn: {second} \(n = {len(folded)}\)\. Chênh lệch −[\d,]+ mức "
        r"\(từ −[\d,]+ đến −[\d,]+\): rõ rệt, thấp hơn khi có hướng dẫn\.",
        page,
    )
    assert "Chưa đủ để kết luận" in page
    assert "do ngẫu nhiên cũng có khoảng" in page
    assert "Trước lời nhắc: " in page
    assert "Hướng dẫn của tiêu chí nào cần xem lại?" in page


def test_the_files_carry_the_figures_of_the_page(client, session, world, filled):
    cast.sign_in(client, session, "admin")
    page = unescape(client.get(PAGE).text)
    text = client.get(f"{PAGE}.csv").get_data().decode("utf-8-sig")
    rows = opened.rows(text)
    mean = next(
        row
        for row in rows
        if row["Mã"] == "B4" and row["Đại lượng"] == "Mức trung bình"
    )
    assert mean["Kết luận (cần xem lại: thứ tự)"] in page
    assert mean["Chênh lệch"].replace(".", ",").replace("-", "−") in page
    assert {row["Phần"] for row in rows} == {"So sánh", "Lời nhắc", "Cần xem lại"}
    assert {row["Loại dữ liệu"] for row in rows} == {"dữ liệu thật"}

    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{PAGE}.xlsx").get_data()))
    assert book.sheetnames == ["So sánh", "Lời nhắc", "Cần xem lại", "Phương pháp"]
    lines = list(book["So sánh"].iter_rows(values_only=True))
    head = next(line for line in lines if line[0] == "Đại lượng")
    by_xlsx = [dict(zip(head, line, strict=True)) for line in lines]
    line = next(
        one for one in by_xlsx if one["Mã"] == "B4" and one[head[0]] == "Mức trung bình"
    )
    assert line["Chênh lệch"] == float(mean["Chênh lệch"])
    assert line["Kết luận"] == mean["Kết luận (cần xem lại: thứ tự)"]
    english = client.get(f"{PAGE}.csv?language=en")
    assert "guidance_dn-quy-3_en.csv" in english.headers["Content-Disposition"]
    assert "Guided: " in english.get_data().decode()


def enter_paper(session, world, count):
    crowd.enter(session, paper(2, count, places=[(world.trade, None)]))


@pytest.mark.parametrize("count", [1, 4, 9])
def test_few_forms_on_paper_count_in_the_guided_arm_and_the_page_says_so(
    client, session, world, filled, count
):
    enter_paper(session, world, count)
    cast.sign_in(client, session, "admin")
    page = unescape(client.get(PAGE).text)
    everything = [
        row for row in [*filled, *paper(2, count)] if row["status"] != "break_off"
    ]
    sizes = dict(re.findall(r"<dt>([^<]+)</dt><dd><b>(\d+) phiếu</b>", page))
    assert sum(map(int, sizes.values())) == len(everything)
    assert set(sizes) == {"Có hướng dẫn", "Hướng dẫn thu gọn"}
    assert "gồm cả phiếu giấy, vì đợt này có dưới 10 phiếu giấy" in page
    text = client.get(f"{PAGE}.csv").get_data().decode("utf-8-sig")
    rows = opened.rows(text)
    results = {
        row["code"]: row
        for row in client.get("/ket-qua/dn-quy-3/tai-ve.json").get_json()["rows"]
    }
    means = [row for row in rows if row["Đại lượng"] == "Mức trung bình"]
    assert len(means) == len(CRITERIA)
    told = [row for row in means if row["n có hướng dẫn"]]
    for row in told:
        both = int(row["n có hướng dẫn"]) + int(row["n hướng dẫn thu gọn"])
        assert both == results[row["Mã"]]["n"]
    assert len(told) > 15
    # Who came by lot has times, paper has none: their numbers would tell how many.
    times = [row for row in rows if row["Đại lượng"] == "Thời gian mỗi trang"]
    times += [row for row in rows if "lâu so với số chữ" in row["Đại lượng"]]
    assert len(times) > 10
    assert all((row["n có hướng dẫn"] == "") is (count < 5) for row in times)
    assert ("không nêu n" in page) is (count < 5)


def test_forms_on_paper_of_some_number_take_no_part_in_the_comparison(
    client, session, world, filled
):
    cast.sign_in(client, session, "admin")
    before = client.get(f"{PAGE}.csv").get_data()
    enter_paper(session, world, 200)
    assert client.get(f"{PAGE}.csv").get_data() == before


def test_without_a_folded_arm_the_page_says_how_to_have_one(client, session, world):
    crowd.fill(session, world.wave, 60, [(world.trade, world.petrol)])
    cast.sign_in(client, session, "auditor")
    page = client.get(PAGE).text
    assert "mọi người đều thấy hướng dẫn, nên không có gì để so sánh" in page
    assert "khi tạo đợt sau hãy điền một số" in page
    assert "so-sanh-mean" not in page
    # What needs work can be said of those who saw the guidance all the same.
    assert "Nhiều doanh nghiệp không đủ thông tin để đánh giá" in page


def test_an_arm_of_few_is_not_compared_anywhere(client, session, world):
    rows = drawn(3, 60, places=[(world.trade, world.petrol)], folded=0)
    for row in rows[:3]:
        row["arm"] = "folded"
        row["status"] = "complete"
    crowd.enter(session, rows)
    cast.sign_in(client, session, "admin")
    page = client.get(PAGE).text
    assert "Chưa đủ phiếu để so sánh" in page
    assert "dưới 5 phiếu" in page
    # The other arm's size would tell it, and so would the numbers of times.
    assert not re.search(r"\b57 phiếu|\b57\)", page)
    assert "không nêu, để bảo vệ nhóm ít phiếu" in page
    assert "Có hướng dẫn: " not in page
    assert "Có hướng dẫn: " not in client.get(f"{PAGE}.csv").get_data().decode()


def test_an_empty_wave_has_a_page_and_files_too(client, session, world):
    cast.sign_in(client, session, "admin")
    for address in (PAGE, f"{PAGE}.csv", f"{PAGE}.xlsx"):
        assert client.get(address).status_code == 200
    assert "0,00" not in client.get(PAGE).text


def test_a_rehearsal_is_marked_on_this_page_and_in_its_files(
    client, session, world, filled
):
    session.get_one(Wave, world.wave).state = "rehearsal"
    session.commit()
    cast.sign_in(client, session, "admin")
    assert "Diễn tập – không tính" in client.get(PAGE).text
    answer = client.get(f"{PAGE}.csv")
    assert "DIEN-TAP" in answer.headers["Content-Disposition"]
    assert "DIỄN TẬP" in answer.get_data().decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{PAGE}.xlsx").get_data()))
    for name in book.sheetnames[:-1]:
        cells = {row[0] for row in book[name].iter_rows(values_only=True)}
        assert "DIỄN TẬP – không tính vào kết quả" in cells


def test_a_division_does_not_read_what_guidance_does_to_its_ratings(
    client, session, world, filled
):
    cast.sign_in(client, session, "analyst", world.trade)
    for address in (PAGE, f"{PAGE}.csv", f"{PAGE}.xlsx"):
        assert client.get(address).status_code == 403
    assert "huong-dan" not in client.get("/ket-qua/dn-quy-3").text


def test_an_unknown_language_of_a_file_is_not_found(client, session, world):
    cast.sign_in(client, session, "admin")
    assert client.get(f"{PAGE}.csv?language=fr").status_code == 404
    assert client.get(f"{PAGE}.json").status_code == 404
