"""Undo of plans: customers' own data out of the change log, all else by the actions that did it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, field

from crmkit.core.customers.sets import change_among, rows_among, without_collector
from crmkit.core.editing.mass import Rolledback
from crmkit.core.editing.putting_back import PuttingBack, Tally
from crmkit.core.effects.rehearsal import FOLDER, unrehearse
from crmkit.core.errors import Conflict
from crmkit.core.language import N_
from crmkit.core.model.acting import ActionItem
from crmkit.core.model.strategy import (
    APPLIED,
    CLAIMED,
    DONE,
    HANDING_OVER,
    PARTLY,
    PENDING,
    SKIPPED,
    TAKEN_BACK,
    UNCONFIRMED,
    UNDONE,
    WITHHELD,
)
from crmkit.core.people.current import allowed
from crmkit.core.people.visibility import seen_among
from crmkit.core.phrase import Counted, nphrase, phrase
from crmkit.core.plugins.failure import outage_of, said_of
from crmkit.core.store.locks import PLAN_LOCK, one_at_a_time
from crmkit.core.strategy.origins import rule_of
from crmkit.core.strategy.plans import plan
from crmkit.core.undo.values import Action, Left, UndoPreview, UndoReceipt, source_of
from crmkit.core.words.registry import CORE

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.words import Action as Word
    from crmkit.core.store.unit import Transaction

_APPLY: Final = "strategy.apply"
_WRITE: Final = "customers.write"
_AT_ONCE: Final = 2_000
# What an undo has to do with.
_STANDS: Final = (DONE, PENDING, CLAIMED, HANDING_OVER, UNCONFIRMED, WITHHELD)
_NO_UNDO: Final = N_("it has no undo: only what it changed of customers in the plan's name goes back")
_IN_DOUBT: Final = {
    HANDING_OVER: phrase("it is being handed over right now"),
    UNCONFIRMED: phrase("nobody knows whether it has reached the world outside"),
}


@define
class _Tally:
    """What came of undoing: of customers' data, and of what actions took back, by the action's name."""

    data: Tally = field(factory=Tally)
    taken_back: dict[str, Counted] = field(factory=dict)
    withdrawn: int = 0
    released: int = 0
    letters: int = 0
    left: list[Left] = field(factory=list)

    def add(self, part: _Tally) -> None:
        for name in ("customers", "values", "tags", "records"):
            setattr(self.data, name, getattr(self.data, name) + getattr(part.data, name))
        for name, said in part.taken_back.items():
            before = self.taken_back.get(name)
            self.taken_back[name] = said.of(said.times + (before.times if before else 0))
        self.withdrawn += part.withdrawn
        self.released += part.released
        self.letters += part.letters
        self.left += [*part.data.left, *part.left]

    @property
    def words(self) -> tuple[str, ...]:
        acts = [said for _, said in sorted(self.taken_back.items())]
        counts = (
            (self.withdrawn, N_("withdraw {count:,} not handed over yet")),
            (self.letters, N_("throw {count:,} of the files in {folder}/ away")),
            (self.released, N_("strike {count:,} off the control group's record")),
        )
        rest = [phrase(said, count=count, folder=FOLDER) for count, said in counts if count]
        return (*self.data.words, *acts, *rest)


class PlanUndo:
    """Undo of applied plans, for one actor: of customers whom the actor sees."""

    kind = "plan"

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._plan = crm.tables.plan
        self._effect = crm.tables.effect

    def last(self, actor_name: str) -> Action | None:
        """The newest plan that this actor has applied and that is not undone yet."""
        effect, plan_ = self._effect, self._plan
        # What still waits to be handed over is applied as well; what was done outside stays done when undone.
        theirs = sa.select(effect.c.id).where(
            effect.c.plan_id == plan_.c.id, effect.c.actor == actor_name, effect.c.state.in_(_STANDS)
        )
        found = self._actions(1, plan_.c.state.in_((APPLIED, PARTLY)), theirs.exists())
        return found[0] if found else None

    def recent(self, limit: int) -> Sequence[Action]:
        """The plans that were applied last, whoever applied them."""
        return self._actions(limit, self._plan.c.applied_at.is_not(None))

    def preview(self, number: int) -> UndoPreview:
        """What undoing the plan would do now: all of it is tried, and nothing stays."""
        what, tally = self._all(number, keep=False)
        return UndoPreview(ref=_ref(number), what=what, will=tally.words, left=tuple(tally.left))

    def undo(self, number: int) -> UndoReceipt:
        """Undo the plan, in batches; when one fails, doing it again goes on."""
        what, tally = self._all(number, keep=True)
        return UndoReceipt(ref=_ref(number), what=what, done=tally.words, left=tuple(tally.left))

    def _all(self, number: int, *, keep: bool) -> tuple[str, _Tally]:
        self._crm.require(_APPLY)
        self._crm.require(_WRITE)
        tally = _Tally()
        with self._crm.kernel.reading() as connection:
            found = plan(self._crm.kernel, connection, number)
            _require_applied(found.state, number)
            ids, unseen, erased = self._whom(connection, number)
        with without_collector():
            for start in range(0, len(ids), _AT_ONCE):
                self._batch(number, ids[start : start + _AT_ONCE], tally, keep=keep)
        if unseen:
            tally.left.append(
                Left(
                    what=nphrase("{count} customer", "{count} customers", unseen),
                    reason=phrase("you do not see them"),
                )
            )
        if erased:
            tally.left.append(
                Left(
                    what=nphrase("{count} act", "{count} acts", erased),
                    reason=phrase("for people who were erased since"),
                )
            )
        if keep and not unseen:
            self._close(number)
        return _told(found.rules), tally

    def _whom(self, connection: sa.Connection, number: int) -> tuple[list[int], int, int]:
        """(ids of those for whom something was done and whom the actor sees, how many they do not see, how
        many acts were for people who were erased)."""
        effect = self._effect
        mine = sa.and_(effect.c.plan_id == number, effect.c.state.in_(_STANDS))
        chosen = sa.select(effect.c.customer_id).where(mine).distinct()
        ids = {id_ for id_ in connection.execute(chosen).scalars() if id_ is not None}
        gone = sa.select(sa.func.count()).where(mine, effect.c.customer_id.is_(None))
        erased = int(connection.execute(gone).scalar_one())
        seen = seen_among(connection, self._crm.kernel, self._crm.actor, sorted(ids))
        return seen, len(ids) - len(seen), erased

    def _batch(self, number: int, ids: Sequence[int], whole: _Tally, *, keep: bool) -> None:
        kernel, tally = self._crm.kernel, _Tally()
        with suppress(Rolledback), kernel.unit(self._crm.actor) as tx:
            one_at_a_time(tx.connection, PLAN_LOCK)
            actor = allowed(kernel, tx.connection, self._crm.actor, _APPLY)
            rows = self._effects(tx, number, ids)
            putting = PuttingBack(kernel, actor, tx, len(ids), source_of(_ref(number)))
            tally.data = putting.run(_ref(number), 0, ids)
            tx.flush()
            letters = [each for each in rows if each.rehearsed]
            done = [each for each in rows if not each.rehearsed]
            self._mark(tx, [*self._taken_back(tx, done, tally), *letters])
            tally.letters = len(letters)
            tally.withdrawn = self._withdraw(tx, number, ids)
            tally.released = self._release(tx, number, ids)
            tally.left += self._in_doubt(tx, number, ids)
            tx.flush()
            whole.add(tally)
            if not keep:
                raise Rolledback
            unrehearse(kernel, [each.id for each in letters])

    def _effects(self, tx: Transaction, number: int, ids: Sequence[int]) -> list[Any]:
        select = (
            "SELECT id, origin, customer_id, action, params, result, rehearsed FROM effect "
            "WHERE plan_id = ? AND state = 'done' AND customer_id"
        )
        rows = rows_among(tx.connection, select, ids, number, after="ORDER BY id")
        return [_Effect(number, *row) for row in rows]

    def _taken_back(self, tx: Transaction, effects: Sequence[_Effect], tally: _Tally) -> list[_Effect]:
        """Have the actions undo what they did, those that have a way; the effects that are undone."""
        undone: list[_Effect] = []
        by_action: dict[str, list[_Effect]] = {}
        for each in effects:
            by_action.setdefault(each.action, []).append(each)
        for name, mine in by_action.items():
            action = self._crm.words.actions.get(name)
            if action is None:
                tally.left += [each.left(name, phrase("its plugin is not in use")) for each in mine]
            elif action.prepare is not None and action.undo is None:
                tally.left += [
                    each.left(name, phrase("what reached the world outside stays there")) for each in mine
                ]
            elif action.undo is None:
                if action.owner != CORE:  # the core's own change nothing but customers' data
                    tally.left += [each.left(name, phrase(_NO_UNDO)) for each in mine]
                undone += mine
            else:
                back = self._by_action(tx, action, mine, tally)
                if back:
                    tally.taken_back[name] = _undone(action).of(len(back))
                undone += back
        return undone

    def _by_action(
        self, tx: Transaction, action: Word, effects: Sequence[_Effect], tally: _Tally
    ) -> list[_Effect]:
        """As `_taken_back`, of one action; where it fails, for halves of them, until it is plain where."""
        try:
            refused = self._refused(tx, action, effects)
        except Exception as error:  # noqa: BLE001 - a plugin's code may raise anything
            if (outage := outage_of(error)) is not None:  # of none of them alone
                raise outage  # noqa: B904  (it is the error itself, or comes from it)
            if len(effects) > 1:
                half = len(effects) // 2
                parts = (effects[:half], effects[half:])
                return [each for part in parts for each in self._by_action(tx, action, part, tally)]
            refused = {0: said_of(error)}
        tally.left += [effects[index].left(action.name, reason) for index, reason in refused.items()]
        return [each for index, each in enumerate(effects) if index not in refused]

    def _refused(self, tx: Transaction, action: Word, effects: Sequence[_Effect]) -> dict[int, str]:
        items = [each.item(action.params(**json.loads(each.params))) for each in effects]
        kernel = self._crm.kernel
        tx.flush()
        with kernel.unit(tx.actor), kernel.acting_in(tx, self._crm.actor) as (crm, own):
            assert action.undo is not None
            return {each.index: each.reason for each in action.undo(items, crm, own) or ()}

    def _mark(self, tx: Transaction, effects: Sequence[_Effect]) -> None:
        change = "UPDATE effect SET state = ?, undone_at = ? WHERE id"
        change_among(tx.connection, change, [each.id for each in effects], UNDONE, tx.at)

    def _withdraw(self, tx: Transaction, number: int, ids: Sequence[int]) -> int:
        """What was not handed over yet never is; how many that are."""
        change = (
            "UPDATE effect SET state = ?, reason = ?, due_at = NULL, settled_at = ? "
            "WHERE plan_id = ? AND state IN (?, ?) AND customer_id"
        )
        reason = f"{_ref(number)} was taken back"
        return change_among(tx.connection, change, ids, SKIPPED, reason, tx.at, number, PENDING, CLAIMED)

    def _in_doubt(self, tx: Transaction, number: int, ids: Sequence[int]) -> list[Left]:
        """What may have reached the world outside, and what is on its way there."""
        select = (
            "SELECT customer_id, action, state FROM effect "
            "WHERE plan_id = ? AND state IN (?, ?) AND customer_id"
        )
        rows = rows_among(tx.connection, select, ids, number, *_IN_DOUBT, after="ORDER BY id")
        return [Left(customer_id=row[0], what=row[1], reason=_IN_DOUBT[row[2]]) for row in rows]

    def _release(self, tx: Transaction, number: int, ids: Sequence[int]) -> int:
        """What was withheld becomes what the act would have become: not yet due, it is withdrawn; done within
        the business or rehearsed, it is undone; what would have reached somebody by now stays."""
        withdraw = (
            "UPDATE effect SET state = ?, reason = ?, settled_at = ? "
            "WHERE plan_id = ? AND state = ? AND contact_at > ? AND customer_id"
        )
        undo = (
            "UPDATE effect SET state = ?, undone_at = ? "
            "WHERE plan_id = ? AND state = ? AND (contact_at IS NULL OR rehearsed = 1) AND customer_id"
        )
        back = f"{_ref(number)} was taken back"
        withdrawn = (SKIPPED, back, tx.at, number, WITHHELD, tx.at)
        released = change_among(tx.connection, withdraw, ids, *withdrawn)
        return released + change_among(tx.connection, undo, ids, UNDONE, tx.at, number, WITHHELD)

    def _close(self, number: int) -> None:
        """The plan is undone; its rules, which led to something unwanted, have to ask again."""
        kernel, rule = self._crm.kernel, self._crm.tables.rule
        with kernel.unit(self._crm.actor) as tx:
            names = [each.rule for each in plan(kernel, tx.connection, number).rules]
            tx.execute(rule.update().where(rule.c.name.in_(names)).values(digest=None))
            tx.execute(
                self._plan.update().where(self._plan.c.id == number).values(state=TAKEN_BACK, undone_at=tx.at)
            )

    def _actions(self, limit: int, *conditions: sa.ColumnElement[bool]) -> list[Action]:
        query = sa.select(self._plan).where(*conditions).order_by(self._plan.c.applied_at.desc()).limit(limit)
        with self._crm.reading() as execute:
            rows = execute(query).all()
        return [
            Action(
                ref=_ref(row.id), at=row.applied_at or row.at, what=_summary(json.loads(row.counts)),
                actor=row.actor, undone_at=row.undone_at,
            )
            for row in rows
        ]  # fmt: skip


@define
class _Effect:
    """A row of the ledger on its way back."""

    plan: int
    id: int
    origin: str
    customer_id: int
    action: str
    params: str
    result: str | None
    rehearsed: int

    def item(self, params: Any) -> ActionItem:
        return ActionItem(
            effect=self.id, customer_id=self.customer_id, params=params, source=_ref(self.plan),
            rule=rule_of(self.origin), result=self.result,
        )  # fmt: skip

    def left(self, what: str, reason: str) -> Left:
        return Left(customer_id=self.customer_id, what=what, reason=reason)


def _undone(action: Word) -> Counted:
    """What the undo of an action does, of any number of acts."""
    return action.undone or nphrase(
        "undo {count} act of {action}", "undo {count} acts of {action}", 0, action=action.name
    )


def undoable(crm: Crm) -> PlanUndo:
    """The undo of plans for whoever `crm` acts for."""
    return PlanUndo(crm)


def _require_applied(state: str, number: int) -> None:
    if state == TAKEN_BACK:
        raise Conflict(phrase("Plan {number} was undone before", number=number))
    if state not in (APPLIED, PARTLY):
        raise Conflict(phrase("Plan {number} was never applied: it is {state}", number=number, state=state))


def _ref(number: int) -> str:
    return f"plan:{number}"


def _told(rules: Sequence[Any]) -> str:
    return _summary([{"rule": each.rule, "acts": each.acts} for each in rules])


def _summary(counts: Sequence[dict[str, Any]]) -> str:
    """`plan of win-back (12 acts)`."""
    names = [each["rule"] for each in counts if each["acts"]]
    acts = sum(each["acts"] for each in counts)
    if not names:
        return phrase("plan of nothing")
    return nphrase(
        "plan of {rules} ({count} act)", "plan of {rules} ({count} acts)", acts, rules=", ".join(names)
    )
