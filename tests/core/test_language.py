"""Texts in the language of whoever is spoken to."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from crmkit.core.language import (
    _,
    laid_out,
    language_of,
    ngettext,
    speak_english,
    speaking,
    spoken,
    translated,
)


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("pl", "pl"),
        ("pl_PL.UTF-8", "pl"),
        ("ur-PK", "ur"),
        ("C.UTF-8", "en"),
        ("de_DE", "en"),
        ("../x", "en"),
    ],
)
def test_a_locale_has_a_language_or_english(locale: str, language: str) -> None:
    """Whatever the system calls a language; English where there is no catalogue."""
    assert language_of(locale) == language


def test_a_text_is_said_in_the_language_spoken_and_else_as_it_is() -> None:
    """Inside of `speaking` only, and what no catalogue has stays as it was written."""
    with speaking("pl_PL"):
        assert (spoken(), _("Customers"), _("Rye of {day}", day="today")) == ("pl", "Klienci", "Rye of today")
        with speaking("en"):
            assert _("Customers") == "Customers"
        speak_english()
        assert _("Customers") == "Customers"
    assert (spoken(), _("Customers")) == ("en", "Customers")


def test_polish_counts_as_poles_do() -> None:
    """One, few and many, as CLDR has them: 22 as 2, 25 as 5."""
    with speaking("pl"):
        said = [ngettext("{count} customer", "{count} customers", count) for count in (1, 2, 5, 12, 22, 25)]
    assert said == ["1 klient", "2 klienci", "5 klientów", "12 klientów", "22 klienci", "25 klientów"]
    assert ngettext("{count} customer", "{count} customers", 2) == "2 customers"


def test_latin_parts_of_urdu_keep_their_order() -> None:
    """Each is between FSI and PDI, with its signs; a full stop, a lone number and other languages are not."""
    text = "گاہک 7 کو --map A=B (x) دیں، CRM (crm log)."
    with speaking("ur"):
        assert laid_out(text) == "گاہک 7 کو \u2068--map A=B (x)\u2069 دیں، \u2068CRM (crm log)\u2069."
        assert laid_out("crm log 7") == "crm log 7"
        assert (
            laid_out("rye: 32 افراد, 72 کے 1, 14 (3 بار)") == "\u2068rye\u2069: 32 افراد، 72 کے 1, 14 (3 بار)"
        )
        assert laid_out("استعمال: crm log [ARGS]...") == "استعمال: \u2068crm log [ARGS]...\u2069"
    assert laid_out(text) == text


def test_a_plugin_brings_a_catalogue_of_its_own(tmp_path: Path) -> None:
    """Its texts are found there, and crmkit's are not covered by it."""
    catalogue = Catalog(locale="pl")
    catalogue.add("Stamp card", "Karta z pieczątkami")
    catalogue.add("Customers", "Kupujący")
    folder = tmp_path / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "stamps.mo").open("wb") as stream:
        write_mo(stream, catalogue)
    with speaking("pl", lambda: [("stamps", tmp_path)]):
        assert _("Stamp card") == "Karta z pieczątkami"
        assert (_("Customers"), translated("Customers", "stamps")) == ("Klienci", "Kupujący")


def test_numbers_and_commas_of_an_urdu_sentence_are_its_own() -> None:
    """What is counted after a Latin name stands outside of it; the dots of `[ARGS]...` stay with them."""
    with speaking("ur"):
        assert laid_out("rye: 32 افراد, 14 بار") == "\u2068rye\u2069: 32 افراد، 14 بار"
        assert laid_out("72 کے 1, 14 (3 بار)") == "72 کے 1, 14 (3 بار)"
        assert laid_out('سطر 2: "rye"') == 'سطر 2: \u2068"rye"\u2069'
        assert laid_out("استعمال: crm log [ARGS]...") == "استعمال: \u2068crm log [ARGS]...\u2069"


def test_colours_of_an_urdu_line_are_left_alone() -> None:
    """What a terminal is told stands in one piece, before the part that keeps its order."""
    with speaking("ur"):
        assert laid_out("\x1b[32m✓\x1b[0m rye شروع") == "\x1b[32m✓\x1b[0m \u2068rye\u2069 شروع"
