"""Faults as one line for the operator; a bug of ours still shows its traceback."""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import DBAPIError

from survey.accounts import AccountsError
from survey.catalogue import CatalogueError
from survey.config import ConfigError
from survey.fieldwork import FieldworkError, LoadError
from survey.indices import IndicesError
from survey.questionnaire import QuestionnaireError
from survey.results import ResultsError

TOLD_IN_WORDS: tuple[type[Exception], ...] = (
    AccountsError,
    CatalogueError,
    ConfigError,
    FieldworkError,
    IndicesError,
    ResultsError,
)
"""Exceptions whose message is meant for people."""


class Refusal(click.ClickException):
    """What was asked cannot be done; the message says what to do instead."""

    exit_code = 2


def say(sentence: str) -> None:
    """One line on stderr."""
    click.echo(f"survey: {' '.join(sentence.split())}", file=sys.stderr)


def sentences(error: Exception) -> list[str] | None:
    """What to say of an exception, a line each; None when it is a bug of ours."""
    if isinstance(error, click.ClickException):
        return [_with_help(error)]
    if isinstance(error, (QuestionnaireError, LoadError)):
        return [str(fault) for fault in error.faults]
    if isinstance(error, TOLD_IN_WORDS):
        return [str(error)]
    return _from_machine(error)


def _with_help(error: click.ClickException) -> str:
    words = error.format_message()
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{words} (xem / see: {error.ctx.command_path} --help)"
    return words


def _from_machine(error: Exception) -> list[str] | None:
    if isinstance(error, UnicodeDecodeError):
        return [
            "tệp không ở dạng UTF-8; hãy lưu lại dưới dạng UTF-8 / not UTF-8: "
            f"byte {error.start}"
        ]
    if isinstance(error, DBAPIError):
        return [f"cơ sở dữ liệu báo lỗi / database: {error.orig}"]
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return [f"{name}{error.strerror or error}"]
    return None
