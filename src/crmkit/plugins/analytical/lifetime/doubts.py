"""Why a model cannot be fitted, or says nothing: kept with the fit in English, shown in any language."""

from __future__ import annotations

from typing import Final

from crmkit.plugin import N_

NOBODY_LEAVES: Final = N_("nobody seems ever to leave, so when customers leave cannot be told")
NONE_REPEATED: Final = N_("there are no customers with a repeat purchase")
NONE_BOUGHT: Final = N_("nobody has bought")
NONE_TWICE: Final = N_("nobody has bought a second time")
FEW: Final = N_("only {number} customers have bought a second time, and {least} is the least")
FEW_HISTORIES: Final = N_("the customers are too much alike: there are not more histories than parameters")
SPEND_ALIKE: Final = N_("everybody spends the same")
TIED: Final = N_(
    "how often customers buy and what they spend go together (correlation {value}), and the model takes "
    "them to be independent"
)
NOT_FINITE: Final = N_(
    "the mean spend is not finite (q is not above 1): a few customers spend out of all proportion"
)
ALIKE: Final = N_("the customers are too much alike, or too few, to tell the parameters apart")
LITTLE: Final = N_("the data say next to nothing about {name}: it may be 20 times as large, or as small")
NO_REST: Final = N_("the search for the parameters did not come to rest")
_ALL: Final = (
    NOBODY_LEAVES, NONE_REPEATED, NONE_BOUGHT, NONE_TWICE, FEW, FEW_HISTORIES, SPEND_ALIKE, TIED,
    NOT_FINITE, ALIKE, LITTLE, NO_REST,
)  # fmt: skip


def shown_doubt(reason: str) -> str:
    """Why a model says nothing, as it was kept with the fit, in the language spoken."""
    from crmkit.plugin import written_reason

    return written_reason(reason, _ALL)
