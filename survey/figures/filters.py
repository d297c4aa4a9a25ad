"""Which part of a wave is asked for: filters that live in the address, their choices,
and what they mean for the tallies.

Address: `don-vi` and `thu-tuc` take codes of the catalogue (`thu-tuc=khong-ro` for
responses without a procedure), `linh-vuc` the name of a field of procedures, `kenh` a
channel, `nguon` an origin or `verified` or `unverified`, `thang` a period like 2026-08,
2026-Q3, 2026-H2 or 2026, for which `tu-thang` and `den-thang` may name its first and
last month. Empty or absent means all. A unit stands for itself and all below it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue
from survey.exports import Entry, words
from survey.figures import periods
from survey.figures.periods import Period
from survey.formats import nfc
from survey.models import NO_PROCEDURE, Procedure, Unit, Wave
from survey.questionnaire.schema import Text
from survey.tallies import Selection

UNIT: Final = "don-vi"
PROCEDURE: Final = "thu-tuc"
FIELD: Final = "linh-vuc"
CHANNEL: Final = "kenh"
MONTH: Final = "thang"
ORIGIN: Final = "nguon"
FIRST: Final = "tu-thang"
LAST: Final = "den-thang"
NAMES: Final = (UNIT, FIELD, PROCEDURE, CHANNEL, MONTH, ORIGIN)
NOT_KNOWN: Final = "khong-ro"

LABELS: Final[Mapping[str, Text]] = {
    UNIT: Text(vi="Đơn vị", en="Unit"),
    FIELD: Text(vi="Lĩnh vực", en="Field"),
    PROCEDURE: Text(vi="Thủ tục", en="Procedure"),
    CHANNEL: Text(vi="Cách nộp hồ sơ", en="Filing channel"),
    MONTH: Text(vi="Kỳ trả lời", en="Period"),
    ORIGIN: Text(vi="Nguồn phiếu", en="Origin"),
    FIRST: Text(vi="Từ tháng", en="From month"),
    LAST: Text(vi="Đến tháng", en="To month"),
}
_STEMS: Final[Mapping[str, str]] = {
    UNIT: "dv-",
    FIELD: "lv-",
    PROCEDURE: "tt-",
    CHANNEL: "kenh-",
    MONTH: "thang-",
    ORIGIN: "nguon-",
}
MOST_OF_STEM: Final = 60
WITHOUT_PROCEDURE: Final = Text(vi="Không rõ thủ tục", en="Procedure not known")
VERIFIED: Final = "verified"
UNVERIFIED: Final = "unverified"
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    VERIFIED: ("dossier",),
    UNVERIFIED: tuple(one for one in words.ORIGINS if one != "dossier"),
}
"""Origins by whether we know that a dossier stands behind a response."""
_GROUPS: Final[Mapping[str, Text]] = {
    VERIFIED: Text(vi="Đã đối chiếu hồ sơ", en="Verified by a dossier"),
    UNVERIFIED: Text(
        vi="Chưa đối chiếu hồ sơ (quầy, máy tại chỗ, phiếu giấy)",
        en="Not verified (counter, kiosk, paper)",
    ),
}
_NO_SUCH_PERIOD: Final = Text(
    vi="Kết quả có theo tháng, quý, nửa năm và cả năm; khoảng tháng này không phải là "
    "một kỳ như vậy.",
    en="There are results by month, quarter, half-year and year; these months do not "
    "make one of them.",
)
_OTHER_FIELD: Final = Text(
    vi="Thủ tục này không thuộc lĩnh vực đã chọn.",
    en="This procedure does not belong to the field chosen.",
)


class UnknownChoice(LookupError):
    """A filter was given a value that this wave does not have, or not for this person.

    The name is the filter's in the address; the value is as it was typed; `why` says
    more to a person, where there is more to say.
    """

    def __init__(self, name: str, value: str, why: Text | None = None) -> None:
        super().__init__(name, value)
        self.name = name
        self.value = value
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The part of a wave that is asked for; None stands for all."""

    unit: Unit | None = None
    procedure: Procedure | None = None
    without_procedure: bool = False
    field: str | None = None
    channel: str | None = None
    origin: str | None = None
    """An origin, or one of GROUPS."""
    first_month: str | None = None
    last_month: str | None = None
    """Both or none: the months of one period, as `periods` has them."""

    def __post_init__(self) -> None:
        given = self.first_month, self.last_month
        if given != (None, None) and self.period is None:
            raise ValueError(f"{given} make no period")

    @property
    def period(self) -> Period | None:
        """The period asked for; None for all."""
        if self.first_month is None or self.last_month is None:
            return None
        return periods.between(self.first_month, self.last_month)

    @property
    def address(self) -> dict[str, str]:
        """The filters as parameters of an address."""
        procedure = self.procedure.code if self.procedure else None
        values = {
            UNIT: self.unit.code if self.unit else None,
            FIELD: self.field,
            PROCEDURE: NOT_KNOWN if self.without_procedure else procedure,
            CHANNEL: self.channel,
            MONTH: self.period.key if self.period else None,
            ORIGIN: self.origin,
        }
        return {name: value for name, value in values.items() if value is not None}


