"""The command `survey`: each subcommand reads its arguments, calls a verb, commits."""

from __future__ import annotations

import os
import sys

import click

from survey.cli import (
    collecting,
    database,
    days,
    doctor,
    evidence,
    figures,
    frame,
    installation,
    jobs,
    links,
    mail,
    paper,
    reports,
    scoring,
    serve,
    shelf,
    staff,
)
from survey.cli.faults import say, sentences


class _Survey(click.Group):
    """Lists the commands in the order in which an office needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=_Survey,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
)
@click.version_option(package_name="survey", prog_name="survey")
def survey() -> None:
    """Khảo sát mức độ hài lòng của doanh nghiệp. / Business satisfaction survey.

    Lỗi được in thành một dòng; mã thoát 2 là dữ liệu vào chưa đúng.
    Errors are one line; exit code 2 means that what was given is wrong.
    """


shelf.questionnaire.add_command(paper.paper)
for _command in (
    installation.init,
    serve.serve,
    jobs.work,
    installation.demo_command,
    database.db_group,
    staff.account,
    shelf.questionnaire,
    shelf.units,
    shelf.procedures,
    frame.dossiers,
    collecting.wave,
    links.links,
    mail.mail,
    days.calendar_group,
    reports.reports_group,
    figures.tally,
    figures.results_group,
    scoring.scorecard_group,
    evidence.evidence_group,
    doctor.doctor,
    installation.tidy,
):
    survey.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code; a fault is told in one line."""
    try:
        code = survey.main(arguments, prog_name="survey", standalone_mode=False)
    except click.exceptions.Abort:
        say("đã dừng theo yêu cầu / stopped")
        code = 130
    except BrokenPipeError:
        # The reader of our output has gone, for example `survey wave list | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception as error:
        told = sentences(error)
        if told is None:
            raise
        for sentence in told:
            say(sentence)
        code = error.exit_code if isinstance(error, click.exceptions.Exit) else 2
    sys.exit(code or 0)
