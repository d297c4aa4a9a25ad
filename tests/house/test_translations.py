"""Vietnamese is what stands in the code; every word of it has its English one.

After a text changed:

    pybabel extract -F pyproject.toml -k _l --no-location --sort-output -o new.pot .
    pybabel update -i new.pot -d survey/translations --ignore-pot-creation-date \
        --no-fuzzy-matching --ignore-obsolete
    (write what is missing into messages.po)
    pybabel compile -d survey/translations
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import html5lib
import pytest
import sqlalchemy as sa
import time_machine
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.fieldwork.frame import columns
from survey.models import Procedure, Unit, Wave
from tests import cast
from tests.scorecard.office import stand

ROOT = Path(__file__).parents[2]
ENGLISH = ROOT / "survey" / "translations" / "en" / "LC_MESSAGES"
VIETNAMESE = re.compile(
    "[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]",
    re.IGNORECASE,
)
WITHOUT_MARKS = {
    "Excel (.xlsx)", "In", "In PDF", "In:", "In: %(name)s", "Trang %(number)s",
    "Trang sau", "Xem", "Xem theo",
}  # fmt: skip
"""Vietnamese that has no mark on any letter: to print, next page, page, to see."""
OTHER_LANGUAGE = "Tiếng Việt"
"""On the button that leads from English back to Vietnamese."""
PLACEHOLDER = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
SPOKEN = (
    "alt",
    "aria-label",
    "data-done",
    "data-left",
    "data-over",
    "placeholder",
    "title",
)
"""Attributes that reach a reader as words."""

PUBLIC = ("/", "/xac-minh", "/tro-nang", "/dang-nhap", "/p/no-such-code", "/nowhere")
STAFF = (
    "/dot-khao-sat/",
    "/dot-khao-sat/moi",
    "/dot-khao-sat/{wave}",
    "/dot-khao-sat/{wave}/dien-tap",
    "/dot-khao-sat/{wave}/dong",
    "/dot-khao-sat/{wave}/duong-dan",
    "/dot-khao-sat/{wave}/duong-dan/1",
    "/dot-khao-sat/{wave}/duong-dan/1/thu-hoi",
    "/dot-khao-sat/{wave}/duong-dan/tao",
    "/dot-khao-sat/{wave}/duong-dan/tao-ho-so",
    "/dot-khao-sat/{wave}/chon-mau",
    "/dot-khao-sat/{wave}/gui-loi-moi",
    "/dot-khao-sat/{wave}/gui-loi-moi/ma-moi",
    "/dot-khao-sat/{wave}/ho-so",
    "/dot-khao-sat/{wave}/the",
    "/ket-qua/",
    "/phong/",
    "/phong/{trade}",
    "/phong/{trade}/viec",
    "/to-cong-tac/",
    "/to-cong-tac/bao-cao",
    "/to-cong-tac/bao-cao/them",
    "/ket-qua/{wave}",
    "/ket-qua/{wave}/cach-tinh",
    "/ket-qua/{wave}/dien-bien",
    "/ket-qua/{wave}/so-sanh",
    "/ket-qua/{wave}/theo/don-vi",
    "/ket-qua/{wave}/tieu-chi",
    "/ket-qua/{wave}/do-nhay",
    "/ket-qua/{wave}/giai-thich",
    "/ket-qua/{wave}/huong-dan",
    "/ket-qua/{wave}/loi-van",
    "/ket-qua/{wave}/tai-ve",
    "/ket-qua/{wave}/thuc-te",
    "/ket-qua/{wave}/ty-le-tra-loi",
    "/ket-qua/{wave}/uu-tien",
    "/cham-diem/",
    "/cham-diem/1",
    "/cham-diem/1/chuyen",
    "/cham-diem/1/in",
    "/cham-diem/1/lich-su",
    "/cham-diem/1/nhom-766",
    "/cham-diem/1/phieu-18-diem",
    "/cham-diem/1/sua",
    "/cham-diem/1/thu",
    "/cham-diem/1/tieu-chi/1",
    "/cham-diem/1/tieu-chi/1/khong-ap-dung",
    "/cham-diem/1/tieu-chi/1/sua",
    "/cham-diem/1/tieu-chi/1/tai-lieu/1",
    "/cham-diem/1/tieu-chi/1/tu-dot-khao-sat",
    "/cham-diem/1/tieu-chi/nhieu",
    "/cham-diem/1/xoa",
    "/cham-diem/moi",
    "/cham-diem/quy-tac/",
    "/cham-diem/quy-tac/1",
    "/cham-diem/quy-tac/moi",
    "/lien-he-lai",
    "/y-kien/{wave}",
    "/y-kien/{wave}/nhat-ky",
    "/y-kien/chu-de",
    "/quan-tri/danh-muc",
    "/quan-tri/danh-muc/don-vi",
    "/quan-tri/danh-muc/thu-tuc",
    "/quan-tri/lich-nghi",
    "/quan-tri/mat-khau",
    "/quan-tri/mau-van-ban",
    "/quan-tri/tai-khoan",
    "/quan-tri/tai-khoan/1",
    "/quan-tri/tai-khoan/them",
)


@cache
def texts() -> dict[str, str]:
    """The texts of the code and the templates, each with a place where it stands."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    maps = project["tool"]["babel"]["mappings"]
    own = {"method", "pattern"}
    found = extract_from_dir(
        ROOT,
        method_map=[(one["pattern"], one["method"]) for one in maps],
        options_map={
            one["pattern"]: {key: one[key] for key in one if key not in own}
            for one in maps
        },
        keywords=DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None},
        directory_filter=_is_ours,
    )
    return {text: f"{path}:{line}" for path, line, text, _notes, _context in found}


