"""Checks an evidence file with nothing but this file and Python 3.9 or later.

Kiểm tra hồ sơ kiểm chứng; chỉ cần tệp này và Python 3.9 trở lên:
    python verify.py HO-SO.zip [--key KHÓA-CÔNG-KHAI]

It trusts nothing in the archive: every byte of it is accounted for, every file is
compared with the manifest, every published index is worked out again from the answers,
the root of the receipts is built again, the signature is checked. Written apart from
the program that makes the file, so that one can be held against the other.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import struct
import sys
import zlib
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any, DefaultDict, Dict, Iterator, List, Tuple

from survey.evidence.ed25519 import is_signed

FORMAT = "survey-evidence-1"
MANIFEST, DIGEST, SIGNATURE = "MANIFEST.json", "MANIFEST.sha256", "MANIFEST.sig"
STORED = UNLISTED = (MANIFEST, DIGEST, SIGNATURE)
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
DATE = 1 << 5 | 1  # 1 January 1980: no file tells when it was made
MADE_BY, RIGHTS = 3 << 8 | 20, 0o100644 << 16
Z = Decimal("1.959963984540054")
FEWEST = 5
COUNTED = ("complete", "partial")
Files = Dict[str, Tuple[bytes, bytes]]


class Broken(Exception):
    """The archive cannot be read on; what is said of it, in both languages."""


class Report:
    """What was found: faults in both languages, and what was checked."""

    def __init__(self) -> None:
        self.faults: List[Tuple[str, str, str]] = []
        self.checked: List[Tuple[str, str]] = []

    def fault(self, name: str, vi: str, en: str) -> None:
        """Note a fault of a file or figure."""
        self.faults.append((name, vi, en))

    def good(self, vi: str, en: str) -> None:
        """Note what was checked and holds."""
        self.checked.append((vi, en))


# -- the archive ---------------------------------------------------------------------


def unpack(data: bytes) -> Files:
    """Every file of the archive by name: its content and its packed form.

    Reads as strictly as the file is written: no byte that is not accounted for, so
    that none can be changed unseen.
    """
    files, entries, at = {}, [], 0
    while data[at : at + 4] == LOCAL:
        name, content, packed = _file(data, at)
        if name in files:
            raise Broken(f"{name}: tên tệp đứng hai lần / its name stands twice")
        files[name] = content, packed
        facts = name, zlib.crc32(content), len(packed), len(content)
        head = local_header(*facts)
        if data[at : at + len(head)] != head:
            raise Broken(f"{name}: đầu mục bị sửa / its header was changed")
        entries.append((*facts, at))
        at += len(head) + len(packed)
    start = at
    for entry in entries:
        expected = index_entry(*entry)
        if data[at : at + len(expected)] != expected:
            raise Broken(f"{entry[0]}: mục lục bị sửa / its index entry was changed")
        at += len(expected)
    if data[at:] != end_of_index(len(entries), at - start, start):
        raise Broken("phần cuối tệp bị sửa / the end of the archive was changed")
    return files


def _file(data: bytes, at: int) -> tuple[str, bytes, bytes]:
    """Name, content and packed form of the file that stands there."""
    try:
        packed_size, size, name_size = struct.unpack_from("<2LH", data, at + 18)
        start = at + 30 + name_size
        name = data[at + 30 : start].decode("ascii")
    except (struct.error, UnicodeDecodeError):
        raise Broken("đầu mục của một tệp bị sửa / a header was changed") from None
    packed = data[start : start + packed_size]
    if name in STORED:
        return name, packed, packed
    try:
        unpacker = zlib.decompressobj(-15)
        content = unpacker.decompress(packed, size + 1)
        if unpacker.eof and not unpacker.unused_data and len(content) == size:
            return name, content, packed
    except zlib.error:
        pass
    raise Broken(f"{name}: dữ liệu nén bị sửa / its packed data were changed")


def local_header(name: str, crc: int, packed_size: int, size: int) -> bytes:
    """What stands before a file; all that could vary is fixed."""
    return LOCAL + _facts(name, crc, packed_size, size) + name.encode("ascii")


def index_entry(name: str, crc: int, packed_size: int, size: int, at: int) -> bytes:
    """What the index at the end says of a file."""
    facts = _facts(name, crc, packed_size, size)
    tail = struct.pack("<3H2L", 0, 0, 0, RIGHTS, at)
    return CENTRAL + struct.pack("<H", MADE_BY) + facts + tail + name.encode("ascii")


def _facts(name: str, crc: int, packed_size: int, size: int) -> bytes:
    method = 0 if name in STORED else 8
    sizes = struct.pack("<3L2H", crc, packed_size, size, len(name), 0)
    return struct.pack("<5H", 20, 0, method, 0, DATE) + sizes


def end_of_index(count: int, size: int, start: int) -> bytes:
    """The archive's last bytes."""
    return END + struct.pack("<4H2LH", 0, 0, count, count, size, start, 0)


