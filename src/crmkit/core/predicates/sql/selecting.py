"""From a condition to one SELECT of customers, in the shape: aggregate, then join."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.predicates.sql.blocks import Block, Measure
from crmkit.core.predicates.sql.build import Build
from crmkit.core.predicates.sql.customers import Customers
from crmkit.core.predicates.sql.logic import Sql, Test
from crmkit.core.predicates.sql.moments import NOW, Shift
from crmkit.core.predicates.sql.truth import ANY, possible
from crmkit.core.predicates.tree import (
    Aggregate,
    AllOf,
    Attribute,
    Compare,
    Condition,
    Constant,
    FieldValue,
    Holds,
    InSegment,
    Not,
    Related,
    Source,
    TraitValue,
    WasIn,
    parts,
)

# A condition of the outermost `and`, and how far back it looks.
Conjunct = tuple[Condition, Shift]
# The words a condition is about, each with how far back.
Word = tuple[Any, Shift]
_NOTHING: Final = {"count": 0.0, "sum": 0.0, "exists": False}


def select_customers(build: Build, condition: Condition) -> sa.Select[Any]:
    """SELECT of the ids of the customers that meet the condition."""
    return Selecting(build, conjuncts(condition, NOW)).statement()


def conjuncts(node: Condition, shift: Shift) -> Iterator[Conjunct]:
    """The conditions that must all hold; those of a segment are one's own."""
    match node:
        case AllOf(items):
            for each in items:
                yield from conjuncts(each, shift)
        case InSegment(_, condition):
            yield from conjuncts(condition, shift)
        case WasIn(_, ago, condition):
            yield from conjuncts(condition, (*shift, ago))
        case _:
            yield node, shift


def words(node: Any, shift: Shift) -> Iterator[Word]:
    """The words of a condition that belong to this customer: not those of related ones, nor of `where`."""
    if isinstance(node, Aggregate | Attribute | FieldValue | TraitValue):
        yield node, shift
    elif not isinstance(node, Related):
        inner = (*shift, node.ago) if isinstance(node, WasIn) else shift
        for each in parts(node):
            yield from words(each, inner)


