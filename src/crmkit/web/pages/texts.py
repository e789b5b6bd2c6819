"""What the pages say, in each language that crmkit speaks to customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import tomli
from attrs import frozen
from markupsafe import Markup, escape

from crmkit.core.privacy.wordings import FALLBACK, LANGUAGES, direction_of

_FEW: Final = range(2, 5)
_TEENS: Final = range(12, 15)


@frozen
class Texts:
    """One language's texts, by keys such as `unsubscribe.title`."""

    language: str
    texts: Mapping[str, Any]

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`."""
        return direction_of(self.language)

    @property
    def name(self) -> str:
        """What those who speak the language call it."""
        return str(self.texts["layout.name"])

    def say(self, key: str, **values: object) -> Markup:
        """A text with its values in place, each escaped and apart from the direction of what is around it.

        With `count`, the form for that many. Raises `KeyError` for a key that there is not.
        """
        text = self.texts[key]
        if isinstance(text, Mapping):
            text = text[plural(self.language, int(str(values["count"])))]
        return escape(text).format(**{name: _apart(value) for name, value in values.items()})

    def channel(self, name: str) -> str | None:
        """What a channel is called, of those that are the same everywhere."""
        called = self.texts.get(f"channels.{name}")
        return None if called is None else str(called)

    def day(self, iso: str) -> Markup:
        """A date as people write it, from ISO 8601."""
        year, month, day = (int(part) for part in iso[:10].split("-"))
        called = escape(self.texts["layout.months"][month - 1])
        written = self.say("layout.date", day=day, month=called, year=year)
        return Markup('<time datetime="{}">{}</time>').format(iso[:10], written)


def _apart(value: object) -> Markup:
    """A value that keeps its own direction among text of another; numbers need no such thing."""
    if isinstance(value, (int, Markup)):
        return escape(value)
    return Markup("<bdi>{}</bdi>").format(value)


def plural(language: str, count: int) -> str:
    """The form of a text for so many, as Unicode's CLDR calls it: `one`, `few`, `many` or `other`."""
    if count == 1:
        return "one"
    if language != "pl":
        return "other"
    is_few = count % 10 in _FEW and count % 100 not in _TEENS
    return "few" if is_few else "many"


@cache
def texts_in(language: str) -> Texts:
    """The texts of one of `LANGUAGES`."""
    source = files("crmkit.web.pages").joinpath("words", f"{language}.toml")
    return Texts(language, dict(_flat(tomli.loads(source.read_text(encoding="utf-8")))))


def every_language() -> tuple[Texts, ...]:
    """The texts of all languages, in their order."""
    return tuple(texts_in(language) for language in LANGUAGES)


def spoken(locale: str | None) -> str | None:
    """The language of a locale such as `pl_PL` or `ur-PK`, if the pages speak it."""
    language = (locale or "").replace("-", "_").partition("_")[0].lower()
    return language if language in LANGUAGES else None


def best_of(*locales: str | None) -> str:
    """The language of the first of these that the pages speak; English if they speak none."""
    return next((language for each in locales if (language := spoken(each))), FALLBACK)


def _flat(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """`section.key` and the text; what has forms for numbers stays a mapping of these."""
    for section, texts in table.items():
        yield from ((f"{section}.{key}", text) for key, text in texts.items())
