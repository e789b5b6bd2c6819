"""Text as it is stored, and text as a terminal may safely show it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from crmkit.core.errors import Invalid
from crmkit.core.phrase import phrase

# Embeddings, overrides and isolates reorder what follows them, so they can make one text look like another.
# The plain marks (LRM, RLM, ALM) only settle the direction of their neighbours and stay.
_REORDERING = {
    0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO",
    0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI",
}  # fmt: skip


def clean_text(text: str, *, lines: bool = False, what: str = "text") -> str:
    """`text` in NFC and without outer white space, ready to be stored.

    A single-line value (the default) has every run of white space, line ends included, made one space. With
    `lines=True` line ends become `\\n`, and tabs and inner spaces stay. Bidirectional marks are part of the
    text and stay; `shown_safely` makes them harmless on a terminal.

    Raises `Invalid` for NUL, other control characters and lone surrogates; `what` names the value in it.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) if "  " in text and not lines else text.strip(" ")
    unfit = _unfit().search(text)
    if unfit:
        raise _unfit_error(text, unfit, what)
    composed = unicodedata.normalize("NFC", text)
    return "\n".join(composed.splitlines()).strip() if lines else " ".join(composed.split())


def shown_safely(text: str, *, lines: bool = False) -> str:
    """`text` for a terminal: what could move the cursor, recolour or reorder it becomes a mark.

    Control characters become their pictures (ESC is `␛`), reordering controls `<RLO>` and the like, lone
    surrogates and other unprintable characters `<U+XXXX>`. Every kind of letter, joiner and plain direction
    mark stays. With `lines=True` line ends and tabs stay too.
    """
    if text.isprintable():
        return text
    return "".join([char if char.isprintable() else _visible(char, lines) for char in text])


def quoted(value: object, limit: int = 80) -> str:
    """`value` in double quotes for a message: safe to show, and cut to `limit` characters."""
    text = value if isinstance(value, str) else str(value)
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return f'"{shown_safely(short)}"'


@cache
def _unfit() -> re.Pattern[str]:
    # White space that spreadsheets and mail put inside cells (tab, line ends, VT, FF, NEL) is let through.
    return re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


def _unfit_error(text: str, found: re.Match[str], what: str) -> Invalid:
    code = ord(found.group())
    kind = (
        phrase("half of a character (a lone surrogate)") if code >= 0xD800 else phrase("a control character")
    )
    return Invalid(
        phrase(
            "The {what} {text} holds {kind}, U+{code:04X}, at character {start}.",
            what=what,
            text=quoted(text),
            kind=kind,
            code=code,
            start=found.start() + 1,
        ),
        hint="Remove that character. If it comes from a file, check which encoding the file was read with.",
    )


def _visible(char: str, lines: bool) -> str:
    code = ord(char)
    if lines and char in "\n\t":
        return char
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code in _REORDERING:
        return f"<{_REORDERING[code]}>"
    return char if _is_harmless(code, char) else f"<U+{code:04X}>"


def _is_harmless(code: int, char: str) -> bool:
    """Unprintable in Python's sense, yet needed: spaces of other widths, joiners, direction marks."""
    is_tag = 0xE0000 <= code <= 0xE007F
    return not is_tag and unicodedata.category(char) in ("Zs", "Cf")
