"""Finding plugins and reading their manifests, without importing any of them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field, frozen

from crmkit.core.errors import ConfigError
from crmkit.core.language import N_
from crmkit.core.nearest import nearest
from crmkit.core.phrase import joined, phrase
from crmkit.core.plugins.manifest import Manifest, read_manifest
from crmkit.version import __version__

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

GROUP: Final = "crmkit.plugins"
LOCAL_VERSION: Final = "local"
LOCAL_MODULE: Final = "crmkit_local_"
_BUNDLED: Final = "crmkit.plugins."


@frozen(kw_only=True)
class Found:
    """A plugin that could be loaded: `module` is its dotted name, `path` its manifest's file.

    `file` is the source of a local plugin, None for an installed one. `bundled` plugins keep plain names.
    """

    name: str
    module: str
    manifest: Manifest
    path: Path
    file: Path | None = None
    dist: Distribution | None = field(default=None, repr=False, eq=False)

    @property
    def bundled(self) -> bool:
        """Whether it comes with crmkit."""
        return self.module.startswith(_BUNDLED)

    @property
    def version(self) -> str:
        """The version of its distribution; `local` for a file beside `crm.toml`."""
        if self.bundled:
            return __version__  # the same, without reading the whole description of crmkit for each of them
        return self.dist.version if self.dist else LOCAL_VERSION

    @property
    def distribution(self) -> str | None:
        """The name of its distribution."""
        return self.dist.name if self.dist else None


@frozen(kw_only=True)
class Unusable:
    """A plugin that cannot be loaded, and why: `state` is `missing`, `broken`, `set_aside` or `disabled`."""

    name: str
    state: str
    reason: str
    hint: str = ""
    version: str = ""
    # Set aside for a clash of names, a plugin holds nobody up; lost, it may be a decider that is missed.
    missed: bool = True
    cause: BaseException | None = field(default=None, repr=False, eq=False)


@frozen
class Discovery:
    """What became of the wanted plugins, in their order; `installed` names all that could be used."""

    found: tuple[Found, ...]
    unusable: tuple[Unusable, ...]
    installed: tuple[str, ...]


def discover(names: Iterable[str], directory: Path) -> Discovery:
    """Find the plugins `names`: installed ones by their entry points, local ones in `directory`/plugins."""
    search = _Search(directory)
    found, unusable = [], []
    for name in names:
        one = search.one(name)
        if isinstance(one, Found):
            found.append(one)
        else:
            unusable.append(one)
    return Discovery(tuple(found), tuple(unusable), search.installed())


def all_found(directory: Path) -> tuple[Found, ...]:
    """Every plugin that could be used in a business in `directory`, by the name."""
    return discover(_Search(directory).installed(), directory).found


def owner_of(module: str) -> tuple[str, str] | None:
    """The plugin that a module belongs to, and its version; None where it is of none."""
    if module.startswith(LOCAL_MODULE):
        return module.removeprefix(LOCAL_MODULE).rpartition("_")[0], LOCAL_VERSION
    for name, entries in _entries(tuple(_places())).items():
        for entry in entries:
            home = entry.module if entry.module.startswith(_BUNDLED) else entry.module.partition(".")[0]
            if f"{module}.".startswith(f"{home}."):
                return name, entry.dist.version if entry.dist else LOCAL_VERSION
    return None


def installed_names() -> tuple[str, ...]:
    """The names of the plugins that are installed; those beside a `crm.toml` are not among them."""
    from importlib.metadata import entry_points

    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))


@define(slots=False)
class _Search:
    directory: Path

    def one(self, name: str) -> Found | Unusable:
        file = self.local_file(name)
        local, entries = name.isidentifier() and file.is_file(), self.entries.get(name, [])
        if len(entries) + local > 1:
            return self._several(name, file if local else None, entries)
        if not local and not entries:
            return self._missing(name)
        try:
            found = _local(name, file) if local else _installed(name, entries[0])
        except ConfigError as error:
            reason = phrase('Plugin "{name}" cannot be loaded: {problem}', name=name, problem=error.message)
            return Unusable(name=name, state="broken", reason=reason, hint=_MEND)
        return found

    def local_file(self, name: str) -> Path:
        return self.directory / "plugins" / f"{name}.py"

    @cached_property
    def entries(self) -> Mapping[str, list[EntryPoint]]:
        return _entries(tuple(_places()))

    def installed(self) -> tuple[str, ...]:
        local = (path.stem for path in (self.directory / "plugins").glob("*.py"))
        return tuple(sorted({*self.entries, *(name for name in local if name.isidentifier())}))

    def _missing(self, name: str) -> Unusable:
        meant = nearest(name, self.installed())
        return Unusable(
            name=name,
            state="missing",
            reason=phrase(
                'Plugin "{name}" is not installed, and {local_file} does not exist',
                name=name,
                local_file=self.local_file(name),
            ),
            hint=phrase(
                'Did you mean "{meant}"? Otherwise install its package, or take it out of crm.toml: '
                "crm plugins uninstall {name}"
                if meant
                else "Install its package, or take it out of crm.toml: crm plugins uninstall {name}",
                meant=meant,
                name=name,
            ),
        )

    def _several(self, name: str, local: Path | None, entries: Sequence[EntryPoint]) -> Unusable:
        places = [str(local)] if local else []
        places += [
            phrase("the package {name}", name=entry.dist.name if entry.dist else entry.value)
            for entry in entries
        ]
        return Unusable(
            name=name,
            state="set_aside",
            missed=False,
            reason=phrase(
                'There are {count} plugins "{name}": {places}',
                count=len(places),
                name=name,
                places=joined(phrase(" and "), places),
            ),
            hint=phrase("Remove or rename all but one of them."),
        )


def _places() -> Iterator[tuple[str, int]]:
    """Where packages may be, and when something was last added there or taken away."""
    for place in sys.path:
        try:
            yield place, Path(place).stat().st_mtime_ns
        except OSError:
            yield place, 0


@lru_cache(maxsize=1)
def _entries(_places: tuple[tuple[str, int], ...]) -> Mapping[str, list[EntryPoint]]:
    """The plugins of installed packages. Kept, because a file of every package has to be read for it."""
    from importlib.metadata import entry_points

    found: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        same = found.setdefault(entry.name, [])
        # A path that is listed twice on sys.path shows every distribution twice.
        if entry.value not in [other.value for other in same]:
            same.append(entry)
    return found


_MEND: Final = N_('A manifest lies beside the module and has at least name = "…", title = "…" and doc = "…".')


def _local(name: str, file: Path) -> Found:
    path = file.with_suffix(".toml")
    return Found(name=name, module=name, manifest=_own_manifest(name, path), path=path, file=file)


def _installed(name: str, entry: Any) -> Found:
    module = entry.module
    path = _manifest_path(name, module)
    return Found(name=name, module=module, manifest=_own_manifest(name, path), path=path, dist=entry.dist)


def _own_manifest(name: str, path: Path) -> Manifest:
    manifest = read_manifest(path)
    if manifest.name != name:
        raise ConfigError(
            phrase(
                '{path} says name = "{manifest}", but the plugin is called "{name}"',
                path=path,
                manifest=manifest.name,
                name=name,
            )
        )
    return manifest


def _manifest_path(name: str, module: str) -> Path:
    """Where the manifest of an installed plugin lies; nothing is imported for it."""
    candidates = list(_manifest_candidates(name, module))
    for path in candidates:
        if path.is_file():
            return path
    looked = candidates[0] if candidates else Path("plugin.toml")
    raise ConfigError(
        phrase("it has no manifest: {looked} does not exist", looked=looked)
        if candidates
        else phrase("its module {module} does not exist", module=module)
    )


def _manifest_candidates(name: str, module: str) -> Iterator[Path]:
    from importlib.util import find_spec

    top, *rest = module.split(".")
    spec = find_spec(top)
    if spec is None:
        return
    if spec.submodule_search_locations is None:
        bases = [Path(spec.origin).parent / top] if spec.origin else []
    else:
        bases = [Path(location).joinpath(*rest) for location in spec.submodule_search_locations]
    for base in bases:
        if base.is_dir():
            yield base / "plugin.toml"
        else:
            yield from (base.parent / f"{stem}.toml" for stem in (base.name, name, "plugin"))
