"""The folder of the replica: its files, how they are replaced, and who may."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from crmkit import TryAgain
from crmkit.plugins.analytical.replica.manifest import NAME, Manifest, Part, Unreadable, read_manifest
from crmkit.plugins.analytical.replica.settings import ReplicaSettings

if TYPE_CHECKING:
    from crmkit import Crm

_BLOCK: Final = 1 << 20


@frozen
class Folder:
    """Where the replica is."""

    path: Path

    def manifest(self) -> Manifest | Unreadable:
        """The manifest, or why there is none to go by."""
        return read_manifest(self.path / NAME)

    def file(self, part: Part) -> Path:
        """The file of a part."""
        return self.path / part.file

    def is_whole(self, part: Part) -> bool:
        """Whether the part's file is there, and was not touched since it was written."""
        try:
            found = self.file(part).stat()
        except OSError:
            return False
        return (found.st_size, found.st_mtime_ns) == (part.bytes, part.changed_at)

    def is_sound(self, part: Part) -> bool:
        """Whether every byte of it is as it was written; reads all of it."""
        return self.is_whole(part) and digest_of(self.file(part)) == part.digest

    def publish(self, manifest: Manifest) -> None:
        """Put a manifest in the place of the one before, whole or not at all. Its parts are on the disk."""
        fresh = self.path / f"{NAME}.new"
        with fresh.open("w", encoding="utf-8") as file:
            file.write(manifest.text())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path / NAME)
        self.sync()

    def sync(self) -> None:
        """Have the folder's own entries on the disk."""
        if os.name == "nt":  # cannot be asked of a folder there
            return
        handle = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def sweep(self, keep: Iterable[str]) -> None:
        """Remove files that no manifest names: what a refresh left that was cut short."""
        names = set(keep)
        for path in self.path.glob("*.parquet"):
            if path.name not in names:
                path.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one who changes the replica. Raises `TryAgain` while somebody else does."""
        self.path.mkdir(parents=True, exist_ok=True)
        # Ends with the process that holds it, however that ends.
        with (self.path / "refresh.lock").open("a+b") as file:
            if not _lock(file):
                raise TryAgain(
                    "The replica is being refreshed by somebody else",
                    hint="Wait for that one to end; it does what this one would.",
                )
            yield


def folder_of(crm: Crm) -> Folder:
    """The folder of this business's replica."""
    settings: ReplicaSettings = crm.plugins.settings("analytical").replica
    base = crm.config.directory
    if settings.folder:
        return Folder(base / settings.folder)
    database = str(crm.config.crs.database)
    return Folder(base / ("crm.replica" if "://" in database else f"{database}.replica"))


def digest_of(path: Path) -> str:
    """The digest of a file's bytes."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _lock(file: Any) -> bool:
    try:
        import fcntl
    except ImportError:
        return _lock_on_windows(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _lock_on_windows(file: Any) -> bool:
    import msvcrt

    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    return True
