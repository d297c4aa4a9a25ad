"""Finds what is wrong with an installation and says what to do about it."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
import pysqlite3
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey import catalogue, clock, config, demo, tallies
from survey.cli.copies import is_sqlite
from survey.cli.faults import sentences
from survey.cli.office import application, is_current, reading
from survey.config import LOOPBACK_HOSTS, Settings
from survey.db import SAFE_WAL_VERSION, db
from survey.models import (
    Account,
    Contact,
    Draft,
    Holiday,
    PublishedQuestionnaire,
    Wave,
)

OK = "OK"
NOTE = "lưu ý"
FAULT = "cần xử lý"
LEAST_SPACE = 500 * 1024 * 1024
SPARE_DAYS = 3
NETWORK_FILE_SYSTEMS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it stands, and what to do if it does not stand well."""

    state: str
    subject: str
    remedy: str = ""

    def __str__(self) -> str:
        words = f"[{self.state}] {self.subject}"
        return f"{words} → {self.remedy}" if self.remedy else words


@click.command()
def doctor() -> None:
    """Khám hệ thống; mã thoát 1 nếu có chỗ cần xử lý. / Find faults; exit 1 if any."""
    faults = 0
    for finding in findings(config.load()):
        click.echo(str(finding))
        faults += finding.state == FAULT
    click.echo(f"{faults} chỗ cần xử lý / faults" if faults else "Hệ thống tốt / good")
    if faults:
        raise click.exceptions.Exit(1)


def findings(settings: Settings) -> Iterator[Finding]:
    """Everything that is worth a look, the machine first, the data last."""
    yield _python()
    if is_sqlite(settings):
        yield _sqlite()
        yield _file_system(settings.instance)
    yield from _instance(settings)
    yield _space(settings.instance)
    yield from _address(settings)
    yield _clock()
    if not settings.instance.is_dir():
        return
    try:
        app = application(settings)
        current = is_current(app)
    except Exception as error:
        words = sentences(error)
        if words is None:
            raise
        yield Finding(FAULT, f"cơ sở dữ liệu: {words[0]}", "sửa SURVEY_DATABASE_URL")
        return
    if not current:
        yield Finding(FAULT, "cơ sở dữ liệu chưa được nâng cấp", "survey db upgrade")
        return
    yield Finding(OK, f"cơ sở dữ liệu ở phiên bản mới nhất ({_kind(app)})")
    with reading(app) as session:
        for look in _AT_DATA:
            yield look(session, settings)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(OK, f"Python {version}")


def _sqlite() -> Finding:
    version = f"SQLite {pysqlite3.sqlite_version}"
    if pysqlite3.sqlite_version_info < SAFE_WAL_VERSION:
        return Finding(
            NOTE, f"{version} cũ, ghi chậm hơn", "nâng cấp thư viện pysqlite3"
        )
    return Finding(OK, version)


def _file_system(instance: Path) -> Finding:
    """SQLite on a network share loses data whatever the locks say."""
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return Finding(OK, "ổ đĩa: không rõ loại")
    folder = instance.resolve()
    best, kind = Path("/"), "?"
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, point, found, *_ = line.split()
        place = Path(point)
        if folder.is_relative_to(place) and len(place.parts) >= len(best.parts):
            best, kind = place, found
    if kind in NETWORK_FILE_SYSTEMS:
        return Finding(
            FAULT,
            f"SQLite nằm trên ổ mạng ({kind})",
            "chuyển thư mục dữ liệu về ổ trong máy, hoặc dùng PostgreSQL",
        )
    return Finding(OK, f"ổ đĩa trong máy ({kind})")


def _instance(settings: Settings) -> Iterator[Finding]:
    folder = settings.instance
    if not folder.is_dir():
        yield Finding(FAULT, f"chưa có thư mục {folder}", "survey init")
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o022:
        yield Finding(
            FAULT, f"người khác ghi được vào {folder}", f"chmod go-w {folder}"
        )
    else:
        yield Finding(OK, f"thư mục dữ liệu {folder.resolve()}")
    for name in ("secret", "survey.toml", "survey.sqlite"):
        path = folder / name
        if path.exists() and _is_open(path, strict=name == "secret"):
            yield Finding(FAULT, f"người khác đọc được {path}", f"chmod 600 {path}")
        elif path.exists():
            yield Finding(OK, f"quyền của {path}")
    if not settings.secret_key and not (folder / "secret").exists():
        yield Finding(FAULT, "chưa có khóa bí mật", "survey init")


def _is_open(path: Path, *, strict: bool) -> bool:
    mode = stat.S_IMODE(path.stat().st_mode)
    if strict:
        return bool(mode & 0o077)
    # A folder that others cannot enter protects what is in it.
    folder = stat.S_IMODE(path.parent.stat().st_mode)
    return bool(mode & 0o004 and folder & 0o001)


def _space(folder: Path) -> Finding:
    while not folder.exists():
        folder = folder.resolve().parent
    free = shutil.disk_usage(folder).free
    words = f"đĩa còn trống {free / 1024**3:.1f} GB"
    if free < LEAST_SPACE:
        return Finding(FAULT, words, "giải phóng đĩa; khi đầy sẽ không nhận được phiếu")
    return Finding(OK, words)


