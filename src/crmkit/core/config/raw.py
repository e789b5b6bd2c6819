"""The configuration as tables and values, before it has a meaning, and places within it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen


@frozen
class RawConfig:
    """What the files say, merged; `files` begins with `path`, and `texts` holds what was read, by file."""

    path: Path
    files: tuple[Path, ...]
    data: Mapping[str, Any] = field(repr=False)
    texts: Mapping[Path, str] = field(repr=False)

    @property
    def plugins(self) -> tuple[str, ...]:
        """The names under `[crs] plugins`, without those that are not text."""
        crs = self.data.get("crs")
        names = crs.get("plugins", ()) if isinstance(crs, Mapping) else ()
        return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


@frozen
class Where:
    """A table within a configuration: lets whoever reads that table say in which line it is wrong."""

    raw: RawConfig
    keys: tuple[str, ...] = ()
