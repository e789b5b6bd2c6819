"""From text to syntax: the grammar."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from crmkit.core.predicates.refusals import check_size, unexpected, unreadable
from crmkit.core.predicates.syntax import Syntax

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


def read(text: str, where: str = "") -> Syntax:
    """The syntax of `text`. Raises `PredicateError` at the place that cannot be read.

    `where` names what the text belongs to, for messages.
    """
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    check_size(text, where)
    try:
        node: Syntax = _parser()(text, where)
    except UnexpectedToken as error:
        raise unexpected(text, where, error) from None
    except UnexpectedCharacters as error:
        raise unreadable(text, where, error) from None
    return node


@cache
def _parser() -> Any:
    from lark import Lark

    from crmkit.core.predicates.reading import Reading

    def run(text: str, where: str) -> Any:
        return Reading(text, where).transform(lark.parse(text))

    lark = Lark(GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=False)
    return run
