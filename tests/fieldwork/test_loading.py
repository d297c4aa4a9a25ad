"""Lists from spreadsheets: taken whole or not at all, every fault told by its row."""

from __future__ import annotations

import io
import unicodedata
from datetime import date, datetime, time

import openpyxl
import pytest
import sqlalchemy as sa

from survey import fieldwork
from survey.fieldwork import LoadError
from survey.models import Dossier, Procedure, Unit, Wave
from tests import cast
from tests.fieldwork.office import count, rows

UNITS = "Mã;Tên;Cấp;Mã cấp trên\n"
PROCEDURES = "Mã thủ tục;Tên thủ tục;Mã đơn vị;Số ngày làm việc;Mức trực tuyến\n"
DOSSIERS = "Mã hồ sơ;Mã thủ tục;Tình trạng;Cách nộp;Ngày tiếp nhận;Ngày có kết quả\n"


def faults_of(load, *arguments):
    with pytest.raises(LoadError) as caught:
        load(*arguments)
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture
def wave(session, world):
    return session.get(Wave, world.wave)


@pytest.fixture(autouse=True)
def _words(app):
    with app.app_context():
        yield


def xlsx(*lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_units_are_added_and_changed_in_any_order(session, world):
    text = (
        UNITS
        + "KT;Phòng Kỹ thuật;Phòng;TT\nTT;Trung tâm mới;Sở;UBND\nTM;Tên mới;phòng;TT\n"
    )
    loaded = fieldwork.load_units(session, text.encode())
    assert (loaded.added, loaded.changed) == (2, 1)
    session.commit()
    parent = sa.orm.aliased(Unit)
    found = rows(
        session,
        sa.select(Unit.code, Unit.name, Unit.kind, parent.code)
        .join(parent, parent.id == Unit.parent_id)
        .where(Unit.code.in_(["KT", "TT", "TM"]))
        .order_by(Unit.code),
    )
    assert [tuple(row) for row in found] == [
        ("KT", "Phòng Kỹ thuật", "division", "TT"),
        ("TM", "Tên mới", "division", "TT"),
        ("TT", "Trung tâm mới", "department", "UBND"),
    ]


def test_every_fault_is_told_with_its_row_and_nothing_is_taken(session, world):
    text = (
        UNITS
        + "A;Đúng;Phòng;SCT\n"
        + ";Không mã;Phòng;SCT\n"
        + "B;Sai cấp;Xã;SCT\n"
        + "C;Sai cha;Phòng;ZZZ\n"
        + "A;Trùng;Phòng;SCT\n"
        + f"D;{'x' * 201};Phòng;SCT\n"
    )
    before = count(session, Unit)
    assert faults_of(fieldwork.load_units, session, text.encode()) == [
        "Dòng 3: cột “Mã” còn trống.",
        "Dòng 4: cột “Cấp” phải là Tỉnh, Sở hoặc Phòng.",
        "Dòng 5: không có đơn vị cấp trên mang mã “ZZZ”; xin sửa mã hoặc "
        "thêm đơn vị đó.",
        "Dòng 6: mã “A” đã có ở dòng 2; xin giữ lại một dòng.",
        f"Dòng 7: “{'x' * 20}…” dài quá 200 ký tự.",
    ]
    assert count(session, Unit) == before


def test_no_unit_stands_above_itself(session, world):
    for text in ("X;X;Phòng;X\n", "X;X;Phòng;Y\nY;Y;Phòng;X\n", "SCT;S;Sở;TM\n"):
        found = faults_of(fieldwork.load_units, session, (UNITS + text).encode())
        assert any("cấp trên của chính mình" in fault for fault in found)


ONE = UNITS + "A;Đơn vị mới;Phòng;SCT\n"


@pytest.mark.parametrize(
    "content",
    [
        ONE.encode(),
        ONE.encode("utf-8-sig"),
        ONE.encode("utf-16"),
        ONE.replace(";", ",").encode(),
        ONE.replace(";", "\t").encode(),
        ONE.replace("\n", "\r\n").encode(),
        ONE.replace("\n", "\n;;;\n\n").encode(),
        unicodedata.normalize("NFD", ONE).encode(),
        "code,name,kind,parent,thêm\nA, Đơn  vị\tmới ,division,SCT,x\n".encode(),
        xlsx(
            ["Mã *", "Tên (đầy đủ)", "CẤP", "Cấp trên"],
            ["A", "Đơn vị mới", "Phòng", "SCT"],
        ),
    ],
)
def test_a_list_is_read_however_an_office_saved_it(session, world, content):
    fieldwork.load_units(session, content)
    session.commit()
    assert rows(session, sa.select(Unit.name).where(Unit.code == "A")) == [
        ("Đơn vị mới",)
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Tệp trống. Xin chọn tệp có dữ liệu."),
        ("Mã;Tên;Cấp\n".encode(), "chưa có dữ liệu"),
        ("Mã;Tên\nA;B\n".encode(), "Dòng 1: thiếu cột “Cấp”."),
        ("Mã;Tên;Cấp;Tên\nA;B;Sở;C\n".encode(), "cột “Tên” có hai lần"),
        ("Mã;Tên;Cấp\nA;Phòng Hóa chất;Sở\n".encode("cp1258", "replace"), "UTF-8"),
        (b"M\xb7;T\xaan;C\xeap\nA;B;S\xeb\n", "thiếu cột “Cấp”"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_with_advice(
    session, world, content, message
):
    (fault,) = faults_of(fieldwork.load_units, session, content)
    assert message in fault


def test_procedures_are_taken_with_their_days_and_level(session, world):
    text = (
        PROCEDURES
        + "2.000004;Khuyến mại;TM;5;Một phần\n"
        + "2.000648;Xăng dầu;NL;;Toàn trình\n"
    )
    loaded = fieldwork.load_procedures(session, text.encode())
    assert (loaded.added, loaded.changed) == (1, 1)
    session.commit()
    columns = (Procedure.code, Procedure.unit_id, Procedure.working_days,
               Procedure.online_level, Procedure.days_verified)  # fmt: skip
    found = rows(session, sa.select(*columns).order_by(Procedure.code))
    assert [tuple(row) for row in found][:2] == [
        ("2.000004", world.trade, 5, "partial", False),
        ("2.000648", world.energy, None, "full", False),
    ]


@pytest.mark.parametrize("days", ["0", "-5", "5.5", "năm", "²", "1000", "3–5"])
def test_days_that_are_no_number_of_days_are_refused(session, world, days):
    text = f"{PROCEDURES}9.9;Tên;TM;{days};Không\n"
    (fault,) = faults_of(fieldwork.load_procedures, session, text.encode())
    assert "từ 1 đến 999" in fault


def test_a_procedure_code_that_excel_turned_into_a_number_is_refused(session, world):
    content = xlsx(
        ["Mã thủ tục", "Tên thủ tục", "Mã đơn vị"], [2.00045, "Cấp lại", "TM"]
    )
    (fault,) = faults_of(fieldwork.load_procedures, session, content)
    assert "Dòng 2: cột “Mã thủ tục” đang ở dạng số" in fault


def test_dossiers_supply_facts_as_the_form_would_say_them(session, world, wave):
    text = (
        DOSSIERS
        + "H1;2.000648;Đã giải quyết;Trực tuyến;03/08/2026;2026-08-25\n"
        + "H2;2.001249;Bị cơ quan trả lại hồ sơ;Trực tuyến, sau đó nộp bản giấy "
        + "trực tiếp;;\n"
        + "H3;2.000648;in_progress;;;Chưa có\n"
    )
    loaded = fieldwork.load_dossiers(session, wave, text.encode())
    # What is not finished comes with a later list.
    assert (loaded.added, loaded.unfinished) == (2, 1)
    session.commit()
    columns = (Dossier.code, Dossier.channel, Dossier.outcome, Dossier.facts)
    found = rows(session, sa.select(*columns).order_by(Dossier.code))
    assert [tuple(row) for row in found] == [
        (
            "H1",
            "online",
            "granted",
            {
                "F04": "online",
                "F06": "2026-08-03",
                "F08": "2026-08-25",
                "F09": "granted",
            },
        ),
        (
            "H2",
            "mixed",
            "returned",
            {"F04": "online_then_in_person", "F09": "returned"},
        ),
    ]


def test_dates_of_a_workbook_are_dates(session, world, wave):
    content = xlsx(
        ["Mã hồ sơ", "Mã thủ tục", "Tình trạng", "Ngày tiếp nhận", "Ngày hẹn trả"],
        [
            "H1",
            "2.000648",
            "granted",
            datetime.combine(date(2026, 8, 3), time(9, 30)),
            date(2026, 8, 21),
        ],
    )
    fieldwork.load_dossiers(session, wave, content)
    session.commit()
    ((facts,),) = rows(session, sa.select(Dossier.facts))
    assert facts == {"F06": "2026-08-03", "F07": "2026-08-21", "F09": "granted"}


def test_faults_of_dossiers_are_told_by_row(session, world, wave):
    text = (
        DOSSIERS
        + "H1;9.999;Đã giải quyết;Trực tuyến;03/08/2026;\n"
        + "H2;2.000648;không biết;Trực tuyến;;\n"
        + "H3;2.000648;Đã giải quyết;Bồ câu;31/02/2026;\n"
        + "H4;2.000648;Đã giải quyết;;25/08/2026;03/08/2026\n"
    )
    found = faults_of(fieldwork.load_dossiers, session, wave, text.encode())
    assert found == [
        "Dòng 2: đợt này không có thủ tục mang mã “9.999”; xin sửa mã hoặc nạp "
        "thủ tục đó trước.",
        "Dòng 3: cột “Tình trạng” phải là Đã giải quyết, Từ chối, Trả lại, Rút hồ sơ "
        "hoặc Đang giải quyết.",
        "Dòng 4: cột “Cách nộp” có giá trị chưa hiểu: “Bồ câu”; xin ghi một trong các "
        "giá trị: Trực tiếp; Trực tuyến; Bưu chính; Trực tuyến, sau đó nộp bản giấy "
        "trực tiếp; Trực tuyến, sau đó gửi bản giấy qua dịch vụ bưu chính công ích; "
        "Kết hợp theo cách khác; Không nhớ / không rõ.",
        "Dòng 4: cột “Ngày tiếp nhận”: không có ngày “31/02/2026”; xin sửa lại.",
        "Dòng 5: ngày có kết quả trước ngày tiếp nhận; xin sửa lại.",
    ]
    assert count(session, Dossier) == 0


def test_columns_about_the_business_are_not_kept(session, world, wave):
    text = (
        "Mã hồ sơ;Mã thủ tục;Tình trạng;Tên doanh nghiệp;Điện thoại\n"
        "H1;2.000648;granted;Công ty Bí Mật;0905123456\n"
    )
    fieldwork.load_dossiers(session, wave, text.encode())
    session.commit()
    found = rows(session, sa.select(Dossier.code, Dossier.facts))
    assert [tuple(row) for row in found] == [("H1", {"F09": "granted"})]


def test_the_same_list_again_changes_and_adds_nothing_twice(session, world, wave):
    text = (DOSSIERS + "H1;2.000648;granted;;;\n").encode()
    fieldwork.load_dossiers(session, wave, text)
    session.commit()
    again = fieldwork.load_dossiers(session, session.get(Wave, world.wave), text)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    session.commit()
    assert count(session, Dossier) == 1


def upload(client, path, content, name="danh-sach.csv"):
    return client.post(
        path,
        data={"csrf_token": cast.csrf(client), "file": (io.BytesIO(content), name)},
    )


def test_units_are_handed_in_through_the_page(client, session, world):
    cast.sign_in(client, session, "admin")
    path = "/quan-tri/danh-muc/don-vi"
    assert upload(client, path, b"").status_code == 422
    answer = upload(client, path, (UNITS + "KT;Phòng Kỹ thuật;Phòng;SCT\n").encode())
    assert answer.location == "/quan-tri/danh-muc"
    assert "Phòng Kỹ thuật" in client.get("/quan-tri/danh-muc").text


def test_a_list_is_described_and_read_with_english_headings(client, session, world):
    cast.sign_in(client, session, "admin")
    path = "/quan-tri/danh-muc/thu-tuc"
    head = "Procedure code;Procedure name;Unit code;Field;Fee\n"
    client.post("/ngon-ngu", data={"language": "en", "csrf_token": cast.csrf(client)})
    page = client.get(path).text
    assert all(f">{name}</th>" in page for name in head.strip().split(";"))
    refused = upload(client, path, f"{head}9.9;;TM;Trade;None\n".encode())
    assert "Row 2: the column “Procedure name” is empty" in refused.text
    upload(client, path, f"{head}9.9;Tên;TM;Thương mại;Không\n".encode())
    kept = rows(
        session,
        sa.select(Procedure.field, Procedure.fee).where(Procedure.code == "9.9"),
    )
    assert [tuple(row) for row in kept] == [("Thương mại", "Không")]
