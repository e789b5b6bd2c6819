"""Another judge in place of the rules: what it is asked, where the line is, and what stays the core's."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import Crm, Invalid
from crmkit.core.segments.checking import predicate_problems
from crmkit.plugin import Judged, JudgedPair
from tests.core.duplicates.conftest import draft

JUDGE = """
from crmkit.plugin import DuplicateJudge, Evidence, Judged, JudgedPair, hookimpl

SURE = {"zak": 0.999, "nowak": 0.99, "lis": 0.9}

def judge(question):
    if len(question.people) < 4:
        return None
    people = question.people
    pairs = set()
    for block in question.blocks:
        for a, keys in block.items():
            pairs |= {(a, b) for b, other in block.items() if a < b and {*keys} & {*other}}
    alike = [(a, b) for a, b in sorted(pairs) if people[a].family == people[b].family]
    return Judged(compared=len(pairs), pairs=[
        JudgedPair(one=a, other=b, probability=SURE[people[a].family], evidence=(
            Evidence("given_name", "same" if people[a].given == people[b].given else "different", -2.5),
            Evidence("family_name", "same", 12.0), Evidence("phone", "same", 15.25),
        )) for a, b in alike])

@hookimpl
def crmkit_register_judges():
    yield DuplicateJudge(name="oracle", doc="Knows", judge=judge)
"""


@pytest.fixture
def crm_plugins(tmp_path: Path) -> list[str]:
    """A plugin with a judge of its own."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "seer.py").write_text(JUDGE)
    (folder / "seer.toml").write_text('name = "seer"\ntitle = "Seer"\ndoc = "Judges"\n')
    return ["seer"]


@pytest.fixture
def crm_toml(request: pytest.FixtureRequest) -> str:
    """The judge that the test names."""
    judge = getattr(request, "param", "oracle")
    return f'[matching.duplicates]\njudge = "{judge}"\nexpected_precision = "99%"\n'


def test_another_judge(crm_both: Crm) -> None:
    """Pairs are suggested while as many of them as wanted are expected to be one; the evidence is kept and
    shown; doubts, dismissal and merging go on as with the rules. With too little to go by the rules judge."""
    crm = crm_both
    names = ["Anna Żak", "Anna Nowak", "Anna Żak", "Ewa Nowak", "Jan Lis", "Jan Lis"]
    drafts = [draft(name, phone="+48 512 100 200") for name in names]
    zak, nowak = (crm.customers.save(each).id for each in drafts[:2])
    report = crm.duplicates.scan()
    assert (report.judge, report.expected_precision) == ("rules", None)
    zak2, nowak2, lis, _ = (crm.customers.save(each).id for each in drafts[2:])
    report = crm.duplicates.scan()
    # 0.999 and 0.99 are 99.45% on average; with 0.9 as well it would be 96.3%.
    assert (report.judge, report.found, round(report.expected_precision or 0, 4)) == ("oracle", 2, 0.9945)
    found, _ = crm.duplicates.list()
    assert [(each.customer_id, each.other_id, each.score) for each in found] == [
        (zak, zak2, 24.75), (nowak, nowak2, 24.75),
    ]  # fmt: skip
    assert found[1].reasons == ("phone:same", "family_name:same")
    assert found[1].against == ("given_name:different",)
    assert "given_name:different" in found[1].doubts
    shown = crm.duplicates.compare(nowak, nowak2)
    assert (shown.judge, shown.probability, shown.score, shown.threshold) == ("oracle", 0.99, 24.75, 24.75)
    given = shown.rules[0]
    assert (given.rule, given.level, given.points) == ("given_name", "different", -2.5)
    assert (given.ours, given.theirs) == (("Anna",), ("Ewa",))
    assert crm.duplicates.compare(zak, lis).judge == "rules"
    crm.duplicates.dismiss(nowak, nowak2)
    assert crm.duplicates.scan(customers=[nowak]).dismissed == 1
    merged = crm.duplicates.merge()
    assert [(group.survivor, group.losers) for group in merged.groups] == [(zak, (zak2,))]
    assert crm.duplicates.count() == 0


@pytest.mark.parametrize("crm_toml", ["oracel"], indirect=True)
def test_a_judge_that_there_is_not(crm: Crm) -> None:
    """It is said with the nearest name, and nothing is judged by another."""
    with pytest.raises(Invalid, match="oracel") as raised:
        crm.duplicates.scan()
    assert raised.value.hint == 'Did you mean "oracle"?'
    (found,) = predicate_problems(crm.kernel)
    assert found.message.startswith('Nobody by the name of "oracel" judges duplicates')


def test_where_the_line_is() -> None:
    """The longest list whose expected precision is what was asked for, and nothing less likely than not."""
    from crmkit.core.duplicates.judged import expected

    odds = [0.4, 1.0, 0.97, 1.0, 0.2, 0.9, 1.0]
    pairs = [JudgedPair(one=1, other=at, probability=each, evidence=()) for at, each in enumerate(odds, 2)]
    for wanted, left in ((0.999, 3), (0.99, 4), (0.97, 5), (0.5, 5), (1.0, 3)):
        kept, precision = expected(Judged(pairs=pairs, compared=7), wanted)
        assert len(kept) == left
        assert precision is not None
        assert precision >= wanted
    assert expected(Judged(pairs=(), compared=0), 0.9) == ([], None)
