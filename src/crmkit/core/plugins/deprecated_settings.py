"""The settings of plugins that will go: their classes say `metadata={"deprecated": Deprecated(…)}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from crmkit.core.model.deprecated import Deprecated, going

if TYPE_CHECKING:
    from crmkit.core.plugins.importing import LoadedPlugin


@frozen
class DeprecatedSetting:
    """A key of a plugin's section; `what` is such as `plugins.stamps.full`, with `*` for any name."""

    what: str
    plugin: str
    deprecated: Deprecated

    @property
    def instead(self) -> str:
        """What to use."""
        return self.deprecated.instead

    @property
    def sentence(self) -> str:
        """What is known of it, as the end of a sentence that says who uses it."""
        return going(self.what, self.plugin, self.deprecated.since, self.deprecated.until)


def deprecated_settings(plugins: Iterable[LoadedPlugin]) -> Iterator[DeprecatedSetting]:
    """Every setting of these plugins that will go."""
    for plugin in plugins:
        for what, attribute in keys_of(plugin):
            if isinstance(each := attribute.metadata.get("deprecated"), Deprecated):
                yield DeprecatedSetting(what, plugin.name, each)


def keys_of(plugin: LoadedPlugin) -> Iterator[tuple[str, attrs.Attribute[Any]]]:
    """(path, attribute) of every key of a plugin's section and of the tables below it, with `*` for any
    name."""
    return _keys(type(plugin.settings), f"plugins.{plugin.name}")


def _keys(cls: type[Any], path: str) -> Iterator[tuple[str, attrs.Attribute[Any]]]:
    hints: Mapping[str, Any] | None = None
    for attribute in attrs.fields(cls):
        own = f"{path}.{attribute.name.removesuffix('_')}"
        yield own, attribute
        hints = get_type_hints(cls) if hints is None else hints
        yield from _below(hints[attribute.name], own)


def _below(hint: Any, path: str) -> Iterator[tuple[str, attrs.Attribute[Any]]]:
    if attrs.has(hint):
        yield from _keys(hint, path)
    elif isinstance(hint, UnionType) or get_origin(hint) is Union:
        for each in get_args(hint):
            yield from _below(each, path)
    elif isinstance(of := get_origin(hint), type) and issubclass(of, Mapping):
        yield from _below(get_args(hint)[1], f"{path}.*")
