"""Measuring: ours and the raw baseline in turn, medians, and memory."""

from __future__ import annotations

import gc
import os
import platform
import resource
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import field, frozen

_STATUS: Final = Path("/proc/self/status")


@frozen(kw_only=True)
class Result:
    """One line of the report. Times in `unit`; `ratio` is ours to raw; `goal` what we aim at, as a
    sentence.
    """

    name: str
    ours: float
    raw: float | None
    unit: str
    goal: str
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours to raw, None without a baseline."""
        return None if self.raw is None else self.ours / self.raw


@frozen(kw_only=True)
class Bench:
    """One benchmark: `run(work)` measures in the folder `work` and yields results."""

    name: str
    run: Callable[[Path, Scale], Iterator[Result]]


@frozen(kw_only=True)
class Scale:
    """How much to measure: `full` is the documented size, otherwise a tenth of it.

    `engine` (sqlite, postgresql or duckdb) is for what can be asked of several.
    """

    full: bool
    rounds: int = 5
    engine: str = "sqlite"

    def of(self, count: int) -> int:
        """`count`, or a tenth of it."""
        return count if self.full else max(count // 10, 100)


@frozen
class Pair:
    """Medians, in seconds, of two callables that were timed in turn."""

    ours: float
    raw: float
    all: tuple[tuple[float, float], ...] = field(repr=False)


def seconds(function: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def cpu_seconds(function: Callable[[], object]) -> float:
    """How long one call keeps a processor busy, in all threads: other programs and the disk do not count."""
    start = time.process_time()
    function()
    return time.process_time() - start


def in_turn(
    ours: Callable[[], object],
    raw: Callable[[], object],
    rounds: int,
    timer: Callable[[Callable[[], object]], float] = seconds,
) -> Pair:
    """Time both `rounds` times in turn, after one call of each that does not count."""
    ours(), raw()
    timed = tuple((timer(ours), timer(raw)) for _ in range(rounds))
    return Pair(statistics.median(a for a, _ in timed), statistics.median(b for _, b in timed), timed)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def without_collector() -> Iterator[None]:
    """The cyclic collector off, for baselines that allocate nothing worth collecting."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def peak_megabytes() -> float:
    """This process's largest resident size so far."""
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    # On Linux it would be that of the process that started this one, where that one was larger.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "cores": str(os.cpu_count()),
        "system": platform.system(),
    }
