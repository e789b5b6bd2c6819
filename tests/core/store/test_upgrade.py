"""Bringing a database to the program's schema: once, twice, interrupted, failing, newer."""

from __future__ import annotations

import json
import time
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa

from crmkit.core.errors import SchemaError
from crmkit.core.store.engine import Store
from crmkit.core.store.migrate import replay, run_next
from crmkit.core.store.schema import (
    PluginMigrations,
    core_migrations,
    revisions_of,
    schema_state,
    table_names,
)
from crmkit.core.store.tables import Tables, build_tables, plugin_metadata
from crmkit.core.store.upgrade import upgrade
from crmkit.testing.schema import schema_difference
from tests.core.store.conftest import add_customers
from tests.core.store.revisions import club, write_revision
from tests.processes import processes


def test_migrations_make_what_the_code_declares(store: Store, tables: Tables) -> None:
    """The replayed migrations and the declared tables are the same schema on both engines."""
    assert len(list(replay(store, [core_migrations(tables.customer.metadata)]))) > 1
    assert schema_difference(store, tables.by_name.values()) == []


def test_a_difference_between_code_and_migrations_is_told(ready: Store, tables: Tables) -> None:
    """A column, an index or an AUTOINCREMENT that the migrations lack or have too much is named."""
    others = plugin_metadata()
    declared = {name: table.to_metadata(others) for name, table in tables.by_name.items()}
    declared["customer"].append_column(sa.Column("extra", sa.BigInteger))
    declared["team"].append_column(sa.Column("name2", sa.Text))
    declared["team"].c.name.nullable = True
    sa.Index("ix_team_extra", declared["team"].c.parent_id, declared["team"].c.name)
    assert {
        "the migrations do not make the column customer.extra",
        "the migrations do not make the column team.name2",
        "the migrations do not make the Index of team (parent_id, name)",
        "nullable of team.name is False by the migrations, and declared as True",
    } <= {str(line) for line in schema_difference(ready, declared.values())}


def test_an_upgrade_is_done_once(store: Store, tables: Tables, tmp_path: Path) -> None:
    """The first upgrade says what it did, the second that there was nothing to do; a dry run does nothing."""
    plugin = club(tables, tmp_path / "migrations")
    planned = upgrade(store, tables, [plugin], dry_run=True)
    assert schema_state(store, [plugin]).empty
    first = upgrade(store, tables, [plugin])
    assert [(step.owner, step.revision) for step in first.steps] == [
        ("core", "0001"),
        ("core", "0002"),
        ("core", "0003"),
        ("core", "0004"),
        ("core", "0005"),
        ("core", "0006"),
        ("core", "0007"),
        ("club", "0001"),
    ]
    assert planned.steps == first.steps
    assert upgrade(store, tables, [plugin]).nothing
    assert schema_state(store, [plugin]).ready
    assert schema_difference(store, plugin.metadata.tables.values()) == []


def test_a_dry_run_makes_no_file(tmp_path: Path, tables: Tables) -> None:
    """Asking for the state of an SQLite database that does not exist does not make it."""
    store = Store.open(tmp_path / "none.db")
    assert schema_state(store).empty
    assert upgrade(store, tables, dry_run=True).steps
    assert list(tmp_path.iterdir()) == []


def test_a_failing_step_leaves_the_schema_as_it_was(ready: Store, tables: Tables, tmp_path: Path) -> None:
    """A step that fails in its second statement keeps nothing, and the steps before it stay (D8)."""
    folder = tmp_path / "migrations"
    plugin = club(tables, folder)
    body = 'op.add_column("club_card", sa.Column("level", sa.Text()))\nop.execute("SELECT * FROM nowhere")'
    write_revision(folder, 2, body)
    with pytest.raises(SchemaError, match=r'0002 of "club" failed.*nowhere'):
        upgrade(ready, tables, [plugin])
    assert schema_state(ready, [plugin]).versions["club"] == "0001"
    with ready.reading() as connection:
        assert {c["name"] for c in sa.inspect(connection).get_columns("club_card")} == {
            "id",
            "customer_id",
            "number",
        }
    write_revision(folder, 2, 'op.add_column("club_card", sa.Column("level", sa.Text()))')
    assert [step.revision for step in upgrade(ready, tables, [plugin]).steps] == ["0002"]


