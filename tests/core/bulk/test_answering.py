"""Copies that answer in the database's place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from crmkit import Crm, CustomerDraft
from crmkit.plugin import BulkQuestion, BulkReader, CannotRead, payload_value
from crmkit.testing import open_crm

Read = Callable[[Crm, BulkQuestion], Sequence[tuple[Any, ...]] | CannotRead]


def reading(crm: Crm, *reads: Read) -> None:
    """Have these asked first."""
    readers = tuple(BulkReader(name=f"copy {n}", doc="A copy", read=read) for n, read in enumerate(reads))
    crm.kernel.loaded = evolve(crm.kernel.loaded, bulk_readers=readers)


def test_the_first_that_can_is_believed(crm: Crm, caplog: pytest.LogCaptureFixture) -> None:
    """A copy that cannot is passed over and one that fails is logged; the next answers, as rows with names,
    or the database does; whoever wants to know is told where and why."""
    crm.customers.save(CustomerDraft(name="Anna Nowak"))

    def broken(_crm: Crm, _question: BulkQuestion) -> Any:
        raise RuntimeError

    table = crm.tables.customer
    counting = sa.select(sa.func.count().label("people")).select_from(table).where(table.c.name != "")
    reading(crm, broken, lambda *_: CannotRead("it is old"))
    answer = crm.answer(counting)
    assert (answer.rows[0].people, answer.read.read_from) == (1, "database")
    assert answer.read.why == "copy 0: it failed (RuntimeError)"
    assert "copy 0" in caplog.text
    reading(crm, lambda *_: CannotRead("it is old"), lambda *_: [(7,)])
    with crm.noted_reads() as reads:
        assert crm.answer(counting).rows[0].people == 7
        assert crm.predicates.count("id > 0") == 7
    assert [each.read_from for each in reads] == ["copy 1", "copy 1"]


PLUGIN = '''
"""A copy beside the database."""
from crmkit.plugin import BulkReader, CannotRead, hookimpl

def read(crm, question):
    return [(7,)] if "customer" in question.reads else CannotRead("it has customers only")

@hookimpl
def crmkit_register_bulk_readers():
    yield BulkReader(name="copy", doc="A copy", read=read)
'''


def test_a_plugin_brings_its_own_copy(tmp_path: Path) -> None:
    """What it holds is answered from it, under its name; everything else by the database, with the reason."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "copying.py").write_text(PLUGIN, encoding="utf-8")
    (tmp_path / "plugins" / "copying.toml").write_text('name = "copying"\ntitle = "Copy"\ndoc = "A copy"\n')
    with open_crm(tmp_path, plugins=["copying"]) as crm:
        counted = sa.select(sa.func.count().label("all"))
        answer = crm.answer(counted.select_from(crm.tables.customer))
        assert (answer.rows[0][0], answer.read.read_from) == (7, "copy")
        other = crm.answer(counted.select_from(crm.tables.employee))
        assert (other.read.read_from, other.read.why) == ("database", "copy: it has customers only")


def test_a_question_says_what_it_touches(crm: Crm) -> None:
    """The columns by table, through aliases and sub-selects, and what only one engine understands."""
    seen: list[BulkQuestion] = []

    def look(_crm: Crm, question: BulkQuestion) -> CannotRead:
        seen.append(question)
        return CannotRead("it only looks")

    reading(crm, look)
    rows = crm.tables.interaction.alias("later")
    inner = sa.select(rows.c.customer_id, sa.func.max(rows.c.occurred_at).label("last")).group_by(
        rows.c.customer_id
    )
    found = inner.subquery()
    customer = crm.tables.customer
    joined = customer.join(found, found.c.customer_id == customer.c.id)
    crm.answer(sa.select(customer.c.id, found.c.last).select_from(joined).where(found.c.last > 5))
    crm.answer(sa.select(sa.func.hex(customer.c.name)))
    assert dict(seen[0].reads) == {
        "interaction": frozenset({"customer_id", "occurred_at"}),
        "customer": frozenset({"id"}),
    }
    assert (seen[0].names, seen[0].foreign, seen[0].duckdb[1]) == (["id", "last"], (), [5])
    assert seen[1].foreign == ("hex()",)


class _Doubled(FunctionElement[int]):
    inherit_cache = True
    type = sa.Integer()


@compiles(_Doubled, "sqlite")
def _doubled(element: Any, compiler: Any, **options: Any) -> str:
    return f"2 * {compiler.process(element.clauses, **options)}"


def test_what_a_copy_has_no_words_for_is_no_failure(crm: Crm, caplog: pytest.LogCaptureFixture) -> None:
    """The database answers without a warning what was made for its engine alone; values of payloads have
    words on every engine."""
    reading(crm, lambda _crm, question: [(len(question.reads),)])
    answer = crm.answer(sa.select(_Doubled(sa.literal(21))))
    assert (answer.rows[0][0], answer.read.read_from) == (42, "database")
    assert answer.read.why == "copy 0: DuckDB has no words for a part of the statement"
    answer = crm.answer(sa.select(payload_value(crm.tables.interaction, "campaign")))
    assert (answer.rows[0][0], answer.read.read_from) == (1, "copy 0")
    assert not caplog.records
