"""Setting an installation up, filling it with sample data, keeping it tidy."""

from __future__ import annotations

import os
from datetime import timedelta

import click
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey import accounts, actions, catalogue, clock, codes, config, demo, jobs
from survey.cli.office import application, bring_up, work
from survey.config import Settings
from survey.db import Base, db, traces
from survey.fieldwork import retention, sweep_links, sweep_uploads
from survey.models import (
    Account,
    Contact,
    Draft,
    Funnel,
    Keyhole,
    Response,
    Wave,
)

SAMPLE_RESPONSES = 600
SAMPLE_SEED = 2026
SAMPLE_ACCOUNT_FILE = "tai-khoan-mau.txt"
USES = {
    "score_sheets": "phiếu chấm điểm / score sheets",
    "accounts": "tài khoản / accounts",
    "actions": "việc cải thiện / actions",
    "contacts": "liên hệ lại / contacts",
    "dossiers": "hồ sơ / dossiers",
    "drafts": "phiếu dở dang / drafts",
    "funnels": "số bước trả lời / counts of steps",
    "invitations": "mã QR hồ sơ / dossier links",
    "links": "mã QR / links",
    "paper_forms": "phiếu giấy / paper forms",
    "periodic_reports": "báo cáo định kỳ / periodic reports",
    "procedures": "thủ tục / procedures",
    "responses": "phiếu trả lời / responses",
    "subtotals": "tổng phụ / subtotals",
    "tallies": "bảng đếm / tallies",
    "units": "đơn vị trực thuộc / units below",
    "waves": "đợt khảo sát / waves",
}
"""The nouns of the sample, and what may hold on to a unit or procedure, by table."""


@click.command()
@click.option(
    "--sample",
    is_flag=True,
    help="Nạp dữ liệu mẫu nếu chưa có đợt nào / sample data if there is no wave yet.",
)
def init(sample: bool) -> None:
    """Chuẩn bị hệ thống; chạy lại nhiều lần được. / Set up; safe to repeat.

    Tạo thư mục dữ liệu, khóa bí mật, bảng dữ liệu và công bố bộ phiếu đi kèm.
    """
    settings = config.load()
    made = not settings.instance.exists()
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A folder that came with the source tree is open to everybody on the machine.
    settings.instance.chmod(settings.instance.stat().st_mode & 0o7770)
    settings.secret()
    app = application(settings, is_new=True)
    bring_up(app)
    with work(app) as session:
        published = catalogue.publish_packaged(session, now=clock.now())
        overtaken = catalogue.overtaken(session)
    if made or not sample:
        click.echo(f"Sẵn sàng / ready: {settings.instance.resolve()}")
        click.echo(f"Bộ phiếu / questionnaires: {', '.join(published)}")
        for one in overtaken:
            click.echo(
                f"  {one}: giữ nguyên văn đã công bố, khác văn bản đi kèm bản này / "
                "keeps the text it was published with, which the program's differs from"
            )
    if sample:
        _load_sample(app, settings)


def _load_sample(app: Flask, settings: Settings) -> None:
    today = clock.today()
    with work(app) as session:
        # An office that has an account of its own is past trying the sample.
        is_new = not any(
            session.scalar(sa.select(sa.func.count()).select_from(noun))
            for noun in (Wave, Account)
        )
        if is_new:
            click.echo("Đang nạp dữ liệu mẫu / loading sample data …")
            wave = demo.furnish(session, today=today)
            for _ in demo.respond(
                session,
                wave,
                responses=SAMPLE_RESPONSES,
                seed=SAMPLE_SEED,
                today=today,
            ):
                session.commit()
            tokens = demo.dossiers(session, wave, seed=SAMPLE_SEED, today=today)
            demo.score_sheets(session, wave, today=today, now=clock.now())
            demo.plan(session, wave, now=clock.now(), today=today)
            _make_sample_account(session, settings)
            _say_dossiers(settings, tokens)
        sample_wave = session.get(Wave, demo.WAVE)
        token = (
            demo.counter_link(session, sample_wave, today=today)
            if sample_wave is not None
            else None
        )
        is_bare = _is_without_account(session)
    _welcome(settings, token, is_without_account=is_bare)


