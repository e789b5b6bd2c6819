"""The error of the predicate language: what is wrong, and exactly where."""

from __future__ import annotations

from typing import Any, Final

from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import shown_safely
from crmkit.core.phrase import phrase

_WIDTH: Final = 100


class PredicateError(Invalid):
    """A predicate that cannot be understood, or not be computed.

    `details` hold `line` and `column` (from 1), and `expected` where the grammar knows what could stand.
    """

    code = "predicate"

    def __init__(self, message: str, *, hint: str = "", **details: Any) -> None:
        super().__init__(message, hint=hint, **details)


def located(
    message: str, text: str, start: int, end: int, *, hint: str = "", where: str = "", **details: Any
) -> PredicateError:
    """The error that `text[start:end]` is wrong: the line, a caret under the place, line and column.

    `where` names what the text belongs to, such as `segment "regulars"`.
    """
    start = min(max(start, 0), len(text))
    begin = text.rfind("\n", 0, start) + 1
    finish = text.find("\n", start)
    line = text[begin : finish if finish >= 0 else len(text)]
    row, column = text.count("\n", 0, start) + 1, start - begin + 1
    shown, caret = _excerpt(line, column - 1, max(1, end - start))
    place = (
        phrase("line {row}, column {column}", row=row, column=column)
        if "\n" in text
        else phrase("column {column}", column=column)
    )
    if where:
        place = phrase("{place} of {where}", place=place, where=where)
    return PredicateError(
        phrase(
            "{message} ({place})\n  {shown}\n  {caret}",
            message=message,
            place=place,
            shown=shown,
            caret=caret,
        ),
        hint=hint,
        line=row,
        column=column,
        **details,
    )


def _excerpt(line: str, at: int, length: int) -> tuple[str, str]:
    """The part of a long line around `at`, and the carets under it."""
    first = max(0, at - _WIDTH // 2) if len(line) > _WIDTH else 0
    part = line[first : first + _WIDTH]
    before = shown_safely(part[: at - first])
    marked = part[at - first : at - first + length]
    return shown_safely(part), " " * len(before) + "^" * max(1, len(shown_safely(marked)))