def test_a_newer_core_is_refused_before_a_byte_is_written(ready: Store, tables: Tables) -> None:
    """An older program refuses a newer database and changes nothing in it (U2)."""
    with ready.writing() as connection:
        connection.exec_driver_sql("UPDATE crmkit_schema_version SET version_num = '9999'")
    ready.close()
    before = ready.path.read_bytes() if ready.path else b""
    with pytest.raises(SchemaError, match="newer schema than this program knows: core 9999"):
        upgrade(ready, tables)
    with pytest.raises(SchemaError, match="newer"):
        schema_state(ready).require_ready()
    ready.close()
    assert (ready.path.read_bytes() if ready.path else b"") == before


def test_a_newer_plugin_is_refused(ready: Store, tables: Tables, tmp_path: Path) -> None:
    """The schema of each plugin is compared by itself, and nothing of the others is upgraded either (U2)."""
    folder = tmp_path / "migrations"
    plugin = club(tables, folder)
    write_revision(folder, 2, 'op.add_column("club_card", sa.Column("level", sa.Text()))')
    upgrade(ready, tables, [plugin])
    (folder / "0002_step.py").unlink()
    with pytest.raises(SchemaError, match="club 0002"):
        upgrade(ready, tables, [plugin])


def test_the_database_of_another_program_is_left_alone(store: Store, tables: Tables) -> None:
    """A database with tables of that name, but not made by crmkit, is refused."""
    with store.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE customer (x integer)")
    with pytest.raises(SchemaError, match="another program"):
        upgrade(store, tables)


def test_a_vanished_plugin_breaks_nothing(ready: Store, tables: Tables, tmp_path: Path) -> None:
    """Without the plugin's code the database still opens and upgrades, and its contract is still on
    record."""
    plugin = club(tables, tmp_path / "migrations")
    upgrade(ready, tables, [plugin])
    assert upgrade(ready, tables, []).nothing
    with ready.reading() as connection:
        kept = connection.exec_driver_sql(
            "SELECT plugin, contract FROM ownership WHERE table_name = 'club_card'"
        ).one()
    assert kept[0] == "club"
    assert list(json.loads(kept[1])["personal"]) == ["number"]


def test_every_table_has_its_contract_on_record(ready: Store, tables: Tables) -> None:
    """The upgrade persists whose the rows of each core table are."""
    with ready.reading() as connection:
        kept = set(connection.exec_driver_sql("SELECT table_name FROM ownership").scalars())
    assert kept == set(tables.by_name)


def test_a_plugin_keeps_to_its_own_tables(ready: Store, tables: Tables, tmp_path: Path) -> None:
    """A plugin's step that alters a table of the core is refused."""
    folder = tmp_path / "migrations"
    write_revision(folder, 1, 'op.add_column("customer", sa.Column("spy", sa.Text()))')
    plugin = PluginMigrations("spy", "spy_", plugin_metadata(), folder)
    with pytest.raises(SchemaError, match="customer: not this plugin's table"):
        upgrade(ready, tables, [plugin])
    assert schema_difference(ready, tables.by_name.values()) == []


def test_the_logs_are_only_ever_added_to(ready: Store, tables: Tables, tmp_path: Path) -> None:
    """No step, not even the core's, may drop or change a column of a log; adding one is fine."""
    core = _core_with(tmp_path, 'op.drop_column("interaction", "outlet")')
    with pytest.raises(SchemaError, match="interaction: column outlet changed"):
        run_next(ready, [core])
    core = _core_with(tmp_path, 'op.add_column("interaction", sa.Column("extra", sa.Text()))')
    assert run_next(ready, [core]) is not None


