"""Commands of plugins that do not work: whose they are, and in which line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Shell

MANIFEST = """
name = "stamps"
title = "Stamps"
doc = "Stamp cards"

[commands]
stamps = { target = "TARGET", help = "Stamp cards" }
"""
MODULE = '''
"""Stamps."""

import click


@click.command()
@click.option("-v", "--verbose", is_flag=True)
def stamps(verbose):
    """List stamps."""
    [][7]
'''


@pytest.fixture
def house(tmp_path: Path) -> Shell:
    """A business with a plugin of one file, whose command fails."""
    (tmp_path / "crm.toml").write_text('[crs]\nname = "Bakery"\nplugins = ["stamps"]\n')
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "stamps.py").write_text(MODULE.lstrip())
    (tmp_path / "plugins" / "stamps.toml").write_text(MANIFEST.replace("TARGET", "stamps:stamps"))
    return Shell(tmp_path)


def test_a_command_that_fails_is_the_plugins(house: Shell) -> None:
    """An error that nobody foresaw names the plugin, the command and the line, and is no defect of crmkit."""
    error = house.error("stamps", status=2)  # a command without `writes` or `lists` has no --json
    assert error["code"] == "usage"
    said = house.run("stamps", status=1).stderr
    assert (
        'The command "stamps" of plugin "stamps" local failed: '
        "IndexError('list index out of range') (stamps.py:10)" in said
    )
    assert "crm plugins disable stamps" in said
    assert "Traceback" not in said


def test_under_v_it_shows_its_traceback(house: Shell, capfd: pytest.CaptureFixture[str]) -> None:
    """With -v the whole way to the line is there."""
    told = house.run("stamps", "-v", status=1).stderr + capfd.readouterr().err
    assert "Traceback" in told
    assert "[][7]" in told


def test_a_command_that_is_missed_because_its_plugin_does_not_load(house: Shell) -> None:
    """Whoever calls it reads what is wrong with the manifest, and where; after a slip, the nearest name."""
    (house.folder / "plugins" / "stamps.toml").write_text(MANIFEST.replace("TARGET", "stamps"))
    said = house.run("stamps", status=2).stderr
    assert "stamps.toml:7: [commands.stamps] target" in said
    assert "Did you mean: crm show" in house.run("shwo", status=2).stderr