# -- files against the manifest ------------------------------------------------------


def compare(files: Files, manifest: Any, report: Report) -> None:
    """Every file with what the manifest says of it."""
    listed = {one["name"]: one for one in manifest["files"]}
    for name in sorted(set(files) - set(listed) - set(UNLISTED)):
        report.fault(name, "tệp lạ, không có trong bản kê", "not in the manifest")
    for name in sorted(set(listed) - set(files)):
        report.fault(name, "thiếu tệp", "missing")
    for name in sorted(set(listed) & set(files)):
        content, packed = files[name]
        said = listed[name]
        if said["size"] != len(content) or said["sha256"] != sha(content):
            report.fault(name, "nội dung đã bị sửa", "its content was changed")
        elif said["packed_sha256"] != sha(packed):
            report.fault(name, "dạng nén đã bị sửa", "its packed form was changed")
    last = [name for name in UNLISTED if name in files]
    if list(files) != [*(one["name"] for one in manifest["files"]), *last]:
        report.fault(MANIFEST, "thứ tự tệp bị sửa", "the order of files was changed")


def sha(data: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


# -- the answers ---------------------------------------------------------------------


class Counts:
    """Levels and words by criterion, and sums over responses by set of criteria."""

    def __init__(self, manifest: Any) -> None:
        self.levels = set(map(str, manifest["scale"]["levels"]))
        self.satisfied = {
            one
            for one in self.levels
            if int(one) >= manifest["scale"]["satisfied_from"]
        }
        self.sets = sets_of(manifest)
        self.responses = 0
        self.answers: Dict[str, Counter[str]] = {
            code: Counter() for code in self.sets["full"]
        }
        self.sums = {name: [0] * 6 for name in self.sets}

    def add(self, row: Any) -> None:
        """Count one response."""
        self.responses += 1
        for code, counter in self.answers.items():
            counter[row[code]] += 1
        for name, codes in self.sets.items():
            values = [row[code] for code in codes if row[code] in self.levels]
            m = len(values)
            if m:
                x = sum(value in self.satisfied for value in values)
                for at, more in enumerate((1, m, x, m * m, m * x, x * x)):
                    self.sums[name][at] += more

    def join(self, other: Counts) -> None:
        """Add the counts of other responses."""
        self.responses += other.responses
        for code, counter in other.answers.items():
            self.answers[code].update(counter)
        for name, sums in other.sums.items():
            self.sums[name] = [a + b for a, b in zip(self.sums[name], sums)]

    def pooled(self, codes: list[str]) -> Counter[str]:
        """Levels of several criteria together, words apart."""
        total: Counter[str] = Counter()
        for code in codes:
            total.update(self.answers[code])
        return total


def sets_of(manifest: Any) -> dict[str, list[str]]:
    """Codes of criteria by element, and of the full and the core set."""
    elements = manifest["elements"]
    full = [code for codes in elements.values() for code in codes]
    return {**elements, "full": full, "core": manifest["core"]}


def read_answers(content: bytes, manifest: Any) -> tuple[Any, int]:
    """Counts by unit and procedure, of responses that count."""
    cells: DefaultDict[Tuple[str, str], Counts]
    cells = defaultdict(lambda: Counts(manifest))
    text = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")
    rows = 0
    for row in csv.DictReader(text):
        rows += 1
        if row["status"] in COUNTED:
            cells[row["unit"], row["procedure"]].add(row)
    return cells, rows


def selected(cells: Any, selection: Any, manifest: Any) -> Counts:
    """The counts of one selection: units, and a procedure where one is named."""
    found = Counts(manifest)
    units, procedure = selection["units"], selection["procedure"]
    for (unit, its_procedure), counts in cells.items():
        is_in = units is None or unit in units
        if is_in and procedure in (None, its_procedure):
            found.join(counts)
    return found


# -- the indices ---------------------------------------------------------------------


def indices_of(levels: Counter[str], manifest: Any) -> dict[str, Fraction]:
    """The three indices of counts by level, unrounded; nothing of no answers."""
    codes = manifest["scale"]["levels"]
    n = sum(levels[str(code)] for code in codes)
    if not n:
        return {}
    mean = Fraction(sum(code * levels[str(code)] for code in codes), n)
    lowest, highest = min(codes), max(codes)
    good = sum(
        levels[str(code)]
        for code in codes
        if code >= manifest["scale"]["satisfied_from"]
    )
    found = {
        "satisfied_share": Fraction(100 * good, n),
        "normalised_mean": 100 * (mean - lowest) / (highest - lowest),
    }
    found["mean_percent"] = 100 * mean / highest
    return found


def wilson(share: Fraction, m: Decimal) -> tuple[Decimal, Decimal]:
    """Wilson's interval of a share on m answers, in percent."""
    with localcontext() as context:
        context.prec = 50
        p = _decimal(share)
        scale = 1 + Z * Z / m
        centre = (p + Z * Z / (2 * m)) / scale
        half = Z / scale * (p * (1 - p) / m + Z * Z / (4 * m * m)).sqrt()
        low = Decimal(0) if share == 0 else max(Decimal(0), 100 * (centre - half))
        high = Decimal(100) if share == 1 else min(Decimal(100), 100 * (centre + half))
    return low, high


def over_responses(sums: list[int]) -> tuple[Decimal, Decimal] | None:
    """The interval of pooled answers, each response a cluster; None of too few."""
    r, m, x, mm, mx, xx = sums
    if r < FEWEST:
        return None
    share = Fraction(x, m)
    if x in (0, m):
        return wilson(share, Decimal(r))
    squares = xx - 2 * share * mx + share * share * mm
    variance = Fraction(r, r - 1) * squares / (m * m)
    effect = max(Fraction(1), variance / (share * (1 - share) / (m - 1)))
    # Few responses that hold the rarer kind of answers tell too little of it.
    together = Fraction(mm, m)
    if effect < together:
        rarer = min(Fraction(x * x, xx), Fraction((m - x) ** 2, mm - 2 * mx + xx))
        weight = 4 / (4 + rarer**3)
        effect = (1 - weight) * effect + weight * together
    with localcontext() as context:
        context.prec = 50
        quotient = student(m - 1) / student(r - 1)
        paid = 1 - (1 - quotient) * _decimal(1 - 1 / effect)
        effective = _decimal(m / effect) * paid * paid
    return wilson(share, effective)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def student(freedom: int) -> Decimal:
    """Student's quantile by the Cornish-Fisher expansion."""
    z2 = Z * Z
    terms = (
        Z * (z2 + 1) / 4,
        Z * ((5 * z2 + 16) * z2 + 3) / 96,
        Z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384,
        Z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160,
    )
    return Z + sum(term / Decimal(freedom) ** i for i, term in enumerate(terms, 1))


def printed(value: Fraction | Decimal) -> str:
    """A figure as it is published: two decimals, half up."""
    if isinstance(value, Fraction):
        with localcontext() as context:
            context.prec = 50
            value = _decimal(value)
    return f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"


def check_row(row: Any, counts: Counts, manifest: Any) -> Iterator[str]:
    """Names of what in one published row does not follow from the answers."""
    code = row["code"]
    if row["level"] == "criterion":
        levels = counts.answers[code]
        n = sum(levels[one] for one in counts.levels)
        good = sum(levels[one] for one in counts.satisfied)
        interval = wilson(Fraction(good, n), Decimal(n)) if n else None
    else:
        levels = counts.pooled(counts.sets[code])
        n, interval = counts.sums[code][0], over_responses(counts.sums[code])
    if row.get("n") is not None and row["n"] != n:
        yield "n"
    for value, count in (row.get("counts") or {}).items():
        if levels[value] != count:
            yield f"counts.{value}"
    for name, text in (row.get("indices") or {}).items():
        found = indices_of(levels, manifest).get(name)
        if found is None or printed(found) != text:
            yield name
    for name, at in (("share_low", 0), ("share_high", 1)):
        text = row.get(name)
        if text is not None and (interval is None or printed(interval[at]) != text):
            yield name
    headline = (row.get("indices") or {}).get(manifest["wave"]["formula"])
    if row.get("value") != headline:
        yield "value"


def recompute(files: Files, manifest: Any, report: Report) -> None:
    """Every published index from the answers."""
    content = files[manifest["answers"]["file"]][0]
    cells, rows = read_answers(content, manifest)
    if rows != manifest["answers"]["rows"]:
        report.fault(manifest["answers"]["file"], "số phiếu sai", "rows do not agree")
    if sha(content) != manifest["answers"]["sha256"]:
        report.fault(
            manifest["answers"]["file"],
            "khác bản đã niêm phong khi đóng đợt",
            "differs from what was sealed when the wave was closed",
        )
    published = json.loads(files[manifest["results"]["file"]][0])
    figures = 0
    for selection in published["selections"]:
        counts = selected(cells, selection, manifest)
        for row in selection["rows"]:
            figures += 1
            for what in check_row(row, counts, manifest):
                report.fault(
                    f"{selection['name']} {row['code']} {what}",
                    "không khớp khi tính lại từ phiếu trả lời",
                    "does not follow from the answers",
                )
    report.good(
        f"tính lại {figures} dòng chỉ số từ {rows} phiếu",
        f"{figures} rows of indices worked out again from {rows} responses",
    )


# -- receipts ------------------------------------------------------------------------


def check_receipts(files: Files, manifest: Any, report: Report) -> None:
    """The root of the receipts, built again."""
    said = manifest["receipts"]
    lines = files[said["file"]][0].decode("ascii").split()
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(one)).digest() for one in lines]
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [
            hashlib.sha256(b"\x01" + b"".join(pair)).digest()
            if len(pair) == 2
            else pair[0]
            for pair in pairs
        ]
    root = level[0].hex() if level else sha(b"")
    is_ordered = lines == sorted(set(lines))
    if root != said["root"] or len(lines) != said["count"] or not is_ordered:
        report.fault(said["file"], "gốc mã xác nhận sai", "the root does not agree")
    elif len(lines) != manifest["answers"]["rows"]:
        report.fault(said["file"], "khác số phiếu", "not as many as responses")
    else:
        report.good(
            f"gốc của {len(lines)} mã xác nhận", f"root of {len(lines)} receipts"
        )


