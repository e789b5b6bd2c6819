"""A configuration in several files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit.core.config import load, read_raw
from crmkit.core.errors import ConfigError

Write = Callable[..., Path]
CRS = '[crs]\nname = "x"\n'


def refusal(path: Path) -> list[str]:
    """The lines of the message that loading ends with."""
    with pytest.raises(ConfigError) as caught:
        load(path)
    return caught.value.message.splitlines()


def test_tables_of_several_files_are_merged_deeply(write: Write) -> None:
    """An included file may add keys to a table of another; patterns match in the order of names."""
    write("[fields.b]\ntype = 'text'\n", "more/b.toml")
    write("[fields.a]\ntype = 'text'\n", "more/a.toml")
    write("include = ['more/*.toml']\n[crs]\ncurrency = 'PLN'\n", "rest.toml")
    config = load(write("include = ['rest.toml', 'none/*.toml']\n" + CRS))
    assert (config.crs.name, config.crs.currency) == ("x", "PLN")
    assert list(config.fields) == ["a", "b"]
    assert [file.name for file in config.files] == ["crm.toml", "rest.toml", "a.toml", "b.toml"]


def test_a_problem_names_the_file_it_is_in(write: Write) -> None:
    """Problems of an included file have its name and line, after those of the main file."""
    write("\n[fields.a]\ntype = 'txt'\n", "sub/fields.toml")
    main, included = refusal(write("include = ['sub/fields.toml']\n[crs]\nname = 1\n"))
    assert main == "crm.toml:3: [crs] name: 1 is not text"
    assert included.startswith('sub/fields.toml:3: [fields.a] type: "txt" is not one of')


def test_a_key_given_twice_names_both_places(write: Write) -> None:
    """Neither file silently wins."""
    write("\n\n[crs]\nname = 'y'\n", "other.toml")
    assert refusal(write("include = ['other.toml']\n" + CRS)) == [
        "other.toml:4: [crs] name: is already given at crm.toml:3"
    ]


def test_a_table_against_a_value_is_a_clash(write: Write) -> None:
    """A key cannot be a table in one file and a value in another."""
    write("[plugins.email.host]\nname = 'y'\n", "other.toml")
    (line,) = refusal(write("include = ['other.toml']\n" + CRS + "[plugins.email]\nhost = 'h'\n"))
    assert line == "other.toml:1: [plugins.email.host]: is already given at crm.toml:5"


def test_a_missing_include_is_told_with_its_line(write: Write) -> None:
    """A plain name must exist; nothing is said about what it might have held."""
    (line,) = refusal(write("include = [\n  'none.toml',\n]\n"))
    assert line.startswith('crm.toml:2: include[0]: "none.toml" does not exist in')


def test_circles_are_refused(write: Write) -> None:
    """A file cannot include what includes it; the circle is spelled out."""
    write("include = ['../crm.toml']\n", "sub/a.toml")
    (line,) = refusal(write("include = ['sub/a.toml']\n" + CRS))
    assert line == (
        "sub/a.toml:1: include[0]: goes round in a circle: crm.toml includes sub/a.toml includes crm.toml"
    )


def test_a_file_reached_twice_is_read_once(write: Write) -> None:
    """A name and a pattern may both match a file; a pattern leaves out the file it stands in."""
    write("[fields.a]\ntype = 'text'\n", "a.toml")
    config = load(write("include = ['a.toml', '*.toml']\n" + CRS))
    assert len(config.files) == 2


@pytest.mark.parametrize("value", ["'a.toml'", "[3]", "['']", "{ a = 1 }", '["a\\u0000"]'])
def test_an_include_that_names_no_file_is_refused(write: Write, value: str) -> None:
    """Anything but an array of names is told with its line."""
    (line,) = refusal(write(f"include = {value}\n{CRS}"))
    assert line.startswith("crm.toml:1: include")


def test_all_unreadable_files_are_listed(write: Write) -> None:
    """Each broken file has its line; problems that only follow from them are not listed."""
    write("a = [\n", "a.toml")
    write("b = \n", "b.toml")
    lines = refusal(write("include = ['a.toml', 'b.toml', 'c.toml']\n"))
    assert [line.split(" ")[0] for line in lines] == ["crm.toml:1:", "a.toml:1:", "b.toml:1:"]


def test_plugins_are_known_without_judging_the_rest(write: Write) -> None:
    """`read_raw` gives the plugins of a configuration that would not load."""
    assert read_raw(write("[crs]\nplugins = ['a', 3]\nnonsense = 1\n")).plugins == ("a",)
    assert read_raw(write("[crs]\nplugins = 'a'\n")).plugins == ()
    assert read_raw(write("crs = 1\n")).plugins == ()
