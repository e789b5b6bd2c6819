"""Which pairs a scan suggests, and which it does not."""

from __future__ import annotations

from random import Random

import pytest

from crmkit import Crm, NotAllowed
from crmkit.core.clock import FakeClock
from crmkit.plugin import CustomerDraft
from crmkit.testing import open_crm
from tests.core.duplicates.conftest import draft, found, saved

HOME = {"street": "Długa 12/3", "postcode": "31-147", "city": "Kraków"}
ANNA = draft("Anna Nowak", email="anna@example.org", phone="+48 512 100 200", **HOME, birthday="1988-04-03")


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (draft("Ana Nowak", phone="+48512100200"), "given_name:similar"),
        (draft("Nowak Anna", phone="+48 512-100-200"), "family_name:same"),
        (draft("ANNA NOWAK", email="a.nowak@example.com", **HOME), "street:same"),
        (draft("A. Nowak", email="ana@example.org", **HOME), "given_name:similar"),
        (draft("Anna Nowakk", birthday="1988-03-04", city="Krakow"), "birthday:similar"),
        (draft("Anna Nowak", birthday="1988-04-13", postcode="31-147"), "birthday:similar"),
        (draft("Anna Nowak", street="ul. Dluga 12", postcode="31-174", city="Kraków"), "postcode:similar"),
        (draft("Anna Nowak-Żak", phone="+48 512 100 201", **HOME), "phone:similar"),
    ],
)
def test_slips_are_suggested(crm: Crm, other: CustomerDraft, reason: str) -> None:
    """Swapped names, slips of the fingers, another spelling: each is found, and says what agrees."""
    a, b = saved(crm, ANNA, other)
    pair = found(crm)[a, b]
    assert reason in pair.reasons
    assert pair.score >= 16


@pytest.mark.parametrize(
    "other",
    [
        draft("Piotr Zieliński", email="piotr@example.org", phone="+48 512 700 800"),
        draft("Anna Nowak"),
        draft("Anna Nowak", phone="+48 600 300 400", city="Gdańsk"),
        draft("Maria Nowak", phone="+48 512 100 200", **HOME),
        draft("Nowak", is_organization=True, phone="+48 512 100 200", **HOME),
    ],
)
def test_others_are_not(crm: Crm, other: CustomerDraft) -> None:
    """A common name alone, somebody of the family, an organisation of that name are not suggested."""
    saved(crm, ANNA, other)
    assert found(crm) == {}


def test_twins_are_not_merged(crm: Crm) -> None:
    """The same address, birthday, family name and phone, but other given names: no score merges them."""
    ids = saved(
        crm,
        ANNA,
        draft("Maria Nowak", phone="+48 512 100 200", **HOME, birthday="1988-04-03"),
        draft("Hanna Nowak", phone="+48 512 100 200", **HOME, birthday="1988-04-03"),
    )
    pairs = found(crm)
    assert (ids[0], ids[1]) not in pairs
    assert "given_name:similar" in pairs[ids[0], ids[2]].doubts
    report = crm.duplicates.merge(dry_run=True)
    assert (report.groups, report.doubtful) == ([], len(pairs))


def test_both_engines_find_the_same(crm_both: Crm) -> None:
    """The list, its scores and reasons do not depend on the database."""
    a, b, c, _ = saved(
        crm_both,
        ANNA,
        draft("Nowak Anna", phone="+48 512 100 200", identity="shop:77001"),
        draft("Anna Novak", email="ana@example.org", identity="till:77001", birthday="1988-04-03"),
        draft("Ewa Lis"),
    )
    pairs = found(crm_both)
    assert {pair: each.score for pair, each in pairs.items()} == {(a, b): 24.0, (a, c): 19.0, (b, c): 20.0}
    assert "identity:same" in pairs[b, c].reasons


