"""The texts: complete in every language, with the same places for values in each."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from crmkit.core.model.web import Request
from crmkit.core.privacy.wordings import LANGUAGES
from crmkit.testing import open_crm
from crmkit.web.pages.layout import contact_link, language_of
from crmkit.web.pages.masking import masked
from crmkit.web.pages.texts import Texts, every_language, plural, texts_in

FORMS = {"en": {"one", "other"}, "pl": {"one", "few", "many"}, "ur": {"one", "other"}}


def places(text: str) -> set[str]:
    """The names of the values that a text has places for."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def forms_of(text: Any) -> list[str]:
    """Every form of a text."""
    return (
        list(text.values()) if isinstance(text, Mapping) else list(text) if isinstance(text, list) else [text]
    )


def test_every_language_says_everything() -> None:
    """No language lacks a text or has one that no other has, and none is empty."""
    keys = {each.language: set(each.texts) for each in every_language()}

    assert set(keys) == set(LANGUAGES)
    assert all(found == keys["en"] for found in keys.values())
    assert all(
        form.strip() for each in every_language() for text in each.texts.values() for form in forms_of(text)
    )


def test_every_text_is_said_somewhere() -> None:
    """No text stands in the files that no page says; those of channels and questions are put together."""
    folder = Path(str(files("crmkit.web.pages")))
    pages = "".join(
        path.read_text(encoding="utf-8")
        for each in ("*.py", "templates/*.html")
        for path in folder.glob(each)
    )
    unsaid = [key for key in texts_in("en").texts if key not in pages]

    assert [key for key in unsaid if not key.startswith(("channels.", "form."))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_for_values_are_the_same(language: str) -> None:
    """Each text has a place for the values that the English one has, in each of its forms."""
    english, other = texts_in("en").texts, texts_in(language).texts
    for key, text in other.items():
        wanted = [places(form) for form in forms_of(english[key])]
        assert all(places(form) == wanted[0] for form in forms_of(text)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_has_its_form(language: str) -> None:
    """A text with forms for numbers has all that its language needs, and no other."""
    texts = texts_in(language)
    for key, text in texts.texts.items():
        if isinstance(text, Mapping):
            assert set(text) == FORMS[language], key
    assert {plural(language, count) for count in range(200)} == FORMS[language]


@pytest.mark.parametrize(
    ("count", "form"),
    [(1, "one"), (2, "few"), (5, "many"), (12, "many"), (22, "few"), (112, "many"), (0, "many")],
)
def test_polish_numbers(count: int, form: str) -> None:
    """Polish counts 1 zmiana, 2 zmiany, 5 zmian, 12 zmian, 22 zmiany."""
    assert plural("pl", count) == form


def test_values_are_escaped_and_keep_their_direction() -> None:
    """A value is text and nothing else, and a Latin name in an Urdu sentence does not turn it around."""
    said = texts_in("ur").say("preferences.intro", business="<b>Rye</b>")

    assert "<bdi>&lt;b&gt;Rye&lt;/b&gt;</bdi>" in said


@pytest.mark.parametrize(
    ("language", "day"), [("en", "9 May 2026"), ("pl", "9 maja 2026"), ("ur", "9 مئی 2026")]
)
def test_days(language: str, day: str) -> None:
    """A day is written as people write it."""
    assert texts_in(language).day("2026-05-09") == f'<time datetime="2026-05-09">{day}</time>'


def test_a_missing_text_is_an_error() -> None:
    """A key that there is not is found out by whoever writes a page, not by its reader."""
    with pytest.raises(KeyError):
        Texts("en", {}).say("nothing.here")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("anna@example.org", "a•••@example.org"),
        ("a@example.org", "a•••@example.org"),
        ("żaneta@example.org", "ż•••@example.org"),
        ("+48600700842", "•••42"),
        ("+4860", ""),
        ("@example.org", ""),
        ("Rynek 1, Kraków", ""),
        ("", ""),
    ],
)
def test_addresses_are_masked(address: str, shown: str) -> None:
    """An address is known again by whoever has it, and by nobody else."""
    assert masked(address) == shown


@pytest.mark.parametrize(
    ("query", "locale", "browser", "language"),
    [
        ("pl", "ur", ("en",), "pl"),
        ("xx", "ur_PK", ("en",), "ur"),
        ("", "de_DE", ("fr", "pl-PL"), "pl"),
        ("", None, (), "ur"),
    ],
)
def test_the_language_of_a_page(
    tmp_path: Any, query: str, locale: str | None, browser: tuple[str, ...], language: str
) -> None:
    """What was chosen on the page counts first, then the customer's, the browser's and the business's."""
    request = Request(method="GET", path="/", query={"lang": [query]}, languages=browser)
    with open_crm(tmp_path, 'locale = "ur"\n') as crm:
        assert language_of(request, crm, locale) == language


def test_how_the_business_is_reached() -> None:
    """An e-mail address is a link, anything else is text, and neither runs."""
    assert contact_link("hello@rye.example") == (
        '<a href="mailto:hello@rye.example"><bdi>hello@rye.example</bdi></a>'
    )
    assert (
        contact_link('"><b>@x') == '<a href="mailto:&#34;&gt;&lt;b&gt;@x"><bdi>&#34;&gt;&lt;b&gt;@x</bdi></a>'
    )
    assert contact_link("+48 600 700 800") == "<bdi>+48 600 700 800</bdi>"
    assert contact_link(None) is None
