"""A text for people that is English, and says itself in another language where somebody reads it.

`phrase("There is no segment {name}", name='"vip"')` is a `str`: what is compared, kept in the database or
written to a file is English, whoever gave the command. `shown` gives the text in the language spoken.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from crmkit.core.language import ENGLISH, Sayable, number, plural, spoken, translated


class Phrase(Sayable):
    """A sentence in English, with what it was made from."""

    __slots__ = ("template", "values")

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, values: dict[str, Any] | None = None) -> Self:
        made = super().__new__(cls, template.format_map(values) if values else template)
        made.template, made.values = template, values or {}
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.template, self.values)

    def shown(self) -> str:
        """The sentence in the language spoken, also the phrases within."""
        return _filled(translated(self.template), self.values)

    def removeprefix(self, prefix: str, /) -> str:
        """The sentence as it is where it does not begin so; what is left of one that does is a plain text."""
        return super().removeprefix(prefix) if self.startswith(prefix) else self


class Counted(Phrase):
    """A sentence about so many."""

    __slots__ = ("many", "one", "times")

    one: str
    many: str
    times: int

    def __new__(cls, one: str, many: str, count: int, values: dict[str, Any]) -> Self:
        made = super().__new__(cls, one if count == 1 else many, {"count": f"{count:,}", **values})
        made.one, made.many, made.times = one, many, count
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.one, self.many, self.times, self.values)

    def of(self, count: int) -> Self:
        """The same sentence about so many."""
        return type(self)(self.one, self.many, count, {**self.values, "count": f"{count:,}"})

    def shown(self) -> str:
        return _filled(plural(self.one, self.many, self.times), {**self.values, "count": number(self.times)})


class _Joined(Phrase):
    """Texts one after the other."""

    __slots__ = ("parts",)

    parts: tuple[str, ...]

    def __new__(cls, separator: str, parts: Iterable[str]) -> Self:
        texts = tuple(parts)
        made = super().__new__(cls, separator.join(texts))
        made.template, made.parts = separator, texts
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.template, self.parts)

    def removeprefix(self, prefix: str, /) -> str:
        """The texts after the first, if that is the prefix: they still say themselves in other languages."""
        first, rest = self.parts[0] if self.parts else "", self.parts[1:]
        if rest and prefix == f"{first}{self.template}":
            return _Joined(self.template, rest)
        return super().removeprefix(prefix)

    def shown(self) -> str:
        return str(_shown(self.template)).join(map(_shown, self.parts))


def phrase(template: str, /, **values: Any) -> Phrase:
    """A sentence with its values in place of `{names}`; a value that is a phrase is translated with it."""
    return Phrase(template, values)


def nphrase(one: str, many: str, count: int, /, **values: Any) -> Counted:
    """The sentence for so many, with `{count}` and the other values in place."""
    return Counted(one, many, count, values)


def as_phrase(text: str) -> Phrase:
    """A text that is no phrase yet as one: a constant that a catalogue may have."""
    return text if isinstance(text, Phrase) else Phrase(text)


def joined(separator: str, texts: Iterable[str]) -> Phrase:
    """Texts one after the other; phrases are translated, also one between them, and data is not."""
    return _Joined(separator, texts)


def kept(value: object) -> str:
    """What encoders write of a phrase, who know plain texts alone. Raises `TypeError` for anything else."""
    if isinstance(value, Phrase):
        return str(value)
    raise TypeError(f"A {type(value).__name__} cannot be written down")


def shown(text: str) -> str:
    """A text in the language spoken: a phrase, or a plain one as a whole that a catalogue has."""
    if spoken() == ENGLISH:
        return str(text)
    return as_phrase(text).shown()


def _shown(value: Any) -> Any:
    return value.shown() if isinstance(value, Phrase) else value


def _filled(template: str, values: dict[str, Any]) -> str:
    if not values:
        return template
    from string import Formatter

    class Filling(Formatter):
        def format_field(self, value: Any, format_spec: str) -> str:
            if format_spec == "," and isinstance(value, int):
                return number(value)
            return str(super().format_field(value, format_spec))

    return Filling().vformat(template, (), {name: _shown(value) for name, value in values.items()})
