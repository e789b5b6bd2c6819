"""Full-text search over folded names, alike on both engines."""

from __future__ import annotations

import pytest

from crmkit.core.normalise.fold import fold
from crmkit.core.store.engine import Store
from crmkit.core.store.search_index import rebuild_search, search, search_agrees, search_delete, search_insert
from tests.core.store.conftest import add_customers

NAMES = [
    "Zażółć Gęślą",
    "Łódź Handel",
    "محمد علی",
    "فاطمہ بی بی",
    "Anna Nowak",
    "Annabelle Łodz",
    "O'Neil 12a 1e5x",
]


@pytest.fixture
def people(ready: Store) -> Store:
    """A store with folded names in several scripts; their ids are 1 to 7."""
    with ready.writing() as connection:
        add_customers(connection, [fold(name) for name in NAMES])
    return ready


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zazolc", [1]),
        ("ŻAŻ gę", [1]),
        ("lodz", [2, 6]),
        ("łód", [2, 6]),
        ("محمد", [3]),
        ("محمد علي", [3]),
        ("فاطمه", [4]),
        ("فاط بی", [4]),
        ("anna", [5, 6]),
        ("annab", [6]),
        ("nowak anna", [5]),
        ("neil", [7]),
        ("12", [7]),
        ("1e5", [7]),
        ("1e5x", [7]),
        ("nna", []),
        ("'); DROP --", []),
        ('" OR "', []),
        ("", []),
        ("*", []),
    ],
)
def test_folded_words_and_their_beginnings_are_found(people: Store, text: str, expected: list[int]) -> None:
    """Every word of the text must begin a word of the name; both engines give the same answer."""
    with people.reading() as connection:
        assert search(connection, fold(text), 10) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("' | '", []),
        ("\\", []),
        ("'\\'", []),
        ('a" b', []),
        ("NOT anna", []),
        ("anna & !nowak", [5]),
        ("anna)", [5, 6]),
        ("a*", [5, 6]),
        ("a:*", [5, 6]),
    ],
)
def test_signs_of_the_query_languages_mean_nothing(people: Store, text: str, expected: list[int]) -> None:
    """Even text that was not folded cannot break out of the query: its words count, and nothing else."""
    with people.reading() as connection:
        assert search(connection, text, 10) == expected


def test_whole_words_come_before_beginnings(people: Store) -> None:
    """A name that is the word comes before names that begin with it, also when the list is short."""
    with people.writing() as connection:
        add_customers(connection, ["annabella", "anna"])
    with people.reading() as connection:
        assert search(connection, "anna", 3) == [5, 9, 6]
        assert search(connection, "anna", 1) == [5]


def test_a_changed_name_is_found_by_the_new_one_only(people: Store) -> None:
    """Delete with the old fold, insert with the new; the index agrees with the customers."""
    with people.writing() as connection:
        connection.exec_driver_sql("UPDATE customer SET fold = 'maria nowak' WHERE id = 5")
        search_delete(connection, [(5, "anna nowak")])
        search_insert(connection, [(5, "maria nowak")])
    with people.writing() as connection:
        assert search(connection, "maria", 5) == [5]
        assert search(connection, "anna", 5) == [6]
        assert search_agrees(connection)


def test_a_rebuilt_index_agrees_again(sqlite_file: Store) -> None:
    """An index that missed a customer is noticed, and made anew."""
    with sqlite_file.writing() as connection:
        add_customers(connection, ["anna"])
        connection.exec_driver_sql("UPDATE customer SET fold = 'maria'")
        assert not search_agrees(connection)
        rebuild_search(connection)
        assert search_agrees(connection)
        assert search(connection, "maria", 5) == [1]
