"""What the grammar refuses, and how it is told: too long, too deep, or not to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from crmkit.core.nearest import nearest
from crmkit.core.phrase import joined, phrase
from crmkit.core.predicates.duration import UNITS
from crmkit.core.predicates.errors import PredicateError, located
from crmkit.core.predicates.syntax import DEEPEST, LARGEST, LONGEST

_NAMES: Final = {
    "_OR": "or", "_AND": "and", "_NOT": "not", "_IS": "is", "_IN": "in", "_BETWEEN": "between",
    "_CONTAINS": "contains", "_STARTS": "starts with", "_WITH": "with", "_WHERE": "where", "_NULL": "null",
    "COMPARISON": phrase("a comparison (= != < <= > >=)"),
    "PLUS": "+", "MINUS": "-", "TIMES": "*", "OVER": "/",
    "NAME": phrase("a word"), "NUMBER": phrase("a number"), "STRING": phrase("'text'"),
    "DATE": phrase("a date such as 2026-05-01"),
    "UNIT": phrase("hours, days, weeks, months or years"), "AGO": "ago", "TO": "to", "LPAR": "(", "RPAR": ")",
    "COMMA": phrase("a comma"), "$END": phrase("the end"),
}  # fmt: skip
_OPERATORS: Final = ("LPAR", "RPAR", "COMMA", "$END", "COMPARISON", "_IN", "_IS", "_BETWEEN", "_CONTAINS")
_KEYWORDS: Final = ("and", "or", "not", "in", "is", "between", "contains", "starts", "where", "ago", *UNITS)


def check_size(text: str, where: str) -> None:
    """Raise `PredicateError` for a text that is too long, empty, too deep, or has strange characters."""
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        raise PredicateError(
            phrase("A predicate has at most {longest:,} bytes; this one has more", longest=LONGEST),
            hint="Split it into segments and combine them: in(first) and in(second).",
        )
    if not text.strip():
        raise PredicateError(
            phrase("The predicate is empty ({where})", where=where) if where else "The predicate is empty",
            hint="Write a condition, such as count(purchase, last 90 days) >= 6.",
        )
    for at, char in enumerate(text):
        if (char < " " and char not in "\t\n\r") or char == "\x7f" or "\ud800" <= char <= "\udfff":
            raise located(
                phrase("U+{ord:04X} is no part of the language", ord=ord(char)), text, at, at + 1, where=where
            )
    _check_brackets(text, where)


def _check_brackets(text: str, where: str) -> None:
    deep, quoted = 0, False
    for at, char in enumerate(text):
        if char == "'":
            quoted = not quoted
        elif not quoted and char in "()":
            deep += 1 if char == "(" else -1
            if deep > DEEPEST:
                raise too_deep(text, at, where)


def too_deep(text: str, at: int, where: str) -> PredicateError:
    """The refusal of a predicate that is nested too deeply."""
    return located(
        phrase("A predicate is nested at most {deepest} levels deep", deepest=DEEPEST),
        text,
        at,
        at + 1,
        where=where,
        hint=phrase("Split it into segments and combine them: in(first) and in(second)."),
    )


def too_large(where: str) -> PredicateError:
    """The refusal of a predicate that has too many parts."""
    return PredicateError(
        joined(
            " ",
            [
                phrase(
                    "A predicate has at most {largest:,} parts, segments it uses included", largest=LARGEST
                ),
                *([f"({where})"] if where else []),
            ],
        ),
        hint="Use a list, as in city in ('Łódź', 'Kraków'), or fewer segments.",
    )


def unreadable(text: str, where: str, error: Any) -> PredicateError:
    """The refusal of a character that begins nothing, by lark's `UnexpectedCharacters`."""
    at = error.pos_in_stream
    char = text[at]
    message: str
    hint: str
    if char == "'":
        message, hint = (
            phrase("The text that begins here does not end"),
            phrase("Close it with '; inside write '' for one '."),
        )
    elif char == '"':
        message, hint = phrase("Text stands in single quotes"), phrase("Write 'text' instead of \"text\".")
    elif char in "%&|!;{}[]#@^~`?:\\$":
        message, hint = phrase("{char} is no part of the language", char=char), _instead_of(char)
    else:
        message, hint = phrase("This cannot be read"), phrase("See the reference of the predicate language.")
    return located(message, text, at, at + 1, where=where, hint=hint)


def _instead_of(char: str) -> str:
    found = {"&": phrase("Write and."), "|": phrase("Write or."), "!": phrase("Write not, or !=.")}
    return found.get(char, "")


def unexpected(text: str, where: str, error: Any) -> PredicateError:
    """The refusal of a part that cannot stand where it does, by lark's `UnexpectedToken`."""
    token, at = error.token, error.token.start_pos
    expected = [_NAMES[name] for name in _readable(error.accepts or error.expected)]
    wanted = joined(", ", expected)
    details = {"expected": expected}
    if token.type == "$END":
        end = len(text.rstrip())
        hint = phrase("Expected {wanted}.", wanted=wanted) if wanted else ""
        return located(
            phrase("The predicate ends too early"), text, end, end, where=where, hint=hint, **details
        )
    if token.type == "COMPARISON" and _is_chain(text[:at]):
        doubled = text[at - 1] in "=<>!"
        hint = phrase("Write = once.") if doubled else phrase("Write x > 1 and x < 4, or x between 1 and 4.")
        return located(
            phrase("Comparisons cannot be chained"),
            text,
            at,
            at + len(token),
            where=where,
            hint=hint,
            **details,
        )
    hint = phrase("Expected {wanted}.", wanted=wanted) if wanted else ""
    meant = nearest(token, _KEYWORDS) if token.type == "NAME" else None
    if meant:
        hint = phrase('Did you mean "{meant}"? {hint}', meant=meant, hint=hint)
    shown = phrase('"{token}" cannot stand here', token=token)
    return located(shown, text, at, at + len(token), where=where, hint=hint, **details)


def _readable(names: Any) -> Iterator[str]:
    order = list(_NAMES)
    chosen = {name for name in names if name in _NAMES and name not in ("PLUS", "MINUS", "TIMES", "OVER")}
    values = chosen & {"NAME", "NUMBER", "STRING"}
    if values and chosen & {"LPAR"}:
        chosen -= {"AGO", "TO", "UNIT", "_NULL", "_IN", "DATE"}
    elif "_OR" in chosen:
        chosen -= {"TO"}
    return iter(sorted(chosen, key=order.index))


def _is_chain(before: str) -> bool:
    tail = re.split(r"\b(?:and|or|not|where)\b|,|\(", before, flags=re.IGNORECASE)[-1]
    return re.search(r"[<>=]", tail) is not None
