"""A list handed in: looked at, checked whole, loaded whole, by whoever handed it in."""

from __future__ import annotations

import csv
import io
import re
import stat
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from survey import clock, fieldwork, jobs
from survey.fieldwork.frame import uploads, work
from survey.models import Dossier, HeadMap, Job, Reach, Wave
from tests import cast
from tests.fieldwork.office import count, post, rows

SAMPLES = Path(__file__).parents[1] / "samples"
HEAD = "Mã hồ sơ;Mã thủ tục;Tình trạng;Cách nộp;Ngày tiếp nhận;Ngày có kết quả\n"


def sample(name):
    return (SAMPLES / name).read_bytes()


@pytest.fixture
def base(client, session, world):
    cast.sign_in(client, session, "fieldworker")
    return f"/dot-khao-sat/{world.wave}/ho-so"


def hand_in(client, base, content, name="danh-sach.csv"):
    """Hand a file in; the address of its preview."""
    answer = client.post(
        base,
        data={"csrf_token": cast.csrf(client), "file": (io.BytesIO(content), name)},
    )
    assert answer.status_code == 303, answer.text
    return answer.location


def form_of(client, preview):
    """What the form of a preview would send."""
    page = client.get(preview).text
    fields = dict(
        re.findall(r'<input[^>]*name="(heads|old_row|row)"[^>]*value="([^"]*)"', page)
    )
    for name, options in re.findall(
        r'<select[^>]*name="(\w+)".*?>(.*?)</select>', page, re.S
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return {**fields, "do": "check"}


def checked(client, base, content, **changes):
    """Hand a file in and have it checked; the address of what was found."""
    preview = hand_in(client, base, content)
    answer = post(client, preview, **{**form_of(client, preview), **changes})
    assert answer.status_code == 303, answer.text
    return answer.location


def loaded(client, base, content, **changes):
    """The page after a file was loaded."""
    return post(client, checked(client, base, content, **changes), follow=True).text


def test_a_real_workbook_is_looked_at_checked_and_loaded(client, session, base):
    preview = hand_in(client, base, sample("libreoffice.xlsx"), "ho-so.xlsx")
    page = client.get(preview).text
    assert "Hồ sơ quý III" in page
    assert "Từ chối giải quyết" not in page  # as the form says it, not as it is typed
    assert "Bị từ chối giải quyết" in page
    assert "01/07/2026" in page
    # What is not needed is named, and not shown.
    assert "Tên tổ chức" in page
    assert "Doanh nghiệp mẫu" not in page
    assert "0258" not in page
    answer = post(client, preview, **form_of(client, preview))
    page = client.get(answer.location).text
    assert "Tệp đã kiểm tra, nạp được" in page
    page = post(client, answer.location, follow=True).text
    assert "Hồ sơ mới: 10" in page
    assert "Chưa giải quyết xong, không nạp: 2" in page
    found = rows(
        session,
        sa.select(Dossier.code, Dossier.channel, Dossier.outcome, Dossier.facts)
        .order_by(Dossier.code)
        .limit(1),
    )
    assert [tuple(row) for row in found] == [
        (
            "H32.19-260701-0001",
            "in_person",
            "granted",
            {
                "F04": "in_person",
                "F05": "in_person",
                "F06": "2026-07-01",
                "F07": "2026-07-29",
                "F08": "2026-07-25",
                "F09": "granted",
            },
        )
    ]
    assert count(session, Reach) == 0


def test_the_same_file_again_adds_nothing_and_says_so(client, session, base):
    loaded(client, base, sample("excel-tieng-viet.csv"))
    found = checked(client, base, sample("excel-tieng-viet.csv"))
    assert "nạp cũng không thêm gì" in client.get(found).text
    page = post(client, found, follow=True).text
    assert "Hồ sơ mới: 0; Hồ sơ được cập nhật: 0; Hồ sơ không đổi: 10" in page
    assert count(session, Dossier) == 10


def test_one_bad_row_stops_all_and_every_bad_row_is_told_and_handed_out(
    client, session, base
):
    found = checked(client, base, sample("co-dong-sai.csv"))
    page = client.get(found).text
    assert "Có dòng sai, chưa nạp gì" in page
    for words in (
        "Dòng 3: đợt này không có thủ tục mang mã “2.00064”",
        "Dòng 4: cột “Cách nộp” có giá trị chưa hiểu: “=1+1”; xin ghi một trong các "
        "giá trị: Trực tiếp; Trực tuyến; Bưu chính; ",
        "Dòng 5: cột “Ngày trả kết quả”: không có ngày “31/02/2026”",
        "Dòng 6: cột “Tình trạng” phải là",
        "Dòng 7: mã “CSV-001” đã có ở dòng 2",
        "Dòng 9: cột “Ngày tiếp nhận”: không có tháng như trong “08/25/2026”",
        "Dòng 10: cột “Mã hồ sơ” còn trống",
    ):
        assert words in page
    answer = client.get(found.replace("kiem-tra", "dong-sai.csv"))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    answer.close()
    # With semicolons, as it came.
    text = answer.data.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert lines[0][:3] == ["Dòng", "Mã hồ sơ", "Mã thủ tục"]
    assert [line[0] for line in lines[1:]] == ["3", "4", "5", "6", "7", "9", "10"]
    # No name of a business, and nothing that a spreadsheet would work out.
    assert "Công ty" not in answer.text
    assert "HYPERLINK" not in answer.text
    assert "'=1+1" in lines[2]
    # It cannot be loaded by asking for it, either.
    assert "còn dòng sai" in post(client, found, follow=True).text
    assert count(session, Dossier) == 0


def test_columns_with_names_of_their_own_are_chosen_once(client, session, base):
    content = b"A1;A2;A3\nH1;2.000648;granted\n"
    preview = hand_in(client, base, content)
    refused = post(client, preview, **form_of(client, preview))
    assert refused.status_code == 422
    assert "Xin chọn cột của tệp cho mục này" in refused.text
    twice = {"place_code": "0", "place_procedure": "0", "place_F09": "2"}
    refused = post(client, preview, **{**form_of(client, preview), **twice})
    assert "Cột này đã chọn cho mục khác" in refused.text
    right = {"place_code": "0", "place_procedure": "1", "place_F09": "2"}
    answer = post(client, preview, **{**form_of(client, preview), **right})
    post(client, answer.location)
    assert count(session, Dossier) == 1
    # The next file with these heads, in whatever case, is read without a word.
    assert "Hồ sơ mới: 1" in loaded(client, base, content.replace(b"H1", b"H2"))
    assert count(session, HeadMap) == 1


def test_what_offices_call_the_ways_of_filing_is_understood(client, session, base):
    words = (
        "Cổng dịch vụ công", "DVC trực tuyến", "Online", "Trực tuyến một phần",
        "Một cửa", "Tại Bộ phận Một cửa", "Bưu điện", "BCCI",
    )  # fmt: skip
    text = "Mã hồ sơ;Mã thủ tục;Tình trạng;Kênh nộp;Hạn trả KQ\n" + "".join(
        f"H{n};2.000648;granted;{word};01/07/2026\n" for n, word in enumerate(words)
    )
    loaded(client, base, text.encode())
    found = rows(
        session, sa.select(Dossier.channel, Dossier.facts).order_by(Dossier.code)
    )
    assert [row.channel for row in found] == (
        ["online"] * 4 + ["in_person"] * 2 + ["postal"] * 2
    )
    assert found[0].facts["F07"] == "2026-07-01"
    preview = hand_in(client, base, text.replace("BCCI", "Bồ câu").encode())
    assert "Ghi chú" not in client.get(preview).text  # in the first rows all is well
    preview = hand_in(client, base, text.replace("Online", "Bồ câu").encode())
    page = client.get(preview).text
    assert page.index("Ghi chú") < page.index(">Mã hồ sơ</th>")
    # By the name that the column has in this file.
    assert "cột “Kênh nộp” có giá trị chưa hiểu: “Bồ câu”" in page


def test_where_the_table_is_can_be_said(client, session, base):
    content = b"x;y;z\n1;2;3\na;b;c\nH1;2.000648;granted\n"
    preview = hand_in(client, base, content)
    answer = post(client, preview, **{**form_of(client, preview), "row": "3"})
    assert "Đã đọc lại tệp" in answer.text
    assert "C – c" in answer.text
    wrong = post(client, preview, **{**form_of(client, preview), "row": "30"})
    assert wrong.status_code == 422
    assert "Dòng này trống hoặc không có" in wrong.text


def test_phones_and_addresses_are_read_only_when_asked_for(client, session, base):
    content = (
        "Mã hồ sơ;Mã thủ tục;Tình trạng;Điện thoại;Email\n"
        "H1;2.000648;granted;905 123.456;a@example.vn\n"
        "H2;2.000648;granted;+84905123456;\nH3;2.000648;granted;;\n"
    ).encode()
    assert "đã đọc" not in loaded(client, base, content)
    assert count(session, Reach) == 0
    page = loaded(client, base, content, with_reaches="y")
    assert "Hồ sơ được cập nhật: 2" in page
    assert "Số điện thoại đã đọc: 2; Địa chỉ thư điện tử đã đọc: 1" in page
    found = rows(session, sa.select(Reach.phone, Reach.email).order_by(Reach.phone))
    assert [tuple(row) for row in found] == [
        ("+84905123456", None),
        ("0905123456", "a@example.vn"),
    ]
    assert "Hồ sơ được cập nhật: 0" in loaded(client, base, content, with_reaches="y")
    bad = content.replace(b"a@example.vn", b"khong co").replace(b"905 123.456", b"12")
    page = client.get(checked(client, base, bad, with_reaches="y")).text
    assert "“12” không phải số điện thoại" in page
    assert "“khong co” không phải địa chỉ thư điện tử" in page


def test_a_file_is_its_owners_alone_and_for_a_day(client, app, session, world, base):
    found = checked(client, base, HEAD.encode() + b"H1;2.000648;granted;;;\n")
    place = Path(app.config["SURVEY"].instance) / "uploads" / found.split("/")[-2]
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert {path.name for path in place.iterdir()} == {
        "about.json", "bad.csv", "content", "rows.jsonl",
    }  # fmt: skip
    for path in place.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other = app.test_client()
    cast.enter_as(other, session, cast.account(session, "admin"))
    assert other.get(found).status_code == 404
    wave = found.replace(world.wave, world.short_wave)
    assert client.get(wave).status_code == 404
    assert client.get(found.replace("/kiem-tra", "x/kiem-tra")).status_code == 404
    later = clock.now() + timedelta(hours=25)
    with app.app_context():
        assert uploads.sweep(app.config["SURVEY"], later) == 1
    assert not place.exists()
    assert client.get(found).status_code == 404


def test_nothing_is_left_of_a_file_that_was_loaded_or_dropped(client, app, base):
    folder = Path(app.config["SURVEY"].instance) / "uploads"
    loaded(client, base, HEAD.encode() + b"H1;2.000648;granted;;;\n")
    dropped = hand_in(client, base, HEAD.encode() + b"H2;2.000648;granted;;;\n")
    post(client, f"{dropped}/bo")
    assert list(folder.iterdir()) == []


def test_long_lists_are_checked_and_loaded_by_jobs(
    client, app, session, base, monkeypatch
):
    monkeypatch.setattr(work, "INLINE_BYTES", {True: 0, False: 0})
    monkeypatch.setattr(work, "INLINE_ROWS", 0)
    monkeypatch.setattr(jobs, "wake", lambda: None)
    monkeypatch.setattr(work, "TOLD_EVERY", 1)
    job = checked(client, base, sample("excel-tieng-viet.csv"))
    assert re.fullmatch(r"/viec/\w+", job)
    jobs.run_all(app)
    (found,) = re.findall(r'href="([^"]*/kiem-tra)"', client.get(job).text)
    job = post(client, found).location
    assert count(session, Dossier) == 0
    jobs.run_all(app)
    page = client.get(job).text
    assert "Đã nạp danh sách hồ sơ" in page
    assert count(session, Dossier) == 10
    assert [tuple(row) for row in rows(session, sa.select(Job.state))] == [
        ("done",)
    ] * 2
    assert list((Path(app.config["SURVEY"].instance) / "uploads").iterdir()) == []
    # Asked for once more, the work says that its file is gone.
    with session.begin():
        session.execute(sa.update(Job).values(state="queued", tries=3))
    jobs.run_all(app)
    assert "Xin chọn lại tệp" in client.get(job).text


def test_a_list_that_changed_its_wave_meanwhile_is_not_loaded(client, session, base):
    found = checked(client, base, sample("excel-tieng-viet.csv"))
    with session.begin():
        session.execute(sa.update(Wave).values(state="closed"))
    assert "Đợt đã đóng" in post(client, found, follow=True).text
    assert count(session, Dossier) == 0


def test_what_was_invited_keeps_its_procedure_whether_it_was_answered_or_not(
    client, app, session, world, base
):
    text = HEAD + "".join(f"H{n};2.000648;granted;Trực tiếp;;\n" for n in range(3))
    loaded(client, base, text.encode())
    ids = [
        row.id for row in rows(session, sa.select(Dossier.id).order_by(Dossier.code))
    ]
    for of_id in ids[:2]:
        cast.link(
            session, world.wave, world.trade, kind="dossier",
            procedure_id=world.petrol, dossier_id=of_id,
        )  # fmt: skip
    with session.begin():
        session.execute(
            sa.text("DELETE FROM keyholes WHERE link_id = (SELECT MIN(id) FROM links)")
        )
    moved = text.replace("2.000648", "2.001249").replace("granted", "refused")
    page = loaded(client, base, moved.encode())
    assert "Hồ sơ được cập nhật: 3" in page
    assert "Giữ thủ tục, cách nộp cũ vì đã phát mã: 2" in page
    columns = (Dossier.code, Dossier.procedure_id, Dossier.outcome)
    found = rows(session, sa.select(*columns).order_by(Dossier.code))
    assert [tuple(row) for row in found] == [
        ("H0", world.petrol, "refused"),
        ("H1", world.petrol, "refused"),
        ("H2", world.power, "refused"),
    ]


def test_a_date_after_today_is_no_date_of_a_finished_dossier(session, world, app):
    text = f"{HEAD}H1;2.000648;granted;;28/08/2026;\nH2;2.000648;granted;;;3/8/26\n"
    wave = session.get(Wave, world.wave)
    with (
        app.app_context(),
        time_machine.travel(cast.NOW, tick=False),
        pytest.raises(fieldwork.LoadError) as caught,
    ):
        fieldwork.load_dossiers(session, wave, text.encode())
    (fault,) = caught.value.faults
    assert "ở sau hôm nay" in str(fault)
