"""The pages of the scorecard: who may do what, a sheet from its first line to its
publication, and its files."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
import sqlalchemy as sa

from survey.models import ScoreEvent, ScoreLine, ScoreRule, ScoreSheet, Unit
from survey.scorecard import lines, sheets
from tests import cast
from tests.figures import crowd
from tests.scorecard import office
from tests.scorecard.office import PDF, WHO, line_of, made_sheet, post, score_all


@pytest.fixture
def made(app, session, world) -> str:
    """The address of a sheet with criteria, nothing scored."""
    with app.app_context():
        found = f"/cham-diem/{made_sheet(session, world).id}"
    session.rollback()
    return found


@pytest.fixture
def criteria(session, made) -> dict[str, str]:
    """The addresses of its criteria by code."""
    rows = session.execute(sa.select(ScoreLine.code, ScoreLine.id)).all()
    session.rollback()
    return {code: f"{made}/tieu-chi/{line_id}" for code, line_id in rows}


def state_of(session) -> str:
    session.rollback()
    found = session.scalar(sa.select(ScoreSheet.state))
    session.rollback()
    return found


def test_a_division_has_no_business_here_and_another_department_sees_nothing(
    app, session, world, made, criteria
) -> None:
    other = Unit(
        code="STC", name="Sở Khác", kind="department", parent_id=world.province
    )
    session.add(other)
    session.commit()
    other_id = other.id
    session.rollback()
    pages = [made, f"{made}/tai-ve.csv", f"{made}/in", f"{made}/thu", criteria["1.1"]]
    shared = ["/cham-diem/", "/cham-diem/quy-tac/", "/cham-diem/quy-tac.toml"]
    for role in ("admin", "analyst", "auditor"):
        for unit_id, own, general in (
            (world.trade, 403, 403),
            (other_id, 404, 200),
            (world.department, 200, 200),
            (None, 200, 200),
        ):
            client = app.test_client()
            cast.enter_as(
                client, session,
                cast.account(session, role, unit_id, f"{role}{unit_id}@example.gov.vn"),
            )  # fmt: skip
            for page in pages:
                assert client.get(page).status_code == own, (role, unit_id, page)
            for page in shared:
                answer = client.get(page)
                assert answer.status_code == general, (role, unit_id, page)
                if unit_id == other_id:
                    assert made not in answer.text
            if role == "admin":
                expected = {403: 403, 404: 404, 200: 303}[own]
                answer = post(client, f"{criteria['1.1']}/tu-cham", points="1")
                assert answer.status_code == expected


def test_an_account_of_a_department_does_not_change_the_rules_of_all(
    client, session, world, made
) -> None:
    cast.sign_in(client, session, "admin", world.department)
    assert client.get("/cham-diem/quy-tac/moi").status_code == 403
    assert client.get("/cham-diem/quy-tac/1/sua").status_code == 403
    assert post(client, "/cham-diem/quy-tac/1/xoa").status_code == 403


def test_a_line_is_only_reached_through_its_own_sheet(
    app, client, session, world, made, criteria
) -> None:
    with app.app_context():
        unit = session.get_one(Unit, world.department)
        other = sheets.create(session, unit, 2027, **WHO)
        session.commit()
        elsewhere = f"/cham-diem/{other.id}"
    session.rollback()
    cast.sign_in(client, session, "admin")
    astray = criteria["1.1"].replace(made, elsewhere)
    assert client.get(astray).status_code == 404
    assert post(client, f"{astray}/tu-cham", points="1").status_code == 404


def test_a_year_from_the_first_line_to_the_publication(
    client, session, world, made, criteria
) -> None:
    crowd.fill(session, world.wave, 120, [(world.trade, world.petrol)])
    admin = cast.sign_in(client, session, "admin")

    # Classes and deadlines, typed as a Vietnamese office writes numbers.
    settings = {
        "submit_by": "2026-12-20", "explain_by": "2027-01-31",
        "second_factor": "0,70", "second_mode": "recovered_points",
        "grade_name": ["Tốt", "Yếu", ""], "grade_least": ["80", "0", ""],
    }  # fmt: skip
    assert post(client, f"{made}/sua", **settings).status_code == 303
    assert "còn 115 ngày" in client.get(made).text

    # Points: typed ones, and those of the wave once it is closed.
    answer = post(client, f"{criteria['1.1']}/tu-cham", points="1,75")
    assert answer.status_code == 422
    assert "Điểm từ 0 đến 1,50" in answer.text
    for code, points in (("1.1", "1,5"), ("1.2", "2")):
        answer = post(client, f"{criteria[code]}/tu-cham", points=points, note="Đủ")
        assert answer.status_code == 303
    wave = f"{criteria['3.1']}/tu-dot-khao-sat"
    assert "XEM TRƯỚC" in client.get(f"{wave}?dot={world.wave}").text
    assert "Xem trước, đợt chưa đóng" in client.get(f"{made}/thu").text
    answer = post(client, wave, wave=world.wave, figure="overall")
    assert answer.status_code == 422
    assert "chưa đóng" in answer.text
    office.close(session, world.wave)
    shown = client.get(f"{wave}?dot={world.wave}").text
    assert "XEM TRƯỚC" not in shown
    assert post(client, wave, wave=world.wave, figure="A").status_code == 303
    page = client.get(criteria["3.1"]).text
    assert re.search(r"<code class=\"address\">[0-9a-f]{64}</code>", page)

    # Early warning, with the points at stake and what the second appraisal keeps.
    page = client.get(made).text
    assert "Thiếu tài liệu kiểm chứng" in page
    page = client.get(f"{made}/chuyen").text
    assert "Còn 3 tiêu chí thiếu tài liệu kiểm chứng" in page
    assert post(client, f"{made}/chuyen").status_code == 303
    assert state_of(session) == "submitted"
    assert post(client, f"{criteria['1.1']}/tu-cham", points="1").status_code == 422

    # First appraisal: one line loses points, with a reason; the others are accepted.
    appraisal = f"{criteria['1.2']}/tham-dinh"
    assert post(client, appraisal, points="0").status_code == 422
    given = {"points": "0", "reason": "Không có báo cáo"}
    assert post(client, appraisal, **given).status_code == 303
    assert post(client, f"{made}/nhan-diem").status_code == 303
    assert post(client, f"{made}/chuyen").status_code == 303

    # Explanation with a new document, then 70 % of what is given back.
    words = "Báo cáo đã gửi ngày 10/7,\nxin bổ sung bản có dấu."
    answer = post(client, f"{criteria['1.2']}/giai-trinh", words=words)
    assert answer.status_code == 303
    file = (io.BytesIO(PDF), "a.pdf")
    answer = post(
        client, f"{criteria['1.2']}/tai-lieu/moi", summary="Báo cáo", file=file
    )
    assert answer.status_code == 303
    assert post(client, f"{made}/chuyen").status_code == 303
    assert post(client, appraisal, points="2", reason="Đủ").status_code == 303
    page = client.get(criteria["1.2"]).text
    assert "1,40" in page
    assert post(client, f"{made}/chuyen").status_code == 303
    assert state_of(session) == "published"
    assert "Đã công bố" in client.get(made).text

    # Going back is an administrator's, with a reason, and it is remembered.
    assert post(client, f"{made}/mo-lai").status_code == 422
    assert post(client, f"{made}/mo-lai", reason="Nhầm điểm").status_code == 303
    assert state_of(session) == "second"
    history = client.get(f"{made}/lich-su").text
    assert "Nhầm điểm" in history
    assert admin.email in history
    events = session.scalar(sa.select(sa.func.count(ScoreEvent.id)))
    assert events > 12


def test_an_analyst_scores_and_adds_documents_and_no_more(
    client, session, world, made, criteria
) -> None:
    cast.sign_in(client, session, "analyst")
    assert post(client, f"{criteria['1.1']}/tu-cham", points="1").status_code == 303
    page = client.get(made).text
    assert "Chuyển bước" not in page
    assert "Thêm tiêu chí" not in page
    for action in ("chuyen", "tieu-chi/moi", "sua", "xoa"):
        assert client.get(f"{made}/{action}").status_code == 403
    counts = dict.fromkeys(
        ("reactions", "on_time", "content", "dossiers", "late", "disliked"), "0"
    )
    answer = post(client, f"{made}/nhom-766", source="Cổng, 01/8/2026", **counts)
    assert answer.status_code == 303
    assert "6,00 / 6" in client.get(made).text
    answer = post(client, f"{made}/nhom-766", source="x", **{**counts, "late": "1"})
    assert answer.status_code == 422
    assert "không được lớn hơn tổng số" in answer.text


def test_a_rule_is_made_with_its_steps_and_tried(client, session, world, made) -> None:
    cast.sign_in(client, session, "admin")
    typed = {
        "code": "dung-han", "title": "Đúng hạn", "kind": "thresholds",
        "measure": "other", "least": ["80", "90", ""], "step_points": ["4", "5", ""],
    }  # fmt: skip
    more = post(client, "/cham-diem/quy-tac/moi", **typed, more="1")
    assert (more.status_code, more.text.count('name="least"')) == (200, 7)
    assert 'value="80"' in more.text
    half = {**typed, "step_points": ["4", "", ""]}
    answer = post(client, "/cham-diem/quy-tac/moi", **half)
    assert answer.status_code == 422
    assert "Mỗi mốc cần" in answer.text
    answer = post(client, "/cham-diem/quy-tac/moi", **typed)
    assert answer.status_code == 303
    page = client.get(f"{answer.location}?chi-so=89,99").text
    assert "Chỉ số 89,99 được 4,00 điểm." in page
    assert "Đúng 90,00 được 5,00 điểm; 89,99 được 4,00 điểm." in page
    assert "quy tắc do cơ quan cấu hình" in page
    assert client.get(f"{answer.location}?chi-so=101").status_code == 422
    assert client.get(f"{answer.location}?chi-so=abc").status_code == 422
    file = client.get("/cham-diem/quy-tac.toml").text
    assert "steps = [[90.00, 5.00], [80.00, 4.00]]" in file
    taken = post(client, "/cham-diem/quy-tac/moi", **typed)
    assert (taken.status_code, "Mã này đã có" in taken.text) == (422, True)


def test_changing_a_rule_that_was_handed_in_makes_a_version(
    app, client, session, world, made
) -> None:
    with app.app_context():
        sheet = session.scalars(sa.select(ScoreSheet)).one()
        score_all(session, sheet)
        sheets.move_on(session, sheet, **WHO)
        session.commit()
    cast.sign_in(client, session, "admin")
    first = "/cham-diem/quy-tac/1"
    assert "Tạo phiên bản mới" in client.get(first).text
    typed = {"code": "hai-long", "title": "Hài lòng", "kind": "linear",
             "measure": "survey", "maximum": "12", "source": "1/QĐ-UBND"}  # fmt: skip
    answer = post(client, f"{first}/sua", **typed)
    assert answer.status_code == 303
    assert answer.location != first
    assert "1/QĐ-UBND" in client.get(answer.location).text
    assert "phiên bản cũ" in client.get(first).text
    assert post(client, f"{first}/xoa").status_code == 422
    session.rollback()
    found = session.execute(sa.select(ScoreRule.version, ScoreRule.maximum)).all()
    assert sorted(found) == [(1, 10), (2, 12)]


def test_what_if_says_what_an_index_brings_and_keeps_nothing(
    client, session, world, made, criteria
) -> None:
    cast.sign_in(client, session, "auditor")
    page = client.get(f"{made}/thu?tieu-chi=3.1&chi-so=91,17")
    assert page.status_code == 200
    assert "9,12" in page.text
    assert "mỗi 1 điểm phần trăm chỉ số = 0,10 điểm" in page.text
    for odd in ("101", "-1", "abc", "9" * 50):
        page = client.get(
            f"{made}/thu", query_string={"tieu-chi": "3.1", "chi-so": odd}
        )
        assert page.status_code == 422
    assert client.get(f"{made}/thu?tieu-chi=khong-co&chi-so=5").status_code == 200


def test_the_files_say_what_the_page_says_and_no_cell_is_a_formula(
    app, client, session, world, made, criteria
) -> None:
    with app.app_context():
        sheet = session.scalars(sa.select(ScoreSheet)).one()
        score_all(session, sheet, c1_1="1", c3_1="91.17")
        line = line_of(session, sheet, "1.1")
        line.title = '=HYPERLINK("http://x")'
        lines.leave_out(
            session, sheet, line_of(session, sheet, "1.2"), "-1 văn bản", **WHO
        )
        session.commit()
    cast.sign_in(client, session, "auditor")
    answer = client.get(f"{made}/tai-ve.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    by_code = {row["Mã"]: row for row in rows}
    assert by_code["3.1"]["Tự chấm"] == "9.12"
    assert by_code["3.1"]["Quy tắc"].startswith("hai-long (phiên bản 1)")
    assert by_code["3.1"]["Căn cứ của quy tắc"] == "quy tắc do cơ quan cấu hình"
    assert by_code["1.1"]["Tiêu chí, tiêu chí thành phần"].startswith("'=")
    assert by_code["1.2"]["Áp dụng"] == "'-1 văn bản"
    sums = [row for row in rows if not row["Mã"]]
    assert [row["Tự chấm"] for row in sums] == ["10.12", "88.00", "Tốt"]
    assert (sums[0]["Điểm tối đa"], sums[0]["Thẩm định lần 1"]) == ("11.50", "")

    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{made}/tai-ve.xlsx").data))
    assert book.sheetnames == [
        "Phiếu tự chấm",
        "Quy tắc và lý do",
        "Tài liệu kiểm chứng",
        "Phương pháp",
    ]
    cells = [cell for row in book["Phiếu tự chấm"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"n", "s"}
    assert 9.12 in [cell.value for cell in cells]
    missing = [row[7].value for row in book["Tài liệu kiểm chứng"].iter_rows()]
    assert missing.count("Còn thiếu") == 2
    page = client.get(f"{made}/in").text
    assert "10,12" in page
    assert "-1 văn bản" in page


def test_markup_in_what_was_typed_is_text_on_every_page(
    app, client, session, world, made, criteria
) -> None:
    evil = "<img src=x onerror=alert(1)>"
    cast.sign_in(client, session, "admin")
    answer = post(
        client, f"{criteria['1.1']}/sua", code="1.1", title=evil, maximum="1,5", rule=""
    )
    assert answer.status_code == 303
    post(client, f"{criteria['1.1']}/tu-cham", points="1", note=evil)
    post(client, f"{criteria['1.1']}/tai-lieu/moi", summary=evil, issuer=evil)
    post(client, f"{criteria['1.2']}/khong-ap-dung", reason=evil)
    pages = [made, f"{made}/in", f"{made}/lich-su", criteria["1.1"], criteria["1.2"]]
    for page in pages:
        text = client.get(page).text
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


def test_the_historic_sheet_is_nowhere_until_it_is_switched_on(
    client, session, world, made
) -> None:
    cast.sign_in(client, session, "admin")
    assert client.get(f"{made}/phieu-18-diem").status_code == 404
    assert "Phiếu 18 điểm" not in client.get(made).text
    settings = {"second_factor": "0,7", "second_mode": "whole_criterion"}
    post(client, f"{made}/sua", shows_historic="y", **settings)
    marks = {f"mark-{place}": "2" for place in range(9)}
    half = post(client, f"{made}/phieu-18-diem", **{**marks, "mark-8": ""})
    assert (half.status_code, "cả chín chỉ số" in half.text) == (422, True)
    marks |= {"mark-7": "1", "mark-8": "0"}
    assert post(client, f"{made}/phieu-18-diem", **marks).status_code == 303
    page = client.get(made).text
    assert "15 / 18 điểm: Xuất sắc" in page
    assert "Đã hết hiệu lực, chỉ để đối chiếu" in page


def test_the_first_pages_of_an_empty_office_say_what_to_do(
    client, session, world
) -> None:
    cast.sign_in(client, session, "admin")
    assert "Chưa có phiếu tự chấm nào" in client.get("/cham-diem/").text
    assert "Chưa có quy tắc nào" in client.get("/cham-diem/quy-tac/").text
    assert client.get("/cham-diem/quy-tac.toml").data == b""
    answer = post(
        client, "/cham-diem/moi", unit=str(world.department), year="2026", copied=""
    )
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Phiếu chưa có tiêu chí" in page
    pasted = post(client, f"{answer.location}/tieu-chi/nhieu", listing="1; Một; x")
    assert (pasted.status_code, "1; Một; x" in pasted.text) == (422, True)
    pasted = post(client, f"{answer.location}/tieu-chi/nhieu", listing="1\tMột\t1,5")
    assert pasted.status_code == 303
    again = post(
        client, "/cham-diem/moi", unit=str(world.department), year="2026", copied=""
    )
    assert (again.status_code, "đã có phiếu" in again.text) == (422, True)
    assert client.get(f"{answer.location}/xoa").status_code == 200
    assert post(client, f"{answer.location}/xoa").status_code == 303
