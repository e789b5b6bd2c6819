"""What the reference says of speed is what was measured, for every capability that has a goal."""

from __future__ import annotations

import importlib
from pkgutil import iter_modules

import benchmarks
from benchmarks.harness import Bench
from benchmarks.table import CAPABILITIES, PAGE, kept, page


def test_the_table_is_that_of_the_figures_kept() -> None:
    """Nobody writes figures by hand: `make bench` does."""
    assert PAGE.read_text(encoding="utf-8") == page(kept())


def test_each_benchmark_stands_under_a_capability() -> None:
    """None is measured for nothing, and none is named that there is not."""
    found = [
        bench.name
        for each in iter_modules(benchmarks.__path__)
        if each.name != "__main__"
        for bench in getattr(importlib.import_module(f"benchmarks.{each.name}"), "BENCHES", ())
        if isinstance(bench, Bench)
    ]
    named = {name.partition("@")[0] for each in CAPABILITIES for name in each.asked_by}
    assert sorted(named) == sorted(found)
