"""The words that manifests name are those that the plugins bring."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit.core.plugins.discovery import all_found
from crmkit.testing import open_crm

PLUGINS = ("operational", "analytical", "campaign", "collaborative", "email")
# What it takes for each word to be there.
TOML = """
[plugins.operational.loyalty.rewards.bread]
points = 10

[plugins.operational.loyalty.stamps.bread]
on = "purchase"
needs = 10
reward = "bread"
"""


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The words of each plugin, and the short forms of its actions."""
    found: dict[str, set[str]] = {name: set() for name in PLUGINS}
    with open_crm(tmp_path_factory.mktemp("all"), TOML, plugins=PLUGINS) as crm:
        for _, word in crm.words.all():
            if word.owner in found:
                found[word.owner] |= {word.name, *filter(None, [getattr(word, "shorthand", None)])}
    return found


@pytest.mark.parametrize("name", PLUGINS)
def test_a_manifest_names_every_word_and_no_other(name: str, brought: dict[str, set[str]]) -> None:
    """Otherwise whoever misses a word is told nothing, or something wrong."""
    (manifest,) = (each.manifest for each in all_found(Path()) if each.name == name)
    assert set(manifest.words) == brought[name]
