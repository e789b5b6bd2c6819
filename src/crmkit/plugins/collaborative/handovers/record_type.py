"""The record type `handover`, and what is told of promises on timelines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from crmkit.plugin import N_, Field, InteractionType, RecordMoved, RecordType, moved_summary

HANDOVER: Final = "handover"
OFFERED: Final = N_("offered")
ACCEPTED: Final = N_("accepted")
KEPT: Final = N_("kept")
BROKEN: Final = N_("broken")
REFUSED: Final = N_("refused")
DROPPED: Final = N_("dropped")
WITHDRAWN: Final = N_("withdrawn")
PASSED: Final = N_("passed")
STATES: Final = (OFFERED, ACCEPTED, KEPT, BROKEN, REFUSED, DROPPED, WITHDRAWN, PASSED)
# Somebody has to accept it, or to keep it.
RUNNING: Final = (OFFERED, ACCEPTED)
# It came back to whoever gave it.
RETURNED: Final = (REFUSED, DROPPED)
# The moves on; those that take a move back follow them.
_MOVES: Final = {
    OFFERED: (ACCEPTED, REFUSED, WITHDRAWN, DROPPED),
    ACCEPTED: (KEPT, BROKEN, WITHDRAWN, PASSED, OFFERED),
    KEPT: (ACCEPTED,),
    BROKEN: (ACCEPTED,),
    REFUSED: (WITHDRAWN, PASSED, OFFERED),
    DROPPED: (ACCEPTED, WITHDRAWN, PASSED),
    WITHDRAWN: (OFFERED, ACCEPTED, REFUSED, DROPPED),
    PASSED: (ACCEPTED, REFUSED, DROPPED),
}
# A move that is taken back tells nothing, so that each is named with where it comes from.
_TELLS: Final = {
    f"> {OFFERED}": "handover.made",
    f"> {ACCEPTED}": "handover.made",
    f"{OFFERED} > {ACCEPTED}": "handover.accepted",
    f"{DROPPED} > {ACCEPTED}": "handover.accepted",
    f"{OFFERED} > {REFUSED}": "handover.refused",
    f"{OFFERED} > {DROPPED}": "handover.dropped",
    f"{OFFERED} > {WITHDRAWN}": "handover.withdrawn",
    f"{ACCEPTED} > {WITHDRAWN}": "handover.withdrawn",
    f"{ACCEPTED} > {KEPT}": "handover.kept",
    f"{ACCEPTED} > {BROKEN}": "handover.broken",
}
_TOLD: Final = {
    "made": (N_("Promise made"), N_("A promise to the customer was handed to somebody")),
    "accepted": (N_("Promise accepted"), N_("Somebody accepted a promise to the customer")),
    "refused": (
        N_("Promise refused"),
        N_("Somebody refused a promise to the customer; it is back with who gave it"),
    ),
    "dropped": (
        N_("Promise dropped"),
        N_("Nobody accepted a promise to the customer in time; it is back with who gave it"),
    ),
    "kept": (N_("Promise kept"), N_("A promise to the customer was kept")),
    "broken": (N_("Promise broken"), N_("A promise to the customer was broken")),
    "withdrawn": (N_("Promise withdrawn"), N_("A promise to the customer was withdrawn")),
}
# Set by itself, and by nobody.
TIMES: Final = {
    "made_at": N_("When it was made"),
    "accepted_at": N_("When it was accepted"),
    "refused_at": N_("When it was refused"),
    "dropped_at": N_("When the time to accept it was over, where nobody had"),
    "broken_at": N_("When it was broken: at the latest, when its time was over"),
    "settled_at": N_("When nobody had to do anything about it any more"),
    "next_at": N_("When it next needs attention: the time to accept or to keep it is over"),
}
# Whom the worker writes to, by what happened.
NOTICES: Final = ("made", REFUSED, DROPPED, BROKEN)


@frozen(kw_only=True)
class HandoverTold:
    """The payload of `handover.told`: the handover (`handover:12`), and what the customer was told."""

    handover: str
    text: str = ""


def handover_type() -> RecordType:
    """Promises to customers that one hands to another. The record's owner is whoever is to keep it."""
    return RecordType(
        name=HANDOVER,
        doc="A promise to a customer that is handed to somebody to be kept",
        fields=(
            *_what(),
            *(
                Field(
                    name=name,
                    type="datetime",
                    doc=doc,
                    personal=False,
                    indexed=name in ("next_at", "settled_at"),
                )
                for name, doc in TIMES.items()
            ),
            Field(
                name="accept_minutes",
                type="number",
                doc="Working minutes until it was accepted",
                personal=False,
            ),
            Field(
                name="to_tell",
                type="choice",
                choices=NOTICES,
                doc="What the worker is still to write of it",
                personal=False,
                indexed=True,
            ),
        ),
        states=STATES,
        moves=_MOVES,
        final=STATES[2:],
        held=RUNNING,
        title="promise",
        needs={REFUSED: ("reason",), PASSED: ("passed_to",)},
        tells=_TELLS,
    )


def handover_interactions() -> Iterator[InteractionType]:
    """What becomes of promises. Only that the customer was told is contact with them."""
    for name, (label, doc) in _TOLD.items():
        yield InteractionType(
            name=f"handover.{name}", doc=doc, label=label,
            payload=RecordMoved, summary=moved_summary, contact=False,
        )  # fmt: skip
    yield InteractionType(
        name="handover.told",
        doc="The customer was told what was promised, or that it will not be kept",
        label="Promise told",
        payload=HandoverTold,
        summary=lambda payload: ", ".join(filter(None, (payload.handover, payload.text))),
    )


def _what() -> Iterator[Field]:
    yield Field(name="promise", type="text", doc="What was promised to the customer", required=True)
    yield Field(name="by", type="datetime", doc="By when it is promised", required=True, personal=False)
    yield Field(name="accept_by", type="datetime", doc="By when somebody is to accept it", personal=False)
    yield Field(
        name="from_employee", type="reference", to="employee", doc="Who handed it over", personal=False
    )
    yield Field(name="to_team", type="text", doc="The team of which one accepts it", personal=False)
    yield Field(name="team", type="text", doc="The team that it counts for", personal=False)
    yield Field(name="reason", type="text", doc="Why it was refused, broken or withdrawn")
    yield Field(name="note", type="text", doc="What else is to be known")
    yield Field(name="about", type="text", doc="The record that it is about: case:12", personal=False)
    yield Field(
        name="told_customer",
        type="bool",
        doc="Whether the customer knows: of the promise, and of a broken one that it is",
        default=False,
        personal=False,
    )
    yield Field(
        name="done_late", type="bool", doc="Whether a broken promise was done after all", personal=False
    )
    yield Field(
        name="passed_from",
        type="reference",
        to=HANDOVER,
        doc="The handover in the place of which it was made",
        personal=False,
    )
    yield Field(
        name="passed_to", type="reference", to=HANDOVER, doc="The handover in its place", personal=False
    )
