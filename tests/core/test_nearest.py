"""The nearest of several names."""

from __future__ import annotations

import pytest

from crmkit.core.nearest import nearest


@pytest.mark.parametrize(
    ("name", "expected"),
    [("chioce", "choice"), ("CHOICE", "choice"), ("multi_choice", "multi-choice"), ("zzz", None), ("", None)],
)
def test_the_closest_spelling_is_found(name: str, expected: str | None) -> None:
    """Swapped letters, case and the kind of dash do not hide what was meant; a stranger has no nearest."""
    assert nearest(name, ["text", "choice", "multi-choice"]) == expected


def test_an_enormous_name_costs_nothing() -> None:
    """A name of a million letters is answered at once."""
    assert nearest("a" * 1_000_000, ["choice"]) is None
