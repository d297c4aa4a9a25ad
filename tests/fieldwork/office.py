"""What the tests of fieldwork share: posting, decoding, looking into the database."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import sqlalchemy as sa
import zxingcpp
from PIL import Image, ImageDraw

from survey import clock
from survey.fieldwork.frame import uploads
from survey.models import Wave
from tests import cast

ORIGIN = "http://127.0.0.1:8000"


def post(client, path, follow=False, **data):
    return client.post(
        path, data={"csrf_token": cast.csrf(client), **data}, follow_redirects=follow
    )


def rows(session, statement):
    """What the database holds now; leaves no transaction behind."""
    session.rollback()
    found = session.execute(statement).all()
    session.rollback()
    return found


def count(session, noun, *conditions):
    return rows(
        session, sa.select(sa.func.count()).select_from(noun).where(*conditions)
    )[0][0]


def key_in(page):
    return re.search(r'name="key"[^>]*value="([0-9a-f]{32})"', page)[1]


def make_counters(
    client, wave, *, units=(), procedures=(), kind="counter", key=None, counter=""
):
    path = f"/dot-khao-sat/{wave}/duong-dan/tao"
    return post(
        client,
        path,
        kind=kind,
        counter=counter,
        units=[str(unit) for unit in units],
        procedures=[str(one) for one in procedures],
        key=key or key_in(client.get(path).text),
    )


def make_dossier_links(client, wave, count, place, key=None):
    path = f"/dot-khao-sat/{wave}/duong-dan/tao-ho-so"
    return post(
        client,
        path,
        source="number",
        count=str(count),
        place=place,
        key=key or key_in(client.get(path).text),
    )


def batch_of(answer):
    """The batch whose page an answer leads to."""
    assert answer.status_code == 303, answer.text
    return int(re.search(r"/lo/(\d+)$", answer.location)[1])


def listed(client, wave, batch):
    """The rows of a batch's list, with the addresses of its links."""
    answer = post(client, f"/dot-khao-sat/{wave}/lo/{batch}/danh-sach.csv")
    assert answer.status_code == 200, answer.location
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def tokens_of(client, wave, batch):
    return [row["url"].rpartition("/")[2] for row in listed(client, wave, batch)]


def add_wave(session, world, wave_id, unit_id, state="open"):
    session.rollback()
    session.add(
        Wave(
            id=wave_id,
            title=f"Đợt {wave_id}",
            questionnaire_id="loi-2026-1",
            unit_id=unit_id,
            opens_on=date(2026, 7, 1),
            closes_on=date(2030, 9, 30),
            state=state,
        )
    )
    session.commit()
    return wave_id


def decoded(image):
    found = zxingcpp.read_barcodes(image)
    assert len(found) == 1
    return found[0].text


def codes_on(page):
    """The texts of the QR codes drawn in a page, read by a decoder from its pixels."""
    return [
        decoded(drawn(svg)) for svg in re.findall(r"<svg [^>]*viewBox.*?</svg>", page)
    ]


def drawn(svg, scale=6):
    """A picture of one of our QR codes: rows of dark squares, as its path says."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    image = Image.new("L", (side * scale, side * scale), 255)
    pen = ImageDraw.Draw(image)
    path = re.search(
        r'stroke="#000"[^>]*d="([^"]+)"|d="([^"]+)"[^>]*stroke="#000"', svg
    )
    x = y = 0.0
    steps = re.findall(r"([Mmh])\s*(-?[\d.]+)(?:[ ,]*(-?[\d.]+))?", path[1] or path[2])
    for step, one, two in steps:
        if step == "M":
            x, y = float(one), float(two)
        elif step == "m":
            x, y = x + float(one), y + float(two)
        else:
            top = y - 0.5
            box = (x * scale, top * scale, (x + float(one)) * scale - 1)
            pen.rectangle((*box, (top + 1) * scale - 1), fill=0)
            x += float(one)
    return image


def upload_of(settings, wave, account_id):
    """A list that was handed in and checked, and of which every row is bad; its id."""
    upload = uploads.keep(
        settings,
        "Mã hồ sơ;Mã thủ tục;Tình trạng\n;;\n;x;\n".encode(),
        name="ho-so.csv",
        wave_id=wave,
        account_id=account_id,
        now=clock.now(),
    )
    uploads.write(upload.bad_rows, b"")
    upload.note(
        choice={"sheet": "", "row": 1, "places": {"code": 0, "procedure": 1, "F09": 2}},
        checked={
            "good": 0,
            "bad": 1,
            "unfinished": 0,
            "faults": [[3, "cột “Mã hồ sơ” còn trống."]],
            "fault_count": 1,
            "notices": [],
        },
    )
    return upload.id
