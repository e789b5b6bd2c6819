"""What a comparison means, in one sentence."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from crmkit.core.measuring.comparison import Comparison
from crmkit.core.normalise.text import quoted

COLLECTING: Final = "collecting"
INCONCLUSIVE: Final = "inconclusive"
BETTER: Final = "better"
WORSE: Final = "worse"
BROKEN: Final = "broken"
STATES: Final = (COLLECTING, INCONCLUSIVE, BETTER, WORSE, BROKEN)


@frozen(kw_only=True)
class Verdict:
    """The state of a comparison, and what it means in words; the numbers are in the comparison.

    `state` is `collecting` (fewer customers than planned, nothing told yet), `inconclusive` (as many as
    planned, and still nothing told), `better`, `worse`, or `broken` (the groups' sizes are wrong, so nothing
    can be told). `winner` is the group that is better than every other one; under `worse` that is the
    control group.
    """

    state: str
    sentence: str
    winner: str | None = None


def judge(comparison: Comparison) -> Verdict:
    """The verdict, which may be asked for every day.

    `better` and `worse` come from the intervals that may be looked at daily, corrected for the number of
    pairs: with no difference at all, a comparison is called either in at most 5 % of cases (at 95 %
    confidence) over its whole life. A group wins only when it is separated from every other.
    """
    if comparison.ratio.broken:
        return Verdict(state=BROKEN, sentence=_BROKEN)
    winner = _winner(comparison)
    if winner is not None:
        state = WORSE if winner == comparison.control else BETTER
        return Verdict(state=state, winner=winner, sentence=_decided(comparison, winner))
    if comparison.n < comparison.planned:
        return Verdict(state=COLLECTING, sentence=_open(comparison, _TOO_EARLY, _NO_BEST_YET))
    return Verdict(state=INCONCLUSIVE, sentence=_open(comparison, _NOTHING_SEEN, _NO_BEST))


_BROKEN: Final = (
    "Do not trust these numbers: the groups do not have the sizes they were given, so something other than"
    " chance has sorted the customers."
)
_TOO_EARLY: Final = "It is too early to tell: more customers have to go through it first."
_NOTHING_SEEN: Final = (
    "No difference can be told: if there is one, it is smaller than this many customers can show."
)
_NO_BEST_YET: Final = "{} better than nothing, but it is too early to tell which variant is best."
_NO_BEST: Final = "{} better than nothing, but which variant is best cannot be told."


def _winner(comparison: Comparison) -> str | None:
    names = [arm.name for arm in comparison.arms]
    for name in names:
        if all(comparison.is_ahead(name, other) for other in names if other != name):
            return name
    return None


def _decided(comparison: Comparison, winner: str) -> str:
    control, others = comparison.control, "those in any other group"
    if winner == control:
        than = "those it was done for" if len(comparison.arms) == 2 else others
        return f"It does harm: {_did(comparison, 'those left alone', than)}."
    if len(comparison.arms) == 2 and control is not None:
        return f"It works: {_did(comparison, 'those it was done for', 'those left alone')}."
    return f"Variant {quoted(winner)} wins: {_did(comparison, 'those who got it', others)}."


def _did(comparison: Comparison, who: str, than: str) -> str:
    """What the better group did, told of those in it: more of them bought, or they brought in more."""
    word = comparison.wanted
    if comparison.is_amount:
        return f"{who} brought in {word} on average than {than}"
    return f"of {who}, {'fewer' if word == 'less' else word} reached the outcome than of {than}"


def _open(comparison: Comparison, nothing: str, no_best: str) -> str:
    """Nothing is decided; but some variants may already be better than nothing."""
    control = comparison.control
    if control is None:
        return nothing
    ahead = [arm.name for arm in comparison.arms if comparison.is_ahead(arm.name, control)]
    if not ahead:
        return nothing
    names = ", ".join(quoted(name) for name in ahead)
    return no_best.format(f"Variant {names} is" if len(ahead) == 1 else f"Variants {names} are")