# -- the signature -------------------------------------------------------------------


def check_signature(files: Files, key: str | None, report: Report) -> None:
    """The signature of the manifest, with the key given or the one beside it."""
    if SIGNATURE not in files:
        if key:
            report.fault(SIGNATURE, "hồ sơ không có chữ ký số", "it is not signed")
        else:
            report.good("hồ sơ không có chữ ký số", "the file bears no signature")
        return
    said = json.loads(files[SIGNATURE][0])
    if key and said["key"] != key.lower():
        report.fault(SIGNATURE, "ký bằng khóa khác", "signed with another key")
    message = files[MANIFEST][0]
    pair = bytes.fromhex(said["key"]), bytes.fromhex(said["signature"])
    if not is_signed(pair[0], message, pair[1]):
        report.fault(SIGNATURE, "chữ ký số sai", "the signature is wrong")
        return
    report.good(f"chữ ký số của khóa {said['key']}", f"signature of key {said['key']}")


# -- all of it -----------------------------------------------------------------------


def verify(data: bytes, key: str | None = None) -> Report:
    """Check an archive; the report of what was found.

    Args: data, all its bytes; key, the office's public key in hexadecimal digits.
    """
    report = Report()
    try:
        files = unpack(data)
        if MANIFEST not in files or DIGEST not in files:
            raise Broken("thiếu bản kê / the manifest is missing")
        raw = files[MANIFEST][0]
        if files[DIGEST][0] != f"{sha(raw)}  {MANIFEST}\n".encode():
            report.fault(MANIFEST, "bản kê đã bị sửa", "the manifest was changed")
        manifest = json.loads(raw)
        if manifest["format"] != FORMAT:
            raise Broken(f"{manifest['format']}: dạng lạ / an unknown format")
        compare(files, manifest, report)
        check_receipts(files, manifest, report)
        recompute(files, manifest, report)
        check_signature(files, key, report)
        report.good(f"{len(files)} tệp", f"{len(files)} files")
    except Broken as broken:
        vi, _, en = str(broken).partition(" / ")
        report.fault("ZIP", vi, en or vi)
    except (KeyError, ValueError, TypeError, IndexError, ArithmeticError) as error:
        report.fault("ZIP", f"không đọc được: {error!r}", f"cannot be read: {error!r}")
    return report


def main(arguments: list[str]) -> int:
    """Check the file named on the command line; 0 whole, 1 changed, 2 not readable."""
    key = None
    if "--key" in arguments:
        at = arguments.index("--key")
        key = arguments[at + 1] if at + 1 < len(arguments) else ""
        arguments = arguments[:at] + arguments[at + 2 :]
    if len(arguments) != 1:
        print(__doc__)
        return 2
    try:
        with open(arguments[0], "rb") as source:
            report = verify(source.read(), key)
    except OSError as error:
        print(f"Không đọc được tệp / cannot read the file: {error}", file=sys.stderr)
        return 2
    for vi, en in report.checked:
        print(f"ĐÚNG: {vi} / OK: {en}")
    for name, vi, en in report.faults:
        print(f"SAI: {name}: {vi} / WRONG: {name}: {en}")
    if report.faults:
        print("KẾT LUẬN: HỒ SƠ KHÔNG NGUYÊN VẸN / VERDICT: THE FILE IS NOT INTACT")
        return 1
    print("KẾT LUẬN: HỒ SƠ NGUYÊN VẸN / VERDICT: THE FILE IS INTACT")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
