"""What the standard library's parsers find wrong with a text, in a few sentences of our own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from crmkit.core.language import N_
from crmkit.core.phrase import Phrase, phrase

# How the parser's own message begins, and what it means.
_OF_JSON: Final = {
    "Expecting property name": N_("a key in double quotes is missing"),
    "Expecting ':'": N_("a colon is missing"),
    "Expecting ','": N_("a comma is missing"),
    "Expecting value": N_("a value is missing"),
    "Illegal trailing comma": N_("a comma is too many"),
    "Invalid control character": N_("a text has a control character"),
    "Invalid \\": N_("a text has a backslash before what cannot follow it"),
    "Unterminated string": N_("a text is never closed"),
    "Extra data": N_("something follows its end"),
}
_OF_CSV: Final = {
    "unexpected end": N_("a quote is opened and never closed"),
    "field larger": N_("a cell is too long"),
    "line contains NUL": N_("a cell has a character that no text has"),
    "new-line character": N_("a line ends within a cell that has no quotes"),
}


def json_fault(error: json.JSONDecodeError) -> Phrase:
    """What is wrong with a text that should be JSON."""
    return _meant(error.msg, _OF_JSON) or phrase("it is not written as JSON is")


def csv_fault(error: Exception) -> Phrase:
    """What is wrong with a text that should be CSV, by the `Error` of the module `csv` or of a copy of it."""
    return _meant(str(error), _OF_CSV) or phrase("something follows a closing quote")


def _meant(said: str, sentences: Mapping[str, str]) -> Phrase | None:
    return next((phrase(text) for start, text in sentences.items() if said.startswith(start)), None)
