"""What is remembered of plugins, what follows when they are missing, and taking them in and out of use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from crmkit import Crm
from crmkit.core.config.edit import ConfigEdit
from crmkit.core.errors import Conflict, NotAllowed, NotFound, ReadOnly
from crmkit.core.kernel import HOUSE, Kernel
from crmkit.core.model.people import Actor, Role
from crmkit.core.opening import open_kernel, upgrade_database
from crmkit.core.plugins import admin
from crmkit.core.plugins.state import remembered
from tests.core.plugins.house import House

NOBODY = Actor(name="nobody", role=Role(name="nobody", permissions=frozenset()))
SHOP = """
@hookimpl
def crmkit_register_customer_words():
    yield Field(name="size", type="number", doc="Size", indexed=True)
    yield Field(name="likes", type="multi-choice", doc="Likes", choices=("a", "b"))

@hookimpl
def crmkit_register_interaction_words():
    yield InteractionType(name="fitting", doc="Tried on")

def build(tables):
    metadata = plugin_metadata()
    parent = sa.Table("shop_order", metadata, key_column(),
        customer_column("customer_id", tables.customer, erase="delete"))
    sa.Table("shop_item", metadata, key_column(), via("order_id", parent, erase="delete"))
    return metadata

@hookimpl
def crmkit_register_tables(tables):
    return PluginTables(build(tables), Path(__file__).parent / "shop_migrations")

@hookimpl
def crmkit_after_customers_changed(): pass

@hookimpl
def crmkit_register_jobs():
    yield Job(name="sweep", every=1.0, run=print)
"""
REVISION = '''"""Orders."""
import sqlalchemy as sa
from alembic import op
revision = "0001"
down_revision = None
def upgrade():
    op.create_table("shop_order", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id")))
    op.create_table("shop_item", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("order_id", sa.BigInteger, sa.ForeignKey("shop_order.id")))
'''
DECIDES = "@hookimpl\ndef crmkit_before_customers_saved(): pass"
RESTRICTS = "@hookimpl\ndef crmkit_restrict_visibility(): pass"


@pytest.fixture
def shop(house: House, database: str) -> House:
    """A house with the plugin `shop`, on a database of each kind."""
    house.local("shop", SHOP)
    folder = house.directory / "plugins" / "shop_migrations"
    folder.mkdir()
    (folder / "0001.py").write_text(REVISION)
    (house.directory / "database").write_text(database)
    in_use(house, "shop")
    upgrade_database(house.path)
    return house


def in_use(house: House, *plugins: str, more: str = "") -> None:
    """Ask for these plugins, on the same database."""
    house.write(*plugins)
    text = house.path.read_text()
    file = house.directory / "database"
    address = Path(file).read_text() if file.exists() else "crm.db"
    house.path.write_text(f'{text}database = "{address}"\n{more}')


@contextmanager
def kernel_of(house: House, *, safe: bool = False) -> Iterator[Kernel]:
    """The opened house."""
    kernel = open_kernel(house.path, load_plugins_too=not safe)
    try:
        yield kernel
    finally:
        kernel.store.close()


ROWS = """
INSERT INTO customer (id, uid, is_organization, name, given_name, family_name, fold, lifecycle, version,
    created_at, source) VALUES (1, 'u', 0, 'n', '', '', 'n', 'customer', 1, 0, '');
INSERT INTO shop_order (id, customer_id) VALUES (1, 1);
INSERT INTO shop_item (id, order_id) VALUES (1, 1), (2, 1);
INSERT INTO customer_field (customer_id, shop__size) VALUES (1, 42);
INSERT INTO customer_choice (customer_id, field, value) VALUES (1, 'shop.likes', 'a'), (1, 'shop.likes', 'b');
INSERT INTO interaction (customer_id, type, occurred_at, recorded_at, known_at, payload, payload_version,
    actor) VALUES (1, 'shop.fitting', 0, 0, 0, '{}', 1, 'x');
