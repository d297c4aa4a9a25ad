"""Every setting once: its default, its type and the reason it exists.

A value comes from the environment (`SURVEY_…`), else from `instance/survey.toml`,
else from the default; an unsafe value is refused at start with a sentence that says
what to write instead.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

MIN_SECRET_LENGTH = 32
SQLITE_FILE = "survey.sqlite"
LOOPBACK_HOSTS = ("127.0.0.1", "localhost")
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
)
"""An address that every mail server takes: ASCII, no blank, no second line."""


class ConfigError(Exception):
    """A setting is missing, malformed or unsafe; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an installation may choose."""

    instance: Path = Path("instance")
    """Folder of the database, the secret and survey.toml."""

    database_url: str = ""
    """Empty: SQLite in the instance folder. `postgresql+psycopg://…` in production."""

    secret_key: str = field(default="", repr=False)
    """Signs cookies and receipts. Empty: made once, kept in `instance/secret`."""

    public_url: str = "http://127.0.0.1:8000"
    """The only source of the address inside QR codes (never the Host header)."""

    trusted_proxies: int = 0
    """How many proxies in front set X-Forwarded-For and -Proto; 0 trusts none."""

    redis_url: str = ""
    """Shared store of the rate limits; empty: each process counts for itself."""

    superior_vi: str = "UBND tỉnh Khánh Hòa"
    superior_en: str = "People's Committee of Khánh Hòa Province"
    agency_vi: str = "Sở Công Thương tỉnh Khánh Hòa"
    agency_en: str = "Khánh Hòa Department of Industry and Trade"
    """Who asks: printed on every form, card and report."""

    signer_title: str = "GIÁM ĐỐC"
    """Who signs the letters to businesses: the words above the signature, a line each
    between slashes, as in `KT. GIÁM ĐỐC / PHÓ GIÁM ĐỐC`."""

    signer_name: str = ""
    """The name under the signature; empty: room is left for it."""

    contact_vi: str = "Văn phòng Sở Công Thương"
    contact_en: str = "Office of the Department of Industry and Trade"
    """Whom a business asks when something is unclear."""

    draft_days: int = 7
    """An unfinished form is deleted this many days after its last activity."""

    late_days: int = 2
    """A form begun in time may still be sent this many days after a wave's last day:
    it may have waited in a browser for the network."""

    key_hours: int = 24
    """For so long the codes of dossiers can be printed and sent again after they were
    made; then only new ones help."""

    silent_days: int = 7
    """Working days without a form begun after which a counter is pointed out."""

    census_below: int = 250
    """In a frame of fewer dossiers everyone is invited; in a larger one a sample."""

    expected_replies: int = 50
    """So many of a hundred invited are expected to answer: a sample is so much larger
    than the number of answers it needs; 100 invites no more than that."""

    invite_from_days: int = 1
    """Working days after the result from which a business is to be invited: it should
    have the result in hand."""

    invite_by_days: int = 3
    """Working days after the result by which it is to be invited: it remembers yet."""

    remind_days: int = 7
    """Days after the invitation from which who has not answered is reminded, once."""

    close_days: int = 21
    """Days after the invitation on which its link opens for the last time, so that
    every business has the same time to answer; at the latest with its wave."""

    smtp_host: str = ""
    """Server that takes the invitations by e-mail. Empty: the office sends them itself,
    from a file."""

    smtp_port: int = 587
    """Where it listens: 587 with `starttls`, 465 with `tls`."""

    smtp_tls: str = "starttls"
    """`starttls`, `tls` from the first byte, or `none`, which only a server on this
    very machine may have: what is sent holds links that answer for a business."""

    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    """How we sign in there; both or neither."""

    smtp_from: str = ""
    """Address the invitations come from; an address that did not exist comes back to
    it."""

    smtp_reply_to: str = ""
    """Where answers of businesses go, if not there."""

    mail_per_minute: int = 60
    """Most e-mails in a minute: more of them look like unwanted mail to their
    receivers."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.public_url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host:
            raise ConfigError(
                "SURVEY_PUBLIC_URL phải là địa chỉ đầy đủ, ví dụ "
                "https://khaosat.example.gov.vn / must be a full address"
            )
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ConfigError(
                "SURVEY_PUBLIC_URL chỉ gồm giao thức và tên máy chủ / must be a "
                "protocol and a host alone"
            )
        if self.secret_key and len(self.secret_key) < MIN_SECRET_LENGTH:
            raise ConfigError(
                f"SURVEY_SECRET_KEY phải dài ít nhất {MIN_SECRET_LENGTH} ký tự; "
                "bỏ trống để hệ thống tự tạo / must be longer; leave it empty to have "
                "one made"
            )
        for name, least in (
            ("trusted_proxies", 0),
            ("draft_days", 1),
            ("late_days", 0),
            ("census_below", 0),
            ("key_hours", 1),
            ("silent_days", 1),
            ("invite_from_days", 0),
            ("invite_by_days", self.invite_from_days),
            ("remind_days", 1),
            ("close_days", self.remind_days + 1),
            ("smtp_port", 1),
            ("mail_per_minute", 1),
        ):
            if getattr(self, name) < least:
                raise ConfigError(
                    f"SURVEY_{name.upper()} phải từ {least} trở lên / must be {least} "
                    "or more"
                )
        if self.expected_replies not in range(1, 101):
            raise ConfigError(
                "SURVEY_EXPECTED_REPLIES là số phần trăm từ 1 đến 100 / is a "
                "percentage from 1 to 100"
            )
        self._check_mail()

    def _check_mail(self) -> None:
        """Refuse to send mail in the open, from nobody, or half signed in."""
        if self.smtp_tls not in ("starttls", "tls", "none"):
            raise ConfigError(
                "SURVEY_SMTP_TLS là starttls, tls hoặc none / is one of these"
            )
        if bool(self.smtp_user) != bool(self.smtp_password):
            raise ConfigError(
                "SURVEY_SMTP_USER và SURVEY_SMTP_PASSWORD phải đi cùng nhau / belong "
                "together: give both or neither"
            )
        for name in ("smtp_from", "smtp_reply_to"):
            address = getattr(self, name)
            if address and not EMAIL.fullmatch(address):
                raise ConfigError(
                    f"SURVEY_{name.upper()} phải là địa chỉ thư điện tử, ví dụ "
                    "khaosat@example.gov.vn / must be an e-mail address"
                )
        if not self.smtp_host:
            return
        if not self.smtp_from:
            raise ConfigError(
                "có SURVEY_SMTP_HOST thì phải có SURVEY_SMTP_FROM / is needed with "
                "SURVEY_SMTP_HOST"
            )
        if self.smtp_tls == "none" and self.smtp_host not in LOOPBACK_HOSTS:
            raise ConfigError(
                "SURVEY_SMTP_TLS=none chỉ dùng được khi SURVEY_SMTP_HOST là máy này "
                "(127.0.0.1); hãy dùng starttls hoặc tls / is only for a server on "
                "this machine: use starttls or tls"
            )

    @property
    def sends_mail(self) -> bool:
        """Whether a server is named that takes e-mail."""
        return bool(self.smtp_host)

    @property
    def public_origin(self) -> str:
        """The public address without a slash at its end."""
        return self.public_url.rstrip("/")

    @property
    def trusted_hosts(self) -> list[str]:
        """Hosts a request may name; every other one is refused."""
        host = urlsplit(self.public_url).hostname or ""
        return [host, *LOOPBACK_HOSTS]

    @property
    def engine_url(self) -> str:
        """The SQLAlchemy address of the database."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.instance / SQLITE_FILE).resolve()}"

    def secret(self) -> str:
        """The signing secret; made and kept with mode 0600 when absent."""
        if self.secret_key:
            return self.secret_key
        path = self.instance / "secret"
        try:
            kept = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            kept = _make_secret(path)
        if len(kept) < MIN_SECRET_LENGTH:
            raise ConfigError(
                f"{path} quá ngắn; xóa tệp này để hệ thống tạo lại / too short: delete "
                "this file to have a new one made"
            )
        return kept


def _make_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written whole beside it, then named: of two processes starting at once one names
    # its secret, and neither reads half of one.
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
    return path.read_text(encoding="ascii").strip()


def load(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from the environment and `survey.toml`; `overrides` win (tests).

    Raises:
        ConfigError: a value is unknown, of the wrong type or unsafe.
    """
    env = os.environ if environment is None else environment
    instance = Path(overrides.get("instance") or env.get("SURVEY_INSTANCE", "instance"))
    values: dict[str, Any] = {**_from_file(instance / "survey.toml")}
    for setting in fields(Settings):
        text = env.get(f"SURVEY_{setting.name.upper()}")
        if text is not None and text != "":
            values[setting.name] = text
    values.update(overrides)
    values["instance"] = instance
    typed = {name: _typed(name, value) for name, value in values.items()}
    return Settings(**typed)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: không đọc được / cannot be read: {error}"
        ) from error
    known = {setting.name for setting in fields(Settings)}
    unknown = sorted(set(content) - known)
    if unknown:
        raise ConfigError(
            f"{path}: không có thiết lập tên / no such setting: {', '.join(unknown)}"
        )
    return content


def _typed(name: str, value: Any) -> Any:
    default = Settings.__dataclass_fields__[name].default
    if isinstance(default, Path):
        return Path(value)
    if isinstance(default, int):
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            raise ConfigError(
                f"SURVEY_{name.upper()} phải là số nguyên / must be a whole number, "
                f"not {value!r}"
            ) from error
    return str(value)
