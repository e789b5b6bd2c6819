"""Record types that get another name or another title, with records on record."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit.core.crm import Crm
from crmkit.core.errors import ConfigError, Conflict
from crmkit.core.opening import upgrade_database
from tests.core.records.test_declared import HEAD, business, filled, opened

LINKED = HEAD + 'follows = { type = "reference", to = "order" }\n'
RENAMED = (
    LINKED.replace("[records.order]", '[records.cake]\nwas = "order"')
    .replace("[records.order.fields]", "[records.cake.fields]")
    .replace('to = "order"', 'to = "cake"')
)


def test_a_renamed_type_keeps_its_records(tmp_path: Path, database: str) -> None:
    """Records, their history and the references between them are found under the new name."""
    filled(tmp_path, database)
    with opened(tmp_path, database, LINKED) as crm:
        crm.records.add("order", 1, {"item": "tart", "follows": "order:1"})
        crm.records.move("order", 1, "done")
    path = business(tmp_path, database, RENAMED)
    planned = upgrade_database(path, dry_run=True).records
    assert upgrade_database(path).records == planned
    assert planned == ('"order" was renamed to "cake"; its records stay in the table record_order',)
    assert upgrade_database(path).nothing
    with Crm.open(path) as crm:
        assert [each.ref for each in crm.records.list("cake").records] == ["cake:2", "cake:1"]
        assert crm.records.get("cake", 2).fields["follows"] == "cake:1"
        crm.records.move("cake", 1, "open")
        moved = [(each.entity, each.field, each.new) for each in crm.records.history("cake", 1)]
        assert moved[:2] == [("record:cake", "state", "open"), ("record:cake", "state", "done")]
        assert len(moved) == 3
        assert crm.predicates.count("exists(cake where item = 'tart')") == 1


def test_its_former_name_has_to_stay(tmp_path: Path, database: str) -> None:
    """Without `was` the table is not found again, and the error says which line to write."""
    filled(tmp_path, database)
    opened(tmp_path, database, RENAMED).close()
    with pytest.raises(Conflict) as caught:
        upgrade_database(business(tmp_path, database, RENAMED.replace('was = "order"\n', "")))
    assert 'was = "order" under [records.cake]' in caught.value.hint


@pytest.mark.parametrize(
    ("more", "said"),
    [("[records.order]\n", "is declared as well"), ('[records.tart]\nwas = "order"\n', "something else")],
)
def test_a_former_name_is_one_types_alone(tmp_path: Path, more: str, said: str) -> None:
    """A name that is still in use, or claimed twice, is no former name."""
    with pytest.raises(ConfigError, match=said):
        Crm.open(business(tmp_path, "crm.db", RENAMED + more))


def test_titles_follow_their_declaration(tmp_path: Path, database: str) -> None:
    """After an upgrade every record has the title that is declared now, and is found by it."""
    filled(tmp_path, database)
    path = business(tmp_path, database, HEAD.replace('title = "item"', 'title = "{item} of {size}"'))
    assert upgrade_database(path).records == ('"order": 1 of its records got the title that is declared now',)
    with Crm.open(path) as crm:
        record = crm.records.get("order", 1)
        assert (record.title, record.version) == ("cake of 12", 1)
        assert [each.id for each in crm.records.find("12 cake")] == [1]
    assert upgrade_database(path).nothing
