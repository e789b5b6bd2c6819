"""Commands of plugins: offered from their manifests, imported when they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.commands import entries_by_name
from crmkit.core.errors import CrmError
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmkit.cli.state import State
    from crmkit.core.config.raw import RawConfig
    from crmkit.core.errors import PluginError
    from crmkit.core.plugins.discovery import Discovery, Found
    from crmkit.core.plugins.manifest import CommandEntry

Offered = dict[str, "tuple[Found, CommandEntry]"]


def offered_commands(state: State) -> Offered:
    """The commands that the manifests of the plugins in use offer; what is wrong is noted, not raised."""
    if state.no_plugins:
        return {}
    try:
        found = discovered(state)
    except CrmError as error:
        if error.code != "not_found" or state.config_path is not None:
            state.plugin_problems.append(error.message)
            return {}
        return _anywhere(state)
    state.plugin_problems += [each.reason for each in found.unusable]
    return _offered(state, found)


def discovered(state: State) -> Discovery:
    """The plugins that crm.toml names. Imports none; raises CrmError where crm.toml cannot be read."""
    from crmkit.core.plugins.discovery import discover

    raw = state.raw
    wanted = [name for name in raw.plugins if _is_enabled(raw, name)]
    return discover(wanted, raw.path.parent)


def brought_by(state: State, command: str, used: Collection[str]) -> str:
    """Which plugin that is installed and not in use has the command, and how to use it; empty for none.

    A command that is only like it is told of where none of those in use is meant.
    """
    from crmkit.cli.meant import meant
    from crmkit.core.plugins.discovery import all_found

    try:
        directory = state.raw.path.parent
    except CrmError:
        return ""
    brings = {name: each.name for each in all_found(directory) for name in each.manifest.commands}
    if command in brings:
        return phrase('The plugin "{name}" brings it: crm plugins enable {name}', name=brings[command])
    if meant("crm", command, used):
        return ""
    for line in meant("crm", command, brings):
        return phrase(
            'Did you mean: {command}\nThe plugin "{name}" brings it: crm plugins enable {name}',
            command=line,
            name=brings[line.split()[1]],
        )
    return ""


def _anywhere(state: State) -> Offered:
    """What works without a business: of every plugin that is installed, the commands that say so."""
    from pathlib import Path

    from crmkit.core.plugins.discovery import discover, installed_names

    offered = _offered(state, discover(installed_names(), Path()))
    return {name: (plugin, entry) for name, (plugin, entry) in offered.items() if entry.anywhere}


def _is_enabled(raw: RawConfig, name: str) -> bool:
    sections: Any = raw.data.get("plugins")
    section = sections.get(name) if isinstance(sections, dict) else None
    return not (isinstance(section, dict) and section.get("enabled") is False)


def _offered(state: State, found: Discovery) -> Offered:
    """The first plugin to offer a name has it; the core's commands come before all."""
    taken = dict.fromkeys(entries_by_name(), "crmkit")
    offered: Offered = {}
    for plugin in found.found:
        for name, entry in plugin.manifest.commands.items():
            if name in taken:
                state.plugin_problems.append(
                    phrase(
                        'The command "{name}" of plugin "{plugin}" is not offered: {other} has one of that '
                        "name.",
                        name=name,
                        plugin=plugin.name,
                        other=taken[name],
                    )
                )
                continue
            taken[name] = phrase('plugin "{name}"', name=plugin.name)
            offered[name] = (plugin, entry)
    return offered


def load_command(name: str, plugin: Found, entry: CommandEntry) -> click.Command:
    """Import a plugin's command. Raises PluginError, naming plugin, version and target."""
    from crmkit.core.errors import PluginError
    from crmkit.core.plugins.importing import import_target

    command = import_target(plugin, entry.target)
    if not isinstance(command, click.Command):
        raise PluginError(
            phrase(
                'The command "{name}" of plugin "{plugin}" {plugin_version} is no click command: {target}',
                name=name,
                plugin=plugin.name,
                plugin_version=plugin.version,
                target=entry.target,
            ),
            hint=phrase(
                "Whoever makes the plugin has to correct it; without it: crm plugins disable {plugin}",
                plugin=plugin.name,
            ),
        )
    return command


def failed_command(name: str, plugin: Found, error: Exception) -> PluginError:
    """What is told of an error that nobody foresaw in a plugin's command: whose it is, and in which line."""
    from crmkit.core.errors import PluginError
    from crmkit.core.plugins.failure import placed

    return PluginError(
        phrase(
            'The command "{name}" of plugin "{plugin}" {plugin_version} failed: {error}',
            name=name,
            plugin=plugin.name,
            plugin_version=plugin.version,
            error=placed(repr(error), error, plugin.path.parent),
        ),
        hint=phrase(
            "What is on record is safe. To see how it came to that, give the command -v, if it takes it. "
            "To go on without the plugin: crm plugins disable {plugin}",
            plugin=plugin.name,
        ),
        plugin=plugin.name,
        version=plugin.version,
    )
