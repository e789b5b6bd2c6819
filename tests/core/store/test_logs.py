"""The two logs: order of numbers is order of commits, numbers are never used twice, the chain shows
tampering."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, Event, Thread

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft
from crmkit.core.errors import Conflict
from crmkit.core.store.check import check_store
from crmkit.core.store.engine import Store
from crmkit.core.store.tables import Tables
from tests.core.store.conftest import add_customers, change, interaction, unit


def record(store: Store, *texts: str) -> None:
    """Record notes in one unit of work."""
    with store.writing() as connection:
        transaction = unit(connection)
        for text in texts:
            transaction.append_interaction(interaction(None, text))
            transaction.append_change(change(None, new=text))
        transaction.flush()


def test_a_reader_with_a_position_misses_nothing(ready: Store) -> None:
    """While many write, whoever reads after its last number sees each entry once and in order (O1)."""
    writers, entries = 4, 12
    start = Barrier(writers + 1)
    done = Event()
    seen: list[int] = []

    def write(number: int) -> None:
        start.wait()
        for entry in range(entries):
            with ready.writing() as connection:
                transaction = unit(connection)
                transaction.append_interaction(interaction(None, f"{number}.{entry}"))
                with connection.begin_nested():
                    transaction.append_interaction(interaction(None, f"{number}.{entry}.b"))
                    transaction.flush()

    def read() -> None:
        start.wait()
        last = False
        while not last:
            last = done.is_set()
            with ready.reading() as connection:
                position = seen[-1] if seen else 0
                rows = connection.exec_driver_sql(
                    f"SELECT seq FROM interaction WHERE seq > {position} ORDER BY seq"
                )
                seen.extend(rows.scalars())

    threads = [Thread(target=write, args=(number,)) for number in range(writers)]
    reader = Thread(target=read)
    for thread in [*threads, reader]:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    assert seen == sorted(set(seen))
    assert len(seen) == writers * entries * 2


def test_numbers_of_entries_that_are_gone_are_not_given_again(ready: Store) -> None:
    """Even when the last entries were deleted behind crmkit's back, the next number is a new one (D9)."""
    record(ready, "1", "2", "3")
    with ready.writing() as connection:
        connection.exec_driver_sql("DELETE FROM interaction WHERE seq > 1")
    record(ready, "4")
    with ready.reading() as connection:
        assert list(connection.exec_driver_sql("SELECT seq FROM interaction ORDER BY seq").scalars()) == [
            1,
            4,
        ]


def test_an_interaction_is_corrected_once(ready: Store) -> None:
    """The second correction of the same interaction is a conflict, and nothing of its unit is kept."""
    record(ready, "1")
    with ready.writing() as connection:
        transaction = unit(connection)
        transaction.append_interaction(interaction(None, "2", corrects=1))
        transaction.flush()
    with pytest.raises(Conflict, match="Interaction 1"), ready.writing() as connection:  # noqa: PT012
        transaction = unit(connection)
        transaction.append_interaction(interaction(None, "3", corrects=1))
        transaction.flush()
    with ready.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM interaction").scalar() == 2


def test_a_sound_database_has_no_findings(ready: Store, tables: Tables) -> None:
    """A check of an untouched database finds nothing, chain and numbers included."""
    with ready.writing() as connection:
        add_customers(connection, ["anna"])
    record(ready, "1", "2", "3")
    record(ready, *map(str, range(60)))
    assert list(check_store(ready, tables)) == []


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("UPDATE change SET new = '9' WHERE seq = 2", "Entry 2 of the change log was altered"),
        ("UPDATE change SET actor = 'eve' WHERE seq = 3", "Entry 3 of the change log was altered"),
        ("DELETE FROM change WHERE seq = 2", "broken before entry 3"),
        ("UPDATE change SET origin = 'somebody' WHERE seq = 2", "broken before entry 2"),
        ("UPDATE change SET digest = 'x' WHERE seq = 1", "broken before entry 1"),
        (
            "UPDATE change SET seq = CASE seq WHEN 2 THEN 103 ELSE 102 END WHERE seq IN (2, 3)",
            "broken before entry",
        ),
    ],
)
def test_tampering_with_the_change_log_is_found(
    ready: Store, tables: Tables, tampering: str, told: str
) -> None:
    """An entry that was changed, deleted or moved is named (G7)."""
    record(ready, "1", "2", "3", "4")
    with ready.writing() as connection:
        connection.exec_driver_sql(tampering)
    assert any(told in finding.message for finding in check_store(ready, tables))


def test_an_erased_entry_still_verifies(ready: Store, tables: Tables) -> None:
    """Erasure blanks values and salt and moves nothing, so the chain holds."""
    record(ready, "1", "2", "3")
    with ready.writing() as connection:
        connection.exec_driver_sql("UPDATE change SET old = NULL, new = NULL, salt = NULL WHERE seq = 2")
        connection.exec_driver_sql(
            "INSERT INTO erasure (uid, at, actor, counts, state) "
            "VALUES ('uid-1', 1, 'anna', '{}', 'scrubbed')"
        )
    assert list(check_store(ready, tables)) == []


def test_a_rolled_back_unit_leaves_no_entry(ready: Store, tables: Tables) -> None:
    """What an exception ends is in neither log, and the chain goes on over it."""
    record(ready, "1")
    with pytest.raises(RuntimeError), ready.writing() as connection:  # noqa: PT012
        transaction = unit(connection)
        transaction.append_change(change(None))
        transaction.flush()
        raise RuntimeError
    record(ready, "2")
    assert list(check_store(ready, tables)) == []
    with ready.reading() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM change")).scalar() == 2


def test_what_a_failed_part_flushed_is_written_by_the_whole(crm_both: Crm) -> None:
    """A part that had the log written and then failed takes nothing with it that was recorded before."""
    anna, jan, eva = (crm_both.customers.save(CustomerDraft(name=name)).id for name in ("Anna", "Jan", "Eva"))
    with crm_both.transaction():
        crm_both.interactions.record(anna, "visit")
        with suppress(RuntimeError), crm_both.transaction() as part:
            crm_both.interactions.record(jan, "visit")
            part.flush()
            crm_both.merging.merge(jan, eva)
            raise RuntimeError
        crm_both.interactions.record(eva, "visit")
    recorded = crm_both.interactions.list().interactions
    assert [each.customer_id for each in recorded] == [eva, anna]
    kernel = crm_both.kernel
    assert list(check_store(kernel.store, kernel.tables)) == []
