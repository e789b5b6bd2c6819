"""Text is stored tidily and shown safely."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.normalise import clean_text, quoted, shown_safely


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("  Anna   Kowalska\t", "Anna Kowalska"),
        ("Anna\r\nKowalska", "Anna Kowalska"),
        ("z\u0307o\u0301\u0142c\u0301", "żółć"),
        ("a\u00a0b\u2028c", "a b c"),
        ("Smith \u200fعلی\u200f", "Smith \u200fعلی\u200f"),
        ("", ""),
        (" ", ""),
    ],
)
def test_single_line_values_are_tidied(written: str, stored: str) -> None:
    """Single-line values are composed and their white space is single spaces; direction marks stay."""
    assert clean_text(written) == stored


def test_lines_are_kept_where_asked_for() -> None:
    """A note keeps its lines and inner spaces; line ends become one kind."""
    assert clean_text(" a  b\r\nc\rd\n", lines=True) == "a  b\nc\nd"
    assert clean_text("a  b", lines=True) == "a  b"


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x1b", "\x1c", "\x7f", "\x9b", "\ud800"])
def test_control_characters_are_refused(char: str) -> None:
    """NUL, control characters and halves of characters are refused, with their place and name."""
    with pytest.raises(Invalid, match=rf"The note .*U\+{ord(char):04X}, at character 3"):
        clean_text(f"ab{char}c", what="note")


@given(st.text(), st.booleans())
def test_cleaning_is_idempotent(text: str, lines: bool) -> None:
    """Clean text is clean: composed, without outer white space, the same when cleaned again."""
    try:
        clean = clean_text(text, lines=lines)
    except Invalid:
        return
    assert clean_text(clean, lines=lines) == clean == clean.strip()
    assert unicodedata.is_normalized("NFC", clean)
    clean.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Anna", "Anna"),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("a\x00b\x07c\x7fd", "a␀b␇c␡d"),
        ("\x9b31m", "<U+009B>31m"),
        ("abc\u202egpj.exe", "abc<RLO>gpj.exe"),
        ("\u2066x\u2069", "<LRI>x<PDI>"),
        ("a\nb\tc", "a␊b␉c"),
        ("a\u2028b", "a<U+2028>b"),
        ("\ud83d", "<U+D83D>"),
        ("x\U000e0041", "x<U+E0041>"),
        ("علی\u200f می\u200cخواهم\u00a0!", "علی\u200f می\u200cخواهم\u00a0!"),
    ],
)
def test_what_could_trick_a_terminal_is_a_visible_mark(text: str, shown: str) -> None:
    """Escapes, controls and reordering marks are made visible; what scripts need stays."""
    assert shown_safely(text) == shown


def test_lines_are_shown_where_asked_for() -> None:
    """A note may keep its lines and tabs on the terminal; a carriage return still cannot overwrite."""
    assert shown_safely("a\n\tb\rc", lines=True) == "a\n\tb␍c"


@given(st.text())
def test_shown_text_is_safe_and_stable(text: str) -> None:
    """Nothing that controls a terminal survives, and showing twice changes nothing."""
    shown = shown_safely(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert shown_safely(shown) == shown


def test_quoted_cuts_and_shields() -> None:
    """A value in a message is quoted, bounded and safe."""
    assert quoted("a\nb") == '"a␊b"'
    assert quoted("x" * 500) == f'"{"x" * 79}…"'
    assert quoted(12) == '"12"'
