"""Who belongs to which group."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.measuring.assignment import arm, arms
from crmkit.core.measuring.ratio import sample_ratio

UIDS = [f"0190a5f2-0000-7000-8000-{number:012x}" for number in range(8_000)]
TENTH = (("control", 0.1), ("treated", 0.9))
VARIANTS = (("control", 0.1), ("a", 0.3), ("b", 0.3), ("c", 0.3))


def _of(uids: list[str], salt: str, shares: tuple[tuple[str, float], ...]) -> list[str]:
    return list(arms(uids, salt, shares))


@pytest.mark.parametrize("shares", [TENTH, VARIANTS, (("a", 0.5), ("b", 0.5)), (("x", 0.02), ("y", 0.98))])
@pytest.mark.parametrize("salt", ["rule:win-back", "rule:birthday", "global 2027"])
def test_each_group_gets_its_share(shares: tuple[tuple[str, float], ...], salt: str) -> None:
    """Over many customers the groups' sizes are those planned, as far as chance allows."""
    found = Counter(_of(UIDS, salt, shares))
    assert not sample_ratio([found[name] for name, _ in shares], [share for _, share in shares]).broken


def test_groups_stay_as_they_were() -> None:
    """The same groups in every process and after every upgrade: these were written down once."""
    kept = "b c a c b a c b b b a b"
    assert _of(UIDS[:12], "rule:win-back", VARIANTS) == kept.split()


def test_salts_are_independent() -> None:
    """Being in one rule's control group says nothing about another rule's."""
    found = Counter(zip(_of(UIDS, "one", TENTH), _of(UIDS, "two", TENTH), strict=True))
    cells = [(one, two) for one, _ in TENTH for two, _ in TENTH]
    shares = [dict(TENTH)[one] * dict(TENTH)[two] for one, two in cells]
    assert not sample_ratio([found[cell] for cell in cells], shares).broken


@given(
    uid=st.uuids().map(str),
    salt=st.sampled_from(("", "rule:win-back", "zażółć")),
    before=st.integers(0, 1000),
    raised=st.integers(0, 1000),
)
def test_a_raised_control_group_keeps_everybody(uid: str, salt: str, before: int, raised: int) -> None:
    """Whoever is in a small control group is in every larger one under the same salt."""
    small, large = sorted((before, raised))
    groups = [arm(uid, salt, (("control", n / 1000), ("treated", 1 - n / 1000))) for n in (small, large)]
    assert groups != ["control", "treated"]


def test_a_raised_control_group_moves_nobody_between_variants() -> None:
    """When the control group grows, or a variant is added, customers only move into that group."""
    before = _of(UIDS, "test", VARIANTS)
    grown = _of(UIDS, "test", (("control", 0.4), ("a", 0.2), ("b", 0.2), ("c", 0.2)))
    added = _of(UIDS, "test", (*((name, share * 0.8) for name, share in VARIANTS), ("d", 0.2)))
    assert {new for old, new in zip(before, grown, strict=True) if old != new} == {"control"}
    assert {new for old, new in zip(before, added, strict=True) if old != new} == {"d"}


@given(uid=st.uuids().map(str), shares=st.permutations(VARIANTS))
def test_the_order_of_groups_does_not_matter(uid: str, shares: list[tuple[str, float]]) -> None:
    """Groups may be written down in any order."""
    assert arm(uid, "salt", shares) == arm(uid, "salt", VARIANTS)


def test_salt_and_name_are_kept_apart() -> None:
    """Texts that read the same when joined are different groups all the same."""
    one = _of(UIDS[:200], "ab", (("c", 0.5), ("d", 0.5)))
    two = _of(UIDS[:200], "a", (("bc", 0.5), ("bd", 0.5)))
    assert [f"b{name}" for name in one] != two


def test_nobody_is_in_a_group_without_a_share() -> None:
    """A share of 0 is an empty group, a share of 1 holds everybody."""
    assert set(_of(UIDS[:500], "s", (("control", 0.0), ("treated", 1.0)))) == {"treated"}


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ((), "add up to 0"),
        ((("a", 0.5), ("b", 0.6)), "add up to 1.1"),
        ((("a", -0.5), ("b", 1.5)), 'group "a" is -0.5'),
        ((("a", float("nan")), ("b", 1.0)), 'group "a" is nan'),
        ((("a", 0.5), ("a", 0.5)), "same name"),
    ],
)
def test_impossible_shares_are_refused(shares: tuple[tuple[str, float], ...], message: str) -> None:
    """Shares that are no shares are refused with their name, before anybody is assigned."""
    with pytest.raises(Invalid, match=message):
        arm("uid", "salt", shares)
