"""Types of our own: counters side by side in one integer, exact points, and aware
moments."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from survey.indices.entries import FIELD_BYTES

DIGITS: Final = 12
"""Of one field where it is kept as decimal digits: no counter comes near 10¹²."""
_MOST_KEPT: Final = 10_000


class _Texts(dict[bytes, str]):
    """The digits of a field by its bytes; those of small counters are kept."""

    def __missing__(self, field: bytes) -> str:
        text = f"{int.from_bytes(field, 'big'):0{DIGITS}}"
        if len(text) != DIGITS:
            raise ValueError("a counter ran over its field")
        if len(self) < _MOST_KEPT:
            self[field] = text
        return text


class _Fields(dict[str, bytes]):
    """The bytes of a field by its digits; those of small counters are kept."""

    def __missing__(self, text: str) -> bytes:
        field = int(text).to_bytes(FIELD_BYTES, "big")
        if len(self) < _MOST_KEPT:
            self[text] = field
        return field


_TEXTS: Final = _Texts()
_FIELDS: Final = _Fields()


def decimal_of(total: int) -> Decimal:
    """Packed counters with 10¹² instead of 2⁴⁰ between them.

    Fields become digits one by one. As one binary number they would have to be
    divided by ten again and again, which takes the square of their length: three
    milliseconds for the counters of one response.

    Raises:
        ValueError: a counter with more than DIGITS digits.
        OverflowError: the total is negative.
    """
    size = -(-total.bit_length() // (8 * FIELD_BYTES)) * FIELD_BYTES
    raw = total.to_bytes(size, "big")
    texts = [_TEXTS[raw[i : i + FIELD_BYTES]] for i in range(0, size, FIELD_BYTES)]
    return Decimal("".join(texts) or 0)


def integer_of(value: Decimal) -> int:
    """The packed counters that `decimal_of` wrote, or a sum of such."""
    text = f"{value:f}"
    text = text.zfill(-(-len(text) // DIGITS) * DIGITS)
    fields = [_FIELDS[text[i : i + DIGITS]] for i in range(0, len(text), DIGITS)]
    return int.from_bytes(b"".join(fields), "big")


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

    PostgreSQL keeps it as NUMERIC, twelve digits to a counter, and adds it natively;
    SQLite keeps its bytes and adds with our two functions.
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
            return decimal_of(value)
        return _bytes(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if dialect.name == "postgresql":
            return integer_of(value)
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


class Hundredths(sa.types.TypeDecorator[Decimal]):
    """A number of two decimals, kept as a whole number of hundredths, so that both
    databases keep it exactly; more decimals are refused."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        hundredths = value * 100
        if hundredths != int(hundredths):
            raise ValueError(f"{value} has more than two decimals")
        return int(hundredths)

    def process_result_value(
        self, value: int | None, dialect: Dialect
    ) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)


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
