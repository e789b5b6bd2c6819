"""What other people wrote, fit to be kept: without characters that hide, reorder or command."""

from __future__ import annotations

import re
from typing import Final

# Controls but tab and line end; soft hyphens; zero-width spaces; marks, overrides and isolates of direction;
# invisible operators and tags; lone surrogates. Joiners stay: words of Urdu and Persian need them.
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_BLANKS: Final = re.compile(r"\n{3,}")


def safe_line(text: str, limit: int = 500) -> str:
    """One line of it, at most `limit` characters."""
    line = " ".join(_UNSAFE.sub("", text[: 4 * limit].replace("\r", " ")).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def safe_text(text: str) -> str:
    """Lines of it, without blanks at their ends and at most one empty line in a row."""
    lines = _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return _BLANKS.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()
