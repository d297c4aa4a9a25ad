"""Documents behind a line: what is taken, how it is kept and handed over."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from survey.filetypes import MOST_BYTES
from survey.models import ScoreEvidence, ScoreFile
from survey.scorecard import evidence
from survey.scorecard.terms import ScorecardError
from tests import cast
from tests.scorecard.office import PDF, line_of, made_sheet, post


def package(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


WORD = package("[Content_Types].xml", "word/document.xml")
SHEET = package("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"\xff\xd8\xff\xe0....", "jpg"),
        (WORD, "docx"),
        (SHEET, "xlsx"),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, kind: str) -> None:
    assert evidence.kind_of(content) == kind


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "rỗng"),
        (b"<html><script>alert(1)</script>", "Chỉ nhận tệp"),
        (b"MZ\x90\x00", "Chỉ nhận tệp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Chỉ nhận tệp"),
        (package("a.txt"), "Chỉ nhận tệp"),
        (b"PK\x03\x04 cut off", "Chỉ nhận tệp"),
        (
            package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
            "macro",
        ),
        (PDF + b"x" * MOST_BYTES, "10 MB"),
    ],
)
@pytest.mark.usefixtures("tongue")
def test_any_other_content_is_refused_whatever_its_name(content, words) -> None:
    with pytest.raises(ScorecardError, match=words) as caught:
        evidence.kind_of(content)
    assert caught.value.field == "file"


@pytest.fixture
def place(app, session, world) -> str:
    """The address of a criterion."""
    with app.app_context():
        sheet = made_sheet(session, world)
        line = line_of(session, sheet, "1.1")
        found = f"/cham-diem/{sheet.id}/tieu-chi/{line.id}"
    session.rollback()
    return found


def upload(client, place, content=PDF, name="Báo cáo.pdf", **more):
    fields = {"summary": "Báo cáo quý", "number": "12/BC-SCT", **more}
    if content is not None:
        fields["file"] = (io.BytesIO(content), name)
    return post(client, f"{place}/tai-lieu/moi", **fields)


def test_a_file_is_kept_in_the_database_and_comes_back_whole(
    client, session, world, place
) -> None:
    cast.sign_in(client, session, "analyst")
    answer = upload(client, place, issued_on="2026-07-01", issuer="Sở Công Thương")
    assert answer.status_code == 303, answer.text
    session.rollback()
    file = session.scalars(sa.select(ScoreFile)).one()
    assert (file.kind, file.size, file.name) == ("pdf", len(PDF), "Báo cáo.pdf")
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    row = session.scalars(sa.select(ScoreEvidence)).one()
    assert (row.state, row.has_file, row.number) == ("present", True, "12/BC-SCT")
    session.rollback()
    answer = client.get(f"{place}/tai-lieu/{row.id}/tep")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "Báo" not in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/pdf"


def test_a_page_named_like_a_pdf_is_refused_and_what_was_typed_is_kept(
    client, session, world, place
) -> None:
    cast.sign_in(client, session, "analyst")
    answer = upload(client, place, b"<script>alert(1)</script>", "x.pdf")
    assert answer.status_code == 422
    assert "Chỉ nhận tệp PDF" in answer.text
    assert 'value="12/BC-SCT"' in answer.text
    session.rollback()
    assert session.scalar(sa.select(sa.func.count(ScoreEvidence.id))) == 0


def test_a_file_larger_than_is_taken_is_refused_without_a_fault(
    client, session, world, place
) -> None:
    cast.sign_in(client, session, "analyst")
    for size, status in ((MOST_BYTES, 422), (21 * 1024 * 1024, 413)):
        # Put together here: the test client would leave a temporary file behind.
        fields = {"csrf_token": cast.csrf(client), "summary": "x"}
        parts = [
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
            for name, text in fields.items()
        ]
        head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"'
        start = ("".join(parts) + head + "\r\n\r\n").encode()
        answer = client.post(
            f"{place}/tai-lieu/moi",
            data=start + PDF + b"x" * size + b"\r\n--b--\r\n",
            content_type="multipart/form-data; boundary=b",
        )
        assert answer.status_code == status


def test_a_document_without_file_or_page_is_one_still_to_be_found(
    client, session, world, place
) -> None:
    cast.sign_in(client, session, "analyst")
    assert upload(client, place, None, is_stale="y").status_code == 303
    session.rollback()
    row = session.scalars(sa.select(ScoreEvidence)).one()
    assert row.state == "missing"
    session.rollback()
    page = client.get(place).text
    assert "Còn thiếu" in page
    assert "có thể mất" in page
    # Found: the same document with its file; then replaced by an old one.
    where = f"{place}/tai-lieu/{row.id}"
    found = {"summary": "Báo cáo", "file": (io.BytesIO(PDF), "a.pdf")}
    assert post(client, where, **found).status_code == 303
    assert "có thể mất" not in client.get(place).text
    older = {"summary": "Báo cáo", "issued_on": "2024-01-31", "is_stale": "y"}
    assert post(client, where, **older).status_code == 303
    page = client.get(place).text
    assert "Đã cũ" in page
    assert "ban hành trước năm đánh giá" in page
    assert "có thể mất" in page


@pytest.mark.parametrize(
    "link",
    ["https://other.example/", "//other.example", "javascript:alert(1)", "/\\other"],
)
def test_a_document_elsewhere_than_here_is_refused(
    client, session, world, place, link
) -> None:
    cast.sign_in(client, session, "analyst")
    answer = upload(client, place, None, link=link)
    assert answer.status_code == 422
    assert "trang của phần mềm này" in answer.text


def test_a_file_and_a_page_are_not_one_document(client, session, world, place) -> None:
    cast.sign_in(client, session, "analyst")
    assert upload(client, place, link="/ket-qua/").status_code == 422
    assert upload(client, place, None, link="/ket-qua/").status_code == 303


def test_a_document_goes_with_its_file(client, session, world, place) -> None:
    cast.sign_in(client, session, "analyst")
    upload(client, place)
    session.rollback()
    row = session.scalars(sa.select(ScoreEvidence)).one()
    session.rollback()
    assert post(client, f"{place}/tai-lieu/{row.id}/xoa").status_code == 303
    session.rollback()
    for noun in (ScoreEvidence.id, ScoreFile.evidence_id):
        assert session.scalar(sa.select(sa.func.count(noun))) == 0


def test_the_database_knows_no_document_that_is_there_and_missing(
    app, session, world
) -> None:
    with app.app_context():
        line = line_of(session, made_sheet(session, world), "1.1")
    for parts in (
        {"state": "present"},
        {"state": "missing", "link": "/x"},
        {"state": "present", "link": "/x", "has_file": True},
    ):
        session.add(ScoreEvidence(line_id=line.id, summary="x", **parts))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
