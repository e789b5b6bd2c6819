"""Commands that change `crm.toml`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit.core.config import ConfigEdit
from crmkit.core.errors import ConfigError, Conflict, Invalid

Write = Callable[..., Path]

SHOP = """\
# Our shop
[crs]
name = "x"   # the name
plugins = [
    "operational",  # sales
    "email",
]

# What they like
[fields.bread]
type = "choice"   # one only
choices = ["rye"]

[plugins.email]
host = "h"
"""


def test_comments_and_layout_stay(write: Write) -> None:
    """Only what was asked for changes."""
    path = write(SHOP)
    edit = ConfigEdit(path)
    assert edit.add_plugin("campaign")
    assert not edit.add_plugin("campaign")
    edit.set(("plugins", "email", "enabled"), False)
    edit.declare_field("size", {"type": "multi-choice", "choices": ("s", "m"), "label": None})
    config = edit.save()
    assert config.crs.plugins == ("operational", "email", "campaign")
    expected = SHOP.replace('    "email",\n', '    "email",\n    "campaign",\n')
    expected = expected.replace(
        'choices = ["rye"]\n\n',
        'choices = ["rye"]\n\n[fields.size]\ntype = "multi-choice"\nchoices = ["s", "m"]\n\n',
    )
    assert path.read_text() == expected + "enabled = false\n"


def test_a_plugin_is_removed_and_its_settings_stay(write: Write) -> None:
    """Putting it back later finds them."""
    path = write(SHOP)
    edit = ConfigEdit(path)
    assert edit.remove_plugin("email")
    assert not edit.remove_plugin("email")
    config = edit.save()
    assert config.crs.plugins == ("operational",)
    assert config.plugins["email"].settings["host"] == "h"
    assert '    "operational",  # sales\n' in path.read_text()


def test_missing_tables_are_made(write: Write) -> None:
    """An almost empty file gets what it lacks, tables set apart by an empty line."""
    path = write("[crs]\nname = 'x'")
    edit = ConfigEdit(path)
    assert not edit.remove_plugin("email")
    edit.add_plugin("email")
    edit.set(("plugins", "email", "host"), "h")
    edit.declare_field("a", {"type": "text"})
    edit.declare_field("b", {"type": "text"})
    edit.save()
    assert path.read_text() == (
        '[crs]\nname = \'x\'\nplugins = ["email"]\n\n[plugins.email]\nhost = "h"\n\n'
        '[fields.a]\ntype = "text"\n\n[fields.b]\ntype = "text"\n'
    )


def test_a_change_goes_to_the_file_that_has_the_key(write: Write) -> None:
    """What an included file says is changed there, and the main file stays byte for byte."""
    main = write("include = ['plugins.toml']\n[crs]\nname = 'x'\n")
    before = main.read_bytes()
    included = write("[crs]\nplugins = ['email']\n[plugins.email]\nenabled = true\n", "plugins.toml")
    edit = ConfigEdit(main)
    edit.add_plugin("campaign")
    edit.set(("plugins", "email", "enabled"), False)
    assert not edit.save().plugins["email"].enabled
    assert main.read_bytes() == before
    assert (
        included.read_text() == "[crs]\nplugins = ['email', \"campaign\"]\n[plugins.email]\nenabled = false\n"
    )


def test_a_result_that_would_not_load_is_not_written(write: Write, tmp_path: Path) -> None:
    """The refusal is located in the text as it would have been; nothing is left behind."""
    path = write(SHOP)
    edit = ConfigEdit(path)
    edit.declare_field("size", {"type": "chioce"})
    with pytest.raises(ConfigError, match=r'crm\.toml:15: \[fields\.size\] type: "chioce".*mean "choice"'):
        edit.save()
    assert path.read_text() == SHOP
    assert list(tmp_path.iterdir()) == [path]


def test_a_change_by_someone_else_is_not_lost(write: Write) -> None:
    """If the file changed after it was read, nothing is written."""
    path = write(SHOP)
    edit = ConfigEdit(path)
    edit.add_plugin("campaign")
    path.write_text(SHOP + "port = 1\n")
    with pytest.raises(Conflict, match="was changed in the meantime"):
        edit.save()
    assert path.read_text() == SHOP + "port = 1\n"


def test_permissions_links_and_line_ends_stay(write: Write, tmp_path: Path) -> None:
    """The mode is kept, a symbolic link stays one, CRLF stays CRLF."""
    real = write("", "real.toml")
    real.write_bytes(b"[crs]\r\nname = 'x'\r\n")
    real.chmod(0o640)
    link = tmp_path / "crm.toml"
    link.symlink_to(real)
    edit = ConfigEdit(link)
    edit.add_plugin("email")
    edit.save()
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_bytes() == b"[crs]\r\nname = 'x'\r\nplugins = [\"email\"]\r\n"


def test_saving_twice_and_saving_nothing(write: Write) -> None:
    """An edit goes on after a save, and without a change the file is not touched."""
    path = write(SHOP)
    edit = ConfigEdit(path)
    inode = path.stat().st_ino
    edit.save()
    assert path.stat().st_ino == inode
    edit.add_plugin("a")
    edit.save()
    edit.add_plugin("b")
    assert edit.save().crs.plugins[-2:] == ("a", "b")


def test_what_cannot_be_edited_says_why(write: Write) -> None:
    """A field that exists, and a key beneath a value."""
    edit = ConfigEdit(write(SHOP))
    with pytest.raises(Conflict, match='"bread" is declared already'):
        edit.declare_field("bread", {"type": "text"})
    with pytest.raises(Invalid, match=r'"crs\.name" .* is not a table'):
        edit.set(("crs", "name", "first"), "x")


def test_a_new_key_stands_with_the_others_of_its_table(write: Write) -> None:
    """What explains the next table stays above it; the key's own comment is on its line, stays when the key
    is changed, and goes when it is removed."""
    path = write(SHOP)
    edit = ConfigEdit(path)
    edit.set(("crs", "clock"), "2026-11-16T07:30:00", comment="the rehearsal's")
    edit.save()
    line = 'clock = "2026-11-16T07:30:00" # the rehearsal\'s\n'
    assert path.read_text() == SHOP.replace("]\n\n# What they like", f"]\n{line}\n# What they like")
    again = ConfigEdit(path)
    again.set(("crs", "clock"), "2026-11-17T07:30:00")
    again.save()
    assert line.replace("16T", "17T") in path.read_text()
    again.remove(("crs", "clock"))
    again.save()
    assert path.read_text() == SHOP
