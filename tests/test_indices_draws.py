"""A draw that anyone can repeat: against a second way of doing it, and by hand."""

import hashlib
from collections import Counter, defaultdict
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.indices import (
    Framed,
    IndicesError,
    Stratum,
    allocation,
    draw,
    frame_digest,
    rank,
)

codes = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
frames = st.dictionaries(
    codes,
    st.tuples(st.sampled_from(["1.1", "2.2", "3.3"]), st.sampled_from(["a", "b"])),
    max_size=60,
).map(lambda found: [Framed(code, *where) for code, where in found.items()])
frames_and_sizes = frames.flatmap(
    lambda frame: st.tuples(st.just(frame), st.integers(0, len(frame)))
)


def drawn_otherwise(seed, size, frame):
    """The same rule, written down a second time from its words on the page."""
    groups = defaultdict(list)
    for code, procedure, channel in frame:
        groups[procedure, channel].append(code)
    total = len(frame)
    shares = {key: Fraction(size * len(group), total) for key, group in groups.items()}
    taken = {key: share.numerator // share.denominator for key, share in shares.items()}
    queue = sorted(
        groups, key=lambda key: (taken[key] - shares[key], -len(groups[key]), key)
    )
    for key in queue:
        if sum(taken.values()) < size:
            taken[key] += 1
    for key in sorted(groups, key=lambda key: (-len(groups[key]), key)):
        if taken[key] == 0:
            givers = [one for one in groups if taken[one] >= 2]
            if givers:
                giver = min(
                    givers,
                    key=lambda one: (shares[one] - taken[one], -len(groups[one]), one),
                )
                taken[giver] -= 1
                taken[key] = 1
    chosen = set()
    for key, group in groups.items():
        hashes = {
            hashlib.sha256((seed + ":" + code).encode("utf-8")).hexdigest(): code
            for code in group
        }
        chosen |= {hashes[one] for one in sorted(hashes)[: taken[key]]}
    return chosen, taken


@given(st.text(max_size=20, alphabet="abc0189-_."), frames_and_sizes)
def test_a_draw_is_what_its_words_say(seed, frame_and_size):
    frame, size = frame_and_size
    drawn = draw(seed, size, frame)
    chosen, taken = drawn_otherwise(seed, size, frame) if frame else (set(), {})
    assert drawn.codes == chosen
    assert {tuple(key): count for key, count in drawn.sizes.items()} == taken
    assert len(drawn.codes) == size
    # In whatever order the frame comes.
    assert draw(seed, size, reversed(frame)).codes == drawn.codes
    assert frame_digest(reversed(frame)) == frame_digest(frame)


@given(frames_and_sizes)
def test_every_stratum_is_drawn_from_where_there_is_room(frame_and_size):
    frame, size = frame_and_size
    counts = Counter(one.stratum for one in frame)
    sizes = allocation(counts, size)
    assert sum(sizes.values()) == size
    for stratum, count in counts.items():
        share = Fraction(size * count, len(frame))
        assert 0 <= sizes[stratum] <= count
        assert sizes[stratum] <= share + 1
        assert sizes[stratum] >= (1 if size >= len(counts) else 0)


@pytest.mark.parametrize(
    ("counts", "size", "sizes"),
    [
        # 334 of 2,000: shares 250.5, 66.8, 16.7; the two largest remainders get one.
        ((1500, 400, 100), 334, (250, 67, 17)),
        # Equal remainders: the larger stratum first.
        ((3, 1), 2, (1, 1)),
        ((10, 10), 5, (3, 2)),
        # 9.9, 0.1: the small one takes one from the large.
        ((990, 10), 10, (9, 1)),
        # No room for all: the largest ones.
        ((5, 4, 3, 2), 2, (1, 1, 0, 0)),
        ((7,), 7, (7,)),
        ((7, 2), 0, (0, 0)),
    ],
)
def test_samples_are_shared_out_as_by_hand(counts, size, sizes):
    strata = [Stratum(f"{place}", "online") for place in range(len(counts))]
    shared = allocation(dict(zip(strata, counts, strict=True)), size)
    assert tuple(shared[one] for one in strata) == sizes


def test_the_place_of_a_dossier_is_a_hash_that_any_program_computes():
    # printf '%s' '2026:H32.19-0001' | sha256sum
    assert rank("2026", "H32.19-0001").startswith("77a74bf8b9262ce4")


def test_a_frame_that_differs_in_anything_has_another_digest():
    one = Framed("A", "1.1", "online")
    digests = {
        frame_digest(frame)
        for frame in (
            [],
            [one],
            [one, one._replace(code="B")],
            [one._replace(channel="postal")],
            [one._replace(procedure="1.2")],
        )
    }
    assert len(digests) == 5


@pytest.mark.parametrize("size", [-1, 3])
def test_more_than_there_are_and_doubles_cannot_be_drawn(size):
    frame = [Framed("A", "1", "x"), Framed("B", "1", "x")]
    with pytest.raises(IndicesError):
        draw("s", size, frame)
    with pytest.raises(IndicesError):
        draw("s", 1, [frame[0], frame[0]])
