"""Where the configuration of this run is: as told, or in the nearest folder upwards."""

from __future__ import annotations

from pathlib import Path

from crmkit.core.phrase import phrase

FILE = "crm.toml"


def config_file(told: str | None) -> Path:
    """The configuration's path. `told` is a file or the folder it lies in. Raises NotFound."""
    from crmkit.core.config.discover import find
    from crmkit.core.errors import NotFound
    from crmkit.core.normalise.text import quoted

    if told is None:
        return find(Path.cwd())
    path = Path(told).absolute()
    path = path / FILE if path.is_dir() else path
    if not path.is_file():
        raise NotFound(
            phrase("There is no configuration at {path}", path=quoted(path, 200)),
            hint="Start one with: crm init",
        )
    return path
