"""Verifying the chain over the change log: the first entry that was changed, removed or moved is named.

What this can show rests on the hashes, which whoever can write to the database could all make anew. The head,
noted outside of the database, closes that gap: `expect` looks for it in the chain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import sqlalchemy as sa
from attrs import define, field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.ids import is_uid
from crmkit.core.jobs import Finding
from crmkit.core.language import N_
from crmkit.core.phrase import nphrase, phrase
from crmkit.core.store.audit import digest_of, hash_of

_BATCH: Final = 5_000
# After so many the rest of a log that was tampered with wholesale says nothing new.
_SHOWN: Final = 20
_VALUES: Final = "at, actor, action, entity, entity_id, field, old, new, source"
_OLD, _NEW = 6, 7
_LOST: Final = N_("The log change once went up to {given}; its last entry is {last} now")
_LOST_OR_ROLLED_BACK: Final = N_(
    "The log change once went up to {given}; its last entry is {last} now; "
    "units that were rolled back leave such gaps too"
)
_SELECT: Final = f"SELECT seq, customer_id, {_VALUES}, origin, salt, digest, hash FROM change ORDER BY seq"
_HASH: Final = re.compile(r"(?:\d+:)?([0-9a-f]{64})").fullmatch
Progress = Callable[[int, int], None]


@frozen(kw_only=True)
class Audit:
    """What verifying found: `head` is `NUMBER:HASH` of the last entry, empty for an empty log.

    `erased` counts entries that an erasure has emptied, of which only their place can be verified.
    `since_expected` is how many entries came after the expected head; None when none was given, or it was
    not found.
    """

    entries: int
    erased: int
    head: str
    findings: tuple[Finding, ...] = ()
    since_expected: int | None = None


def verify(connection: sa.Connection, expect: str = "", *, progress: Progress | None = None) -> Audit:
    """Read the whole change log and verify it, in memory that does not grow with it.

    `expect` is a head that was noted before: the log must still hold it. Raises `Invalid` when it is none.
    """
    wanted = _expected(expect)
    reader = _Reader(connection, wanted)
    total = int(connection.exec_driver_sql("SELECT count(*) FROM change").scalar_one()) if progress else 0
    with connection.exec_driver_sql(_SELECT, execution_options={"yield_per": _BATCH}) as rows:
        for row in rows:
            reader.take(row)
            if progress is not None and reader.entries % _BATCH == 0:
                progress(reader.entries, total)
    reader.findings += _cut_off(connection, reader.seq)
    if wanted and reader.expected_at is None:
        reader.findings.append(
            Finding(
                "error",
                "The change log does not hold the expected head: entries that were there when it was noted "
                "were altered or removed",
                "Somebody wrote to the database past crmkit. Compare with a backup of that time.",
            )
        )
    return reader.audit()


@define
class _Reader:
    """The chain as it is read, entry by entry."""

    _connection: sa.Connection
    _wanted: str
    entries: int = 0
    erased: int = 0
    seq: int = 0
    findings: list[Finding] = field(factory=list)
    expected_at: int | None = None
    _previous: str = ""
    _uids: frozenset[str] | None = None

    def take(self, row: Any) -> None:
        """Verify one entry against itself and against the one before it."""
        seq, customer_id, *values, origin, salt, digest, hash_ = row
        self.entries += 1
        if len(self.findings) < _SHOWN:
            if salt is None:
                self._emptied(seq, customer_id, values, origin)
            elif digest_of(salt, values) != digest:
                self._wrong(phrase("Entry {seq} of the change log was altered after it was written", seq=seq))
            if hash_of(self._previous, origin, digest) != hash_:
                self._wrong(self._broken(seq))
        self.erased += salt is None
        if hash_ == self._wanted:
            self.expected_at = self.entries
        self._previous, self.seq = hash_, seq

    def audit(self) -> Audit:
        """What was found."""
        since = None if self.expected_at is None else self.entries - self.expected_at
        return Audit(
            entries=self.entries,
            erased=self.erased,
            head=f"{self.seq}:{self._previous}" if self.entries else "",
            findings=tuple(self.findings),
            since_expected=since,
        )

    def _emptied(self, seq: int, customer_id: int | None, values: list[Any], origin: str) -> None:
        """Without its salt an entry cannot be verified, so there must be an erasure that emptied it."""
        if values[_OLD] is not None or values[_NEW] is not None or customer_id is not None:
            self._wrong(
                phrase(
                    "Entry {seq} of the change log was altered: it lacks its salt, yet was not erased",
                    seq=seq,
                )
            )
        elif not self._was_erased(origin):
            self._wrong(
                phrase(
                    "Entry {seq} of the change log was emptied, but nobody whose it was has been erased",
                    seq=seq,
                )
            )

    def _was_erased(self, origin: str) -> bool:
        if self._uids is None:
            self._uids = frozenset(_erased(self._connection))
        # The origin of a record's entries is the record, which went with its customer.
        return origin in self._uids if is_uid(origin) else bool(self._uids)

    def _broken(self, seq: int) -> str:
        gap = seq - self.seq - 1
        if not gap:
            return phrase(
                "The change log is broken before entry {seq}: an entry was removed, moved or altered",
                seq=seq,
            )
        return nphrase(
            "The change log is broken before entry {seq}: an entry was removed, moved or altered; "
            "{count} number is missing there",
            "The change log is broken before entry {seq}: an entry was removed, moved or altered; "
            "{count} numbers are missing there",
            gap,
            seq=seq,
        )

    def _wrong(self, message: str) -> None:
        self.findings.append(
            Finding(
                "error",
                message,
                "Somebody wrote to the database past crmkit. Compare with a backup of before.",
            )
        )


def _expected(text: str) -> str:
    if not text:
        return ""
    found = _HASH(text.strip().lower())
    if found is None:
        raise Invalid(
            phrase("{text!r} is not the head of a change log", text=text[:80]),
            hint="It is what crm db check --audit prints: a number, a colon, and 64 digits and letters.",
        )
    return str(found[1])


def _erased(connection: sa.Connection) -> Iterator[str]:
    if "erasure" in sa.inspect(connection).get_table_names():
        yield from connection.exec_driver_sql("SELECT uid FROM erasure").scalars()
    # Whom an import had created, and its undo removed; the entry that says so is part of the log.
    removed = "SELECT origin FROM change WHERE action = 'removed' AND entity = 'customer'"
    yield from connection.exec_driver_sql(removed).scalars()


def _cut_off(connection: sa.Connection, last: int) -> Iterator[Finding]:
    """Whether entries were there after the last one."""
    known = max(_positions(connection), default=0)
    if known > last:
        yield Finding(
            "error",
            phrase(
                "The end of the change log is missing: it went up to {known} at least, and ends with {last}",
                known=known,
                last=last,
            ),
        )
        return
    given = numbers_given(connection, "change")
    if given > last:
        # PostgreSQL gives numbers out for good, also to units that were rolled back afterwards.
        level = "error" if connection.dialect.name == "sqlite" else "note"
        yield Finding(
            level, phrase(_LOST if level == "error" else _LOST_OR_ROLLED_BACK, given=given, last=last)
        )


def _positions(connection: sa.Connection) -> Iterator[int]:
    """Numbers of entries that something has noted, so that they must have been there."""
    for hook, position in connection.exec_driver_sql("SELECT hook, position FROM observer"):
        if "interaction" not in hook:
            yield position
    if "edit_run" in sa.inspect(connection).get_table_names():
        yield from connection.exec_driver_sql("SELECT log_position FROM edit_run").scalars()


def numbers_given(connection: sa.Connection, table: str) -> int:
    """The highest number that was ever given to an entry of a log."""
    if connection.dialect.name == "sqlite":
        statement = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        return int(connection.exec_driver_sql(statement, (table,)).scalar() or 0)
    statement = f"SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {table}_seq_seq"
    return int(connection.exec_driver_sql(statement).scalar_one())
