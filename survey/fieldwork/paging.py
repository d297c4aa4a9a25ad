"""Long lists a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

PARAMETER = "trang"


@dataclass(frozen=True, kw_only=True)
class Pages:
    """One page of a list and the way to the others."""

    total: int
    """Rows of the whole list."""
    number: int
    count: int
    part: sa.Select[Any]
    """Selects the rows of this page."""
    arguments: Mapping[str, str]

    @classmethod
    def of(
        cls,
        session: Session,
        rows: sa.Select[Any],
        size: int,
        arguments: Mapping[str, str],
    ) -> Pages:
        """The page that the address asks for; the nearest there is."""
        counted = sa.select(sa.func.count()).select_from(rows.order_by(None).subquery())
        total = session.scalar(counted) or 0
        count = max(1, -(-total // size))
        asked = arguments.get(PARAMETER, "")
        number = int(asked[:9]) if asked.isascii() and asked.isdigit() else 1
        number = max(1, min(number, count))
        return cls(
            total=total,
            number=number,
            count=count,
            part=rows.limit(size).offset((number - 1) * size),
            arguments={k: v for k, v in arguments.items() if k != PARAMETER and v},
        )

    def address(self, number: int) -> str:
        """The address of a page of the same list."""
        return "?" + urlencode({**self.arguments, PARAMETER: number})

    @property
    def previous(self) -> str | None:
        """The address of the page before."""
        return self.address(self.number - 1) if self.number > 1 else None

    @property
    def next(self) -> str | None:
        """The address of the page after."""
        return self.address(self.number + 1) if self.number < self.count else None

    @property
    def near(self) -> list[tuple[int | None, str | None, bool]]:
        """First, last and neighbouring pages; None stands for a gap."""
        shown = sorted(
            {1, self.count}
            | set(range(max(1, self.number - 2), min(self.count, self.number + 2) + 1))
        )
        listed: list[tuple[int | None, str | None, bool]] = []
        before = 0
        for number in shown:
            if number > before + 1:
                listed.append((None, None, False))
            listed.append((number, self.address(number), number == self.number))
            before = number
        return listed
