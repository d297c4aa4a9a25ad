"""The pages of the results: who may see what, for which filters, in which language."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from dataclasses import replace
from datetime import date

import html5lib
import openpyxl
import pytest
from structlog.testing import capture_logs

from survey import catalogue
from survey.figures import raw, writing
from survey.models import PublishedQuestionnaire, Unit, Wave
from survey.questionnaire.schema import Level, Scale, Text
from tests import cast
from tests.figures import crowd
from tests.results.rooms import PAGE, PAGES

DOWNLOADS = [
    f"{PAGE}/tai-ve.csv",
    f"{PAGE}/tai-ve.xlsx",
    f"{PAGE}/tai-ve.json",
    f"{PAGE}/tai-ve.csv?kind=raw",
    f"{PAGE}/tai-ve.xlsx?kind=raw",
    f"{PAGE}/tai-ve.csv?kind=codes",
]


@pytest.fixture
def places(world):
    return [(world.trade, world.petrol), (world.energy, world.power)]


def strict(page: str) -> str:
    html5lib.HTMLParser(strict=True).parse(page)
    return page


@pytest.mark.parametrize("address", ["/ket-qua/", PAGE, *DOWNLOADS])
def test_nobody_reads_results_without_signing_in(client, world, address):
    answer = client.get(address)
    assert answer.status_code == 303
    assert answer.location.startswith("/dang-nhap")


@pytest.mark.parametrize("address", ["/ket-qua/", PAGE, *DOWNLOADS])
def test_a_fieldworker_reads_no_results(client, session, world, address):
    cast.sign_in(client, session, "fieldworker")
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("role", ["admin", "analyst", "auditor"])
def test_those_who_read_results_can_open_every_page_and_file(
    client, session, world, places, role
):
    crowd.fill(session, world.wave, 40, places)
    cast.sign_in(client, session, role)
    for address in ("/ket-qua/", *PAGES):
        answer = client.get(address)
        assert answer.status_code == 200
        strict(answer.text)
    for address in DOWNLOADS:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.get_data()
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"].startswith(("no-store", "no-cache"))


def test_an_account_of_a_division_sees_its_own_part_only(
    client, session, world, places
):
    crowd.fill(session, world.wave, 200, places)
    cast.sign_in(client, session, "analyst", world.trade)
    own = client.get(f"{PAGE}/tai-ve.json").get_json()
    assert own["selection"][0]["text"] == "Phòng Quản lý Thương mại"

    page = client.get(PAGE).text
    assert "Phòng Quản lý Năng lượng" not in page
    for address in (PAGE, *DOWNLOADS):
        sign = "&" if "?" in address else "?"
        assert client.get(f"{address}{sign}don-vi=NL").status_code == 404
    # The unit above is not his to choose either.
    assert client.get(f"{PAGE}?don-vi=SCT").status_code == 404


def test_a_division_that_is_rated_never_reads_single_forms(
    client, session, world, places
):
    crowd.fill(session, world.wave, 200, places)
    cast.sign_in(client, session, "analyst", world.trade)
    assert "kind=raw" not in client.get(f"{PAGE}/tai-ve").text
    for format in ("csv", "xlsx"):
        assert client.get(f"{PAGE}/tai-ve.{format}?kind=raw").status_code == 403


def test_a_wave_of_another_unit_does_not_exist_for_an_account(client, session, world):
    other = Unit(code="YT", name="Sở Y tế", kind="department")
    session.add(other)
    session.flush()
    cast.sign_in(client, session, "analyst", other.id)
    assert client.get(PAGE).status_code == 404
    assert all(client.get(address).status_code == 404 for address in DOWNLOADS)
    page = client.get("/ket-qua/")
    assert "Chưa có đợt khảo sát nào" in page.text


def test_an_unknown_wave_is_not_found(client, session, world):
    cast.sign_in(client, session, "admin")
    assert client.get("/ket-qua/khong-co").status_code == 404
    assert client.get("/ket-qua/khong-co/tai-ve.csv").status_code == 404
    assert client.get(f"{PAGE}/tai-ve.odt").status_code == 404


def test_an_empty_wave_says_so_and_its_files_can_be_made(client, session, world):
    cast.sign_in(client, session, "admin")
    page = strict(client.get(PAGE).text)
    assert "Chưa có phiếu nào trong phạm vi này" in page
    assert "không phát sinh" in page
    assert "0,00" not in page.split("Tải về")[0].replace("0,00% (RR1)", "")
    for address in DOWNLOADS:
        assert client.get(address).status_code == 200
    rows = client.get(f"{PAGE}/tai-ve.json").get_json()["rows"]
    assert {row["value"] for row in rows} == {None}
    assert {row["words"] for row in rows} == {"không phát sinh"}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("don-vi=khong-co", "Đơn vị"),
        ("thu-tuc=9.999", "Thủ tục"),
        ("kenh=bay", "Cách nộp hồ sơ"),
        ("thang=2026-13", "Kỳ trả lời"),
        ("thang=%00", "Kỳ trả lời"),
        ("tu-thang=2026-08&den-thang=2026-09", "một kỳ như vậy"),
        ("tu-thang=2026-Q3", "Từ tháng"),
        ("linh-vuc=Không có", "Lĩnh vực"),
        ("linh-vuc=Điện&thu-tuc=2.000648", "không thuộc lĩnh vực đã chọn"),
        ("don-vi=%00", "Đơn vị"),
        ("thu-tuc=%FF%FE", "Thủ tục"),
        ("nguon=<script>", "Nguồn phiếu"),
        ("don-vi=' OR 1=1 --", "Đơn vị"),
        ("don-vi=" + "x" * 3000, "Đơn vị"),
    ],
)
def test_an_unknown_filter_gets_a_page_that_says_which(
    client, session, world, query, named
):
    cast.sign_in(client, session, "admin")
    for address in (f"{PAGE}?{query}", f"{PAGE}/tai-ve.csv?{query}"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert named in strict(answer.text)
        assert "<script>" not in answer.text
        assert PAGE in answer.text


@pytest.mark.parametrize(
    "query", ["kind=evidence", "kind=raw&language=fr", "kind=raw", "kind=codes"]
)
def test_an_unknown_kind_or_language_of_a_file_is_not_found(
    client, session, world, query
):
    cast.sign_in(client, session, "admin")
    assert client.get(f"{PAGE}/tai-ve.json?{query}").status_code == 404


def test_filters_live_in_the_address_and_go_along_with_the_downloads(
    client, session, world, places
):
    crowd.fill(session, world.wave, 200, places)
    cast.sign_in(client, session, "admin")
    page = strict(client.get(f"{PAGE}/tai-ve?don-vi=TM&thang=2026-08&kenh=").text)
    assert '<option value="TM" selected>' in page
    assert '<option value="2026-08" selected>08/2026' in page
    assert "tai-ve.csv?don-vi=TM&amp;thang=2026-08&amp;kind=raw" in page
    answer = client.get(f"{PAGE}/tai-ve.csv?don-vi=TM&thang=2026-08&kind=raw")
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows
    assert {(row["unit"], row["month"]) for row in rows} == {("TM", "2026-08")}


def name_of(answer) -> str:
    return answer.headers["Content-Disposition"].partition("filename=")[2].strip('"')


def test_files_of_different_choices_have_different_names_that_any_system_takes(
    client, session, world
):
    units = ["ĐIỆN_1", "ĐIỆN-1", "Điện 1", "A" * 39 + "1", "A" * 39 + "2"]
    for code in units:
        session.add(
            Unit(code=code, name=code, kind="division", parent_id=world.department)
        )
    session.commit()
    cast.sign_in(client, session, "admin")
    queries = [
        {},
        *({"don-vi": unit} for unit in ("TM", "NL", *units)),
        {"don-vi": "A" * 39 + "1", "thu-tuc": "2.000648", "nguon": "paper"},
        {"don-vi": "A" * 39 + "1", "thu-tuc": "2.000648", "nguon": "kiosk"},
        {"thu-tuc": "2.000648"},
        {"kenh": "online"},
        {"thang": "2026-08"},
        {"nguon": "paper"},
        {"thang": "2026-08", "kenh": "online"},
    ]
    names = [
        name_of(client.get(f"{PAGE}/tai-ve.csv", query_string=query))
        for query in queries
    ]
    assert names[0] == "ket-qua_dn-quy-3_vi.csv"
    assert names[1] == "ket-qua_dn-quy-3_dv-TM_vi.csv"
    assert names[-1] == "ket-qua_dn-quy-3_kenh-online_thang-2026-08_vi.csv"
    assert len({name.casefold() for name in names}) == len(queries)
    for name in names:
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,120}", name), name


def test_files_of_two_divisions_are_told_apart_by_their_names(client, session, world):
    cast.sign_in(client, session, "analyst", world.trade)
    assert name_of(client.get(f"{PAGE}/tai-ve.json")) == (
        "ket-qua_dn-quy-3_dv-TM_vi.json"
    )


def test_a_typed_filter_in_another_unicode_form_is_the_same_filter(
    client, session, world
):
    session.add(
        Unit(code="ĐIỆN", name="Tổ Điện", kind="division", parent_id=world.department)
    )
    session.commit()
    cast.sign_in(client, session, "admin")
    decomposed = "D\u0323IE\u0323\u0302N".replace("D\u0323", "Đ")
    assert client.get(PAGE, query_string={"don-vi": decomposed}).status_code == 200


def test_the_page_names_its_formula_its_interval_and_its_questionnaire(
    client, session, world, places
):
    crowd.fill(session, world.wave, 80, places)
    cast.sign_in(client, session, "admin")
    page = client.get(PAGE).text
    kept = session.get_one(PublishedQuestionnaire, "dn-2026-1")
    assert "<code>satisfied_share</code>" in page
    method = client.get(f"{PAGE}/cach-tinh").text
    for words in (
        "100 × số câu trả lời từ mức Hài lòng trở lên",
        "Khoảng tin cậy Wilson 95%",
        "mỗi phiếu là một cụm câu trả lời",
        "Quy tắc do cơ quan tự đặt",
        kept.sha256,
    ):
        assert words in method
    assert page.count('role="img"') == 24 + 5 + 6


def test_results_are_in_english_when_the_reader_is(client, session, world, places):
    crowd.fill(session, world.wave, 60, places)
    cast.sign_in(client, session, "admin")
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    page = strict(client.get(f"{PAGE}?thang=2026-08").text)
    for words in ("Satisfied share", "Access to the service", "Aug 2026", "All units"):
        assert words in page
    csv_head = client.get(f"{PAGE}/tai-ve.csv").get_data().decode("utf-8-sig")
    assert csv_head.startswith("Set,Level,Code,Name")
    vietnamese = client.get(f"{PAGE}/tai-ve.csv?language=vi").get_data()
    assert vietnamese.decode("utf-8-sig").startswith("Bộ tiêu chí;Cấp;Mã")


def test_the_short_questionnaire_has_no_second_table_of_the_same_criteria(
    client, session, world, places
):
    crowd.fill(session, world.short_wave, 60, places)
    cast.sign_in(client, session, "admin")
    content = client.get("/ket-qua/loi-quy-3/tai-ve.json").get_json()
    assert content["core"] is None
    assert len([row for row in content["rows"] if row["level"] == "criterion"]) == 16
    assert 'id="cot-loi"' not in client.get("/ket-qua/loi-quy-3").text


def test_markup_in_a_wave_or_unit_is_shown_as_text(client, session, world):
    wave = session.get_one(Wave, world.wave)
    wave.title = "<img src=x> =1+1"
    session.get_one(Unit, world.trade).name = "<b>Phòng</b>"
    session.commit()
    cast.sign_in(client, session, "admin")
    page = strict(client.get(PAGE).text)
    assert "<img" not in page
    assert "<b>Phòng</b>" not in page
    assert "&lt;b&gt;Phòng&lt;/b&gt;" in page


def test_every_download_is_logged_with_who_what_and_which_part(client, session, world):
    account = cast.sign_in(client, session, "auditor")
    with capture_logs() as logs:
        client.get(f"{PAGE}/tai-ve.csv?kind=raw&kenh=online")
    event = next(one for one in logs if one["event"] == "download")
    assert event["account"] == account.id
    assert event["wave"] == world.wave
    assert (event["kind"], event["format"]) == ("raw", "csv")
    assert event["filters"] == {"kenh": "online"}


def test_one_person_cannot_ask_for_files_without_end(client, session, world):
    cast.sign_in(client, session, "analyst")
    statuses = {
        client.get(f"{PAGE}/tai-ve.csv?kind=codes").status_code for _ in range(61)
    }
    assert 429 in statuses


def test_too_many_responses_for_a_workbook_are_sent_to_csv(
    client, session, world, places, monkeypatch
):
    crowd.fill(session, world.wave, 12, places)
    for room in (raw, writing):
        monkeypatch.setattr(room, "XLSX_ROWS", 10)
    cast.sign_in(client, session, "analyst")
    answer = client.get(f"{PAGE}/tai-ve.xlsx?kind=raw")
    assert answer.status_code == 422
    assert "tai-ve.csv" in answer.text


def test_raw_rows_come_once_each_over_many_chunks(
    client, session, world, places, monkeypatch
):
    monkeypatch.setattr(raw, "ROWS_AT_ONCE", 7)
    crowd.fill(session, world.wave, 100, places)
    cast.sign_in(client, session, "analyst")
    content = client.get(f"{PAGE}/tai-ve.csv?kind=raw").get_data()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    ids = [row["response"] for row in rows]
    assert len(ids) == len(set(ids)) == 100
    assert ids == sorted(ids)


def test_raw_answers_are_the_same_in_csv_and_xlsx(client, session, world, places):
    crowd.fill(session, world.wave, 50, places)
    cast.sign_in(client, session, "analyst")
    content = client.get(f"{PAGE}/tai-ve.csv?kind=raw").get_data()
    from_csv = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"{PAGE}/tai-ve.xlsx?kind=raw&language=en").get_data())
    )
    assert book.sheetnames == ["Responses", "Codes"]
    from_xlsx = [
        ["" if value is None else str(value) for value in row]
        for row in book["Responses"].iter_rows(values_only=True)
    ]
    assert from_csv == from_xlsx


def test_a_scale_from_0_to_10_is_counted_and_shown_whole(
    client, session, world, places, monkeypatch
):
    packaged = catalogue.questionnaire(session, "loi-2026-1")
    scale = Scale(
        levels=tuple(
            Level(code=code, label=Text(vi=f"điểm {code}", en=f"score {code}"))
            for code in range(11)
        ),
        satisfied_from=7,
    )
    ten = replace(packaged, id="muoi", scale=scale)
    monkeypatch.setitem(catalogue._loaded, "0" * 64, ten)
    session.add(
        PublishedQuestionnaire(
            id="muoi", text="", sha256="0" * 64, published_at=cast.NOW
        )
    )
    session.flush()
    session.add(
        Wave(
            id="muoi-1",
            title="Thang 0–10",
            questionnaire_id="muoi",
            unit_id=world.department,
            opens_on=date(2026, 7, 1),
            closes_on=date(2026, 9, 30),
            state="open",
        )
    )
    session.commit()
    crowd.enter(
        session,
        crowd.rows(
            ten,
            "muoi-1",
            80,
            places=places,
            chooser=random.Random(5),  # noqa: S311
        ),
    )
    cast.sign_in(client, session, "analyst")
    content = client.get("/ket-qua/muoi-1/tai-ve.csv?kind=raw").get_data()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    values = [
        int(row["A1"])
        for row in rows
        if row["A1"].isdigit() and row["status"] != "break_off"
    ]
    figure = next(
        row
        for row in client.get("/ket-qua/muoi-1/tai-ve.json").get_json()["rows"]
        if row["code"] == "A1"
    )
    assert figure["n"] == len(values)
    assert figure["counts"]["0"] == values.count(0)
    assert figure["counts"]["10"] == values.count(10)
    high = sum(value >= 7 for value in values)
    assert abs(float(figure["value"]) - 100 * high / len(values)) <= 0.0051
    page = strict(client.get("/ket-qua/muoi-1").text)
    assert "Mức 0" in page
    assert "Mức 10" in page
    assert client.get("/ket-qua/muoi-1/tai-ve.xlsx").status_code == 200


def test_the_command_line_writes_what_the_page_hands_over(
    app, client, session, world, places
):
    crowd.fill(session, world.wave, 60, places)
    target = io.BytesIO()
    writing.write(
        session,
        world.wave,
        target,
        format="json",
        language="vi",
        agency="Sở Công Thương tỉnh Khánh Hòa",
        on=date(2026, 11, 22),
    )
    session.rollback()
    cast.sign_in(client, session, "admin")
    from_page = client.get(f"{PAGE}/tai-ve.json").get_json()
    written = json.loads(target.getvalue())
    assert written["rows"] == from_page["rows"]

    target = io.BytesIO()
    writing.write(
        session,
        world.wave,
        target,
        format="csv",
        kind="raw",
        agency="",
        on=date(2026, 11, 22),
    )
    session.rollback()
    assert target.getvalue() == client.get(f"{PAGE}/tai-ve.csv?kind=raw").get_data()


@pytest.mark.parametrize(
    ("wave_id", "kind", "format"),
    [("khong-co", "report", "csv"), ("dn-quy-3", "raw", "json"), ("x", "y", "z")],
)
def test_what_cannot_be_written_is_refused_with_words(
    session, world, wave_id, kind, format
):
    with pytest.raises(writing.ResultsError):
        writing.write(
            session,
            wave_id,
            io.BytesIO(),
            format=format,
            kind=kind,
            agency="",
            on=date(2026, 11, 22),
        )
