"""What is said of a wrong command line, in the language of whoever wrote it."""

from __future__ import annotations

import re

import pytest

from crmkit.testing import run_crm

_ENGLISH = re.compile(
    r"\b(?:the|and|of|is|not|such|missing|option|argument|value|did|you|how|used)\b", re.IGNORECASE
)
_WRONG = (
    ["custmers"],
    ["customers", "lst"],
    ["words", "--strict"],
    ["find"],
    ["customers", "list", "--limt", "3"],
    ["customers", "list", "--limit"],
    ["customers", "list", "--limit", "x"],
    ["customers", "list", "--limit", "-1"],
    ["customers", "import", "none.csv"],
    ["today", "too", "much"],
    ["plugins", "list", "--json=1"],
    ["rates", "import"],
)  # fmt: skip


@pytest.mark.parametrize("language", ["pl", "ur"])
@pytest.mark.parametrize("words", _WRONG, ids=" ".join)
def test_what_click_says_of_a_misuse_is_translated(language: str, words: list[str]) -> None:
    """Its own sentences too; the words of the command line stay as they were written."""
    answer = run_crm(*words, env={"CRMKIT_LANGUAGE": language})
    assert answer.status == 2, answer.stderr
    prose = re.sub(r"crm [a-z -]+|'[^']*'|\"[^\"]*\"|--?[a-z-]+", "", answer.stderr)
    assert _ENGLISH.findall(prose) == [], answer.stderr
    assert _ENGLISH.search(run_crm(*words).stderr)


def test_programs_are_told_of_a_misuse_in_english() -> None:
    """With --json the message and the hint are English, whoever runs the program."""
    answer = run_crm("find", "--json", env={"CRMKIT_LANGUAGE": "pl"})
    assert "Missing argument 'TEXT...'." in answer.stderr
    assert "How it is used: crm find --help" in answer.stderr


def test_what_crmkit_says_itself_is_translated_with_the_values_in_place() -> None:
    """Both of its lines, what to do as well."""
    answer = run_crm("records", "add", env={"CRMKIT_LANGUAGE": "pl"})
    assert answer.stderr.splitlines()[0].endswith("Najpierw podaj ich rodzaj: crm records TYPE add")
    assert answer.stderr.splitlines()[1].endswith("crm records types")
