"""Clocks: the machine's, and the one that tests move."""

from __future__ import annotations

import time

from crmkit.core.clock import Clock, FakeClock, RehearsalClock, SystemClock


def test_system_clock_tells_the_time_in_microseconds() -> None:
    """The machine's clock is in microseconds since 1970."""
    before = time.time_ns() // 1_000
    now = SystemClock().now()
    assert before <= now <= time.time_ns() // 1_000


def test_system_clock_sleeps() -> None:
    """Sleeping lets the given time pass; a negative time is none."""
    clock: Clock = SystemClock()
    start = time.monotonic()
    clock.sleep(0.02)
    clock.sleep(-1)
    assert 0.015 <= time.monotonic() - start < 5


def test_rehearsal_clock_goes_on_from_when_it_was_set() -> None:
    """Two clocks that were set at one moment tell the same time later; never one before they were set."""
    machine = FakeClock(5_000)
    assert RehearsalClock(100, machine).now() == 100
    machine.set(8_000)
    later = [RehearsalClock(100, machine, set_at) for set_at in (5_000, 5_000, 9_000)]
    assert [each.now() for each in later] == [3_100, 3_100, 100]
    machine.advance(microseconds=5)
    assert later[0].now() == 3_105


def test_fake_clock_stands_still_until_advanced() -> None:
    """A fake clock moves only when told, by any mix of units, back as well."""
    clock = FakeClock(1_000_000)
    assert clock.now() == clock.now() == 1_000_000
    assert clock.advance(1.5, minutes=1, hours=1, days=1, microseconds=7) == 1_000_000 + 90_061_500_007
    assert clock.advance(hours=-1) == clock.now() == 1_000_000 + 86_461_500_007
    clock.set(5)
    assert clock.now() == 5


def test_fake_clock_sleeps_without_waiting() -> None:
    """Sleeping on a fake clock takes no time and moves it."""
    clock: Clock = FakeClock(0)
    start = time.monotonic()
    clock.sleep(3_600)
    clock.sleep(-5)
    assert clock.now() == 3_600_000_000
    assert time.monotonic() - start < 5
