"""The time, as it is given to everything that needs it."""

from __future__ import annotations

import time
from threading import Lock
from typing import Protocol

# 1 January 2026, 12:00 UTC: a day that is no edge of anything.
_FAKE_START = 1_767_268_800_000_000


class Clock(Protocol):
    """What tells the time: the machine, or a test."""

    def now(self) -> int:
        """This instant, in microseconds since 1970 UTC."""

    def sleep(self, seconds: float) -> None:
        """Return when `seconds` have passed on this clock."""


class SystemClock:
    """The machine's own clock. It may be set back while the program runs."""

    def now(self) -> int:
        """This instant, in microseconds since 1970 UTC."""
        return time.time_ns() // 1_000

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`; zero and less return at once."""
        time.sleep(max(0.0, seconds))


class RehearsalClock:
    """A clock that was set to `start` at the machine's instant `set_at` and goes on from there, as fast as
    the machine's.

    For rehearsals on old data: `clock` under `[crs]`. It is set when the file is written, so that one command
    after the other sees time go on.
    """

    def __init__(self, start: int, machine: Clock, set_at: int | None = None) -> None:
        self._machine = machine
        now = machine.now()
        self._ahead = start - (now if set_at is None else min(set_at, now))

    def now(self) -> int:
        """The instant of the rehearsal, in microseconds since 1970 UTC."""
        return self._machine.now() + self._ahead

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of the machine's time."""
        self._machine.sleep(seconds)


class FakeClock:
    """A clock that stands still until it is told to go on; sleeping on it takes no time.

    `start` is in microseconds since 1970 UTC. Threads may share it.
    """

    def __init__(self, start: int = _FAKE_START) -> None:
        self._now = start
        self._lock = Lock()

    def now(self) -> int:
        """The instant at which the clock stands, in microseconds since 1970 UTC."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Put the clock on by `seconds` and return at once."""
        self.advance(max(0.0, seconds))

    def advance(
        self,
        seconds: float = 0,
        *,
        minutes: float = 0,
        hours: float = 0,
        days: float = 0,
        microseconds: int = 0,
    ) -> int:
        """Put the clock on by the sum of what is given (back where it is negative); the new instant."""
        by = round((seconds + 60 * minutes + 3_600 * hours + 86_400 * days) * 1_000_000) + microseconds
        with self._lock:
            self._now += by
            return self._now

    def set(self, instant: int) -> None:
        """Put the clock to `instant`, earlier or later than it was."""
        with self._lock:
            self._now = instant
