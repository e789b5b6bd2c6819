"""What is wrong with a configuration, and where: faults by key path, then problems by file and line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit.core.config.faults import Fault, Keys, dotted
from crmkit.core.config.secrets import masked
from crmkit.core.errors import ConfigError
from crmkit.core.phrase import joined, phrase

if TYPE_CHECKING:
    from crmkit.core.config.raw import RawConfig


@frozen
class Problem:
    """A fault with its place. `line` counts from 1; None where the file itself is the problem."""

    file: Path
    line: int | None
    key: str
    label: str
    message: str
    suggestion: str | None = None

    def sentence(self, directory: Path) -> str:
        """One line for a person; file names are relative to `directory`."""
        place = shown_file(self.file, directory) + (f":{self.line}" if self.line else "")
        told = phrase(
            "{place}: {problem}",
            place=f"{place}: {self.label}" if self.label else place,
            problem=self.message,
        )
        if not self.suggestion:
            return told
        return phrase('{problem}; did you mean "{meant}"?', problem=told, meant=self.suggestion)

    def details(self) -> dict[str, Any]:
        """Plain values for programs."""
        return {
            "file": str(self.file),
            "line": self.line,
            "key": self.key,
            "message": self.message,
            "suggestion": self.suggestion,
        }


def problem(file: Path, line: int | None, message: str, keys: Keys = (), *, table: bool = False) -> Problem:
    """A problem whose place is already known."""
    return Problem(file, line, dotted(keys), _label(keys, table), message)


def located(raw: RawConfig, faults: Iterable[Fault]) -> list[Problem]:
    """The faults of merged data with the file and line of each."""
    from crmkit.core.config.locate import Locations

    locations = Locations(raw.texts)
    found = []
    for each in faults:
        file, line = locations.at(each.keys)
        label = _label(each.keys, _is_table(raw.data, each.keys))
        found.append(Problem(file, line, dotted(each.keys), label, each.message, each.suggestion))
    return found


def config_error(root: Path, problems: Iterable[Problem]) -> ConfigError:
    """The error that lists every problem, in the order of files and lines."""
    ordered = sorted(problems, key=lambda each: (each.file != root, str(each.file), each.line or 0))
    return ConfigError(
        joined("\n", [each.sentence(root.parent) for each in ordered]),
        hint="Correct these lines, then run: crm check",
        problems=[each.details() for each in ordered],
    )


def shown_file(file: Path, directory: Path) -> str:
    """The file's name as seen from `directory`, in full where it lies elsewhere."""
    return os.path.relpath(file, directory) if file.is_relative_to(directory) else str(file)


def quoted(value: object) -> str:
    """A value as a person would write it in TOML, shortened, without the password of a URL."""
    import json

    if isinstance(value, Mapping):
        return phrase("a table")
    if isinstance(value, str):
        text = masked(value)
        return json.dumps(text if len(text) <= 60 else text[:57] + "…", ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return phrase("an array")
    return str(value)


def listed(names: Iterable[str]) -> str:
    """Names for a sentence, none of them quoted."""
    return ", ".join(names)


def _is_table(data: Any, keys: Keys) -> bool:
    """Whether the path leads to a table; an absent top-level key is taken for one."""
    for key in keys:
        try:
            data = data[key]
        except (LookupError, TypeError):
            return len(keys) == 1
    return isinstance(data, Mapping)


def _label(keys: Keys, table: bool) -> str:
    """`[fields.bread] type` for a key, `[fields.bread]` for a table, `[crs] plugins[2]` for an element."""
    if not keys:
        return ""
    if table:
        return f"[{dotted(keys)}]"
    last = max((at for at, key in enumerate(keys) if isinstance(key, str)), default=0)
    header = f"[{dotted(keys[:last])}] " if last else ""
    return header + dotted(keys[last:])
