"""The privacy export: everything of one person, nothing of anybody else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import CustomerDraft, PluginError
from crmkit.core.crm import Crm
from crmkit.core.store.ownership import links
from tests.core.privacy.conftest import EMPLOYEE, MARK, OTHER, plant, tell, write_mail

Story = tuple[Crm, int, int]


def inventory(crm: Crm, id_: int) -> dict[str, int]:
    """How many rows of each declared table lead straight to the person, by the declarations in the code."""
    declared = dict(crm.tables.by_name)
    for offered in crm.plugins.tables.values():
        declared |= offered.metadata.tables
    found = {}
    with crm.reading() as run:
        for name, table in declared.items():
            straight = [column for column, link in links(table).items() if link.via is None]
            if straight:
                theirs = sa.or_(*(table.c[column] == id_ for column in straight))
                found[name] = int(run(sa.select(sa.func.count()).where(theirs)).scalar_one())
    return found


def test_it_is_complete_table_by_table(story: Story) -> None:
    """Each table of core, records and plugins shows as many rows as are theirs, gone plugins' too, and each
    value of theirs is in it (G1)."""
    crm, id_, _ = story
    export = crm.privacy.export(id_)
    shown = {each.table: each for each in export.tables}
    expected = inventory(crm, id_)
    assert {name: len(shown[name].rows) for name in expected} == expected
    filled = {"contact_point", "identity", "customer_field", "customer_choice", "customer_tag", "preference",
              "consent", "relationship", "interaction", "change", "privacy_request", "operational_task",
              "record_cake_order"}  # fmt: skip
    assert {name for name in filled if not expected[name]} == set()
    assert [len(shown[name].rows) for name in ("gone_tie", "gone_ticket", "gone_message")] == [2, 1, 1]
    # Of a plugin that is gone, whose name is no part of what the table is called.
    assert "<h2>Ticket</h2>" in export.to_html("en")
    text = export.to_json()
    said = ("bread", "wine", "open task", "message", "tie b", "asks for everything", "value", "scan")
    assert [each for each in said if f"{MARK} {each}" not in text] == []
    assert f"{MARK}-purchase" in text
    assert json.loads(text)["person"]["name"] == f"{MARK} Quill"


def test_it_holds_nobody_elses_data(story: Story) -> None:
    """Of a row of two only what is theirs; the other is another customer, an employee a role."""
    crm, id_, other = story
    crm.people.add(EMPLOYEE, role="clerk")
    crm.people.add("Boss", role="administrator")
    clerk = crm.acting_as(EMPLOYEE)
    clerk.customers.update(id_, CustomerDraft(preferred_time="morning"))
    clerk.interactions.record(id_, "note", payload={"text": "called"})
    export = crm.privacy.export(id_)
    for text in (export.to_json(), export.to_html()):
        assert OTHER not in text.casefold()
        assert EMPLOYEE not in text
        assert "employee (clerk)" in text
        assert crm.customers.get(other).uid not in text
    tables: dict[str, Any] = {each.table: each.rows for each in export.tables}
    first, second = tables["gone_tie"]
    assert (first["a_said"], "b_said" in first) == (f"{MARK} tie a", False)
    assert (second["b_said"], "a_said" in second) == (f"{MARK} tie b", False)
    assert {first["b_id"], second["a_id"]} == {"another customer"}
    assert tables["customer_field"][0]["friend"] == "another customer"


def test_what_was_recorded_for_them_by_mistake_is_left_out(story: Story) -> None:
    """An interaction that was reassigned is shown to whom it is about, and to nobody else."""
    crm, id_, other = story
    slip: Any = crm.interactions.record(id_, "note", payload={"text": f"{OTHER} secret"})
    crm.interactions.reassign(slip.seq, other)
    assert f"{OTHER} secret" not in crm.privacy.export(id_).to_json()
    assert f"{OTHER} secret" in crm.privacy.export(other).to_json()
    crm.privacy.erase(other)
    with crm.reading() as run:
        table = crm.tables.interaction
        assert [row for row in run(sa.select(table.c.payload)).scalars() if OTHER in row] == []


def test_former_records_are_theirs(story: Story) -> None:
    """What a merge dropped or replaced is in the export of whom they were merged into."""
    crm, id_, _ = story
    twin = plant(crm, f"{MARK}twin", "512345679")
    crm.merging.merge(id_, twin)
    text = crm.privacy.export(id_).to_json()
    assert f"{MARK}twin Quill" in text
    assert f"{MARK}twin bread" in text


@pytest.mark.parametrize(
    ("locale", "language", "direction", "title"),
    [("pl", "pl", "ltr", "Twoje zgody"), ("ur_PK", "ur", "rtl", "رضامندی"), ("xx", "en", "ltr", "What you")],
)
def test_it_reads_in_their_language(crm: Crm, locale: str, language: str, direction: str, title: str) -> None:
    """English, Polish, Urdu from right to left; one file without scripts that loads nothing; values cannot
    become markup."""
    id_ = plant(crm)
    crm.customers.update(id_, CustomerDraft(name='<script>alert("x")</script>'))
    html = crm.privacy.export(id_).to_html(locale)
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert title in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert not re.search(r"(src|href)=", html)
    assert "default-src 'none'" in html


def test_what_plugins_keep_elsewhere_is_in_it(crm: Crm, tmp_path: Path) -> None:
    """Messages of the mail folder, without the other people who got them; when the plugin cannot read them,
    nothing is handed out."""
    id_, _ = tell(crm)
    write_mail(tmp_path, f"{MARK}@example.com", "shop@example.org", f"{MARK} writes", "a")
    write_mail(tmp_path, "shop@example.org", f"{MARK}@example.com, {OTHER}@example.com", "to both", "b")
    write_mail(tmp_path, f"{OTHER}@example.com", "shop@example.org", "secret", "c")
    export = crm.privacy.export(id_)
    ((plugin, part),) = export.elsewhere
    assert plugin == "email"
    assert [record["text"] for record in part.records] == [f"{MARK} writes", "to both"]
    assert OTHER not in export.to_json()
    assert "to both" in export.to_html()
    (tmp_path / "mail" / "cur" / "d:2,S").symlink_to("nowhere")
    with pytest.raises(PluginError, match="email"):
        crm.privacy.export(id_)


def test_undecided_items_are_not_handed_out(crm: Crm) -> None:
    """An incoming item that may be about somebody else is counted for the officer, and not shown."""
    id_ = plant(crm)
    with crm.transaction() as tx:
        tx.execute(
            sa.insert(crm.tables.review).values(
                customer_id=id_, kind="match", source="import:1", item=f'{{"name": "{OTHER}"}}',
                candidates=f"[{id_}]", created_at=tx.at,
            )
        )  # fmt: skip
    export = crm.privacy.export(id_)
    assert OTHER not in export.to_json()
    assert any("1 incoming item" in note for note in export.notes)
    crm.privacy.erase(id_)
    with crm.reading() as run:
        assert run(sa.select(sa.func.count()).select_from(crm.tables.review)).scalar_one() == 0
