"""Loading plugins: crmkit goes on without those that do not work, and names them."""

from __future__ import annotations

import pytest

from crmkit import __version__
from crmkit.core.errors import ConfigError, NotFound, PluginError
from crmkit.core.plugins.discovery import Unusable
from crmkit.core.plugins.importing import import_target
from tests.core.plugins.house import House

GOOD = """
@hookimpl
def crmkit_register_customer_words():
    yield Field(name="points", type="number", doc="Points")
"""
TABLE = """
def build(tables):
    metadata = plugin_metadata()
    sa.Table("{table}", metadata, key_column(), {columns})
    return metadata

@hookimpl
def crmkit_register_tables(tables):
    return PluginTables(build(tables), Path(__file__).parent)
"""
ONE_EACH = (
    'customer_column("customer_id", tables.customer, erase="delete", unique=True), sa.Column("more", X)'
)
CONFLICT = 'info=owned(conflict=on_conflict(keep="survivor"))'
OWNED = 'customer_column("customer_id", tables.customer, erase="delete")'


def only_failure(house: House) -> Unusable:
    """Loads `good` beside what fails: it must work, and the failure must be fatal under strict."""
    loaded = house.load()
    assert "good" in loaded.plugins
    assert "good.points" in loaded.words.fields
    (failure,) = loaded.plugins.failures
    with pytest.raises(PluginError) as caught:
        house.load(strict=True)
    assert caught.value.message == failure.reason
    assert f'"{failure.name}"' in failure.reason
    assert failure.hint
    (status,) = [each for each in loaded.plugins.status() if each.name == failure.name]
    assert (status.state, status.reason) == (failure.state, failure.reason)
    return failure


IMPORT_FAILURES = {
    "1 / 0": "ZeroDivisionError",
    "raise SystemExit(3)": "SystemExit",
    "import no_such_module": "No module named 'no_such_module'",
    "def broken(:": "SyntaxError: invalid syntax (bad.py:",
    "@hookimpl\ndef crmkit_before_customer_saved(drafts): ...": "no hook crmkit_before_customer_saved",
    "@hookimpl\ndef crmkit_extend_profile(customers, till): ...": "'till'",
    "@hookimpl(wrapper=True)\ndef crmkit_extend_profile(): return (yield)": "wrapper",
    "@hookimpl(hookwrapper=True)\ndef crmkit_extend_profile(): yield": "wrapper",
    "def crmkit_extend_profile(customers): ...": "is not marked",
    "@hookimpl\ndef crmkit_register_customer_words(): raise KeyError('x')": "KeyError('x')",
    "@hookimpl\ndef crmkit_register_customer_words():\n    yield Field\n": "or IdentityScheme is expected",
    "@hookimpl\ndef crmkit_register_customer_words():\n    yield 1 / 0": "ZeroDivisionError",
    "@hookimpl\ndef crmkit_register_interaction_words(): return 5": "not a list; write yield",
    "@hookimpl\ndef crmkit_register_strategy_words(): return 'abc'": "not a list",
    "@hookimpl\ndef crmkit_register_channels(): ...": "there is no hook",
    "@hookimpl\ndef crmkit_register_customer_words():\n    yield Field(name='x', type='nr', doc='x')": '"nr"',
    "@hookimpl\ndef crmkit_register_customer_words():\n    yield Field(name='x', type='text', doc='x')\n"
    "    yield Field(name='x', type='text', doc='x')": "twice",
    "@hookimpl\ndef crmkit_register_services():\n    yield dict": "Service",
    "@hookimpl\ndef crmkit_register_jobs():\n    raise RuntimeError": "RuntimeError() (bad.py:",
    "from crmkit.plugin import Route\n@hookimpl\ndef crmkit_register_routes():\n"
    "    yield Route(method='GET', path='card', handle=print)": "begins with /",
    "from crmkit.plugin import Route\n@hookimpl\ndef crmkit_register_routes(): \n"
    "    yield Route(method='Get', path='/card', handle=print)": "not 'Get'",
    "@hookimpl\ndef crmkit_register_checks():\n    yield 1": "Check",
    "@hookimpl\ndef crmkit_register_judges():\n    yield 1": "DuplicateJudge",
    "@hookimpl\ndef crmkit_register_tables(tables):\n    return sa.MetaData()": "PluginTables",
    TABLE.format(table="bad_x", columns='sa.Column("x", Text)'): "says not whose it is",
    TABLE.format(
        table="bad_x", columns='sa.Column("customer_id", sa.ForeignKey(tables.customer.c.id))'
    ): "without customer_column",
    TABLE.format(
        table="bad_x", columns='sa.Column("whose", sa.ForeignKey("customer.id"))'
    ): 'say customer_column("whose", tables.customer',
    TABLE.format(
        table="bad_x", columns='sa.Column("who", sa.ForeignKey("employee.id"))'
    ): 'say employee_column("who", tables.employee',
    TABLE.format(
        table="bad_x", columns=f'{OWNED}, sa.Column("deal", sa.ForeignKey("deal.id"))'
    ): 'column "deal" names deal.id',
    TABLE.format(table="bad_x", columns=OWNED).replace(".parent", ".parent / 'none'"): "none has none",
    TABLE.format(table="shop_x", columns=OWNED): 'prefix "bad_"',
    TABLE.format(table="bad_x", columns=f"{ONE_EACH}, {CONFLICT}").replace("X", "sa.Numeric"): "journalled",
    TABLE.format(table="bad_x", columns=f"{ONE_EACH}, {CONFLICT}").replace("X", "sa.JSON"): "use an integer",
}


