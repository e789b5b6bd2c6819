"""Addresses of pages in texts: where they stand, and which of them a template has for everybody alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import unescape
from typing import Final

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
# What ends a sentence, and not an address.
_AFTER: Final = ".,;:!?)]}»”’*_"
_FILLED_IN: Final = ("{{", "{%", "{#")


def rewritten_text(text: str, change: Callable[[str], str]) -> str:
    """A plain text, with every address of a page (http, https) as `change` wants it."""
    return _ADDRESS.sub(lambda found: _changed(found[0], change), text)


def fixed_links(sources: Iterable[str]) -> frozenset[str]:
    """The addresses that stand in these sources of a template as they are: nothing is filled in there, so
    they say nothing about who gets them."""
    found = (each for source in sources for each in _ADDRESS.findall(source))
    whole = (each for each in found if not any(mark in each for mark in _FILLED_IN))
    return frozenset(unescape(_parted(each)[0]) for each in whole)


def _changed(found: str, change: Callable[[str], str]) -> str:
    address, after = _parted(found)
    return change(address) + after


def _parted(found: str) -> tuple[str, str]:
    """(address, what follows it)."""
    address = found.rstrip(_AFTER)
    while found[len(address) : len(address) + 1] == ")" and address.count("(") > address.count(")"):
        address += ")"
    return address, found[len(address) :]
