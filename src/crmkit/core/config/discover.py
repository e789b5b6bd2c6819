"""Which `crm.toml` is meant where none is named."""

from __future__ import annotations

import os
from pathlib import Path

from crmkit.core.errors import NotFound

FILE_NAME = "crm.toml"


def find(start: str | os.PathLike[str]) -> Path:
    """The nearest `crm.toml` in `start` or a directory above it. Errors: NotFound."""
    first = Path(start).absolute()
    for directory in (first, *first.parents):
        if os.path.lexists(directory / FILE_NAME):
            return directory / FILE_NAME
    raise NotFound(f'no {FILE_NAME} in "{first}" or a directory above it', hint="Create one: crm init")
