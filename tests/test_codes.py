"""Codes a person types: a slip is noticed, a look-alike understood, nothing else."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import codes

# Worked by hand, weights counted from the right, 2 stands for 0, 3 for 1, C for 8:
# receipt 3222 2222 2222 222?: weight 16 · 1 = 16, check 23 − 16 = 7, the symbol 9.
# receipt C222 2222 2222 222?: weight 16 · 8 = 128 = 5·23 + 13, check 10, the symbol F.
RECEIPT = "3222-2222-2222-2229"
OTHER_RECEIPT = "C222-2222-2222-222F"

tokens = st.builds(codes.new_token)
positions = st.integers(min_value=0, max_value=codes.TOKEN_LENGTH - 1)
symbols = st.sampled_from(codes.ALPHABET)


def test_the_alphabet_has_23_symbols_no_vowel_and_no_look_alike():
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET) == 23
    assert not set(codes.ALPHABET) & set("AEIOU01LQBSZG")


def test_a_token_has_more_than_the_80_random_bits_that_security_asks_for():
    assert (codes.TOKEN_LENGTH - 1) * math.log2(codes.BASE) > 85.9


@given(tokens)
def test_a_new_token_is_well_formed(token):
    assert len(token) == 20
    assert codes.explain(token) == "ok"


def test_no_two_new_tokens_are_equal():
    assert len({codes.new_token() for _ in range(1000)}) == 1000


@given(tokens, positions, symbols)
def test_every_single_wrong_symbol_is_caught(token, at, symbol):
    typed = token[:at] + symbol + token[at + 1 :]
    assert codes.explain(typed) == ("ok" if typed == token else "wrong_check")


@given(tokens, st.integers(min_value=0, max_value=codes.TOKEN_LENGTH - 2))
def test_every_swap_of_two_neighbours_is_caught(token, at):
    swapped = token[:at] + token[at + 1] + token[at] + token[at + 2 :]
    assert codes.explain(swapped) == ("ok" if swapped == token else "wrong_check")


@given(tokens, positions, positions)
def test_two_symbols_far_apart_changing_places_are_caught_too(token, one, two):
    typed = list(token)
    typed[one], typed[two] = typed[two], typed[one]
    swapped = "".join(typed)
    assert codes.explain(swapped) == ("ok" if swapped == token else "wrong_check")


@pytest.mark.parametrize(
    ("typed", "explanation"),
    [
        (RECEIPT, "ok"),
        (OTHER_RECEIPT, "ok"),
        ("3222 2222 2222 2229", "ok"),
        ("3ZZZ-zzzz-ZZZZ-ZZZ9", "ok"),  # Z for 2
        ("3222-2222-2222-2228", "wrong_check"),
        ("2322-2222-2222-2229", "wrong_check"),
        ("3222-2222-2222-222O", "wrong_symbol"),
        ("3222-2222-2222-22297", "wrong_length"),
        ("3222-2222-2222-222", "wrong_length"),
        ("", "wrong_length"),
        ("Ơ" * 16, "wrong_symbol"),
    ],
)
def test_explain_tells_a_typing_error_from_a_code_that_may_be_unknown(
    typed, explanation
):
    assert codes.explain(typed, codes.RECEIPT_LENGTH) == explanation


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("cdfh-jkmn", "CDFHJKMN"),
        (" C D F H\tJ\n", "CDFHJ"),
        ("C.D·F•H_J", "CDFHJ"),
        ("C\u2013D\u2014F\u2212H\u2010J", "CDFHJ"),  # dashes of word processors
        ("C\u200bD\u00adF\ufeffH", "CDFH"),  # invisible ones of messengers
        ("\uff23\uff24\uff12", "CD2"),  # full-width
        ("BSZGbszg", "85268526"),
        ("ưƯ\u0055\u031b", "WWW"),  # a lone w on a Vietnamese keyboard
        ("0O1ILQUĐ", "0O1ILQUĐ"),  # could be several symbols or none: kept, refused
    ],
)
def test_normalise_undoes_what_is_certain_and_nothing_else(typed, code):
    assert codes.normalise(typed) == code


@given(st.text())
def test_normalise_is_stable_and_explain_never_fails(typed):
    once = codes.normalise(typed)
    assert codes.normalise(once) == once
    assert codes.explain(typed) in {"ok", "wrong_length", "wrong_symbol", "wrong_check"}


@given(tokens)
def test_a_token_may_be_typed_grouped_and_in_small_letters(token):
    typed = codes.grouped(token).lower()
    assert typed.count("-") == 4
    assert codes.normalise(typed) == token


def test_wrong_symbols_are_named_once_and_in_order():
    assert codes.wrong_symbols("c0de-o0-é") == ("0", "E", "O", "É")


def test_a_receipt_is_the_same_at_every_repeat_and_another_for_another_key_or_secret():
    secret, other = b"s" * 32, b"t" * 32
    receipt = codes.receipt_from(secret, "key")
    assert receipt == codes.receipt_from(secret, "key")
    assert len({receipt, codes.receipt_from(secret, "kez")}) == 2
    assert len({receipt, codes.receipt_from(other, "key")}) == 2


def test_a_receipt_stays_what_it_was_in_earlier_versions():
    # HMAC-SHA256 of "survey:receipt\0key" modulo 23¹⁵, by openssl, digits by hand.
    assert codes.receipt_from(b"s" * 32, "key") == "3PYW-6XW7-568K-9NKF"


@given(st.binary(min_size=16, max_size=64), st.text(min_size=1))
def test_a_receipt_reads_as_four_groups_of_four_and_carries_its_check(secret, key):
    receipt = codes.receipt_from(secret, key)
    assert re.fullmatch(
        rf"([{codes.ALPHABET}]{{4}}-){{3}}[{codes.ALPHABET}]{{4}}", receipt
    )
    assert codes.explain(receipt, codes.RECEIPT_LENGTH) == "ok"


def test_a_random_receipt_has_the_same_form():
    assert codes.explain(codes.new_receipt(), codes.RECEIPT_LENGTH) == "ok"
    assert codes.new_receipt() != codes.new_receipt()


@pytest.mark.parametrize(
    ("secret", "key"), [(b"", "key"), (b"short", "key"), (b"s" * 32, "")]
)
def test_no_receipt_is_made_without_a_real_secret_and_a_key(secret, key):
    with pytest.raises(codes.CodesError):
        codes.receipt_from(secret, key)


def test_a_token_is_stored_as_a_hash_of_its_purpose_and_itself():
    token = "CDFH" * 5
    # printf 'survey:link-token\0CDFHCDFHCDFHCDFHCDFH' | sha256sum
    assert (
        codes.hashed(token)
        == "5b35d6c72808c0c6e29ef62325b4d3df248769c3c23389e72a8e4e76e2e03628"
    )
    assert token not in codes.hashed(token)
