"""The formats of exports: by name, or by what a file is called."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from crmkit.core.errors import Invalid
from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

# With the ends of file names that mean them.
FORMATS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "csv": (".csv",),
        "ndjson": (".ndjson", ".jsonl"),
        "json": (".json",),
        "vcard": (".vcf", ".vcard"),
        "xlsx": (".xlsx",),
        "parquet": (".parquet",),
    }
)
TABLES: Final = ("csv", "ndjson", "json", "xlsx", "parquet")
CUSTOMERS: Final = ("csv", "ndjson", "vcard", "xlsx", "parquet")


def format_of(name: str | None, path: Path | None, allowed: Collection[str]) -> str:
    """The format called `name`, else the one that the file's name means; CSV for a stream.

    Raises `Invalid` for one that is not `allowed`, and for a file whose name says nothing.
    """
    found = name.strip().lower() if name else "csv" if path is None else _by_name(path)
    if found is not None and found in allowed:
        return found
    listed = ", ".join(allowed)
    if found is None:
        raise Invalid(
            phrase(
                "The name {path} does not say what kind of file it is to be",
                path=quoted(path.name if path else ""),
            ),
            hint=phrase("Say it: --format FORMAT, one of {listed}", listed=listed),
        )
    near = nearest(found, allowed)
    meant = phrase('Did you mean "{near}"? ', near=near) if near else ""
    raise Invalid(
        phrase("There is no export of this as {found}", found=quoted(found)),
        hint=phrase("{meant}It is one of: {listed}.", meant=meant, listed=listed),
    )


def _by_name(path: Path) -> str | None:
    end = path.suffix.lower()
    return next((name for name, ends in FORMATS.items() if end in ends), None)
