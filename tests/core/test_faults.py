"""What is wrong with a text of JSON or CSV, in sentences that the catalogues translate."""

from __future__ import annotations

import csv
import json

import pytest

from crmkit.core.files.faults import csv_fault, json_fault


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{1: 2}", "a key in double quotes is missing"),
        ('{"a" 1}', "a colon is missing"),
        ('{"a": 1', "a comma is missing"),
        ('{"a": }', "a value is missing"),
        ('["a\tb"]', "a text has a control character"),
        (r'["\x"]', "a text has a backslash before what cannot follow it"),
        (r'["\u12"]', "a text has a backslash before what cannot follow it"),
        ('["a', "a text is never closed"),
        ("{} {}", "something follows its end"),
    ],
)
def test_json(text: str, said: str) -> None:
    """Each message of the parser means one of ours."""
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(text)
    assert json_fault(caught.value) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('a,"b', "a quote is opened and never closed"),
        ('"a"b,c\n', "something follows a closing quote"),
        ("a\rb,c\n", "a line ends within a cell that has no quotes"),
        ("x" * (csv.field_size_limit() + 1), "a cell is too long"),
    ],
)
def test_csv(text: str, said: str) -> None:
    """Each message of the parser means one of ours."""
    with pytest.raises(csv.Error) as caught:
        list(csv.reader([text], strict=True))
    assert csv_fault(caught.value) == said
