"""NDJSON: nested objects as columns, damaged lines as refused rows."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from crmkit.core.errors import Invalid
from crmkit.core.exchange.lists import parted
from crmkit.core.exchange.sources import Row, Table

Read = Callable[..., tuple[Table, list[Row]]]


def test_nested_values_become_columns(read: Read) -> None:
    """Objects are dotted, further objects of a list numbered, a list of texts is one cell; keys may lack."""
    first = {
        "name": "Łucja",
        "address": {"city": "Łódź", "geo": {"lat": 51.7}},
        "phones": [{"number": "1"}, {"number": "2", "kind": "work"}],
        "tags": ["vip", "a;b"],
        "active": True,
        "gone": None,
    }
    table, rows = read(
        f"{json.dumps(first)}\n\n{json.dumps({'name': 'Jan', 'tags': ['x'], 'born': '1990'})}\n"
    )
    assert table.headers == (
        "name", "address.city", "address.geo.lat", "phones.number", "phones 2.number", "phones 2.kind",
        "tags", "active", "gone", "born",
    )  # fmt: skip
    assert rows[0].cells == ["Łucja", "Łódź", "51.7", "1", "2", "work", 'vip;"a;b"', "true", "", ""]
    assert parted(rows[0].cells[6]) == ["vip", "a;b"]
    assert rows[1] == Row(3, ["Jan", "", "", "", "", "", "x", "", "", "1990"], None)
    assert (table.format, table.taken_for) == ("ndjson", "NDJSON in UTF-8")


def test_numbers_keep_their_digits(read: Read) -> None:
    """A number is the text that it was written as, however long."""
    long = "9" * 10_000
    _, rows = read(f'{{"a":{long},"b":1.50,"c":1e999,"d":-0}}\n')
    assert rows[0].cells == [long, "1.50", "1e999", "-0"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"name":"B","name":"C"}', 'The key "name" is there twice'),
        ('{"a":{"b":1,"b":2}}', 'The key "b" is there twice'),
        ('{"a.b":1,"a":{"b":2}}', 'Two values are called "a.b"'),
        ("[1]", "no JSON object"),
        ('"text"', "no JSON object"),
        ('{"a":NaN}', "NaN is no number"),
        ('{"a":1', "no JSON: a comma is missing (at character 7)"),
        ('{"a":"\t"}', "no JSON: a text has a control character"),
        ('{"a":' + "[" * 100_000, "nested deeper than 16"),
        ('{"a":' * 20 + "1" + "}" * 20, "nested deeper than 16"),
        ('{"a":"\\ud800"}', "half a character"),
        ('{"a":"x\\u0000"}', "NUL"),
        ('{"a":"' + "x" * (5 << 20) + '"}', "longer than 4 MB"),
        (b'{"a":"z\xb3a"}', "not UTF-8: it has the byte 0xB3"),
        ("name,email", "no JSON"),
    ],
)
def test_a_damaged_line_costs_itself(read: Read, line: str | bytes, says: str) -> None:
    """Each kind of damage is a refused row with its line; the lines around it are read."""
    octets = line if isinstance(line, bytes) else line.encode()
    _, rows = read('{"a":"ł"}\n'.encode() + octets + b'\n{"a":"2"}\n', "people.ndjson")
    assert [row.line for row in rows] == [1, 2, 3]
    assert [row.cells for row in rows] == [["ł"], [], ["2"]]
    assert says in str(rows[1].reason)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[{"name":"A"}]', "one list"),
        ('{\n  "name": "A"\n}\n', "over several lines"),
        ("", "no object"),
        ('{"a":\n{"b"\n', "line 1: The line is no JSON"),
        ("{}\n{}\n", "no object"),
    ],
)
def test_other_json_says_what_to_do(read: Read, content: str, says: str) -> None:
    """A list, an object over several lines, nothing at all: refused, with the command that helps."""
    with pytest.raises(Invalid, match=says) as caught:
        read(content, "people.json")
    assert "jq -c" in caught.value.hint


def test_keys_that_are_values(read: Read) -> None:
    """Thousands of keys are data, not columns; where they are is said."""
    lines = "".join(f'{{"orders":{{"o{i}":1}}}}\n' for i in range(5_000))
    with pytest.raises(Invalid, match='"orders" alone has'):
        read(lines)


def test_other_encodings(read: Read) -> None:
    """UTF-16 is read, with and without a mark."""
    for encoding in ("utf-16", "utf-16-le", "utf-8-sig"):
        assert read('{"imię":"Łucja"}\n'.encode(encoding))[1] == [Row(1, ["Łucja"], None)]


def test_the_format_by_hand(read: Read) -> None:
    """What looks like JSON may be meant as CSV, and the other way round."""
    table, _ = read("{a},b\n1,2\n", format="csv")
    assert table.headers == ("{a}", "b")
    with pytest.raises(Invalid, match="no object"):
        read("a,b\n1,2\n", format="ndjson")
    with pytest.raises(Invalid, match="csv, ndjson, vcard, xlsx"):
        read("a\nb\n", format="doc")
    with pytest.raises(Invalid, match="no sheets"):
        read("a\nb\n", sheet="2")
