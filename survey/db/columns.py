"""Types of our own: counters side by side in one integer, and aware moments."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def added(left: bytes, right: bytes) -> bytes:
    """Add two packed integers, as SQLite keeps them."""
    return _bytes(int.from_bytes(left, "big") + int.from_bytes(right, "big"))


def _bytes(total: int) -> bytes:
    return total.to_bytes((total.bit_length() + 7) // 8 or 1, "big")


class Sum:
    """Sums packed integers over rows, for SQLite."""

    def __init__(self) -> None:
        self.total: int | None = None

    def step(self, value: bytes | None) -> None:
        if value is not None:
            self.total = (self.total or 0) + int.from_bytes(value, "big")

    def finalize(self) -> bytes | None:
        return None if self.total is None else _bytes(self.total)


class Counts(sa.types.TypeDecorator[int]):
    """Many counters side by side in one integer, so that one upsert adds a response.

    PostgreSQL keeps the integer as NUMERIC and adds it natively; SQLite keeps its
    bytes and adds with our two functions.
    """

    impl = sa.LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.Numeric())
        return dialect.type_descriptor(sa.LargeBinary())

    def process_bind_param(self, value: int | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if dialect.name == "postgresql":
            # Decimal, because Python refuses to print very long integers.
            return Decimal(value)
        return _bytes(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if dialect.name == "postgresql":
            return int(value)
        return int.from_bytes(value, "big")


class sum_counts(FunctionElement[int]):
    """Sum of a Counts column over rows; None over no rows."""

    type = Counts()
    inherit_cache = True
    name = "sum_counts"


class add_counts(FunctionElement[int]):
    """One Counts value plus another."""

    type = Counts()
    inherit_cache = True
    name = "add_counts"


@compiles(sum_counts)
def _sum(element: Any, compiler: Any, **kw: Any) -> str:
    return f"sum({compiler.process(element.clauses, **kw)})"


@compiles(sum_counts, "sqlite")
def _sum_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"sum_counts({compiler.process(element.clauses, **kw)})"


@compiles(add_counts)
def _add(element: Any, compiler: Any, **kw: Any) -> str:
    left, right = element.clauses
    return f"{compiler.process(left, **kw)} + {compiler.process(right, **kw)}"


@compiles(add_counts, "sqlite")
def _add_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"add_counts({compiler.process(element.clauses, **kw)})"


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)
