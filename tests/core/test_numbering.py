"""Numbers without gaps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from crmkit import Crm, Invalid


def test_each_series_counts_for_itself(crm_both: Crm) -> None:
    """From 1, and the next year from 1 again."""
    taken = [crm_both.numbers.next(series) for series in ("quote/2026", "quote/2026", "quote/2027")]

    assert taken == [1, 2, 1]
    assert (crm_both.numbers.last("quote/2026"), crm_both.numbers.last("invoice")) == (2, 0)


def test_what_is_undone_leaves_no_gap(crm_both: Crm) -> None:
    """A quote that could not be saved takes no number with it."""
    crm_both.numbers.next("quote")
    with suppress(ZeroDivisionError), crm_both.transaction():
        crm_both.numbers.next("quote")
        raise ZeroDivisionError

    assert crm_both.numbers.next("quote") == 2


def test_many_at_once_get_different_numbers(crm_both: Crm) -> None:
    """Whoever comes second waits for the first."""
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: crm_both.numbers.next("quote"), range(40)))

    assert sorted(taken) == list(range(1, 41))


def test_a_series_has_a_name(crm: Crm) -> None:
    """An empty one would be anybody's."""
    with pytest.raises(Invalid, match="has a name"):
        crm.numbers.next(" ")
