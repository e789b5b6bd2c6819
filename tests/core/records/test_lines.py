"""In which lines of a file numbers are."""

from __future__ import annotations

from crmkit.core.records.lines import Lines
from crmkit.core.records.numbers import Number


def test_a_number_is_in_the_line_in_which_it_came_first() -> None:
    """Another system's same number is another one, and so is one with half a character that differs."""
    lines = Lines()
    given = [("old", "71"), ("new", "71"), ("old", "7\ud800"), ("old", "7\ud801"), ("old", "71")]
    found = [lines.first(Number(*each), line) for line, each in enumerate([*given, given[2]], start=2)]
    assert found == [2, 3, 4, 5, 2, 4]
