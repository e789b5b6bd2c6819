"""Verifying the change log: whatever is done to it behind crmkit's back is found."""

from __future__ import annotations

import re

import pytest

from crmkit.core.errors import Invalid
from crmkit.core.store.audit import chained
from crmkit.core.store.bulk import insert_rows
from crmkit.core.store.engine import Store
from crmkit.core.store.unit import CHANGE_COLUMNS
from crmkit.core.store.verifying import Audit, verify
from tests.core.store.conftest import change, unit

UID = "018f3a3e-7b7a-7c4e-8d3f-0123456789ab"
OTHER = "018f3a3e-7b7a-7c4e-8d3f-ba9876543210"
EMPTY = "UPDATE change SET old = NULL, new = NULL, salt = NULL WHERE seq = 2"


def write(store: Store, *texts: str, origin: str = UID) -> None:
    """Log changes to these texts in one unit of work."""
    with store.writing() as connection:
        transaction = unit(connection)
        for text in texts:
            transaction.append_change((*change(None, new=text)[:-1], origin))
        transaction.flush()


def tamper(store: Store, *statements: str) -> None:
    """Write to the database past crmkit."""
    with store.writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def verified(store: Store, expect: str = "") -> Audit:
    """What verifying finds."""
    with store.reading() as connection:
        return verify(connection, expect)


def erase(uid: str) -> str:
    """The statement that notes an erasure."""
    return (
        f"INSERT INTO erasure (uid, at, actor, counts, state) VALUES ('{uid}', 1, 'anna', '{{}}', 'scrubbed')"
    )


def test_an_untouched_log_is_whole(ready: Store) -> None:
    """Every entry is counted, and the head is that of the last one."""
    assert verified(ready) == Audit(entries=0, erased=0, head="")
    write(ready, *map(str, range(30)))
    audit = verified(ready)
    assert (audit.entries, audit.findings) == (30, ())
    assert audit.head.startswith("30:")


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        (("UPDATE change SET new = '9' WHERE seq = 2",), "Entry 2 of the change log was altered"),
        (("UPDATE change SET at = 7 WHERE seq = 3",), "Entry 3 of the change log was altered"),
        (("UPDATE change SET field = 'z' WHERE seq = 5",), "Entry 5 of the change log was altered"),
        (("DELETE FROM change WHERE seq = 1",), "broken before entry 2"),
        (("DELETE FROM change WHERE seq IN (2, 3)",), "broken before entry 4: .* 2 numbers are missing"),
        (
            (
                "UPDATE change SET seq = 99 WHERE seq = 2",
                "UPDATE change SET seq = 2 WHERE seq = 4",
                "UPDATE change SET seq = 4 WHERE seq = 99",
            ),
            "broken before entry 2",
        ),
        (("UPDATE change SET salt = NULL WHERE seq = 2",), "Entry 2 .* lacks its salt, yet was not erased"),
        ((EMPTY,), "Entry 2 of the change log was emptied, but nobody"),
        ((EMPTY, erase(OTHER)), "Entry 2 of the change log was emptied, but nobody"),
    ],
)
def test_the_first_wrong_entry_is_named(ready: Store, tampering: tuple[str, ...], told: str) -> None:
    """An entry that was changed, deleted, moved or emptied is named by its number (G7)."""
    write(ready, *"12345")
    tamper(ready, *tampering)
    first = verified(ready).findings[0]
    assert first.level == "error"
    assert re.search(told, first.message)


def test_entries_of_the_erased_are_known(ready: Store) -> None:
    """What an erasure has emptied keeps its place in the chain, and is counted."""
    write(ready, *"123")
    tamper(ready, EMPTY, erase(UID))
    audit = verified(ready)
    assert (audit.erased, audit.findings) == (1, ())


def test_a_log_that_lost_its_end_is_found(ready: Store) -> None:
    """SQLite never gives a number twice, so it knows how far the log went; PostgreSQL can only hint."""
    write(ready, *"1234")
    tamper(ready, "DELETE FROM change WHERE seq = 4")
    (finding,) = verified(ready).findings
    assert finding.level == ("error" if ready.is_sqlite else "note")
    assert "once went up to 4" in finding.message


def test_a_lost_end_that_something_has_seen_is_an_error(ready: Store) -> None:
    """A position beyond the last entry proves on both engines that entries were there."""
    write(ready, *"1234")
    tamper(
        ready,
        "DELETE FROM change WHERE seq > 2",
        "INSERT INTO edit_run (at, actor, what, customers, log_position, state) "
        "VALUES (1, 'anna', 'set bread', 1, 3, 'done')",
    )
    (finding,) = verified(ready).findings
    assert (finding.level, "it went up to 3 at least" in finding.message) == ("error", True)


def test_a_noted_head_is_found_again(ready: Store) -> None:
    """The head goes on being part of the chain, with or without its number in front."""
    write(ready, *"12")
    head = verified(ready).head
    write(ready, *"345")
    assert verified(ready, head).since_expected == 3
    assert verified(ready, head.partition(":")[2].upper()).since_expected == 3


def test_a_log_made_anew_lacks_the_noted_head(ready: Store) -> None:
    """Somebody who alters an entry and computes all hashes again leaves a whole chain, but another one."""
    write(ready, *"123")
    head = verified(ready).head
    with ready.writing() as connection:
        columns = ", ".join(CHANGE_COLUMNS[1:-3])
        select = f"SELECT {columns} FROM change ORDER BY seq"
        rows = [tuple(row) for row in connection.exec_driver_sql(select)]
        connection.exec_driver_sql("DELETE FROM change")
        forged = [(*row[:8], "forged", *row[9:]) for row in rows]
        insert_rows(connection, "change", CHANGE_COLUMNS, chained("", forged, [1, 2, 3], lambda n: b"x" * n))
    assert verified(ready).findings == ()
    (finding,) = verified(ready, head).findings
    assert "does not hold the expected head" in finding.message


def test_what_is_no_head_is_refused(ready: Store) -> None:
    """A head is a hash; anything else is a mistake of whoever types it."""
    with pytest.raises(Invalid, match="not the head of a change log"):
        verified(ready, "12:abc")


def test_findings_of_a_log_in_ruins_are_few(ready: Store) -> None:
    """When everything was altered, the first entries say it, and memory does not grow with the rest."""
    write(ready, *map(str, range(100)))
    tamper(ready, "UPDATE change SET actor = 'eve'")
    assert len(verified(ready).findings) == 20
