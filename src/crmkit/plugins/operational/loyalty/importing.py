"""Balances from another system: each line of a file once, and the whole can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, evolve, field, frozen

from crmkit import CrmError, Invalid, NotFound
from crmkit.plugin import parse_date, phrase, read_rows
from crmkit.plugins.operational.loyalty.days import end_of, later
from crmkit.plugins.operational.loyalty.ledger import balance, hold, post
from crmkit.plugins.operational.loyalty.loyalty import Loyalty
from crmkit.plugins.operational.loyalty.model import CUSTOMER, FROM, Movement
from crmkit.plugins.operational.loyalty.tables import ENTRY
from crmkit.plugins.operational.loyalty.tiers import tell_tiers

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import FileRow, FileRows, Transaction
    from crmkit.plugins.operational.loyalty.settings import LoyaltySettings

_COLUMNS: Final = ("customer", "points", "expires", "ref", "note")
_NEEDED: Final = ("customer", "points")
_MOST: Final = 1_000_000_000


@frozen(kw_only=True)
class Reject:
    """A line of the file that was not taken in, and why."""

    line: int
    reason: str
    customer: str = ""


@frozen(kw_only=True)
class ImportReport:
    """What an import did, or would do. `number` is what it is taken back by; None where nothing was entered.

    `repeated` lines are on record from an earlier import; `notes` say what a person should know of how the
    file was read.
    """

    number: int | None
    entered: int
    points: int
    repeated: int
    rejects: tuple[Reject, ...]
    notes: tuple[str, ...] = ()


@frozen(kw_only=True)
class UndoneImport:
    """What was taken back of an import, and the customers of whom nothing was: they have spent points."""

    number: int
    entered: int
    points: int
    left: tuple[int, ...]


@define
class _Sorted:
    """The rows of a file: what is to be entered, what was before, and what cannot be."""

    wanted: dict[str, Movement] = field(factory=dict)
    repeated: int = 0
    rejects: list[Reject] = field(factory=list)

    def reject(self, row: FileRow, reason: str) -> None:
        customer = "" if row.problem else row.cells["customer"]
        self.rejects.append(Reject(line=row.line, reason=reason, customer=customer))


class PointsImport:
    """Imports of balances, for whoever `crm` acts for."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._entry = crm.plugins.table(ENTRY)
        self._settings: LoyaltySettings = crm.plugins.settings("operational").loyalty

    def run(
        self,
        path: Path,
        source: str,
        *,
        dry_run: bool = False,
        encoding: str | None = None,
        sheet: str | None = None,
    ) -> ImportReport:
        """Take in a file with the columns customer, points, and perhaps expires, ref and note.

        It is read as `read_rows` reads one. All rows that are right are entered in one unit of work; the
        others are in the report. A row is told from others by `source` and its `ref` (its `customer`, if it
        has none), and is entered once however often the file is imported. Raises `Invalid` for a file that
        cannot be read, `NotFound` for none.
        """
        self._crm.require("customers.import")
        if not source.strip():
            raise Invalid("From which system are the points?", hint="Say so: --source old-till")
        rows = read_rows(path, _COLUMNS, needed=_NEEDED, encoding=encoding, sheet=sheet)
        with self._crm.transaction() as tx:
            found = self._sorted(tx, source.strip(), rows)
            number = None if dry_run or not found.wanted else self._enter(tx, found.wanted)
        return ImportReport(
            number=number,
            entered=len(found.wanted),
            points=sum(each.points for each in found.wanted.values()),
            repeated=found.repeated,
            rejects=tuple(found.rejects),
            notes=rows.notes,
        )

    def _sorted(self, tx: Transaction, source: str, rows: FileRows) -> _Sorted:
        known, found = self._known(tx), _Sorted()
        for row in rows:
            try:
                key, movement = self._movement(tx, source, row.cells)
            except CrmError as error:
                found.reject(row, error.message)
                continue
            if key in found.wanted:
                twice = phrase('"{what}" is in the file twice; the first counts', what=key.partition(":")[2])
                found.reject(row, twice)
            elif known.get(key):
                found.repeated += 1
            else:
                found.wanted[key] = movement
        return found

    def undo(self, number: int) -> UndoneImport:
        """Take an import back, of all who still have the points. Raises `NotFound`."""
        self._crm.require("customers.import")
        with self._crm.transaction() as tx:
            rows, back = self._standing(tx, number)
            Loyalty(self._crm).reverse(tx, back)
            tell_tiers(self._crm, tx, self._settings, sorted({row.customer_id for row in rows}))
        return _undone(number, rows, back)

    def undoing(self, number: int) -> UndoneImport:
        """What taking an import back would do; nothing is written. Raises `NotFound`."""
        self._crm.require("customers.import")
        with self._crm.transaction() as tx:
            return _undone(number, *self._standing(tx, number))

    def _standing(self, tx: Transaction, number: int) -> tuple[Sequence[Any], list[Any]]:
        """(what stands of an import, what of it can be taken back)."""
        cancelled = self._entry.alias("cancelled")
        reason = sa.literal("cancel:") + sa.cast(self._entry.c.id, sa.Text)
        standing = sa.select(self._entry).where(
            self._entry.c.rule == f"import:{number}",
            self._entry.c.kind == "imported",
            self._entry.c.account == CUSTOMER,
            self._entry.c.points > 0,
            self._entry.c.customer_id.is_not(None),
            ~sa.exists().where(cancelled.c.because_of == reason),
        )
        rows = tx.execute(standing.order_by(self._entry.c.id)).all()
        if not rows:
            raise NotFound(
                phrase("There is no import {number} of points to take back", number=number),
                hint="What can be undone: crm undo --list",
            )
        hold(self._crm, tx, {row.customer_id for row in rows})
        left: dict[int, int] = {}
        back = []
        for row in rows:
            whose = row.customer_id
            if whose not in left:
                left[whose] = balance(self._crm, tx.execute, whose)
            if left[whose] >= row.points:
                left[whose] -= row.points
                back.append(row)
        return rows, back

    def _known(self, tx: Transaction) -> dict[str, bool]:
        """Whether what was imported before still stands, by what tells lines from each other."""
        entry = self._entry
        mine = sa.select(entry.c.id, entry.c.because_of, entry.c.points).where(
            entry.c.kind == "imported", entry.c.account == CUSTOMER, entry.c.because_of.is_not(None)
        )
        rows = tx.execute(mine).all()
        cancelled = {row.because_of for row in rows if row.points < 0}
        known: dict[str, bool] = {}
        for row in rows:
            if row.points > 0:
                key = row.because_of.rpartition("@")[0]
                known[key] = known.get(key, False) or f"cancel:{row.id}" not in cancelled
        return known

    def _movement(self, tx: Transaction, source: str, said: Mapping[str, str]) -> tuple[str, Movement]:
        points = _points(said["points"])
        expires_at = later(self._crm, tx.at, self._settings.expire)
        if said["expires"]:
            expires_at = end_of(self._crm, _day(said["expires"]))
            if expires_at <= tx.at:
                raise Invalid(phrase("The points expired on {expires}", expires=said["expires"]))
        if not said["customer"]:
            raise Invalid("The line names no customer")
        customer_id = self._crm.customers.resolve(_reference(said["customer"]))
        key = f"{source}:{said['ref'] or said['customer']}"
        return key, Movement(
            customer_id=customer_id, points=points, kind="imported", because_of=key, at=tx.at,
            known_at=tx.at, expires_at=expires_at,
            note=said["note"] or FROM.format(source=source), employee_id=self._crm.actor.id,
        )  # fmt: skip

    def _enter(self, tx: Transaction, wanted: Mapping[str, Movement]) -> int:
        number = self._crm.numbers.next("points import")
        moved = [
            evolve(each, rule=f"import:{number}", because_of=f"{key}@{number}")
            for key, each in wanted.items()
        ]
        post(self._crm, tx, moved)
        tell_tiers(self._crm, tx, self._settings, sorted({each.customer_id for each in moved}))
        return number


def _undone(number: int, rows: Sequence[Any], back: Sequence[Any]) -> UndoneImport:
    stayed = {row.customer_id for row in rows} - {row.customer_id for row in back}
    points = sum(row.points for row in back)
    return UndoneImport(number=number, entered=len(back), points=points, left=tuple(sorted(stayed)))


def _points(written: str) -> int:
    if not written.isascii() or not written.isdigit() or not 1 <= int(written) <= _MOST:
        raise Invalid(phrase('"{written}" is not a whole number of points from 1', written=written))
    return int(written)


def _day(written: str) -> date:
    try:
        return parse_date(written)
    except ValueError:
        raise Invalid(phrase('"{written}" is not a day such as 2027-12-31', written=written)) from None


def _reference(written: str) -> int | str:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else written
