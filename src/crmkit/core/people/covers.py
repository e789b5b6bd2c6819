"""`crm.people.covers`: who is away, and who stands in for whom."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.errors import Invalid, NotAllowed, NotFound
from crmkit.core.instants import local_date
from crmkit.core.model.people import Cover, Employee
from crmkit.core.people.employees import employees, find_employee, led_by
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import driver_rows, marked

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction

_MANAGE: Final = "people.manage"
_COVERED: Final = (
    "SELECT DISTINCT employee_id FROM cover WHERE stand_in_id = ? AND first_day <= ? AND last_day >= ?"
)


class Covers:
    """Absences and stand-ins, for one actor. Everybody may look; their own, and those of the teams that they
    lead, anybody may enter; others' need `people.manage`.

    Whoever stands in for somebody sees, from the first day to the last in the business's time zone, what the
    other sees of the customers that the other looks after, and acts in their own name, by their own role.
    """

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor
        self._table = kernel.tables.cover

    def add(
        self,
        employee: str | int,
        *,
        stand_in: str | int | None = None,
        first_day: date | None = None,
        last_day: date,
        is_away: bool = True,
    ) -> Cover:
        """Note that somebody is away from `first_day`, today if not given, to `last_day`, and who stands in
        for them; or, where not `is_away`, that they are here and somebody helps them.

        Errors: NotAllowed; NotFound; Invalid for days in the wrong order or over, nobody to help, oneself,
        or somebody who has left or is away themselves on one of these days.
        """
        with self._kernel.unit(self._actor) as tx:
            who = self._editable(tx, employee)
            helper = None if stand_in is None else find_employee(tx.connection, self._kernel.tables, stand_in)
            first = first_day or self._today(tx)
            self._check_days(tx, first, last_day)
            self._check_helper(tx, who, helper, first, last_day, is_away=is_away)
            values = {
                "employee_id": who.id, "stand_in_id": helper.id if helper else None,
                "first_day": first.isoformat(), "last_day": last_day.isoformat(), "is_away": int(is_away),
            }  # fmt: skip
            key = tx.execute(sa.insert(self._table).values(values)).inserted_primary_key
            assert key is not None
            self._log(tx, who, None, values)
            return self._read(tx.connection, self._table.c.id == int(key[0]))[0]

    def end(self, cover: int) -> Cover:
        """Take an entry out that has not begun; one that has ends yesterday. Errors: NotFound, NotAllowed."""
        with self._kernel.unit(self._actor) as tx:
            found = self._read(tx.connection, self._table.c.id == cover)
            if not found:
                raise NotFound(
                    phrase("There is no absence {cover}", cover=cover), hint="Run: crm people away list"
                )
            who = self._editable(tx, found[0].employee.id)
            mine, today = self._table.c.id == cover, self._today(tx)
            if found[0].first_day >= today:
                tx.execute(sa.delete(self._table).where(mine))
            elif found[0].last_day >= today:
                last = date.fromordinal(today.toordinal() - 1).isoformat()
                tx.execute(sa.update(self._table).where(mine).values(last_day=last))
            self._log(tx, who, {"cover": cover, "last_day": found[0].last_day.isoformat()}, None)
            return found[0]

    def list(self, *, on: date | None = None, over: bool = False) -> tuple[Cover, ...]:
        """The entries, the earliest first: those that hold on the day `on`; without it those that are not
        over, or all with `over`."""
        c = self._table.c
        with self._kernel.reading() as connection:
            day = (on or self._day()).isoformat()
            where = [] if over else [c.last_day >= day]
            return tuple(self._read(connection, *where, *([c.first_day <= day] if on else ())))

    def away(self, on: date | None = None) -> frozenset[int]:
        """The ids of those who are away today, or on a day."""
        return frozenset(each.employee.id for each in self.list(on=on or self._day()) if each.is_away)

    def stand_in_for(self, employee: str | int, on: date | None = None) -> Employee | None:
        """Who stands in today, or on a day, for somebody who is away, and for that one in turn; None for
        somebody who is here, or for whom nobody does. Errors: NotFound, Ambiguous."""
        with self._kernel.reading() as connection:
            start = find_employee(connection, self._kernel.tables, employee)
        by_absent = {
            each.employee.id: each.stand_in for each in self.list(on=on or self._day()) if each.is_away
        }
        seen, who = {start.id}, by_absent.get(start.id)
        while who is not None and who.id in by_absent:
            if who.id in seen:
                return None
            seen.add(who.id)
            who = by_absent[who.id]
        return who

    def mine(self) -> tuple[int, ...]:
        """The acting employee's own id, and those of whom they stand in for today; none for crmkit itself."""
        if self._actor.id is None:
            return ()
        with self._kernel.reading() as connection:
            return (self._actor.id, *covered_ids(connection, self._kernel, self._actor.id))

    def _editable(self, tx: Transaction, employee: str | int) -> Employee:
        who = find_employee(tx.connection, self._kernel.tables, employee)
        may = self._actor.employee is None or self._actor.may(_MANAGE) or self._actor.id == who.id
        if not may and who.id not in led_by(tx.connection, self._kernel.tables, self._actor.id or 0):
            raise NotAllowed(
                phrase("{actor} may not say that {who} is away", actor=self._actor.name, who=who.name),
                hint="That may whoever leads a team of theirs, or may manage employees.",
                permission=_MANAGE,
            )
        return who

    def _check_days(self, tx: Transaction, first: date, last: date) -> None:
        if last < first:
            raise Invalid(
                phrase("The last day, {last}, lies before the first, {first}", last=last, first=first),
                hint="Give them in their order.",
            )
        if last < self._today(tx):
            raise Invalid(phrase("{last} is over", last=last), hint="Give a last day from today on.")

    def _check_helper(
        self,
        tx: Transaction,
        who: Employee,
        helper: Employee | None,
        first: date,
        last: date,
        *,
        is_away: bool,
    ) -> None:
        if helper is None:
            if not is_away:
                raise Invalid(
                    phrase("Nobody is named who is to help {who}", who=who.name),
                    hint="Name somebody: --to EMPLOYEE",
                )
            return
        if helper.id == who.id:
            raise Invalid(
                phrase("{who} cannot stand in for themselves", who=who.name), hint="Name somebody else."
            )
        if not helper.active:
            raise Invalid(
                phrase("{helper} does not work here any more", helper=helper.name), hint="Name somebody else."
            )
        c = self._table.c
        meanwhile = sa.and_(
            c.employee_id == helper.id, c.is_away == 1, c.first_day <= last.isoformat(),
            c.last_day >= first.isoformat(),
        )  # fmt: skip
        if absent := self._read(tx.connection, meanwhile):
            days = phrase(
                "{first_day} to {last_day}", first_day=absent[0].first_day, last_day=absent[0].last_day
            )
            raise Invalid(
                phrase("{helper} is away themselves, {days}", helper=helper.name, days=days),
                hint="Name somebody else.",
            )

    def _read(self, connection: sa.Connection, *where: sa.ColumnElement[bool]) -> Sequence[Cover]:
        c = self._table.c
        rows = connection.execute(sa.select(self._table).where(*where).order_by(c.first_day, c.id)).all()
        ids = {id_ for row in rows for id_ in (row.employee_id, row.stand_in_id) if id_ is not None}
        table = self._kernel.tables.employee
        staff = {each.id: each for each in employees(connection, self._kernel.tables, table.c.id.in_(ids))}
        return [_cover(row, staff) for row in rows]

    def _log(
        self, tx: Transaction, who: Employee, old: dict[str, Any] | None, new: dict[str, Any] | None
    ) -> None:
        values = [json.dumps(value) if value else None for value in (old, new)]
        tx.append_change(("changed", "employee", who.id, None, "cover", *values, "", who.uid))

    def _today(self, tx: Transaction) -> date:
        return local_date(tx.at, self._kernel.tz)

    def _day(self) -> date:
        return local_date(self._kernel.clock.now(), self._kernel.tz)


def covered_ids(connection: sa.Connection, kernel: Kernel, employee_id: int) -> Sequence[int]:
    """The ids of those for whom somebody stands in today."""
    day = local_date(kernel.clock.now(), kernel.tz).isoformat()
    rows = driver_rows(connection, marked(connection, _COVERED), (employee_id, day, day))
    return [row[0] for row in rows]


def _cover(row: Any, staff: dict[int, Employee]) -> Cover:
    return Cover(
        id=row.id,
        employee=staff[row.employee_id],
        stand_in=staff.get(row.stand_in_id),
        first_day=date.fromisoformat(row.first_day),
        last_day=date.fromisoformat(row.last_day),
        is_away=bool(row.is_away),
    )
