"""A plugin says that its words and settings will go: who uses one is told where, and each works as before."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft, DeprecatedUse
from crmkit.testing import run_crm
from crmkit.testing.contract.grading import Grade, graded
from crmkit.testing.contract.rules import RULES
from crmkit.testing.contract.subject import examined
from crmkit.testing.opening import open_crm

STAMPS = '''
"""Stamp cards."""
import sqlalchemy as sa
from attrs import evolve, field, frozen
from crmkit.plugin import (
    Action, Channel, Deprecated, Field, Goal, IdentityScheme, InteractionType, Metric, RecordType, Segment,
    Trait, hookimpl,
)

OLD = Deprecated(since="0.4", instead="stamps_new", until="0.6")


@frozen
class Level:
    points: int = field(
        default=1, metadata={"doc": "Old", "deprecated": Deprecated(since="0.4", instead="worth")}
    )
    worth: int = field(default=1, metadata={"doc": "New"})


@frozen
class Till:
    port: int = field(
        default=1, metadata={"doc": "Old", "deprecated": Deprecated(since="0.4", instead="url")}
    )
    url: str = field(default="", metadata={"doc": "New"})


@frozen
class Settings:
    till: Till | None = field(default=None, metadata={"doc": "The till"})
    full: int = field(
        default=10, metadata={"doc": "Old", "deprecated": Deprecated(since="0.4", instead="ten")}
    )
    ten: int = field(default=10, metadata={"doc": "New"})
    levels: dict[str, Level] = field(factory=dict, metadata={"doc": "By name"})


@frozen
class What:
    what: str


def nobody(as_of, tables):
    return sa.select(tables.customer.c.id.label("customer_id"), sa.literal(1).label("value"))


def counted(question):
    return sa.select(sa.literal(1).label("numerator"))


@hookimpl
def crmkit_register_customer_words():
    yield Field(name="size", type="number", doc="Size of the card", deprecated=OLD)
    yield Field(name="paper", type="choice", doc="Paper", choices=("white", "brown"))
    yield IdentityScheme(name="till", doc="Number at the till", deprecated=OLD)
    kind = Field(name="kind", type="text", doc="Kind")
    yield RecordType(name="card", doc="A card", deprecated=OLD, fields=(kind,))
    yield RecordType(name="book", doc="A book", fields=(
        kind, evolve(kind, name="old", deprecated=evolve(OLD, instead="kind")),
    ))


@hookimpl
def crmkit_register_interaction_words():
    yield InteractionType(name="redeemed", doc="Redeemed", deprecated=OLD)
    yield Channel(name="pigeon", doc="By pigeon", contact_kind="email", deprecated=OLD)


@hookimpl
def crmkit_register_strategy_words():
    yield Trait(name="stamped", type="number", doc="Stamps", select=nobody, deprecated=OLD)
    yield Trait(name="stamps_new", type="number", doc="Stamps", select=nobody)
    yield Segment(name="full", doc="Full", who="stamped > 9", deprecated=OLD)
    yield Metric(name="filled", doc="Filled", unit="count", compute=counted, deprecated=OLD)
    yield Goal(name="more", doc="More", metric="filled", target="3", deprecated=OLD)
    yield Action(name="stamp", doc="Stamps", params=What, perform=lambda items, crm, tx: None,
                 says=lambda params: params.what, shorthand="stamp", deprecated=OLD)
'''
COUNTING = '''
"""Counts stamps of another plugin."""
from crmkit.plugin import Segment, hookimpl

@hookimpl
def crmkit_register_strategy_words():
    yield Segment(name="collectors", doc="They collect", who="stamps.stamped > 3")

@hookimpl
def crmkit_extend_profile(customers, crm):
    return [] if crm.words.traits.get("stamps.stamped") else None
'''
TOML = """
[plugins.stamps]
full = 12
[plugins.stamps.till]
port = 7
[segments]
big = "size > 3"
many = "stamped > 3 and in(full)"
readers = "count(stamps.book where old = 'x') > 0"
[views.all]
where = "count(redeemed) > 0"
columns = ["name", "stamped"]
order = "stamped:desc"
[goals.fill]
metric = "filled"
target = "5"
[rules.thank]
on = "redeemed"
who = "exists(stamps.card where kind = 'x')"
stamp = "One"
goal = "stamps.more"
[retention]
"stamps.redeemed" = "1 year"
[imports.till]
map = { "Number" = "identity:till", "Size" = "field:size" }
"""
# Each line with a use, and what is used there.
LINES = {
    "full = 12": ["plugins.stamps.full"],
    "port = 7": ["plugins.stamps.till.port"],
    'big = "size > 3"': ["the field stamps.size"],
    "many = \"stamped > 3 and in(full)\"": ["the segment stamps.full", "the trait stamps.stamped"],
    "readers = \"count(stamps.book where old = 'x') > 0\"": ["the record field stamps.book.old"],
    'where = "count(redeemed) > 0"': ["the interaction type stamps.redeemed"],
    'columns = ["name", "stamped"]': ["the trait stamps.stamped"],
    'order = "stamped:desc"': ["the trait stamps.stamped"],
    "[goals.fill]": ["the metric stamps.filled"],
    'on = "redeemed"': ["the interaction type stamps.redeemed"],
    "who = \"exists(stamps.card where kind = 'x')\"": ["the record type stamps.card"],
    'stamp = "One"': ["the action stamps.stamp"],
    'goal = "stamps.more"': ["the goal stamps.more"],
    '"stamps.redeemed" = "1 year"': ["the interaction type stamps.redeemed"],
    'map = { "Number" = "identity:till", "Size" = "field:size" }': [
        "the field stamps.size", "the identity scheme stamps.till",
    ],
}  # fmt: skip


def plugin(folder: Path, name: str, source: str, more: str = "") -> Path:
    """Write a plugin of one file; its module."""
    (folder / "plugins").mkdir(exist_ok=True)
    file = folder / "plugins" / f"{name}.py"
    file.write_text(source)
    file.with_suffix(".toml").write_text(f'name = "{name}"\ntitle = "{name}"\ndoc = "A test"\n{more}')
    return file


CAMPAIGN = 'at = 2030-01-01 10:00\nwho = "stamped > 1"\ntag = "asked"\n'
JOURNEY = """on = "redeemed"
where = "amount is null"
goal = "in(full)"
[[steps]]
id = "look"
branch = "size > 3"
yes = "tag"
[[steps]]
id = "tag"
tag = "asked"
"""
LETTER = "Subject: Your {{ customer['stamps.size'] }}\n\nDear {{ customer.name }}!"
# Each place with a use outside of crm.toml, and what is used there.
ELSEWHERE = {
    "campaigns/spring.toml:2": "the trait stamps.stamped",
    "journeys/cards.toml:1": "the interaction type stamps.redeemed",
    "journeys/cards.toml:3": "the segment stamps.full",
    "journeys/cards.toml:6": "the field stamps.size",
    "templates/letter": "the field stamps.size",
}


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A business that uses, with another plugin, what the plugin stamps deprecates."""
    folder = tmp_path_factory.mktemp("stamps")
    plugin(folder, "stamps", STAMPS, 'settings = "stamps:Settings"\n')
    plugin(folder, "counting", COUNTING, 'requires = ["stamps"]\n')
    with open_crm(folder, TOML, plugins=["stamps", "counting"]):
        return folder


