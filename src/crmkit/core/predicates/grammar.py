"""From text to syntax: the grammar."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from crmkit.core.nearest import nearest
from crmkit.core.phrase import joined, phrase
from crmkit.core.predicates.duration import LONGEST_YEARS, UNITS, Duration
from crmkit.core.predicates.errors import PredicateError, located
from crmkit.core.predicates.syntax import DEEPEST, LARGEST, LONGEST, Syntax

GRAMMAR: Final = r"""
?start: either
?either: both | both (_OR both)+ -> either
?both: negated | negated (_AND negated)+ -> both
?negated: _NOT negated -> negation | test
?test: sum
    | sum COMPARISON sum -> comparison
    | sum _IS _NULL -> is_null
    | sum _IS _NOT _NULL -> is_not_null
    | sum _IN "(" either ("," either)* ")" -> one_of
    | sum _NOT _IN "(" either ("," either)* ")" -> none_of
    | sum _BETWEEN sum _AND sum -> between
    | sum _NOT _BETWEEN sum _AND sum -> not_between
    | sum _CONTAINS sum -> contains
    | sum _NOT _CONTAINS sum -> not_contains
    | sum _STARTS _WITH sum -> starts
    | sum _NOT _STARTS _WITH sum -> not_starts
?sum: product | sum PLUS product -> arithmetic | sum MINUS product -> arithmetic
?product: signed | product TIMES signed -> arithmetic | product OVER signed -> arithmetic
?signed: MINUS signed -> minus | atom
?atom: literal | word | call | "(" either ")" -> bracket
word: name
call: name "(" ")" | name "(" argument ("," argument)* ")"
    | _IN "(" segment ")" -> membership
    | _WAS_IN "(" segment "," either ")" -> past_membership
segment: name (MINUS (name | NUMBER))* | STRING
?argument: either | either _WHERE either -> filtered | window
window: LAST duration | THIS UNIT | SINCE moment | UNTIL moment | FROM moment TO moment
moment: DATE | DATETIME
duration: NUMBER UNIT
literal: NUMBER | STRING | DATE | DATETIME | TRUE | FALSE | NULL | TODAY
    | duration -> length | duration AGO -> ago
?name: NAME | LAST | THIS | SINCE | UNTIL | FROM | TO | AGO | UNIT

_OR.2: /or\b/i
_AND.2: /and\b/i
_NOT.2: /not\b/i
_IS.2: /is\b/i
_NULL.2: /null\b/i
NULL.2: /null\b/i
_IN.2: /in\b/i
_WAS_IN.2: /was_in\b/i
_BETWEEN.2: /between\b/i
_CONTAINS.2: /contains\b/i
_STARTS.2: /starts\b/i
_WITH.2: /with\b/i
_WHERE.2: /where\b/i
TRUE.2: /true\b/i
FALSE.2: /false\b/i
LAST.2: /last\b(?![.])/i
THIS.2: /this\b(?![.])/i
SINCE.2: /since\b(?![.])/i
UNTIL.2: /until\b(?![.])/i
FROM.2: /from\b(?![.])/i
TO.2: /to\b(?![.])/i
AGO.2: /ago\b(?![.])/i
TODAY.2: /today\b(?![.])/i
UNIT.2: /(hour|day|week|month|year)s?\b(?![.])/i
COMPARISON: "<=" | ">=" | "!=" | "<>" | "=" | "<" | ">"
PLUS: "+"
MINUS: "-"
TIMES: "*"
OVER: "/"
NAME: /[^\W\d]\w*(\.[^\W\d]\w*)*/
DATETIME.4: /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(?!\d)/
DATE.3: /\d{4}-\d\d-\d\d(?![\d-])/
NUMBER: /\d+(\.\d+)?([eE][+-]?\d+)?/
STRING: /'([^'\n\r]|'')*'/
WS: /\s+/
%ignore WS
"""
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
_MOST_DIGITS: Final = 18
_MOST_DECIMALS: Final = 9
_MOST_EXPONENT: Final = 4


def read(text: str, where: str = "") -> Syntax:
    """The syntax of `text`. Raises `PredicateError` at the place that cannot be read.

    `where` names what the text belongs to, for messages.
    """
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    _check_size(text, where)
    try:
        node: Syntax = _parser()(text, where)
    except UnexpectedToken as error:
        raise _unexpected(text, where, error) from None
    except UnexpectedCharacters as error:
        raise _unreadable(text, where, error) from None
    return node


def number(written: str) -> Decimal | None:
    """The number that `written` says, or None where it has too many digits."""
    # An exponent of more digits than this would take the decimal context to its end, and the memory with it.
    if len(written.lower().partition("e")[2]) > _MOST_EXPONENT:
        return None
    value = Decimal(written)
    if not value:
        return Decimal(0)
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or value.adjusted() >= _MOST_DIGITS or len(digits) > 2 * _MOST_DIGITS:
        return None
    while exponent < 0 and value == value.quantize(Decimal(1).scaleb(exponent + 1)):
        exponent += 1
    if -exponent > _MOST_DECIMALS or max(value.adjusted(), 0) - min(exponent, 0) >= _MOST_DIGITS:
        return None
    return value.quantize(Decimal(1).scaleb(min(exponent, 0)))


@cache
def _parser() -> Any:
    from lark import Lark

    from crmkit.core.predicates.reading import Reading

    def run(text: str, where: str) -> Any:
        return Reading(text, where).transform(lark.parse(text))

    lark = Lark(GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=False)
    return run


def _check_size(text: str, where: str) -> None:
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


def _unreadable(text: str, where: str, error: Any) -> PredicateError:
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


def _unexpected(text: str, where: str, error: Any) -> PredicateError:
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


def date_value(written: str) -> date | None:
    """The date, or None where the calendar has no such day."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def datetime_value(written: str) -> datetime | None:
    """The local date and time, or None where the calendar has none such."""
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def duration_value(amount: str, unit: str) -> Duration | None:
    """The duration, or None where it is not a whole number or longer than a thousand years."""
    if not amount.isdigit() or len(amount) > 8:
        return None
    found = Duration(int(amount), unit.lower().removesuffix("s"))
    return None if found.is_too_long else found


def text_value(written: str) -> str:
    """What stands between the quotes, in NFC."""
    return unicodedata.normalize("NFC", written[1:-1].replace("''", "'"))


def duration_rule() -> str:
    """What a duration must be, for messages."""
    return phrase("A duration is a whole number of units, at most {years:,} years", years=LONGEST_YEARS)
