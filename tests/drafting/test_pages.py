"""The pages on which an office adapts its papers and writes the text of a report."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
import sqlalchemy as sa

from survey import letterheads
from survey.models import LegalBasis, Letterhead, Logo, ReportPiece, Wave
from tests import cast

HEAD = "/quan-tri/mau-van-ban"
TEXT = "/ket-qua/dn-quy-3/loi-van"
NAMES = {
    "superior": "UBND tỉnh Khánh Hòa",
    "agency": "Sở Thử Nghiệm",
    "place": "Nha Trang",
    "number": "Số:    /BC-STN",
    "signer": "Giám đốc",
    "recipients": "Như trên;\r\nLưu: VT.",
}
FIRST = "Căn cứ Kế hoạch số 1/KH-SCT;"
SECOND = "Căn cứ Quyết định số 2/QĐ-UBND;"


def png(width: int = 2, height: int = 2) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(*one) for one in ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    )


@pytest.fixture
def admin(client, session, world):
    return cast.sign_in(client, session, "admin")


def post(client, path, **data):
    return client.post(path, data={"csrf_token": cast.csrf(client), **data})


def send_logo(client, made: bytes):
    return post(client, f"{HEAD}/bieu-trung", logo=(io.BytesIO(made), "a.png"))


def test_the_letterhead_is_kept_for_each_language_apart(client, session, admin):
    assert "Sở Công Thương tỉnh Khánh Hòa" in client.get(HEAD).text
    assert post(client, HEAD, **NAMES).status_code == 303
    assert "Sở Thử Nghiệm" in client.get(HEAD).text
    assert "Sở Thử Nghiệm" not in client.get(f"{HEAD}?paper=en").text
    kept = session.get_one(Letterhead, "vi")
    assert kept.recipients == "Như trên;\nLưu: VT."


def test_a_letterhead_with_an_empty_name_is_refused_and_keeps_what_was_typed(
    client, session, admin
):
    answer = post(client, HEAD, **{**NAMES, "signer": " "})
    assert answer.status_code == 422
    assert "Xin nhập chức vụ người ký." in answer.text
    assert "Sở Thử Nghiệm" in answer.text
    assert session.get(Letterhead, "vi") is None


def test_a_logo_is_kept_shown_and_taken_away(client, session, admin):
    assert client.get(f"{HEAD}/bieu-trung.png").status_code == 404
    assert send_logo(client, png()).status_code == 303
    answer = client.get(f"{HEAD}/bieu-trung.png")
    assert (answer.data, answer.content_type) == (png(), "image/png")
    assert send_logo(client, png(3, 3)).status_code == 303
    assert session.scalars(sa.select(Logo.png)).all() == [png(3, 3)]
    post(client, f"{HEAD}/bieu-trung", remove="1")
    assert client.get(f"{HEAD}/bieu-trung.png").status_code == 404


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "không phải ảnh PNG"),
        (png()[:-6], "không phải ảnh PNG"),
        (png().replace(b"\xff", b"\xfe", 1)[:40] + png()[40:-1] + b"x", "ảnh PNG"),
        (png(2001, 1), "quá lớn"),
        (png() + b"0" * letterheads.LOGO_BYTES, "quá lớn"),
    ],
    ids=["svg", "cut", "broken", "wide", "heavy"],
)
def test_what_is_no_small_whole_png_is_refused(client, session, admin, made, words):
    answer = send_logo(client, made)
    assert answer.status_code == 422
    assert words in answer.text
    assert letterheads.logo(session) is None


def test_legal_bases_are_listed_ordered_and_taken_off(client, session, admin):
    for text in (FIRST, SECOND, FIRST):
        assert post(client, f"{HEAD}/can-cu", basis=text).status_code == 303
    listed = letterheads.bases(session, "vi")
    assert [one.text for one in listed] == [FIRST, SECOND]
    post(client, f"{HEAD}/can-cu/{listed[1].id}/len")
    session.rollback()
    assert [one.text for one in letterheads.bases(session, "vi")] == [SECOND, FIRST]
    post(client, f"{HEAD}/can-cu/{listed[1].id}/xoa")
    session.rollback()
    assert [one.text for one in letterheads.bases(session, "vi")] == [FIRST]


def test_text_is_kept_with_the_wave_and_goes_back_to_its_first_wording(
    client, session, admin, world
):
    for position, text in enumerate((FIRST, SECOND)):
        session.add(LegalBasis(language="vi", position=position, text=text))
    session.commit()
    page = client.get(TEXT).text
    assert "Khảo sát nhằm biết" in page
    assert page.count("checked") == 2
    answer = post(
        client, TEXT, purpose="Mục đích riêng", legal=[SECOND], causes="", proposals="Đ"
    )
    assert answer.status_code == 303
    wave = session.get_one(Wave, world.wave)
    assert letterheads.written(session, wave, "vi") == {
        "purpose": "Mục đích riêng",
        "legal": SECOND,
        "proposals": "Đ",
    }
    # Taken off the list, it stays in the report that names it.
    session.execute(sa.delete(LegalBasis))
    session.commit()
    page = client.get(TEXT).text
    assert "Mục đích riêng" in page
    assert SECOND in page
    assert FIRST not in page
    assert post(client, f"{TEXT}/ban-dau").status_code == 303
    assert session.scalar(sa.select(sa.func.count()).select_from(ReportPiece)) == 0
    assert "Khảo sát nhằm biết" in client.get(TEXT).text


def test_a_trial_holds_what_was_typed_and_keeps_nothing(
    client, session, admin, monkeypatch
):
    seen = []
    monkeypatch.setattr(
        "survey.drafting.views_text.official.pdf",
        lambda document: seen.append(document) or b"%PDF-",
    )
    typed = {"purpose": "Chỉ thử", "causes": "", "proposals": ""}
    answer = post(client, f"{TEXT}/xem-thu.pdf", **typed)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert any(getattr(one, "text", "") == "Chỉ thử" for one in seen[0].blocks)
    assert session.scalar(sa.select(sa.func.count()).select_from(ReportPiece)) == 0


def test_too_much_text_is_refused_and_given_back(client, session, admin):
    typed = {"purpose": "ă" * 8001, "causes": "Vì vậy", "proposals": ""}
    answer = post(client, TEXT, **typed)
    assert answer.status_code == 422
    assert "tối đa 8000 ký tự" in answer.text
    assert "Vì vậy" in answer.text


def test_papers_of_the_whole_office_are_not_a_divisions_to_change(
    client, session, world
):
    cast.sign_in(client, session, "admin", unit_id=world.trade)
    assert client.get(TEXT).status_code == 404
    assert post(client, TEXT, purpose="x").status_code == 404
    assert post(client, HEAD, **NAMES).status_code == 403
    assert "<form" not in client.get(HEAD).text.split("<main", 1)[1]


def test_an_auditor_reads_and_changes_nothing(client, session, world):
    cast.sign_in(client, session, "auditor")
    assert client.get(TEXT).status_code == 200
    assert post(client, TEXT, purpose="x").status_code == 403