def _make_sample_account(session: Session, settings: Settings) -> None:
    if accounts.find_account(session, demo.ACCOUNT) is not None:
        return
    # Words of a random code: typed easily, 86 bits strong.
    password = codes.grouped(codes.new_token()).lower()
    accounts.add_account(
        session, demo.ACCOUNT, role="admin", password=password, now=clock.now()
    )
    path = settings.instance / SAMPLE_ACCOUNT_FILE
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{demo.ACCOUNT}\n{password}\n")


def _say_dossiers(settings: Settings, tokens: list[str]) -> None:
    if tokens:
        click.echo("Ba đường dẫn hồ sơ mẫu, mỗi đường dẫn dùng một lần / single use:")
    for token in tokens[:3]:
        click.echo(f"  {settings.public_origin}/p/{token}")


def _is_without_account(session: Session) -> bool:
    return session.scalar(sa.select(Account.id).limit(1)) is None


def _welcome(
    settings: Settings, token: str | None, *, is_without_account: bool
) -> None:
    """What to open, and how to sign in."""
    origin = settings.public_origin
    click.echo("")
    if token is not None:
        click.echo(f"Trả lời khảo sát / answer the survey:  {origin}/p/{token}")
    click.echo(f"Dành cho cán bộ / for the staff:        {origin}/dang-nhap")
    path = settings.instance / SAMPLE_ACCOUNT_FILE
    if is_without_account:
        click.echo(
            "Tạo tài khoản / make an account: "
            ".venv/bin/survey account add EMAIL --role admin"
        )
    elif path.exists():
        email, _, password = path.read_text(encoding="utf-8").partition("\n")
        click.echo(f"Đăng nhập / sign in:  {email}  ·  {password.strip()}")
        click.echo(f"  (tài khoản mẫu, giữ trong / sample account, kept in {path})")
    click.echo("")


@click.command(name="demo")
@click.option(
    "--responses",
    "-n",
    default=SAMPLE_RESPONSES,
    show_default=True,
    type=click.IntRange(0, 10_000_000),
    help="Số phiếu thêm vào / responses to add.",
)
@click.option(
    "--seed",
    default=SAMPLE_SEED,
    show_default=True,
    type=int,
    help="Cùng số thì cùng kết quả / the same seed gives the same figures.",
)
@click.option("--remove", is_flag=True, help="Xóa mọi dữ liệu mẫu / take it all away.")
def demo_command(responses: int, seed: int, remove: bool) -> None:
    """Nạp hoặc xóa dữ liệu mẫu có đánh dấu. / Marked, removable sample data.

    Đơn vị, thủ tục, một đợt đang mở, hồ sơ, đường dẫn, phiếu trả lời giả định, việc
    cải thiện và báo cáo định kỳ.
    """
    app = application()
    if remove:
        _remove_sample(app)
        return
    today = clock.today()
    settings: Settings = app.config["SURVEY"]
    with work(app) as session:
        catalogue.publish_packaged(session, now=clock.now())
        wave = demo.furnish(session, today=today)
        tokens = demo.dossiers(session, wave, seed=seed, today=today)
        demo.score_sheets(session, wave, today=today, now=clock.now())
        session.commit()
        began = clock.now()
        for done in demo.respond(
            session, wave, responses=responses, seed=seed, today=today
        ):
            session.commit()
            click.echo(f"{done}/{responses}", err=True)
        seconds = (clock.now() - began).total_seconds()
        demo.plan(session, wave, now=clock.now(), today=today)
        token = demo.counter_link(session, wave, today=today)
        is_bare = _is_without_account(session)
    rate = responses / seconds if seconds else 0
    click.echo(
        f"Đợt mẫu / sample wave: {demo.WAVE}; thêm / added {responses} phiếu "
        f"({rate:.0f}/s)"
    )
    _say_dossiers(settings, tokens)
    _welcome(settings, token, is_without_account=is_bare)


