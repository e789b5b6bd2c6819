"""Payloads as JSON text: checked on the way in, structured on the way out.

A payload is an instance of the type's class. A `TypedDict` as class stands for a mapping with known keys, no
class for a free mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from functools import lru_cache
from types import UnionType
from typing import Any, Final, NoReturn, Union, get_args, get_origin, get_type_hints, is_typeddict

import msgspec
from attrs import fields, frozen, has

from crmkit.core.errors import Invalid
from crmkit.core.model.money import Money
from crmkit.core.model.words import InteractionType
from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import kept, phrase

EMPTY: Final = "{}"
# Classes of payloads are few and long-lived; the bound only keeps reloaded plugins from piling up.
_CLASSES: Final = 1024


def encode_payload(type_: InteractionType, payload: Any) -> tuple[str, int]:
    """The JSON text of `payload` and the version it is written in.

    `payload` is an instance of the type's class, a mapping of its keys, or None for nothing to say. In a
    mapping, text such as `"5"` does for a number. Raises `Invalid`, naming the key and the type.
    """
    if type_.payload is None:
        return _free(type_, payload), type_.version
    codec = codec_of(type_.payload)
    payload = {} if payload is None else payload
    if codec.empty is not None and payload in ({}, codec.empty):
        return EMPTY, type_.version
    try:
        if codec.is_mapping or not isinstance(payload, codec.cls):
            payload = codec.from_mapping(payload)
        text = codec.encode(payload)
        # Classes check no types of their own: what cannot be read back must not get on record.
        codec.decode(text)
    except (msgspec.ValidationError, TypeError, ValueError, _Unknown) as error:
        _refuse(type_, error)
    return text.decode(), type_.version


def keys_of(type_: InteractionType) -> tuple[str, ...]:
    """The keys of a type's payload, in their order; none where it says what it likes, or nothing."""
    return tuple(codec_of(type_.payload).keys) if type_.payload else ()


def decode_payload(type_: InteractionType | None, text: str, version: int) -> Any:
    """What was recorded as `text` in `version`: the type's class, or a mapping.

    A mapping is what is left where the type is unknown (`None`), was written by a newer version, or does not
    fit its class any more: reading a record never fails because of what a plugin expects. Raises `Invalid`
    where the text is no JSON object at all.
    """
    if type_ is None or type_.payload is None:
        return _mapping(text)
    codec = codec_of(type_.payload)
    try:
        if version == type_.version:
            return codec.decode(text)
        return codec.convert(_upcast(type_, _mapping(text), version))
    except (msgspec.DecodeError, msgspec.ValidationError, _NoWay):
        return _mapping(text)


@frozen
class Codec:
    """How payloads of one class become JSON and back; `empty` is what `{}` stands for, if anything."""

    cls: type[Any]
    is_mapping: bool
    encode: Callable[[Any], bytes]
    decode: Callable[[str | bytes], Any]
    empty: Any
    keys: Set[str]
    parts: tuple[tuple[str, type[Any], bool], ...]
    money: frozenset[str]

    def convert(self, data: Mapping[str, Any]) -> Any:
        """A payload out of a mapping whose keys are known."""
        return msgspec.convert(data, self.cls, strict=False)

    def from_mapping(self, payload: Any) -> Any:
        """A payload out of what a caller gave; unknown keys are refused at every depth."""
        if not isinstance(payload, Mapping):
            raise TypeError(f"Expected `{self.cls.__name__}` or a mapping, got `{type(payload).__name__}`")
        self.check_keys(payload, "")
        if self.money:
            payload = {
                key: _readable(value) if key in self.money else value for key, value in payload.items()
            }
        return self.convert(payload)

    def check_keys(self, data: Any, path: str) -> None:
        """Refuse keys that the class does not have, here and in what it is made of."""
        if not isinstance(data, Mapping):
            return
        if not self.keys >= data.keys():
            raise _Unknown(_unknown(min(data.keys() - self.keys, key=str), self.keys, path))
        for key, inner, many in self.parts:
            value = data.get(key)
            values = value if many and isinstance(value, list | tuple) else (value,)
            for position, each in enumerate(values):
                codec_of(inner).check_keys(each, f"{path}{key}[{position}]." if many else f"{path}{key}.")


