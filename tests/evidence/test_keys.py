"""The office's key: made once, kept to itself, and what it signs can be checked."""

from __future__ import annotations

import pytest

from survey.evidence import keys
from survey.evidence.ed25519 import is_signed


def test_what_the_key_signs_is_checked_without_the_library(tmp_path):
    assert keys.load(tmp_path) is None
    made = keys.make(tmp_path)
    public, signature = made.sign(b"manifest")
    kept = keys.load(tmp_path)
    assert kept is not None
    assert kept.public == public
    assert is_signed(bytes.fromhex(public), b"manifest", bytes.fromhex(signature))


def test_a_key_is_never_written_over_and_nobody_else_reads_it(tmp_path):
    first = keys.make(tmp_path).public
    assert (tmp_path / keys.FILE).stat().st_mode & 0o777 == 0o600
    with pytest.raises(keys.KeyFault):
        keys.make(tmp_path)
    kept = keys.load(tmp_path)
    assert kept is not None
    assert kept.public == first


def test_a_key_that_others_read_or_that_is_none_is_refused(tmp_path):
    keys.make(tmp_path)
    (tmp_path / keys.FILE).chmod(0o644)
    with pytest.raises(keys.KeyFault, match="chmod"):
        keys.load(tmp_path)
    (tmp_path / keys.FILE).chmod(0o600)
    (tmp_path / keys.FILE).write_text("no key", encoding="utf-8")
    with pytest.raises(keys.KeyFault, match="Ed25519"):
        keys.load(tmp_path)