def _core_with(tmp_path: Path, body: str) -> PluginMigrations:
    """The core's migrations and one more step."""
    tables = build_tables()
    folder = tmp_path / "core"
    folder.mkdir(exist_ok=True)
    own = sorted(core_migrations(tables.customer.metadata).folder.glob("0*.py"))  # type: ignore[union-attr]
    for path in own:
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    write_revision(folder, len(own) + 1, body)
    return PluginMigrations("core", "crmkit_", tables.customer.metadata, folder)


REBUILD = """\
with op.batch_alter_table("club_card", recreate="always") as batch:
    batch.add_column(sa.Column("level", sa.Text()))
"""


def test_a_rebuild_must_not_lose_autoincrement(sqlite_file: Store, tables: Tables, tmp_path: Path) -> None:
    """SQLite's table rebuild forgets AUTOINCREMENT, after which numbers are used twice; the step is
    refused."""
    folder = tmp_path / "migrations"
    plugin = club(tables, folder)
    upgrade(sqlite_file, tables, [plugin])
    write_revision(folder, 2, REBUILD)
    with pytest.raises(SchemaError, match="club_card: AUTOINCREMENT"):
        upgrade(sqlite_file, tables, [plugin])
    assert schema_difference(sqlite_file, plugin.metadata.tables.values()) == []


def test_a_rebuild_must_not_lower_the_last_number(sqlite_file: Store, tables: Tables, tmp_path: Path) -> None:
    """Even where AUTOINCREMENT is kept, the rebuild forgets numbers whose rows are gone; the step is
    refused."""
    folder = tmp_path / "migrations"
    plugin = club(tables, folder)
    upgrade(sqlite_file, tables, [plugin])
    with sqlite_file.writing() as connection:
        first, second = add_customers(connection, ["a", "b"])
        insert = "INSERT INTO club_card (customer_id, number) VALUES (?, 'x')"
        connection.exec_driver_sql(insert, [(first,), (second,)])
        connection.exec_driver_sql("DELETE FROM club_card WHERE id = 2")
    kept = REBUILD.replace('"always"', '"always", table_kwargs={"sqlite_autoincrement": True}')
    write_revision(folder, 2, kept)
    with pytest.raises(SchemaError, match=r"highest number given out \(2, now 1\)"):
        upgrade(sqlite_file, tables, [plugin])
    mended = kept + "op.execute(\"UPDATE sqlite_sequence SET seq = 2 WHERE name = 'club_card'\")\n"
    write_revision(folder, 2, mended)
    assert upgrade(sqlite_file, tables, [plugin]).steps


def test_a_loss_that_is_meant_is_announced(sqlite_file: Store, tables: Tables, tmp_path: Path) -> None:
    """A revision that names the loss may lose."""
    folder = tmp_path / "migrations"
    plugin = club(tables, folder)
    upgrade(sqlite_file, tables, [plugin])
    write_revision(folder, 2, REBUILD, tail='intended_losses = ("club_card: AUTOINCREMENT",)')
    assert upgrade(sqlite_file, tables, [plugin]).steps


def test_a_rebuild_keeps_the_rows_that_refer_to_the_table(sqlite_file: Store, tmp_path: Path) -> None:
    """Rebuilding a parent deletes no child, although the children would go with a deleted parent."""
    folder = tmp_path / "migrations"
    pair = """\
op.create_table("p_top", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("x", sa.Text()))
op.create_table("p_low", sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("top", sa.Integer(), sa.ForeignKey("p_top.id", ondelete="CASCADE")))
op.execute("INSERT INTO p_top VALUES (1, 'x')")
op.execute("INSERT INTO p_low VALUES (1, 1)")
"""
    write_revision(folder, 1, pair)
    write_revision(folder, 2, REBUILD.replace("club_card", "p_top"))
    plugin = PluginMigrations("p", "p_", plugin_metadata(), folder)
    upgrade(sqlite_file, build_tables(), [plugin])
    with sqlite_file.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM p_low").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    with sqlite_file.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_step_that_leaves_rows_without_parents_is_refused(sqlite_file: Store, tmp_path: Path) -> None:
    """Keys are not enforced while SQLite migrates, so they are checked before the step is kept."""
    folder = tmp_path / "migrations"
    pair = """\
op.create_table("p_top", sa.Column("id", sa.Integer(), primary_key=True))
op.create_table("p_low", sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("top", sa.Integer(), sa.ForeignKey("p_top.id")))
op.execute("INSERT INTO p_top VALUES (1)")
op.execute("INSERT INTO p_low VALUES (1, 1)")
"""
    write_revision(folder, 1, pair)
    write_revision(folder, 2, 'op.drop_table("p_top")')
    plugin = PluginMigrations("p", "p_", plugin_metadata(), folder)
    with pytest.raises(SchemaError, match="refer to nothing"):
        upgrade(sqlite_file, build_tables(), [plugin])


