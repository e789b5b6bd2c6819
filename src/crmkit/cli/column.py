"""A column of what a command lists, and the rows that it is a column of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from crmkit.cli.terminal import safe
from crmkit.core.language import translated

Row = Mapping[str, Any]


@frozen
class Column:
    """A column of a table: the row's key, its title, and how it is laid out.

    `shown` turns the row's value into text; `right` aligns to the right; `fixed` is never shortened; `wrap`
    goes on in a second line rather than being cut off; with `is_name` the title is somebody's own word, such
    as a rule's name, and is not translated. A table leaves a `sparse` column out where no row has anything in
    it, or only zeros; programs find it at its place all the same.
    """

    key: str
    title: str | None = None
    right: bool = False
    fixed: bool = False
    wrap: bool = False
    style: str = ""
    shown: Callable[[Any], str] | None = None
    is_name: bool = False
    sparse: bool = False

    @property
    def heading(self) -> str:
        """The title, which may be empty, or the key as words where none is given, in the language spoken."""
        words = self.key.replace("_", " ").capitalize() if self.title is None else self.title
        return words if self.is_name else translated(words)

    def text(self, row: Row) -> str:
        """The row's value as safe text."""
        value = row.get(self.key)
        return safe(self.shown(value) if self.shown and value is not None else value)
