"""Seals: one spelling, one root, and a way to it that proves one receipt only."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import seals
from survey.seals import SealsError, Step

HASHES = st.lists(
    st.binary(min_size=32, max_size=32).map(bytes.hex), unique=True, max_size=40
)


def sha(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()


def test_a_value_has_one_spelling_whatever_its_order_and_form():
    assert seals.canonical({"b": [1, None, True], "a": "Sơ\u0301"}) == (
        '{"a":"Sớ","b":[1,null,true]}\n'.encode()
    )
    assert seals.canonical({"a": 1, "b": 2}) == seals.canonical({"b": 2, "a": 1})


@pytest.mark.parametrize("value", [1.5, {"a": [0.0]}, {1: "x"}, {"a": b"x"}])
def test_what_has_no_one_spelling_is_refused(value):
    with pytest.raises(SealsError):
        seals.canonical(value)


def test_the_root_of_three_is_worked_out_by_hand():
    a, b, c = ("0a" * 32, "0b" * 32, "0c" * 32)
    leaves = [sha(b"\x00" + bytes.fromhex(one)) for one in (a, b, c)]
    left = sha(b"\x01" + leaves[0] + leaves[1])
    assert seals.root([c, a, b]) == sha(b"\x01" + left + leaves[2]).hex()
    assert seals.root([a]) == leaves[0].hex()
    assert seals.root([]) == hashlib.sha256(b"").hexdigest()


@given(HASHES)
def test_every_receipt_has_a_way_to_the_root_and_no_other_leads_there(hashes):
    top = seals.root(hashes)
    for one in hashes:
        steps = seals.proof(reversed(hashes), one)
        assert len(steps) <= len(hashes).bit_length()
        assert seals.leads_to(one, steps) == top
        other = sha(bytes.fromhex(one)).hex()
        assert seals.leads_to(other, steps) != top


@given(HASHES.filter(lambda some: len(some) > 1), st.data())
def test_a_changed_step_or_a_lost_receipt_leads_elsewhere(hashes, data):
    top = seals.root(hashes)
    one = data.draw(st.sampled_from(hashes))
    steps = list(seals.proof(hashes, one))
    at = data.draw(st.integers(0, len(steps) - 1))
    turned = "left" if steps[at].side == "right" else "right"
    assert seals.leads_to(one, [*steps[:at], *steps[at + 1 :]]) != top
    steps[at] = replace(steps[at], side=turned)
    assert seals.leads_to(one, steps) != top
    assert seals.root([other for other in hashes if other != one]) != top


def test_a_receipt_that_was_not_counted_or_stands_twice_has_no_proof():
    with pytest.raises(SealsError):
        seals.proof(["0a" * 32], "0b" * 32)
    with pytest.raises(SealsError):
        seals.root(["0a" * 32, "0a" * 32])
    for step in (Step("up", "0a" * 32), Step("left", "no hash")):
        with pytest.raises(SealsError):
            seals.leads_to("0a" * 32, [step])
