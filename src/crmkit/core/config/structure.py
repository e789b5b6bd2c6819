"""From tables to values: cattrs finds the way for each type, and every fault is kept with its key path."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

import attrs
from cattrs import BaseConverter

from crmkit.core.config.faults import Fault, Faults, fault
from crmkit.core.config.fields import PayloadField
from crmkit.core.config.names import Names, choose
from crmkit.core.config.problems import config_error, located, quoted
from crmkit.core.config.raw import Where
from crmkit.core.config.rules import RuleDeclaration, SourcedDeclaration, StepDeclaration
from crmkit.core.config.schema import PluginSection
from crmkit.core.config.secrets import Secret, is_reference
from crmkit.core.config.strategy import SegmentDeclaration, TraitDeclaration
from crmkit.core.nearest import nearest
from crmkit.core.phrase import phrase

T = TypeVar("T")

# What may be written as one text: `regulars = "count(purchase) >= 6"`.
_SHORTHANDS: Final = ((PayloadField, "type"), (SegmentDeclaration, "who"), (TraitDeclaration, "formula"))
_SCALARS: dict[type, str] = {
    str: phrase("text"),
    bool: phrase("true or false"),
    int: phrase("a whole number"),
    dt.date: phrase("a date such as 2026-01-31"),
    dt.datetime: phrase("a date and time"),
    dt.time: phrase("a time of day such as 09:00:00"),
}
_SEQUENCES: dict[Any, Callable[[list[Any]], Any]] = {
    tuple: tuple, list: list, set: frozenset, frozenset: frozenset, Sequence: tuple, Collection: tuple,
}  # fmt: skip


def structure_settings(cls: type[T], mapping: Mapping[str, Any], *, source: Where) -> T:
    """A plugin's frozen attrs class from the tables of its section.

    `source` is the table that `mapping` was taken from (`config.where("plugins", name)`). Validators of the
    class may raise ValueError or TypeError. A relative `Path` or `file:` secret starts beside `crm.toml`.
    Errors: ConfigError with every problem, each with its file and line.
    """
    beside = ("enabled", "use") if source.keys[:1] == ("plugins",) and len(source.keys) == 2 else ()
    convert = converter(source.raw.path.parent)
    try:
        return _structured(cls, mapping, convert, beside)
    except Faults as faults:
        problems = located(source.raw, [each.under(*source.keys) for each in faults.faults])
        raise config_error(source.raw.path, problems) from None


@lru_cache(maxsize=8)
def converter(directory: Path) -> BaseConverter:
    """A converter whose hooks raise Faults; relative paths start at `directory`.

    It is kept: it remembers what it found out of each type.
    """
    convert = BaseConverter()
    convert.register_structure_hook_func(attrs.has, lambda value, cls: _structured(cls, value, convert))
    convert.register_structure_hook_func(_is_sequence, lambda value, cls: _sequence(value, cls, convert))
    convert.register_structure_hook_func(_is_mapping, lambda value, cls: _mapping(value, cls, convert))
    convert.register_structure_hook_func(_is_union, lambda value, cls: _union(value, cls, convert))
    convert.register_structure_hook_func(_is_annotated, lambda value, cls: _annotated(value, cls, convert))
    convert.register_structure_hook_func(_is_enum, _enum)
    convert.register_structure_hook_func(_is_literal, _literal)
    for scalar in _SCALARS:
        convert.register_structure_hook(scalar, _scalar)
    convert.register_structure_hook(float, _float)
    convert.register_structure_hook(Decimal, _decimal)
    convert.register_structure_hook(Path, lambda value, _: directory / _scalar(value, str))
    convert.register_structure_hook(Secret, lambda value, _: Secret(_hidden(value), directory))
    for declaration, key in _SHORTHANDS:
        convert.register_structure_hook(declaration, _shorthand(key, convert))
    convert.register_structure_hook_func(
        _takes_the_rest, lambda value, cls: _with_action(cls, value, convert)
    )
    for cls in (RuleDeclaration, SourcedDeclaration, StepDeclaration):
        convert.register_structure_hook(cls, lambda value, cls: _with_action(cls, value, convert))
    convert.register_structure_hook(PluginSection, lambda value, _: _plugin_section(value, convert))
    return convert


def _shorthand(key: str, convert: BaseConverter) -> Callable[[Any, type[T]], T]:
    """A table, or only a text, which is then its `key`."""
    return lambda value, cls: _structured(cls, {key: value} if isinstance(value, str) else value, convert)


def faults_in(action: Callable[[], Any], *keys: str | int) -> tuple[Any, list[Fault]]:
    """The action's result and no faults, or None and its faults under `keys`."""
    try:
        return action(), []
    except Faults as faults:
        return None, [each.under(*keys) for each in faults.faults]
    except AttributeError:
        raise
    except Exception as error:  # noqa: BLE001  (an author's own validator may raise anything)
        return None, [Fault(keys, _reason(error))]


