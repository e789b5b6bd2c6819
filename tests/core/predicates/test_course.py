"""How answers go on when nothing but the time does, and statements about some customers only."""

from __future__ import annotations

from random import Random

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.predicates import parse
from crmkit.core.predicates.course import course
from tests.core.predicates.house import DAY, NOW
from tests.core.predicates.reference import Reference
from tests.core.predicates.strategies import RATES, predicates, worlds
from tests.core.predicates.test_agreement import PLAIN, TABLES, WORDS, House, house

__all__ = ["house"]
_LATER = tuple(NOW + days * DAY for days in (0, 1, 8, 29, 31, 61, 120, 400))
_PLACE = {False: 0, None: 1, True: 2}


@pytest.mark.parametrize(
    ("text", "rises", "falls"),
    [
        ("days_since(purchase) > 90", True, False),
        ("not (days_since(purchase) > 90)", False, True),
        ("count(purchase, last 30 days) = 0", True, False),
        ("count(purchase, last 30 days) = 1", False, False),
        ("count(purchase, last 30 days) > 0", False, True),
        ("not exists(purchase, this month)", True, False),
        ("count(purchase) >= 3 and lifecycle = 'customer'", True, True),
        ("days_since(purchase) between 30 and 60", False, False),
        ("created < 30 days ago", True, False),
        ("is_birthday(birthday)", False, False),
        ("days_since(purchase) > 90 or not (count(visit, last 9 days) > 1)", True, False),
    ],
)
def test_courses(text: str, rises: bool, falls: bool) -> None:
    """What can only become true, what can only stop being so, what stays, and what does either."""
    found = course(parse(text, WORDS).tree)
    assert (found.rises, found.falls) == (rises, falls)


@PLAIN
@given(text=predicates(), seed=st.integers(0, 3))
def test_as_foretold(text: str, seed: int) -> None:
    """No answer ever goes the way that its condition is said not to go, if nothing is dated later."""
    world = worlds(Random(seed))
    there = {
        **world,
        "interaction": [row for row in world["interaction"] if row["occurred_at"] <= NOW],
        "consent": [row for row in world["consent"] if row["at"] <= NOW],
    }
    reference, tree = Reference(WORDS, there, NOW, RATES), parse(text, WORDS).tree
    foretold = course(tree)
    for who in range(1, 41):
        places = [_PLACE[reference.truth(tree, who, at, False)] for at in _LATER]
        assert not foretold.rises or places == sorted(places), (text, who)
        assert not foretold.falls or places == sorted(places, reverse=True), (text, who)


@PLAIN
@given(text=predicates(), seed=st.integers(0, 3), apart=st.integers(2, 7))
def test_among_some(house: House, text: str, seed: int, apart: int) -> None:
    """Of some customers, the statement about them finds those whom the statement about everybody finds."""
    house.filled(seed)
    predicate, id_ = parse(text, WORDS), TABLES.customer.c.id
    some = house.statements.narrowed(predicate, sa.select(id_).where(id_ % apart == 0), now=NOW)
    with house.engine.connect() as connection:
        found = sorted(some.ids(connection, NOW))
    assert found == sorted(each for each in house.found(predicate, NOW) if each % apart == 0), text
