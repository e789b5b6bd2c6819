"""The example plugins as they were at each release, and how the next ones are kept.

`python -m tests.pinned` packs the present ones for the version in hand. What is packed is source with its own
tests: they run against the present crmkit, so that a change that breaks plugins of strangers is seen here.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import tomli

import crmkit

HERE: Final = Path(__file__).parent
PLUGINS: Final = HERE.parents[1] / "examples" / "plugins"
_KEPT: Final = ("pyproject.toml", "README.md", "LICENSE", "src/**/*", "tests/**/*")
# The earliest that an archive can say: the same files are the same bytes.
_THEN: Final = (
    1980,
    1,
    1,
    0,
    0,
    0,
)


def minor(version: str) -> str:
    """`0.1` of `0.1.3`."""
    return ".".join(version.split(".")[:2])


def copies() -> Iterator[Path]:
    """Every packed copy, by version and name."""
    yield from sorted(HERE.glob("*/*.zip"))


def pin(into: Path = HERE, *, again: bool = False) -> list[Path]:
    """Pack the example plugins for this minor version; what was packed before stays, unless `again`."""
    written = []
    for file in sorted(PLUGINS.glob("*/pyproject.toml")):
        copy = into / minor(crmkit.__version__) / f"{file.parent.name}.zip"
        if again or not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            _pack(file.parent, copy)
            written.append(copy)
    return written


def _pack(folder: Path, copy: Path) -> None:
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted({path for pattern in _KEPT for path in folder.glob(pattern)}):
            if path.is_file() and "__pycache__" not in path.parts:
                name = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _THEN)
                name.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(name, path.read_bytes())


def unpack(copy: Path, folder: Path) -> Path:
    """Lay a packed copy out as if its `src` were installed, for any later crmkit; gives the folder with it.

    The bound above of its requirement is left out: whether the copy works with this crmkit is the question.
    """
    with zipfile.ZipFile(copy) as archive:
        archive.extractall(folder)
    project = tomli.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = folder / "src" / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text(_about(project), encoding="utf-8")
    points = "".join(f"{name} = {module}\n" for name, module in _entries(project).items())
    info.joinpath("entry_points.txt").write_text(f"[crmkit.plugins]\n{points}", encoding="utf-8")
    return folder / "src"


def _entries(project: dict[str, Any]) -> dict[str, str]:
    entries: dict[str, str] = project["entry-points"]["crmkit.plugins"]
    return entries


def _about(project: dict[str, Any]) -> str:
    needs = [each.partition(",<")[0] for each in project["dependencies"]]
    lines = ["Metadata-Version: 2.4", f"Name: {project['name']}", f"Version: {project['version']}"]
    return "\n".join([*lines, *(f"Requires-Dist: {each}" for each in needs), ""])
