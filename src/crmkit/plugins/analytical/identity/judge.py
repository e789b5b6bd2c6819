"""The judge `splink`, as `judge = "splink"` of `[matching.duplicates]` names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crmkit.plugin import DuplicateJudge
from crmkit.plugins.analytical.identity.libraries import JUDGE, require_libraries

if TYPE_CHECKING:
    from crmkit.plugin import Judged, JudgeQuestion

# Of fewer people there is nothing to learn from.
_FEWEST: Final = 100


def splink_judge() -> DuplicateJudge:
    """The judge, for the core's list."""
    return DuplicateJudge(
        name=JUDGE, doc="Learns from the data what agreement is worth, and tells odds.", judge=_judge
    )


def _judge(question: JudgeQuestion) -> Judged | None:
    from crmkit.plugins.analytical.identity.columns import columns_of
    from crmkit.plugins.analytical.identity.learning import lessons

    people = len(question.people)
    columns = columns_of(question)
    learnt_from = lessons(columns, people) if people >= _FEWEST and any(question.blocks) else None
    if learnt_from is None:
        return None
    require_libraries()
    from crmkit.plugins.analytical.identity.model import judged

    return judged(question, columns, learnt_from)
