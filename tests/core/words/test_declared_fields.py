"""What the declaration of a field says beside its type."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft, InteractionDraft
from crmkit.core.privacy.erasure import erase_one


@pytest.fixture
def crm_toml() -> str:
    """A shoemaker's: of a customer the size and a nickname, of a pair its last, of a fitting the shoe."""
    return """
[fields.size]
type = "text"
doc = "By the European scale"
indexed = true
personal = false

[fields.nickname]
type = "text"

[records.pair.fields.initials]
type = "text"

[records.pair.fields.form]
type = "text"
doc = "The wooden form that it is made on"
personal = false

[interactions.fitting]
doc = "Somebody tries shoes on"

[interactions.fitting.fields.shoe]
type = "text"
label = "Model"
"""


def test_an_erasure_looks_for_traces_of_what_is_personal(crm: Crm) -> None:
    """Nicknames and initials, old ones as well, are looked for in the unused parts of the file; sizes and
    forms, which many others have, are not, wherever they were written down."""
    crm.customers.save(CustomerDraft(name="Anna", fields={"size": "Thirty-eight", "nickname": "Ania"}))
    crm.customers.update(1, CustomerDraft(fields={"size": "Thirty-nine", "nickname": "Anulka"}))
    crm.records.add("pair", 1, {"form": "L12", "initials": "AN"})
    crm.records.update("pair", 1, {"form": "L13", "initials": "AK"})
    _, values = erase_one(crm.kernel, crm.kernel.house, 1, reason="request")
    assert {"Ania", "Anulka", "AN", "AK"} <= values
    assert {"Thirty-eight", "Thirty-nine", "L12", "L13"} & values == set()


def test_an_indexed_field_has_an_index(crm: Crm) -> None:
    """Filtering by it reads no table from end to end; one that is not indexed has none."""
    with crm.kernel.reading() as connection:
        indexes = sa.inspect(connection).get_indexes("customer_field")
    columns = {column for index in indexes for column in index["column_names"]}
    assert "size" in columns
    assert "nickname" not in columns


def test_a_doc_says_what_the_field_means(crm: Crm) -> None:
    """Whoever asks for the words finds the line; without one the name has to do."""
    docs = {word.name: word.doc for word in crm.words.fields}
    assert (docs["size"], docs["nickname"]) == ("By the European scale", "Nickname")
    (initials, form) = crm.words.record_types["pair"].fields
    assert (form.doc, initials.doc) == ("The wooden form that it is made on", "Initials")


def test_a_label_stands_before_the_value(crm: Crm) -> None:
    """On the timeline a key of a contact is called as people call it."""
    crm.customers.save(CustomerDraft(name="Anna"))
    crm.interactions.record(InteractionDraft(customer=1, type="fitting", payload={"shoe": "Oxford"}))
    (found,) = crm.interactions.timeline(1).interactions
    assert crm.interactions.summary(found) == "Model: Oxford"