def _remove_sample(app: Flask) -> None:
    settings: Settings = app.config["SURVEY"]
    with work(app) as session:
        removed = demo.remove(session)
        has_administrator = _has_administrator(session)
    (settings.instance / SAMPLE_ACCOUNT_FILE).unlink(missing_ok=True)
    click.echo("Đã xóa dữ liệu mẫu / sample data removed:")
    for table, count in removed.rows.items():
        if count or table == "responses":
            click.echo(f"  {count} {USES[table]}")
    kept = [("đơn vị / unit", one) for one in removed.kept_units]
    kept += [("thủ tục / procedure", one) for one in removed.kept_procedures]
    if kept:
        click.echo(
            "Giữ lại, vẫn mang dấu “mẫu”, vì dữ liệu thật đang dùng / kept, still "
            "marked as sample, because real data use them:"
        )
    for noun, one in kept:
        uses = ", ".join(USES[table] for table in one.used_by)
        click.echo(f"  {noun} {one.code} {one.name}: {uses}")
    if kept:
        click.echo(
            "Nạp danh sách thật có các mã này để bỏ dấu / load a real list with these "
            "codes to lift the mark: survey units load, survey procedures load"
        )
    if removed.kept_account:
        click.echo(
            f"Khóa {demo.ACCOUNT}, không xóa, vì đã làm việc trên dữ liệu thật / "
            "disabled, not removed: it has worked on real data"
        )
    if not has_administrator:
        click.echo(
            "Không còn tài khoản quản trị nào, chưa ai đăng nhập được để quản lý; hãy "
            "tạo / no administrator is left, make one: "
            "survey account add EMAIL --role admin"
        )


def _has_administrator(session: Session) -> bool:
    """Whether somebody can sign in who may add the others."""
    administrator = sa.exists().where(Account.role == "admin", Account.is_active)
    return bool(session.scalar(sa.select(administrator)))


@click.command()
def tidy() -> None:
    """Xóa những gì đã hết hạn lưu. / Delete what is past its time.

    Phiếu dở dang, thông tin liên hệ lại, phiên đăng nhập, tệp kết quả, khóa của lô mã,
    và ở đợt không còn nhận phiếu: thông tin hồ sơ, nơi nhận lời mời. Làm nốt việc dài
    bị dừng giữa chừng. Chạy mỗi ngày (deploy/).
    """
    app = application()
    settings: Settings = app.config["SURVEY"]
    now = clock.now()
    idle_since = now - timedelta(days=settings.draft_days)
    with work(app) as session:
        drafts = _deleted(session, Draft, Draft.touched_at <= idle_since)
        contacts = _deleted(session, Contact, Contact.delete_on <= clock.today())
        sign_ins = accounts.delete_outdated(session, now)
        erased = retention.erase(
            session, late_days=settings.late_days, now=now, today=clock.today()
        )
        session.commit()
        sweep_links(session)
        evidence = actions.sweep_files(session, now)
        session.commit()
        ended = jobs.delete_expired(session, settings, now)
        uploads = sweep_uploads(settings, now)
        # What was deleted must not stay legible in the files either, nor in which
        # order forms were sent.
        traces.level(db.engine, *_TRACED)
    click.echo(
        f"Đã xóa / deleted: {drafts} phiếu dở dang / drafts, {contacts} liên hệ / "
        f"contacts, {sign_ins} phiên đăng nhập / sign-ins, {ended} việc dài / jobs, "
        f"{uploads} tệp đã gửi lên / uploads, {evidence} tệp minh chứng đã gỡ / "
        "removed evidence"
    )
    click.echo(
        f"Đã xóa trắng / erased: {erased.keys} khóa của lô mã / keys of batches, thông "
        f"tin của {erased.facts} hồ sơ / facts of dossiers, {erased.reaches} nơi nhận "
        f"lời mời / addresses, {erased.messages} thư đã xếp hàng / messages"
    )
    resumed = jobs.take_up(app)
    if resumed:
        click.echo(f"Đã làm nốt / taken up: {resumed} việc dài / jobs")


_TRACED = tuple(
    [Base.metadata.tables[noun.__tablename__] for noun in nouns]
    for nouns in ((Response, Contact), (Draft, Keyhole, Funnel))
)


def _deleted(session: Session, noun: type, condition: sa.ColumnElement[bool]) -> int:
    result = session.execute(sa.delete(noun).where(condition))
    return int(getattr(result, "rowcount", 0))
