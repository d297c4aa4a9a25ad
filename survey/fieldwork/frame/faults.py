"""What is wrong with a list, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _

MOST_FAULTS: Final = 50
"""So many are told on a page; a file tells them all."""


@dataclass(frozen=True)
class Fault:
    """What is wrong in a list, and where: the number of a row, 0 for the whole file."""

    row: int
    message: str

    def __str__(self) -> str:
        if self.row == 0:
            return self.message
        return str(_("Dòng %(row)s: %(message)s", row=self.row, message=self.message))


class LoadError(Exception):
    """A list cannot be taken; nothing of it was. `faults` says why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults[:MOST_FAULTS])))
        self.faults = tuple(faults)


def refused(message: str) -> LoadError:
    """The refusal of a whole file."""
    return LoadError([Fault(0, message)])
