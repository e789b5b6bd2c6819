"""The colours of charts, each with its counterpart on a dark page.

Lines and bars stand out from the ground by 3 to 1 or more, text by 4.5 to 1, on paper, light and dark.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

GROUND: Final = "#ffffff"
INK: Final = "#1c2127"
QUIET: Final = "#58616b"
GRID: Final = "#e1e5ea"
SERIES: Final = (
    "#1f6fb2", "#c2570c", "#2b7a4b", "#8a4fb0", "#b3293f", "#6b6a17", "#0f7c86", "#7a5a44",
)  # fmt: skip
# From little to much; on the pale ones stands dark text, on the deep ones light text.
HEAT: Final = ("#eff5fb", "#d5e6f5", "#b3d2ed", "#88b8e0", "#2f78b7", "#175a94", "#0b3c68")
ON_PALE: Final = "#1c2128"
ON_DEEP: Final = "#fefefe"
PALE: Final = 4  # so many of HEAT are pale

# Each colour above is told apart by its text, so that a style sheet can replace one by the other.
DARK: Final[Mapping[str, str]] = MappingProxyType(
    {
        GROUND: "#16191d",
        INK: "#e4e7eb",
        QUIET: "#a7b0ba",
        GRID: "#343a42",
        ON_PALE: "#f0f4f8",
        ON_DEEP: "#0c1116",
        **dict(
            zip(
                SERIES,
                (
                    "#6fb1ea", "#f0975a", "#6cc08d", "#c39be3", "#f08694", "#c5c35a", "#5bc4cd", "#c7a58c",
                ),
                strict=True,
            )
        ),
        **dict(
            zip(
                HEAT,
                ("#1b242d", "#203040", "#244058", "#295275", "#69abe4", "#94c6f2", "#c2e0fb"),
                strict=True,
            )
        ),
    }
)  # fmt: skip
