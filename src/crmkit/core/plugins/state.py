"""What is remembered of plugins from their last good load, and what follows when one is missing.

A plugin that decided about writes, or narrowed who sees whom, must not be circumvented by breaking it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.language import N_
from crmkit.core.phrase import phrase
from crmkit.core.plugins.hook_names import DECIDER_HOOKS, OBSERVER_HOOKS, RESTRICTING_HOOK
from crmkit.core.plugins.plugins import DISABLED
from crmkit.core.store.bulk import driver_rows

if TYPE_CHECKING:
    from crmkit.core.plugins.discovery import Unusable
    from crmkit.core.plugins.importing import LoadedPlugin
    from crmkit.core.plugins.load import Loaded
    from crmkit.core.plugins.plugins import Plugins
    from crmkit.core.store.unit import Transaction

# What the name of a plugin's table of schema versions ends in, after its prefix.
VERSION_TABLE: Final = "schema_version"


@frozen(kw_only=True)
class Remembered:
    """A plugin as of its last good load: words are (vocabulary, stored name) pairs, tables parents first."""

    name: str
    version: str
    deciders: tuple[str, ...]
    restricts: bool
    tables: tuple[str, ...]
    words: tuple[tuple[str, str], ...]


@frozen
class Consequences:
    """What follows from plugins that are missing.

    `blocked` maps a deciding hook to the sentence with which its writes are refused and the way out;
    `restricted_by` names plugins because of which nobody but administrators sees customers.
    """

    blocked: Mapping[str, tuple[str, str]]
    restricted_by: tuple[str, ...] = ()


def remembered(connection: sa.Connection) -> dict[str, Remembered]:
    """Every plugin that was ever loaded here and not purged, by name."""
    # Text, because building and compiling an expression takes longer than running it.
    statement = "SELECT name, version, deciders, restricts, tables, words FROM plugin"
    return {
        name: Remembered(
            name=name,
            version=version,
            deciders=tuple(json.loads(deciders)),
            restricts=bool(restricts),
            tables=tuple(json.loads(own)),
            words=tuple((vocabulary, word) for vocabulary, word in json.loads(words)),
        )
        for name, version, deciders, restricts, own, words in driver_rows(connection, statement)
    }


def news(connection: sa.Connection, loaded: Loaded, before: Mapping[str, Remembered]) -> list[Remembered]:
    """The loaded plugins that differ from what was `before`; nothing to write when empty."""
    statement = "SELECT plugin, hook FROM observer"
    enrolled = {(plugin, hook) for plugin, hook in driver_rows(connection, statement)}
    watching = {(call[0], hook) for hook in OBSERVER_HOOKS for call in loaded.hooks.observers(hook)}
    unseen = {plugin for plugin, _ in watching - enrolled}
    return [each for each in _present(loaded) if before.get(each.name) != each or each.name in unseen]


def remember(tx: Transaction, loaded: Loaded) -> None:
    """Keep what the loaded plugins are."""
    table = loaded.tables.plugin
    for each in news(tx.connection, loaded, remembered(tx.connection)):
        values: dict[str, Any] = {
            "version": each.version,
            "deciders": json.dumps(each.deciders),
            "restricts": int(each.restricts),
            "tables": json.dumps(each.tables),
            "words": json.dumps(each.words),
            "loaded_at": tx.at,
        }
        tx.execute(sa.delete(table).where(table.c.name == each.name))
        tx.execute(sa.insert(table).values(name=each.name, **values))


# By what a deciding hook's name has in it.
_REFUSALS: Final = {
    "proposals": N_(
        'No plan can be made: the plugin "{plugin}", which decides about that, is {state}. {reason}'
    ),
    "erased": N_(
        'No customer can be erased: the plugin "{plugin}", which decides about that, is {state}. {reason}'
    ),
    "interactions": N_(
        'No interaction can be recorded: the plugin "{plugin}", which decides about that, is {state}. '
        "{reason}"
    ),
}
_NO_CUSTOMER: Final = N_(
    'No customer can be saved: the plugin "{plugin}", which decides about that, is {state}. {reason}'
)


def consequences(before: Iterable[Remembered], plugins: Plugins) -> Consequences:
    """What follows from the plugins that `crm.toml` asks for and does not get.

    A plugin that was disabled on purpose, or never loaded, has none. One that was set aside for a clash of
    names blocks no writes; still, what it hid stays hidden. Safe mode shows nothing that was hidden either.
    """
    by_name = {each.name: each for each in before}
    blocked: dict[str, tuple[str, str]] = {}
    restricted = []
    for unusable in plugins.unusable:
        known = by_name.get(unusable.name)
        if known is None or (unusable.state == DISABLED and not plugins.safe):
            continue
        if unusable.missed and unusable.state != DISABLED:
            for hook in known.deciders:
                blocked.setdefault(hook, _refusal(hook, unusable))
        if known.restricts:
            restricted.append(known.name)
    return Consequences(blocked, tuple(restricted))


def _refusal(hook: str, unusable: Unusable) -> tuple[str, str]:
    message = next((text for part, text in _REFUSALS.items() if part in hook), _NO_CUSTOMER)
    return (
        phrase(
            message,
            plugin=unusable.name,
            state=phrase(unusable.state.replace("_", " ")),
            reason=unusable.reason,
        ),
        phrase("Mend it, or decide to go on without it: crm plugins disable {plugin}", plugin=unusable.name),
    )


def _present(loaded: Loaded) -> list[Remembered]:
    return [
        Remembered(
            name=plugin.name,
            version=plugin.version,
            deciders=tuple(hook for hook in DECIDER_HOOKS if hook in plugin.hooks),
            restricts=RESTRICTING_HOOK in plugin.hooks,
            tables=_table_names(loaded, plugin),
            words=tuple(loaded.words.owned_by(plugin.name)),
        )
        for plugin in loaded.plugins
    ]


def _table_names(loaded: Loaded, plugin: LoadedPlugin) -> tuple[str, ...]:
    """The plugin's tables and, last, the one that holds its schema's version."""
    offered = loaded.plugins.tables.get(plugin.name)
    if offered is None:
        return ()
    names = [table.name for table in offered.metadata.sorted_tables]
    return (*names, f"{plugin.manifest.prefix}{VERSION_TABLE}")