INSERT INTO job (name, due_at, failures) VALUES ('shop.sweep', 0, 0), ('shopping.x', 0, 0)
"""


def fill(kernel: Kernel) -> None:
    """One customer with an order, two items, a size, two likes and a fitting."""
    with kernel.unit(HOUSE, deliver=False) as tx:
        for statement in ROWS.split(";"):
            tx.execute(sa.text(statement))


def test_purge_works_without_the_plugin_s_code(shop: House) -> None:
    """Preview and purge reach everything of a plugin that is gone; its interactions stay in the log."""
    with kernel_of(shop) as kernel:
        fill(kernel)
        with pytest.raises(Conflict, match="crm plugins uninstall shop"):
            admin.purge(kernel, HOUSE, "shop")
    (shop.directory / "plugins" / "shop.py").unlink()
    in_use(shop)
    with kernel_of(shop) as kernel:
        (status,) = [each for each in admin.statuses(kernel) if each.name == "shop"]
        assert (status.state, set(status.tables)) == ("uninstalled", {"shop_order", "shop_item"})
        preview = admin.preview_purge(kernel, HOUSE, "shop")
        assert preview.tables == (("shop_item", 2), ("shop_order", 1))
        assert preview.fields == (("shop.likes", 1), ("shop.size", 1))
        assert (preview.interactions_kept, preview.rows) == (1, 5)
        assert admin.purge(kernel, HOUSE, "shop") == preview
        with kernel.reading() as connection:
            inspector = sa.inspect(connection)
            assert not [name for name in inspector.get_table_names() if name.startswith("shop_")]
            assert "shop__size" not in [column["name"] for column in inspector.get_columns("customer_field")]
            left = {
                name: connection.execute(sa.text(query)).scalar()
                for name, query in {
                    "plugin": "SELECT count(*) FROM plugin",
                    "observer": "SELECT count(*) FROM observer",
                    "ownership": "SELECT count(*) FROM ownership WHERE plugin = 'shop'",
                    "contract": "SELECT count(*) FROM ownership WHERE contract LIKE '%shop__size%'",
                    "choices": "SELECT count(*) FROM customer_choice",
                    "jobs": "SELECT count(*) FROM job WHERE name LIKE 'shop.%'",
                    "fields": "SELECT count(*) FROM setting WHERE value LIKE '%shop.%'",
                }.items()
            }
            assert left == dict.fromkeys(left, 0)
            assert connection.execute(sa.text("SELECT count(*) FROM job")).scalar() == 1
            assert connection.execute(sa.text("SELECT type FROM interaction")).scalar() == "shop.fitting"
        with pytest.raises(NotFound, match="Nothing of a plugin"):
            admin.preview_purge(kernel, HOUSE, "shop")


def test_purged_plugin_can_come_back(shop: House) -> None:
    """After a purge the plugin can be used again and starts empty."""
    in_use(shop)
    with kernel_of(shop) as kernel:
        admin.purge(kernel, HOUSE, "shop")
    in_use(shop, "shop")
    upgrade_database(shop.path)
    with kernel_of(shop) as kernel:
        with kernel.reading() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM shop_order")).scalar() == 0
        fill(kernel)
        with kernel.reading() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM shop_order")).scalar() == 1


def test_remembered_once(shop: House) -> None:
    """A plugin is remembered with its words and tables, and opening again writes nothing."""
    with kernel_of(shop) as kernel, kernel.reading() as connection:
        known = remembered(connection)["shop"]
        assert ("interaction_types", "shop.fitting") in known.words
        assert known.tables == ("shop_order", "shop_item", "shop_schema_version")
        stamp = connection.execute(sa.text("SELECT loaded_at FROM plugin")).scalar()
    with kernel_of(shop) as kernel, kernel.reading() as connection:
        assert connection.execute(sa.text("SELECT loaded_at FROM plugin")).scalar() == stamp


@pytest.fixture
def till(house: House) -> House:
    """A house with the plugin `till`, which decides and restricts."""
    house.local("till", f"{DECIDES}\n{RESTRICTS}")
    house.write("till")
    upgrade_database(house.path)
    return house


def blocked(kernel: Kernel) -> str:
    """With what words a write is refused, empty when it is not."""
    try:
        with kernel.unit(HOUSE) as tx:
            kernel.hooks.before_customers_saved((), Crm(kernel, HOUSE), tx)
            return ""
    except ReadOnly as error:
        return str(error)


@pytest.mark.parametrize("how", ["broken", "missing"])
def test_missing_decider_stops_writes(till: House, how: str) -> None:
    """Breaking or removing a plugin gets round neither decisions nor restrictions; disabling it does."""
    if how == "broken":
        till.local("till", "1 / 0")
    else:
        (till.directory / "plugins" / "till.py").unlink()
    with kernel_of(till) as kernel:
        assert "crm plugins disable till" in blocked(kernel)
        assert how in blocked(kernel)
        assert kernel.restricted_by == ("till",)
        assert admin.disable(kernel, HOUSE, ConfigEdit(till.path), "till")
    with kernel_of(till) as kernel:
        assert blocked(kernel) == ""
        assert kernel.restricted_by == ()


def test_clash_stops_no_writes_and_shows_nothing_more(till: House) -> None:
    """A plugin that is set aside for a clash blocks nobody's work, and what it hid stays hidden."""
    words = (
        "@hookimpl\ndef crmkit_register_customer_words():\n    yield Field(name='x', type='text', doc='x')"
    )
    till.local("till", f"{DECIDES}\n{RESTRICTS}\n{words}")
    till.write("till", more='[fields.till__x]\ntype = "text"')
    upgrade_database(till.path)
    with kernel_of(till) as kernel:
        assert [each.state for each in kernel.plugins.failures] == ["set_aside"]
        assert blocked(kernel) == ""
        assert kernel.restricted_by == ("till",)


