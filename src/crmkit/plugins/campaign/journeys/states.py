"""What becomes of somebody in a journey."""

from __future__ import annotations

from typing import Final

from crmkit.plugin import N_

ACTIVE: Final = N_("active")
FINISHED: Final = N_("finished")
GOAL: Final = N_("goal")
LEFT: Final = N_("left")
# Whom these gates leave out, leaves: they are not to be worked on, or do not want it.
LEAVING: Final = ("archived", "restricted", "consent")
