"""Finds what is wrong with an installation and says what to do about it."""

from __future__ import annotations

import os
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

from survey import catalogue, clock, config, demo, jobs, tallies
from survey.cli.copies import is_sqlite
from survey.cli.faults import sentences
from survey.cli.office import application, is_set_up, reading
from survey.config import LOOPBACK_HOSTS, Settings
from survey.db import SAFE_WAL_VERSION, db
from survey.exports import pdf
from survey.models import (
    Account,
    Batch,
    Contact,
    Draft,
    Holiday,
    PublishedQuestionnaire,
    Wave,
)
from survey.upgrades import is_current

OK = "OK"
NOTE = "lưu ý / note"
FAULT = "cần xử lý / fault"
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
    yield _pdf()
    yield from _address(settings)
    yield _clock()
    yield _jobs_folder(settings)
    if not settings.instance.is_dir():
        return
    if not is_set_up(settings):
        yield Finding(
            FAULT, "chưa có cơ sở dữ liệu / there is no database yet", "survey init"
        )
        return
    try:
        app = application(settings)
        current = is_current(app)
    except Exception as error:
        words = sentences(error)
        if words is None:
            raise
        yield Finding(
            FAULT,
            f"cơ sở dữ liệu / database: {words[0]}",
            "sửa / mend SURVEY_DATABASE_URL",
        )
        return
    if not current:
        yield Finding(
            FAULT,
            "cơ sở dữ liệu chưa được nâng cấp / the database lacks migrations",
            "survey db upgrade",
        )
        return
    yield Finding(OK, f"cơ sở dữ liệu mới nhất / database up to date ({_kind(app)})")
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
            NOTE,
            f"{version} cũ, ghi chậm hơn / old, writes more slowly",
            "nâng cấp thư viện / upgrade pysqlite3",
        )
    return Finding(OK, version)


def _file_system(instance: Path) -> Finding:
    """SQLite on a network share loses data whatever the locks say."""
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return Finding(OK, "ổ đĩa: không rõ loại / unknown file system")
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
            f"SQLite nằm trên ổ mạng / on a network share ({kind})",
            "chuyển thư mục dữ liệu về ổ trong máy, hoặc dùng PostgreSQL / move it to "
            "a local disk, or use PostgreSQL",
        )
    return Finding(OK, f"ổ đĩa trong máy / local disk ({kind})")


def _instance(settings: Settings) -> Iterator[Finding]:
    folder = settings.instance
    if not folder.is_dir():
        yield Finding(FAULT, f"chưa có thư mục / no folder {folder}", "survey init")
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o022:
        yield Finding(
            FAULT,
            f"người khác ghi được vào / others may write to {folder}",
            f"chmod go-w {folder}",
        )
    else:
        yield Finding(OK, f"thư mục dữ liệu / folder {folder.resolve()}")
    for name in ("secret", "survey.toml", "survey.sqlite"):
        path = folder / name
        if path.exists() and _is_open(path, strict=name == "secret"):
            yield Finding(
                FAULT,
                f"người khác đọc được / others may read {path}",
                f"chmod 600 {path}",
            )
        elif path.exists():
            yield Finding(OK, f"quyền của / rights of {path}")
    if not settings.secret_key and not (folder / "secret").exists():
        yield Finding(FAULT, "chưa có khóa bí mật / no secret", "survey init")


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
    words = f"đĩa còn trống / free space {free / 1024**3:.1f} GB"
    if free < LEAST_SPACE:
        return Finding(
            FAULT,
            words,
            "giải phóng đĩa; khi đầy sẽ không nhận được phiếu / make room: a full "
            "disk takes no answers",
        )
    return Finding(OK, words)


def _pdf() -> Finding:
    """Paper forms are printed as PDF; everything else works without."""
    if pdf.fault() is not None:
        return Finding(
            NOTE, "chưa in được phiếu giấy / paper forms cannot be made", pdf.INSTALL
        )
    return Finding(OK, "in được phiếu giấy / paper forms can be made (PDF)")


def _address(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.public_origin)
    is_here = parts.hostname in (*LOOPBACK_HOSTS, "::1")
    if is_here:
        yield Finding(
            NOTE,
            f"địa chỉ công khai {settings.public_origin} chỉ mở được trên máy này / "
            "opens on this machine only",
            "trước khi in mã QR hãy đặt / before printing set SURVEY_PUBLIC_URL",
        )
    elif parts.scheme != "https":
        yield Finding(
            FAULT,
            f"địa chỉ công khai {settings.public_origin} không mã hóa / not encrypted",
            "dùng / use https:// (deploy/nginx.conf)",
        )
    else:
        yield Finding(
            OK, f"địa chỉ công khai / public address {settings.public_origin}"
        )
    if parts.scheme == "https" and settings.trusted_proxies == 0:
        yield Finding(
            FAULT,
            "https nhưng chưa khai báo nginx ở phía trước / no proxy declared",
            "SURVEY_TRUSTED_PROXIES=1",
        )
    else:
        yield Finding(
            OK, f"số máy chủ trung gian / proxies: {settings.trusted_proxies}"
        )