def test_the_business_is_told_where(business: Path) -> None:
    """`crm check` notes each place in the file, and what other plugins use; none of it fails the check."""
    answer = run_crm("--config", business, "check", "--json")
    assert answer.status == 0, answer.stdout
    notes = [each["message"] for each in answer.json["findings"] if "deprecated" in each["message"]]
    lines = (business / "crm.toml").read_text().splitlines()
    found: dict[str, list[str]] = {}
    for note in notes:
        place, uses, rest = note.partition(": uses ")
        if uses:
            line = lines[int(place.removeprefix("crm.toml:")) - 1]
            found.setdefault(line, []).append(rest.partition(", which is deprecated since stamps 0.4")[0])
    assert {line: sorted(words) for line, words in found.items()} == LINES
    others = [note for note in notes if note.startswith("Plugin")]
    ends = "which is deprecated since stamps 0.4 and gone in 0.6"
    assert others == [f'Plugin "counting" local uses the trait stamps.stamped, {ends}']


def test_what_stands_beside_the_file_is_told_too(tmp_path: Path) -> None:
    """Conditions of campaigns and of journeys with their line, templates by their file and in rules."""
    plugin(tmp_path, "stamps", STAMPS, 'settings = "stamps:Settings"\n')
    for folder, file, text in (
        ("campaigns", "spring.toml", CAMPAIGN),
        ("journeys", "cards.toml", JOURNEY),
        ("templates", "letter.txt", LETTER),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file).write_text(text)
    rule = '[rules.note]\nrun = "daily"\nnote = "{{ customer[\'stamps.size\'] }}"\n'
    with open_crm(tmp_path, rule, plugins=["stamps", "operational", "campaign"]) as crm:
        answer = run_crm("--config", crm.config.path, "check", "--json")
    notes = [each["message"].partition(", which")[0] for each in answer.json["findings"]
             if "deprecated since stamps" in each["message"]]  # fmt: skip
    found = dict(note.split(": uses ") for note in notes)
    (line,) = found.keys() - ELSEWHERE.keys()
    assert (
        crm.config.path.read_text()
        .splitlines()[int(line.removeprefix("crm.toml:")) - 1]
        .startswith(("note", "[rules.note]"))
    )
    assert found == ELSEWHERE | {line: "the field stamps.size"}
    assert answer.status == 0


def test_the_doctor_names_the_plugin(business: Path) -> None:
    """Which plugin of theirs uses it is told to operators by `crm doctor` too, once."""
    answer = run_crm("--config", business, "doctor", "--json")
    assert answer.status == 0
    said = [each for each in answer.json["findings"] if "stamps.stamped" in each["message"]]
    assert [each["level"] for each in said] == ["note"]
    assert "can use stamps_new" in said[0]["hint"]


