"""The `uid` by which other systems know a record: UUID version 7 as text (RFC 9562)."""

from __future__ import annotations

import re
from itertools import accumulate
from operator import add
from random import Random
from threading import Lock

from crmkit.core.clock import Clock

# Of the 74 random bits the upper 26 stay for a millisecond and the lower 48, the last group of digits, grow.
_TAIL_BITS = 48
_STEP_BITS = 32
# A fresh tail leaves its top bit free and a step is 32 bits, so that a chunk always fits into a fresh tail.
_CHUNK = 16_384


class UidFactory:
    """Makes uids that only ever grow, in the order of their making.

    The time in a uid is the clock's millisecond; within one, the random tail grows by random steps (method 2
    of RFC 9562, section 6.2). When the clock is set back, the time of the last uid goes on being used.
    `random` is `random.SystemRandom()` outside tests. Threads may share a factory; after a fork make another.
    """

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._lock = Lock()
        self._millisecond = -1
        self._tail = 0
        self._prefix = ""

    def new(self) -> str:
        """One uid: 36 characters, lower case."""
        with self._lock:
            self._keep_up()
            step = 1 + self._random.getrandbits(_STEP_BITS)
            self._make_room(step)
            self._tail += step
            return f"{self._prefix}{self._tail:012x}"

    def batch(self, count: int) -> list[str]:
        """`count` uids in growing order, at a fraction of the cost of as many single ones."""
        made: list[str] = []
        with self._lock:
            self._keep_up()
            for start in range(0, count, _CHUNK):
                made += self._chunk(min(_CHUNK, count - start))
        return made

    def _chunk(self, count: int) -> list[str]:
        steps = memoryview(self._random.randbytes(_STEP_BITS // 8 * count)).cast("I")
        self._make_room(sum(steps) + count)
        prefix, first = self._prefix, self._tail + 1  # one more for each, because a step may be zero
        made = [f"{prefix}{tail:012x}" for tail in map(add, accumulate(steps), range(first, first + count))]
        self._tail += sum(steps) + count
        return made

    def _keep_up(self) -> None:
        millisecond = max(0, self._clock.now() // 1_000)
        if millisecond > self._millisecond:
            self._begin(millisecond)

    def _make_room(self, growth: int) -> None:
        if (self._tail + growth) >> _TAIL_BITS:
            self._begin(self._millisecond + 1)

    def _begin(self, millisecond: int) -> None:
        self._millisecond = millisecond
        stamp = f"{millisecond:012x}"
        version = f"7{self._random.getrandbits(12):03x}"
        variant = f"{0x8000 | self._random.getrandbits(14):04x}"
        self._prefix = f"{stamp[:8]}-{stamp[8:]}-{version}-{variant}-"
        self._tail = self._random.getrandbits(_TAIL_BITS - 1)


def is_uid(text: str) -> bool:
    """Whether `text` is written as a uid: 36 characters, version 7, in either case."""
    return len(text) == 36 and bool(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", text.lower())
    )
