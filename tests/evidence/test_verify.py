"""An evidence file is intact or it is not: whatever is changed in it is found and
named, and what is published follows from the answers or is refused."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import subprocess
import sys
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from survey import seals
from survey.evidence import verify
from survey.evidence.archive import Archive, ArchiveError
from survey.evidence.ed25519 import is_signed
from survey.evidence.standalone import script
from survey.formats import decimal_text
from survey.indices import Layout, ratio_interval, satisfied_share, wilson
from survey.indices.formulas import FORMULAS
from survey.questionnaire.schema import Level, Scale, Text

SCALE = Scale(
    levels=tuple(Level(code=i, label=Text(vi="", en="")) for i in range(1, 6))
)
ELEMENTS = {"A": ["A1", "A2"], "B": ["B1"]}
CORE = ["A1", "B1"]
LAYOUT = Layout(elements=ELEMENTS, core=CORE, levels=SCALE.codes)
ABOUT = {
    "wave": {"id": "q1", "formula": "satisfied_share"},
    "scale": {"levels": [1, 2, 3, 4, 5], "satisfied_from": 4},
    "elements": ELEMENTS,
    "core": CORE,
}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def sign(message: bytes) -> tuple[str, str]:
    return PUBLIC.hex(), KEY.sign(message).hex()


def answers(size: int, seed: int = 1) -> list[dict[str, str]]:
    chooser = random.Random(seed)  # noqa: S311
    values = ["1", "2", "3", "4", "4", "5", "5", "not_asked", "blank", "cannot_judge"]
    return [
        {
            "response": f"{i:05}",
            "unit": chooser.choice(["TM", "NL"]),
            "procedure": chooser.choice(["2.000648", ""]),
            "status": chooser.choice(["complete", "complete", "partial", "break_off"]),
            **{code: chooser.choice(values) for code in LAYOUT.criteria},
        }
        for i in range(size)
    ]


def rows_of(some: list[dict[str, str]]) -> list[dict[str, object]]:
    """What the program publishes of these answers, worked out by its own arithmetic."""
    counted = [one for one in some if one["status"] != "break_off"]
    total = sum(
        LAYOUT.pack(one["status"], {c: one[c] for c in LAYOUT.criteria}, 4)
        for one in counted
    )
    tally = LAYOUT.unpack(total)
    rows = []
    for level, code, codes in (
        *(("criterion", code, [code]) for code in LAYOUT.criteria),
        *(("element", code, codes) for code, codes in ELEMENTS.items()),
        ("overall", "full", LAYOUT.criteria),
        ("overall", "core", CORE),
    ):
        counts: dict[str, int] = {}
        for one in codes:
            for value, n in tally.counts[one].items():
                counts[value] = counts.get(value, 0) + n
        levels = {int(v): n for v, n in counts.items() if v.isdigit()}
        share = satisfied_share(levels, SCALE)
        if level == "criterion":
            n = share.base
            interval = wilson(sum(levels[i] for i in (4, 5)), n)
        else:
            n = tally.sums[code].r
            interval = ratio_interval(tally.sums[code])
        found = {
            name: decimal_text(formula.function(levels, SCALE).value or Fraction(0))
            for name, formula in FORMULAS.items()
        }
        assert interval is not None
        rows.append(
            {
                "level": level,
                "code": code,
                "n": n,
                "counts": counts,
                "indices": found,
                "value": found["satisfied_share"],
                "share_low": decimal_text(interval.low),
                "share_high": decimal_text(interval.high),
            }
        )
    return rows


def csv_of(some: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(some[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(some)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def made(*, size: int = 60, is_signed: bool = True) -> bytes:
    some = answers(size)
    selections = [
        {"name": "all", "units": None, "procedure": None, "rows": rows_of(some)},
        {
            "name": "TM",
            "units": ["TM"],
            "procedure": None,
            "rows": rows_of([one for one in some if one["unit"] == "TM"]),
        },
    ]
    receipts = sorted(seals.digest(str(i).encode()) for i in range(size))
    table = csv_of(some)
    target = io.BytesIO()
    archive = Archive(target)
    archive.add("verify.py", [script()])
    archive.add("4/answers.csv", [table[:100], table[100:]])
    archive.add("4/receipts.txt", ["\n".join(receipts).encode() + b"\n"])
    archive.add("5/indices.json", [seals.canonical({"selections": selections})])
    archive.seal(
        {
            **ABOUT,
            "answers": {
                "file": "4/answers.csv",
                "rows": size,
                "sha256": seals.digest(table),
            },
            "receipts": {
                "file": "4/receipts.txt",
                "count": size,
                "root": seals.root(receipts),
            },
            "results": {"file": "5/indices.json"},
        },
        sign=sign if is_signed else None,
    )
    return target.getvalue()


@pytest.fixture(scope="module")
def whole() -> bytes:
    return made()


def again(data: bytes, changed: dict[str, bytes], *, lies: bool) -> bytes:
    """The archive with other contents; a liar writes a new manifest to them."""
    files = {name: one[0] for name, one in verify.unpack(data).items()}
    manifest = json.loads(files[verify.MANIFEST])
    target = io.BytesIO()
    archive = Archive(target)
    for one in manifest["files"]:
        archive.add(one["name"], [changed.get(one["name"], files[one["name"]])])
    about = {k: v for k, v in manifest.items() if k not in ("files", "format")}
    if lies and "4/answers.csv" in changed:
        about["answers"]["sha256"] = seals.digest(changed["4/answers.csv"])
    archive.seal(about)
    return target.getvalue()


def test_an_untouched_file_is_intact_and_any_program_opens_it(whole):
    report = verify.verify(whole, PUBLIC.hex())
    assert report.faults == []
    assert len(report.checked) == 4
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[-3:] == list(verify.UNLISTED)


def test_two_makings_are_the_same_byte_for_byte(whole):
    assert made() == whole


def test_no_single_byte_can_be_changed_unseen():
    data = made(size=30, is_signed=False)
    chooser = random.Random(3)  # noqa: S311
    places = {*range(0, len(data), 7), *range(len(data) - 900, len(data))}
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << chooser.randrange(8)
        assert verify.verify(bytes(changed)).faults, place
    for size in (0, 10, len(data) - 1):
        assert verify.verify(data[:size]).faults
    assert verify.verify(data + b"\n").faults


def test_a_changed_answer_is_named_even_with_a_new_manifest(whole):
    table = verify.unpack(whole)["4/answers.csv"][0]
    lines = table.decode("utf-8-sig").splitlines()
    at = next(i for i, line in enumerate(lines[1:], 1) if ",complete,1," in line)
    lines[at] = lines[at].replace(",complete,1,", ",complete,5,")
    forged = b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode()
    report = verify.verify(again(whole, {"4/answers.csv": forged}, lies=True))
    assert {"all A1 satisfied_share", "all A1 counts.1"} <= {
        f[0] for f in report.faults
    }
    report = verify.verify(again(whole, {"4/answers.csv": forged}, lies=False))
    assert "4/answers.csv" in {fault[0] for fault in report.faults}


def test_every_published_figure_is_held_against_the_answers(whole):
    published = json.loads(verify.unpack(whole)["5/indices.json"][0])
    names = [
        (i, j, name)
        for i, selection in enumerate(published["selections"])
        for j, row in enumerate(selection["rows"])
        for name in ("n", "value", "share_low", "share_high", "mean_percent", "4")
    ]
    for i, j, name in random.Random(5).sample(names, 30):  # noqa: S311
        forged = json.loads(json.dumps(published))
        row = forged["selections"][i]["rows"][j]
        place = {"mean_percent": row["indices"], "4": row["counts"]}.get(name, row)
        place[name] = place[name] + 1 if isinstance(place[name], int) else "12.34"
        data = again(whole, {"5/indices.json": seals.canonical(forged)}, lies=True)
        names_found = {fault[0] for fault in verify.verify(data).faults}
        assert any(f" {row['code']} " in one for one in names_found), (row, name)


def test_a_receipt_added_lost_or_moved_is_found(whole):
    lines = verify.unpack(whole)["4/receipts.txt"][0].decode().split()
    for other in (lines[:-1], [*lines, "ff" * 32], [lines[1], lines[0], *lines[2:]]):
        text = "\n".join(other).encode() + b"\n"
        report = verify.verify(again(whole, {"4/receipts.txt": text}, lies=True))
        assert "4/receipts.txt" in {fault[0] for fault in report.faults}


def test_another_key_no_signature_or_a_wrong_one_is_said(whole):
    other = verify.verify(whole, "00" * 32)
    assert [fault[0] for fault in other.faults] == [verify.SIGNATURE]
    unsigned = verify.verify(made(is_signed=False), PUBLIC.hex())
    assert [fault[0] for fault in unsigned.faults] == [verify.SIGNATURE]
    assert verify.verify(made(is_signed=False)).faults == []


def test_the_signature_is_checked_as_the_library_makes_it():
    message = "Hồ sơ kiểm chứng".encode()
    signature = KEY.sign(message)
    assert is_signed(PUBLIC, message, signature)
    assert not is_signed(PUBLIC, message + b" ", signature)
    assert not is_signed(bytes([PUBLIC[0] ^ 1, *PUBLIC[1:]]), message, signature)
    for place in range(0, 64, 5):
        wrong = bytearray(signature)
        wrong[place] ^= 1
        assert not is_signed(PUBLIC, message, bytes(wrong))


@pytest.mark.parametrize("name", ["/a", "../a", "a/./b", "a//b", "sổ.csv", "a\\b", ""])
def test_no_name_leads_out_of_the_archive(name):
    with pytest.raises(ArchiveError):
        Archive(io.BytesIO()).add(name, [b""])


def pythons() -> list[str]:
    """This Python, and others that are on the machine."""
    names = [f"python3.{minor}" for minor in range(9, 15)]
    homes = Path(sys.base_prefix).parent.glob("3.*/bin/python3")
    found = [sys.executable, *filter(None, map(shutil.which, names)), *map(str, homes)]
    return list(dict.fromkeys(found))


def test_the_script_in_the_file_checks_it_with_nothing_installed(tmp_path, whole):
    (tmp_path / "verify.py").write_bytes(verify.unpack(whole)["verify.py"][0])
    (tmp_path / "good.zip").write_bytes(whole)
    bad = bytearray(whole)
    bad[len(bad) // 2] ^= 1
    (tmp_path / "bad.zip").write_bytes(bytes(bad))
    assert b"survey.evidence" not in script()
    compile(script(), "verify.py", "exec", dont_inherit=True)
    for python in pythons():
        version = subprocess.run(
            [python, "-c", "import sys; print(sys.version_info >= (3, 9))"],
            capture_output=True,
            text=True,
        )
        if version.stdout.strip() != "True":
            continue
        for name, code, word in (("good", 0, "NGUYÊN VẸN"), ("bad", 1, "SAI")):
            done = subprocess.run(
                [python, "-I", "verify.py", f"{name}.zip"],
                cwd=tmp_path,
                capture_output=True,
                env={"PYTHONIOENCODING": "utf-8"},
            )
            assert done.returncode == code, (python, done.stderr)
            assert word in done.stdout.decode()