@pytest.mark.parametrize(("code", "said"), IMPORT_FAILURES.items(), ids=IMPORT_FAILURES.values())
def test_broken_plugin_is_named_and_left_out(house: House, code: str, said: str) -> None:
    """Whatever is wrong with a plugin's code, the others work, and the message says what is wrong."""
    house.local("good", GOOD)
    house.local("bad", code)
    house.write("bad", "good")
    failure = only_failure(house)
    assert failure.state == "broken"
    assert failure.missed
    assert said in failure.reason


def test_nearest_hook_is_suggested(house: House) -> None:
    """A misspelt hook gets the right spelling."""
    house.local("good", GOOD)
    house.local("bad", "@hookimpl\ndef crmkit_before_customer_saved(drafts): ...")
    house.write("good", "bad")
    assert "crmkit_before_customers_saved" in only_failure(house).hint


def test_interrupt_is_not_swallowed(house: House) -> None:
    """Ctrl-C while a plugin is imported ends the program, not the plugin."""
    house.local("bad", "raise KeyboardInterrupt")
    house.write("bad")
    with pytest.raises(KeyboardInterrupt):
        house.load()


def test_missing_extra_is_the_install_line(house: House) -> None:
    """A module that an extra would bring is answered with the exact line to type."""
    house.local("good", GOOD)
    house.installed("mail", "import no_such_module", 'extra = "mail"')
    house.write("good", "mail")
    assert "pip install 'crmkit-mail[mail]'" in only_failure(house).hint


@pytest.mark.parametrize("range_", ["<0.0.1", ">=99", "==98.*"])
def test_wrong_crmkit(house: House, range_: str) -> None:
    """A plugin for another crmkit is named with both versions, and is not imported."""
    house.local("good", GOOD)
    house.installed("shop", "raise SystemExit", requires=f"crmkit{range_}")
    house.write("shop", "good")
    reason = only_failure(house).reason
    assert f"crmkit{range_}" in reason
    assert f"this is crmkit {__version__}" in reason


def test_fitting_crmkit(house: House) -> None:
    """A plugin whose requirement admits this crmkit is loaded; other requirements do not matter."""
    house.installed("shop", GOOD, requires=f"crmkit[email]>={__version__}\nRequires-Dist: other>=99")
    house.write("shop")
    assert house.load(strict=True).words.fields["points"].name == "shop.points"


def test_missing_and_bad_manifest(house: House) -> None:
    """A plugin that is not installed, and one with a bad manifest, are named."""
    house.local("good", GOOD)
    house.write("gone", "good")
    assert only_failure(house).state == "missing"
    house.local("bad", manifest='requires = "x"')
    house.write("bad", "good")
    assert "requires" in only_failure(house).reason


