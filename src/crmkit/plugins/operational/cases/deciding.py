"""What always holds of cases, whoever saves them: their clock, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from crmkit import Invalid
from crmkit.plugin import Record, RecordDraft, decisions, phrase
from crmkit.plugins.operational.cases.clock import (
    CLOSED,
    DONE,
    NEW,
    OPEN,
    RUNNING,
    CaseClock,
    Hours,
    escalated,
    finished,
    look_again,
    moved,
    promised,
    responded,
)
from crmkit.plugins.operational.cases.promises import Promises
from crmkit.plugins.operational.cases.record_type import TIMES
from crmkit.plugins.operational.cases.settings import days_of

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Refusal, Replace, Transaction
    from crmkit.plugins.operational.settings import Settings

_WORST: Final = 1
_BEST: Final = 5
_COUNTS: Final = ("paused", "reopened")
# What follows from other times, and is not taken as it is given.
_DERIVED: Final = ("opened_at", "responded_at", "overdue")
_DEADLINES: Final = ("respond_by", "resolve_by")


def decide(
    drafts: Sequence[RecordDraft],
    records: Mapping[int, Record],
    crm: Crm,
    tx: Transaction,
    settings: Settings,
) -> Iterator[Replace | Refusal]:
    """Every draft with the times that follow from it; refused where it says what cannot be."""
    customers = {each.customer for each in drafts if isinstance(each.customer, int)}
    customers |= {each.customer_id for each in records.values()}
    promises = Promises.to(customers, crm, settings.cases)
    return decisions(drafts, records, Deciding(promises, tx.at, days_of(settings.cases.close_after)).of)


class Deciding:
    """Decides about cases at one moment."""

    def __init__(self, promises: Promises, at: int, close_after: int | None) -> None:
        self._promises = promises
        self._hours: Hours = promises.crm.hours
        self._at = at
        self._close_after = close_after

    def of(self, draft: RecordDraft, before: Record | None) -> RecordDraft:
        """The draft with all that follows from it. Raises `Invalid` where it says what cannot be."""
        _require_possible(draft)
        fields = dict(draft.fields)
        answers_new = before is not None and before.state == NEW and fields.get("responded_at") is not None
        state = draft.state or (OPEN if answers_new else before.state if before else None) or NEW
        if before is not None and before.state == CLOSED and state in RUNNING:
            fields["merged_into"] = None
        clock = self._begun(draft, state) if before is None else self._gone_on(draft, before, state)
        clock = self._as_given(clock, fields, before)
        if "next_at" not in fields:
            clock = evolve(clock, next_at=look_again(clock, state, self._close_after))
        kept = before.fields if before is not None else {}
        for name in TIMES:
            value, old = getattr(clock, name), kept.get(name)
            if value != old and not (name in _COUNTS and not value and not old):
                fields[name] = value
            elif name in fields:
                fields[name] = old
        if fields == draft.fields and state == draft.state:
            return draft
        moves = before is None or state != before.state
        return evolve(draft, fields=fields, state=state if moves else draft.state)

    def _begun(self, draft: RecordDraft, state: str) -> CaseClock:
        """Of a new case. One from the past tells when it was opened; then nothing is taken as of now."""
        given, hours = draft.fields, self._hours
        opened, is_past = given.get("opened_at"), given.get("opened_at") is not None
        clock = self._promised(
            CaseClock(opened_at=self._at if opened is None else opened), draft.customer, given.get("priority")
        )
        if (answered := given.get("responded_at")) is not None:
            clock = responded(clock, answered, hours)
        if (resolved := given.get("resolved_at")) is not None and state in DONE:
            clock = finished(clock, resolved, hours)
        if not is_past:
            return moved(clock, NEW, state, self._at, hours)
        return clock if state in RUNNING else evolve(clock, paused_since=clock.resolved_at or self._at)

    def _gone_on(self, draft: RecordDraft, before: Record, state: str) -> CaseClock:
        given, known = draft.fields, before.fields
        clock = _clock_of(before)
        opened = given.get("opened_at")
        if opened is not None and opened != clock.opened_at:
            clock = self._promised(evolve(clock, opened_at=opened), before.customer_id, known.get("priority"))
        if given.get("priority", known.get("priority")) != known.get("priority"):
            clock = self._promised(clock, before.customer_id, given["priority"])
        answered = given.get("responded_at")
        if answered is not None and (clock.responded_at is None or answered < clock.responded_at):
            clock = responded(evolve(clock, responded_at=None), answered, self._hours)
        if state != before.state:
            clock = self._moved(clock, draft, before, state)
        what = given.get("overdue")
        return clock if what in (None, clock.overdue) else escalated(clock, str(what), self._at)

    def _moved(self, clock: CaseClock, draft: RecordDraft, before: Record, state: str) -> CaseClock:
        """What goes on in another case is not resolved here, and not opened again where that was wrong."""
        after = moved(clock, str(before.state), state, self._at, self._hours)
        if state == CLOSED and draft.fields.get("merged_into") is not None:
            resolved = (clock.resolved_at, clock.resolution_minutes)
            return evolve(after, resolved_at=resolved[0], resolution_minutes=resolved[1])
        if before.fields.get("merged_into") is not None and state in RUNNING:
            return evolve(after, reopened=clock.reopened)
        return after

    def _promised(self, clock: CaseClock, customer: Any, priority: Any) -> CaseClock:
        return promised(clock, self._hours, *self._promises.times(customer, priority))

    def _as_given(self, clock: CaseClock, fields: Mapping[str, Any], before: Record | None) -> CaseClock:
        """Times that somebody wrote down themselves stand."""
        given = {
            name: fields[name]
            for name in TIMES
            if name in fields and name not in _DERIVED and (before is not None or fields[name] is not None)
        }
        given |= {name: given[name] or 0 for name in _COUNTS if name in given}
        if any(given.get(name, getattr(clock, name)) != getattr(clock, name) for name in _DEADLINES):
            given["overdue"] = None
        return evolve(clock, **given) if given else clock


def _clock_of(case: Record) -> CaseClock:
    known: dict[str, Any] = {name: case.fields.get(name) for name in TIMES}
    known |= {name: known[name] or 0 for name in _COUNTS}
    known["opened_at"] = case.created_at if known["opened_at"] is None else known["opened_at"]
    return CaseClock(**known)


def _require_possible(draft: RecordDraft) -> None:
    rating = draft.fields.get("satisfaction")
    if rating is not None and not _WORST <= rating <= _BEST:
        raise Invalid(
            phrase(
                "Satisfaction is from {worst} to {best}, not {rating}",
                worst=_WORST,
                best=_BEST,
                rating=rating,
            )
        )
    for name in ("parent", "merged_into"):
        if draft.id is not None and draft.fields.get(name) in (str(draft.id), f"case:{draft.id}"):
            raise Invalid(phrase("Case {id} cannot be its own {field}", id=draft.id, field=name))
