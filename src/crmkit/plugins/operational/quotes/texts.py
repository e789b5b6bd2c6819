"""What a quote says in each language that it speaks, and how amounts and days are written there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any, Final

import tomli
from attrs import frozen

from crmkit import Money
from crmkit.plugins.operational.products.exact import plain

LANGUAGES: Final = ("en", "pl", "ur")
_RIGHT_TO_LEFT: Final = frozenset(("ur",))


@frozen
class Texts:
    """One language's texts."""

    language: str
    texts: Mapping[str, Any]

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`."""
        return "rtl" if self.language in _RIGHT_TO_LEFT else "ltr"

    def __getitem__(self, key: str) -> str:
        return str(self.texts[key])

    def day(self, day: date | None) -> str:
        """A day as people write it; empty for None."""
        if day is None:
            return ""
        return self["day"].format(day=day.day, month=self.texts["months"][day.month - 1], year=day.year)

    def money(self, money: Money) -> str:
        """An amount with its currency: `1 234,50 PLN`."""
        return f"{self.amount(money)}\u00a0{money.currency}"

    def amount(self, money: Money) -> str:
        """An amount alone."""
        return self._written(str(money).partition(" ")[0])

    def number(self, number: Decimal) -> str:
        """A quantity."""
        return self._written(plain(number))

    def percent(self, number: Decimal) -> str:
        """A percentage."""
        return f"{self.number(number)}%"

    def _written(self, digits: str) -> str:
        sign = "\u2212" if digits.startswith("-") else ""
        whole, point, part = digits.lstrip("-").partition(".")
        grouped = f"{int(whole):,}".replace(",", self["group"])
        return f"{sign}{grouped}{self['decimal'] if point else ''}{part}"


def texts_in(language: str) -> Texts:
    """The texts of one of `LANGUAGES`."""
    source = files("crmkit.plugins.operational.quotes").joinpath("words", f"{language}.toml")
    return Texts(language, tomli.loads(source.read_text(encoding="utf-8")))


def texts_for(*locales: str | None) -> Texts:
    """The texts for the first of these locales (`pl_PL`, `ur-PK`) whose language there is; else English."""
    spoken = ((each or "").replace("-", "_").partition("_")[0].lower() for each in locales)
    return texts_in(next((language for language in spoken if language in LANGUAGES), LANGUAGES[0]))
