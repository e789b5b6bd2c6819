"""What `crm check` and `crm doctor` say about duplicates."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit import Crm
from crmkit.core.duplicates.checking import library_findings
from crmkit.core.duplicates.jobs import scan_changes
from crmkit.core.errors import ExtraMissing
from crmkit.core.segments.checking import predicate_problems
from crmkit.testing.opening import open_crm


@pytest.fixture
def business(tmp_path: Path) -> Callable[[str], Crm]:
    """A business with the field `flat` and these settings."""

    def opened(toml: str) -> Crm:
        return open_crm(tmp_path, f'[fields.flat]\ntype = "text"\n\n{toml}')

    return opened


def test_a_rule_about_nothing_is_found_with_the_nearest_name(business: Callable[[str], Crm]) -> None:
    """A slip in a rule's or a field's name is told at its line; the right ones are not."""
    rules = "".join(
        f"[matching.duplicates.rules.{name}]\nsame = 3\n\n" for name in ("emial", "phone", "flta")
    )
    with business(rules) as crm:
        found = predicate_problems(crm.kernel)
    said = [each.message for each in found]
    assert len(said) == 2
    assert '"emial"' in said[0]
    assert 'Did you mean "email"?' in said[0]
    assert 'Did you mean "flat"?' in said[1]
    lines = (crm.config.path).read_text().splitlines()
    assert [lines[(each.line or 0) - 1] for each in found] == [
        "[matching.duplicates.rules.emial]",
        "[matching.duplicates.rules.flta]",
    ]


@pytest.mark.parametrize(("toml", "level"), [("", "note"), ("[matching.duplicates]\nsure = 30\n", "warning")])
def test_without_the_library_it_is_said_that_nobody_is_compared(
    business: Callable[[str], Crm], monkeypatch: pytest.MonkeyPatch, toml: str, level: str
) -> None:
    """A note where nobody asked for duplicates; where somebody did, a warning, and the job fails."""
    with business(toml) as crm:
        assert list(library_findings(crm.config)) == []
        for name in ("rapidfuzz", "rapidfuzz.distance"):
            monkeypatch.setitem(sys.modules, name, None)
        (finding,) = library_findings(crm.config)
        assert (finding.level, finding.hint) == (level, "Install it: pip install 'crmkit[duplicates]'")
        if level == "note":
            scan_changes(crm)
        else:
            with pytest.raises(ExtraMissing):
                scan_changes(crm)
