"""What becomes of somebody in a journey."""

from __future__ import annotations

from typing import Final

ACTIVE: Final = "active"
FINISHED: Final = "finished"
GOAL: Final = "goal"
LEFT: Final = "left"
