"""The configuration: `crm.toml` in, one frozen `Config` out, or every problem with its file and line.

Names are imported when they are first used: `read_raw` must not cost what `load` costs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit.core.config.discover import find
    from crmkit.core.config.edit import ConfigEdit
    from crmkit.core.config.effective import show
    from crmkit.core.config.fields import FieldDeclaration, PayloadField
    from crmkit.core.config.include import read_raw
    from crmkit.core.config.loading import load
    from crmkit.core.config.raw import RawConfig, Where
    from crmkit.core.config.schema import (
        Config,
        CrsSettings,
        InteractionDeclaration,
        MatchingSettings,
        PeopleSettings,
        PluginSection,
        PurposeDeclaration,
        RoleDeclaration,
        Sections,
    )
    from crmkit.core.config.secrets import Secret
    from crmkit.core.config.structure import structure_settings

__all__ = [
    "Config",
    "ConfigEdit",
    "CrsSettings",
    "FieldDeclaration",
    "InteractionDeclaration",
    "MatchingSettings",
    "PayloadField",
    "PeopleSettings",
    "PluginSection",
    "PurposeDeclaration",
    "RawConfig",
    "RoleDeclaration",
    "Secret",
    "Sections",
    "Where",
    "find",
    "load",
    "read_raw",
    "show",
    "structure_settings",
]

_MODULES = {
    "discover": ("find",),
    "edit": ("ConfigEdit",),
    "effective": ("show",),
    "fields": ("FieldDeclaration", "PayloadField"),
    "include": ("read_raw",),
    "loading": ("load",),
    "raw": ("RawConfig", "Where"),
    "secrets": ("Secret",),
    "structure": ("structure_settings",),
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = next((module for module, names in _MODULES.items() if name in names), "schema")
    return getattr(import_module(f"{__name__}.{module}"), name)
