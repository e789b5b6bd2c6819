"""Tasks: promises to customers, and what is to be done for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from logging import getLogger
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import Conflict, Invalid, NotFound
from crmkit.plugin import N_, RecordDraft, Refusal, phrase, zone_of
from crmkit.plugins.operational.tasks.model import Task, task_of, task_of_row
from crmkit.plugins.operational.tasks.record import DONE, DROPPED, OPEN, TASK

if TYPE_CHECKING:
    from crmkit import Crm, SaveReport
    from crmkit.plugin import Record

_AT_ONCE = 500
_log = getLogger("crmkit.operational")


class Tasks:
    """The tasks of one business, for whoever `crm` acts for. They are records of the type `task`.

    Methods raise `NotFound` for a task that there is not, `Conflict` for one that is not open any more,
    `Invalid` for values, `NotAllowed`.
    """

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.tables.records[TASK]

    def add(
        self,
        customer: str | int,
        title: str,
        *,
        due: date | None = None,
        employee_id: int | None = None,
        because_of: str | None = None,
        **more: Any,
    ) -> Task:
        """Add a task for a customer; the acting employee's own, unless `employee_id` or `team` say otherwise.

        `more` are fields: `due_time`, `remind_at`, `repeat`, `team`, `priority`, `notes`.
        """
        draft = self._draft(customer, title, due, employee_id, {**more, "because_of": because_of})
        with self._crm.transaction():
            record = self._crm.records.add(TASK, draft.customer or "", draft.fields, owner=draft.owner)
            return task_of(record)

    def add_all(
        self,
        titles: Iterable[tuple[int, str]],
        *,
        due: date | None = None,
        employee_id: int | None = None,
        batch: str,
        **more: Any,
    ) -> tuple[int, list[Refusal]]:
        """Add a task for each (customer id, title) in one unit of work: how many, and who got none and why.

        `batch` is a word of one's own, by which `remove_batch` finds them; a customer gets one of a batch.
        """
        drafts = [
            self._draft(id_, title, due, employee_id, {**more, "because_of": f"batch:{batch}:{id_}"})
            for id_, title in titles
        ]
        report = self._crm.records.save_all(TASK, drafts)
        return report.created, list(report.refused)

    def get(self, task_id: int) -> Task:
        """One task, whatever its state."""
        return task_of(self._record(task_id))

    def by_id(self, ids: Sequence[int]) -> tuple[Task, ...]:
        """Those of these tasks that there are, whatever their state."""
        found: list[Task] = []
        for start in range(0, len(ids), _AT_ONCE):
            found += self._read(self._table.c.id.in_(ids[start : start + _AT_ONCE]))
        return tuple(found)

    def done(self, task_id: int) -> Task:
        """Tick a task off; it goes onto the customer's timeline as `task.done`."""
        return self._closed(task_id, DONE)

    def drop(self, task_id: int) -> Task:
        """Give a task up: it will not be done, and does not come again."""
        return self._closed(task_id, DROPPED)

    def where(self, predicate: str) -> tuple[Task, ...]:
        """The open tasks of everybody for whom a condition holds."""
        ids, found = list(self._crm.predicates.members(predicate)), list[Task]()
        for start in range(0, len(ids), _AT_ONCE):
            found += self.list(customer_ids=ids[start : start + _AT_ONCE])
        return tuple(found)

    def close_all(self, tasks: Sequence[Task], state: str) -> int:
        """Make many open tasks `done` or `dropped` in one unit of work; how many."""
        return self._change(tasks, state=state)

    def assign_all(self, tasks: Sequence[Task], employee: str | int) -> int:
        """Give many open tasks to an employee, or with the empty text to nobody, in one unit of work."""
        return self._change(tasks, owner=self._crm.people.get(employee).id if employee != "" else "")

    def postpone_all(self, tasks: Sequence[Task], to: date) -> int:
        """Another day for many open tasks, in one unit of work; how many."""
        drafts = [
            RecordDraft(id=task.id, version=task.version, fields=self._put_off(task, to)) for task in tasks
        ]
        return self._save(drafts)

    def following(self, task: Task) -> Task | None:
        """The task that came after one that was done and comes again."""
        from crmkit.plugins.operational.tasks.recurring import reason_after

        found = self._read(self._table.c.because_of == reason_after(task))
        return found[0] if found else None

    def postpone(self, task_id: int, to: date) -> Task:
        """Another day for an open task; its reminder keeps its distance, and its series goes on as before."""
        with self._crm.transaction():
            task = self._open(task_id)
            return task_of(self._crm.records.update(TASK, task_id, self._put_off(task, to), task.version))

    def assign(self, task_id: int, employee: str | int) -> Task:
        """Give an open task to an employee; the empty text gives it back to its team, or to nobody."""
        with self._crm.transaction():
            task = self._open(task_id)
            owner = self._crm.people.get(employee).id if employee != "" else ""
            return task_of(self._crm.records.update(TASK, task_id, version=task.version, owner=owner))

    def take(self, task_id: int) -> Task:
        """Make a task that is nobody's one's own. Raises `Conflict` when somebody has it already."""
        me = self._crm.actor.id
        if me is None:
            raise Invalid("Nobody acts, so nobody can take a task", hint="Say who you are: crm --as NAME …")
        with self._crm.transaction():
            task = self._open(task_id)
            if task.employee_id not in (None, me):
                name = self._crm.people.get(task.employee_id or 0).name
                raise Conflict(
                    phrase(
                        'Task {task_id} ("{task_title}") is with {name}',
                        task_id=task_id,
                        task_title=task.title,
                        name=name,
                    ),
                    hint="Ask them for it.",
                )
            return task_of(self._crm.records.update(TASK, task_id, version=task.version, owner=me))

    def hand_over(self, from_: str | int, to: str | int) -> int:
        """Give every open task of one employee to another; how many."""
        people = self._crm.people
        leaving, coming = people.get(from_), people.get(to)
        with self._crm.transaction():
            mine = self._read(self._table.c.state == OPEN, self._table.c.employee_id == leaving.id)
            return self._change(mine, owner=coming.id)

    def remove(self, task_id: int) -> Task:
        """Archive a task that is still open, as if it had never been added. Raises `Conflict` when done.

        What is done stands on the timeline, and stays.
        """
        with self._crm.transaction():
            record = self._record(task_id)
            if record.state == DONE:
                raise Conflict(
                    phrase(
                        'Task {task_id} ("{record_title}") is done and stays',
                        task_id=task_id,
                        record_title=record.title,
                    ),
                    hint="Run: crm tasks list",
                )
            self._crm.records.archive(TASK, task_id)
            return task_of(record)

    def remove_batch(self, batch: str) -> int:
        """Drop what is still open of the tasks that were added together; how many."""
        begins = self._table.c.because_of.startswith(f"batch:{batch}:", autoescape=True)
        with self._crm.transaction():
            return self._change(self._read(begins, self._table.c.state == OPEN), state=DROPPED)

    def list(
        self,
        *,
        customer_ids: Sequence[int] | None = None,
        done: bool = False,
        state: str | None = None,
        mine: bool = False,
        employee_id: int | None = None,
        team: str | None = None,
        by: date | None = None,
    ) -> tuple[Task, ...]:
        """Open tasks of customers the acting person sees, soonest due first; `done` or `state` lists others.

        `mine` are the acting employee's own and those that they could take; `by` are those due by a day.
        """
        table = self._table
        where = [table.c.state == (state or (DONE if done else OPEN))]
        if customer_ids is not None:
            where.append(table.c.customer_id.in_(customer_ids))
        if employee_id is not None:
            where.append(table.c.employee_id == employee_id)
        if team is not None:
            where.append(sa.func.lower(table.c.team) == team.lower())
        if by is not None:
            where.append(table.c.due <= by.isoformat())
        if mine and self._crm.actor.id is not None:
            where.append(self._mine())
        return tuple(self._read(*where))

    def make(
        self,
        wanted: Iterable[tuple[str, int, str]],
        *,
        due: date | None = None,
        owner: str | None = None,
        **more: Any,
    ) -> int:
        """Add tasks that follow from something: (because of what, customer id, title); how many were new.

        A reason makes its task once, however often it is given; all of them are due on the same day. What
        cannot be added is left out, and the log says why.
        """
        return self.save_new(
            [
                RecordDraft(
                    customer=customer_id,
                    fields={"subject": title, "due": due, "because_of": reason, **more},
                    owner=owner,
                )
                for reason, customer_id, title in wanted
            ]
        )

    def save_new(self, drafts: Sequence[RecordDraft]) -> int:
        """Save those drafts whose reason has not made its task yet; how many."""
        if not drafts:
            return 0
        report, _ = self.save_first(drafts)
        if report.reasons:
            _log.warning(N_("Tasks that cannot be made: %s"), report.reasons)
        return report.created

    def save_first(self, drafts: Sequence[RecordDraft]) -> tuple[SaveReport, Mapping[str, str]]:
        """As `save_new`: what became of them, and why some were refused, by what they were to follow from."""
        by_reason = {str(each.fields["because_of"]): each for each in drafts}
        with self._crm.transaction() as tx:
            for reason, _ in self._made(tx.execute, list(by_reason)):
                del by_reason[reason]
            report = self._crm.records.save_all(TASK, by_reason.values())
        reasons = list(by_reason)
        return report, {reasons[each.index]: each.reason for each in report.refused}

    def unmake(self, reasons: Sequence[str]) -> Mapping[str, str]:
        """Drop the tasks that were made for these reasons and are still open.

        Returns why tasks stay, by the reasons for which they were made.
        """
        with self._crm.transaction() as tx:
            made = self._made(tx.execute, reasons)
            open_ = [(reason, id_) for reason, (id_, state) in made if state == OPEN]
            drafts = [RecordDraft(id=id_, state=DROPPED) for _, id_ in open_]
            refused = self._crm.records.save_all(TASK, drafts).refused if drafts else ()
            done = {reason: phrase("the task is done") for reason, (_, state) in made if state == DONE}
            return done | {open_[each.index][0]: each.reason for each in refused}

    def _made(self, execute: Any, reasons: Sequence[str]) -> Sequence[tuple[str, tuple[int, str]]]:
        table, found = self._table, []
        for start in range(0, len(reasons), _AT_ONCE):
            some = table.c.because_of.in_(reasons[start : start + _AT_ONCE])
            query = sa.select(table.c.because_of, table.c.id, table.c.state).where(some)
            found += [(row.because_of, (row.id, row.state)) for row in execute(query)]
        return found

    def _draft(
        self, customer: str | int, title: str, due: date | None, employee_id: int | None, more: dict[str, Any]
    ) -> RecordDraft:
        if not title.strip():
            raise Invalid("A task needs a title", hint='Say what is to do: crm tasks add REF "Call back"')
        known = {name: value for name, value in more.items() if value not in (None, "")}
        owner = employee_id if employee_id or known.get("team") else self._crm.actor.id
        return RecordDraft(
            customer=customer, owner=owner, fields={"subject": title.strip(), "due": due, **known}
        )

    def _closed(self, task_id: int, state: str) -> Task:
        with self._crm.transaction():
            task = self._open(task_id)
            return task_of(self._crm.records.move(TASK, task_id, state, task.version))

    def _open(self, task_id: int) -> Task:
        task = self.get(task_id)
        if task.state != OPEN:
            raise Conflict(
                phrase(
                    'Task {task_id} ("{task_title}") is {state} already',
                    task_id=task_id,
                    task_title=task.title,
                    state=task.state,
                ),
                hint="Run: crm tasks list",
            )
        return task

    def _record(self, task_id: int) -> Record:
        try:
            record = self._crm.records.get(TASK, task_id)
        except NotFound:
            record = None
        if record is None or record.archived_at is not None:
            raise NotFound(phrase("There is no task {task_id}", task_id=task_id), hint="Run: crm tasks list")
        return record

    def _change(self, tasks: Sequence[Task], **change: Any) -> int:
        return self._save([RecordDraft(id=each.id, version=each.version, **change) for each in tasks])

    def _save(self, drafts: Sequence[RecordDraft]) -> int:
        """Save all of them or none. Raises `Conflict` where one was changed meanwhile."""
        if not drafts:
            return 0
        with self._crm.transaction():
            report = self._crm.records.save_all(TASK, drafts)
            if report.refused:
                first = report.refused[0]
                raise Conflict(
                    phrase("Task {task_id}: {reason}", task_id=drafts[first.index].id, reason=first.reason),
                    hint="Run: crm tasks list",
                )
            return report.updated

    def _put_off(self, task: Task, to: date) -> dict[str, Any]:
        from crmkit.plugins.operational.tasks.recurring import moved

        fields: dict[str, Any] = {"due": to}
        if task.remind_at is not None and task.due is not None:
            fields["remind_at"] = moved(task.remind_at, task.due, to, zone_of(self._crm))
        return fields

    def _mine(self) -> sa.ColumnElement[bool]:
        """One's own and those of whom one stands in for, and what is nobody's, unless it is a team's to which
        one does not belong."""
        table, mine = self._table, self._crm.people.covers.mine()
        teams = _teams_of(self._crm, mine[0])
        free = table.c.employee_id.is_(None)
        return sa.or_(
            table.c.employee_id.in_(mine),
            sa.and_(free, sa.or_(table.c.team.is_(None), table.c.team.in_(teams))),
        )

    def _read(self, *where: sa.ColumnElement[bool]) -> Sequence[Task]:
        self._crm.require("records.read")
        table = self._table
        seen = self._crm.seen(table.c.customer_id)
        query = sa.select(table).where(table.c.archived_at.is_(None), *where, *seen)
        order = (sa.func.coalesce(table.c.due, "9999"), sa.func.coalesce(table.c.due_time, "99"), table.c.id)
        with self._crm.reading() as execute:
            return [task_of_row(row) for row in execute(query.order_by(*order))]


def _teams_of(crm: Crm, employee_id: int) -> list[str]:
    """The teams of an employee, and those of which these are a part."""
    above = {each.name: each.parent for each in crm.people.teams()}
    found: list[str] = []
    for name in crm.people.get(employee_id).teams:
        team: str | None = name
        while team is not None and team not in found:
            found.append(team)
            team = above.get(team)
    return found
