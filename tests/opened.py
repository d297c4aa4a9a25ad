"""Downloads as Excel opens them."""

from __future__ import annotations

import csv
import io
import re

NUMBER = re.compile(r"-?\d+,\d+")


def rows(content: bytes | str) -> list[dict[str, str]]:
    """The rows of a CSV file under its head, numbers with a point.

    A Vietnamese file has semicolons and decimal commas, an English one commas and
    points; no head of ours holds either, so it tells which.
    """
    if isinstance(content, bytes):
        assert content.startswith(b"\xef\xbb\xbf"), "Excel would misread its letters"
        content = content.decode("utf-8-sig")
    separator = ";" if ";" in content.partition("\n")[0] else ","
    found = csv.DictReader(io.StringIO(content, newline=""), delimiter=separator)
    if separator == ",":
        return list(found)
    return [
        {
            name: cell.replace(",", ".") if NUMBER.fullmatch(cell) else cell
            for name, cell in row.items()
        }
        for row in found
    ]
