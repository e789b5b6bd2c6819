"""Pairs that another judge has found: which of them are suggested, and how they are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from attrs import define

from crmkit.core.duplicates.blocking import Blocking
from crmkit.core.duplicates.finding import Found, Progress, named
from crmkit.core.duplicates.pair import pair_key
from crmkit.core.duplicates.rules import SCALE
from crmkit.core.errors import Invalid
from crmkit.core.model.judge import ComparedField, DuplicateJudge, Judged, JudgedPair, JudgeQuestion
from crmkit.core.nearest import did_you_mean
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.duplicates.judging import Judge
    from crmkit.core.duplicates.person import Person

RULES: Final = "rules"
# What is less likely than this is no duplicate, however sure all the others are.
_LEAST: Final = 0.5


def chosen_judge(name: str, judges: Mapping[str, DuplicateJudge]) -> DuplicateJudge | None:
    """The judge that `[matching.duplicates]` names; None for the rules. Raises `Invalid` with the nearest."""
    if name == RULES:
        return None
    if name in judges:
        return judges[name]
    there = phrase("There are: {value}.", value=", ".join([RULES, *judges]))
    raise Invalid(
        phrase("Nobody by the name of {name} judges duplicates", name=quoted(name)),
        hint=did_you_mean(
            name,
            [RULES, *judges],
            phrase("{there} A judge may come with a plugin: plugins = […]", there=there),
        ),
    )


@define
class Asking:
    """One scan by another judge. `rules` are the core's, whose blocks say who is compared, and whose doubts
    hold whoever judges: what keeps a pair out of a merge of many is no matter of odds."""

    judge: DuplicateJudge
    rules: Judge
    people: Mapping[int, Person]
    wanted: float

    def found(self, focus: Collection[int] | None, progress: Progress | None) -> Found | None:
        """The pairs to suggest, of `focus` if given; None where the judge cannot tell."""
        blocking = Blocking(self.rules.rules, self.people)
        question = JudgeQuestion(
            people=self.people,
            fields=tuple(ComparedField(each.name, each.compare) for each in self.rules.rules.fields),
            blocks=tuple(blocking.keys()), progress=progress,
        )  # fmt: skip
        answer = self.judge.judge(question)
        if answer is None:
            return None
        kept, precision = expected(answer, self.wanted)
        most = self.rules.rules.most_pairs
        found = Found(
            compared=answer.compared, left_out=dict(blocking.left_out), is_complete=len(kept) <= most,
            expected_precision=precision,
        )  # fmt: skip
        needed = min((_points(each) for each in kept), default=0.0)
        for each in kept[:most]:
            if focus is None or each.one in focus or each.other in focus:
                key = pair_key(each.one, each.other)
                found.pairs[key] = round(_points(each) * SCALE), self._reasons(each, needed)
        return found

    def _reasons(self, pair: JudgedPair, needed: float) -> str:
        """As of the rules, with what the judge adds; without anybody's values."""
        one, other = self.people[pair.one], self.people[pair.other]
        doubts = self.rules.doubts(self.rules.evidence(one, other))
        sides: dict[str, Any] = {"for": [], "against": []}
        for each in sorted(pair.evidence, key=lambda one: -abs(one.points)):
            sides["against" if each.level == "different" else "for"].append(f"{each.rule}:{each.level}")
        sides["doubts"] = [named(self.rules, *each) for each in doubts]
        sides |= {
            "judge": self.judge.name, "probability": round(pair.probability, 6), "needed": round(needed, 3),
            "evidence": [(each.rule, each.level, round(each.points, 3)) for each in pair.evidence],
        }  # fmt: skip
        return msgspec.json.encode(sides).decode()


def expected(answer: Judged, wanted: float) -> tuple[list[JudgedPair], float | None]:
    """The likeliest pairs, as many as there can be while the share of them that are one person is expected
    to be `wanted` (0 to 1) or more; and what it is expected to be, None without any."""
    ordered = sorted(answer.pairs, key=lambda each: (-each.probability, each.one, each.other))
    kept, total, best = 0, 0.0, None
    for number, each in enumerate(ordered, 1):
        total += each.probability
        if each.probability < _LEAST or total / number < wanted:
            break
        kept, best = number, total / number
    return ordered[:kept], best


def _points(pair: JudgedPair) -> float:
    return sum(each.points for each in pair.evidence)
