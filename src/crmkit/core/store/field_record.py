"""What the database remembers of a declared field, so that a later declaration can be compared with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import asdict, frozen

from crmkit.core.model.words import Field

MULTI: Final = "multi-choice"


@frozen(kw_only=True)
class FieldRecord:
    """A field as it was declared at the last upgrade. `removed` fields keep their column and their values."""

    name: str
    type: str
    decimals: int = 0
    choices: tuple[str, ...] = ()
    unique: bool = False
    indexed: bool = False
    personal: bool = True
    owner: str = ""
    to: str = "customer"
    removed: bool = False

    @classmethod
    def of(cls, field: Field) -> FieldRecord:
        """What is to be remembered of a declaration."""
        return cls(
            name=field.name,
            type=field.type,
            decimals=field.decimals,
            choices=tuple(field.choices),
            unique=field.unique,
            indexed=field.indexed,
            personal=field.personal,
            owner=field.owner,
            to=field.to,
        )

    def lacks(self, field: Field) -> bool:
        """Whether the declaration needs an upgrade; a choice more does not, since nothing on record can
        differ."""
        if field.type in ("choice", MULTI) and not set(self.choices) <= set(field.choices):
            return True
        return self.removed or any(getattr(self, name) != getattr(field, name) for name in _COMPARED)

    def as_field(self) -> Field:
        """A field of that shape, for its column and its ownership contract."""
        return Field(
            name=self.name,
            type=self.type,
            doc="",
            decimals=self.decimals,
            personal=self.personal,
            owner=self.owner,
        )


# What a declaration and what is remembered of it have in common, but for choices and owner.
_COMPARED: Final = ("name", "type", "decimals", "unique", "indexed", "personal", "to")


def records_from_json(text: str) -> dict[str, FieldRecord]:
    """The remembered fields by name, removed ones too."""
    known: Mapping[str, Mapping[str, Any]] = json.loads(text)
    return {
        name: FieldRecord(**{**values, "choices": tuple(values.get("choices", ()))})
        for name, values in known.items()
    }


def records_to_json(records: Iterable[FieldRecord]) -> str:
    """The text that `records_from_json` reads."""
    by_name = {record.name: asdict(record) for record in sorted(records, key=lambda record: record.name)}
    return json.dumps(by_name, ensure_ascii=False)
