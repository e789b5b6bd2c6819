"""Record types as they are declared: in `crm.toml`, by plugins, and again in another way."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from textwrap import dedent

import pytest
import sqlalchemy as sa

from crmkit.core.crm import Crm
from crmkit.core.errors import ConfigError, Conflict, SchemaError
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.opening import upgrade_database
from crmkit.core.store.engine import Store
from crmkit.testing.structure import structure

HEAD = """
[records.order]
title = "item"
states = ["open", "done"]
[records.order.fields]
item = "text"
size = "number"
"""


def business(folder: Path, database: str, toml: str, *, plugins: str = "") -> Path:
    """A `crm.toml` with these declarations."""
    path = folder / "crm.toml"
    crs = f'[crs]\nname = "Rye"\ncurrency = "PLN"\ndatabase = {json.dumps(database)}\nplugins = [{plugins}]\n'
    path.write_text(crs + dedent(toml), encoding="utf-8")
    return path


def opened(folder: Path, database: str, toml: str) -> Crm:
    """The business, its database upgraded."""
    path = business(folder, database, toml)
    upgrade_database(path)
    return Crm.open(path)


def filled(folder: Path, database: str) -> None:
    """A business with an order for a cake of size 12."""
    with opened(folder, database, HEAD) as crm:
        crm.customers.save(CustomerDraft(name="Anna"))
        crm.records.add("order", 1, {"item": "cake", "size": 12})


@pytest.mark.parametrize(
    ("toml", "line", "said"),
    [
        ("[records.x]\nstates = ['a', 'b']\nmoves = { a = ['c'] }", 8, "c"),
        ("[records.x]\nstates = ['open', 'done']\ninitial = 'opne'", 8, 'did you mean "open"'),
        ("[records.x]\nfinal = ['open']", 7, "there are no states"),
        ("[records.x]\ntitle = '{flavuor}'\nfields = { flavour = 'text' }", 7, 'did you mean "flavour"'),
        ("[records.x]\ntitle = '{flavour'\nfields = { flavour = 'text' }", 7, "braces"),
        ("[records.x.fields]\na = 'txt'", 7, 'did you mean "text"'),
        ("[records.x.fields]\na = 'multi-choice'", 7, "multi-choice"),
        ("[records.x.fields]\nstate = 'text'", 7, "taken"),
        ("[records.x.fields]\na = { type = 'reference', to = 'emploee' }", 7, 'did you mean "employee"'),
        ("[records.x.fields]\na = { type = 'text', to = 'employee' }", 7, "only a reference"),
        ("[records.x]\nstaets = []", 7, 'did you mean "states"'),
        ("[records.types]\n", 6, "taken"),
        ("[records.Order]\n", 6, 'did you mean "order"'),
    ],
)
def test_wrong_declarations_are_located(tmp_path: Path, toml: str, line: int, said: str) -> None:
    """What is wrong is said with its file, its line, and what could be meant."""
    with pytest.raises(ConfigError) as caught:
        Crm.open(business(tmp_path, "crm.db", toml))
    assert f"crm.toml:{line}" in caught.value.message
    assert said in caught.value.message


def test_a_type_becomes_a_table(tmp_path: Path, database: str) -> None:
    """The database is refused until it has the table; then it has it, with its contract."""
    path = business(tmp_path, database, "")
    upgrade_database(path)
    business(tmp_path, database, HEAD)
    with pytest.raises(SchemaError, match='declared records "order"'):
        Crm.open(path)
    dry = upgrade_database(path, dry_run=True)
    assert dry.records == ('"order" was added',)
    assert dry.fields == ('"order.item" (text) was added', '"order.size" (number) was added')
    assert upgrade_database(path).records == dry.records
    assert upgrade_database(path).nothing
    with Crm.open(path) as crm, crm.reading() as execute:
        ownership = crm.tables.ownership
        text = execute(
            sa.select(ownership.c.contract).where(ownership.c.table_name == "record_order")
        ).scalar()
    contract = json.loads(text)
    assert contract["links"]["customer_id"]["erase"] == "delete"
    assert set(contract["personal"]) == {"title", "fold", "item", "size"}


def test_fields_come_with_the_table_or_later(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    """A type with all its fields at once has the table that it has when they are added afterwards."""
    more = HEAD + 'baker = { type = "reference", to = "employee" }\ncode = { type = "text", unique = true }\n'
    opened(
        tmp_path, database, HEAD.partition("[records.order.fields]")[0].replace('title = "item"', "")
    ).close()
    opened(tmp_path, database, more).close()
    other = str(tmp_path / "other.db")
    if "://" in database:
        server = request.getfixturevalue("postgres")
        other = server.create_database()
        request.addfinalizer(partial(server.drop_database, other))
    opened(tmp_path, other, more).close()
    stores = Store.open(database), Store.open(other)
    later, at_once = (structure(store) for store in stores)
    for store in stores:
        store.close()
    assert later == at_once
    assert any("record_order" in line and "baker" in line for line in at_once)


def test_fields_change_where_the_data_allow_it(tmp_path: Path, database: str) -> None:
    """Fields are added, renamed with their values, rescaled and made unique; what contradicts is refused."""
    filled(tmp_path, database)
    with opened(
        tmp_path,
        database,
        HEAD.replace(
            'size = "number"', 'weight = { type = "number", decimals = 2, was = "size" }\nnote = "text"'
        ),
    ) as crm:
        assert {k: str(v) for k, v in crm.records.get("order", 1).fields.items()} == {
            "item": "cake",
            "weight": "12.00",
        }
        crm.records.add("order", 1, {"item": "cake", "note": "x"})
    path = business(
        tmp_path, database, HEAD.replace('item = "text"', 'item = { type = "text", unique = true }')
    )
    with pytest.raises(Conflict, match=r'"order.item" cannot be unique.*records 1 and 2'):
        upgrade_database(path)
    path = business(tmp_path, database, HEAD.replace('item = "text"', 'item = "date"'))
    with pytest.raises(Conflict, match=r'"order.item" is on record as text'):
        upgrade_database(path)


def test_a_state_with_records_cannot_be_given_up(tmp_path: Path, database: str) -> None:
    """A state is dropped only when nothing stands in it; a state more needs no upgrade."""
    filled(tmp_path, database)
    path = business(tmp_path, database, HEAD.replace('["open", "done"]', '["new", "open", "done"]'))
    Crm.open(path).close()
    path = business(tmp_path, database, HEAD.replace('["open", "done"]', '["new", "done"]'))
    with pytest.raises(SchemaError):
        Crm.open(path)
    with pytest.raises(Conflict, match=r'"open" \(1\)'):
        upgrade_database(path)
    business(tmp_path, database, HEAD)
    with Crm.open(path) as crm:
        crm.records.move("order", 1, "done")
    business(tmp_path, database, HEAD.replace('["open", "done"]', '["new", "done"]'))
    upgrade_database(path)
    with Crm.open(path) as crm:
        assert crm.records.add("order", 1).state == "new"


def test_a_type_no_longer_declared_keeps_its_records(tmp_path: Path, database: str) -> None:
    """Without its declaration a type's records stay, within reach of the contracts, and come back with it."""
    filled(tmp_path, database)
    path = business(tmp_path, database, "")
    assert upgrade_database(path).records == ('"order" is no longer declared; its records stay',)
    with Crm.open(path) as crm:
        assert crm.records.types() == ()
        assert crm.customers.history(1)[0].entity == "record:order"
        with crm.reading() as execute:
            names = execute(sa.select(crm.tables.ownership.c.table_name)).scalars().all()
        assert "record_order" in names
    with opened(tmp_path, database, HEAD) as crm:
        assert crm.records.get("order", 1).title == "cake"


