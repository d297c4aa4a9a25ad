"""The command `survey` as a person types it, run inside the test."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines on standard output."""
        return self.out.splitlines()


Terminal: TypeAlias = Callable[..., Said]


def open_terminal(
    instance: Path,
    database_url: str,
    patch: pytest.MonkeyPatch,
    capture: pytest.CaptureFixture[str],
) -> Terminal:
    """A way to type commands at an installation."""
    patch.setenv("SURVEY_INSTANCE", str(instance))
    patch.setenv("SURVEY_DATABASE_URL", database_url)
    patch.setenv("SURVEY_SECRET_KEY", "a secret of the terminal, as long as it must be")

    # Here, so that only the tests that type commands load what commands need.
    from survey.cli import main

    def type_in(*arguments: object, stdin: str = "") -> Said:
        patch.setattr(sys, "stdin", io.StringIO(stdin))
        capture.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(one) for one in arguments])
        said = capture.readouterr()
        code = left.value.code
        return Said(code if isinstance(code, int) else 0, said.out, said.err)

    return type_in
