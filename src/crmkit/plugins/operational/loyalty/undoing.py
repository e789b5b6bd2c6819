"""`crm undo points:3`: imports of balances are taken back as everything is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Conflict, NotFound
from crmkit.plugin import Left, UndoableAction, UndoPreview, UndoReceipt, nphrase, phrase
from crmkit.plugins.operational.loyalty.importing import PointsImport, UndoneImport
from crmkit.plugins.operational.loyalty.ledger import total
from crmkit.plugins.operational.loyalty.model import CUSTOMER
from crmkit.plugins.operational.loyalty.tables import ENTRY

if TYPE_CHECKING:
    from crmkit import Crm

KIND: Final = "points"
_RULE: Final = "import:"


class PointsUndo:
    """The imports of balances, among what can be undone."""

    kind = KIND

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._entry = crm.plugins.table(ENTRY)

    def last(self, actor_name: str) -> UndoableAction | None:  # noqa: ARG002 - the ledger knows them by number
        """The newest import of whoever acts that stands."""
        who = self._crm.actor.id
        mine = self._entry.c.employee_id.is_(None) if who is None else self._entry.c.employee_id == who
        return next((each for each in self._actions(50, mine) if each.undone_at is None), None)

    def recent(self, limit: int) -> Sequence[UndoableAction]:
        """The newest imports of everybody."""
        return self._actions(limit)

    def preview(self, number: int) -> UndoPreview:
        """What taking the import back would do now."""
        what = self._what(number)
        will, left = _said(self._imports().undoing(number))
        return UndoPreview(ref=f"{KIND}:{number}", what=what, will=will, left=left)

    def undo(self, number: int) -> UndoReceipt:
        """Take the import back, of all who still have the points."""
        what = self._what(number)
        done, left = _said(self._imports().undo(number))
        return UndoReceipt(ref=f"{KIND}:{number}", what=what, done=done, left=left)

    def _imports(self) -> PointsImport:
        return self._crm.service(PointsImport)

    def _what(self, number: int) -> str:
        found = self._actions(1, self._entry.c.rule == f"{_RULE}{number}")
        hint = phrase("What can be undone: crm undo --list")
        if not found:
            raise NotFound(phrase("There is no {kind}:{number}", kind=KIND, number=number), hint=hint)
        if found[0].undone_at is not None:
            raise Conflict(phrase("{kind}:{number} was undone before", kind=KIND, number=number), hint=hint)
        return found[0].what

    def _actions(self, limit: int, *conditions: Any) -> Sequence[UndoableAction]:
        if not self._crm.numbers.last("points import"):
            return ()  # the ledger may be long
        entry, back = self._entry, self._entry.alias("back")
        reversal = sa.and_(
            back.c.because_of == sa.literal("cancel:") + sa.cast(entry.c.id, sa.Text),
            back.c.account == CUSTOMER,
        )
        query = (
            sa.select(
                entry.c.rule, sa.func.max(entry.c.known_at).label("at"),
                total(entry.c.points).label("points"),
                sa.func.max(entry.c.employee_id).label("employee_id"), sa.func.count().label("lines"),
                sa.func.count(back.c.id).label("cancelled"), sa.func.max(back.c.known_at).label("undone_at"),
            )
            .select_from(entry.outerjoin(back, reversal))
            .where(
                entry.c.kind == "imported", entry.c.account == CUSTOMER, entry.c.points > 0,
                entry.c.rule.like(f"{_RULE}%"), *conditions,
            )
            .group_by(entry.c.rule)
            .order_by(sa.func.max(entry.c.known_at).desc(), sa.func.max(entry.c.id).desc())
            .limit(limit)
        )  # fmt: skip
        with self._crm.reading() as execute:
            rows = execute(query).all()
        names = {each.id: each.name for each in self._crm.people.list(left=True)}
        return [_action(row, names.get(row.employee_id, "")) for row in rows]


def _action(row: Any, actor: str) -> UndoableAction:
    return UndoableAction(
        ref=f"{KIND}:{row.rule.removeprefix(_RULE)}",
        at=row.at,
        what=phrase("points import: {points}", points=_points(row.points, row.lines)),
        actor=actor,
        undone_at=row.undone_at if row.cancelled == row.lines else None,
    )


def _said(undone: UndoneImport) -> tuple[tuple[str, ...], tuple[Left, ...]]:
    took = (
        (phrase("take {points} back", points=_points(undone.points, undone.entered)),)
        if undone.entered
        else ()
    )
    spent = phrase("they are spent, at least in part")
    return took, tuple(Left(customer_id=id_, what="points", reason=spent) for id_ in undone.left)


def _points(points: int, lines: int) -> str:
    of = nphrase("of {count} line", "of {count} lines", lines)
    return nphrase("{count} point {of}", "{count} points {of}", points, of=of)
