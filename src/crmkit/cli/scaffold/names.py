"""The names of a new plugin, and whether they are free."""

from __future__ import annotations

import re
import sys
from keyword import iskeyword
from pathlib import Path
from typing import Final

from attrs import frozen

from crmkit.core.errors import Conflict, Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,38}[a-z0-9]|[a-z]")
_TITLE: Final = re.compile(r"[^\"\\\x00-\x1f]{1,60}")
_TAKEN: Final = ("core", "crmkit", "plugin", "testing", "charts")


@frozen
class Names:
    """What a plugin is called: `plugin` in `crm.toml`, `title` by people."""

    plugin: str
    title: str

    @property
    def package(self) -> str:
        """Its module: `crmkit_stamps`."""
        return f"crmkit_{self.plugin}"

    @property
    def command(self) -> str:
        """Its command of `crm`."""
        return self.plugin.replace("_", "-")

    @property
    def distribution(self) -> str:
        """What it is installed as: `crmkit-stamps`."""
        return f"crmkit-{self.plugin.replace('_', '-')}"


def named(name: str, title: str | None, *, local: bool, command: bool) -> Names:
    """The names of a plugin called `name`. Raises `Invalid` where it cannot be a name, and `Conflict` where
    something else has it already: a plugin, a module, or, with `command`, a command of crmkit's."""
    if not _NAME.fullmatch(name) or iskeyword(name) or "__" in name:
        raise Invalid(
            phrase("{name} cannot be the name of a plugin", name=quoted(name)),
            hint=phrase(
                "It is a lower-case letter followed by letters a-z, digits and single _,"
                " such as {suggested}.",
                suggested=_suggested(name),
            ),
        )
    shown = name.replace("_", " ").capitalize() if title is None else title
    if not _TITLE.fullmatch(shown):
        raise Invalid(
            phrase("{shown} cannot be a title", shown=quoted(shown)), hint="It is one line without quotes."
        )
    _require_free(name, local=local, command=command)
    return Names(name, shown)


def _suggested(name: str) -> str:
    """The nearest that could be one: `my_stamps` for `crmkit-My-Stamps`."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower().removeprefix("crmkit")).strip("_")[:40].strip("_")
    return plain if _NAME.fullmatch(plain) and not iskeyword(plain) else "stamps"


def _require_free(name: str, *, local: bool, command: bool) -> None:
    from importlib.util import find_spec

    from crmkit.cli.commands import entries_by_name
    from crmkit.core.plugins.discovery import installed_names

    if name in _TAKEN or name in installed_names():
        raise Conflict(
            phrase("There is a plugin {name} already", name=quoted(name)), hint="Run: crm plugins list"
        )
    if local and name in sys.stdlib_module_names:
        raise Conflict(
            phrase("Python has a module {name}", name=quoted(name)),
            hint=phrase("Choose another, such as {name}s.", name=name),
        )
    if not local and find_spec(f"crmkit_{name}") is not None:
        raise Conflict(
            phrase("A module crmkit_{name} is installed already", name=name), hint="Choose another name."
        )
    offered = name.replace("_", "-")
    if command and offered in entries_by_name():
        raise Conflict(
            phrase(
                "crm {offered} is a command of crmkit's, so a plugin {name} can offer none of that name",
                offered=offered,
                name=quoted(name),
            ),
            hint="Choose another name, or leave the part command out: --with",
        )


def require_absent(paths: list[Path]) -> None:
    """Raise `Conflict` with the first of the paths that is there: nothing is written over."""
    for path in paths:
        if path.exists():
            raise Conflict(
                phrase("There is something already: {path}", path=path),
                hint="Choose another name, or remove it.",
            )