def test_later_of_two_equal_words_is_set_aside_whole(house: House) -> None:
    """On a clash nothing of the later plugin stays: no word, no hook, no table; both owners are named."""
    house.local("good", GOOD)
    house.local("shop", GOOD.replace("points", "size") + TABLE.format(table="shop_x", columns=OWNED))
    house.write("good", "shop", more='[fields.shop__size]\ntype = "text"')
    failure = only_failure(house)
    assert failure.state == "set_aside"
    assert not failure.missed
    assert '"shop.size"' in failure.reason
    assert "crm.toml" in failure.reason
    assert "crm plugins disable shop" in failure.hint
    loaded = house.load()
    assert not loaded.words.owned_by("shop")
    assert loaded.hooks.register_customer_words("shop") == []
    assert "shop" not in loaded.plugins.tables


def test_failure_at_the_tables_withdraws_the_words(house: House) -> None:
    """A plugin whose tables are refused leaves no column in the core's tables."""
    house.local("good", GOOD)
    house.local("bad", GOOD + TABLE.format(table="bad_x", columns='sa.Column("x", Text)'))
    house.write("bad", "good")
    only_failure(house)
    loaded = house.load()
    assert "bad__points" not in loaded.tables.customer_field.c
    assert "good__points" in loaded.tables.customer_field.c
    assert loaded.words.fields["points"].owner == "good"


def test_who_requires_a_broken_plugin_is_set_aside_too(house: House) -> None:
    """What hangs on a plugin that fails late is not left in the air."""
    house.local("good", GOOD)
    house.local("base", TABLE.format(table="base_x", columns='sa.Column("x", Text)'))
    house.local("top", manifest='requires = ["base"]')
    house.write("top", "base", "good")
    loaded = house.load()
    assert [(each.name, each.state) for each in loaded.plugins.failures] == [
        ("base", "broken"),
        ("top", "set_aside"),
    ]
    assert loaded.plugins.failures[1].missed


def test_tables_and_services_of_another(house: House) -> None:
    """Two plugins with the same prefix cannot have the same table, nor two the same service."""
    table = TABLE.format(table="shop_x", columns=OWNED)
    house.local("good", GOOD + table, 'table_prefix = "shop_"')
    house.local("shop", table)
    house.write("good", "shop")
    assert "taken by the plugin good" in only_failure(house).reason
    service = "@hookimpl\ndef crmkit_register_services():\n    yield Service(Path, Path)"
    house.local("good", GOOD + service)
    house.local("shop", service)
    assert "service Path" in only_failure(house).reason
    judge = """
from crmkit.plugin import DuplicateJudge
@hookimpl
def crmkit_register_judges():
    yield DuplicateJudge(name="me", doc="I do", judge=print)
"""
    house.local("good", GOOD + judge)
    house.local("shop", judge)
    assert 'judge of duplicates by the name of "me"' in only_failure(house).reason


def test_everything_a_plugin_brings_is_there(house: House) -> None:
    """Words, tables, services, jobs and checks of a plugin are in use, with its name on them."""
    house.local(
        "shop",
        GOOD
        + TABLE.format(table="shop_x", columns=OWNED)
        + """
        """.strip()
        + """
@hookimpl
def crmkit_register_services(settings):
    yield Service(Path, lambda crm: Path("here"))

@hookimpl
def crmkit_register_jobs():
    return [Job(name="sweep", every=60.0, run=print)]

@hookimpl
def crmkit_register_checks():
    return [Check(name="dust", doc="No dust", run=lambda crm: [])]
""",
    )
    house.write("shop")
    loaded = house.load(strict=True)
    assert ("shop.sweep", "shop") in [(job.name, job.owner) for job in loaded.jobs]
    assert ("dust", "shop") in [(check.name, check.owner) for check in loaded.checks]
    assert [each.name for each in loaded.services.values()] == ["Path"]
    (status,) = [each for each in loaded.plugins.status({"shop": ["hook"]}) if each.state == "loaded"]
    assert (status.words, status.tables, status.quarantined) == (("shop.points",), ("shop_x",), ("hook",))
    assert "register_jobs" in status.hooks