def test_never_loaded_blocks_nothing(house: House) -> None:
    """A plugin that never worked here stops nobody."""
    house.write("till")
    house.local("till", f"{DECIDES}\n1 / 0")
    upgrade_database(house.path)
    with kernel_of(house) as kernel:
        assert blocked(kernel) == ""


def test_safe_mode_writes_nothing_and_hides_what_was_hidden(till: House) -> None:
    """Safe mode gets round neither decisions nor restrictions."""
    with kernel_of(till, safe=True) as kernel:
        assert "safe mode" in blocked(kernel)
        assert kernel.restricted_by == ("till",)


def test_in_and_out_of_use(till: House) -> None:
    """Enable, disable and uninstall change `crm.toml` and nothing else, and say whether they had to."""
    with kernel_of(till) as kernel:
        assert admin.disable(kernel, HOUSE, ConfigEdit(till.path), "till")
        assert "enabled = false" in till.path.read_text()
    with kernel_of(till) as kernel:
        assert not admin.disable(kernel, HOUSE, ConfigEdit(till.path), "till")
        assert admin.enable(kernel, HOUSE, ConfigEdit(till.path), "till")
    with kernel_of(till) as kernel:
        assert "till" in kernel.plugins
        assert not admin.enable(kernel, HOUSE, ConfigEdit(till.path), "till")
        admin.uninstall(kernel, HOUSE, ConfigEdit(till.path), "till")
    assert till.config().crs.plugins == ()
    with kernel_of(till) as kernel:
        assert [each.state for each in admin.statuses(kernel) if each.name == "till"] == ["uninstalled"]
        assert admin.enable(kernel, HOUSE, ConfigEdit(till.path), "till")
    assert till.config().crs.plugins == ("till",)


def test_unknown_names_and_missing_rights(till: House) -> None:
    """Every command says which name was meant, and is refused without the permission."""
    with kernel_of(till) as kernel:
        edit = ConfigEdit(till.path)
        for act in (admin.enable, admin.disable, admin.uninstall):
            with pytest.raises(NotFound, match='Did you mean "till"'):
                act(kernel, HOUSE, edit, "tills")
            with pytest.raises(NotAllowed):
                act(kernel, NOBODY, edit, "till")
        for other in (admin.resume, admin.replay, admin.preview_purge, admin.purge):
            with pytest.raises(NotAllowed):
                other(kernel, NOBODY, "till")
        with pytest.raises(NotFound):
            admin.preview_purge(kernel, HOUSE, "tills")


def test_quarantine_is_shown_and_lifted(shop: House) -> None:
    """A quarantined hook is shown with its plugin until it is resumed; replay starts from the beginning."""
    with kernel_of(shop) as kernel:
        with kernel.unit(HOUSE, deliver=False) as tx:
            tx.execute(sa.text("UPDATE observer SET quarantined_at = 1, failures = 8, position = 5"))
        (status,) = [each for each in admin.statuses(kernel) if each.name == "shop"]
        assert status.quarantined == ("after_customers_changed",)
        assert admin.resume(kernel, HOUSE, "shop") == 1
        (status,) = [each for each in admin.statuses(kernel) if each.name == "shop"]
        assert status.quarantined == ()
        admin.replay(kernel, HOUSE, "shop")
        with kernel.reading() as connection:
            assert connection.execute(sa.text("SELECT position FROM observer")).scalar() == 0
