"""The short form of `python -m bench kill`: what was acknowledged survives kill -9."""

from __future__ import annotations

from bench import kill, scratch


def test_an_acknowledged_form_survives_kill_9_exactly_once(settings):
    outcome = kill.run(scratch.furnish(settings), kills=3, respondents=4)

    assert outcome.failures == []
    assert outcome.acknowledged > 0
    assert (outcome.lost, outcome.doubled, outcome.unexplained) == (0, 0, 0)
    assert outcome.wrong_cells == 0
    assert max(outcome.seconds_to_ready) < 10
