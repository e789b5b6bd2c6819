"""The plugins of one `Crm`: those in use, and why others are not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, field, frozen

from crmkit.core.errors import NotFound
from crmkit.core.nearest import did_you_mean
from crmkit.core.phrase import phrase
from crmkit.core.plugins.discovery import Unusable
from crmkit.core.plugins.importing import LoadedPlugin

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.store.tables import PluginTables

LOADED: Final = "loaded"
DISABLED: Final = "disabled"
AVAILABLE: Final = "available"
_NO_TABLES: Final[Mapping[str, Any]] = MappingProxyType({})


@frozen(kw_only=True)
class PluginStatus:
    """How it stands with one plugin.

    `state` is `loaded`, `disabled` (in `crm.toml`, or by safe mode), `missing`, `broken`, `set_aside` or
    `available` (installed, not in use). `quarantined` are hooks that failed too often.
    """

    name: str
    state: str
    version: str = ""
    reason: str = ""
    hint: str = ""
    title: str = ""
    words: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    quarantined: tuple[str, ...] = ()


@frozen(kw_only=True)
class Plugins:
    """The catalogue. `tables` holds what each loaded plugin registered, `words` the names it contributed."""

    loaded: tuple[LoadedPlugin, ...] = ()
    unusable: tuple[Unusable, ...] = ()
    installed: tuple[str, ...] = ()
    tables: Mapping[str, PluginTables] = field(default=_NO_TABLES)
    words: Mapping[str, tuple[str, ...]] = field(default=_NO_TABLES)
    safe: bool = False

    def __iter__(self) -> Iterator[LoadedPlugin]:
        return iter(self.loaded)

    def __contains__(self, name: object) -> bool:
        return any(plugin.name == name for plugin in self.loaded)

    def __getitem__(self, name: str) -> LoadedPlugin:
        """A loaded plugin. Errors: NotFound says why it is not loaded."""
        for plugin in self.loaded:
            if plugin.name == name:
                return plugin
        for unusable in self.unusable:
            if unusable.name == name:
                raise NotFound(unusable.reason, hint=unusable.hint, plugin=name)
        known = {*(plugin.name for plugin in self.loaded), *self.installed}
        raise NotFound(
            phrase('There is no plugin "{name}"', name=name),
            hint=did_you_mean(name, known, phrase("Run: crm plugins list")),
        )

    def settings(self, name: str) -> Any:
        """A loaded plugin's settings. Errors: NotFound."""
        return self[name].settings

    def table(self, name: str) -> sa.Table:
        """A table of a loaded plugin, by its name in the database. Errors: NotFound."""
        for offered in self.tables.values():
            if name in offered.metadata.tables:
                return offered.metadata.tables[name]
        raise NotFound(
            phrase('No loaded plugin has a table "{name}"', name=name), hint="Run: crm plugins list"
        )

    @property
    def failures(self) -> tuple[Unusable, ...]:
        """The plugins that `crm.toml` asks for and does not get."""
        return tuple(each for each in self.unusable if each.state != DISABLED)

    def status(self, quarantined: Mapping[str, Collection[str]] = MappingProxyType({})) -> list[PluginStatus]:
        """Every plugin: loaded ones in their order, then the others; `quarantined` names hooks by plugin."""
        found = [self._of_loaded(plugin) for plugin in self.loaded]
        found += [
            PluginStatus(name=u.name, state=u.state, version=u.version, reason=u.reason, hint=u.hint)
            for u in self.unusable
        ]
        known = {status.name for status in found}
        found += [PluginStatus(name=n, state=AVAILABLE) for n in self.installed if n not in known]
        return [evolve(each, quarantined=tuple(quarantined.get(each.name, ()))) for each in found]

    def _of_loaded(self, plugin: LoadedPlugin) -> PluginStatus:
        offered = self.tables.get(plugin.name)
        return PluginStatus(
            name=plugin.name,
            state=LOADED,
            version=plugin.version,
            title=plugin.manifest.title,
            words=self.words.get(plugin.name, ()),
            hooks=plugin.hooks,
            tables=tuple(sorted(offered.metadata.tables)) if offered else (),
        )
