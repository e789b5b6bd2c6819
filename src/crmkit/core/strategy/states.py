"""What has become of an act, of an effect and of a plan, in a person's words."""

from __future__ import annotations

from typing import Final

from crmkit.core.language import N_, translated

_WORDS: Final = {
    "act": N_("to do"),
    "dropped": N_("left out"),
    "left out": N_("left out"),
    "planned": N_("planned"),
    "held": N_("held"),
    "withheld": N_("withheld"),
    "pending": N_("pending"),
    "claimed": N_("claimed"),
    "handing_over": N_("handing over"),
    "rehearsed": N_("rehearsed"),
    "unconfirmed": N_("unconfirmed"),
    "done": N_("done"),
    "skipped": N_("skipped"),
    "failed": N_("failed"),
    "undone": N_("undone"),
    "waiting": N_("waiting"),
    "nothing to do": N_("nothing to do"),
    "partly applied": N_("partly applied"),
    "applied": N_("applied"),
    "replaced": N_("replaced"),
}


def written_state(state: str) -> str:
    """The state as it is on record, in words of the language spoken."""
    return translated(_WORDS.get(state, state))
