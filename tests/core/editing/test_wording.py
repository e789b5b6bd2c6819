"""What an edit did, from its words on record."""

from __future__ import annotations

import pytest

from crmkit.core.editing import Changes
from crmkit.core.editing.wording import recalled
from crmkit.core.language import speaking

SAID = [
    (Changes(lifecycle="lead", tags=("a",)), "ustawiono: etap; dodano 1 etykietę"),
    (Changes(fields={"bread": "rye", "x": 1}, owner_id=1), "ustawiono: bread, x i opiekun"),
    (Changes(untag=("a", "b"), archive=True), "zdjęto 2 etykiety; przeniesiono do archiwum"),
]


@pytest.mark.parametrize(("changes", "polish"), SAID)
def test_an_edit_on_record_is_told_in_the_language(changes: Changes, polish: str) -> None:
    """English comes back word for word; fields of the business's own keep their names."""
    assert recalled(changes.what) == changes.what
    with speaking("pl"):
        assert recalled(changes.what).shown() == polish


def test_words_of_a_later_version_are_shown_as_they_are() -> None:
    """What nobody here knows is no reason to fail."""
    with speaking("pl"):
        assert recalled("painted it blue; added 3 tags").shown() == "painted it blue; dodano 3 etykiety"
