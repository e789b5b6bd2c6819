"""Each check of a plugin finds the fault it is there for, and says what to do."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from crmkit.testing import check_plugin
from crmkit.testing.contract import CHECKS
from crmkit.testing.contract.subject import Subject

HEAD = """
import sqlalchemy as sa
from pathlib import Path
from crmkit.plugin import *
"""
WORDS = """
@hookimpl
def crmkit_register_interaction_words():
    yield InteractionType(name="tasted", doc="Tasted something")
"""
TABLES = """
@hookimpl
def crmkit_register_tables(tables):
    metadata = plugin_metadata()
    sa.Table("subject_seen", metadata, key_column(),
             customer_column("customer_id", tables.customer, erase="delete", nullable=False),
             COLUMNS, info=owned())
    return PluginTables(metadata, Path(MIGRATIONS))
"""
MIGRATION = '''"""Seen."""
import sqlalchemy as sa
from alembic import op
from crmkit.plugin import Text, key_column
revision = "subject_1"
down_revision = None


def upgrade():
    op.create_table(
        "subject_seen",
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("text", Text),
    )
'''
COPY_ALL = """
@hookimpl
def crmkit_after_interactions_recorded(interactions, crm, tx):
    for each in interactions:
        text = each.payload.get("text") if isinstance(each.payload, dict) else None
        tx.execute(sa.insert(crm.plugins.table("subject_seen")).values(
            customer_id=each.customer_id, text=text))
"""
COPY_FIRST = """
@hookimpl
def crmkit_after_interactions_recorded(interactions, crm, tx):
    tx.execute(sa.insert(crm.plugins.table("subject_seen")).values(customer_id=interactions[0].customer_id))
"""
PERSONAL, PLAIN = 'personal("text", Text)', 'sa.Column("text", Text)'


class Author:
    """Somebody who writes a plugin of one file."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "subject.py"
        self.migrations = folder / "migrations"
        self.migrations.mkdir()
        (self.migrations / "0001.py").write_text(MIGRATION)
        self.folder = folder

    def write(self, *parts: str, manifest: str = "", doc: str = "A test", column: str = PERSONAL) -> None:
        source = HEAD + "".join(parts)
        source = source.replace("COLUMNS", column).replace("MIGRATIONS", repr(str(self.migrations)))
        self.file.write_text(source)
        self.file.with_suffix(".toml").write_text(
            f'name = "subject"\ntitle = "Subject"\ndoc = "{doc}"\n{manifest}\n'
        )

    def faults(self, name: str, **more: Any) -> str:
        """What the check says; nothing when it passes."""
        (check,) = (each for each in CHECKS if each.name == name)
        try:
            folder = Path(mkdtemp(dir=self.folder))
            check.apply(Subject(name="subject", folder=folder, local=self.file, **more))
        except AssertionError as error:
            return str(error)
        return ""


@pytest.fixture
def author(tmp_path: Path) -> Author:
    """Somebody who writes a plugin of one file."""
    return Author(tmp_path)


def test_a_good_plugin_passes(author: Author) -> None:
    """One line checks everything; nothing is found where nothing is wrong."""
    author.write(WORDS, TABLES, COPY_ALL)
    check_plugin("subject", local=author.file)


def test_all_faults_are_told_at_once(author: Author) -> None:
    """Several checks fail in one message, each by its name."""
    author.write(WORDS.replace("Tasted something", "Tasted."), "\nimport crmkit.core.kernel\n", doc="A test.")
    with pytest.raises(AssertionError) as caught:
        check_plugin("subject", local=author.file)
    for name in ("manifest", "words", "public-imports"):
        assert f"Plugin subject, {name}:" in str(caught.value)


@pytest.mark.parametrize("doc", ["A test.", " "], ids=["full-stop", "empty"])
def test_manifest(author: Author, doc: str) -> None:
    """The manifest's line is one without a full stop."""
    author.write(doc=doc)
    assert "doc" in author.faults("manifest")


def test_settings_say_what_they_are(author: Author) -> None:
    """A setting without a line for the reference is a fault."""
    settings = "\nfrom attrs import frozen\n@frozen\nclass Settings:\n    points: int = 3\n"
    author.write(settings, manifest='settings = "subject:Settings"')
    assert "the setting points says nothing" in author.faults("manifest")


@pytest.mark.parametrize(
    "line",
    [
        "import crmkit.core.kernel",
        "def f():\n    from crmkit.cli.state import State",
        "from crmkit.core import crm",
    ],
)
def test_public_imports(author: Author, line: str) -> None:
    """What is not public is named with its line, wherever it is imported."""
    author.write(f"\n{line}\n")
    assert "subject.py:" in author.faults("public-imports")


