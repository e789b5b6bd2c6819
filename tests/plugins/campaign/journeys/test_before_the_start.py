"""What a person is told before a journey begins: whom it takes in, and whom it would reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit.plugins.campaign.api import Journeys
from crmkit.testing import Answer, run_crm
from tests.plugins.campaign.conftest import Open, fill, work

_JOURNEY = """
who = "has_tag('friend')"
control_group = "20%"
outcome = "purchase"
within = "30 days"
[[steps]]
id = "mark"
tag = "on-the-way"
[[steps]]
id = "letter"
send_pigeon = "news"
purpose = "news"
"""


def test_whom_the_first_letter_would_reach(bakery: Open, tmp_path: Path) -> None:
    """Of those who would come in it is told how many the first letter would reach, and the loss at each gate;
    nothing is kept of it. Where nobody is written to, nothing is told."""
    (tmp_path / "journeys").mkdir()
    halved = _JOURNEY.replace("20%", "50%")  # among 19, one in half a million draws leaves a group empty
    (tmp_path / "journeys" / "spring.toml").write_text(halved, encoding="utf-8")
    silent = _JOURNEY[: _JOURNEY.index('[[steps]]\nid = "letter"')]
    (tmp_path / "journeys" / "silent.toml").write_text(silent, encoding="utf-8")
    crm = bakery()
    names = [f"Person {n}" for n in range(30)]
    people = fill(crm, *names, silent=tuple(names[:10]))
    crm.customers.archive(people["Person 29"])
    journeys = crm.service(Journeys)
    found = journeys.reach("spring")
    assert found is not None
    reach = found.reach
    assert (found.step, reach.audience) == ("letter", journeys.intake("spring").people)
    assert [(each.gate, each.count) for each in reach.losses] == [("consent", 10)]
    assert reach.withheld > 0
    assert reach.audience == 10 + reach.withheld + reach.reached == 29
    assert journeys.reach("silent") is None
    told = run_crm("--config", crm.config.path, "journeys", "start", "spring", "--yes")
    assert told.status == 0, told.stderr
    assert 'at "letter", would reach' in told.stderr
    assert "consent" in told.stderr
    assert crm.effects.list() == ()


def test_too_few_to_learn_anything(bakery: Open, tmp_path: Path) -> None:
    """`crm check` counts those whom a journey is for, and not everybody, when it says that its groups are too
    small; of one into which people come upon what happens nobody can count them, and nothing is said."""
    (tmp_path / "journeys").mkdir()
    upon = _JOURNEY.replace("who = \"has_tag('friend')\"", 'on = "purchase"')
    few = _JOURNEY.replace("'friend'", "'rare'")
    for name, text in (("few", few), ("upon", upon)):
        (tmp_path / "journeys" / f"{name}.toml").write_text(text, encoding="utf-8")
    crm = bakery()
    people = fill(crm, *(f"Person {n}" for n in range(9)))
    crm.customers.tag(people["Person 1"], "rare")
    crm.customers.tag(people["Person 2"], "rare")
    told = run_crm("--config", crm.config.path, "check").stdout
    assert 'The rule "journey:few" is for 2 customers now' in told
    assert "journey:upon" not in told


@pytest.mark.parametrize("bakery", ["sqlite"], indirect=True)
def test_from_a_new_file_to_the_end_by_command(bakery: Open, tmp_path: Path) -> None:
    """A file to begin with is right as it is; what is to come is tried out up to a day; who is in a journey
    is listed by step and by what became of them, and leaves at once where it is stopped so."""
    crm = bakery(live=False)
    fill(crm, "Anna", "Bea", "Celina")
    toml = crm.config.path.read_text()  # commands go by the real clock, if nothing is said
    crm.config.path.write_text(toml.replace("timezone =", 'clock = "2026-05-04T10:00"\ntimezone =', 1))
    (tmp_path / "journeys").mkdir()
    rested = '[[steps]]\nid = "rest"\nwait = "40 days"\n[[steps]]\nid = "mark"\ntag = "rested"\n'
    (tmp_path / "journeys" / "spring.toml").write_text(f"who = \"has_tag('friend')\"\n{rested}")

    def journeys(*words: str) -> Answer:
        return run_crm("--config", crm.config.path, "journeys", *words)

    assert "crm journeys check autumn" in journeys("new", "autumn").stderr
    assert journeys("check", "autumn").status == 0
    assert "is there already" in journeys("new", "autumn").stderr
    assert journeys("simulate", "spring", "--until", "2026-06-12", "--json").json == []
    months = journeys("simulate", "spring", "--until", "2026-06-13", "--json").json
    assert months[-1] == {"month": "2026-06", "v1.mark": 3}
    journeys("start", "spring", "--confirm", "3")
    assert "crm worker" in journeys("people", "spring").stderr
    work(crm)
    assert len(journeys("people", "spring", "--step", "rest", "--json").json) == 3
    assert len(journeys("people", "spring", "--limit", "2", "--json").json) == 2
    assert journeys("people", "spring", "--step", "mark", "--json").json == []
    assert 'has no step "marc"' in journeys("people", "spring", "--step", "marc").stderr
    stopped = journeys("stop", "spring", "--now", "--yes")
    assert "spring is stopped" in stopped.stderr
    assert "still in it" not in stopped.stderr
    left = journeys("people", "spring", "--state", "left", "--json").json
    assert [each["why"] for each in left] == ["the journey was stopped"] * 3
