"""What the words of a predicate mean in one business."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field, frozen

from crmkit.core.model.money import minor_digits
from crmkit.core.model.words import Field, InteractionType
from crmkit.core.predicates.keys import interaction_keys
from crmkit.core.predicates.tree import BOOL, DATE, INSTANT, TEXT, FieldValue, Key, Several, Source, Type
from crmkit.core.remembered import Remembered
from crmkit.core.words.registry import Words


@frozen(kw_only=True)
class RecordType:
    """A kind of record as predicates see it.

    `table` has one row per record (a SQLAlchemy table or selectable) with the customer's id, the instant at
    which the record came to be, and a column for each field.
    """

    name: str
    fields: Mapping[str, Field]
    table: Any = field(eq=False)
    customer_column: str = "customer_id"
    at_column: str = "created_at"


@frozen(kw_only=True, eq=False)
class Context:
    """The words, segments, formula traits and record types of one business, its currency and time zone.

    `segments` and `formulas` are source texts by name. `normalisers` give the form in which e-mail addresses
    and phone numbers are compared, by `email` and `phone`. `ties` are the declared kinds of relationship, and
    `kept_ties` finds those on record, which is only asked for other names. Another set of words is another
    context.
    """

    words: Words
    currency: str
    tz: ZoneInfo
    segments: Mapping[str, str] = field(factory=dict)
    formulas: Mapping[str, str] = field(factory=dict)
    records: Mapping[str, RecordType] = field(factory=dict)
    normalisers: Mapping[str, Callable[[str], str]] = field(factory=dict)
    ties: tuple[str, ...] = ()
    kept_ties: Callable[[], Iterable[str]] = field(default=tuple)
    parsed: Remembered = field(factory=Remembered, repr=False)
    _keys: dict[tuple[str, str], Mapping[str, Key | Several]] = field(factory=dict, repr=False)

    @property
    def money_scale(self) -> int:
        """How many decimals the business's currency has."""
        return minor_digits(self.currency)

    def keys(self, source: Source) -> Mapping[str, Key | Several]:
        """What `where` may speak of in rows of `source`."""
        key = (source.kind, source.name)
        if key not in self._keys:
            self._keys[key] = self._make_keys(source)
        return self._keys[key]

    def takes_any_key(self, source: Source) -> bool:
        """Whether the payload is a free mapping, in which any key may stand."""
        return source.kind == "interaction" and self.words.interaction_types[source.name].payload is None

    def _make_keys(self, source: Source) -> Mapping[str, Key | Several]:
        if source.kind == "interaction":
            word: InteractionType = self.words.interaction_types[source.name]
            return interaction_keys(word, self.money_scale)
        fields = self.records[source.name].fields
        keys: dict[str, Key | Several] = {
            name: Key(name, "column", self.type_of(each))
            for name, each in fields.items()
            if each.type != "multi-choice"
        }
        keys.setdefault("at", Key("at", "column", INSTANT))
        return keys

    def type_of(self, word: Any) -> Type:
        """The type of a field's or trait's values."""
        match word.type:
            case "number":
                return Type("number", getattr(word, "decimals", None))
            case "money":
                return Type("money", self.money_scale)
            case "date":
                return DATE
            case "datetime":
                return INSTANT
            case "bool":
                return BOOL
        return Type("text", choices=getattr(word, "choices", ()))

    def field_value(self, word: Field) -> FieldValue | Several:
        """The node for a field."""
        if word.type == "multi-choice":
            return Several(word.name, "choice", Type("text", choices=word.choices))
        return FieldValue(word.name, TEXT if word.type == "reference" else self.type_of(word))
