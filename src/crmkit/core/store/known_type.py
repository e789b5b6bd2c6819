"""What the database remembers of a record type, so that a later declaration can be compared with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import asdict, field, frozen

from crmkit.core.model.words import RecordType
from crmkit.core.store.field_record import FieldRecord


@frozen(kw_only=True)
class KnownType:
    """A record type as declared at the last upgrade. A `removed` one keeps its table and its records."""

    name: str
    table: str
    owner: str = ""
    states: tuple[str, ...] = ()
    fields: Mapping[str, FieldRecord] = field(factory=dict)
    title: str = ""
    removed: bool = False

    @classmethod
    def of(cls, type_: RecordType, fields: Mapping[str, FieldRecord]) -> KnownType:
        """What is to be remembered of a declaration; `fields` are with those once declared."""
        return cls(
            name=type_.name,
            table=type_.table,
            owner=type_.owner,
            states=tuple(type_.states),
            fields=fields,
            title=type_.title_pattern,
        )

    def lacks(self, type_: RecordType) -> Iterator[str]:
        """What of a declaration needs an upgrade: its fields as `cake_order.flavour`, or the type itself."""
        if self.removed or self.table != type_.table or set(self.states) - set(type_.states):
            yield type_.name
        for each in type_.fields:
            if each.name not in self.fields or self.fields[each.name].lacks(each):
                yield f"{type_.name}.{each.name}"

    def as_type(self) -> RecordType:
        """A record type of that shape, removed fields too, for its table and its ownership contract."""
        fields = tuple(record.as_field() for record in self.fields.values())
        return RecordType(name=self.name, doc="", table=self.table, owner=self.owner, fields=fields)


def lacking(known: Mapping[str, KnownType], types: Iterable[RecordType]) -> Iterator[str]:
    """The record types, and fields of them, that the database does not have as they are declared."""
    for type_ in types:
        if type_.name in known:
            yield from known[type_.name].lacks(type_)
        else:
            yield type_.name


def types_from_json(text: str) -> dict[str, KnownType]:
    """The remembered record types by name, removed ones too."""
    return {name: _known(values) for name, values in json.loads(text).items()}


def types_to_json(known: Iterable[KnownType]) -> str:
    """The text that `types_from_json` reads."""
    by_name = {each.name: asdict(each) for each in sorted(known, key=lambda each: each.name)}
    return json.dumps(by_name, ensure_ascii=False)


def _known(values: Mapping[str, Any]) -> KnownType:
    fields = {
        name: FieldRecord(**{**each, "choices": tuple(each["choices"])})
        for name, each in values["fields"].items()
    }
    return KnownType(**{**values, "states": tuple(values["states"]), "fields": fields})