def _is_ours(folder: str | os.PathLike[str]) -> bool:
    parts = Path(folder).relative_to(ROOT).parts
    return parts[0] == "survey" and not parts[-1].startswith("_")


@cache
def english() -> Catalog:
    """The English catalogue as it is written."""
    with (ENGLISH / "messages.po").open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def entries(catalogue: Catalog) -> dict[Any, Any]:
    """The texts of a catalogue, without its header."""
    return {one.id: one.string for one in catalogue if one.id}


def placeholders(text: str) -> list[tuple[str, str]]:
    return sorted(PLACEHOLDER.findall(text))


def test_every_text_has_an_english_one() -> None:
    written = entries(english())
    missing = {text: place for text, place in texts().items() if not written.get(text)}

    assert len(texts()) > 400
    assert missing == {}


def test_no_english_text_is_doubtful_or_left_over() -> None:
    written = english()

    assert [one.id for one in written if one.fuzzy] == []
    assert list(written.obsolete) == []
    assert set(entries(written)) - set(texts()) == set()


def test_a_text_and_its_english_one_name_the_same_placeholders() -> None:
    differing = [
        (text, translated)
        for text, translated in entries(english()).items()
        if placeholders(text) != placeholders(translated)
    ]

    assert differing == []


def test_a_percent_sign_is_doubled_or_a_placeholder() -> None:
    # Templates format every text: a lone sign would break the page.
    for text, translated in entries(english()).items():
        for one in (text, translated):
            values = {name: "7" for name, _brace in placeholders(one)}
            try:
                one % values
            except (ValueError, TypeError, KeyError):
                pytest.fail(f"cannot be formatted: {one}")


def test_what_the_program_reads_is_compiled_from_what_is_written() -> None:
    with (ENGLISH / "messages.mo").open("rb") as file:
        compiled = read_mo(file)

    assert entries(compiled) == entries(english())
    assert compiled.plural_expr == english().plural_expr


def test_the_header_names_nobody_to_be_filled_in_later() -> None:
    head = (ENGLISH / "messages.po").read_text(encoding="utf-8").split("\n\n")[0]

    assert "@" not in head
    assert "FULL NAME" not in head
    assert "YEAR-MO-DA" not in head


