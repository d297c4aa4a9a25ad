"""The day is Thursday 27 August 2026, and a business stands at its browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask

from tests import cast
from tests.respond.respondent import Respondent


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Time that stands at `cast.NOW` when the test begins."""
    with time_machine.travel(cast.NOW) as traveller:
        yield traveller


@pytest.fixture
def browser(app: Flask) -> Callable[[], Respondent]:
    """Makes browsers, each with cookies of its own."""
    return lambda: Respondent(app.test_client())


@pytest.fixture
def business(browser: Callable[[], Respondent]) -> Respondent:
    return browser()
