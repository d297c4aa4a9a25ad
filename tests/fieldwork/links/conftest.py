"""One day, and a member of staff who may do everything with links."""

from __future__ import annotations

import pytest
import time_machine

from survey.models import Dossier
from tests import cast


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(cast.NOW, tick=False) as travelled:
        yield travelled


@pytest.fixture
def fieldworker(client, session, world):
    return cast.sign_in(client, session, "fieldworker")


@pytest.fixture
def frame(session, world):
    """Puts dossiers into the frame, of two divisions by turns."""

    def put(numbers):
        session.rollback()
        for number in numbers:
            session.add(
                Dossier(
                    wave_id=world.wave,
                    code=f"H{number}",
                    procedure_id=world.petrol if number % 2 else world.power,
                    channel="online",
                    outcome="granted",
                )
            )
        session.commit()

    return put
