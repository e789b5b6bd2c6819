"""Which words, and which functions of conditions, nobody uses."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from tests.architecture.exercised import done, offered

_NAME: Final = r"[A-Za-z_]\w*(?:\.\w+)*"
# A name in a condition: called, compared, within a function, or denied.
_SAID: Final = re.compile(rf"({_NAME})\s*(?=\(|[<>=!]|in \(|is )|(?<=\()\s*({_NAME})|\bnot ({_NAME})")


def unused_words() -> set[str]:
    """Words that no condition says, no call is given and no key or value of TOML is."""
    return {f"{kind} {word.name}" for kind, word in offered.words() if not _is_used(kind, word)}


def unused_functions() -> set[str]:
    """Functions of conditions that stand nowhere with their bracket."""
    return {name for name in offered.functions() if name not in _called()}


def _is_used(kind: str, word: Any) -> bool:
    """Whether the word, or the shorthand of an action, is used; a trait or metric that is a common word
    has to be where nothing else is meant."""
    if kind == "traits" and _is_common(word.name):
        return word.name in _said()
    if kind == "metrics" and _is_common(word.name):
        return word.name in _called() | _asked()
    return bool({word.name, getattr(word, "shorthand", None) or word.name} & (_said() | _whole()))


def _is_common(name: str) -> bool:
    return "_" not in name and "." not in name


@cache
def _asked() -> set[str]:
    """What the functions are given that are given metrics of uncommon names, up to a bracket."""
    metrics = {word.name for kind, word in offered.words() if kind == "metrics"}
    given = {(who, text.partition("(")[0]) for who, text in done().given}
    asking = {who for who, text in given if text in metrics and not _is_common(text)} - {"for", "=="}
    return {text for who, text in given if who in asking}


@cache
def _whole() -> set[str]:
    """What is given or compared as a whole, and every part of a path in TOML."""
    paths = (*done().keys, *done().pieces)
    return {text for _, text in done().given} | {part for path in paths for part in path}


@cache
def _called() -> set[str]:
    """What stands before a bracket in a text."""
    return {name for text in done().texts for name in re.findall(rf"({_NAME})\s*\(", text)}


@cache
def _said() -> set[str]:
    """What stands in a text as conditions say it."""
    found = (found for text in done().texts for found in _SAID.findall(text))
    return {name for groups in found for name in groups if name}
