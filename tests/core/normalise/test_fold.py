"""Folded text is what search compares."""

from __future__ import annotations

import sqlite3
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.normalise import fold, fold_digits

SAMPLES = [
    ("Łucja ŻÓŁĆ", "lucja zolc"),
    ("Straße", "strasse"),
    ("STRASSE", "strasse"),
    ("Ærøskøbing", "aeroskobing"),
    ("Œuvre þing ðað đak", "oeuvre thing dad dak"),
    ("İstanbul ISPARTA ısparta", "istanbul isparta isparta"),
    ("Σίσυφος ΣΊΣΥΦΟΣ", "σισυφοσ σισυφοσ"),
    ("O'Brien-Smith & Co.", "o brien smith co"),
    ("O’Brien", "o brien"),
    ("Oʼbrien", "o brien"),
    ("  a\t\n b ", "a b"),
    ("ﬁne ① ½ ²", "fine 1 1 2 2"),
    ("Ａｎｎａ", "anna"),
    ("e\u0301 \u00e9", "e e"),
    ("a\u200bb\u200dc\u202ed\u00ade", "abcde"),
    ("", ""),
    ("😀 & …", ""),
]
ARABIC_TWINS = [
    ("علي", "علی", "على"),
    ("كريم", "کریم", "ڪريم"),
    ("فاطمة", "فاطمه", "فاطمہ", "فاطمۃ"),
    ("أحمد", "إحمد", "آحمد", "ٱحمد", "احمد"),
    ("مؤمن", "مومن"),
    ("رئيس", "ريىس"),
    ("محمد", "مُحَمَّد", "محـــمد", "مح\u200cمد", "\u202bمحمد\u202c"),
    ("٢٠٢٦", "۲۰۲۶", "2026"),
    ("ﻣﺤﻤﺪ", "محمد"),
]


@pytest.mark.parametrize(("written", "folded"), SAMPLES)
def test_fold(written: str, folded: str) -> None:
    """Case, accents, strokes, width, punctuation and invisible characters do not count in a search."""
    assert fold(written) == folded


@pytest.mark.parametrize("twins", ARABIC_TWINS)
def test_arabic_and_urdu_spellings_meet(twins: tuple[str, ...]) -> None:
    """Names typed on Arabic, Persian and Urdu keyboards find each other."""
    assert len({fold(twin) for twin in twins}) == 1
    assert fold(twins[0])


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    """Folding what is folded changes nothing."""
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_fold_leaves_words_only(text: str) -> None:
    """A fold holds letters, ASCII digits and single spaces, in lower case."""
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert all(c in " 0123456789" or unicodedata.category(c)[0] == "L" for c in folded)
    assert folded.casefold() == folded


@given(st.text())
def test_fold_does_not_mind_composition(text: str) -> None:
    """Composed and decomposed spellings fold alike."""
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == fold(text)


@given(st.text(st.characters(codec="ascii")))
def test_ascii_takes_no_other_turn(text: str) -> None:
    """The short path for ASCII gives what the general one gives."""
    assert fold(text) == fold(text + "\u0301")


def test_every_character_folds_to_a_fixed_point() -> None:
    """No single character of Unicode needs a second folding, and none breaks the fold."""
    for start in range(0, sys.maxunicode + 1, 997):
        text = "".join(map(chr, range(start, min(start + 60, sys.maxunicode + 1))))
        assert fold(fold(text)) == fold(text)


def test_sqlite_splits_a_fold_into_its_words() -> None:
    """SQLite's full-text index sees exactly the words of the fold, in every script."""
    texts = [written for written, _ in SAMPLES] + [twin for twins in ARABIC_TWINS for twin in twins]
    texts += ["किताब घर", "이순신", "山田 太郎", "Дмитрий Їжак", "שָׁלוֹם", "ที่อยู่", "Ñandú", "ガギグ"]
    with sqlite3.connect(":memory:") as connection:
        tokenizer = "unicode61 remove_diacritics 0"
        connection.execute(f"CREATE VIRTUAL TABLE found USING fts5(body, tokenize='{tokenizer}')")
        connection.execute("CREATE VIRTUAL TABLE words USING fts5vocab(found, 'instance')")
        for text in texts:
            connection.execute("DELETE FROM found")
            connection.execute("INSERT INTO found VALUES (?)", (fold(text),))
            words = connection.execute("SELECT term FROM words ORDER BY offset").fetchall()
            assert [word for (word,) in words] == fold(text).split()
    connection.close()


def test_fold_digits() -> None:
    """A phone number is searched by its digits alone, in whatever script they were typed."""
    assert fold_digits("+48 (22) 123-45") == "482212345"
    assert fold_digits("٠٤٢ ۱۲۳") == "042123"
    assert fold_digits("none²") == ""
