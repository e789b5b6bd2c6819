"""What the worker does for the core."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import Invalid
from crmkit.core.jobs import Job
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

_DAY: Final = 86_400.0
_HOUR: Final = 3_600.0
_MINUTE: Final = 60.0
_SECONDS: Final = 5.0
# Time ends a pass before that.
_EFFECTS: Final = 100_000


def core_jobs() -> Iterator[Job]:
    """The core's jobs."""
    yield Job(
        name="segments",
        every=_DAY,
        run=_snapshot,
        doc="Notes who has entered and left each segment",
        owner="core",
    )
    yield Job(
        name="traits",
        every=_HOUR,
        run=_refresh,
        doc="Computes the traits whose values are kept",
        owner="core",
    )
    yield Job(
        name="goals",
        every=_DAY,
        run=_note_goals,
        doc="Keeps the course of each goal",
        owner="core",
    )
    yield Job(
        name="rules",
        every=_MINUTE,
        run=_run_rules,
        doc="Plans what rules have come to be due, and applies what need not ask",
        owner="core",
    )
    yield Job(
        name="effects",
        every=_SECONDS,
        run=_hand_over,
        doc="Hands over what is due to the world outside",
        owner="core",
    )


def _snapshot(crm: Crm) -> None:
    """A look at every segment; those that are broken are named at the end, and cost the others nothing."""
    broken = []
    for segment in crm.segments.list():
        if segment.is_static:
            continue
        try:
            crm.segments.snapshot([segment.name])
        except Invalid as error:
            broken.append(f"{segment.name}: {error.message.splitlines()[0]}")
    if broken:
        raise Invalid(
            phrase("Some segments cannot be looked at: {broken}", broken="; ".join(broken)),
            hint="Run: crm check",
        )


def _note_goals(crm: Crm) -> None:
    crm.goals.note()


def _run_rules(crm: Crm) -> bool:
    return crm.strategy.run_due()


def _hand_over(crm: Crm) -> bool:
    from crmkit.core.effects.handing_over import hand_over
    from crmkit.core.effects.turns import is_anything_due
    from crmkit.core.model.strategy import HandedOver

    found = hand_over(crm.kernel, limit=_EFFECTS, patient=True)
    is_moving = found != HandedOver(later=found.later)
    return is_moving and is_anything_due(crm.kernel, None)


def _refresh(crm: Crm) -> None:
    from crmkit.core.traits.kept import refresh_kept_traits

    refresh_kept_traits(crm)