def test_the_order_read_from_the_text_is_alembics(tmp_path: Path, tables: Tables) -> None:
    """Starting reads revisions as text; it must come to what alembic comes to by importing them."""
    from alembic.script import ScriptDirectory

    core = core_migrations(tables.customer.metadata)
    script = ScriptDirectory(str(core.folder), version_locations=[str(core.folder)])
    assert [step.revision for step in revisions_of(core)][-1] == script.get_current_head()


def test_two_revisions_that_follow_the_same_one_are_refused(tmp_path: Path) -> None:
    """Revisions are one line; a fork is told with the file that makes it."""
    write_revision(tmp_path, 1, "pass")
    write_revision(tmp_path, 2, "pass")
    text = (
        (tmp_path / "0002_step.py")
        .read_text(encoding="utf-8")
        .replace('revision = "0002"', 'revision = "x"', 1)
    )
    (tmp_path / "0003_fork.py").write_text(text, encoding="utf-8")
    with pytest.raises(SchemaError, match=r"not one line: .*0003_fork\.py follows 0001"):
        list(revisions_of(PluginMigrations("p", "p_", plugin_metadata(), tmp_path)))


SLOW = 'op.create_table("slow_a", sa.Column("id", sa.Integer(), primary_key=True))'


def test_two_upgrades_at_once_do_each_step_once(database: str, tables: Tables, tmp_path: Path) -> None:
    """The second waits for the first, then finds nothing left to do."""
    write_revision(tmp_path / "migrations", 1, f"{SLOW}\nimport time\ntime.sleep(0.3)")
    plugin = PluginMigrations("slow", "slow_", plugin_metadata(), tmp_path / "migrations")
    done: list[object] = []

    def run() -> None:
        store = Store.open(database)
        try:
            done.extend(upgrade(store, build_tables(), [plugin]).steps)
        except Exception as error:  # noqa: BLE001 - shown by the assertion
            done.append(error)
        finally:
            store.close()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    owners = sorted(str(getattr(each, "owner", each)) for each in done)
    assert owners == [*["core"] * 7, "slow"]


def _upgrade_in_child(database: str, folder: Path) -> None:
    plugin = PluginMigrations("slow", "slow_", plugin_metadata(), folder)
    upgrade(Store.open(database), build_tables(), [plugin])


def test_a_killed_upgrade_resumes(database: str, tables: Tables, tmp_path: Path) -> None:
    """Killed within a step, nothing of that step is there, the steps before are, and the next upgrade goes
    on."""
    folder, begun = tmp_path / "migrations", tmp_path / "begun"
    marked = f"from pathlib import Path\nPath({str(begun)!r}).touch()"
    write_revision(folder, 1, f"{SLOW}\n{marked}\nimport time\ntime.sleep(600)")
    child = processes().Process(target=_upgrade_in_child, args=(database, folder))
    child.start()
    while not begun.exists():
        assert child.is_alive(), child.exitcode
        time.sleep(0.02)
    child.kill()
    child.join()
    store = Store.open(database)
    with store.reading() as connection:
        assert "slow_a" not in table_names(connection)
    write_revision(folder, 1, SLOW)
    plugin = PluginMigrations("slow", "slow_", plugin_metadata(), folder)
    assert [step.owner for step in upgrade(store, tables, [plugin]).steps] == ["slow"]
    store.close()
