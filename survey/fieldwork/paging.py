"""Long lists a page at a time: with a number for each page where all rows are counted,
and by the last row seen where there are too many to count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

PARAMETER = "trang"
AFTER, BEFORE = "sau", "truoc"
MOST = 2**31 - 1
_Row = TypeVar("_Row")


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
        number = max(1, min(_number(arguments, PARAMETER) or 1, count))
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


@dataclass(frozen=True, kw_only=True)
class Window:
    """Some rows of a list that nobody counts, the highest ids first, and the way on."""

    rows: Sequence[Any]
    previous: str | None
    next: str | None

    @classmethod
    def of(
        cls,
        session: Session,
        rows: sa.Select[Any],
        row_id: Any,
        size: int,
        arguments: Mapping[str, str],
    ) -> Window:
        """The rows after, or before, the one that the address names.

        Args:
            rows: selects entities in any order.
            row_id: the column of the id by which they are shown.
        """
        after, before = _number(arguments, AFTER), _number(arguments, BEFORE)
        is_back = after is None and before is not None
        # The ids alone first: what else a row brings is then looked up for these few.
        part = rows.order_by(None).with_only_columns(row_id).limit(size + 1)
        if is_back:
            part = part.where(row_id > before).order_by(row_id)
        else:
            part = part.order_by(row_id.desc())
            if after is not None:
                part = part.where(row_id < after)
        ids = list(session.scalars(part))
        is_more = len(ids) > size
        page = rows.order_by(None).where(row_id.in_(ids[:size]))
        found = list(session.scalars(page.order_by(row_id.desc())))
        kept = {k: v for k, v in arguments.items() if k not in (AFTER, BEFORE) and v}

        def address(parameter: str, row: Any) -> str:
            return "?" + urlencode({**kept, parameter: row.id})

        has_before = is_more if is_back else after is not None
        has_after = True if is_back else is_more
        return cls(
            rows=found,
            previous=address(BEFORE, found[0]) if found and has_before else None,
            next=address(AFTER, found[-1]) if found and has_after else None,
        )


def _number(arguments: Mapping[str, str], parameter: str) -> int | None:
    asked = arguments.get(parameter, "")
    if not (asked.isascii() and asked.isdigit()):
        return None
    return min(int(asked[:12]), MOST)
