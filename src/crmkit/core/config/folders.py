"""Folders of declarations beside `crm.toml`, one to a file: what a plugin's people write there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import field, frozen

from crmkit.core.config.faults import Faults
from crmkit.core.config.names import HYPHENATED
from crmkit.core.config.problems import Problem, located, problem, shown_file
from crmkit.core.config.raw import RawConfig
from crmkit.core.config.read import Unreadable, implausible, parse, read_text
from crmkit.core.config.structure import converter
from crmkit.core.errors import ConfigError
from crmkit.core.phrase import joined, phrase

if TYPE_CHECKING:
    from crmkit.core.config import Config

T = TypeVar("T")
_SUFFIX = ".toml"


@frozen(kw_only=True)
class DeclaredFile(Generic[T]):
    """One file of such a folder: its `name` (without the ending), its `text`, and the `value` that it
    declares, None where `problems` say why not. `digest` is the SHA-256 of its text."""

    name: str
    file: Path
    directory: Path
    value: T | None = None
    text: str = field(default="", repr=False)
    problems: tuple[Problem, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def shown(self) -> str:
        """The file as seen from `crm.toml`: `campaigns/spring.toml`."""
        return shown_file(self.file, self.directory)

    def place(self, *keys: str | int) -> str:
        """Where a key stands, or the nearest table around it: `campaigns/spring.toml:7`."""
        from crmkit.core.config.locate import Locations

        _, line = Locations({self.file: self.text}).at(keys)
        return f"{self.shown}:{line}"

    def required(self) -> T:
        """The value. Raises `ConfigError` with every problem, each with its line."""
        if self.value is None:
            raise ConfigError(
                joined("\n", [each.sentence(self.directory) for each in self.problems]),
                hint="Correct these lines, then run: crm check",
                problems=[each.details() for each in self.problems],
            )
        return self.value


def declared_files(config: Config, folder: str, cls: type[T]) -> Mapping[str, DeclaredFile[T]]:
    """What the files `*.toml` in the folder of that name beside `crm.toml` declare, by their names.

    `cls` is a frozen attrs class, read as settings are. With a field `said` of `metadata={"rest": True}`, in
    it or in a class of its parts, that takes the keys which the class does not name, such as an action with
    its parameters. A file with anything wrong in it has no value, and harms no other.
    """
    directory = config.directory / folder
    files = sorted(each for each in directory.glob(f"*{_SUFFIX}") if not each.name.startswith("."))
    return {each.stem: _read(each, config.directory, cls) for each in files}


def _read(file: Path, directory: Path, cls: type[T]) -> DeclaredFile[T]:
    made: DeclaredFile[T] = DeclaredFile(name=file.stem, file=file, directory=directory)
    text = ""
    try:
        HYPHENATED.check(file.stem)
        text = read_text(file)
        data = parse(text)
    except Unreadable as error:
        return _wrong(made, text, problem(file, error.line, error.message))
    except Faults as error:
        return _wrong(
            made,
            text,
            *(
                problem(file, None, phrase("its name {problem}", problem=each.message))
                for each in error.faults
            ),
        )
    raw = RawConfig(file, (file,), data, {file: text})
    faults = list(implausible(data))
    if not faults:
        try:
            value = converter(directory).structure(data, cls)
        except Faults as error:
            faults = list(error.faults)
        else:
            return DeclaredFile(name=file.stem, file=file, directory=directory, value=value, text=text)
    return _wrong(made, text, *located(raw, faults))


def _wrong(made: DeclaredFile[T], text: str, *problems: Problem) -> DeclaredFile[T]:
    ordered = tuple(sorted(problems, key=lambda each: each.line or 0))
    return DeclaredFile(name=made.name, file=made.file, directory=made.directory, text=text, problems=ordered)
