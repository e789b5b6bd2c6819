"""`crm.toml` and what it includes, merged into one set of tables."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from glob import glob
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attrs import define, field

from crmkit.core.config.faults import Keys
from crmkit.core.config.problems import Problem, config_error, problem, quoted, shown_file
from crmkit.core.config.raw import RawConfig
from crmkit.core.config.read import Unreadable, implausible, parse, read_text
from crmkit.core.phrase import phrase


def read_raw(path: str | os.PathLike[str]) -> RawConfig:
    """The merged tables of a configuration, without judging what they say.

    Errors: ConfigError lists every file that cannot be read, every include that leads nowhere or round in a
    circle, and every key that two files give.
    """
    gathering = gather(Path(path))
    if gathering.problems:
        raise config_error(gathering.root, gathering.problems)
    return gathering.raw()


def gather(path: Path, texts: Mapping[Path, str] = MappingProxyType({})) -> Gathering:
    """Read a configuration as far as it can be read; `texts` replaces the contents of files on disk."""
    root = path.absolute()
    gathering = Gathering(root, texts)
    gathering.take(root, ())
    return gathering


@define
class Gathering:
    """What was read so far. `complete` says that nothing was left out of `data`."""

    root: Path
    instead: Mapping[Path, str]
    texts: dict[Path, str] = field(factory=dict)
    data: dict[str, Any] = field(factory=dict)
    problems: list[Problem] = field(factory=list)
    complete: bool = True
    _seen: set[str] = field(factory=set)
    _lines: dict[Path, dict[Keys, int]] = field(factory=dict)

    def raw(self) -> RawConfig:
        return RawConfig(self.root, tuple(self.texts), MappingProxyType(self.data), dict(self.texts))

    def take(self, file: Path, ancestors: tuple[Path, ...]) -> None:
        """Read one file and, after it, what it includes."""
        try:
            text = self.instead[file] if file in self.instead else read_text(file)
            self.texts[file] = text
            self._seen.add(os.path.realpath(file))
            data = parse(text)
        except Unreadable as unreadable:
            self._leave_out(problem(file, unreadable.line, unreadable.message))
            return
        if self._is_implausible(file, data):
            return
        patterns = data.pop("include", [])
        self._merge(self.data, data, file, ())
        for child in self._children(file, patterns, (*ancestors, file)):
            self.take(child, (*ancestors, file))

    def _is_implausible(self, file: Path, data: dict[str, Any]) -> bool:
        found = list(implausible(data))
        for each in found:
            self._leave_out(problem(file, self._line(file, each.keys), each.message, each.keys))
        return bool(found)

    def _children(self, file: Path, patterns: Any, ancestors: tuple[Path, ...]) -> Iterator[Path]:
        if not isinstance(patterns, list):
            line = self._line(file, ("include",))
            self._leave_out(
                problem(
                    file,
                    line,
                    phrase("{patterns} is not an array of file names", patterns=quoted(patterns)),
                    ("include",),
                )
            )
            return
        for position, pattern in enumerate(patterns):
            keys = ("include", position)
            try:
                yield from self._new(matches(file, pattern), ancestors)
            except Unreadable as unreadable:
                self._leave_out(problem(file, self._line(file, keys), unreadable.message, keys))

    def _new(self, found: Sequence[Path], ancestors: tuple[Path, ...]) -> Iterator[Path]:
        """Those of the files that were not read yet: two includes may both match one file."""
        around = {os.path.realpath(each): each for each in ancestors}
        for child in found:
            real = os.path.realpath(child)
            if real in around:
                circle = [*ancestors[ancestors.index(around[real]) :], around[real]]
                names = " includes ".join(shown_file(each, self.root.parent) for each in circle)
                raise Unreadable(f"goes round in a circle: {names}")
            if real not in self._seen:
                yield child

    def _merge(self, into: dict[str, Any], new: dict[str, Any], file: Path, keys: Keys) -> None:
        for key, value in new.items():
            there = into.get(key)
            if key not in into:
                into[key] = value
            elif isinstance(there, dict) and isinstance(value, dict):
                self._merge(there, value, file, (*keys, key))
            else:
                self._clash(file, (*keys, key), isinstance(value, dict))

    def _clash(self, file: Path, keys: Keys, table: bool) -> None:
        first = next((each for each in self.texts if keys in self._lines_of(each)), file)
        place = f"{shown_file(first, self.root.parent)}:{self._line(first, keys)}"
        self.problems.append(
            problem(
                file,
                self._line(file, keys),
                phrase("is already given at {place}", place=place),
                keys,
                table=table,
            )
        )

    def _leave_out(self, found: Problem) -> None:
        self.problems.append(found)
        self.complete = False

    def _line(self, file: Path, keys: Keys) -> int:
        lines = self._lines_of(file)
        return next((lines[keys[:length]] for length in range(len(keys), 0, -1) if keys[:length] in lines), 1)

    def _lines_of(self, file: Path) -> dict[Keys, int]:
        from crmkit.core.config.locate import lines_of

        if file not in self._lines:
            self._lines[file] = lines_of(self.texts[file])
        return self._lines[file]


def matches(file: Path, pattern: object) -> list[Path]:
    """The files that an include names, sorted; a plain name must exist, a pattern may match nothing."""
    if not isinstance(pattern, str) or not pattern or "\0" in pattern:
        raise Unreadable(f"{quoted(pattern)} is not the name of a file")
    directory = file.parent
    if not any(mark in pattern for mark in "*?["):
        child = directory / pattern
        if not child.exists():
            raise Unreadable(f"{quoted(pattern)} does not exist in {quoted(str(directory))}")
        return [child]
    # Path.glob refuses absolute patterns.
    names = glob(pattern, root_dir=directory, recursive=True)  # noqa: PTH207
    found = {directory / name for name in names}
    # A pattern such as *.toml matches the file it stands in, which nobody means.
    return sorted(each for each in found - {file} if each.is_file())
