"""Which `crm.toml` is meant where none is named."""

from __future__ import annotations

import os
from pathlib import Path

from crmkit.core.errors import NotFound
from crmkit.core.phrase import phrase

FILE_NAME = "crm.toml"


def find(start: str | os.PathLike[str]) -> Path:
    """The nearest `crm.toml` in `start` or a directory above it. Errors: NotFound."""
    first = Path(start).absolute()
    for directory in (first, *first.parents):
        if os.path.lexists(directory / FILE_NAME):
            return directory / FILE_NAME
    raise NotFound(
        phrase('no {file_name} in "{first}" or a directory above it', file_name=FILE_NAME, first=first),
        hint="Create one: crm init",
    )
