"""Messages need an application's language; views are asked in contexts of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from flask_babel import Babel

from tests import cast


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture(scope="session")
def mouth() -> Flask:
    """An application that can do nothing but speak Vietnamese."""
    app = Flask("mouth")
    Babel(app, default_locale="vi")
    return app


@pytest.fixture
def tongue(mouth: Flask) -> Iterator[None]:
    """For tests of values alone, without any database."""
    with mouth.app_context():
        yield


@pytest.fixture
def speaking(app: Flask) -> Iterator[None]:
    """For tests that call verbs, not pages: a request would share this context."""
    with app.app_context():
        yield
