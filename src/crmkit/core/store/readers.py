"""Who can read an SQLite file: whoever made it, until they open it to others."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from crmkit.core.jobs import Finding
from crmkit.core.phrase import phrase

# SQLite gives them the mode that the database has when it makes them.
_BESIDE = ("", "-wal", "-shm")


def check_readers(path: Path, top: Path = Path("/")) -> Iterator[Finding]:
    """Warn of a database that everybody on this computer can read or write, all folders from `top` open."""
    if os.name == "nt" or not _is_open(path.resolve().parent, top):
        return
    there = [path.with_name(path.name + suffix) for suffix in _BESIDE]
    exposed = [each.name for each in there if each.exists() and each.stat().st_mode & stat.S_IRWXO]
    if exposed:
        names = " ".join(exposed)
        yield Finding(
            "warning",
            phrase("Everybody who uses this computer can read {names}: customers' data", names=names),
            phrase("Close it to others: cd {folder} && chmod o-rwx {names}", folder=path.parent, names=names),
        )


def _is_open(folder: Path, top: Path) -> bool:
    """Whether everybody gets into a folder, from `top` down."""
    ways = [each for each in (folder, *folder.parents) if each.is_relative_to(top)]
    return all(each.stat().st_mode & stat.S_IXOTH for each in ways)
