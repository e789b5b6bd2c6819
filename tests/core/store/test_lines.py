"""In which lines of a file keys are."""

from __future__ import annotations

from crmkit.core.store.lines import Lines


def test_a_key_is_in_the_line_in_which_it_came_first() -> None:
    """Another system's same number is another key, and so is one with half a character that differs, or the
    same letters in other parts."""
    lines = Lines()
    given = [("old", "71"), ("new", "71"), ("old", "7\ud800"), ("old", "7\ud801"), ("old7", "1")]
    found = [lines.first(each, line) for line, each in enumerate([*given, given[0], given[2]], start=2)]
    assert found == [2, 3, 4, 5, 6, 2, 4]
