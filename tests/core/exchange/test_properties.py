"""Laws of imports: counts add up, and where one batch ends changes nothing."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit.core.crm import Crm
from crmkit.core.exchange import import_customers
from crmkit.core.exchange.occurrences import Occurrences
from crmkit.core.exchange.rows import Row, read_table
from crmkit.core.exchange.survey import survey
from crmkit.testing.opening import open_crm
from tests.core.exchange.conftest import TOML

PERSON = st.tuples(
    st.sampled_from(["", "1", "2", "3", "4"]),
    st.sampled_from(["", "Anna", "Łucja", "\u0007"]),
    st.sampled_from(["", "a@example.org", "b@example.org", "A@example.org", "bad@"]),
    st.sampled_from(["", "vip", "late; vip"]),
)

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"))


def outcome(folder: Path, content: str, batch_size: int) -> tuple[Any, ...]:
    """What an import of `content` in batches of this size ends in."""
    file = folder / "people.csv"
    file.write_text(content, encoding="utf-8")
    with open_crm(folder, TOML) as crm:
        first, again = (import_customers(crm, file, batch_size=batch_size) for _ in range(2))
        for report in (first, again):
            assert report.created + report.updated + report.unchanged + report.rejected == report.rows
        assert again.created == 0
        assert again.updated <= first.rows
        counts = (first.rows, first.created, first.updated, first.unchanged, first.rejected)
        return counts, everybody(crm, first.created)


def everybody(crm: Crm, count: int) -> list[Any]:
    """All customers, without what differs by time and chance."""
    found = [crm.customers.get(number) for number in range(1, count + 1)]
    points = [
        sorted((point.kind, point.value, point.is_primary) for point in one.contact_points) for one in found
    ]
    return [
        (one.name, one.version, sorted(map(str, one.identities)), each, sorted(one.tags))
        for one, each in zip(found, points, strict=True)
    ]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PERSON, min_size=1, max_size=12), st.integers(1, 5))
def test_batches_do_not_matter(people: list[tuple[str, ...]], size: int) -> None:
    """Whatever the file says, counts add up and the customers are the same for every size of batch."""
    text = io.StringIO()
    csv.writer(text).writerows([("shop", "name", "email", "tags"), *people])
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assert outcome(Path(one), text.getvalue(), size) == outcome(Path(other), text.getvalue(), 1_000)


@given(st.lists(st.tuples(CELL, CELL).map(list)))
def test_what_is_written_is_read(rows: list[list[str]]) -> None:
    """Every table that the csv module writes is read back, in any script; rows without any cell are none."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
        with read_table(path, damaged=survey(path).damaged).rows() as found:
            assert [row.cells for row in found] == [row for row in rows if any(row)]


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60))
def test_equal_rows_are_numbered(cells: list[str]) -> None:
    """Equal rows get the numbers 1, 2, 3, … in their order, however few bits the first pass had."""
    names = Occurrences([0])
    names.prepare((Row(1, [cell], None) for cell in cells), 1)
    given_names = [names.name([cell]) for cell in cells]
    expected = [cells[: i + 1].count(cell) for i, cell in enumerate(cells)]
    assert [int(name.rpartition("-")[2]) for name in given_names] == expected
    assert len(set(given_names)) == len(cells)
