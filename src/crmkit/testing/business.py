"""The `crm.toml` of a business for a test."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def write_business(
    folder: Path, toml: str = "", *, plugins: Iterable[str] = (), database: str | None = None
) -> Path:
    """Write the `crm.toml` of a business into `folder`; its path.

    `toml` is what follows `name`, `plugins` and `database` in the file: other keys of `[crs]` first, then
    other tables. `database` is a path or an address; a file beside `crm.toml` when None.
    """
    import json

    names = ", ".join(json.dumps(name) for name in plugins)
    lines = ["[crs]", 'name = "Rye & Co."', f"plugins = [{names}]"]
    lines += [] if database is None else [f"database = {json.dumps(database)}"]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "crm.toml"
    path.write_text("\n".join([*lines, toml, ""]), encoding="utf-8")
    return path
