"""A plugin that only writes down what it is called with, and the view of it that tests have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

NAME: Final = "recorder"
_MANIFEST: Final = 'name = "recorder"\ntitle = "Recorder"\ndoc = "Writes down what hooks are called with"\n'
_SOURCE: Final = '''"""Writes down what hooks are called with."""

from crmkit.plugin import hookimpl

calls = []


@hookimpl
def crmkit_before_customers_saved(drafts):
    calls.append(("before_customers_saved", tuple(drafts)))


@hookimpl
def crmkit_after_customers_changed(changes):
    calls.append(("after_customers_changed", tuple(changes)))


@hookimpl
def crmkit_extend_profile(customers):
    calls.append(("extend_profile", tuple(customers)))


@hookimpl
def crmkit_before_interactions_recorded(drafts):
    calls.append(("before_interactions_recorded", tuple(drafts)))


@hookimpl
def crmkit_after_interactions_recorded(interactions):
    calls.append(("after_interactions_recorded", tuple(interactions)))
'''


def write_recorder(folder: Path) -> None:
    """Put the plugin `recorder` into the business in `folder`."""
    plugins = folder / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    (plugins / f"{NAME}.py").write_text(_SOURCE, encoding="utf-8")
    (plugins / f"{NAME}.toml").write_text(_MANIFEST, encoding="utf-8")


@frozen
class Recorder:
    """Every batch that data hooks were called with since the Crm was opened, in order."""

    crm: Crm

    @property
    def calls(self) -> list[tuple[str, tuple[Any, ...]]]:
        """(hook without its prefix, batch) of every call."""
        calls: list[tuple[str, tuple[Any, ...]]] = self.crm.plugins[NAME].module.calls
        return calls

    def batches(self, hook: str) -> list[tuple[Any, ...]]:
        """The batches of one hook, such as `after_interactions_recorded`."""
        return [batch for called, batch in self.calls if called == hook]

    def clear(self) -> None:
        """Forget what was written down so far."""
        self.calls.clear()
