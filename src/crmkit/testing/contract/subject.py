"""The plugin under examination, and businesses that use it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field

from crmkit.core.plugins.manifest import CheckNotes
from crmkit.testing.business import write_business
from crmkit.testing.opening import open_crm
from crmkit.testing.tables import run_migrations

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.plugins.discovery import Found
    from crmkit.core.plugins.manifest import Manifest

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@define(kw_only=True, slots=False)
class Subject:
    """A plugin by its name, as it is installed or, with `local`, as one file with its manifest beside it.

    `toml` is what its businesses have in `crm.toml` besides; `requires` are plugins that they use as well;
    `samples` has, by interaction type, table, action, trait or metric, values for what cannot be made up
    (`amount`, in minor units, is that of the contact). `database` is the address of a database without a
    business; a new SQLite file for each business when None. `notes` is what the manifest says to its checks.
    """

    name: str
    folder: Path
    toml: str = ""
    requires: tuple[str, ...] = ()
    local: Path | None = None
    samples: Mapping[str, Mapping[str, Any]] = NOTHING
    database: str | None = None
    notes: CheckNotes = field(factory=CheckNotes)
    _numbers: Iterator[int] = field(factory=lambda: count(1))

    @cached_property
    def found(self) -> Found:
        """The plugin as its manifest describes it. Raises AssertionError where it is not found."""
        from crmkit.core.plugins.discovery import discover

        home = self._home(self.folder)
        discovery = discover([self.name], home)
        if discovery.unusable:
            raise AssertionError(f"{discovery.unusable[0].reason}. {discovery.unusable[0].hint}")
        return discovery.found[0]

    @property
    def manifest(self) -> Manifest | None:
        """What it says of itself, if that can be read."""
        try:
            return self.found.manifest
        except AssertionError:
            return None

    @property
    def sources(self) -> list[Path]:
        """The plugin's Python files."""
        if self.found.file is not None:
            return [self.found.file]
        folder = self.found.path.parent
        return sorted(folder.rglob("*.py"))

    @contextmanager
    def business(self) -> Iterator[Crm]:
        """A new business with the plugin, on a clock that stands still, with randomness that repeats."""
        from crmkit.core.clock import FakeClock

        home, plugins = self._new_home(), (*self.requires, self.name)
        if self.database is not None:  # so that what its migrations make of it is examined
            run_migrations(write_business(home, self.toml, plugins=plugins, database=self.database))
        with open_crm(
            home,
            self.toml,
            plugins=plugins,
            database=self.database,
            clock=FakeClock(),
            random=Random(7),  # noqa: S311 - the same each time is what a test wants
        ) as crm:
            yield crm

    def made(self, *, at_once: bool) -> Path:
        """The `crm.toml` of a new business on SQLite, its tables made at once or by the migrations."""
        from crmkit.core.opening import upgrade_database

        path = write_business(self._new_home(), self.toml, plugins=(*self.requires, self.name))
        if not at_once:
            run_migrations(path)
        upgrade_database(path, strict=True)
        return path

    def _new_home(self) -> Path:
        return self._home(self.folder / f"business-{next(self._numbers)}")

    def _home(self, folder: Path) -> Path:
        if self.local is not None:
            _copy_local(self.local, folder / "plugins")
            for needed in self.requires:
                beside = self.local.with_name(f"{needed}.py")
                if beside.is_file():
                    _copy_local(beside, folder / "plugins")
        return folder


def _copy_local(file: Path, plugins: Path) -> None:
    """Copy a plugin of one file with its manifest and its migrations."""
    plugins.mkdir(parents=True, exist_ok=True)
    for each in (file, file.with_suffix(".toml")):
        shutil.copy(each, plugins)
    for beside in file.parent.glob(f"{file.stem}_*/"):
        shutil.copytree(beside, plugins / beside.name, dirs_exist_ok=True)


def examined(
    name: str,
    folder: Path,
    *,
    toml: str = "",
    requires: Iterable[str] = (),
    local: Path | None = None,
    samples: Mapping[str, Mapping[str, Any]] = NOTHING,
) -> Subject:
    """The plugin as it is examined in `folder`: with what is given here, else with what its manifest says."""
    subject = Subject(
        name=name, folder=folder, toml=toml, requires=tuple(requires), local=local, samples=samples
    )
    manifest = subject.manifest
    if manifest is None:
        return subject
    notes = manifest.check or CheckNotes()
    return evolve(
        subject,
        toml=toml or notes.config,
        requires=subject.requires or manifest.requires,
        samples={**notes.samples, **samples},
        notes=notes,
    )