def _structured(cls: type[T], value: Any, convert: BaseConverter, beside: Collection[str] = ()) -> T:
    """An attrs instance. `beside` are names that are known in the same table, but not of the class."""
    table = _table(value)
    attributes = {_key(each): each for each in _attributes(cls)}
    given: dict[str, Any] = {}
    faults = list(_unknown(table, attributes, beside))
    guessed = {each.suggestion for each in faults}
    for name, attribute in attributes.items():
        if name in table:
            made, found = faults_in(_one(convert, table[name], attribute.type), name)
            faults += found
            if not found:
                given[str(attribute.alias)] = made
        elif attribute.default is attrs.NOTHING and name not in guessed:
            faults.append(Fault((name,), phrase("is missing")))
    if faults:
        raise Faults(faults + _refused(cls, given))
    return _made(cls, given)


def _one(convert: BaseConverter, value: Any, cls: Any) -> Callable[[], Any]:
    return lambda: convert.structure(value, cls)


def _attributes(cls: type[Any]) -> Iterator[attrs.Attribute[Any]]:
    if any(isinstance(each.type, str) for each in attrs.fields(cls)):
        attrs.resolve_types(cls)
    return (each for each in attrs.fields(cls) if each.init)


def _key(attribute: attrs.Attribute[Any]) -> str:
    """The key in the file: what is a word of Python, such as `from`, is `from_` in a class."""
    return str(attribute.alias).removesuffix("_")


def _unknown(table: Mapping[str, Any], names: Collection[str], beside: Collection[str]) -> Iterator[Fault]:
    absent = [name for name in (*names, *beside) if name not in table]
    for key in table:
        if key not in names:
            meant = nearest(key, absent)
            if names and not meant:
                told = phrase("is not known here; known are {names}", names=", ".join(names))
            else:
                told = phrase("is not known here")
            yield Fault((key,), told, meant)


def _made(cls: type[T], given: Mapping[str, Any]) -> T:
    try:
        return cls(**given)
    except Exception as error:
        faults = _refused(cls, given)
        if faults:
            raise Faults(faults) from None
        if isinstance(error, Faults):
            raise
        raise fault(_reason(error)) from None


def _refused(cls: type[Any], given: Mapping[str, Any]) -> list[Fault]:
    """Which validators refuse their value: attrs itself stops at the first and does not say whose it was."""
    bare = object.__new__(cls)
    for attribute in attrs.fields(cls):
        if attribute.alias in given:
            object.__setattr__(bare, attribute.name, given[attribute.alias])
    faults: list[Fault] = []
    for attribute in attrs.fields(cls):
        if attribute.validator is not None and attribute.converter is None and attribute.alias in given:
            faults += _verdict(bare, attribute, given[attribute.alias])
    return faults


def _verdict(bare: Any, attribute: attrs.Attribute[Any], value: Any) -> list[Fault]:
    try:
        return faults_in(lambda: attribute.validator(bare, attribute, value), _key(attribute))[1]  # type: ignore[misc]
    except AttributeError:
        # It looks at another attribute, which was not given: only the whole instance can tell.
        return []


def _plugin_section(value: Any, convert: BaseConverter) -> PluginSection:
    table = _table(value)
    own = {key: each for key, each in table.items() if key in {"enabled", "use"}}
    rest = types.MappingProxyType({key: each for key, each in table.items() if key not in own})
    return attrs.evolve(_structured(PluginSection, own, convert), settings=rest)


def _with_action(cls: type[T], value: Any, convert: BaseConverter) -> T:
    """A rule or one of its steps: what is no key of theirs is the action and its parameters."""
    table = _table(value)
    names = {_key(each) for each in _attributes(cls)} - {"said"}
    own = {key: each for key, each in table.items() if key in names}
    said = types.MappingProxyType({key: each for key, each in table.items() if key not in names})
    return _structured(cls, {**own, "said": said} if said else own, convert)


