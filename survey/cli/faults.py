"""Faults as one line for the operator; a bug of ours still shows its traceback."""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import DBAPIError

from survey.accounts import AccountsError
from survey.actions import ListError
from survey.catalogue import CatalogueError
from survey.cli.words import Told
from survey.config import ConfigError
from survey.fieldwork import Fault as RowFault
from survey.fieldwork import FieldworkError, LoadError
from survey.figures import ResultsError
from survey.indices import IndicesError
from survey.questionnaire import QuestionnaireError
from survey.questionnaire.faults import Fault as DefinitionFault
from survey.scorecard import ScorecardError
from survey.workdays import CalendarError

TOLD_IN_WORDS: tuple[type[Exception], ...] = (
    AccountsError,
    CalendarError,
    CatalogueError,
    ConfigError,
    FieldworkError,
    IndicesError,
    ListError,
    ResultsError,
    ScorecardError,
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
        return [in_both(fault) for fault in error.faults]
    if isinstance(error, TOLD_IN_WORDS):
        return [in_both(error)]
    return _from_machine(error)


def in_both(error: object) -> str:
    """What a message says, in Vietnamese and English."""
    if isinstance(error, DefinitionFault):
        # Its place in the file once, then what is wrong with it.
        return f"{error} / {error.problem.en}"
    if isinstance(error, RowFault) and error.row and isinstance(error.message, Told):
        return (
            f"Dòng {error.row}: {error.message} / "
            f"Row {error.row}: {error.message.english}"
        )
    words = error.message if isinstance(error, RowFault) else str(error)
    return words.both if isinstance(words, Told) else words


def _with_help(error: click.ClickException) -> str:
    words = error.format_message()
    if not isinstance(error, click.UsageError):
        return words
    words = f"lệnh gõ chưa đúng / {words}"
    if error.ctx is None:
        return words
    return f"{words} (xem / see: {error.ctx.command_path} --help)"


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
        words = error.strerror or error
        return [f"{name}không đọc hoặc ghi được / cannot be used: {words}"]
    return None
