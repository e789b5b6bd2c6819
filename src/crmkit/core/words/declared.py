"""The words that a business declares in `crm.toml`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, Required, TypedDict
from zoneinfo import ZoneInfo

from crmkit.core.model.money import Money
from crmkit.core.model.words import (
    Channel,
    CustomerType,
    Field,
    Goal,
    IdentityScheme,
    InteractionType,
    Purpose,
    RecordType,
    Segment,
    Trait,
    View,
)
from crmkit.core.words.payloads import RecordMoved, moved_summary

if TYPE_CHECKING:
    from crmkit.core.config.fields import FieldDeclaration, PayloadField
    from crmkit.core.config.records import RecordDeclaration
    from crmkit.core.config.schema import Config, InteractionDeclaration
    from crmkit.core.words.registry import AnyWord

_PYTHON: Final[Mapping[str, Any]] = {
    "text": str,
    "number": int,
    "money": Money,
    "date": dt.date,
    "datetime": int,
    "bool": bool,
    "reference": str,
}
_LINE: Final = 60


def declared_words(config: Config) -> Iterator[AnyWord]:
    """Every word of the configuration."""
    yield from (_field(config, name, each) for name, each in config.fields.items())
    yield from (_record_type(config, name, each) for name, each in config.records.items())
    yield from (_interaction_type(name, each) for name, each in config.interactions.items())
    yield from _told(config)
    for name, label in config.identities.items():
        yield IdentityScheme(name=name, doc=label or called(name), label=label)
    for name, label in config.channels.items():
        yield Channel(name=name, doc=label or called(name), label=label)
    for name, purpose in config.purposes.items():
        yield Purpose(
            name=name,
            doc=purpose.doc or purpose.wording or called(name),
            type=purpose.type,
            wording=purpose.wording,
            wording_version=purpose.wording_version,
            confirm=purpose.confirm or "",
        )
    yield from _strategy_words(config)


def _strategy_words(config: Config) -> Iterator[AnyWord]:
    for name, each in config.customer_types.items():
        yield CustomerType(
            name=name, doc=each.doc or called(name), who=each.who, level=each.level, cadence=each.cadence
        )
    for name, trait in config.traits.items():
        yield Trait(name=name, doc=trait.doc or called(name), type=trait.type, formula=trait.formula)
    for name, segment in config.segments.items():
        yield Segment(name=name, doc=segment.doc or called(name), who=segment.who, kind=segment.kind)
    for name, goal in config.goals.items():
        yield Goal(
            name=name, doc=goal.doc or called(name), metric=goal.metric, target=str(goal.target),
            segment=goal.segment, by=goal.by, direction=goal.direction, every=goal.every,
        )  # fmt: skip
    for name, view in config.views.items():
        yield View(
            name=name, doc=view.doc or called(name), where=view.where, columns=view.columns, order=view.order
        )


def _field(config: Config, name: str, declared: FieldDeclaration) -> Field:
    return Field(
        name=name,
        type=declared.type,
        doc=declared.doc or declared.label or called(name),
        label=declared.label,
        choices=declared.choices,
        required=declared.required,
        unique=declared.unique,
        default=_default(config, declared),
        personal=declared.personal,
        indexed=declared.indexed,
        was=declared.was,
        decimals=declared.decimals,
        to=getattr(declared, "to", "customer"),
    )


def _record_type(config: Config, name: str, declared: RecordDeclaration) -> RecordType:
    return RecordType(
        name=name,
        doc=declared.doc or declared.label or called(name),
        label=declared.label,
        fields=tuple(_field(config, key, each) for key, each in declared.fields.items()),
        states=declared.states,
        moves=declared.moves,
        initial=declared.initial,
        final=declared.final,
        title=declared.title,
        needs=declared.needs,
        tells=declared.tells,
        amount=declared.amount,
        was=declared.was,
    )


def _told(config: Config) -> Iterator[InteractionType]:
    """The interaction types that records tell and nobody has declared otherwise."""
    for name, declared in config.records.items():
        shown = declared.label or called(name)
        for state, told in declared.tells.items():
            # What is not named after its record is somebody else's word.
            if told not in config.interactions and told.startswith(f"{name}."):
                label = f"{shown}: {called(state.removeprefix('> ')).lower()}"
                yield InteractionType(
                    name=told, doc=label, label=label,
                    payload=RecordMoved, amount=bool(declared.amount), summary=moved_summary,
                )  # fmt: skip


def _default(config: Config, declared: FieldDeclaration) -> Any:
    """The declared default in the Python type that values of the field have."""
    value = declared.default
    if value is None:
        return None
    if declared.type == "money":
        return Money.of(value, config.crs.currency)
    if declared.type == "number" and not declared.decimals:
        return int(value)
    if declared.type == "datetime":
        local = value if value.tzinfo else value.replace(tzinfo=ZoneInfo(config.crs.timezone))
        return (local - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
    return value


def _interaction_type(name: str, declared: InteractionDeclaration) -> InteractionType:
    keys = {key: _key(each) for key, each in declared.fields.items()}
    labels = {key: each.label or key for key, each in declared.fields.items()}
    return InteractionType(
        name=name,
        doc=declared.doc or declared.label or called(name),
        label=declared.label,
        # A mapping stays a mapping; the TypedDict only says which keys it may have and of what type.
        payload=TypedDict(name, keys, total=False) if keys else None,  # type: ignore[operator]
        version=declared.version,
        amount=declared.amount,
        summary=partial(_summary, labels),
    )


def _key(declared: PayloadField) -> Any:
    if declared.type in ("choice", "multi-choice"):
        one = Literal[declared.choices]  # type: ignore[name-defined]
        type_: Any = tuple[one, ...] if declared.type == "multi-choice" else one
    else:
        type_ = Decimal if declared.decimals else _PYTHON[declared.type]
    return Required[type_] if declared.required else type_


def _summary(labels: Mapping[str, str], payload: Mapping[str, Any]) -> str:
    """`Wine: riesling, glasses: 3`, the keys as people call them."""
    said = ", ".join(
        f"{labels.get(key, key)}: {_shown(value)}"
        for key, value in payload.items()
        if value not in (None, "", ())
    )
    return said if len(said) <= _LINE else said[: _LINE - 1] + "…"


def _shown(value: Any) -> str:
    return "/".join(map(str, value)) if isinstance(value, tuple) else " ".join(str(value).split())


def called(name: str) -> str:
    """What people call something that has a name and no label: "Favourite bread"."""
    return name.replace("_", " ").replace("-", " ").capitalize()
