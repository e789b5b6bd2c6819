"""Why somebody left a journey or a step of it, as it is on record in English."""

from __future__ import annotations

from typing import Final

from crmkit.plugin import N_

PUT_ASIDE: Final = N_("archived or restricted")
REACHED: Final = N_("reached the goal")
WENT_ON: Final = N_("they went on without it")
STOPPED_NOW: Final = N_("the journey was stopped")
TAKEN_OUT: Final = N_("taken out")
TO_THE_END: Final = N_("came to the end")
LEFT_AT: Final = N_("left at {step}")


def written_why(why: str) -> str:
    """The reason in the language spoken."""
    from crmkit.plugin import written_reason

    return written_reason(why, (LEFT_AT,))
