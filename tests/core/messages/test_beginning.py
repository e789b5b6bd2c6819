"""A template to begin with."""

from __future__ import annotations

import pytest

from crmkit import Conflict, CrmError
from crmkit.core.messages.beginning import begin
from tests.core.messages.conftest import TOML, Bakery


@pytest.mark.parametrize("mjml", [True, False])
def test_it_is_right_from_the_start(bakery: Bakery, mjml: bool) -> None:
    """As marketing too, in text and in HTML; it says the address and how to stop, once they are there."""
    bakery.filled()
    files = begin(bakery.folder, "spring", mjml=mjml)
    assert [each.name for each in files] == ["spring.txt", "spring.mjml" if mjml else "spring.html"]
    rules = TOML.replace('"orders"', '"greetings"').replace('"hello"\npurpose', '"spring"\npurpose')
    crm = bakery.open('address = "Rynek 1"' + rules + '[web]\nurl = "https://post.rye.example"\n')
    assert [each for each in crm.messages.check() if "hello" not in each.message] == []
    said = crm.messages.preview("spring", 1)
    assert said.html is not None
    for text in (said.text, said.html):
        assert "Dear Anna" in text
        assert "Rynek 1" in text
        assert "https://post.rye.example/u/preview" in text
    bare = bakery.open(rules).messages.preview("spring", 1)
    assert "No more" not in bare.text
    assert "\n\n\n" not in bare.text


def test_nothing_is_overwritten(bakery: Bakery) -> None:
    """Neither a template nor anything outside of the folder."""
    bakery.write("spring.pl.txt", "x")
    with pytest.raises(Conflict, match=r"templates/spring\.pl\.txt"):
        begin(bakery.folder, "spring")
    for name in ("../x", "", "a/b", "X", "a.b"):
        with pytest.raises(CrmError, match="no name for a template"):
            begin(bakery.folder, name)
