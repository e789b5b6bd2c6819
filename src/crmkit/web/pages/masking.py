"""Addresses with most of them hidden: whoever has them knows which it is, and nobody else learns one."""

from __future__ import annotations

from typing import Final

_HIDDEN: Final = "•••"
_SHOWN_DIGITS: Final = 2


def masked(address: str) -> str:
    """`a•••@example.org`, `•••42`; empty for what is neither an e-mail address nor a number."""
    local, at, domain = address.rpartition("@")
    if at and local:
        return f"{local[0]}{_HIDDEN}@{domain}"
    digits = "".join(each for each in address if each.isdecimal())
    if len(digits) > 2 * _SHOWN_DIGITS and digits == address.lstrip("+"):
        return f"{_HIDDEN}{digits[-_SHOWN_DIGITS:]}"
    return ""
