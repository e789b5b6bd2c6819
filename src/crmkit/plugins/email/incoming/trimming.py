"""What somebody wrote, without what they quoted and how they signed."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

# The library's patterns take their time over long lines and many blanks. They see a shadow of the text: as
# many lines, each cut and without runs of blanks. What they find there is a line, and that is what counts.
_LINES: Final = 600
_WIDTH: Final = 160
_CLOSING: Final = 8
_CLOSING_WIDTH: Final = 40
_GAPS: Final = re.compile(r"[^\S\n]+")
_QUOTED: Final = re.compile(r"\s*>")
_SENT_FROM: Final = re.compile(r"\s*(?:Sent from my|Get Outlook for|Sent from Outlook)\b", re.IGNORECASE)


def trimmed(text: str) -> tuple[str, bool]:
    """The text without quotations and signature, and whether there were any.

    Where nothing of one's own would be left, such as in what was forwarded, the whole text stays.
    """
    lines = text.split("\n")
    end = _own_lines(lines)
    kept = [line for line in lines[:end] if not _QUOTED.match(line)]
    kept = kept[: _signed_at(kept)]
    own = "\n".join(kept).strip()
    if not own or own == text.strip():
        return text.strip(), False
    return own, True


def _own_lines(lines: list[str]) -> int:
    """How many lines there are before the first that introduces a quotation."""
    shadow = "\n".join(_GAPS.sub(" ", line[:_WIDTH]).strip() for line in lines[:_LINES])
    found = _introduction().search("\n" + shadow)
    if found is None:
        return len(lines)
    # A match may begin with the line end before it.
    at = found.start() + len(found.group()) - len(found.group().lstrip("\n"))
    return ("\n" + shadow).count("\n", 0, at) - 1


def _signed_at(lines: list[str]) -> int:
    """The line with which a signature begins: after `-- `, or a closing formula near the end."""
    for number, line in enumerate(lines):
        if line.rstrip() in ("--", "__") or _SENT_FROM.match(line):
            return number
    last = [number for number, line in enumerate(lines) if line.strip()][-_CLOSING:]
    for number in last[1:]:
        line = lines[number].strip()
        if len(line) <= _CLOSING_WIDTH and _closing().fullmatch(line):
            return number
    return len(lines)


@cache
def _introduction() -> re.Pattern[str]:
    from mailparser_reply.constants import GENERIC_MAIL_SEPARATOR, MAIL_LANGUAGES

    words = [said["wrote_header"] for said in MAIL_LANGUAGES.values() if said.get("wrote_header")]
    # Blocks of headers: in some languages the library takes a single line for one, which may be anything.
    words += [
        said["from_header"].replace("{1,}", "{2,}")
        for said in MAIL_LANGUAGES.values()
        if said.get("from_header")
    ]
    words.append(GENERIC_MAIL_SEPARATOR)
    return re.compile("|".join(f"(?:{each})" for each in words), re.MULTILINE | re.IGNORECASE)


@cache
def _closing() -> re.Pattern[str]:
    from mailparser_reply.constants import MAIL_LANGUAGES

    words = [each for said in MAIL_LANGUAGES.values() for each in said.get("signatures", ()) if each]
    return re.compile("|".join(f"(?:{each})[,.! ]*" for each in words), re.IGNORECASE)
