"""The list of what nobody uses yet."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_suffix(".txt")


def names(kind: str) -> set[str]:
    """The names of that kind which nobody uses yet."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return {line.removeprefix(f"{kind}: ") for line in lines if line.startswith(f"{kind}: ")}
