"""Tasks that come again: the successors of those that were done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from crmkit.plugin import zone_of
from crmkit.plugins.operational.tasks.record import TASK
from crmkit.plugins.operational.tasks.recurring import next_of
from crmkit.plugins.operational.tasks.tasks import Tasks

if TYPE_CHECKING:
    from crmkit import Crm, Interaction

# What records tell has this source.
_TOLD: Final = "record"


def after_done(interactions: Sequence[Interaction], crm: Crm) -> int:
    """Make the next of each task that was done and comes again; how many were made.

    Nothing follows from what others recorded in the same words, nor from imported history.
    """
    done = [
        int(number)
        for each in interactions
        if each.type == "task.done" and each.source == _TOLD and each.corrects is None
        for kind, _, number in [each.payload.record.partition(":")]
        if kind == TASK and number.isdecimal()
    ]
    if not done:
        return 0
    zone = zone_of(crm)
    tasks = Tasks(crm)
    drafts = [next_of(each, zone) for each in tasks.by_id(done) if each.repeat and each.due]
    return tasks.save_new([draft for draft in drafts if draft is not None])