def test_commands(author: Author) -> None:
    """A command that is not there, or does not explain itself, is a fault."""
    command = "\nimport click\n@click.command()\n@click.option('--fast')\ndef taste(fast):\n    pass\n"
    author.write(command, manifest='[commands]\ntaste = { target = "subject:taste", help = "Taste" }')
    assert "crm taste has no help" in author.faults("commands")
    assert "--fast has no help" in author.faults("commands")
    author.write(manifest='[commands]\ntaste = { target = "subject:taste", help = "Taste" }')
    assert "taste" in author.faults("commands")
    author.write(command, manifest='[commands]\nshow = { target = "subject:taste", help = "Taste" }')
    assert "crm show is a command of crmkit" in author.faults("commands")


def test_words(author: Author) -> None:
    """A word whose line ends with a full stop is a fault, as are one with its plugin twice in its name, and
    a hook that brings none."""
    author.write(WORDS.replace("Tasted something", "Tasted."))
    assert "interaction type subject.tasted: doc" in author.faults("words")
    author.write(WORDS.replace('"tasted"', '"subject.tasted"'))
    assert 'puts "subject." in front' in author.faults("words")
    author.write(WORDS.replace("yield ", ""))
    assert "crmkit_register_interaction_words returns nothing" in author.faults("words")


def test_ownership(author: Author) -> None:
    """A table that does not say whose it is is named."""
    declared = 'customer_column("customer_id", tables.customer, erase="delete", nullable=False)'
    author.write(TABLES.replace(declared, 'sa.Column("customer_id", sa.BigInteger)'))
    assert "says not whose it is" in author.faults("ownership")


def test_migrations(author: Author) -> None:
    """A column that no migration makes is a fault."""
    author.write(TABLES, column=f'{PERSONAL}, sa.Column("more", Text)')
    assert "the migrations do not make the column subject_seen.more" in author.faults("migrations")


def test_a_row_of_any_columns_is_made_up(author: Author) -> None:
    """Days, switches, amounts and texts of a length are made up; text that nobody calls personal is found."""
    columns = {
        "day": "sa.Date", "at": "sa.DateTime", "paid": "sa.Boolean", "share": "sa.Numeric(5, 2)",
        "more": "sa.JSON", "blob": "sa.LargeBinary", "size": "sa.Enum('S', 'L')", "name": "sa.String(40)",
    }  # fmt: skip
    declared = ", ".join(f'sa.Column("{name}", {kind}, nullable=False)' for name, kind in columns.items())
    (author.migrations / "0001.py").write_text(
        MIGRATION.replace('sa.Column("text", Text)', f'sa.Column("text", sa.String(60)), {declared}')
    )
    author.write(TABLES, column=f'personal("text", sa.String(60)), {declared}')
    assert author.faults("canary") == author.faults("forgotten") == ""


def test_a_row_that_cannot_be_made_up_is_asked_for(author: Author) -> None:
    """A table that takes no made-up row is named, with the section of the manifest that gives one."""
    check = 'sa.Column("text", Text), sa.CheckConstraint("length(text) = 1", "one")'
    (author.migrations / "0001.py").write_text(MIGRATION.replace('sa.Column("text", Text)', check))
    author.write(TABLES)
    assert "[check.samples] subject_seen = {" in author.faults("canary")
    assert author.faults("canary", samples={"subject_seen": {"text": "a"}}) == ""


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("", ""),
        ('op.execute("INSERT INTO subject_seen (customer_id) SELECT id FROM customer")', ""),
        ("op.execute(\"INSERT INTO setting (key, value) VALUES ('subject', '1')\")", "setting: "),
        ("op.create_table('subject_more', key_column())", "by the migrations alone: subject_more"),
    ],
    ids=["tables", "nothing-in-an-empty-one", "rows", "another-table"],
)
def test_what_is_given_at_once(author: Author, step: str, fault: str) -> None:
    """A plugin that says its revisions make just its tables is told what else they make."""
    author.write(TABLES.replace("(MIGRATIONS)", "(MIGRATIONS), fresh=True"), COPY_ALL)
    (author.migrations / "0001.py").write_text(f"{MIGRATION}    {step}\n")
    told = author.faults("migrations")
    assert fault in told if fault else not told


def test_batches(author: Author) -> None:
    """An observer that looks at the first of its batch only leaves something else for a batch."""
    author.write(WORDS, TABLES, COPY_FIRST)
    said = author.faults("batches")
    assert "subject_seen" in said
    assert "fails on an empty batch" in said


