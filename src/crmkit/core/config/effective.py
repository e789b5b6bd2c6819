"""The effective configuration as text, safe to show to anyone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from crmkit.core.config.secrets import HIDDEN, Secret, is_reference, masked

if TYPE_CHECKING:
    from crmkit.core.config.schema import Config

_TELLING = re.compile(r"passw(or)?d|passphrase|secret|token|credential|api_?key|private_?key", re.IGNORECASE)


def show(config: Config) -> str:
    """Every setting with its value in force, defaults included, as TOML.

    Secrets are hidden, as are passwords in URLs and whatever a plugin's key calls a password, token or key.
    """
    import tomlkit

    from crmkit.core.config.schema import Sections

    sections = {each.name: _plain(getattr(config, each.name)) for each in attrs.fields(Sections)}
    return tomlkit.dumps({name: section for name, section in sections.items() if section})


def _plain(value: Any) -> Any:
    """The value as TOML can write it; None becomes an absent key."""
    if attrs.has(type(value)) and not isinstance(value, Secret):
        return _table(value)
    if isinstance(value, Mapping):
        return {key: _redacted(key, each) for key, each in value.items() if each is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Secret) or is_reference(value):
        return str(Secret(value) if isinstance(value, str) else value)
    return masked(value) if isinstance(value, str) else value


def _table(value: Any) -> dict[str, Any]:
    table = {each.name: _plain(getattr(value, each.name)) for each in attrs.fields(type(value))}
    # A plugin's own settings stand beside `enabled` and `use`, as in the file.
    settings = table.pop("settings", {})
    return {key: each for key, each in {**table, **settings}.items() if each is not None}


def _redacted(key: str, value: Any) -> Any:
    if isinstance(value, str) and _TELLING.search(key) and not is_reference(value):
        return HIDDEN
    return _plain(value)
