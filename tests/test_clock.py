"""The one clock: aware, UTC inside, Vietnam outside, no time-zone database needed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from survey import clock


@time_machine.travel(datetime(2026, 11, 22, 16, 59, tzinfo=UTC), tick=False)
def test_now_is_aware_and_in_utc():
    assert clock.now() == datetime(2026, 11, 22, 16, 59, tzinfo=UTC)
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("utc", "today"),
    [
        (datetime(2026, 11, 22, 16, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 12, 31, 20, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_today_changes_at_midnight_in_vietnam(utc, today):
    with time_machine.travel(utc, tick=False):
        assert clock.today() == today


@pytest.mark.parametrize("year", range(1976, 2038))
def test_the_fixed_offset_is_what_the_time_zone_database_says(year):
    for month in (1, 7):
        moment = datetime(year, month, 1, tzinfo=UTC)
        zoned = moment.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
        assert clock.local(moment).utcoffset() == zoned.utcoffset()


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        clock.local(datetime(2026, 11, 22))  # noqa: DTZ001
