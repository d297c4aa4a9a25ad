"""A mail server that would be used unsafely is refused when the product starts."""

from __future__ import annotations

import pytest

from survey import config
from survey.config import ConfigError

GOOD = {"smtp_host": "mail.example.gov.vn", "smtp_from": "khaosat@example.gov.vn"}


def test_a_server_is_used_with_starttls_unless_said_otherwise():
    chosen = config.load({}, **GOOD)

    assert chosen.sends_mail
    assert (chosen.smtp_port, chosen.smtp_tls) == (587, "starttls")
    assert not config.load({}).sends_mail


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"smtp_tls": "none"}, "SURVEY_SMTP_TLS"),
        ({"smtp_tls": "ssl"}, "SURVEY_SMTP_TLS"),
        ({"smtp_user": "office"}, "SURVEY_SMTP_PASSWORD"),
        ({"smtp_password": "x"}, "SURVEY_SMTP_USER"),
        ({"smtp_from": ""}, "SURVEY_SMTP_FROM"),
        ({"smtp_from": "a@b.vn\nBcc: c@d.vn"}, "SURVEY_SMTP_FROM"),
        ({"smtp_reply_to": "nobody"}, "SURVEY_SMTP_REPLY_TO"),
        ({"mail_per_minute": 0}, "SURVEY_MAIL_PER_MINUTE"),
        ({"invite_from_days": 3, "invite_by_days": 2}, "SURVEY_INVITE_BY_DAYS"),
        ({"remind_days": 21}, "SURVEY_CLOSE_DAYS"),
    ],
)
def test_an_unsafe_choice_is_refused_by_name(more, named):
    with pytest.raises(ConfigError, match=named):
        config.load({}, **{**GOOD, **more})


def test_the_password_of_the_server_is_never_shown():
    chosen = config.load({}, **GOOD, smtp_user="office", smtp_password="kept secret")

    assert "kept secret" not in repr(chosen)
