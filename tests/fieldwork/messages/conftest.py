"""A department that writes to its businesses, and a mail server of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from survey.config import Settings
from tests.conftest import settings_for
from tests.fieldwork.messages.mail_server import MailServer, serve

SITE = "http://khaosat.congthuong.example.gov.vn"


@pytest.fixture
def post_office() -> Iterator[MailServer]:
    mail = MailServer()
    server = serve(mail)
    yield mail
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(tmp_path: Path, database_url: str, post_office: MailServer) -> Settings:
    return settings_for(
        tmp_path,
        database_url,
        public_url=SITE,
        smtp_host="localhost",
        smtp_port=post_office.port,
        smtp_tls="none",
        smtp_from="khaosat@example.gov.vn",
        mail_per_minute=1_000_000,
    )