SETTINGS = """
from attrs import frozen, field
@frozen
class Settings:
    use: frozenset = frozenset()
    rate: int = 1
@hookimpl
def crmkit_register_customer_words(settings):
    yield Field(name="rate", type="number", doc=f"{settings.rate} {sorted(settings.use)}")
"""
PARTS = 'settings = "shop:Settings"\ncapabilities = ["stamps", "tills"]'


@pytest.mark.parametrize(
    ("more", "doc"),
    [
        ("", "1 ['stamps', 'tills']"),
        ("[plugins.shop]\nrate = 5\nuse = ['tills']", "5 ['tills']"),
        ("[plugins.shop]\nuse = []", "1 []"),
    ],
)
def test_settings_reach_the_hooks(house: House, more: str, doc: str) -> None:
    """A plugin gets its own section, and which of its capabilities are in use."""
    house.local("shop", SETTINGS, PARTS)
    house.write("shop", more=more)
    loaded = house.load(strict=True)
    assert loaded.words.fields["rate"].doc == doc
    assert loaded.plugins.settings("shop").rate == int(doc[0])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[plugins.shop]\nuse = ['stamp']", 'Did you mean "stamps"?'),
        ("[plugins.shop]\nrate = 'x'", "crm.toml:5"),
        ("[plugins.shop]\nrat = 5", 'did you mean "rate"'),
        ("[plugins.good]\nrate = 5", "not known"),
    ],
)
def test_bad_settings_and_capabilities(house: House, more: str, said: str) -> None:
    """Settings that a plugin does not have, or of another type, are shown with their line."""
    house.local("shop", SETTINGS, PARTS)
    house.local("good", GOOD)
    house.write("good", "shop", more=more)
    (failure,) = house.load().plugins.failures
    assert said in f"{failure.reason} {failure.hint}"


def test_disabled_and_safe_import_nothing(house: House) -> None:
    """A disabled plugin, and all of them in safe mode, are not imported; that is no failure."""
    house.local("shop", "raise SystemExit")
    house.write("shop", more="[plugins.shop]\nenabled = false")
    loaded = house.load(strict=True)
    assert [(each.name, each.state) for each in loaded.plugins.unusable] == [("shop", "disabled")]
    assert "crm plugins enable shop" in loaded.plugins.unusable[0].hint
    house.write("shop")
    loaded = house.load(strict=True, safe=True)
    assert loaded.plugins.safe
    assert not loaded.plugins.failures
    assert "purchase" in loaded.words.interaction_types


def test_no_plugins_at_all(house: House) -> None:
    """With `plugins = []` the core is complete; plugins that could be used are shown as such."""
    house.local("shop")
    house.write()
    loaded = house.load(strict=True)
    assert [(s.name, s.state) for s in loaded.plugins.status() if s.name == "shop"] == [("shop", "available")]
    with pytest.raises(NotFound, match='Did you mean "shop"'):
        loaded.plugins["shopp"]


def test_why_a_plugin_is_not_there(house: House) -> None:
    """Asking for a plugin that could not be loaded tells the reason."""
    house.local("bad", "1 / 0")
    house.write("bad")
    with pytest.raises(NotFound, match="ZeroDivisionError"):
        house.load().plugins["bad"]


def test_core_word_in_crm_toml(house: House) -> None:
    """A declaration that takes a name of the core is an error of the configuration."""
    house.write(more="[interactions.purchase]")
    with pytest.raises(ConfigError, match="purchase"):
        house.load()


def test_two_houses_with_plugins_of_one_name(house: House) -> None:
    """Two businesses in one process have each their own local plugin; an edited one is read anew."""
    house.local("shop", GOOD)
    house.write("shop")
    first = house.load(strict=True)
    again = house.load(strict=True)
    assert first.plugins["shop"].module is again.plugins["shop"].module
    house.local("shop", GOOD.replace("points", "size"))
    assert "size" in house.load(strict=True).words.fields
    assert "points" in first.words.fields


def test_command_of_a_local_plugin(house: House) -> None:
    """A command's target is found in the plugin's file, and a wrong one is explained."""
    house.local("shop", "def go(): return 5")
    house.write("shop")
    from crmkit.core.plugins.discovery import discover

    (found,) = discover(["shop"], house.directory).found
    assert import_target(found, "shop:go")() == 5
    with pytest.raises(PluginError, match="there is no gone"):
        import_target(found, "shop:gone")
