"""The fixed cast of the tests: an office, its divisions, procedures, an open wave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

from survey import catalogue, clock, codes, funnel, keyholes, tallies
from survey.accounts import sign_ins
from survey.models import Account, Link, Procedure, Unit, Wave

NOW = datetime(2026, 8, 27, 3, 0, tzinfo=UTC)
"""Thursday 27 August 2026, ten in the morning in Nha Trang."""


@dataclass(frozen=True)
class World:
    """Ids and names of the cast; rows are fetched afresh by each test."""

    province: int
    department: int
    trade: int
    energy: int
    petrol: int
    power: int
    wave: str
    short_wave: str


def enter(session: Session) -> World:
    """Put the cast on stage and commit."""
    catalogue.publish_packaged(session, now=NOW)
    province = Unit(code="UBND", name="UBND tỉnh Khánh Hòa", kind="province")
    department = Unit(
        code="SCT", name="Sở Công Thương", kind="department", parent=province
    )
    trade = Unit(
        code="TM",
        name="Phòng Quản lý Thương mại",
        kind="division",
        parent=department,
    )
    energy = Unit(
        code="NL",
        name="Phòng Quản lý Năng lượng",
        kind="division",
        parent=department,
    )
    petrol = Procedure(
        code="2.000648",
        name="Cấp GCN cửa hàng đủ điều kiện bán lẻ xăng dầu",
        field="Lưu thông hàng hóa",
        unit=trade,
        working_days=20,
        days_verified=True,
        online_level="full",
    )
    power = Procedure(
        code="2.001249",
        name="Cấp Giấy phép hoạt động phân phối điện đến 35 kV tại địa phương",
        field="Điện",
        unit=energy,
        working_days=15,
    )
    session.add_all([province, department, trade, energy, petrol, power])
    session.flush()
    for wave_id, questionnaire in (
        ("dn-quy-3", "dn-2026-1"),
        ("loi-quy-3", "loi-2026-1"),
    ):
        session.add(
            Wave(
                id=wave_id,
                title=f"Khảo sát quý III năm 2026 ({questionnaire})",
                questionnaire_id=questionnaire,
                unit_id=department.id,
                opens_on=date(2026, 7, 1),
                closes_on=date(2026, 9, 30),
                state="open",
            )
        )
    session.commit()
    return World(
        province=province.id,
        department=department.id,
        trade=trade.id,
        energy=energy.id,
        petrol=petrol.id,
        power=power.id,
        wave="dn-quy-3",
        short_wave="loi-quy-3",
    )


def link(
    session: Session,
    wave_id: str,
    unit_id: int,
    *,
    kind: str = "counter",
    procedure_id: int | None = None,
    dossier_id: int | None = None,
) -> str:
    """Make one link and commit; its token."""
    token = codes.new_token()
    link = Link(
        wave_id=wave_id,
        kind=kind,
        token_hash=codes.hashed(token),
        token=None if kind == "dossier" else token,
        unit_id=unit_id,
        procedure_id=procedure_id,
        dossier_id=dossier_id,
        made_on=NOW.date(),
    )
    session.add(link)
    if kind == "dossier":
        session.flush()
        keyholes.cut(session, [link.id])
        tallies.invite(session, wave_id, unit_id, procedure_id, links=1)
    session.commit()
    return token


def mistyped(code: str) -> str:
    """A code with one symbol wrong, which its check always tells: no other change is
    sure to (a code turned round, or another drawn, can be a right one)."""
    return code[:-1] + next(one for one in codes.ALPHABET if one != code[-1])


def spend(session: Session, link_id: int) -> None:
    """Let a dossier's link be answered, without the response, and commit."""
    session.rollback()
    assert keyholes.claim(session, link_id)
    found = session.get_one(Link, link_id)
    place = (found.wave_id, found.batch_id, found.unit_id, found.procedure_id)
    cell = funnel.Cell.of(*place, NOW.date()).of_all_dossiers()
    funnel.add(session, cell, started=1, finished=1)
    session.commit()


PASSWORD = "Con thuyền nhỏ giữa vịnh xanh"
# Of PASSWORD, made once: hashing it for every account would take the suite minutes.
PASSWORD_HASH = (
    "$argon2id$v=19$m=19456,t=3,p=1$FEDC2lGZ4VV+X52wjX/plA"
    "$+SutbaGnyM1HT0zSUP6Ums9IADF3Wtk9pYeoiDJQj10"
)


def account(
    session: Session, role: str, unit_id: int | None = None, email: str | None = None
) -> Account:
    """Make an account with PASSWORD and commit; what is returned is apart from it."""
    made = Account(
        email=email or f"{role}-{unit_id or 'all'}@example.gov.vn",
        role=role,
        unit_id=unit_id,
        password_hash=PASSWORD_HASH,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    session.expunge(made)
    # Apart, because reading it again would open a transaction that locks SQLite.
    session.commit()
    return made


def sign_in(
    client: FlaskClient, session: Session, role: str, unit_id: int | None = None
) -> Account:
    """Make an account of this role and sign the client in with it."""
    made = account(session, role, unit_id)
    enter_as(client, session, made)
    return made


def enter_as(client: FlaskClient, session: Session, made: Account) -> str:
    """Sign the client in with an account, without the form; the sign-in's token."""
    now = clock.now()
    token = sign_ins.begin(session, made, now)
    session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
        cookie["seen_at"] = int(now.timestamp())
    return token


def csrf(client: FlaskClient) -> str:
    """A csrf_token that the client's session accepts."""
    with client.session_transaction() as cookie:
        raw = cookie.setdefault("csrf_token", "0" * 40)
    key = client.application.secret_key
    return str(URLSafeTimedSerializer(str(key), salt="wtf-csrf-token").dumps(raw))
