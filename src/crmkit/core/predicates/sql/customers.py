"""Conditions about customers: what each word is in SQL, and the sub-selects that have to be joined for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from attrs import define

from crmkit.core.predicates import arguments
from crmkit.core.predicates.attributes import ATTRIBUTES
from crmkit.core.predicates.sql import history
from crmkit.core.predicates.sql.blocks import Block, Measure
from crmkit.core.predicates.sql.build import Build
from crmkit.core.predicates.sql.logic import Logic, Sql, Test
from crmkit.core.predicates.sql.moments import Shift
from crmkit.core.predicates.tree import (
    Aggregate,
    Attribute,
    Condition,
    Consented,
    FieldValue,
    HasTag,
    Related,
    Several,
    Source,
    Today,
    TraitValue,
)
from crmkit.core.store.tables import column_name
from crmkit.core.traits.selecting import selected

Selected = Callable[[Build, Condition], sa.Select[Any]]


@define
class Joined:
    """A sub-select with one row for some customers, joined from the outside."""

    table: Any
    inner: bool = False


class Customers(Logic):
    """One set of customers: the sub-selects it needs, and its words in SQL.

    First every condition is written; that collects what has to be joined. `identity` is the customer's id,
    which is known only when it is clear which table comes first: until then it is a placeholder. `others`
    selects those of another condition, to whom these are related.
    """

    def __init__(self, build: Build, others: Selected) -> None:
        super().__init__(build)
        self.others = others
        self.blocks: dict[tuple[Source, Shift], Block] = {}
        self.joined: dict[Any, Joined] = {}
        self.identity: Any = None
        self.uses_customer = False
        self.uses_fields = False
        # While a HAVING is written, how its block writes a measure; else None.
        self.writing: tuple[Block, Callable[[Measure], Sql]] | None = None

    def block(self, node: Aggregate, shift: Shift) -> Block:
        """The block that works an aggregate out."""
        key = (node.source, shift)
        if key not in self.blocks:
            self.blocks[key] = Block(self.build, node.source, shift)
        return self.blocks[key]

    def word(self, node: Any, shift: Shift) -> Sql:
        """The SQL of an attribute, a field, a trait or an aggregate."""
        match node:
            case Attribute(name):
                return self._attribute(name, shift)
            case FieldValue():
                return self._field(node, shift)
            case TraitValue():
                return self._trait(node, shift)
        return self._aggregate(node, shift)

    def _aggregate(self, node: Aggregate, shift: Shift) -> Sql:
        block = self.block(node, shift)
        if self.writing is not None and self.writing[0] is block:
            return block.value(node, self.writing[1])
        return block.value(node, block.shown)

    def _attribute(self, name: str, shift: Shift) -> Sql:
        word = ATTRIBUTES[name]
        if name == "id":
            return self.identity  # type: ignore[no-any-return]
        current: Sql = self.build.tables.customer.c[word.column]
        if not self.build.looks_back(shift) or name in ("uid", "created", "source"):
            return current
        return self._as_of("customer", word.column, word.type.kind, current, shift)

    def _field(self, node: FieldValue, shift: Shift) -> Sql:
        field = self.build.context.words.fields[node.name]
        current: Sql = self.build.tables.customer_field.c[column_name(field)]
        if not self.build.looks_back(shift):
            return current
        return self._as_of("field", node.name, node.type.kind, current, shift)

    def _as_of(self, entity: str, name: str, kind: str, current: Sql, shift: Shift) -> Sql:
        """The value then: `old` of the first later change, else the current one."""
        key = (entity, name, shift)
        if key not in self.joined:
            self.joined[key] = Joined(history.first_later_change(self.build, entity, name, shift))
        change = self.joined[key].table
        old = history.value_of(change.c.old, kind, self.build.dialect)
        return sa.case((change.c.seq.is_not(None), old), else_=current)

    def _trait(self, node: TraitValue, shift: Shift) -> Sql:
        if (node, shift) not in self.joined:
            self.joined[node, shift] = Joined(self._trait_values(node, shift))
        value: Sql = self.joined[node, shift].table.c.value
        missing = node.trait.missing
        if missing is None:
            return value
        return sa.func.coalesce(value, sa.literal(getattr(missing, "minor", missing)), type_=value.type)

    def _trait_values(self, node: TraitValue, shift: Shift) -> Any:
        build = self.build
        values = selected(node.trait, build, shift, arguments.bound(node.trait, node.arguments))
        chosen = sa.select(values.c[0].label("customer_id"), values.c[1].label("value"))
        return chosen.where(*build.only_one(values.c[0])).subquery(build.alias("v"))

    def truth(self, node: Any, shift: Shift) -> Test:
        """The condition that a boolean word is true."""
        if isinstance(node, Attribute) and ATTRIBUTES[node.name].place == "presence":
            return self._attribute(node.name, shift).is_not(None)
        value = self.word(node, shift)
        if isinstance(node, Aggregate) or isinstance(value.type, sa.Boolean):
            return value
        return value == sa.literal(1, sa.BigInteger)

    def has(self, node: Several, test: Callable[[Sql], Test] | None) -> Test:
        """The condition that one of the customer's contact points or choices meets `test`."""
        test = test or (lambda sql: sql.is_not(None))
        if node.group == "choice":
            choice = self.build.tables.customer_choice
            found = sa.select(choice.c.customer_id).where(choice.c.field == node.name, test(choice.c.value))
            return self._is_among(found, choice.c.customer_id)
        point, word = self.build.tables.contact_point, ATTRIBUTES[node.name]
        found = sa.select(point.c.customer_id).where(point.c.kind == word.kind, test(point.c[word.column]))
        return self._is_among(found, point.c.customer_id)

    def _is_among(self, found: sa.Select[Any], column: Any) -> Test:
        return self.identity.in_(found.where(*self.build.only_one(column)))  # type: ignore[no-any-return]

    def special(self, node: Any, shift: Shift, *, wanted: bool) -> Test:
        """Tags, consent and relationships: uncorrelated IN."""
        match node:
            case HasTag(tag):
                found = self._tagged(tag, shift)
            case Consented():
                found = self._consented(node, shift)
            case _:
                found = self._related(node)
        return found if wanted else sa.not_(found)

    def _tagged(self, tag: str, shift: Shift) -> Test:
        table = self.build.tables.customer_tag
        if not self.build.looks_back(shift):
            return self._is_among(
                sa.select(table.c.customer_id).where(table.c.tag == tag), table.c.customer_id
            )
        return self.identity.in_(history.carried(self.build, tag, shift))  # type: ignore[no-any-return]

    def _consented(self, node: Consented, shift: Shift) -> Test:
        consent = self.build.tables.consent
        latest = sa.func.row_number().over(
            partition_by=consent.c.customer_id, order_by=(consent.c.at.desc(), consent.c.id.desc())
        )
        said = (
            sa.select(consent.c.customer_id, consent.c.state, latest.label("place"))
            .where(
                consent.c.purpose == node.purpose,
                consent.c.channel == node.channel,
                consent.c.state != "asked",
                consent.c.at <= self.build.moments.at(shift),
                *self.build.only_one(consent.c.customer_id),
            )
            .subquery(self.build.alias("c"))
        )
        granted = sa.select(said.c.customer_id).where(said.c.place == 1, said.c.state == "granted")
        return self.identity.in_(granted)  # type: ignore[no-any-return]

    def _related(self, node: Related) -> Test:
        tie, today = self.build.tables.relationship, self.build.moments.day(Today(), ())
        build = self.build
        narrowed, build.one, build.among = (build.one, build.among), None, None
        others = self.others(build, node.condition)
        build.one, build.among = narrowed
        found = sa.select(tie.c.customer_id).where(
            tie.c.kind == node.kind,
            sa.or_(tie.c.since.is_(None), tie.c.since <= today),
            sa.or_(tie.c.until.is_(None), tie.c.until > today),
            tie.c.other_id.in_(others),
        )
        return self._is_among(found, tie.c.customer_id)
