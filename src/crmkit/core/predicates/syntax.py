"""What was written, before anybody has asked what the words mean. Each node knows its place in the text."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from attrs import field, frozen

# 100 levels are more than anybody reads; 5,000 nodes are a page of segments expanded into each other.
DEEPEST: Final = 100
LARGEST: Final = 5_000
LONGEST: Final = 20_000


@frozen(kw_only=True)
class Node:
    """A piece of the text from `start` up to `end`; `depth` and `size` count what hangs below."""

    start: int = field(default=0, eq=False)
    end: int = field(default=0, eq=False)
    depth: int = field(default=1, eq=False)
    size: int = field(default=1, eq=False)


@frozen(kw_only=True)
class Literal(Node):
    """`kind` is number, text, date, datetime, bool, null, duration, ago or today."""

    kind: str
    value: Any


@frozen(kw_only=True)
class Name(Node):
    """A word, plain or qualified."""

    name: str


@frozen(kw_only=True)
class Window(Node):
    """`kind` is last, this, since, until or from; `first` and `second` are what follows."""

    kind: str
    first: Any
    second: Any = None


@frozen(kw_only=True)
class Filtered(Node):
    """`what where condition`, the first argument of an aggregate."""

    what: Syntax
    condition: Syntax


@frozen(kw_only=True)
class Call(Node):
    """`name(argument, …)`."""

    name: str
    arguments: tuple[Syntax, ...]


@frozen(kw_only=True)
class Operation(Node):
    """`operator` over `operands`: arithmetic, comparison, logic, or a word such as `between`."""

    operator: str
    operands: tuple[Syntax, ...]


Syntax: TypeAlias = Literal | Name | Window | Filtered | Call | Operation
