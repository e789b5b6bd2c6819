"""Loading the plugins that `crm.toml` asks for; those that do not work are left out and named.

Words come first, because declared fields are columns of the core's tables, to which plugins' tables refer. A
plugin that fails at any step leaves nothing behind: registration starts again without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field, frozen

from crmkit.core.config.schema import PluginSection
from crmkit.core.core_jobs import core_jobs
from crmkit.core.duplicates.jobs import duplicate_jobs
from crmkit.core.effects.checks import effect_checks
from crmkit.core.errors import ConfigError, CrmError, PluginError
from crmkit.core.jobs import Check, Job
from crmkit.core.model.bulk import BulkReader
from crmkit.core.model.words import RecordType
from crmkit.core.phrase import phrase
from crmkit.core.plugins.calls import Call
from crmkit.core.plugins.discovery import LOCAL_VERSION, Found, Unusable, discover
from crmkit.core.plugins.hook_names import PREFIX
from crmkit.core.plugins.hooks import Hooks
from crmkit.core.plugins.importing import LoadedPlugin, loaded, new_manager
from crmkit.core.plugins.order import ordered
from crmkit.core.plugins.plugins import DISABLED, Plugins
from crmkit.core.plugins.services import Service
from crmkit.core.privacy.jobs import privacy_checks, privacy_jobs
from crmkit.core.public.checking import public_checks, public_jobs
from crmkit.core.store import ownership
from crmkit.core.store.tables import PluginTables, Tables, build_tables
from crmkit.core.undo.kinds import KINDS
from crmkit.core.webhooks.channels import with_webhooks
from crmkit.core.words.core_words import core_words
from crmkit.core.words.declared import declared_words
from crmkit.core.words.registry import CORE, TOML, AnyWord, BadWord, Registry, Words

if TYPE_CHECKING:
    from crmkit.core.config.schema import Config
    from crmkit.core.model.judge import DuplicateJudge
    from crmkit.core.model.rule_source import RuleSource
    from crmkit.core.model.web import Route
    from crmkit.core.model.words import Field

TablesBuilder = Callable[[Iterable["Field"], Iterable[RecordType]], Tables]
# What effects are entered under begins with the name of their source: these are the core's own.
_SOURCE: Final = re.compile(r"[a-z][a-z0-9-]*")
_ORIGINS: Final = ("rule", "send", "ask")


@frozen(kw_only=True)
class Loaded:
    """What the plugins, the core and `crm.toml` amount to together; `services` by where their classes are."""

    plugins: Plugins
    words: Words
    hooks: Hooks
    services: Mapping[str, Service]
    jobs: tuple[Job, ...]
    checks: tuple[Check, ...]
    routes: tuple[Route, ...]
    bulk_readers: tuple[BulkReader, ...]
    rule_sources: tuple[RuleSource, ...]
    judges: Mapping[str, DuplicateJudge]
    tables: Tables


def load_plugins(
    config: Config, tables_builder: TablesBuilder = build_tables, *, strict: bool = False, safe: bool = False
) -> Loaded:
    """Load what `[crs] plugins` names, in its order.

    `safe` imports none of it. Errors: ConfigError when `crm.toml` declares a word of the core; PluginError,
    with `strict`, for the first plugin that cannot be loaded.
    """
    names = config.crs.plugins
    disabled = [name for name in names if not config.plugins.get(name, PluginSection()).enabled]
    discovery = discover([name for name in names if name not in disabled], config.directory)
    unusable = [*map(_disabled, disabled), *discovery.unusable]
    found = list(discovery.found)
    if safe:
        unusable += [_not_imported(plugin) for plugin in found]
        found = []
    loading = _Loading(config, tables_builder, found, unusable, strict=strict)
    loading.refuse_if_strict()
    result = loading.run()
    plugins = evolve(
        result.plugins, unusable=tuple(loading.unusable), installed=discovery.installed, safe=safe
    )
    return evolve(result, plugins=plugins)


def _disabled(name: str) -> Unusable:
    return Unusable(
        name=name,
        state=DISABLED,
        reason=phrase('Plugin "{name}" is disabled in crm.toml', name=name),
        hint=phrase("Use it again: crm plugins enable {name}", name=name),
    )


def _not_imported(plugin: Found) -> Unusable:
    return Unusable(
        name=plugin.name,
        state=DISABLED,
        version=plugin.version,
        reason=phrase('Plugin "{name}" is not imported in safe mode', name=plugin.name),
        hint=phrase("Run the command without --no-plugins."),
    )


@define
class _Loading:
    config: Config
    tables_builder: TablesBuilder
    wanted: list[Found]
    unusable: list[Unusable]
    strict: bool = field(kw_only=True)
    imported: dict[str, LoadedPlugin] = field(factory=dict)

    def run(self) -> Loaded:
        """One attempt after the other, each without the plugin that failed in the last, until none fails."""
        while True:
            plan, lacking = ordered(self.wanted)
            self._leave_out(lacking)
            failed = self._import(plan)
            if failed is None:
                attempt = _Attempt(self.config, [self.imported[each.name] for each in plan], self.unusable)
                try:
                    return attempt.run(self.tables_builder)
                except PluginError as error:
                    failed = _unusable(error)
            self._leave_out([failed])

    def _import(self, plan: Sequence[Found]) -> Unusable | None:
        for found in plan:
            if found.name not in self.imported:
                try:
                    self.imported[found.name] = loaded(found, self.config)
                except PluginError as error:
                    return _unusable(error, found)
                except ConfigError as error:
                    reason = phrase(
                        'Plugin "{name}" cannot be loaded: {problem}', name=found.name, problem=error.message
                    )
                    return _unusable(PluginError(reason, hint=error.hint), found)
        return None

    def _leave_out(self, failed: Iterable[Unusable]) -> None:
        for each in failed:
            self.unusable.append(each)
            self.wanted = [found for found in self.wanted if found.name != each.name]
        self.refuse_if_strict()

    def refuse_if_strict(self) -> None:
        for each in self.unusable:
            if self.strict and each.state != DISABLED:
                raise PluginError(each.reason, hint=each.hint, plugin=each.name, version=each.version)


@define
class _Attempt:
    """One registration of plugins that are imported already, from scratch."""

    config: Config
    plugins: Sequence[LoadedPlugin]
    unusable: Sequence[Unusable]

    def run(self, tables_builder: TablesBuilder) -> Loaded:
        hooks = Hooks(_calls(self.plugins))
        words = self._words(hooks)
        tables = tables_builder(words.fields, words.record_types)
        plugin_tables = self._tables(hooks, tables)
        return Loaded(
            plugins=Plugins(
                loaded=tuple(self.plugins),
                tables=MappingProxyType(plugin_tables),
                words=MappingProxyType(
                    {p.name: tuple(name for _, name in words.owned_by(p.name)) for p in self.plugins}
                ),
            ),
            words=words,
            hooks=hooks,
            services=MappingProxyType(self._services(hooks)),
            jobs=(
                *core_jobs(),
                *privacy_jobs(),
                *duplicate_jobs(),
                *public_jobs(),
                *(job for p in self.plugins for job in hooks.register_jobs(p.name)),
            ),
            checks=(
                *privacy_checks(),
                *effect_checks(),
                *public_checks(),
                *(check for p in self.plugins for check in hooks.register_checks(p.name)),
            ),
            routes=tuple(self._routes(hooks)),
            bulk_readers=tuple(each for p in self.plugins for each in hooks.register_bulk_readers(p.name)),
            rule_sources=tuple(self._rule_sources(hooks)),
            judges=MappingProxyType(self._judges(hooks)),
            tables=tables,
        )

    def _routes(self, hooks: Hooks) -> Iterator[Route]:
        taken: dict[tuple[str, str], str] = {}
        for plugin in self.plugins:
            for route in hooks.register_routes(plugin.name):
                key = route.method, route.path
                if key in taken:
                    owner = taken[key]
                    raise _set_aside(
                        plugin,
                        phrase(
                            "its route {method} {route_path} is one of {owner}'s",
                            method=route.method,
                            route_path=route.path,
                            owner=owner,
                        ),
                    )
                taken[key] = plugin.name
                yield route

    def _rule_sources(self, hooks: Hooks) -> Iterator[RuleSource]:
        taken: dict[str, str] = {}
        for plugin in self.plugins:
            for source in hooks.register_rule_sources(plugin.name):
                if not _SOURCE.fullmatch(source.name) or source.name in _ORIGINS:
                    raise _set_aside(
                        plugin, phrase('a source of rules cannot be called "{source}"', source=source.name)
                    )
                if source.name in taken:
                    raise _set_aside(
                        plugin,
                        phrase(
                            'its rules "{source}" are those of {taken}',
                            source=source.name,
                            taken=taken[source.name],
                        ),
                    )
                taken[source.name] = plugin.name
                yield source

    def _words(self, hooks: Hooks) -> Words:
        registry = _with_core_words().copy()
        try:
            registry.add(TOML, declared_words(self.config))
        except BadWord as error:
            raise ConfigError(error.message, hint=error.hint) from error
        for plugin in self.plugins:
            words: list[AnyWord] = [
                *_with_tables(plugin, hooks.register_customer_words(plugin.name)),
                *hooks.register_interaction_words(plugin.name),
                *hooks.register_strategy_words(plugin.name),
            ]
            try:
                registry.add(plugin.name, words, qualified=not plugin.bundled)
            except BadWord as error:
                raise _set_aside(
                    plugin, error.message, error.hint, clash="owners" in error.details
                ) from error
        return with_webhooks(registry.words(self._elsewhere), self.config)

    def _elsewhere(self, word: str) -> str:
        """What to do to have a word that nobody brings here."""
        from crmkit.core.plugins.elsewhere import Elsewhere

        loaded = [plugin.name for plugin in self.plugins]
        return Elsewhere(self.config.directory, loaded, self.unusable).hint(word)

    def _tables(self, hooks: Hooks, tables: Tables) -> dict[str, PluginTables]:
        known = dict(tables.by_name)
        owners = dict.fromkeys(known, CORE)
        found = {}
        for plugin in self.plugins:
            kept = _bundled_tables(tables) if plugin.bundled else {}
            judged = plugin.name in kept
            offered = kept[plugin.name] if judged else hooks.register_tables(plugin.name, tables)
            if offered is not None:
                problems = () if judged else _table_problems(offered, known)
                for problem in chain(_clashes(plugin, offered, owners), problems):
                    raise _set_aside(plugin, problem)
                known |= offered.metadata.tables
                owners |= dict.fromkeys(offered.metadata.tables, plugin.name)
                found[plugin.name] = offered
            kept[plugin.name] = offered
        return found

    def _services(self, hooks: Hooks) -> dict[str, Service]:
        found: dict[str, Service] = {}
        undone = {*KINDS}
        for plugin in self.plugins:
            for service in hooks.register_services(plugin.name):
                if service.place in found:
                    raise _set_aside(
                        plugin,
                        phrase("another plugin offers the service {service} already", service=service.name),
                    )
                if service.undoes and service.undoes in undone:
                    raise _set_aside(
                        plugin,
                        phrase(
                            '"{undoes}" in references of crm undo is taken already', undoes=service.undoes
                        ),
                    )
                undone.add(service.undoes)
                found[service.place] = service
        return found

    def _judges(self, hooks: Hooks) -> dict[str, DuplicateJudge]:
        found: dict[str, DuplicateJudge] = {}
        for plugin in self.plugins:
            for judge in hooks.register_judges(plugin.name):
                if judge.name in found or judge.name == "rules":
                    raise _set_aside(
                        plugin,
                        phrase('there is a judge of duplicates by the name of "{judge}"', judge=judge.name),
                    )
                found[judge.name] = judge
        return found


@cache
def _with_core_words() -> Registry:
    """The words that are alike in every business."""
    registry = Registry()
    registry.add(CORE, core_words())
    return registry


@lru_cache(maxsize=16)
def _bundled_tables(_: Tables) -> dict[str, PluginTables | None]:
    """The tables of bundled plugins, which go by the core's alone, by plugin: filled as they load, and judged
    then."""
    return {}


def _with_tables(plugin: LoadedPlugin, words: Iterable[AnyWord]) -> Iterator[AnyWord]:
    """The words, with record types told that their tables begin as all tables of the plugin do."""
    for word in words:
        if isinstance(word, RecordType):
            yield evolve(word, table=f"{plugin.manifest.prefix}{word.name}")
        else:
            yield word


def _calls(plugins: Sequence[LoadedPlugin]) -> Iterator[Call]:
    """Every implementation in the order of calling: pluggy's own rules, upon the plugins' order."""
    manager = new_manager()
    by_name = {plugin.name: plugin for plugin in plugins}
    # pluggy calls last what was registered first.
    for plugin in reversed(plugins):
        manager.register(plugin.module, plugin.name)
    for name in sorted(vars(manager.hook)):
        if name.startswith(PREFIX):
            for impl in reversed(getattr(manager.hook, name).get_hookimpls()):
                plugin = by_name[impl.plugin_name]
                hook = name.removeprefix(PREFIX)
                yield Call(plugin.name, plugin.version, hook, impl.function, impl.argnames, plugin.settings)


def _clashes(plugin: LoadedPlugin, offered: PluginTables, owners: Mapping[str, str]) -> Iterator[str]:
    prefix = plugin.manifest.prefix
    for name in offered.metadata.tables:
        if not name.startswith(prefix):
            yield phrase(
                'its table "{name}" does not begin with the prefix "{prefix}" of its manifest',
                name=name,
                prefix=prefix,
            )
        if name in owners:
            owner = owners[name]
            yield phrase(
                'its table "{name}" is taken by the core'
                if owner == CORE
                else 'its table "{name}" is taken by the plugin {owner}',
                name=name,
                owner=owner,
            )


def _table_problems(offered: PluginTables, known: Mapping[str, Any]) -> Iterator[str]:
    for name in set(offered.derived) - offered.metadata.tables.keys():
        yield phrase('it has no table "{name}" to derive', name=name)
    yield from ownership.problems(offered.metadata, {**known, **offered.metadata.tables})
    if offered.metadata.tables and not any(Path(offered.migrations).glob("*.py")):
        yield phrase(
            "its tables are made by migrations, and {folder} has none; see docs/integrators/plugin.md",
            folder=offered.migrations,
        )


def _set_aside(plugin: LoadedPlugin, reason: str, hint: str = "", **details: Any) -> PluginError:
    return PluginError(
        phrase(
            'Plugin "{plugin}" {plugin_version} is set aside: {reason}',
            plugin=plugin.name,
            plugin_version=plugin.version,
            reason=reason,
        ),
        hint=hint or _to_correct(plugin),
        plugin=plugin.name,
        version=plugin.version,
        **details,
    )


def _to_correct(plugin: LoadedPlugin) -> str:
    """What to do about a fault of a plugin: of a local one in which file; others have their makers."""
    if plugin.version != LOCAL_VERSION:
        return phrase(
            "Whoever makes it has to correct it. To go on without it: crm plugins disable {plugin}",
            plugin=plugin.name,
        )
    return phrase(
        "Correct it in {file}, or go on without it: crm plugins disable {plugin}",
        file=f"plugins/{Path(str(plugin.module.__file__)).name}",
        plugin=plugin.name,
    )


def _unusable(error: CrmError, found: Found | None = None) -> Unusable:
    clash = bool(error.details.get("clash"))
    return Unusable(
        name=found.name if found else error.details["plugin"],
        state="set_aside" if clash else "broken",
        version=found.version if found else error.details["version"],
        reason=error.message,
        hint=error.hint,
        missed=not clash,
        cause=error,
    )