def test_the_source_texts_are_vietnamese_and_the_others_are_not() -> None:
    unmarked = {text for text in texts() if not VIETNAMESE.search(text)}
    marked = [one for one in entries(english()).values() if VIETNAMESE.search(one)]

    assert unmarked <= WITHOUT_MARKS
    assert marked == []


def test_no_template_holds_words_that_cannot_be_translated() -> None:
    gettext_call = re.compile(r"""\b_\(\s*("[^"]*"|'[^']*')""")
    found = {}
    for path in sorted((ROOT / "survey" / "templates").rglob("*.html")):
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
        text = gettext_call.sub("", text).replace(OTHER_LANGUAGE, "")
        if words := VIETNAMESE.search(text):
            found[path.name] = text[max(0, words.start() - 20) : words.end() + 20]

    assert found == {}


def choose_english(client: FlaskClient) -> None:
    """Press the button of the language, as a reader does."""
    answer = client.post(
        "/ngon-ngu", data={"language": "en", "csrf_token": cast.csrf(client)}
    )
    assert answer.status_code == 303


def vietnamese_words(html: str, data: set[str]) -> list[str]:
    """What a reader of an English page meets in Vietnamese that is not data."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    assert root.get("lang") == "en"
    found = []
    for words in spoken(root):
        for name in sorted(data, key=len, reverse=True):
            words = words.replace(name, "")
        if VIETNAMESE.search(words):
            found.append(" ".join(words.split()))
    return found


def spoken(element: Any) -> Iterator[str]:
    """The texts and spoken attributes of an element and of those in it, but for what
    is said to be Vietnamese, such as a card that is printed."""
    yield element.text or ""
    for name in SPOKEN:
        yield element.get(name, "")
    for child in element:
        if isinstance(child.tag, str) and child.get("lang") != "vi":
            yield from spoken(child)
        yield child.tail or ""


@pytest.fixture
def data(session: Session, world: cast.World, settings: Settings) -> set[str]:
    """Names that are the same in both languages."""
    names = set(session.scalars(sa.select(Unit.name)))
    names |= set(session.scalars(sa.select(Procedure.name)))
    fields = sa.select(Procedure.field).where(Procedure.field.is_not(None))
    names |= set(session.scalars(fields))
    names |= set(session.scalars(sa.select(Wave.title)))
    names.add("Hài lòng")  # the title of a score rule
    names |= {settings.agency_en, settings.contact_en, OTHER_LANGUAGE}
    lists = (
        *columns.UNITS,
        *columns.PROCEDURES,
        *columns.DOSSIERS,
        *columns.REACHES,
    )
    names |= {head for column in lists for head in column.heads}
    session.rollback()  # reading began a transaction
    return names


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_in_english_is_english(
    client: FlaskClient, data: set[str], path: str
) -> None:
    choose_english(client)

    assert vietnamese_words(client.get(path).text, data) == []


@time_machine.travel(cast.NOW)
def test_a_form_in_english_is_english(
    client: FlaskClient, session: Session, world: cast.World, data: set[str]
) -> None:
    token = cast.link(session, world.wave, world.trade, procedure_id=world.petrol)
    choose_english(client)
    begun = client.get(f"/p/{token}", follow_redirects=True)
    refused = client.post(
        f"/p/{token}/gioi-thieu", data={"csrf_token": cast.csrf(client)}
    )

    assert vietnamese_words(begun.text, data) == []
    assert refused.status_code == 422
    assert vietnamese_words(refused.text, data) == []


@pytest.mark.parametrize("path", STAFF)
def test_a_page_of_the_staff_in_english_is_english(
    client: FlaskClient,
    session: Session,
    world: cast.World,
    data: set[str],
    path: str,
) -> None:
    cast.link(session, world.wave, world.trade)
    stand(session, world)
    cast.sign_in(client, session, "admin")
    choose_english(client)
    answer = client.get(path.format(wave=world.wave, trade=world.trade))

    assert answer.status_code == 200
    assert vietnamese_words(answer.text, data) == []
