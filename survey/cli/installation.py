"""Setting an installation up, filling it with sample data, keeping it tidy."""

from __future__ import annotations

import os
from datetime import timedelta

import click
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey import accounts, catalogue, clock, codes, config, demo
from survey.cli.office import application, work
from survey.config import Settings
from survey.db import db
from survey.models import Account, Contact, Draft, PublishedQuestionnaire, Wave
from survey.questionnaire import digest, packaged
from survey.upgrades import migrate

SAMPLE_RESPONSES = 600
SAMPLE_SEED = 2026
SAMPLE_ACCOUNT_FILE = "tai-khoan-mau.txt"
USES = {
    "accounts": "tài khoản / accounts",
    "contacts": "liên hệ lại / contacts",
    "dossiers": "hồ sơ / dossiers",
    "drafts": "phiếu dở dang / drafts",
    "invitations": "mã QR hồ sơ / dossier links",
    "links": "mã QR / links",
    "paper_forms": "phiếu giấy / paper forms",
    "procedures": "thủ tục / procedures",
    "responses": "phiếu trả lời / responses",
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
    app = application(settings)
    migrate(app)
    with work(app) as session:
        published = publish_packaged(session)
    if made or not sample:
        click.echo(f"Sẵn sàng / ready: {settings.instance.resolve()}")
        click.echo(f"Bộ phiếu / questionnaires: {', '.join(published)}")
    if sample:
        _load_sample(app, settings)


def publish_packaged(session: Session) -> list[str]:
    """Publish the packaged questionnaires that are not published yet; all their ids."""
    kept = dict(
        session.execute(
            sa.select(PublishedQuestionnaire.id, PublishedQuestionnaire.sha256)
        ).all()
    )
    texts = packaged()
    for name, text in texts.items():
        # Reading a questionnaire takes time, which a start without news can save.
        if kept.get(name) != digest(text):
            catalogue.publish(session, text, source=name, now=clock.now())
    return sorted(texts)


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

    Đơn vị, thủ tục, một đợt đang mở, hồ sơ, đường dẫn và phiếu trả lời giả định.
    """
    app = application()
    if remove:
        _remove_sample(app)
        return
    today = clock.today()
    settings: Settings = app.config["SURVEY"]
    with work(app) as session:
        publish_packaged(session)
        wave = demo.furnish(session, today=today)
        tokens = demo.dossiers(session, wave, seed=seed, today=today)
        session.commit()
        began = clock.now()
        for done in demo.respond(
            session, wave, responses=responses, seed=seed, today=today
        ):
            session.commit()
            click.echo(f"{done}/{responses}", err=True)
        seconds = (clock.now() - began).total_seconds()
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
            f"Khóa {demo.ACCOUNT}, không xóa, vì đã nhập phiếu giấy thật / disabled, "
            "not removed: it entered real forms on paper"
        )


@click.command()
def tidy() -> None:
    """Xóa những gì đã hết hạn lưu. / Delete what is past its time.

    Phiếu dở dang, thông tin liên hệ lại, phiên đăng nhập. Chạy mỗi ngày (deploy/).
    """
    app = application()
    settings: Settings = app.config["SURVEY"]
    now = clock.now()
    idle_since = now - timedelta(days=settings.draft_days)
    with work(app) as session:
        drafts = _deleted(session, Draft, Draft.touched_at <= idle_since)
        contacts = _deleted(session, Contact, Contact.delete_on <= clock.today())
        sign_ins = accounts.delete_outdated(session, now)
        session.commit()
        if db.engine.dialect.name == "sqlite":
            # What was deleted must not stay legible in the write-ahead log either.
            with db.engine.connect() as connection:
                raw = connection.connection.driver_connection
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # type: ignore[union-attr]
    click.echo(
        f"Đã xóa / deleted: {drafts} phiếu dở dang / drafts, {contacts} liên hệ / "
        f"contacts, {sign_ins} phiên đăng nhập / sign-ins"
    )


def _deleted(session: Session, noun: type, condition: sa.ColumnElement[bool]) -> int:
    result = session.execute(sa.delete(noun).where(condition))
    return int(getattr(result, "rowcount", 0))
