"""The record type `case`, and what is told of cases on timelines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from crmkit.plugin import N_, Field, InteractionType, RecordMoved, RecordType, moved_summary
from crmkit.plugins.operational.cases.clock import (
    CLOSED,
    DONE,
    NEW,
    OPEN,
    RESOLUTION,
    RESOLVED,
    RESPONSE,
    STATES,
    WAITING,
)
from crmkit.plugins.operational.cases.settings import CaseSettings

CASE: Final = "case"
# What is kept of a case's clock, by the names of `CaseClock`.
_INSTANTS: Final = {
    "opened_at": N_("When it was opened"),
    "respond_by": N_("By when its first answer is promised"),
    "resolve_by": N_("By when it is promised to be resolved"),
    "responded_at": N_("When it was first answered"),
    "resolved_at": N_("When it was resolved"),
    "paused_since": N_("Since when its clock stands still"),
    "escalated_at": N_("When it was last told to be overdue"),
    "next_at": N_("When its clock next needs attention: a deadline passes, or it is closed"),
}
_NUMBERS: Final = {
    "response_minutes": N_("Working minutes until its first answer"),
    "resolution_minutes": N_("Working minutes until it was resolved, without those it stood still"),
    "paused": N_("Working time that its clock has stood still, in microseconds"),
    "reopened": N_("How often it was opened again"),
}
TIMES: Final = (*_INSTANTS, *_NUMBERS, "overdue")


@frozen(kw_only=True)
class CaseOverdue:
    """The payload of `case.overdue`: the case (`case:12`), its subject, what is late (`response` or
    `resolution`), and the deadline as an instant."""

    case: str
    subject: str = ""
    what: str = RESPONSE
    by: int = 0


def case_type(settings: CaseSettings) -> RecordType:
    """Questions, faults and complaints of customers."""
    return RecordType(
        name=CASE,
        doc="A question, fault or complaint that is to be answered",
        fields=tuple(_fields(settings)),
        states=STATES,
        moves={
            NEW: (OPEN, WAITING, RESOLVED, CLOSED),
            OPEN: (WAITING, RESOLVED, CLOSED),
            WAITING: (OPEN, RESOLVED, CLOSED),
            RESOLVED: (OPEN, CLOSED),
            CLOSED: (OPEN,),
        },
        final=DONE,
        title="subject",
        tells={
            NEW: "case.opened",
            RESOLVED: "case.resolved",
            CLOSED: "case.closed",
            f"{RESOLVED} > {OPEN}": "case.reopened",
            f"{CLOSED} > {OPEN}": "case.reopened",
        },
    )


def case_interactions() -> Iterator[InteractionType]:
    """What becomes of cases; none of it is contact with the customer, which is recorded by itself."""
    for name, label, doc in (
        ("opened", N_("Case opened"), N_("A case was opened")),
        ("resolved", N_("Case resolved"), N_("A case was resolved")),
        ("reopened", N_("Case reopened"), N_("A case was opened again")),
        ("closed", N_("Case closed"), N_("A case was closed")),
    ):
        yield InteractionType(
            name=f"case.{name}", doc=doc, label=label,
            payload=RecordMoved, summary=moved_summary, contact=False,
        )  # fmt: skip
    yield InteractionType(
        name="case.overdue",
        doc="A case was not answered, or not resolved, in the time that was promised",
        label="Case overdue",
        payload=CaseOverdue,
        summary=lambda payload: f"{payload.case}, {payload.subject}: {payload.what}",
        contact=False,
    )


def _fields(settings: CaseSettings) -> Iterator[Field]:
    yield Field(name="subject", type="text", doc="What it is about", required=True)
    yield Field(name="text", type="text", doc="What the customer said")
    if settings.queues:
        yield Field(
            name="queue", type="choice", choices=settings.queues, doc="Where it waits", personal=False
        )
    if settings.categories:
        yield Field(
            name="category", type="choice", choices=settings.categories, doc="What kind it is", personal=False
        )
    yield Field(
        name="priority", type="choice", choices=settings.priorities, default=settings.usual_priority,
        doc="How urgent it is", personal=False,
    )  # fmt: skip
    yield Field(name="channel", type="text", doc="By which channel it came", personal=False)
    yield Field(name="satisfaction", type="number", doc="How content the customer was, from 1 to 5")
    yield Field(name="parent", type="reference", to=CASE, doc="The case that it is part of", personal=False)
    yield Field(
        name="merged_into",
        type="reference",
        to=CASE,
        doc="The case that goes on in its place",
        personal=False,
    )
    yield Field(
        name="routed_by", type="text", doc="The routing rule that was applied to it, if any", personal=False
    )
    for name, doc in _INSTANTS.items():
        yield Field(name=name, type="datetime", doc=doc, personal=False, indexed=name == "next_at")
    for name, doc in _NUMBERS.items():
        yield Field(name=name, type="number", doc=doc, personal=False)
    yield Field(
        name="overdue",
        type="choice",
        choices=(RESPONSE, RESOLUTION),
        doc="What of it is overdue",
        personal=False,
    )
