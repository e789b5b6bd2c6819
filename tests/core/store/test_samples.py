"""Databases as earlier schemas kept them, brought to today's: nothing is lost, once is enough, and a kill is
no harm."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit.core.crm import Crm
from crmkit.core.opening import upgrade_database
from crmkit.core.store.check import check_store
from crmkit.core.store.engine import Store
from crmkit.plugins.campaign.api import Campaigns, Journeys
from crmkit.plugins.operational.api import Cases, Tasks
from crmkit.testing.schema import schema_difference
from tests.processes import processes

SAMPLES = Path(__file__).parent / "samples"
FIRST, WITH_PLUGINS = "0001", "0005"
# crmkit's own bookkeeping, which an upgrade is there to change.
_BOOKKEEPING = re.compile(
    r"\w+_schema_version|observer|ownership|plugin|setting|customer_search\w*"
).fullmatch
Rows = dict[str, tuple[list[str], list[Any]]]


@pytest.fixture(params=[FIRST, WITH_PLUGINS])
def kept(request: pytest.FixtureRequest) -> str:
    """The core's schema of the sample: the first, and one with all bundled plugins."""
    found: str = request.param
    return found


@pytest.fixture
def sample(kept: str, database: str, tmp_path: Path) -> Path:
    """The `crm.toml` of a business whose database is as an earlier schema kept it."""
    folder = SAMPLES / kept
    if "://" not in database:
        connection = sqlite3.connect(database)
        connection.executescript((folder / "database.sql").read_text(encoding="utf-8"))
        connection.close()
    else:
        import psycopg

        with psycopg.connect(database) as server:
            server.execute((folder / "database.postgresql.sql").read_bytes())
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sql"))
    path = tmp_path / "crm.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[crs]\n", f'[crs]\ndatabase = "{database}"\n', 1), encoding="utf-8")
    return path


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """The database of the sample."""
    store = Store.open(database)
    yield store
    store.close()


def rows_of(store: Store) -> Rows:
    """The columns and rows of every table, without bookkeeping."""
    found: Rows = {}
    with store.reading() as connection:
        inspector = sa.inspect(connection)
        for name in inspector.get_table_names():
            if not _BOOKKEEPING(name):
                columns = [column["name"] for column in inspector.get_columns(name)]
                found[name] = columns, _rows(connection, name, columns)
    return found


def _rows(connection: sa.Connection, table: str, columns: list[str]) -> list[Any]:
    names = ", ".join(f'"{column}"' for column in columns)
    return sorted(map(tuple, connection.exec_driver_sql(f"SELECT {names} FROM {table}")), key=repr)


def kept_in(store: Store, before: Rows) -> Rows:
    """The columns and rows that were there before, as they are now."""
    with store.reading() as connection:
        return {name: (columns, _rows(connection, name, columns)) for name, (columns, _) in before.items()}


def test_an_old_database_is_brought_to_todays_schema(sample: Path, store: Store, kept: str) -> None:
    """Every row of the earlier schema is there afterwards, and the schema is what the code declares (U1)."""
    before = rows_of(store)
    assert sum(len(rows) for _, rows in before.values()) > 70
    planned = upgrade_database(sample, dry_run=True)
    assert rows_of(store) == before
    done = upgrade_database(sample)
    assert planned.steps == done.steps
    assert done.steps[0].revision == f"{int(kept) + 1:04}"
    assert kept_in(store, before) == before
    with Crm.open(sample, strict=True) as crm:
        assert schema_difference(store, crm.tables.by_name.values()) == []
        assert [finding for finding in check_store(store, crm.tables) if finding.level != "note"] == []


@pytest.mark.parametrize("kept", [FIRST], indirect=True)
def test_an_upgraded_database_works(sample: Path) -> None:
    """What the first schema kept is found, shown and changed by today's program."""
    upgrade_database(sample)
    with Crm.open(sample, strict=True) as crm:
        anna = crm.customers.get("anna@example.org")
        assert (anna.name, anna.tags, anna.fields["bread"]) == ("Anna Żółć", ("vip",), "wheat")
        assert [each.name for each in crm.customers.find("zolc")] == ["Anna Żółć"]
        assert crm.segments.members("buyers") == [1, 3]
        assert crm.customers.tag(anna.id, "new").tags == ("new", "vip")
        assert {each.entity for each in crm.customers.history(anna.id)} >= {"customer", "tag", "record:deal"}


@pytest.mark.parametrize("kept", [WITH_PLUGINS], indirect=True)
def test_what_plugins_kept_goes_on(sample: Path) -> None:
    """Tasks, cases, deals, stamps, campaigns and journeys of an earlier schema are there, and go on."""
    upgrade_database(sample)
    with Crm.open(sample, strict=True) as crm:
        assert [task.title for task in crm.service(Tasks).list()] == ["Call back"]
        assert [case.subject for case in crm.service(Cases).list()] == ["Too dark"]
        anna = crm.customers.get("anna@example.org")
        assert anna.tags == ("journeyed", "vip")
        assert [record.title for record in crm.records.list("deal").records] == ["Ovens"]
        assert crm.strategy.report("thanks") is not None
        people = crm.service(Journeys).people("back")
        assert {person.customer_id for person in people} == {1, 2}
        assert crm.service(Campaigns).get("spring").run is not None


def test_a_second_upgrade_does_nothing(sample: Path, store: Store) -> None:
    """An upgrade is done once; again it finds nothing to do and changes nothing."""
    upgrade_database(sample)
    before = rows_of(store)
    assert upgrade_database(sample).nothing
    assert rows_of(store) == before


def _killed_at(path: Path, statement: int) -> None:
    """Upgrade in a process that is killed when it comes to the given statement that writes."""
    count = 0

    def kill(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        nonlocal count
        count += text.lstrip()[:6].upper() in ("CREATE", "ALTER ", "INSERT", "UPDATE")
        if count == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.Engine, "before_cursor_execute", kill)
    upgrade_database(path)


@pytest.mark.parametrize("statement", [3, 30])
def test_a_killed_upgrade_loses_nothing(sample: Path, store: Store, statement: int) -> None:
    """Killed in the middle of a step, an upgrade leaves every row, and the next one ends it (U1)."""
    before = rows_of(store)
    child = processes().Process(target=_killed_at, args=(sample, statement))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert kept_in(store, before) == before
    assert not upgrade_database(sample).nothing
    assert kept_in(store, before) == before
    assert upgrade_database(sample).nothing


def test_a_failing_upgrade_rolls_back(sample: Path, store: Store, tmp_path: Path) -> None:
    """A database that cannot grow is left at its old schema by byte and row, and upgraded when it can."""
    if not store.is_sqlite:
        pytest.skip("a page limit is SQLite's")
    before = rows_of(store)
    copied = shutil.copy(store.path or "", tmp_path / "full.db")
    with sqlite3.connect(copied) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.close()

    def limited(driver: Any, _record: Any) -> None:
        driver.execute(f"PRAGMA max_page_count = {pages + 2}")

    sa.event.listen(sa.Engine, "connect", limited)
    try:
        with pytest.raises(Exception, match="full"):
            upgrade_database(sample)
    finally:
        sa.event.remove(sa.Engine, "connect", limited)
    assert rows_of(store) == before
    assert upgrade_database(sample).steps