def test_a_reference_cannot_lead_elsewhere(tmp_path: Path, database: str) -> None:
    """A reference with values keeps what it leads to."""
    toml = HEAD + 'who = { type = "reference", to = "%s" }\n'
    with opened(tmp_path, database, toml % "customer") as crm:
        crm.customers.save(CustomerDraft(name="Anna"))
        crm.records.add("order", 1, {"who": "anna"})
    with pytest.raises(Conflict, match="refers to customer"):
        upgrade_database(business(tmp_path, database, toml % "order"))


PLUGIN = """
from crmkit.plugin import Field, RecordType, hookimpl

@hookimpl
def crmkit_register_customer_words():
    yield RecordType(
        name="deal", doc="A chance to sell", title="{what}", states=("open", "won", "lost"),
        final=("won", "lost"), fields=(Field(name="what", type="text", doc="What"),),
    )
"""
MANIFEST = 'name = "sales"\ntitle = "Sales"\ndoc = "Deals"\ntable_prefix = "sales_"\n'


def test_a_plugin_brings_a_type(tmp_path: Path, database: str) -> None:
    """A plugin's type has its table under the plugin's prefix, and is purged with the plugin."""
    from crmkit.core.plugins.admin import purge

    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "sales.py").write_text(PLUGIN)
    (folder / "sales.toml").write_text(MANIFEST)
    path = business(tmp_path, database, "", plugins='"sales"')
    upgrade_database(path, strict=True)
    with Crm.open(path, strict=True) as crm:
        crm.customers.save(CustomerDraft(name="Anna"))
        deal = crm.records.add("deal", 1, {"what": "bread"})
        assert (deal.ref, deal.title, deal.state) == ("sales.deal:1", "bread", "open")
        assert crm.records.get("deal", "deal:1") == crm.records.get("sales.deal", "sales.deal:1") == deal
        assert crm.tables.records["sales.deal"].name == "sales_deal"
    business(tmp_path, database, "")
    upgrade_database(path)
    with Crm.open(path) as crm:
        assert purge(crm.kernel, crm.actor, "sales").tables == (("sales_deal", 1),)
    store = Store.open(database)
    with store.reading() as connection:
        assert "sales_deal" not in sa.inspect(connection).get_table_names()
    store.close()
    business(tmp_path, database, "", plugins='"sales"')
    upgrade_database(path, strict=True)
    with Crm.open(path, strict=True) as crm:
        assert crm.records.count("deal") == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('final=("won", "lost")', 'final=("wno",)', 'did you mean "won"'),
        ('title="{what}"', 'title="{waht}"', "its title"),
        ('type="text"', 'type="multi-choice", choices=("a",)', "multi-choice"),
        ('Field(name="what"', 'Field(name="state"', "cannot have that name"),
    ],
)
def test_a_plugins_wrong_type_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    """What `crm.toml` would be told, a plugin's author is told as well; the plugin is set aside."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "sales.py").write_text(PLUGIN.replace(old, new))
    (folder / "sales.toml").write_text(MANIFEST)
    path = business(tmp_path, str(tmp_path / "crm.db"), "", plugins='"sales"')
    upgrade_database(path)
    with Crm.open(path) as crm:
        (status,) = [each for each in crm.plugins.status() if each.name == "sales"]
    assert status.state == "broken"
    assert said in status.reason