def codec_of(cls: type[Any]) -> Codec:
    """The codec of a payload class, built once. Raises TypeError where JSON cannot hold it."""
    payload_class: Any = cls
    return _built(payload_class)


@lru_cache(maxsize=_CLASSES)
def _built(cls: Any) -> Codec:
    is_mapping = is_typeddict(cls)
    if not is_mapping and not has(cls):
        raise TypeError(f"{cls.__name__} is neither an attrs class nor a TypedDict")
    decode = msgspec.json.Decoder(cls).decode
    try:
        empty = decode(EMPTY)
    except msgspec.ValidationError:
        empty = None
    hints = _hints(cls)
    parts = tuple((key, inner, many) for key in hints for inner, many in _classes_in(hints[key]))
    money = frozenset(key for key in hints if hints[key] is Money)
    return Codec(
        cls, is_mapping, msgspec.json.Encoder(enc_hook=kept).encode, decode, empty, hints.keys(), parts, money
    )


class _Unknown(Exception):
    """A key that the class does not have."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class _NoWay(Exception):
    """No upcaster leads from the stored version to the present one."""


def _free(type_: InteractionType, payload: Any) -> str:
    if payload is None:
        return EMPTY
    try:
        if not isinstance(payload, Mapping):
            raise TypeError(f"Expected a mapping, got `{type(payload).__name__}`")
        return msgspec.json.encode(dict(payload), enc_hook=kept).decode()
    except (TypeError, ValueError) as error:
        _refuse(type_, error)


def _mapping(text: str) -> dict[str, Any]:
    try:
        data = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise Invalid(
            phrase("A payload on record is not JSON: {error}", error=error), hint="Run: crm db check"
        ) from error
    if not isinstance(data, dict):
        raise Invalid("A payload on record is not a JSON object", hint="Run: crm db check")
    return data


def _upcast(type_: InteractionType, data: dict[str, Any], version: int) -> dict[str, Any]:
    while version < type_.version:
        step = type_.upcasters.get(version)
        if step is None:
            raise _NoWay
        data, version = step(data), version + 1
    if version > type_.version:
        raise _NoWay
    return data


def _hints(cls: Any) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return hints if is_typeddict(cls) else {a.name: hints[a.name] for a in fields(cls)}


def _unknown(key: Any, keys: Set[str], path: str) -> str:
    meant = nearest(str(key), keys)
    if meant:
        return phrase("`{key}` is not a key of it; did you mean `{meant}`?", key=f"{path}{key}", meant=meant)
    return phrase("`{key}` is not a key of it", key=f"{path}{key}")


def _classes_in(hint: Any, *, many: bool = False) -> list[tuple[Any, bool]]:
    """The payload classes that a key's type mentions, each with whether it holds many of them."""
    origin = get_origin(hint)
    if origin in (list, tuple, set, frozenset):
        return [found for part in get_args(hint) for found in _classes_in(part, many=True)]
    if origin in (Union, UnionType):
        return [found for part in get_args(hint) for found in _classes_in(part, many=many)]
    return [(hint, many)] if isinstance(hint, type) and (has(hint) or is_typeddict(hint)) else []


def _readable(value: Any) -> Any:
    """`"12.50 EUR"` does for money."""
    if isinstance(value, str):
        amount, _, currency = value.strip().rpartition(" ")
        if not amount:
            raise Invalid(
                phrase("{value} is no amount with its currency, such as 12.50 EUR", value=quoted(value))
            )
        return Money.of(amount, currency)
    return value


def _refuse(type_: InteractionType, error: Exception) -> NoReturn:
    names = ", ".join(keys_of(type_))
    reason = getattr(error, "message", error)
    raise Invalid(
        phrase(
            'The payload of the interaction type "{type}" does not fit: {reason}',
            type=type_.name,
            reason=reason,
        ),
        hint=phrase("Its keys: {names}", names=names) if names else "",
        type=type_.name,
    ) from error
