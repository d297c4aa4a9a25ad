"""The two packaged questionnaires and the tiny one, each loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey.questionnaire import Questionnaire, load, packaged

TINY = Path(__file__).with_name("tiny.toml")


@pytest.fixture(scope="session")
def tiny_text() -> str:
    return TINY.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def tiny(tiny_text: str) -> Questionnaire:
    return load(tiny_text, TINY.name)


@pytest.fixture(scope="session")
def full() -> Questionnaire:
    return load(packaged()["dn-2026-1"], "dn-2026-1.toml")


@pytest.fixture(scope="session")
def short() -> Questionnaire:
    return load(packaged()["loi-2026-1"], "loi-2026-1.toml")
