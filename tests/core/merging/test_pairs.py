"""Which customer goes into which."""

from __future__ import annotations

import pytest

from crmkit.core.errors import Conflict, Invalid
from crmkit.core.merging.pairs import flattened


def _flat(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    found = flattened([(ord(survivor), ord(loser)) for survivor, loser in pairs])
    assert [pair.step for pair in found] == list(range(1, len(found) + 1))
    return [(chr(pair.survivor), chr(pair.loser)) for pair in found]


def test_chains_end_in_the_last_survivor_in_order_of_precedence() -> None:
    """A into B and B into C comes B into C, then A into C, whatever the order in which they are named."""
    assert _flat(("B", "A"), ("C", "B")) == [("C", "B"), ("C", "A")]
    assert _flat(("C", "B"), ("B", "A")) == [("C", "B"), ("C", "A")]


def test_a_pair_named_twice_counts_once() -> None:
    """Naming the same pair again changes nothing."""
    assert _flat(("B", "A"), ("B", "A")) == [("B", "A")]


def test_what_cannot_be_is_refused() -> None:
    """A circle, oneself, two survivors for one."""
    with pytest.raises(Invalid, match="in a circle"):
        _flat(("B", "A"), ("C", "B"), ("A", "C"))
    with pytest.raises(Invalid, match="with themselves"):
        _flat(("A", "A"))
    with pytest.raises(Conflict, match="into"):
        _flat(("B", "A"), ("C", "A"))
