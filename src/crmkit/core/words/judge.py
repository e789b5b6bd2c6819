"""Whether a word is well formed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from crmkit.core.config.names import RESERVED_FIELDS, RESERVED_RECORD_FIELDS, RESERVED_RECORD_TYPES
from crmkit.core.model.customer import CONTACT_KINDS
from crmkit.core.model.deprecated import Deprecated
from crmkit.core.model.record import states_of, title_fields
from crmkit.core.model.words import (
    FIELD_TYPES,
    GOAL_DIRECTIONS,
    GOAL_PERIODS,
    METRIC_UNITS,
    PURPOSE_TYPES,
    SEGMENT_KINDS,
    Action,
    Channel,
    Field,
    Goal,
    InteractionType,
    Metric,
    Purpose,
    RecordType,
    Segment,
    Trait,
)
from crmkit.core.nearest import nearest
from crmkit.core.phrase import phrase
from crmkit.core.words.codec import codec_of

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*")
_LONGEST: Final = 60
_FIELD_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,47}")
# PostgreSQL cuts names at 63 characters, that of the table's sequence among them.
_LONGEST_TABLE: Final = 55


def faults_of(word: Any, *, plain: bool) -> Iterator[str]:
    """What is wrong with a word; `plain` says that it will keep its bare name, which must then be free."""
    if not isinstance(word.name, str) or not _NAME.fullmatch(word.name) or len(word.name) > _LONGEST:
        yield phrase("a name is lower-case letters, digits and _, and starts with a letter")
    if not isinstance(word.doc, str) or not word.doc.strip():
        yield phrase("it has no doc, the one line that says what it means")
    if not isinstance(getattr(word, "deprecated", None), Deprecated | None):
        yield phrase("its deprecated is no Deprecated(since=…, instead=…)")
    judge = _JUDGES.get(type(word))
    if judge is not None:
        yield from judge(word)
    if plain and isinstance(word, Field) and word.name in RESERVED_FIELDS:
        yield phrase("every customer has something of that name already")


def _field(word: Field) -> Iterator[str]:
    yield from _known("type", word.type, FIELD_TYPES)
    if word.type.endswith("choice") and not word.choices:
        yield phrase("a {type} needs choices", type=word.type)
    if word.unique and word.type == "multi-choice":
        yield phrase("a multi-choice cannot be unique")


def _customer_field(word: Field) -> Iterator[str]:
    yield from _field(word)
    if word.to != "customer":
        yield phrase("only fields of records refer to anything but customers")


def _record_type(word: RecordType) -> Iterator[str]:
    """What `crm.toml` cannot say wrongly, a plugin can."""
    if "-" in word.name or "." in word.name or len(word.table) > _LONGEST_TABLE:
        most = _LONGEST_TABLE - len("record_")
        yield phrase("its name is one word of at most {most} letters, digits and _", most=most)
    if word.name in RESERVED_RECORD_TYPES:
        yield phrase("the name is taken by the core")
    names = [each.name for each in word.fields]
    yield from _record_fields(word, names)
    for target in sorted({*word.headers.values()}):
        kind, _, name = target.partition(":")
        if kind == "field" and name not in names:
            yield phrase('its headers name the field "{name}", which it does not have', name=name)
    yield from _states(word)
    try:
        title_fields(word.title, names)
    except ValueError as error:
        yield phrase("its title: {error}", error=error)


def _record_fields(word: RecordType, names: Sequence[str]) -> Iterator[str]:
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield phrase('it has two fields "{name}"', name=name)
    for each in word.fields:
        if not _FIELD_NAME.fullmatch(each.name) or each.name in RESERVED_RECORD_FIELDS:
            yield phrase('its field "{field}" cannot have that name', field=each.name)
        if each.type == "multi-choice":
            yield phrase('its field "{field}" is a multi-choice, which records do not have', field=each.name)
        for problem in _field(each):
            yield phrase('its field "{field}": {problem}', field=each.name, problem=problem)
    for name in sorted({name for needed in word.needs.values() for name in needed} - {*names}):
        yield phrase('it needs "{name}", which is none of its fields', name=name)
    if word.amount and getattr(word.field_named(word.amount), "type", "") != "money":
        yield phrase('its amount "{name}" is none of its fields of money', name=word.amount)


def _states(word: RecordType) -> Iterator[str]:
    mentioned = {*word.moves, *(s for into in word.moves.values() for s in into), *word.final}
    mentioned |= {*word.needs, *(state for key in word.tells for state in states_of(key))}
    for state in sorted(mentioned | ({word.initial} if word.initial else set())):
        yield from _known("state", state, word.states)


def _interaction_type(word: InteractionType) -> Iterator[str]:
    if word.version < 1:
        yield phrase("versions of a payload count from 1")
    if word.payload is None:
        return
    try:
        codec_of(word.payload)
    except Exception as error:  # noqa: BLE001  (resolving an author's annotations may raise anything)
        yield phrase("its payload class cannot be kept as JSON: {error}", error=error)


def _channel(word: Channel) -> Iterator[str]:
    if word.contact_kind is not None:
        yield from _known("contact_kind", word.contact_kind, CONTACT_KINDS)


def _purpose(word: Purpose) -> Iterator[str]:
    yield from _known("type", word.type, PURPOSE_TYPES)
    if word.confirm and word.type != "marketing":
        yield phrase("confirm is for marketing: what is of type {type} needs no consent", type=word.type)


def _trait(word: Any) -> Iterator[str]:
    yield from _known("type", word.type, FIELD_TYPES)
    given = [each for each in (word.select, word.compute, word.formula or None) if each is not None]
    if len(given) != 1:
        yield phrase("it needs one of select, compute and formula")
    elif not isinstance(given[0], str) and not callable(given[0]):
        key = "compute" if word.select is None else "select"
        yield phrase("{key} is not a function", key=key)
    yield from _lengths(word)


def _lengths(word: Trait) -> Iterator[str]:
    # The language of predicates is made of words, so it cannot be there before them.
    from crmkit.core.predicates.duration import parse_duration

    if word.lengths and word.compute is None:
        yield phrase("only a trait that is computed and kept has lengths")
    for length in word.lengths:
        try:
            parse_duration(length)
        except ValueError as error:
            yield str(error)


def _segment(word: Any) -> Iterator[str]:
    yield from _known("kind", word.kind, SEGMENT_KINDS)
    if word.is_static == bool(word.who.strip()):
        yield phrase("a static segment has no who, any other needs one")


def _goal(word: Goal) -> Iterator[str]:
    yield from _known("direction", word.direction, GOAL_DIRECTIONS)
    yield from _known("every", word.every, GOAL_PERIODS)
    if not word.metric.strip():
        yield phrase("it names no metric")


def _action(word: Any) -> Iterator[str]:
    if not attrs.has(word.params):
        yield phrase("its params are not an attrs class")
        return
    names = [each.name for each in attrs.fields(word.params)]
    for name in word.rendered:
        if name not in names:
            yield phrase('its rendered "{name}" is no attribute of its params', name=name)
    if word.shorthand and (not names or not re.fullmatch(r"[a-z][a-z0-9_]*", word.shorthand)):
        yield phrase("a shorthand is a word of a-z and _, and gives the first attribute of params")
    if not callable(word.perform) or not callable(word.says):
        yield phrase("perform and says are functions")


def _metric(word: Any) -> Iterator[str]:
    yield from _known("unit", word.unit, METRIC_UNITS)
    yield from _known("looks", word.looks, ("as_of", "start", "end"))
    if not callable(word.compute):
        yield phrase("{key} is not a function", key="compute")


def _known(key: str, value: str, among: tuple[str, ...]) -> Iterator[str]:
    if value not in among:
        meant = nearest(str(value), among)
        names = ", ".join(among)
        wrong = phrase('{key} "{value}" is not one of {names}', key=key, value=value, names=names)
        yield phrase('{wrong}; did you mean "{meant}"?', wrong=wrong, meant=meant) if meant else wrong


_JUDGES: Final[Mapping[type[Any], Callable[[Any], Iterator[str]]]] = {
    Field: _customer_field,
    RecordType: _record_type,
    InteractionType: _interaction_type,
    Channel: _channel,
    Purpose: _purpose,
    Trait: _trait,
    Segment: _segment,
    Goal: _goal,
    Action: _action,
    Metric: _metric,
}
