"""The kinds of surveys, and from which score to which they run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NPS, CSAT, CES = "nps", "csat", "ces"
KINDS: Final = (NPS, CSAT, CES)
# By kind: the lowest score, the highest, the highest that is bad.
SCALES: Final[Mapping[str, tuple[int, int, int]]] = {NPS: (0, 10, 6), CSAT: (1, 5, 2), CES: (1, 7, 3)}
# Of NPS, and of CSAT, who counts as what.
PROMOTERS_FROM: Final = 9
DETRACTORS_UP_TO: Final = 6
CONTENT_FROM: Final = 4
