"""What is told of people on their way."""

from __future__ import annotations

from typing import Final

from attrs import frozen

ENTERED: Final = "journey.entered"
STEP: Final = "journey.step"
EXITED: Final = "journey.exited"


@frozen(kw_only=True)
class JourneyMoved:
    """The payload of `journey.entered`, `journey.step` and `journey.exited`."""

    journey: str = ""
    version: int = 0
    step: str = ""
    why: str = ""
