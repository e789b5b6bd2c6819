"""Invented people: names of many languages and scripts, the same ones each time.

Nobody in here is real. Addresses end in example.org and example.com, which are set aside for examples, and
telephone numbers come from ranges set aside for stories.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib.resources import files
from random import Random
from typing import Any, Final

from attrs import evolve, frozen

from crmkit.core.normalise import fold

_SEED: Final = "crmkit demo"
_MUSIC: Final = (
    "jazz",
    "rock",
    "classical",
    "folk",
    "pop",
    "blues",
    "qawwali",
    "hip hop",
    "opera",
    "electronic",
)
_TOPICS: Final = ("new arrivals", "sale", "stories")
# One in so many shares a home, and its address, with the one before.
_COUPLES: Final = 40
_AGREED: Final = 0.15


@frozen(kw_only=True)
class Person:
    """An invented customer; `consent` to offers was given once, and `withdrawn` since."""

    number: int
    name: str
    given_name: str
    family_name: str
    email: str
    phone: str
    city: str
    country: str
    locale: str
    birthday: str
    music: str
    topics: str
    consent: bool
    withdrawn: bool


def invented(count: int, weights: Mapping[str, int] | None = None, seed: str = _SEED) -> Iterator[Person]:
    """Persons 1 to `count`; each is the same, however many follow.

    `weights` says how many come from which locale, such as `{"pl": 8, "uk": 2}`: from all, if nothing is
    said. Another `seed` makes others.
    """
    text = (files("crmkit.data") / "demo" / "people.toml").read_text(encoding="utf-8")
    languages = tomllib.loads(text)["languages"]
    if weights is None:
        weights = {language["locale"]: language["weight"] for language in languages}
    pool = [language for language in languages for _ in range(weights.get(language["locale"], 0))]
    random = Random(seed)  # noqa: S311 - invention, no secret
    language, before = languages[0], None
    for number in range(1, count + 1):
        if before is not None and number % _COUPLES == 0:
            person = evolve(
                _person(language, number, random), email=before.email, phone=before.phone, city=before.city
            )
        else:
            language = random.choice(pool)
            person = _person(language, number, random)
            if not person.email and (number + 1) % _COUPLES == 0:
                person = evolve(person, email=_address(number, "home"))
        yield person
        before = person


def _person(language: Mapping[str, Any], number: int, random: Random) -> Person:
    is_woman = random.random() < 0.53
    given, latin_given = _spelled(random.choice(language["women" if is_woman else "men"]))
    family, latin_family = _spelled(_of_sex(random.choice(language["families"]), is_woman=is_woman))
    consent = random.random() < _AGREED
    return Person(
        number=number,
        name=f"{family}{given}" if language.get("family_first") else f"{given} {family}",
        given_name=given,
        family_name=family,
        email=_address(number, latin_given, latin_family) if random.random() < 0.86 else "",
        phone=_phone(random, language["phones"]) if random.random() < 0.6 else "",
        city=random.choice(language["cities"]) if random.random() < 0.9 else "",
        country=language["country"],
        locale=language["locale"],
        birthday=_birthday(random) if random.random() < 0.3 else "",
        music=random.choice(_MUSIC) if random.random() < 0.4 else "",
        topics="; ".join(sorted(random.sample(_TOPICS, random.randint(1, 2)))) if consent else "",
        consent=consent,
        withdrawn=consent and random.random() < 0.12,
    )


def _spelled(name: str) -> tuple[str, str]:
    """The name, and what an e-mail address makes of it."""
    native, _, latin = name.partition("=")
    return native, fold(latin or native).replace(" ", "")


def _of_sex(family: str, *, is_woman: bool) -> str:
    woman, _, man = family.partition("/")
    return woman if is_woman or not man else man


def _address(number: int, *parts: str) -> str:
    domain = "example.org" if number % 3 else "example.com"
    return f"{'.'.join(parts)}.{number}@{domain}"


def _phone(random: Random, patterns: list[str]) -> str:
    if not patterns:
        return ""
    return "".join(str(random.randint(0, 9)) if char == "X" else char for char in random.choice(patterns))


def _birthday(random: Random) -> str:
    return (date(1930, 1, 1) + timedelta(days=random.randrange(50 * 365))).isoformat()
