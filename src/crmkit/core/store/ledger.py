"""The ledger of erasures: a file outside the database that remembers who must not come back.

One line of JSON for each erasure: the uids that were erased, keyed hashes of their addresses, when, and the
fingerprint of the key. It names nobody. A line is on the disk before the erasure is committed, so a backup
that is restored later meets every erasure there ever was; a line whose erasure failed is taken back by
another.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from crmkit.core.store.engine import Store

SUFFIX: Final = ".erasures"


@frozen(kw_only=True)
class Entry:
    """One erasure: uids of the person and of whoever was merged into them, and (kind, hash) pairs."""

    uids: tuple[str, ...]
    at: int
    hashes: tuple[tuple[str, str], ...] = ()
    key: str = ""

    def line(self) -> str:
        """As the file holds it."""
        body = {"erased": self.uids, "at": self.at, "hashes": self.hashes, "key": self.key}
        return json.dumps(body, separators=(",", ":")) + "\n"


class Ledger:
    """The ledger in one file, which need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def beside(cls, database: Path) -> Ledger:
        """The ledger of an SQLite file or of a backup: `NAME.erasures` beside it."""
        return cls(database.with_name(database.name + SUFFIX))

    @property
    def exists(self) -> bool:
        """Whether there is a file."""
        return self.path.is_file()

    def entries(self) -> list[Entry]:
        """Every erasure that stands, oldest first. A torn last line, left by a crash, is passed over."""
        found: dict[tuple[str, ...], Entry] = {}
        for line in self._lines():
            if "erased" in line:
                entry = _entry(line)
                found[entry.uids] = entry
            elif "withdrawn" in line:
                found.pop(tuple(line["withdrawn"]), None)
        return list(found.values())

    def append(self, entries: Iterable[Entry]) -> None:
        """Add erasures; they are on the disk when this returns."""
        text = "".join(entry.line() for entry in entries)
        if text or not self.exists:
            self._write(text)

    @property
    def being_replayed(self) -> Path:
        """A mark beside it, from when a backup takes the database's place until this was replayed."""
        return self.path.with_name(self.path.name + ".replaying")

    def withdraw(self, uids: Sequence[str]) -> None:
        """Take back what was written for an erasure that was not committed."""
        self._write(json.dumps({"withdrawn": list(uids)}, separators=(",", ":")) + "\n")

    def copy_from(self, other: Ledger | None) -> None:
        """Become a copy of `other`, whole or not at all; an empty file where there is no such ledger."""
        text = "".join(entry.line() for entry in other.entries()) if other else ""
        partial = self.path.with_name(f".{self.path.name}.{os.getpid()}.partial")
        try:
            _put(partial, text, os.O_CREAT | os.O_TRUNC)
            partial.replace(self.path)
        finally:
            partial.unlink(missing_ok=True)
        _sync_folder(self.path.parent)

    def take_in(self, others: Iterable[Ledger]) -> list[Entry]:
        """Add what other ledgers know and this one does not; every erasure it then holds."""
        known = {entry.uids for entry in self.entries()}
        new = {e.uids: e for other in others for e in other.entries() if e.uids not in known}
        if new or not self.exists:
            self.append(new.values())
        return self.entries()

    def _lines(self) -> list[Mapping[str, Any]]:
        if not self.exists:
            return []
        found: list[Mapping[str, Any]] = []
        for text in self.path.read_bytes().split(b"\n"):
            try:
                line = json.loads(text)
            except ValueError:  # torn by a crash: its erasure was not committed
                continue
            if isinstance(line, dict):
                found.append(line)
        return found

    def _write(self, text: str) -> None:
        is_new = not self.exists
        if not is_new and self._is_torn():
            text = "\n" + text
        _put(self.path, text, os.O_CREAT | os.O_APPEND)
        if is_new:
            _sync_folder(self.path.parent)

    def _is_torn(self) -> bool:
        with self.path.open("rb") as file:
            if not file.seek(0, os.SEEK_END):
                return False
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"


def default_ledger(store: Store) -> Ledger | None:
    """The ledger beside an SQLite file; None for a server, whose ledger lies beside `crm.toml`."""
    return Ledger.beside(store.path) if store.path is not None else None


def ledgers_near(backup: Path) -> list[Ledger]:
    """Every ledger in a backup's folder: a younger backup knows of erasures that came after this one."""
    return [Ledger(path) for path in sorted(backup.absolute().parent.glob(f"*{SUFFIX}"))]


def _entry(line: Mapping[str, Any]) -> Entry:
    return Entry(
        uids=tuple(line["erased"]),
        at=int(line.get("at", 0)),
        hashes=tuple((str(kind), str(digest)) for kind, digest in line.get("hashes", ())),
        key=str(line.get("key", "")),
    )


def _put(path: Path, text: str, flags: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | flags, 0o600)
    try:
        data = text.encode()
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
