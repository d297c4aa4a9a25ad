"""Every address of the house: its methods, its room, and whom it lets in."""

from __future__ import annotations

from typing import NamedTuple

from survey.models import ROLES
from tests.actions import plans


class Route(NamedTuple):
    """An address, its methods, the room it belongs to, and whom it lets in."""

    address: str
    methods: str
    room: str
    open_to: frozenset[str]


EVERYONE = frozenset({"everyone"})
STAFF = frozenset(ROLES)
ADMIN = frozenset({"admin"})
OVERSEES = frozenset({"admin", "auditor"})
COLLECTS = frozenset({"admin", "fieldworker"})
WATCHES = COLLECTS | {"auditor"}
READS = frozenset({"admin", "analyst", "auditor"})
CODES = frozenset({"admin", "analyst"})
SCORES = frozenset({"admin", "analyst"})

WAVE = "/dot-khao-sat/<wave_id>"
LINK = f"{WAVE}/duong-dan/<int:link_id>"
MESSAGES = f"{WAVE}/gui-loi-moi"
PROOF = f"{WAVE}/kiem-chung"
BATCH = f"{WAVE}/lo/<int:batch_id>"
PAPER = f"{WAVE}/phieu-giay/<int:form_id>"
TEXT = "/ket-qua/<wave_id>/loi-van"
HEAD = "/quan-tri/mau-van-ban"
COMMENTS = "/y-kien/<wave_id>"
JOB = "/viec/<job_id>"
PARTS = "<any('don-vi', 'thu-tuc', 'linh-vuc', kenh, nguon):dimension>"
SCORES_OF = "/cham-diem/<int:sheet_id>"
RULE = "/cham-diem/quy-tac/<int:rule_id>"
CRITERION = f"{SCORES_OF}/tieu-chi/<int:line_id>"
DOCUMENT = f"{CRITERION}/tai-lieu/<int:evidence_id>"
PERSON = "/quan-tri/tai-khoan/<int:account_id>"
ROUTES = {
    Route("/", "GET POST", "respond", EVERYONE),
    Route("/p/<token>", "GET", "respond", EVERYONE),
    Route("/p/<token>/<page>", "GET POST", "respond", EVERYONE),
    Route("/p/<token>/cam-on", "GET", "respond", EVERYONE),
    Route("/p/<token>/kiosk", "GET", "respond", EVERYONE),
    Route("/p/<token>/kiosk", "POST", "respond", EVERYONE),
    Route("/p/<token>/kiosk/sw.js", "GET", "respond", EVERYONE),
    Route("/p/<token>/kiosk/trang-thai", "GET", "respond", EVERYONE),
    Route("/p/<token>/kiosk/ung-dung.webmanifest", "GET", "respond", EVERYONE),
    Route("/p/<token>/lien-he", "GET POST", "respond", EVERYONE),
    Route("/xac-minh", "GET POST", "respond", EVERYONE),
    Route("/xac-minh/bang-chung", "POST", "respond", EVERYONE),
    Route("/kiem-tra-ma", "GET POST", "respond", EVERYONE),
    Route("/tro-nang", "GET", "respond", EVERYONE),
    Route("/ngon-ngu", "POST", "respond", EVERYONE),
    Route("/healthz", "GET", "health", EVERYONE),
    Route("/readyz", "GET", "health", EVERYONE),
    Route("/metrics", "GET", "health", EVERYONE),
    Route("/dang-nhap", "GET POST", "accounts", EVERYONE),
    Route("/dang-xuat", "POST", "accounts", EVERYONE),
    Route("/quan-tri/mat-khau", "GET POST", "accounts", STAFF),
    Route("/quan-tri/tai-khoan", "GET", "accounts", OVERSEES),
    Route("/quan-tri/tai-khoan/them", "GET POST", "accounts", ADMIN),
    Route(PERSON, "GET", "accounts", ADMIN),
    Route(f"{PERSON}/khoa", "POST", "accounts", ADMIN),
    Route(f"{PERSON}/mo-khoa", "POST", "accounts", ADMIN),
    Route(f"{PERSON}/mat-khau", "POST", "accounts", ADMIN),
    Route(PROOF, "GET", "evidence", STAFF),
    Route(f"{PROOF}/niem-phong", "POST", "evidence", ADMIN),
    Route(f"{PROOF}/ban-niem-phong-<int:number>.json", "GET", "evidence", STAFF),
    Route(f"{PROOF}/mo-lai", "GET POST", "evidence", ADMIN),
    Route(f"{PROOF}/tao", "POST", "evidence", READS),
    Route(f"{PROOF}/tai-lieu", "GET POST", "evidence", ADMIN | {"analyst"}),
    Route(f"{PROOF}/tai-lieu/<int:paper_id>", "GET", "evidence", STAFF),
    Route(
        f"{PROOF}/tai-lieu/<int:paper_id>/xoa",
        "POST",
        "evidence",
        ADMIN | {"analyst"},
    ),
    Route(f"{PROOF}/mo-lai/<int:wish_id>", "POST", "evidence", ADMIN),
    Route("/viec/", "GET", "jobs", STAFF),
    Route(JOB, "GET", "jobs", STAFF),
    Route(f"{JOB}/tep/<name>", "GET", "jobs", STAFF),
    Route(f"{JOB}/huy", "POST", "jobs", STAFF),
    Route(f"{JOB}/lai", "POST", "jobs", STAFF),
    Route(PROOF, "GET", "evidence", STAFF),
    Route(f"{PROOF}/niem-phong", "POST", "evidence", ADMIN),
    Route(f"{PROOF}/ban-niem-phong-<int:number>.json", "GET", "evidence", STAFF),
    Route(f"{PROOF}/mo-lai", "GET POST", "evidence", ADMIN),
    Route(f"{PROOF}/tao", "POST", "evidence", READS),
    Route(f"{PROOF}/tai-lieu", "GET POST", "evidence", ADMIN | {"analyst"}),
    Route(f"{PROOF}/tai-lieu/<int:paper_id>", "GET", "evidence", STAFF),
    Route(
        f"{PROOF}/tai-lieu/<int:paper_id>/xoa",
        "POST",
        "evidence",
        ADMIN | {"analyst"},
    ),
    Route(f"{PROOF}/mo-lai/<int:wish_id>", "POST", "evidence", ADMIN),
    Route("/viec/", "GET", "jobs", STAFF),
    Route(JOB, "GET", "jobs", STAFF),
    Route(f"{JOB}/tep/<name>", "GET", "jobs", STAFF),
    Route(f"{JOB}/huy", "POST", "jobs", STAFF),
    Route(f"{JOB}/lai", "POST", "jobs", STAFF),
    Route("/dot-khao-sat/", "GET", "fieldwork", WATCHES),
    Route("/dot-khao-sat/moi", "GET POST", "fieldwork", COLLECTS),
    Route(WAVE, "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/mo", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/dong", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/dien-tap", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ket-thuc-dien-tap", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/xoa-phieu-thu", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/cach-hoi", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/sua", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/xoa", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ho-so", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ho-so/<upload_id>", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ho-so/<upload_id>/kiem-tra", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ho-so/<upload_id>/dong-sai.csv", "GET", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ho-so/<upload_id>/bo", "POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/chon-mau", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/chon-mau", "POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/chon-mau.csv", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/the", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/the", "POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/the/<kind>.svg", "GET", "fieldwork", WATCHES),
    Route(f"{BATCH}/in", "POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/duong-dan", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/duong-dan", "POST", "fieldwork", WATCHES),  # a search, by POST
    Route(f"{WAVE}/duong-dan.csv", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/duong-dan/tao", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/duong-dan/tao-ho-so", "GET POST", "fieldwork", COLLECTS),
    Route(LINK, "GET", "fieldwork", WATCHES),
    Route(f"{LINK}/ma.<any(svg, png):kind>", "GET", "fieldwork", WATCHES),
    Route(f"{LINK}/thu-hoi", "GET POST", "fieldwork", COLLECTS),
    Route(f"{LINK}/thay-ma", "GET POST", "fieldwork", COLLECTS),
    Route(f"{LINK}/han-dung", "GET POST", "fieldwork", COLLECTS),
    Route(f"{LINK}/sua", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/theo-doi", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/lo", "GET", "fieldwork", WATCHES),
    Route(BATCH, "GET", "fieldwork", WATCHES),
    Route(f"{BATCH}/danh-sach.csv", "POST", "fieldwork", COLLECTS),
    Route(f"{BATCH}/khoa", "GET POST", "fieldwork", COLLECTS),
    Route(f"{BATCH}/thu-hoi", "GET POST", "fieldwork", COLLECTS),
    Route(f"{BATCH}/thay-ma", "GET POST", "fieldwork", COLLECTS),
    Route(f"{BATCH}/han-dung", "GET POST", "fieldwork", COLLECTS),
    Route(f"{LINK}/pin", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ty-le-tra-loi", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/ty-le-tra-loi.csv", "GET", "fieldwork", WATCHES),
    Route(MESSAGES, "GET", "fieldwork", WATCHES),
    Route(f"{MESSAGES}/noi-dung", "GET", "fieldwork", WATCHES),
    Route(f"{MESSAGES}/noi-dung", "POST", "fieldwork", COLLECTS),
    Route(f"{MESSAGES}/tao-ma", "POST", "fieldwork", COLLECTS),
    Route(f"{MESSAGES}/tep-nhac", "POST", "fieldwork", COLLECTS),
    Route(f"{MESSAGES}/ma-moi", "GET POST", "fieldwork", COLLECTS),
    Route(f"{MESSAGES}/khong-den", "POST", "fieldwork", COLLECTS),
    Route(f"{MESSAGES}/hoan-tac", "POST", "fieldwork", COLLECTS),
    Route(f"{MESSAGES}/gui-tiep", "POST", "fieldwork", COLLECTS),
    Route(f"{BATCH}/tin-nhan", "GET", "fieldwork", WATCHES),
    Route(f"{BATCH}/tin-nhan", "POST", "fieldwork", COLLECTS),
    Route(f"{BATCH}/gui-thu", "POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/phieu-giay.pdf", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/phieu-giay", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/phieu-giay/nhap", "GET POST", "fieldwork", COLLECTS),
    Route(f"{PAPER}/nhap-lai", "GET POST", "fieldwork", COLLECTS),
    Route(f"{PAPER}/doi-chieu", "GET POST", "fieldwork", COLLECTS),
    Route(f"{PAPER}/bo-lan-hai", "POST", "fieldwork", COLLECTS),
    Route(f"{PAPER}/xoa", "POST", "fieldwork", COLLECTS),
    Route("/lien-he-lai", "GET", "fieldwork", COLLECTS),
    Route("/lien-he-lai/<contact_id>/xoa", "POST", "fieldwork", COLLECTS),
    Route("/quan-tri/lich-nghi", "GET", "fieldwork", OVERSEES),
    Route("/quan-tri/lich-nghi", "POST", "fieldwork", ADMIN),
    Route("/quan-tri/lich-nghi/xoa", "POST", "fieldwork", ADMIN),
    Route("/quan-tri/lich-nghi/nap", "POST", "fieldwork", ADMIN),
    Route("/quan-tri/lich-nghi/hoan-tac", "POST", "fieldwork", ADMIN),
    Route("/quan-tri/danh-muc", "GET", "fieldwork", OVERSEES),
    Route(
        "/quan-tri/danh-muc/<any('don-vi', 'thu-tuc'):noun>",
        "GET POST",
        "fieldwork",
        ADMIN,
    ),
    *(Route(*one) for one in plans.ROUTES),
    Route("/ket-qua/", "GET", "results", READS),
    Route("/ket-qua/<wave_id>", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/giai-thich", "GET", "results", READS),
    Route(f"/ket-qua/<wave_id>/theo/{PARTS}", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/dien-bien", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/so-sanh", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/tieu-chi", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/do-nhay", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/ty-le-tra-loi", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/cach-tinh", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/tai-ve", "GET", "results", READS),
    Route(
        "/ket-qua/<wave_id>/tai-ve.<any(csv, xlsx, json, docx, pdf):format>",
        "GET",
        "results",
        READS,
    ),
    Route("/cham-diem/", "GET", "scorecard", READS),
    Route("/cham-diem/moi", "GET POST", "scorecard", ADMIN),
    Route("/cham-diem/quy-tac/", "GET", "scorecard", READS),
    Route("/cham-diem/quy-tac.toml", "GET", "scorecard", READS),
    Route("/cham-diem/quy-tac/moi", "GET POST", "scorecard", ADMIN),
    Route(RULE, "GET", "scorecard", READS),
    Route(f"{RULE}/sua", "GET POST", "scorecard", ADMIN),
    Route(f"{RULE}/xoa", "POST", "scorecard", ADMIN),
    Route(SCORES_OF, "GET", "scorecard", READS),
    Route(f"{SCORES_OF}/sua", "GET POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/chuyen", "GET POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/mo-lai", "GET POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/xoa", "GET POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/lich-su", "GET", "scorecard", READS),
    Route(f"{SCORES_OF}/thu", "GET", "scorecard", READS),
    Route(f"{SCORES_OF}/in", "GET", "scorecard", READS),
    Route(f"{SCORES_OF}/tai-ve.<any(csv, xlsx):format>", "GET", "scorecard", READS),
    Route(f"{SCORES_OF}/nhom-766", "GET POST", "scorecard", SCORES),
    Route(f"{SCORES_OF}/phieu-18-diem", "GET POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/nhan-diem", "POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/tieu-chi/moi", "GET POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/tieu-chi/nhieu", "GET POST", "scorecard", ADMIN),
    Route(CRITERION, "GET", "scorecard", READS),
    Route(f"{CRITERION}/sua", "GET POST", "scorecard", ADMIN),
    Route(f"{CRITERION}/xoa", "POST", "scorecard", ADMIN),
    Route(f"{CRITERION}/khong-ap-dung", "GET POST", "scorecard", ADMIN),
    Route(f"{CRITERION}/ap-dung", "POST", "scorecard", ADMIN),
    Route(f"{CRITERION}/tu-cham", "POST", "scorecard", SCORES),
    Route(f"{CRITERION}/bo-diem", "POST", "scorecard", SCORES),
    Route(f"{CRITERION}/tu-dot-khao-sat", "GET", "scorecard", SCORES),
    Route(f"{CRITERION}/tu-dot-khao-sat", "POST", "scorecard", SCORES),
    Route(f"{CRITERION}/tham-dinh", "POST", "scorecard", ADMIN),
    Route(f"{CRITERION}/giai-trinh", "POST", "scorecard", SCORES),
    Route(f"{CRITERION}/tai-lieu/moi", "GET POST", "scorecard", SCORES),
    Route(DOCUMENT, "GET POST", "scorecard", SCORES),
    Route(f"{DOCUMENT}/xoa", "POST", "scorecard", SCORES),
    Route(f"{DOCUMENT}/tep", "GET", "scorecard", READS),
    Route(TEXT, "GET", "drafting", READS),
    Route(TEXT, "POST", "drafting", SCORES),
    Route(f"{TEXT}/ban-dau", "POST", "drafting", SCORES),
    Route(f"{TEXT}/xem-thu.pdf", "POST", "drafting", SCORES),
    Route(HEAD, "GET", "drafting", OVERSEES),
    Route(HEAD, "POST", "drafting", ADMIN),
    Route(f"{HEAD}/bieu-trung", "POST", "drafting", ADMIN),
    Route(f"{HEAD}/bieu-trung.png", "GET", "drafting", OVERSEES),
    Route(f"{HEAD}/can-cu", "POST", "drafting", ADMIN),
    Route(
        f"{HEAD}/can-cu/<int:basis_id>/<any(len, xoa):act>", "POST", "drafting", ADMIN
    ),
    Route("/ket-qua/<wave_id>/huong-dan", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/thuc-te", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/uu-tien", "GET", "results", READS),
    Route(
        "/ket-qua/<wave_id>/huong-dan.<any(csv, xlsx):format>",
        "GET",
        "results",
        READS,
    ),
    Route(COMMENTS, "GET", "comments", READS),
    Route(f"{COMMENTS}/y-kien.csv", "GET", "comments", READS),
    Route(f"{COMMENTS}/nhat-ky", "GET", "comments", OVERSEES),
    Route(f"{COMMENTS}/phan-loai/<response_id>", "GET POST", "comments", CODES),
    Route(f"{COMMENTS}/phan-loai/<response_id>/nguyen-van", "POST", "comments", CODES),
    Route(f"{COMMENTS}/phan-loai/<response_id>/hoan-tac", "POST", "comments", CODES),
    Route("/y-kien/chu-de", "GET POST", "comments", ADMIN),
    Route("/y-kien/chu-de/<int:theme_id>", "GET POST", "comments", ADMIN),
    Route("/y-kien/chu-de/bo-dau-tien", "POST", "comments", ADMIN),
}
