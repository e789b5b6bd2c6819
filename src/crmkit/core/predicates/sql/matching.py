"""`contains` and `starts with`: without regard to case and accents, alike on every engine.

Engines disagree on what upper and lower case are, so the pattern is made here: each letter becomes the set of
letters that people take for it. Comparing goes character by character: `ss` does not find `ß`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.normalise.fold import fold

# Latin, Greek, Cyrillic and Armenian; Arabic; their later additions; full width.
_SCRIPTS: Final = ((0x20, 0x590), (0x600, 0x700), (0x1E00, 0x2000), (0x10A0, 0x1100), (0xFF00, 0xFF60))


def loosely(char: str) -> str:
    """The character that stands for all that are taken for the same."""
    folded = fold(char)
    if len(folded) == 1:
        return folded
    plain = char.casefold()
    return plain if len(plain) == 1 else char


def text_matches(text: sa.ColumnElement[Any], how: str, wanted: str, dialect: str) -> sa.ColumnElement[bool]:
    """The condition that `text` contains `wanted`, or begins with it (`how` is starts)."""
    begins = how == "starts"
    if dialect == "sqlite":
        pattern = "".join(map(_for_glob, wanted)) + "*"
        return text.op("GLOB", is_comparison=True)(sa.literal(pattern if begins else f"*{pattern}", sa.Text))
    expression = ("^" if begins else "") + "".join(map(_for_regex, wanted))
    if dialect == "duckdb":
        return sa.func.regexp_matches(text, sa.literal(expression, sa.Text), type_=sa.Boolean)
    # "(?q)" and the like begin a director; a pattern of ours begins with ^, a letter, [ or \.
    return text.op("~", is_comparison=True)(sa.literal(expression, sa.Text))


def _for_glob(char: str) -> str:
    alike = _alike(char)
    if len(alike) > 1:
        return f"[{alike}]"
    return f"[{char}]" if char in "*?[" else char


def _for_regex(char: str) -> str:
    alike = _alike(char)
    if len(alike) > 1:
        return f"[{alike}]"
    return "\\" + char if char.isascii() and not char.isalnum() else char


def _alike(char: str) -> str:
    """Every letter that is taken for `char`, itself included; never a sign with a meaning in patterns."""
    return _classes().get(loosely(char), char)


@cache
def _classes() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for first, last in _SCRIPTS:
        for char in map(chr, range(first, last)):
            if re.match(r"\w", char) and char != "_":
                key = loosely(char)
                found[key] = found.get(key, "") + char
    return found