def read(
    session: Session,
    wave: Wave,
    given: Mapping[str, str],
    *,
    reach: Collection[int] | None = None,
) -> Filters:
    """Understand the filters of an address.

    Args:
        given: parameters by name; others than the filters are passed over.
        reach: ids of the units whose results may be read; None for all.
    Raises:
        UnknownChoice: a value that does not exist, or lies out of reach.
    """
    values = {name: nfc(given.get(name, "").strip()) for name in (*NAMES, FIRST, LAST)}
    for name, value in values.items():
        # No code has one, and PostgreSQL refuses a NUL with an error of its own.
        if not value.isprintable():
            raise UnknownChoice(name, value)
    without = values[PROCEDURE] == NOT_KNOWN
    procedure = None if without else _procedure(session, values[PROCEDURE])
    field = _field(session, values[FIELD])
    if field is not None and (without or (procedure and procedure.field != field)):
        raise UnknownChoice(PROCEDURE, values[PROCEDURE], _OTHER_FIELD)
    period = _period(values)
    return Filters(
        unit=_unit(session, wave, values[UNIT], reach),
        procedure=procedure,
        without_procedure=without,
        # A procedure has one field: it says no more.
        field=None if procedure else field,
        channel=_known(CHANNEL, values[CHANNEL], words.CHANNELS.__contains__),
        origin=_known(ORIGIN, values[ORIGIN], {**words.ORIGINS, **GROUPS}.__contains__),
        first_month=period.first if period else None,
        last_month=period.last if period else None,
    )


def _period(values: Mapping[str, str]) -> Period | None:
    """The period named by its key, else by its months; one month alone is itself."""
    if values[MONTH]:
        found = periods.read(values[MONTH])
        if found is None:
            raise UnknownChoice(MONTH, values[MONTH], _NO_SUCH_PERIOD)
        return found
    months = {name: values[name] for name in (FIRST, LAST) if values[name]}
    if not months:
        return None
    for name, month in months.items():
        one = periods.read(month)
        if one is None or one.length != 1:
            raise UnknownChoice(name, month)
    first = months.get(FIRST) or months[LAST]
    found = periods.between(first, months.get(LAST, first))
    if found is None:
        raise UnknownChoice(LAST, months.get(LAST, ""), _NO_SUCH_PERIOD)
    return found


def _field(session: Session, name: str) -> str | None:
    if not name:
        return None
    if session.scalar(sa.select(Procedure.id).where(Procedure.field == name)) is None:
        raise UnknownChoice(FIELD, name)
    return name


def _known(name: str, value: str, test: Callable[[str], object]) -> str | None:
    if not value:
        return None
    if not test(value):
        raise UnknownChoice(name, value)
    return value


def _unit(
    session: Session, wave: Wave, code: str, reach: Collection[int] | None
) -> Unit | None:
    if not code:
        return None
    unit = session.scalar(sa.select(Unit).where(Unit.code == code))
    if (
        unit is None
        or (reach is not None and unit.id not in reach)
        or unit.id not in catalogue.subtree(session, [wave.unit_id])
    ):
        raise UnknownChoice(UNIT, code)
    return unit


def _procedure(session: Session, code: str) -> Procedure | None:
    if not code:
        return None
    procedure = session.scalar(sa.select(Procedure).where(Procedure.code == code))
    if procedure is None:
        raise UnknownChoice(PROCEDURE, code)
    return procedure


