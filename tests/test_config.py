"""Settings: where each comes from, and which are refused at the start."""

from __future__ import annotations

import stat

import pytest

from survey import config
from survey.config import ConfigError, Settings


def load(tmp_path, environment=None, **overrides) -> Settings:
    return config.load(environment or {}, instance=tmp_path, **overrides)


def test_without_a_word_everything_has_a_safe_default(tmp_path):
    settings = load(tmp_path)
    assert settings.engine_url == f"sqlite:///{tmp_path}/survey.sqlite"
    assert settings.trusted_proxies == 0
    assert settings.public_origin == "http://127.0.0.1:8000"
    assert settings.draft_days == 7


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(tmp_path):
    (tmp_path / "survey.toml").write_text(
        'agency_vi = "Sở A"\nagency_en = "Department A"\ntrusted_proxies = 1\n',
        encoding="utf-8",
    )
    settings = load(tmp_path, {"SURVEY_AGENCY_VI": "Sở B", "SURVEY_AGENCY_EN": ""})
    assert settings.agency_vi == "Sở B"
    assert settings.agency_en == "Department A"
    assert settings.trusted_proxies == 1
    assert load(tmp_path, {"SURVEY_TRUSTED_PROXIES": "2"}).trusted_proxies == 2


def test_the_folder_comes_from_the_environment(tmp_path):
    settings = config.load({"SURVEY_INSTANCE": str(tmp_path / "here")})
    assert settings.instance == tmp_path / "here"
    assert settings.engine_url == f"sqlite:///{tmp_path}/here/survey.sqlite"


def test_a_database_address_is_taken_as_it_is(tmp_path):
    url = "postgresql+psycopg://survey@db/survey"
    assert load(tmp_path, {"SURVEY_DATABASE_URL": url}).engine_url == url


def test_a_file_saved_by_notepad_is_read(tmp_path):
    text = 'contact_vi = "Bà Hạnh"\r\n'.encode("utf-8-sig")
    (tmp_path / "survey.toml").write_bytes(text)
    assert load(tmp_path).contact_vi == "Bà Hạnh"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"SURVEY_PUBLIC_URL": "khaosat.example.gov.vn"}, "SURVEY_PUBLIC_URL"),
        ({"SURVEY_PUBLIC_URL": "ftp://khaosat.example.gov.vn"}, "SURVEY_PUBLIC_URL"),
        ({"SURVEY_PUBLIC_URL": "https://"}, "https://khaosat.example.gov.vn"),
        ({"SURVEY_PUBLIC_URL": "https://a.vn/khao-sat"}, "chỉ gồm giao thức"),
        ({"SURVEY_PUBLIC_URL": "https://a.vn/?x=1"}, "chỉ gồm giao thức"),
        ({"SURVEY_PUBLIC_URL": "https://a.vn/#x"}, "chỉ gồm giao thức"),
        ({"SURVEY_SECRET_KEY": "changeme"}, "ít nhất 32 ký tự"),
        ({"SURVEY_TRUSTED_PROXIES": "yes"}, "SURVEY_TRUSTED_PROXIES phải là số nguyên"),
        ({"SURVEY_TRUSTED_PROXIES": "-1"}, "trở lên"),
        ({"SURVEY_DRAFT_DAYS": "-7"}, "trở lên"),
        ({"SURVEY_DRAFT_DAYS": "1.5"}, "SURVEY_DRAFT_DAYS phải là số nguyên"),
    ],
)
def test_an_unsafe_or_malformed_value_is_refused_in_words(tmp_path, environment, told):
    with pytest.raises(ConfigError, match=told):
        load(tmp_path, environment)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"agency = 'x'\nsecret = 'y'\n", "không có thiết lập tên.*agency, secret"),
        (b"agency_vi = So", "không đọc được"),
        (b"agency_vi = '\xff\xfe'", "không đọc được"),
        (b"[survey]\nagency_vi = 'x'", "không có thiết lập tên.*survey"),
    ],
)
def test_a_file_that_says_something_else_is_refused_by_name(tmp_path, content, told):
    (tmp_path / "survey.toml").write_bytes(content)
    with pytest.raises(ConfigError, match=told) as refused:
        load(tmp_path)
    assert "survey.toml" in str(refused.value)


def test_the_public_address_has_no_slash_at_its_end(tmp_path):
    settings = load(tmp_path, {"SURVEY_PUBLIC_URL": "https://khaosat.example.gov.vn/"})
    assert settings.public_origin == "https://khaosat.example.gov.vn"
    assert "khaosat.example.gov.vn" in settings.trusted_hosts


def test_a_secret_is_made_once_and_kept_for_the_owner_alone(tmp_path):
    folder = tmp_path / "new"
    first = load(folder).secret()
    assert len(first) >= 64
    assert load(folder).secret() == first
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    assert load(tmp_path / "other").secret() != first


def test_a_secret_that_was_cut_short_is_refused(tmp_path):
    (tmp_path / "secret").write_text("short", encoding="ascii")
    with pytest.raises(ConfigError, match="xóa tệp này"):
        load(tmp_path).secret()


def test_the_secret_does_not_stand_in_what_is_printed_of_the_settings(tmp_path):
    settings = load(tmp_path, secret_key="x" * 40)
    assert "xxxx" not in repr(settings)
    assert settings.secret() == "x" * 40