class Selecting:
    """One SELECT under construction, from conditions that must all hold."""

    def __init__(self, build: Build, conditions: Iterable[Conjunct]) -> None:
        self.build = build
        self.customers = Customers(build, select_customers)
        self.conjuncts = list(conditions)
        self.having: dict[tuple[Source, Shift], list[Conjunct]] = {}
        self.absent: list[Block] = []
        self.fields_inner = False

    def table(self, columns: list[tuple[Any, Shift]]) -> sa.Select[Any]:
        """A row for each customer, matching or not: of a condition its truth, of a word its value."""
        self._collect()
        self.customers.uses_customer = True
        for condition, shift in self.conjuncts:
            for word, ago in words(condition, shift):
                if isinstance(word, Aggregate):
                    self.customers.block(word, ago).show(word)
        root = self._root()
        found = [self._answer(*each) for each in columns]
        source, _ = self._join(root)
        return sa.select(*found).select_from(source).where(*self.build.only_one(self.customers.identity))

    def _answer(self, node: Any, shift: Shift) -> Sql:
        if not isinstance(node, Aggregate | Attribute | FieldValue | TraitValue):
            true, false = self.customers.holds(node, shift), self.customers.fails(node, shift)
            return sa.case((true, 1), (false, 0))
        if node.type.kind == "bool":
            true = self.customers.truth(node, shift)
            return sa.case((true, 1), (sa.not_(true), 0))
        return self.customers.word(node, shift)

    def statement(self) -> sa.Select[Any]:
        """The ids of the customers of whom every condition is true."""
        self._collect()
        self._decide()
        root = self._root()
        where = [self.customers.holds(*each) for each in self.conjuncts]
        source, missing = self._join(root)
        where += [block.select(_no_having).c.customer_id.is_(None) for block in missing]
        where += self.build.only_one(self.customers.identity)
        statement = sa.select(self.customers.identity.label("customer_id")).select_from(source)
        # The same tables may stand in the statement that this one is put into.
        return statement.where(*where).correlate(None)

    def _collect(self) -> None:
        """Every aggregate into its block, and whether customers and their fields are asked about."""
        for condition, shift in self.conjuncts:
            for word, ago in words(condition, shift):
                if isinstance(word, Aggregate):
                    self.customers.block(word, ago).want(word)
                elif isinstance(word, FieldValue):
                    self.customers.uses_fields = True
                elif isinstance(word, Attribute) and word.name != "id":
                    self.customers.uses_customer = True

    def _decide(self) -> None:
        """Which sub-selects every match has a row in, and what moves into their HAVING."""
        for key, block in self.customers.blocks.items():
            block.inner = any(not _can_match(each, _absent_rows(key)) for each in self.conjuncts)
        self.fields_inner = (
            self.customers.uses_fields
            and not self._fields_look_back()
            and any(not _can_match(each, _absent_fields) for each in self.conjuncts)
        )
        kept = [each for each in self.conjuncts if not self._moves_to_having(each)]
        self.conjuncts = [each for each in kept if not self._moves_to_absence(each)]
        for condition, shift in self.conjuncts:
            for word, ago in words(condition, shift):
                if isinstance(word, Aggregate):
                    self.customers.block(word, ago).show(word)
        used = {block for block in self.customers.blocks.values() if block.inner or self._is_shown(block)}
        self.customers.blocks = {key: block for key, block in self.customers.blocks.items() if block in used}

    def _fields_look_back(self) -> bool:
        return any(
            isinstance(word, FieldValue) and self.build.looks_back(ago)
            for each in self.conjuncts
            for word, ago in words(*each)
        )

    def _is_shown(self, block: Block) -> bool:
        return any(
            isinstance(word, Aggregate) and (word.source, ago) == (block.source, block.shift)
            for each in self.conjuncts
            for word, ago in words(*each)
        )

    def _moves_to_having(self, conjunct: Conjunct) -> bool:
        about = {
            (word.source, ago) if isinstance(word, Aggregate) else None for word, ago in words(*conjunct)
        }
        if len(about) != 1 or _has_other_leaves(conjunct[0]):
            return False
        key = about.pop()
        if key is None or not self.customers.blocks[key].inner:
            return False
        self.having.setdefault(key, []).append(conjunct)
        return True

    def _moves_to_absence(self, conjunct: Conjunct) -> bool:
        """`count(…) = 0` and its kin: an anti-join."""
        node = _absence(conjunct[0])
        if node is None:
            return False
        block = Block(self.build, node.source, conjunct[1], inner=False)
        block.want(node)
        self.absent.append(block)
        return True

    def _root(self) -> Any:
        """The table that comes first; its column becomes the customer's id."""
        inner = [block for block in self.customers.blocks.values() if block.inner]
        customer = self.build.tables.customer
        if not self.customers.uses_customer and inner:
            root = self._select(inner[0])
            self.customers.identity = root.c.customer_id
        elif not self.customers.uses_customer and self.fields_inner:
            root = self.build.tables.customer_field
            self.customers.identity = root.c.customer_id
        else:
            root = customer
            self.customers.identity = customer.c.id
        for block in self.customers.blocks.values():
            self._select(block)
        return root

    def _select(self, block: Block) -> Any:
        mine = self.having.get((block.source, block.shift), [])

        def having(write: Callable[[Measure], Sql]) -> list[Test]:
            self.customers.writing = (block, write)
            try:
                return [self.customers.holds(*each) for each in mine]
            finally:
                self.customers.writing = None

        return block.select(having)

    def _join(self, root: Any) -> tuple[Any, list[Block]]:
        identity, source = self.customers.identity, root
        fields = self.build.tables.customer_field
        if self.customers.uses_fields and root is not fields:
            source = source.join(fields, fields.c.customer_id == identity, isouter=not self.fields_inner)
        for block in self.customers.blocks.values():
            table = self._select(block)
            if table is not root:
                source = source.join(table, table.c.customer_id == identity, isouter=not block.inner)
        for joined in self.customers.joined.values():
            source = source.outerjoin(joined.table, joined.table.c.customer_id == identity)
        for block in self.absent:
            table = block.select(_no_having)
            source = source.outerjoin(table, table.c.customer_id == identity)
        return source, self.absent


def _no_having(_: Any) -> list[Test]:
    return []


def _can_match(conjunct: Conjunct, absent: Any) -> bool:
    return True in possible(*conjunct, absent)


def _absent_rows(key: tuple[Source, Shift]) -> Any:
    def absent(value: Any, shift: Shift) -> Any:
        if isinstance(value, Aggregate) and (value.source, shift) == key:
            return _NOTHING.get(value.function)
        return ANY

    return absent


def _absent_fields(value: Any, _: Shift) -> Any:
    return None if isinstance(value, FieldValue) else ANY


def _has_other_leaves(node: Any) -> bool:
    """Whether a condition asks about anything besides aggregates and fixed values."""
    from crmkit.core.predicates.tree import Birthday, Consented, HasTag, Several

    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, HasTag | Consented | Related | Several | Birthday | TraitValue):
            return True
        if not isinstance(each, Aggregate):
            waiting.extend(parts(each))
    return False


def _absence(node: Condition) -> Aggregate | None:
    """The aggregate whose rows must not be there, or None."""
    match node:
        case Compare("=" | "<=", Aggregate("count") as found, Constant(_, value)) if value == 0:
            return found
        case Compare("<", Aggregate("count") as found, Constant(_, value)) if value == 1:
            return found
        case Not(Holds(Aggregate("exists") as found)):
            return found
    return None
