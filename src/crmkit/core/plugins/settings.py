"""A plugin's settings: its section of `crm.toml`, structured by the class that its manifest names."""

from __future__ import annotations

from typing import Any

from attrs import frozen

# An instance of the manifest's settings class: which one, only the plugin knows.
Settings = Any


@frozen
class NoSettings:
    """The settings of a plugin whose manifest names no class: its section accepts no keys."""