def test_an_empty_database_has_none(crm_both: Crm) -> None:
    """A scan of nobody ends well, with nothing on the list."""
    report = crm_both.duplicates.scan()
    assert (report.customers, report.found, report.open) == (0, 0, 0)
    assert crm_both.duplicates.list() == ([], None)


def test_organisations_without_their_legal_form(crm: Crm) -> None:
    """`Żytnia sp. z o.o.` and `ZYTNIA` at one address are one; another firm there is not."""
    ids = saved(
        crm,
        draft("Żytnia Sp. z o.o.", is_organization=True, **HOME),
        draft("ZYTNIA", is_organization=True, **HOME),
        draft("Gerlach GmbH", is_organization=True, **HOME),
    )
    assert set(found(crm)) == {(ids[0], ids[1])}


@pytest.mark.parametrize(
    "disguised",
    [
        "\u0410nna Nowak",  # a Cyrillic capital A
        "An\u200bna Nowak",  # a zero-width space
        "\u202eAnna Nowak",  # a right-to-left override
        "Αnna Νowak",  # Greek capitals
    ],
)
def test_look_alikes_are_suggested_and_never_merged_by_score(crm_both: Crm, disguised: str) -> None:
    """Letters that look the same, and characters nobody sees: suggested for that alone, left to a person."""
    a, b = saved(crm_both, draft("Anna Nowak"), draft(disguised))
    pair = found(crm_both)[a, b]
    assert "letters:same" in pair.doubts
    assert crm_both.duplicates.merge(dry_run=True).groups == []


def test_hostile_names_do_no_harm(crm_both: Crm) -> None:
    """Quotes, wildcards, thousands of characters, astral letters and blanks are names like others."""
    names = [
        "' OR 1=1 --",
        "%_%",
        "x" * 900,
        "𝒜nna 𝒩owak",
        "ا\u200cا",
        "\u0301\u0301 ‎",
        "🙂🙂",
        "Robert');",
    ]
    saved(crm_both, *(draft(name, phone=f"+48 512 100 {number + 200}") for number, name in enumerate(names)))
    assert found(crm_both) == {} or all(len(pair.reasons) for pair in found(crm_both).values())
    a, b = saved(crm_both, draft(names[0], **HOME), draft(names[0], **HOME))
    assert (a, b) in found(crm_both)


def test_nobody_is_a_duplicate_of_themselves(crm: Crm) -> None:
    """One whose names begin alike comes up twice in a town, and is still one."""
    saved(crm, draft("Kowal Kowalska", **HOME))
    assert found(crm) == {}


def test_the_list_follows_the_records(crm: Crm) -> None:
    """A second scan brings a changed score up to date, and takes off who no longer match."""
    a, b, c = saved(crm, ANNA, draft("Ana Nowak", phone="+48512100200"), draft("Anna Nowak", **HOME))
    before = found(crm)
    crm.customers.update(b, draft("Ana Nowak", city="Kraków"))
    crm.customers.update(c, draft("Ewa Lis"))
    report = crm.duplicates.scan()
    assert (report.added, report.updated, report.removed) == (0, 1, len(before) - 1)
    assert list(found(crm)) == [(a, b)]
    again = crm.duplicates.scan()
    assert (again.added, again.updated, again.removed) == (0, 0, 0)


def test_archived_people_leave_the_list(crm: Crm) -> None:
    """Who is in the archive is not compared, and not shown."""
    _, b = saved(crm, ANNA, draft("Ana Nowak", phone="+48512100200"))
    assert found(crm)
    crm.customers.archive(b)
    assert crm.duplicates.list()[0] == []
    assert found(crm) == {}


def test_where_narrows_what_is_compared(crm: Crm) -> None:
    """Only those for whom it holds are compared, with everybody; what is on the list of others stays."""
    ids = saved(
        crm, ANNA, draft("Ana Nowak", phone="+48512100200"),
        draft("Ewa Lis", phone="+48 600 300 400"), draft("Ewa Liss", phone="+48 600 300 400"),
    )  # fmt: skip
    crm.customers.tag(ids[3], "new")
    report = crm.duplicates.scan("has_tag('new')")
    assert (report.customers, report.added) == (1, 1)
    assert found(crm).keys() == {(ids[0], ids[1]), (ids[2], ids[3])}
    crm.customers.update(ids[1], draft("Someone Else"))
    assert crm.duplicates.scan("has_tag('new')").removed == 0


