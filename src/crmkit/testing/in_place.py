"""A plugin's package used where it is written, before anything is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from crmkit.core.plugins.discovery import GROUP, installed_names

PROJECT: Final = "pyproject.toml"


def declared_plugins(folder: Path) -> Mapping[str, str]:
    """The plugins that the package in a folder declares, with their modules; none where it is no package."""
    project = _project(folder)
    entries: Any = project.get("entry-points", {}).get(GROUP, {})
    return dict(entries)


def use_in_place(folder: Path) -> bool:
    """Let the plugins of the package in `folder` be found as if they were installed; False where they are.

    Where another copy of the package is installed, the one in `folder` takes its place. It lasts as long as
    the process: the package's folder and a folder with its description go onto `sys.path`.
    """
    declared = declared_plugins(folder)
    if not declared or (
        set(declared) <= set(installed_names())
        and all(_is_within(folder, module) for module in declared.values())
    ):
        return False
    project = _project(folder)
    site = Path(mkdtemp(prefix="crmkit-in-place-"))
    info = site / f"{project['name'].replace('-', '_')}-{project.get('version', '0')}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("\n".join(_metadata(project)) + "\n", encoding="utf-8")
    entries = "".join(f"{name} = {module}\n" for name, module in declared.items())
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{entries}", encoding="utf-8")
    source = folder / "src"
    sys.path[:0] = [str(source if source.is_dir() else folder), str(site)]
    return True


def _is_within(folder: Path, module: str) -> bool:
    """Whether an import of the module would take it from `folder`."""
    spec = find_spec(module.partition(".")[0])
    places = [*(spec.submodule_search_locations or ()), spec.origin] if spec is not None else []
    return any(place is not None and Path(place).resolve().is_relative_to(folder) for place in places)


def _project(folder: Path) -> dict[str, Any]:
    import tomllib

    try:
        text = (folder / PROJECT).read_text(encoding="utf-8")
        data = tomllib.loads(text) if GROUP in text else {}
    except (OSError, ValueError):  # no package, or none whose description can be read
        return {}
    project: dict[str, Any] = data.get("project", {})
    return project if project.get("name") else {}


def _metadata(project: Mapping[str, Any]) -> Iterator[str]:
    yield "Metadata-Version: 2.4"
    yield f"Name: {project['name']}"
    yield f"Version: {project.get('version', '0')}"
    yield from (f"Requires-Dist: {each}" for each in project.get("dependencies", ()))
    if isinstance(project.get("license"), str):
        yield f"License-Expression: {project['license']}"
    yield from (f"License-File: {each}" for each in project.get("license-files", ()))
