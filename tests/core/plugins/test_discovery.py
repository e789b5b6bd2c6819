"""Manifests and where plugins are found."""

from __future__ import annotations

import subprocess
import sys

import pytest

from crmkit.core.errors import ConfigError
from crmkit.core.plugins.discovery import discover
from crmkit.core.plugins.manifest import CommandEntry, read_manifest
from tests.core.plugins.house import House

LOUD = "raise SystemExit('imported')"


def test_nothing_is_imported(house: House) -> None:
    """Local and installed plugins are found and described without running their code."""
    house.local(
        "till", LOUD, 'capabilities = ["cash"]\n[commands]\ncash = { target = "till:cash", help = "Count" }'
    )
    house.installed("shop", LOUD)
    found = discover(["till", "shop"], house.directory)
    till, shop = found.found
    assert till.manifest.commands["cash"] == CommandEntry("till:cash", "Count")
    assert (till.version, till.distribution, till.bundled) == ("local", None, False)
    assert (shop.version, shop.distribution, shop.module) == ("1.2", "crmkit-shop", "shop_package")
    assert {"till", "shop"} <= set(found.installed)


def test_single_module_with_its_manifest_beside(house: House) -> None:
    """An installed plugin may be one module, with its manifest of the same name beside it."""
    house.installed("shop")
    (house.site / "shop_package" / "plugin.toml").rename(house.site / "shop_package.toml")
    (house.site / "shop_package" / "__init__.py").rename(house.site / "shop_package.py")
    (house.site / "shop_package").rmdir()
    assert discover(["shop"], house.directory).found[0].path == house.site / "shop_package.toml"


def test_help_stays_cheap() -> None:
    """Finding plugins loads no database, no hook machinery and no converter."""
    code = (
        "import sys; from pathlib import Path; from crmkit.core.plugins.discovery import discover;"
        "discover(['x'], Path('.')); print(sorted({'sqlalchemy', 'pluggy', 'cattrs'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_plugin_gets_the_nearest(house: House) -> None:
    """A plugin that is not there is missing, and the nearest name is suggested."""
    house.local("referrals")
    (missing,) = discover(["referals"], house.directory).unusable
    assert missing.state == "missing"
    assert 'Did you mean "referrals"?' in missing.hint


def test_two_plugins_of_one_name(house: House) -> None:
    """A local file never replaces an installed plugin silently: both are named."""
    house.local("shop")
    house.installed("shop")
    (both,) = discover(["shop"], house.directory).unusable
    assert both.state == "set_aside"
    assert "crmkit-shop" in both.reason
    assert "plugins/shop.py" in both.reason


def test_a_path_is_not_a_name(house: House) -> None:
    """A name that would lead out of the folder of plugins finds nothing."""
    (house.directory / "evil.py").write_text("")
    (house.directory / "evil.toml").write_text("")
    (missing,) = discover(["../evil"], house.directory).unusable
    assert missing.state == "missing"


@pytest.mark.parametrize("missing", ["manifest", "module"])
def test_installed_without_manifest_or_module(house: House, missing: str) -> None:
    """A package whose manifest or module is gone is broken, and the message says what is missing."""
    house.installed("shop")
    (house.site / "shop_package" / "plugin.toml").unlink()
    if missing == "module":
        (house.site / "shop_package" / "__init__.py").unlink()
        (house.site / "shop_package").rmdir()
    (broken,) = discover(["shop"], house.directory).unusable
    assert broken.state == "broken"
    assert missing in broken.reason


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "x"\ntitle = "X"', ["[doc]: is missing"]),
        ('name = "X!"\ntitle = ""\ndoc = 5', [":1: name", ":2: title", ":3: doc"]),
        ('name = "core"\ntitle = "X"\ndoc = "x"', ["taken by the core"]),
        ('name = "x"\ntitle = "X"\ndoc = "x"\nrequire = ["y"]', [":4: require", 'did you mean "requires"']),
        ('name = "x"\ntitle = "X"\ndoc = "x"\nrequires = "y"\nafter = [5]', [":4: requires", ":5: after[0]"]),
        ('name = "x"\ntitle = "X"\ndoc = "x"\ntable_prefix = "shop"', ["ends in _"]),
        ('name = "x"\ntitle = "X"\ndoc = "x"\npersonal_data_elsewhere = "no"', ["true or false"]),
        ('name = "x"\ntitle = "X"\ndoc = "x"\nsettings = "x.Settings"', ['"module:attribute"']),
        ('name = "x"\ntitle = "X"\ndoc = "x"\ncommands = 5', ["table of commands"]),
        ('name = "x"\ntitle = "X"\ndoc = "x"\n[commands]\nGo = "a:b"', [":5:", "lower-case", "target ="]),
        ('name = "x"\ntitle = "X"\ndoc = "x"\n[commands]\ngo = { target = "a", help = "" }', ["module:attr"]),
        ("name = ", [":1: is not valid TOML"]),
    ],
)
def test_manifest_problems_have_lines(house: House, text: str, said: list[str]) -> None:
    """Everything wrong with a manifest is listed at once, each with its line."""
    path = house.directory / "plugin.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_manifest(path)
    assert all(part in caught.value.message for part in said), caught.value.message


def test_bad_manifest_breaks_one_plugin(house: House) -> None:
    """A plugin with a bad manifest, or another's name in it, is broken; the others are found."""
    house.local("good")
    house.local("bad", manifest="extra = 5")
    house.local("other")
    (house.directory / "plugins" / "other.toml").write_text('name = "good"\ntitle = "x"\ndoc = "x"')
    found = discover(["bad", "other", "good"], house.directory)
    assert [each.name for each in found.found] == ["good"]
    assert [(each.name, each.state) for each in found.unusable] == [("bad", "broken"), ("other", "broken")]
    assert 'name = "good"' in found.unusable[1].reason
