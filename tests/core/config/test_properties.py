"""Laws over random configurations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit.core.config import load, show
from crmkit.core.errors import ConfigError

NAMES = st.from_regex(r"x[a-z0-9_]{0,8}", fullmatch=True)
TEXTS = st.sampled_from(['"text"', "'it\\s'", '"""two\nlines"""', "'''[not.a.table]\nkey = 1'''"])
CHOICES = st.sampled_from(['["rye", "wheat"]', "[\n  'rye', # dark\n  'wheat',\n]"])
BOOLS = st.sampled_from(["true", "false"])

FIELD = {"label": TEXTS, "doc": TEXTS, "required": BOOLS, "personal": BOOLS, "indexed": BOOLS}
CRS = {
    "currency": st.sampled_from(['"PLN"', '"EUR"']),
    "timezone": st.sampled_from(['"Europe/Warsaw"', '"UTC"']),
    "locale": st.sampled_from(['"pl"', '"pt_BR"']),
    "plugins": st.just('["operational",\n  "email"]'),
    "database": st.just('"shop.db"'),
}


@frozen
class Entry:
    """A header (no value), a key with its value, or a line that means nothing."""

    table: str = ""
    key: str = ""
    value: str = ""

    def text(self) -> str:
        return f"{self.key} = {self.value}" if self.key else f"[{self.table}]" if self.table else "# nothing"


def table(
    name: str, required: dict[str, str], optional: dict[str, st.SearchStrategy[str]]
) -> st.SearchStrategy[list[Entry]]:
    """A table with its required keys and any of the optional ones, in any order."""
    extra = st.fixed_dictionaries({}, optional=optional)
    keys = extra.flatmap(lambda given: st.permutations([*required.items(), *given.items()]))
    return keys.map(lambda items: [Entry(name), *(Entry(name, key, value) for key, value in items), Entry()])


def field(name: str) -> st.SearchStrategy[list[Entry]]:
    """`[fields.NAME]` of any type."""
    plain = st.sampled_from(["text", "money", "date", "datetime", "bool", "reference"]).flatmap(
        lambda kind: table(f"fields.{name}", {"type": f'"{kind}"'}, FIELD)
    )
    choosing = CHOICES.flatmap(
        lambda choices: table(
            f"fields.{name}", {"type": "'choice'", "choices": choices, "default": "'rye'"}, FIELD
        )
    )
    number = table(f"fields.{name}", {"type": '"number"', "decimals": "2", "default": "1.25"}, FIELD)
    return plain | choosing | number


def interaction(name: str) -> st.SearchStrategy[list[Entry]]:
    """`[interactions.NAME]`."""
    version = st.integers(1, 9).map(str)
    return table(
        f"interactions.{name}", {}, {"label": TEXTS, "doc": TEXTS, "amount": BOOLS, "version": version}
    )


def purpose(name: str) -> st.SearchStrategy[list[Entry]]:
    """`[purposes.NAME]`."""
    return table(f"purposes.{name}", {"type": '"marketing"'}, {"wording": TEXTS})


def role(name: str) -> st.SearchStrategy[list[Entry]]:
    """`[roles.NAME]`."""
    return table(f"roles.{name}", {}, {"permissions": st.just('["a",\n"b"]'), "sees": st.just('"own"')})


def several(one: Callable[[str], st.SearchStrategy[list[Entry]]]) -> st.SearchStrategy[list[list[Entry]]]:
    """Up to three tables of one kind, each with its own name."""
    names = st.lists(NAMES, max_size=3, unique=True)
    return names.flatmap(lambda chosen: st.tuples(*map(one, chosen)).map(list))


@st.composite
def configurations(draw: st.DrawFn) -> list[Entry]:
    """A valid configuration, its tables in any order."""
    tables = [draw(table("crs", {"name": '"x"'}, CRS))]
    for kind in (field, interaction, purpose, role):
        tables += draw(several(kind))
    tables.append(draw(table("matching", {}, {"keys": st.just('["email"]')})))
    tables.append(draw(table("people", {}, {"default_actor": st.just('"ann"')})))
    return [entry for each in draw(st.permutations(tables)) for entry in each]


def rendered(entries: list[Entry]) -> Iterator[tuple[Entry, int]]:
    """Each entry with the line it begins on."""
    line = 1
    for entry in entries:
        yield entry, line
        line += entry.text().count("\n") + 1


def written(path: Path, entries: list[Entry]) -> Path:
    """The path, with the entries in the file."""
    path.write_text("\n".join(entry.text() for entry in entries) + "\n", encoding="utf-8")
    return path


@settings(deadline=None, max_examples=40)
@given(entries=configurations())
def test_a_valid_configuration_loads_and_shows_itself(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]
) -> None:
    """What `show` prints of a configuration without secrets loads to an equal one."""
    directory = tmp_path_factory.mktemp("valid")
    config = load(written(directory / "crm.toml", entries))
    shown = directory / "shown.toml"
    shown.write_text(show(config), encoding="utf-8")
    again = load(shown)
    assert evolve(again, path=config.path, files=config.files) == config


@settings(deadline=None, max_examples=60)
@given(
    entries=configurations(),
    data=st.data(),
    mutation=st.sampled_from(["misspelled", "a table", "an array", "twice", "without value"]),
    included=st.booleans(),
)
def test_every_mutation_of_one_key_is_one_problem_in_its_line(
    tmp_path_factory: pytest.TempPathFactory,
    entries: list[Entry],
    data: st.DataObject,
    mutation: str,
    included: bool,
) -> None:
    """Also in an included file, one wrong key makes one problem, in the line where the key stands."""
    at = data.draw(st.sampled_from([at for at, entry in enumerate(entries) if entry.key]))
    mutated, line = mutate(entries, at, mutation)
    directory = tmp_path_factory.mktemp("mutated")
    path = written(directory / ("part.toml" if included else "crm.toml"), mutated)
    if included:
        (directory / "crm.toml").write_text("include = ['part.toml']\n")
    with pytest.raises(ConfigError) as caught:
        load(directory / "crm.toml")
    (problem,) = caught.value.details["problems"]
    assert (problem["file"], problem["line"]) == (str(path), line)


def mutate(entries: list[Entry], at: int, mutation: str) -> tuple[list[Entry], int]:
    """The entries with one key made wrong, and the line of the problem."""
    entry = entries[at]
    changed = {
        "misspelled": [evolve(entry, key=entry.key + entry.key[-1])],
        "a table": [evolve(entry, value="{ a = 1 }")],
        "an array": [evolve(entry, value="[[1]]")],
        "twice": [entry, entry],
        "without value": [evolve(entry, value="")],
    }[mutation]
    mutated = entries[:at] + changed + entries[at + 1 :]
    lines = [line for _, line in rendered(mutated)]
    return mutated, lines[at + len(changed) - 1]
