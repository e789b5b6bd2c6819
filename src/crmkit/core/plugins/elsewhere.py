"""Words that nobody brings here, though a plugin that is installed would."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path

from attrs import define

from crmkit.core.phrase import phrase
from crmkit.core.plugins.discovery import Found, Unusable, all_found
from crmkit.core.plugins.plugins import DISABLED


@define(slots=False)
class Elsewhere:
    """What the manifests of installed plugins say of words; they are read when the first one is missed.

    `loaded` are the names of the plugins in use, `unusable` those that are asked for and are not.
    """

    directory: Path
    loaded: Collection[str]
    unusable: Sequence[Unusable]

    def hint(self, word: str) -> str:
        """What to do to have the word; empty where no plugin that is installed says that it brings it."""
        for plugin in self._installed:
            if word in plugin.manifest.words or word.removeprefix(f"{plugin.name}.") in plugin.manifest.words:
                return self._way(plugin)
        return ""

    def _way(self, plugin: Found) -> str:
        name = plugin.name
        if name in self.loaded:
            return phrase(
                'The plugin "{name}" brings it, where its settings under [plugins.{name}] say so: '
                "crm plugins info {name}",
                name=name,
            )
        unusable = next((each for each in self.unusable if each.name == name), None)
        if unusable is None or (unusable.state == DISABLED and not unusable.version):
            return phrase('The plugin "{name}" brings it: crm plugins enable {name}', name=name)
        return phrase('The plugin "{name}" brings it. {hint}', name=name, hint=unusable.hint)

    @cached_property
    def _installed(self) -> Sequence[Found]:
        return all_found(self.directory)
