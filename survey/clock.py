"""What time it is: the only place that asks, so that a test can set it."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

# Asia/Ho_Chi_Minh as a fixed offset. Vietnam has had UTC+7 all year since 13 June
# 1975 and no summer time, and this product knows no earlier moment; zoneinfo would
# ask for a time-zone database, which slim images and Windows servers do not have.
VIETNAM: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


def now() -> datetime:
    """This moment, aware, in UTC: the form in which moments are stored."""
    return datetime.now(UTC)


def today() -> date:
    """The date in Vietnam at this moment, which is not always the date in UTC."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """A stored moment as the clock on a wall in Vietnam shows it.

    Raises:
        ValueError: the moment is naive, so nobody knows which moment it is.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(VIETNAM)