def test_large_groups_are_compared_with_neighbours_only(crm: Crm) -> None:
    """A phone number of a thousand people takes no million comparisons, and the report says so."""
    random = Random(3)
    saved(
        crm,
        *(draft(f"{chr(97 + random.randrange(26)) * 6} {number:04}x", phone="+48 22 123 45 67")
          for number in range(600)),
    )  # fmt: skip
    report = crm.duplicates.scan()
    assert report.left_out == {"phone": 1}
    assert report.compared < 600 * 20


def test_a_scan_ends_at_the_most_pairs(crm: Crm, crm_toml: str, clock: FakeClock) -> None:
    """A list without end helps nobody: a scan stops at `most_pairs`, says so, and removes nothing."""
    saved(crm, *(draft("Anna Nowak", city="Kraków") for _ in range(40)))
    assert crm.duplicates.scan().open == 780
    with _again(crm, crm_toml + "[matching.duplicates]\nmost_pairs = 100\n", clock) as few:
        report = few.duplicates.scan()
    assert (report.is_complete, report.found, report.removed, report.open) == (False, 100, 0, 780)


def test_groups_are_as_large_as_the_business_says(crm: Crm, crm_toml: str, clock: FakeClock) -> None:
    """A switchboard's number is no reason to compare all who are called there, where few may share one."""
    saved(crm, *(draft(f"{letter * 7} Nowak", phone="+48 22 123 45 67") for letter in "abcdefghijklmnop"))
    assert crm.duplicates.scan().left_out == {}
    with _again(crm, crm_toml + "[matching.duplicates]\nlargest_block = 10\n", clock) as few:
        assert few.duplicates.scan().left_out["phone"] == 1


def test_only_who_shares_what_counts_is_compared(crm: Crm, crm_toml: str, clock: FakeClock) -> None:
    """Two who have a telephone in common, but no address of mail, are not compared by addresses alone."""
    saved(crm, ANNA, draft("Ana Nowak", phone="+48512100200"))
    with _again(crm, crm_toml + '[matching.duplicates]\nblocks = ["email"]\n', clock) as narrow:
        assert found(narrow) == {}
    assert len(found(crm)) == 1


def _again(crm: Crm, toml: str, clock: FakeClock) -> Crm:
    """The same business, with another crm.toml."""
    return open_crm(crm.config.directory, toml, database="crm.db", clock=clock)


def test_the_order_of_saving_does_not_matter(crm: Crm) -> None:
    """Pairs and scores are those of the people, whichever of the two came first."""
    others = [
        draft("Nowak Ana", phone="+48512100200"),
        draft("A. Nowak", **HOME),
        draft("Hana Nowak", **HOME),
    ]
    ids = saved(crm, *others, ANNA, *others)
    scores = {pair: each.score for pair, each in found(crm).items()}
    for at in range(3):
        assert scores.get((ids[at], ids[3])) == scores.get((ids[3], ids[4 + at]))


def test_rights(crm: Crm) -> None:
    """Who may not merge does not scan or dismiss; a viewer reads the list."""
    a, b = saved(crm, ANNA, draft("Ana Nowak", phone="+48512100200"))
    crm.duplicates.scan()
    crm.people.add("Vera", role="viewer")
    vera = crm.acting_as("Vera").duplicates
    assert len(vera.list()[0]) == vera.count() == 1
    for attempt in (vera.scan, vera.merge, lambda: vera.dismiss(a, b), lambda: vera.reopen(a, b)):
        with pytest.raises(NotAllowed):
            attempt()
    assert crm.duplicates.count() == 1