def test_words_say_it(business: Path) -> None:
    """`crm words` has what to use in a column; a list without such words has no such column."""
    (old,) = (each for each in run_crm("--config", business, "words", "metrics", "--json").json
              if each["owner"] == "stamps")  # fmt: skip
    assert (old["deprecated"], old["instead"], old["until"]) == ("0.4", "stamps_new", "0.6")
    assert "Deprecated: use" in run_crm("--config", business, "words", "traits").stdout
    assert "Deprecated" not in run_crm("--config", business, "words", "purposes").stdout


def grade(number: str, name: str, folder: Path, file: Path) -> Grade:
    """How a plugin of one file stands with a rule."""
    rule = next(each for each in RULES if each.number == number)
    return graded(rule, examined(name, folder / "checked", local=file))


def test_the_check_of_a_plugin_that_deprecates(tmp_path: Path) -> None:
    """What is deprecated in favour of nothing is to do under CK02; a field of a record and a key of a table
    below the section are something."""
    toml = 'settings = "stamps:Settings"\n'
    assert grade("CK02", "stamps", tmp_path, plugin(tmp_path, "stamps", STAMPS, toml)).faults == ()
    source = STAMPS.replace('instead="stamps_new"', 'instead="stamp_new"').replace(
        'instead="ten"', 'instead="tn"'
    )
    faults = grade("CK02", "stamps", tmp_path, plugin(tmp_path, "stamps", source, toml)).faults
    assert 'stamps.stamped is deprecated in favour of "stamp_new", which is not there' in faults
    assert '[plugins.stamps.full] is deprecated in favour of "tn", which is not there' in faults


def test_the_check_of_a_plugin_that_uses_it(business: Path) -> None:
    """Its author finds each place under CK07: in code, and in what its words say."""
    faults = grade("CK07", "counting", business, business / "plugins" / "counting.py").faults
    ends = "which is deprecated since stamps 0.4 and gone in 0.6; use stamps_new"
    assert faults == tuple(
        f"{place} uses the trait stamps.stamped, {ends}"
        for place in ("counting.collectors", "counting.py:11")
    )


def test_a_word_that_should_be_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the version that was said to be without it, its author is told to take it out."""
    monkeypatch.setattr("crmkit.core.plugins.discovery.LOCAL_VERSION", "0.6.1")
    file = plugin(tmp_path, "stamps", STAMPS, 'settings = "stamps:Settings"\n')
    faults = grade("CK02", "stamps", tmp_path, file).faults
    assert "stamps.stamped was to be gone in 0.6, and this is 0.6.1; take it out" in faults
    monkeypatch.setattr("crmkit.core.plugins.discovery.LOCAL_VERSION", "0.5.9")
    assert grade("CK02", "stamps", tmp_path, file).faults == ()


@pytest.mark.parametrize("written", ['"0.4"', 'Deprecated(since="", instead="x")'])
def test_a_declaration_that_is_none(tmp_path: Path, written: str) -> None:
    """A plugin that says it otherwise is left out, and named."""
    plugin(tmp_path, "stamps", STAMPS.replace("deprecated=OLD", f"deprecated={written}", 1))
    with open_crm(tmp_path, plugins=["stamps"], strict=False) as crm:
        (failure,) = crm.plugins.failures
    assert "deprecated" in failure.reason


def test_a_program_is_warned_where_it_names_the_word(business: Path) -> None:
    """A program that asks for the trait, and records the contact, is warned in its own lines."""
    with Crm.open(business / "crm.toml") as crm:
        anna = crm.customers.save(CustomerDraft(name="Anna Nowak")).id
        source = "value = crm.trait('stamped', anna)\ncrm.interactions.record(anna, 'redeemed')\n"
        source += "crm.metrics.value('filled')\n"
        with pytest.warns(DeprecatedUse) as told:
            exec(compile(source, "till.py", "exec"), {"__name__": "till", "crm": crm, "anna": anna})
        assert [(each.filename, each.lineno) for each in told] == [("till.py", line) for line in (1, 2, 3)]
        assert str(told[0].message).startswith("The module till uses the trait stamps.stamped, which is")
        assert crm.trait("stamps_new", anna) == 1


def test_a_plugin_may_use_its_own(business: Path) -> None:
    """The plugin that deprecates a word goes on using it, without a warning."""
    with Crm.open(business / "crm.toml") as crm, warnings.catch_warnings():
        warnings.simplefilter("error")
        source = "crm.interactions.list('redeemed'), crm.records.list('card')"
        exec(source, {"__name__": "crmkit_local_stamps_1", "crm": crm})


def test_a_person_is_told_beside_the_answer(business: Path) -> None:
    """Who records a contact of a type that will go reads on stderr what to use; it is recorded as ever."""
    run_crm("--config", business, "customers", "add", "--name", "Jan Wilk")
    answer = run_crm("--config", business, "log", "Jan Wilk", "redeemed")
    assert answer.status == 0
    assert "This uses the interaction type stamps.redeemed, which is deprecated" in answer.stderr
    assert "use stamps_new" in answer.stderr
    assert "deprecated" in run_crm("--config", business, "records", "card", "list").stderr
    assert "deprecated" not in run_crm("--config", business, "records", "book", "list").stderr