def _clock() -> Finding:
    now = clock.local(clock.now())
    words = f"giờ Việt Nam / Vietnam time {now:%d/%m/%Y %H:%M} (UTC+7)"
    if now.year < 2026:
        return Finding(
            FAULT,
            f"{words}: đồng hồ sai / the clock is wrong",
            "bật đồng bộ giờ / synchronise it (timedatectl)",
        )
    return Finding(OK, words)


def _jobs_folder(settings: Settings) -> Finding:
    """Where long work puts what it makes; it may hold addresses that open a form."""
    folder = jobs.folder(settings)
    if not folder.exists():
        return Finding(OK, "chưa có việc dài nào / no long work yet")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Finding(
            FAULT,
            f"không ghi được vào / cannot write to {folder}",
            f"chown survey {folder}; chmod 700 {folder}",
        )
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return Finding(
            FAULT,
            f"người khác đọc được / others may read {folder}",
            f"chmod 700 {folder}",
        )
    return Finding(OK, f"thư mục việc dài / folder of long work {folder}")


def _kind(app: Flask) -> str:
    with app.app_context():
        return str(db.engine.dialect.name)


def _questionnaires(session: Session, settings: Settings) -> Finding:
    ids = list(session.scalars(sa.select(PublishedQuestionnaire.id)))
    for one in ids:
        catalogue.questionnaire(session, one)
    if not ids:
        return Finding(
            FAULT,
            "chưa công bố bộ phiếu nào / no questionnaire is published",
            "survey init",
        )
    return Finding(OK, f"bộ phiếu đã công bố / published: {', '.join(sorted(ids))}")


def _tallies(session: Session, settings: Settings) -> Finding:
    wrong = [
        wave.id
        for wave in session.scalars(sa.select(Wave).order_by(Wave.id))
        if tallies.check(session, wave).count
    ]
    if wrong:
        return Finding(
            FAULT,
            f"bảng đếm lệch / tallies are wrong: {', '.join(wrong)}",
            "survey tally rebuild",
        )
    return Finding(
        OK,
        "bảng đếm khớp với phiếu trả lời và đường dẫn / tallies match responses and "
        "links",
    )


def _administrators(session: Session, settings: Settings) -> Finding:
    emails = session.scalars(
        sa.select(Account.email).where(Account.role == "admin", Account.is_active)
    ).all()
    if not emails:
        return Finding(
            FAULT,
            "chưa có tài khoản quản trị / no administrator",
            "survey account add EMAIL --role admin",
        )
    return Finding(OK, f"{len(emails)} tài khoản quản trị / administrators")


def _sample(session: Session, settings: Settings) -> Finding:
    waves = session.scalars(sa.select(Wave.id).where(Wave.is_sample)).all()
    account = session.scalar(
        sa.select(Account.id).where(Account.email == demo.ACCOUNT, Account.is_active)
    )
    if not waves and account is None:
        return Finding(OK, "không có dữ liệu mẫu / no sample data")
    is_here = urlsplit(settings.public_origin).hostname in LOOPBACK_HOSTS
    return Finding(
        NOTE if is_here else FAULT,
        "còn dữ liệu mẫu / there are sample data",
        "survey demo --remove",
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
            + sa.select(sa.func.count())
            .select_from(Batch)
            .where(Batch.key_until <= now - timedelta(days=SPARE_DAYS))
            .scalar_subquery()
        )
    )
    if waiting:
        return Finding(
            FAULT,
            f"{waiting} mục quá hạn lưu chưa được xóa / rows kept past their time",
            "survey tidy; bật / enable survey-tidy.timer (deploy/)",
        )
    return Finding(OK, "không có gì quá hạn lưu / nothing past its time")


def _jobs(session: Session, settings: Settings) -> Finding:
    stuck = jobs.count_stuck(session, clock.now())
    if stuck:
        return Finding(
            FAULT,
            f"{stuck} việc dài bị kẹt / jobs are stuck",
            "survey work; nếu vẫn kẹt, xem nhật ký máy chủ / or see the server's log",
        )
    return Finding(OK, "không có việc dài nào bị kẹt / no job is stuck")


def _calendar(session: Session, settings: Settings) -> Finding:
    kept = session.scalar(sa.select(sa.func.max(Holiday.day)))
    last = kept or max(catalogue.calendar(session).holidays)
    if last.year < clock.today().year:
        return Finding(
            FAULT,
            f"lịch nghỉ lễ chỉ đến năm / holidays are known up to {last.year}",
            "số ngày làm việc sẽ sai; hãy bổ sung tại / working days will be wrong, "
            "add the days at /quan-tri/lich-nghi",
        )
    return Finding(OK, f"lịch nghỉ lễ đến năm / holidays up to {last.year}")


_AT_DATA: tuple[Callable[[Session, Settings], Finding], ...] = (
    _questionnaires,
    _tallies,
    _administrators,
    _sample,
    _overdue,
    _jobs,
    _calendar,
)
