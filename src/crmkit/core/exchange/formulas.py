"""Text that no spreadsheet takes for a formula, and back to what it was.

A spreadsheet works out a cell that begins with `=`, `+`, `-`, `@` and the like, also behind blanks and
control characters. Such a text gets an apostrophe in front, which import takes off again. Plain numbers, and
telephone numbers of digits and single spaces (`-12.5`, `+48 512 000 111`), cannot do anything and stay.
"""

from __future__ import annotations

import re
from typing import Final

# An apostrophe before something live is live too: else nobody could tell the guard from the text.
_LIVE: Final = re.compile(
    r"(?!(?:[+-]?[0-9]+(?:[.,][0-9]+)?|\+[0-9]+(?: [0-9]+)*)\Z)"
    "'*(?:[\\s\x00-\x20\x7f-\xa0\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\\-@|%＝＋－＠｜％]|[\t\r\n\x00])"
)


def guarded(text: str) -> str:
    """`text` as a cell of a file that a spreadsheet may open."""
    return "'" + text if text and not text[0].isalnum() and _LIVE.match(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given; what was never guarded stays as it is."""
    return text[1:] if text[:1] == "'" and is_live(text[1:]) else text


def is_live(text: str) -> bool:
    """Whether a spreadsheet could take `text` for something to work out."""
    return _LIVE.match(text) is not None
