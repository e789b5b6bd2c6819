"""The nearest of several names."""

from __future__ import annotations

import pytest

from crmkit.core.nearest import did_you_mean, nearest, nearest_few


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


def test_a_few_are_told_the_likeliest_first() -> None:
    """Where several names are close, all of them are told, no more than were asked for."""
    names = ["phone", "phone:home", "phone:work", "phones", "name"]
    assert nearest_few("fone", names) == ["phone", "phones"]
    assert nearest_few("phone", names, at_most=2) == ["phone", "phones"]


@pytest.mark.parametrize(
    ("name", "otherwise", "said"),
    [
        ("tirp", None, 'Did you mean "trip"?'),
        ("tirp", "See: crm trips", 'Did you mean "trip"?'),
        ("zzz", None, "There are: trip, visit"),
        ("zzz", "See: crm trips", "See: crm trips"),
    ],
)
def test_a_hint_names_the_nearest_or_all(name: str, otherwise: str | None, said: str) -> None:
    """What is close is asked about; else all are named, unless something more useful is to be said."""
    assert did_you_mean(name, iter(("trip", "visit")), otherwise) == said