def test_a_hook_that_fails_whenever_it_is_called(author: Author) -> None:
    """What crmkit goes on without in a business is a fault here: of an observer, a page, a report."""
    failing = "\n@hookimpl\ndef {hook}({argument}, crm):\n    for each in {argument}: each.no_such\n"
    author.write(failing.format(hook="crmkit_after_interactions_recorded", argument="interactions"))
    said = author.faults("batches")
    assert "crmkit_after_interactions_recorded fails: AttributeError" in said
    assert "(subject.py:" in said
    author.write(failing.format(hook="crmkit_extend_profile", argument="customers"))
    assert "failed in crmkit_extend_profile: AttributeError" in author.faults("batches")
    author.write("\n@hookimpl\ndef crmkit_extend_report(question, crm):\n    return question.no_such\n")
    assert "failed in crmkit_extend_report: AttributeError" in author.faults("batches")


def test_an_observer_that_answers_itself(author: Author) -> None:
    """One that writes a contact for each contact, its own too, never comes to an end: that is said."""
    author.write(
        "\n@hookimpl\ndef crmkit_after_interactions_recorded(interactions, crm):\n"
        "    for each in interactions:\n"
        "        crm.interactions.record(each.customer_id, 'note', payload={'text': 'seen'})\n"
    )
    assert "never comes to an end" in author.faults("batches")


TRAIT = """
def bought(as_of, tables):
    contacts = tables.interaction
    BODY

@hookimpl
def crmkit_register_strategy_words():
    yield Trait(name="bought", type="number", doc="Amounts", select=bought, past=PAST)
"""
ROWS = "return sa.select(contacts.c.customer_id, contacts.c.amount.label('value'))"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "return sa.select(nowhere.c.customer_id)",
            "NameError(\"name 'nowhere' is not defined\") (subject.py:",
        ),
        ("return 5", "it gives int, and not a SELECT of customer_id and value"),
        (ROWS, "rows for customer 1, who counts as often in every list"),
    ],
    ids=["raises", "no-statement", "several-rows"],
)
@pytest.mark.parametrize("past", [True, False])
def test_a_trait_that_gives_no_answer_or_several(author: Author, body: str, said: str, past: bool) -> None:
    """A trait fails here as it would in a business, also one that knows the present alone."""
    author.write(TRAIT.replace("BODY", body).replace("PAST", str(past)))
    assert said in author.faults("as-of")


METRIC = """
@hookimpl
def crmkit_register_strategy_words():
    yield Metric(name="cards", doc="Cards", unit="count", compute=lambda question: BODY)
"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("5", "it gives int, and not a SELECT of numerator"),
        (
            "sa.select(sa.literal(1).label('cards'))",
            "it gives a SELECT of cards, and not a SELECT of numerator",
        ),
        ("question.no_such", "(subject.py:"),
    ],
)
def test_a_metric_that_is_no_statement_of_a_numerator(author: Author, body: str, said: str) -> None:
    """What a metric gives in place of its numerator is told, with the metric's name."""
    author.write(METRIC.replace("BODY", body))
    fault = author.faults("as-of")
    assert 'The metric subject.cards of plugin "subject" failed' in fault
    assert said in fault


def test_a_section_of_no_pairs(author: Author) -> None:
    """A line of a page that is no pair fails where the plugin makes it, and does not break the page."""
    author.write(
        "\n@hookimpl\ndef crmkit_extend_profile(customers):\n"
        "    for each in customers:\n        yield each.id, Section('Card', ('Stamps', '3'))\n"
    )
    fault = author.faults("batches")
    assert "a pair of label and text, not 'Stamps'" in fault
    assert "(subject.py:" in fault


def test_money_in_a_payload_is_made_up(author: Author) -> None:
    """A contact that keeps an amount with its currency needs no sample."""
    author.write(
        "\nfrom attrs import frozen\nfrom crmkit import Money\n@frozen\nclass Sold:\n    worth: Money\n",
        WORDS.replace('doc="', 'payload=Sold, doc="'),
    )
    assert author.faults("canary") == ""


def test_canary(author: Author) -> None:
    """What is copied from a person into a column that is not declared personal is found."""
    author.write(WORDS, TABLES, COPY_ALL, column=PLAIN)
    assert 'personal("text", …)' in author.faults("canary")
    author.write(WORDS, TABLES, COPY_ALL)
    assert author.faults("canary") == ""


PAID = """
import attrs

@attrs.frozen
class Bet:
    text: str = ""

@hookimpl
def crmkit_register_interaction_words():
    yield InteractionType(name="bet", doc="A bet", payload=Bet, amount=True)

@hookimpl
def crmkit_before_interactions_recorded(drafts):
    for index, each in enumerate(drafts):
        if each.type.endswith("bet") and not each.amount:
            yield Refusal(index, "a bet has a stake")
"""


def test_samples_may_give_an_amount(author: Author) -> None:
    """A contact that is refused without money passes with the amount of its sample."""
    author.write(PAID)
    assert "a bet has a stake" in author.faults("canary")
    assert author.faults("canary", samples={"subject.bet": {"amount": 500}}) == ""
