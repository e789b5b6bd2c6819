"""What a comparison means, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from crmkit.core.language import N_
from crmkit.core.measuring.comparison import Comparison
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import Phrase, phrase

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
        return Verdict(state=COLLECTING, sentence=_too_early(_ahead(comparison)))
    return Verdict(state=INCONCLUSIVE, sentence=_nothing_seen(_ahead(comparison)))


_BROKEN: Final = phrase(
    "Do not trust these numbers: the groups do not have the sizes they were given, so something other than"
    " chance has sorted the customers."
)
_TOO_EARLY: Final = phrase("It is too early to tell: more customers have to go through it first.")
_NOTHING_SEEN: Final = phrase(
    "No difference can be told: if there is one, it is smaller than this many customers can show."
)

# What was decided, by whether it is an amount, and by what is wanted.
_HARM: Final[Mapping[tuple[bool, str], str]] = {
    (False, "more"): N_(
        "It does harm: of those left alone, more reached the outcome than of those it was done for."
    ),
    (False, "less"): N_(
        "It does harm: of those left alone, fewer reached the outcome than of those it was done for."
    ),
    (True, "more"): N_(
        "It does harm: those left alone brought in more on average than those it was done for."
    ),
    (True, "less"): N_(
        "It does harm: those left alone brought in less on average than those it was done for."
    ),
}
_HARM_OF_ALL: Final[Mapping[tuple[bool, str], str]] = {
    (False, "more"): N_(
        "It does harm: of those left alone, more reached the outcome than of those in any other group."
    ),
    (False, "less"): N_(
        "It does harm: of those left alone, fewer reached the outcome than of those in any other group."
    ),
    (True, "more"): N_(
        "It does harm: those left alone brought in more on average than those in any other group."
    ),
    (True, "less"): N_(
        "It does harm: those left alone brought in less on average than those in any other group."
    ),
}
_WORKS: Final[Mapping[tuple[bool, str], str]] = {
    (False, "more"): N_(
        "It works: of those it was done for, more reached the outcome than of those left alone."
    ),
    (False, "less"): N_(
        "It works: of those it was done for, fewer reached the outcome than of those left alone."
    ),
    (True, "more"): N_("It works: those it was done for brought in more on average than those left alone."),
    (True, "less"): N_("It works: those it was done for brought in less on average than those left alone."),
}
_WINS: Final[Mapping[tuple[bool, str], str]] = {
    (False, "more"): N_(
        "Variant {variant} wins: of those who got it, more reached the outcome than of those in "
        "any other group."
    ),
    (False, "less"): N_(
        "Variant {variant} wins: of those who got it, fewer reached the outcome than of those in "
        "any other group."
    ),
    (True, "more"): N_(
        "Variant {variant} wins: those who got it brought in more on average than those in any other group."
    ),
    (True, "less"): N_(
        "Variant {variant} wins: those who got it brought in less on average than those in any other group."
    ),
}


def _winner(comparison: Comparison) -> str | None:
    names = [arm.name for arm in comparison.arms]
    for name in names:
        if all(comparison.is_ahead(name, other) for other in names if other != name):
            return name
    return None


def _decided(comparison: Comparison, winner: str) -> Phrase:
    """Which group did better, told of those in it: more of them bought, or they brought in more."""
    control, is_pair = comparison.control, len(comparison.arms) == 2
    measure = (comparison.is_amount, comparison.wanted)
    if winner == control:
        return phrase(_HARM[measure] if is_pair else _HARM_OF_ALL[measure])
    if is_pair and control is not None:
        return phrase(_WORKS[measure])
    return phrase(_WINS[measure], variant=quoted(winner))


def _ahead(comparison: Comparison) -> list[str]:
    """The variants that are better than nothing, though nothing is decided among them."""
    control = comparison.control
    if control is None:
        return []
    return [quoted(arm.name) for arm in comparison.arms if comparison.is_ahead(arm.name, control)]


def _too_early(ahead: list[str]) -> Phrase:
    if not ahead:
        return _TOO_EARLY
    names = ", ".join(ahead)
    if len(ahead) == 1:
        return phrase(
            "Variant {names} is better than nothing, but it is too early to tell which variant is best.",
            names=names,
        )
    return phrase(
        "Variants {names} are better than nothing, but it is too early to tell which variant is best.",
        names=names,
    )


def _nothing_seen(ahead: list[str]) -> Phrase:
    if not ahead:
        return _NOTHING_SEEN
    names = ", ".join(ahead)
    if len(ahead) == 1:
        return phrase(
            "Variant {names} is better than nothing, but which variant is best cannot be told.", names=names
        )
    return phrase(
        "Variants {names} are better than nothing, but which variant is best cannot be told.", names=names
    )