def _address(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.public_origin)
    is_here = parts.hostname in (*LOOPBACK_HOSTS, "::1")
    if is_here:
        yield Finding(
            NOTE,
            f"địa chỉ công khai {settings.public_origin} chỉ mở được trên máy này",
            "trước khi in mã QR hãy đặt SURVEY_PUBLIC_URL",
        )
    elif parts.scheme != "https":
        yield Finding(
            FAULT,
            f"địa chỉ công khai {settings.public_origin} không mã hóa",
            "dùng https:// (deploy/nginx.conf)",
        )
    else:
        yield Finding(OK, f"địa chỉ công khai {settings.public_origin}")
    if parts.scheme == "https" and settings.trusted_proxies == 0:
        yield Finding(
            FAULT,
            "https nhưng chưa khai báo nginx ở phía trước",
            "SURVEY_TRUSTED_PROXIES=1",
        )
    else:
        yield Finding(OK, f"số máy chủ trung gian: {settings.trusted_proxies}")


def _clock() -> Finding:
    now = clock.local(clock.now())
    words = f"giờ Việt Nam {now:%d/%m/%Y %H:%M} (UTC+7)"
    if now.year < 2026:
        return Finding(FAULT, f"{words}: đồng hồ sai", "bật đồng bộ giờ (timedatectl)")
    return Finding(OK, words)


def _kind(app: Flask) -> str:
    with app.app_context():
        return str(db.engine.dialect.name)


def _questionnaires(session: Session, settings: Settings) -> Finding:
    ids = list(session.scalars(sa.select(PublishedQuestionnaire.id)))
    for one in ids:
        catalogue.questionnaire(session, one)
    if not ids:
        return Finding(FAULT, "chưa công bố bộ phiếu nào", "survey init")
    return Finding(OK, f"bộ phiếu đã công bố: {', '.join(sorted(ids))}")


def _tallies(session: Session, settings: Settings) -> Finding:
    wrong = [
        wave.id
        for wave in session.scalars(sa.select(Wave).order_by(Wave.id))
        if tallies.differences(session, wave)
    ]
    if wrong:
        return Finding(
            FAULT, f"bảng đếm lệch: {', '.join(wrong)}", "survey tally rebuild"
        )
    return Finding(OK, "bảng đếm khớp với phiếu trả lời")


def _administrators(session: Session, settings: Settings) -> Finding:
    emails = session.scalars(
        sa.select(Account.email).where(Account.role == "admin", Account.is_active)
    ).all()
    if not emails:
        return Finding(
            FAULT, "chưa có tài khoản quản trị", "survey account add EMAIL --role admin"
        )
    return Finding(OK, f"{len(emails)} tài khoản quản trị")


def _sample(session: Session, settings: Settings) -> Finding:
    waves = session.scalars(sa.select(Wave.id).where(Wave.is_sample)).all()
    account = session.scalar(
        sa.select(Account.id).where(Account.email == demo.ACCOUNT, Account.is_active)
    )
    if not waves and account is None:
        return Finding(OK, "không có dữ liệu mẫu")
    is_here = urlsplit(settings.public_origin).hostname in LOOPBACK_HOSTS
    return Finding(
        NOTE if is_here else FAULT, "còn dữ liệu mẫu", "survey demo --remove"
    )


def _overdue(session: Session, settings: Settings) -> Finding:
    """What `survey tidy` should have deleted days ago."""
    now = clock.now()
    idle = now - timedelta(days=settings.draft_days + SPARE_DAYS)
    late = clock.today() - timedelta(days=SPARE_DAYS)
    waiting = session.scalar(
        sa.select(
            sa.select(sa.func.count())
            .select_from(Draft)
            .where(Draft.touched_at <= idle)
            .scalar_subquery()
            + sa.select(sa.func.count())
            .select_from(Contact)
            .where(Contact.delete_on <= late)
            .scalar_subquery()
        )
    )
    if waiting:
        return Finding(
            FAULT,
            f"{waiting} mục quá hạn lưu chưa được xóa",
            "survey tidy; bật survey-tidy.timer (deploy/)",
        )
    return Finding(OK, "không có gì quá hạn lưu")


def _calendar(session: Session, settings: Settings) -> Finding:
    kept = session.scalar(sa.select(sa.func.max(Holiday.day)))
    last = kept or max(catalogue.calendar(session).holidays)
    if last.year < clock.today().year:
        return Finding(
            FAULT,
            f"lịch nghỉ lễ chỉ đến năm {last.year}",
            "số ngày làm việc sẽ sai; hãy cập nhật phần mềm hoặc lịch",
        )
    return Finding(OK, f"lịch nghỉ lễ đến năm {last.year}")


_AT_DATA: tuple[Callable[[Session, Settings], Finding], ...] = (
    _questionnaires,
    _tallies,
    _administrators,
    _sample,
    _overdue,
    _calendar,
)
