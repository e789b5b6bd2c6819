"""The judge `splink`, as `judge = "splink"` of `[matching.duplicates]` names it."""

from __future__ import annotations

from typing import Final

from crmkit.plugin import DuplicateJudge, Judged, JudgeQuestion
from crmkit.plugins.analytical.identity.columns import columns_of
from crmkit.plugins.analytical.identity.learning import lessons

# Of fewer people there is nothing to learn from.
_FEWEST: Final = 100


def splink_judge() -> DuplicateJudge:
    """The judge, for the core's list."""
    return DuplicateJudge(
        name="splink", doc="Learns from the data what agreement is worth, and tells odds.", judge=_judge
    )


def _judge(question: JudgeQuestion) -> Judged | None:
    people = len(question.people)
    columns = columns_of(question)
    learnt_from = lessons(columns, people) if people >= _FEWEST and any(question.blocks) else None
    if learnt_from is None:
        return None
    from crmkit.plugins.analytical.identity.model import judged

    return judged(question, columns, learnt_from)
