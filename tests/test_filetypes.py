"""A file is what it holds, whatever it is called."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.filetypes import TYPES, kind_of


def package(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\x89PNG\r\n\x1a\nxx", "png"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (package("[Content_Types].xml", "word/document.xml"), "docx"),
        (package("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (package("word/document.xml"), None),
        (
            package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
            None,
        ),
        (package("a.txt"), None),
        (b"PK\x03\x04 cut short", None),
        (b"<html>", None),
        (b"MZ", None),
        (b"", None),
    ],
)
def test_a_kind_is_told_by_content(content, kind):
    assert kind_of(content) == kind
    assert kind is None or kind in TYPES


@given(st.binary(max_size=200))
def test_nothing_that_is_handed_in_breaks_it(content):
    assert kind_of(content) in {None, *TYPES}
    assert kind_of(b"PK\x03\x04" + content) in {None, "docx", "xlsx"}