def _sequence(value: Any, cls: Any, convert: BaseConverter) -> Any:
    if not isinstance(value, (list, tuple)):
        raise fault(phrase("{value} is not an array", value=quoted(value)))
    inner = (get_args(cls) or (Any,))[0]
    items, faults = [], []
    for at, each in enumerate(value):
        item, found = faults_in(_one(convert, each, inner), at)
        items.append(item)
        faults += found
    if faults:
        raise Faults(faults)
    return _SEQUENCES[get_origin(cls) or cls](items)


def _mapping(value: Any, cls: Any, convert: BaseConverter) -> Mapping[str, Any]:
    key_type, value_type = get_args(cls) or (str, Any)
    result, faults = {}, []
    for key, each in _table(value).items():
        name, wrong_name = faults_in(_one(convert, key, key_type), key)
        result[name], wrong_value = faults_in(_one(convert, each, value_type), key)
        faults += wrong_name + wrong_value
    if faults:
        raise Faults(faults)
    return types.MappingProxyType(result)


def _union(value: Any, cls: Any, convert: BaseConverter) -> Any:
    """The first member that takes the value; the last one's faults if none does."""
    members = [each for each in get_args(cls) if each is not type(None)]
    if value is None and len(members) < len(get_args(cls)):
        return None
    if Secret in members and is_reference(value):
        return convert.structure(value, Secret)
    if Secret in members and isinstance(value, str) and str not in members:
        return convert.structure(value, Secret)  # which says how to write one, and does not repeat it
    members = [each for each in members if each is not Secret] or members
    for member in members[:-1]:
        result, faults = faults_in(_one(convert, value, member))
        if not faults:
            return result
    return convert.structure(value, members[-1])


def _annotated(value: Any, cls: Any, convert: BaseConverter) -> Any:
    inner, *notes = get_args(cls)
    result = convert.structure(value, inner)
    for note in notes:
        if isinstance(note, Names):
            result = note.check(result)
    return result


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise fault(phrase("{value} is not a table", value=quoted(value)))
    return value


def _scalar(value: Any, cls: Any) -> Any:
    if cls not in _SCALARS:  # a StrEnum comes this way, being a str
        return _enum(value, cls)
    # For Python true is an int and a datetime a date; for whoever wrote the file they are not.
    if type(value) is not cls:
        raise fault(phrase("{value} is not {wanted}", value=quoted(value), wanted=_SCALARS[cls]))
    return value


def _float(value: Any, _: Any) -> float:
    if type(value) not in (int, float) or not abs(value) < float("inf"):
        raise fault(phrase("{value} is not a finite number", value=quoted(value)))
    return float(value)


def _decimal(value: Any, _: Any) -> Decimal:
    try:
        number = Decimal(str(value)) if type(value) in (int, float, str) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise fault(phrase("{value} is not a finite number", value=quoted(value)))
    return number


def _hidden(value: Any) -> str:
    # What was given instead of a reference is likely the secret itself: an empty one is refused without it.
    return value if isinstance(value, str) else ""


def _literal(value: Any, cls: Any) -> Any:
    allowed = get_args(cls)
    if isinstance(value, str) and all(isinstance(each, str) for each in allowed):
        return choose(value, allowed)
    if not any(type(value) is type(each) and value == each for each in allowed):
        raise fault(
            phrase(
                "{value} is not one of {allowed}", value=quoted(value), allowed=", ".join(map(str, allowed))
            )
        )
    return value


def _enum(value: Any, cls: type[Enum]) -> Enum:
    return cls(_literal(value, Literal[tuple(each.value for each in cls)]))


def _takes_the_rest(cls: Any) -> bool:
    return attrs.has(cls) and any(each.metadata.get("rest") for each in attrs.fields(cls))


def _is_sequence(cls: Any) -> bool:
    return (get_origin(cls) or cls) in _SEQUENCES


def _is_mapping(cls: Any) -> bool:
    return (get_origin(cls) or cls) in (dict, Mapping)


def _is_union(cls: Any) -> bool:
    return get_origin(cls) in (Union, types.UnionType)


def _is_annotated(cls: Any) -> bool:
    return get_origin(cls) is Annotated


def _is_literal(cls: Any) -> bool:
    return get_origin(cls) is Literal


def _is_enum(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Enum)


def _reason(error: Exception) -> str:
    """An author's own words; attrs puts its message first among the arguments."""
    text = error.args[0] if error.args else ""
    return (text if isinstance(text, str) else str(text)) or type(error).__name__