def selection(
    session: Session, filters: Filters, *, reach: Collection[int] | None = None
) -> Selection:
    """The filters as a selection of tallies, within reach."""
    units = reach
    if filters.unit is not None:
        units = catalogue.subtree(session, [filters.unit.id])
        if reach is not None:
            units = sorted(set(units).intersection(reach))
    procedures = None
    if filters.without_procedure:
        procedures = [NO_PROCEDURE]
    elif filters.procedure is not None:
        procedures = [filters.procedure.id]
    elif filters.field is not None:
        of_field = sa.select(Procedure.id).where(Procedure.field == filters.field)
        procedures = list(session.scalars(of_field.order_by(Procedure.id)))
    origins = GROUPS.get(filters.origin or "", (filters.origin,))
    several = filters.first_month != filters.last_month
    return Selection(
        unit_ids=units,
        procedure_ids=procedures,
        channel=filters.channel,
        origin=origins[0] if len(origins) == 1 else None,
        origins=[one for one in origins if one] if len(origins) > 1 else None,
        month=None if several else filters.first_month,
        first_month=filters.first_month if several else None,
        last_month=filters.last_month if several else None,
    )


def stem(
    session: Session,
    wave: Wave,
    filters: Filters,
    *,
    reach: Collection[int] | None = None,
) -> str:
    """The filters as part of a file's name: ASCII, short, and one for each choice.

    An account that sees only its own part has that part named, so that files of two
    divisions do not carry one name.
    """
    values = filters.address
    own = _top(session, reach) if reach is not None else None
    if own is not None and own.id != wave.unit_id:
        values = {UNIT: own.code, **values}
    words = [f"{_STEMS[name]}{_ascii(value)}" for name, value in values.items()]
    short = "_".join(words)[:MOST_OF_STEM]
    if short == "_".join(f"{_STEMS[name]}{value}" for name, value in values.items()):
        return short
    # Something was left out, so that another choice might read alike.
    whole = "\n".join(f"{name}={value}" for name, value in values.items())
    return f"{short}-{hashlib.sha256(whole.encode()).hexdigest()[:6]}"


def _ascii(value: str) -> str:
    plain = unicodedata.normalize("NFD", value.replace("đ", "d").replace("Đ", "D"))
    kept = "".join(one for one in plain if not unicodedata.combining(one))
    return re.sub(r"[^A-Za-z0-9.-]", "-", kept)


def entries(
    session: Session,
    wave: Wave,
    filters: Filters,
    language: str,
    *,
    reach: Collection[int] | None = None,
) -> tuple[Entry, ...]:
    """The filters in words: the unit always, the others where they were chosen."""
    unit = top(session, wave, filters, reach)
    chosen = {UNIT: unit.name, **dict(_chosen(filters, language))}
    return tuple(
        Entry(name=LABELS[name].get(language), text=chosen[name])
        for name in NAMES
        if name in chosen
    )


def top(
    session: Session, wave: Wave, filters: Filters, reach: Collection[int] | None
) -> Unit:
    """The unit under which everything asked for lies."""
    if filters.unit is not None:
        return filters.unit
    return wave.unit if reach is None else _top(session, reach) or wave.unit


def _top(session: Session, reach: Collection[int]) -> Unit | None:
    """The unit of an account that sees only its own part."""
    units = session.scalars(sa.select(Unit).where(Unit.id.in_(reach)))
    return next((unit for unit in units if unit.parent_id not in reach), None)


def _chosen(filters: Filters, language: str) -> Iterator[tuple[str, str]]:
    if filters.without_procedure:
        yield PROCEDURE, WITHOUT_PROCEDURE.get(language)
    elif filters.procedure is not None:
        yield PROCEDURE, f"{filters.procedure.name} ({filters.procedure.code})"
    if filters.field is not None:
        yield FIELD, filters.field
    if filters.channel is not None:
        yield CHANNEL, words.CHANNELS[filters.channel].get(language)
    if filters.period is not None:
        yield MONTH, filters.period.title(language)
    if filters.origin is not None:
        yield ORIGIN, origin_text(filters.origin, language)


def origin_text(origin: str, language: str) -> str:
    """An origin or a group of them as people read it."""
    return {**words.ORIGINS, **_GROUPS}[origin].get(language)
