"""What becomes of somebody in a journey."""

from __future__ import annotations

from typing import Final

ACTIVE: Final = "active"
FINISHED: Final = "finished"
GOAL: Final = "goal"
LEFT: Final = "left"
# Whom these gates leave out, leaves: they are not to be worked on, or do not want it.
LEAVING: Final = ("archived", "restricted", "consent")
