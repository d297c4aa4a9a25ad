"""Every setting once: its default, its type and the reason it exists.

A value comes from the environment (`SURVEY_…`), else from `instance/survey.toml`,
else from the default; an unsafe value is refused at start with a sentence that says
what to write instead.
"""

from __future__ import annotations

import os
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
LOOPBACK_HOSTS = ("127.0.0.1", "localhost")


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

    contact_vi: str = "Văn phòng Sở Công Thương"
    contact_en: str = "Office of the Department of Industry and Trade"
    """Whom a business asks when something is unclear."""

    draft_days: int = 7
    """An unfinished form is deleted this many days after its last activity."""

    late_days: int = 2
    """A form begun in time may still be sent this many days after a wave's last day:
    it may have waited in a browser for the network."""

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
        ):
            if getattr(self, name) < least:
                raise ConfigError(
                    f"SURVEY_{name.upper()} phải từ {least} trở lên / must be {least} "
                    "or more"
                )

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
        return f"sqlite:///{(self.instance / 'survey.sqlite').resolve()}"

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
