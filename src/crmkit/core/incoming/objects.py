"""The body of a request, as lines of one JSON object each: what imports read."""

from __future__ import annotations

import json
from typing import Final

from crmkit.core.errors import Invalid
from crmkit.core.files.faults import json_fault
from crmkit.core.phrase import phrase

MOST_OBJECTS: Final = 10_000
_BLANK: Final = " \t"


def lines_of(body: bytes) -> list[str]:
    """The objects in the body, one or a list of them, as they are written. Raises `Invalid`."""
    try:
        # Between values of JSON a line break is a blank, and within a text there is none.
        text = body.decode("utf-8-sig").replace("\r", " ").replace("\n", " ").strip(_BLANK)
    except UnicodeDecodeError as error:
        raise Invalid(
            phrase("The body is not UTF-8: it has the byte 0x{body:02X}", body=body[error.start])
        ) from None
    if text.startswith("["):
        return list(_elements(text))
    return [_object(text, 0)[0]]


def _elements(text: str) -> list[str]:
    found: list[str] = []
    at = _after_blanks(text, 1)
    while text[at : at + 1] != "]" or found:
        line, at = _object(text, at, is_last=False)
        found.append(line)
        if len(found) > MOST_OBJECTS:
            raise Invalid(
                phrase("The body has more than {most_objects:,} objects", most_objects=MOST_OBJECTS),
                hint="Send them in parts.",
            )
        if text[at : at + 1] == "]":
            break
        if text[at : at + 1] != ",":
            raise Invalid(phrase("The body is no JSON (at character {at})", at=at + 1))
        at = _after_blanks(text, at + 1)
    if text[at + 1 :].strip(_BLANK):
        raise Invalid("The body has something after its list")
    if not found:
        raise Invalid("The body has no object")
    return found


def _object(text: str, at: int, *, is_last: bool = True) -> tuple[str, int]:
    """The object that begins at a place, and the place of what follows it."""
    if text[at : at + 1] != "{":
        raise Invalid("The body is no JSON object, nor a list of such")
    try:
        _, end = json.JSONDecoder().raw_decode(text, at)
    except (ValueError, RecursionError) as error:
        reason: str = phrase("it has a number that is too long")
        if isinstance(error, json.JSONDecodeError):
            reason = json_fault(error)
        elif isinstance(error, RecursionError):
            reason = phrase("it is nested too deep")
        raise Invalid(phrase("The body is no JSON: {reason}", reason=reason)) from None
    after = _after_blanks(text, end)
    if is_last and after < len(text):
        raise Invalid("The body has something after its object")
    return text[at:end], after


def _after_blanks(text: str, at: int) -> int:
    while text[at : at + 1] in ("", *_BLANK) and at < len(text):
        at += 1
    return at
