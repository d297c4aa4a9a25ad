"""The PIN of a kiosk: hashed as a browser can hash it, and not the first one tried."""

from __future__ import annotations

import pytest

from survey import pins


def test_a_pin_is_found_right_again_and_stored_nowhere():
    kept = pins.hashed("250819")
    assert pins.matches(kept, "250819")
    assert not pins.matches(kept, "250818")
    assert "250819" not in kept
    assert kept != pins.hashed("250819"), "each with a grain of its own"
    assert len(kept) < 200, "as long as the column takes"


def test_the_hash_is_the_one_that_other_programs_compute():
    """RFC 7914, section 11: PBKDF2-HMAC-SHA256 of "Password" and "NaCl", 80,000."""
    digest = "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
    kept = f"pbkdf2-sha256$80000${b'NaCl'.hex()}${digest}"
    assert pins.matches(kept, "Password")
    assert pins.parts(kept) == (80_000, b"NaCl".hex(), digest)


@pytest.mark.parametrize(
    ("text", "fits", "easy"),
    [
        ("2508", True, False),
        ("25081945", True, False),
        ("1111", True, True),
        ("4567", True, True),
        ("098765", True, True),
        ("1357", True, False),
        ("250", False, False),
        ("250819450", False, False),
        ("25o8", False, False),
        ("２５０８", False, False),
        ("", False, False),
    ],
)
def test_what_can_be_a_pin(text, fits, easy):
    assert pins.is_pin(text) is fits
    assert not fits or pins.is_easy(text) is easy
