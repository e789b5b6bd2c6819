"""Uids: UUID version 7, only ever growing."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from random import Random, SystemRandom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.clock import FakeClock, SystemClock
from crmkit.core.ids import UidFactory, is_uid


class Extreme(Random):
    """Randomness at its worst: always the lowest or always the highest value."""

    def __init__(self, bit: int) -> None:
        self.bit = bit
        super().__init__(0)

    def getrandbits(self, k: int, /) -> int:
        return ((1 << k) - 1) * self.bit

    def randbytes(self, n: int) -> bytes:
        return bytes([255 * self.bit]) * n


def test_a_uid_is_a_version_7_uuid_of_the_moment() -> None:
    """A uid is canonical text of 36 characters with version, variant and the clock's millisecond."""
    clock = FakeClock(1_767_268_800_123_456)
    uid = UidFactory(clock, Random(1)).new()
    parsed = uuid.UUID(uid)
    assert str(parsed) == uid
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == 1_767_268_800_123


@given(
    st.lists(st.tuples(st.integers(-5_000, 5_000), st.integers(0, 40)), max_size=30),
    st.integers(0, 2**32),
)
def test_uids_grow_whatever_the_clock_does(moves: list[tuple[int, int]], seed: int) -> None:
    """Single uids and batches grow as text, while the clock goes on, stands still or is set back."""
    clock = FakeClock(10_000)
    factory = UidFactory(clock, Random(seed))
    made: list[str] = []
    for microseconds, count in moves:
        clock.advance(microseconds=microseconds)
        made += [factory.new(), *factory.batch(count)]
    assert all(earlier < later for earlier, later in pairwise(made))
    assert all(map(is_uid, made))


@pytest.mark.parametrize("bit", [0, 1])
def test_uids_grow_whatever_chance_does(bit: int) -> None:
    """With the lowest and the highest random numbers, over several full milliseconds, uids still grow."""
    factory = UidFactory(FakeClock(0), Extreme(bit))
    made = [*factory.batch(70_000), *(factory.new() for _ in range(100)), *factory.batch(20_000)]
    assert len(made) == 90_100
    assert all(earlier < later for earlier, later in pairwise(made))
    assert all(str(uuid.UUID(uid)) == uid for uid in made[::1_000])


def test_threads_share_a_factory() -> None:
    """Threads that draw at once never get the same uid."""
    factory = UidFactory(SystemClock(), SystemRandom())
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda n: [factory.new(), *factory.batch(n)], [200] * 50))
    made = [uid for batch in batches for uid in batch]
    assert len(set(made)) == len(made) == 50 * 201


def test_two_factories_do_not_meet() -> None:
    """Two processes that start in the same millisecond make different uids."""
    clock = FakeClock()
    made = [UidFactory(clock, SystemRandom()).batch(500) for _ in range(10)]
    assert len({uid for batch in made for uid in batch}) == 5_000


def test_an_empty_batch() -> None:
    """A batch of none, or fewer, is empty."""
    factory = UidFactory(FakeClock(), Random(1))
    assert factory.batch(0) == factory.batch(-3) == []


def test_is_uid() -> None:
    """Only text of the canonical form and version is taken for a uid, in either case."""
    uid = UidFactory(FakeClock(), Random(1)).new()
    assert is_uid(uid)
    assert is_uid(uid.upper())
    assert not any(
        map(is_uid, ["", uid[:-1], uid + "\n", str(uuid.UUID(int=2**127)), "x" * 36, uid.replace("-", "0")])
    )
