"""Record types that a business declares: their fields, states and allowed moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any

from attrs import field, frozen

from crmkit.core.config.checks import distinct
from crmkit.core.config.faults import Fault, Faults
from crmkit.core.config.fields import FieldDeclaration, renaming_faults
from crmkit.core.config.names import RECORD_FIELD, choose
from crmkit.core.config.problems import quoted
from crmkit.core.model.record import states_of, title_fields
from crmkit.core.nearest import nearest
from crmkit.core.phrase import phrase

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_ELSEWHERE = ("customer", "employee")


@frozen(kw_only=True)
class RecordFieldDeclaration(FieldDeclaration):
    """`[records.NAME.fields.FIELD]`: a data point of a record."""

    to: str = field(
        default="customer",
        metadata={"doc": "What a reference leads to: customer, employee or the name of a record type."},
    )

    def __attrs_post_init__(self) -> None:
        found: list[Fault] = []
        try:
            FieldDeclaration.__attrs_post_init__(self)
        except Faults as faults:
            found += faults.faults
        if self.type == "multi-choice":
            way_out = phrase("declare a bool field for each choice, or a text field")
            found.append(
                Fault(
                    ("type",), phrase("a record cannot have a multi-choice field; {way_out}", way_out=way_out)
                )
            )
        if self.to != "customer" and self.type != "reference":
            found.append(
                Fault(("to",), phrase("only a reference leads to something, not {type}", type=self.type))
            )
        if found:
            raise Faults(found)


@frozen(kw_only=True)
class RecordDeclaration:
    """`[records.NAME]`: a kind of thing that belongs to customers, such as a cake order."""

    label: str = field(default="", metadata={"doc": "What people call it; the name, if empty."})
    doc: str = field(default="", metadata={"doc": "One line on what it is."})
    fields: Mapping[Annotated[str, RECORD_FIELD], RecordFieldDeclaration] = field(
        default=_NOTHING, metadata={"doc": "Its data points, each a type's name or a table."}
    )
    states: tuple[str, ...] = field(
        default=(), validator=distinct, metadata={"doc": "What can become of it, in order."}
    )
    moves: Mapping[str, tuple[str, ...]] = field(
        default=_NOTHING,
        metadata={"doc": "For each state those that may follow it; without any, every move is allowed."},
    )
    initial: str = field(default="", metadata={"doc": "The state it begins in; the first, if empty."})
    final: tuple[str, ...] = field(
        default=(),
        validator=distinct,
        metadata={"doc": "The states in which it is closed; those that no move leaves, if empty."},
    )
    title: str = field(
        default="",
        metadata={"doc": 'What names one of them: a field, or a pattern such as "{flavour} for {occasion}".'},
    )
    needs: Mapping[str, tuple[str, ...]] = field(
        default=_NOTHING, metadata={"doc": "For each state the fields that it must have by then."}
    )
    tells: Mapping[str, str] = field(
        default=_NOTHING,
        metadata={"doc": "For each state (or `closed > open`, or `> open` for new ones) what is recorded."},
    )
    amount: str = field(
        default="", metadata={"doc": "Its field of money that such an interaction carries as its amount."}
    )
    was: str | None = field(
        default=None,
        metadata={"doc": "Its name before you renamed it. Leave it there: the table keeps that name."},
    )

    def __attrs_post_init__(self) -> None:
        found = [*self._state_faults(), *self._title_faults(), *self._field_faults()]
        found += [each.under("fields") for each in renaming_faults(self.fields)]
        if found:
            raise Faults(found)

    def _state_faults(self) -> Iterator[Fault]:
        if not self.states:
            for key in ("moves", "initial", "final", "needs", "tells"):
                if getattr(self, key):
                    yield Fault((key,), phrase("there are no states; name them with states = […]"))
            return
        named: list[tuple[tuple[str | int, ...], str]] = [
            *((("moves", state), state) for state in self.moves),
            *((("moves", s, at), each) for s, into in self.moves.items() for at, each in enumerate(into)),
            *((("final", at), state) for at, state in enumerate(self.final)),
            *((("needs", state), state) for state in self.needs),
            *((("tells", key), state) for key in self.tells for state in states_of(key)),
        ]
        if self.initial:
            named.append((("initial",), self.initial))
        for keys, state in named:
            try:
                choose(state, self.states)
            except Faults as faults:
                yield from (each.under(*keys) for each in faults.faults)

    def _field_faults(self) -> Iterator[Fault]:
        """Fields that are named elsewhere in the declaration, and are not declared."""
        named: list[tuple[tuple[str | int, ...], str]] = [
            (("needs", state, at), name)
            for state, names in self.needs.items()
            for at, name in enumerate(names)
        ]
        for keys, name in named:
            if name not in self.fields:
                yield Fault(
                    keys, phrase("{name} is not a field of it", name=quoted(name)), nearest(name, self.fields)
                )
        if self.amount and (self.amount not in self.fields or self.fields[self.amount].type != "money"):
            yield Fault(
                ("amount",), phrase("{amount} is not a field of money of it", amount=quoted(self.amount))
            )

    def _title_faults(self) -> Iterator[Fault]:
        try:
            title_fields(self.title, self.fields)
        except ValueError as error:
            told: str = error.args[0]
            unknown = told.split('"')[1] if told.startswith('"') else ""
            if unknown and self.fields:
                told = phrase("{problem} ({names})", problem=told, names=", ".join(self.fields))
            yield Fault(("title",), told, nearest(unknown, self.fields) if unknown else None)


def renamed_faults(records: Mapping[str, RecordDeclaration]) -> Iterator[Fault]:
    """Former names that are still in use, or claimed twice."""
    claimed: set[str] = set()
    for name, record in records.items():
        if record.was is None:
            continue
        if record.was in records:
            yield Fault(
                (name, "was"),
                phrase("{was} is declared as well; it cannot be the former name", was=quoted(record.was)),
            )
        elif record.was in claimed:
            yield Fault((name, "was"), phrase("{was} became something else already", was=quoted(record.was)))
        claimed.add(record.was)


def reference_faults(records: Mapping[str, RecordDeclaration], plugins: bool) -> Iterator[Fault]:
    """References that lead to nothing; with `plugins` a name that is like no other may be a plugin's word."""
    known = [*_ELSEWHERE, *records]
    for name, record in records.items():
        for key, each in record.fields.items():
            if each.to in known:
                continue
            meant = nearest(each.to, known)
            if meant or not plugins:
                message = phrase("{to} is not one of {known}", to=quoted(each.to), known=", ".join(known))
                yield Fault((name, "fields", key, "to"), message, meant)
