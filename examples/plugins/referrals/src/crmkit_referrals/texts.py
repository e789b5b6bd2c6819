"""What the page says, in the languages that crmkit's pages speak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "title": "Your recommendations",
        "thanks": "Thank you for telling others about {business}.",
        "code": "Your code, to pass on: {code}",
        "friends": "Customers who came because of you: {number}",
        "points": "Your points: {number}",
    },
    "pl": {
        "title": "Twoje polecenia",
        "thanks": "Dziękujemy, że polecasz nas innym: {business}.",
        "code": "Twój kod, który możesz przekazać dalej: {code}",
        "friends": "Klienci, którzy przyszli dzięki Tobie: {number}",
        "points": "Twoje punkty: {number}",
    },
    "ur": {
        "title": "آپ کی سفارشات",
        "thanks": "دوسروں کو {business} کے بارے میں بتانے کا شکریہ۔",
        "code": "آپ کا کوڈ جو آپ آگے دے سکتے ہیں: {code}",
        "friends": "آپ کی وجہ سے آنے والے گاہک: {number}",
        "points": "آپ کے پوائنٹس: {number}",
    },
}


def texts_in(language: str) -> Mapping[str, str]:
    """The texts of a language; in English where there are none."""
    return _TEXTS.get(language, _TEXTS["en"])
