"""Handovers: make, accept, keep, pass on, find them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Invalid, NotFound
from crmkit.plugin import RecordDraft, phrase
from crmkit.plugins.collaborative.handovers.model import Handover, handover_of
from crmkit.plugins.collaborative.handovers.open_time import open_time
from crmkit.plugins.collaborative.handovers.record_type import (
    ACCEPTED,
    BROKEN,
    DROPPED,
    HANDOVER,
    KEPT,
    OFFERED,
    PASSED,
    REFUSED,
    RETURNED,
    RUNNING,
    WITHDRAWN,
    HandoverTold,
)

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.handovers.settings import HandoverSettings

_SOURCE: Final = "collaborative.handover"


class Handovers:
    """The promises to customers that one hands to another, for whoever `crm` acts for: those of the customers
    they see.

    Only who was given a promise, one of the team that was, or an administrator accepts, refuses, keeps and
    breaks it; only who gave it withdraws it. Methods raise `NotFound` for a handover, `Invalid` for what
    cannot be or who may not.
    """

    def __init__(self, crm: Crm, settings: HandoverSettings) -> None:
        self._crm = crm
        self._settings = settings
        self._table = crm.tables.records[HANDOVER]

    def make(
        self,
        customer: str | int,
        promise: str,
        *,
        by: str | int,
        to: str | int | None = None,
        team: str | None = None,
        accept_by: str | int | None = None,
        about: str | None = None,
        note: str | None = None,
        told: bool = False,
        giver: str | int | None = None,
    ) -> Handover:
        """Promise something to a customer, and hand it to an employee or to a team.

        `by` and `accept_by` are instants, or what people write: `friday` (until its working hours end),
        `friday 14:00`, `2 days`, `4 hours` (of working time). What one hands to oneself is accepted at once.
        `told` says that the customer knows; `about` names a record of theirs, such as `case:12`. Only an
        administrator hands over in the name of another `giver`.
        """
        if not promise.strip():
            raise Invalid(
                "Say what is promised", hint='crm handovers make REF "We deliver on Friday" --by friday'
            )
        fields = {
            "promise": promise.strip(),
            "by": self._instant(by),
            "accept_by": None if accept_by is None else self._instant(accept_by),
            "to_team": team,
            "about": about,
            "note": note,
            "told_customer": told,
            "from_employee": None if giver is None else self._crm.people.get(giver).uid,
        }
        return self._made(customer, fields, to)

    def get(self, handover: int) -> Handover:
        """Handover number `handover`."""
        self._crm.require("records.read")
        query = self._seen(sa.select(self._table)).where(self._table.c.id == handover)
        with self._crm.reading() as execute:
            row = execute(query).first()
        if row is None:
            raise NotFound(
                phrase("There is no handover {handover}", handover=handover),
                hint="Run: crm handovers list --all",
            )
        return handover_of(row)

    def list(
        self,
        *,
        customer_ids: Sequence[int] | None = None,
        mine: bool = False,
        made: bool = False,
        team: str | None = None,
        late: bool = False,
        all: bool = False,  # noqa: A002 - as the option is called
        limit: int | None = 100,
    ) -> tuple[Handover, ...]:
        """Handovers about which somebody still has to do something, what is promised first on top.

        `mine` are those that the acting person is to accept or to keep, or their team is to accept, `made`
        those that they gave; both together are either. `team` are a team's. `late` leaves those of which the
        time to accept or to keep is over. `all` lists the settled ones too, the newest first.
        """
        self._crm.require("records.read")
        c = self._table.c
        query = self._seen(sa.select(self._table)).where(c.archived_at.is_(None))
        if customer_ids is not None:
            query = query.where(c.customer_id.in_(customer_ids))
        if mine or made:
            query = query.where(self._of_me(mine=mine, made=made))
        if team is not None:
            from crmkit.plugins.collaborative.handovers.staff import Staff

            query = query.where(c.team == Staff(self._crm).team(team))
        if late:
            query = query.where(self._is_late())
        if not all:
            query = query.where(c.settled_at.is_(None))
        order = (c.id.desc(),) if all else (c.by, c.id)
        with self._crm.reading() as execute:
            return tuple(handover_of(row) for row in execute(query.order_by(*order).limit(limit)))

    def accept(self, handover: int, *, as_: str | int | None = None) -> Handover:
        """The acting person keeps it from now on; an administrator may name one of the team, `as_`."""
        owner = None if as_ is None else self._crm.people.get(as_).id
        return self._moved(self.get(handover), ACCEPTED, {}, owner, out_of=(OFFERED, DROPPED))

    def refuse(self, handover: int, because: str) -> Handover:
        """It cannot be done: it is back with who gave it."""
        return self._moved(self.get(handover), REFUSED, {"reason": because}, out_of=(OFFERED,))

    def keep(self, handover: int, note: str | None = None) -> Handover:
        """It is done. After its time it stays broken, and was done late."""
        found = self.get(handover)
        fields: dict[str, Any] = {} if note is None else {"note": note}
        is_late = found.state == ACCEPTED and self._crm.clock.now() > self._kept_until(found)
        if is_late or found.state == BROKEN:
            if found.done_late:
                raise Invalid(phrase("Handover {id} is done already", id=found.id))
            return self._save(found.id, {**fields, "done_late": True}, state=BROKEN)
        return self._moved(found, KEPT, fields)

    def break_promise(self, handover: int, because: str, *, told: bool = False) -> Handover:
        """It cannot be kept, or was not, and why; `told` says that the customer knows."""
        found = self.get(handover)
        if found.state == BROKEN and found.reason == because and (found.told_customer or not told):
            raise Invalid(phrase("Handover {id} is broken already, and that is why", id=found.id))
        with self._crm.transaction():
            fields = {
                "reason": because,
                "told_customer": told or (found.state == BROKEN and found.told_customer),
            }
            broken = self._save(found.id, fields, state=BROKEN)
            if told:
                self._note_told(broken, because)
            return broken

    def withdraw(self, handover: int, because: str | None = None) -> Handover:
        """It is not needed any more; of what was accepted say why."""
        fields = {} if because is None else {"reason": because}
        return self._moved(self.get(handover), WITHDRAWN, fields)

    def pass_on(
        self,
        handover: int,
        *,
        to: str | int | None = None,
        team: str | None = None,
        by: str | int | None = None,
        told: bool = False,
    ) -> Handover:
        """Hand to somebody else what one has accepted, or got back; returns the new handover.

        It says and promises the same, unless `by` says an earlier time; a later one only where the customer
        was `told`.
        """
        with self._crm.transaction():
            old = self.get(handover)
            until = old.by if by is None else self._instant(by)
            if until > old.by and not told:
                raise Invalid(
                    "That is later than what the customer was promised",
                    hint="Tell the customer, and say so: --told",
                )
            fields = {
                "promise": old.promise, "by": until, "to_team": team, "about": old.about, "note": old.note,
                "told_customer": told or old.told_customer, "passed_from": old.ref,
            }  # fmt: skip
            new = self._made(old.customer_id, fields, to)
            self._moved(old, PASSED, {"passed_to": new.ref})
            return new

    def take_back(self, handover: int) -> Handover:
        """The last move is taken back, by whoever may make it: an answer, a break before the time was over,
        what was kept or withdrawn; and what was passed on, as long as nobody accepted what is in its
        place."""
        with self._crm.transaction():
            found = self.get(handover)
            if found.state in (OFFERED, DROPPED):
                raise Invalid(
                    phrase("Handover {id} is {state}", id=found.id, state=found.state),
                    hint=phrase("To end it: crm handovers withdraw {id}", id=found.id),
                )
            if found.passed_to is not None:
                other = self.get(int(found.passed_to.rpartition(":")[2]))
                if other.state != OFFERED and other.state != WITHDRAWN:
                    raise Invalid(
                        phrase(
                            "Handover {other}, which is in its place, is {state}",
                            other=other.id,
                            state=other.state,
                        )
                    )
                if other.state == OFFERED:
                    self.withdraw(other.id)
            return self._save(found.id, {}, state=self._before(found))

    def told(self, handover: int, text: str = "") -> Handover:
        """The customer was told: of the promise, or that it is broken. That is contact with them."""
        with self._crm.transaction():
            found = self.get(handover)
            self._note_told(found, text or found.promise)
            return self._save(found.id, {"told_customer": True})

    def _before(self, found: Handover) -> str:
        from crmkit.plugins.collaborative.handovers.going_on import former_state

        if found.state in (WITHDRAWN, PASSED):
            return former_state(
                {name: getattr(found, name) for name in ("refused_at", "accepted_at", "dropped_at")}
            )
        return OFFERED if found.state in (ACCEPTED, REFUSED) else ACCEPTED

    def _made(self, customer: str | int, fields: dict[str, Any], to: str | int | None) -> Handover:
        given = {name: value for name, value in fields.items() if value is not None}
        owner = None if to is None else self._crm.people.get(to).id
        draft = RecordDraft(customer=customer, fields=given, owner=owner)
        with self._crm.transaction():
            made = self._saved(draft)
            if made.told_customer:
                self._note_told(made, made.promise)
            return made

    def _moved(
        self,
        found: Handover,
        state: str,
        fields: dict[str, Any],
        owner: int | None = None,
        *,
        out_of: Sequence[str] = (),
    ) -> Handover:
        """It has come into `state`, in which it was not before; only `out_of` these, where they are named.

        From others that would take a move back, and is said by `take_back`.
        """
        if found.state == state or (out_of and found.state not in out_of):
            raise Invalid(
                phrase("Handover {id} is {state} already", id=found.id, state=found.state)
                if found.state == state
                else phrase(
                    "Handover {id} is {state} and cannot become {wanted}",
                    id=found.id,
                    state=found.state,
                    wanted=state,
                ),
                hint=phrase("Look at it: crm handovers show {id}", id=found.id),
            )
        return self._save(found.id, fields, state=state, owner=owner)

    def _save(
        self, handover: int, fields: dict[str, Any], *, state: str | None = None, owner: int | None = None
    ) -> Handover:
        return self._saved(RecordDraft(id=handover, fields=fields, state=state, owner=owner))

    def _saved(self, draft: RecordDraft) -> Handover:
        with self._crm.transaction():
            report = self._crm.records.save_all(HANDOVER, [draft], source=_SOURCE)
            for refusal in report.refused:
                hint = refusal.hint or (
                    phrase("Look at it: crm handovers show {draft}", draft=draft.id) if draft.id else ""
                )
                raise Invalid(refusal.reason, hint=hint)
            return self.get(int(report.ids[0] or 0))

    def _note_told(self, handover: Handover, text: str) -> None:
        self._crm.interactions.record(
            handover.customer_id, "handover.told", direction="out",
            payload=HandoverTold(handover=handover.ref, text=text),
            employee=self._crm.actor.id, source=_SOURCE,
        )  # fmt: skip

    def _instant(self, by: str | int) -> int:
        from crmkit.plugins.collaborative.handovers.when import parse_by

        return by if isinstance(by, int) else parse_by(by, self._crm)

    def _kept_until(self, handover: Handover) -> int:
        return open_time(self._settings.grace).after(handover.by, self._crm.hours)

    def _of_me(self, *, mine: bool, made: bool) -> Any:
        """What the acting person has to do with; everything where no employee acts."""
        employee = self._crm.actor.employee
        if employee is None:
            return sa.true()
        c, found = self._table.c, []
        if mine:
            returned = c.state.in_(RETURNED)
            found += [sa.and_(c.employee_id == employee.id, ~returned)]
            found += [sa.and_(c.state == OFFERED, c.to_team.in_(employee.teams), c.employee_id.is_(None))]
        if made:
            found.append(c.from_employee == employee.uid)
        return sa.or_(*found)

    def _is_late(self) -> Any:
        c, now = self._table.c, self._crm.clock.now()
        return sa.or_(
            sa.and_(c.state.in_(RUNNING), c.next_at < now),
            sa.and_(c.state.in_((BROKEN, DROPPED)), c.settled_at.is_(None)),
        )

    def _seen(self, query: sa.Select[Any]) -> sa.Select[Any]:
        customer, seen = self._crm.tables.customer, self._crm.seen()
        joined = query.join(customer, customer.c.id == self._table.c.customer_id)
        return joined.where(*seen) if seen else query
