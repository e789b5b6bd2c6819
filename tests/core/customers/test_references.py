"""Finding one customer by what a person types, and several by what a person remembers."""

from __future__ import annotations

import pytest

from crmkit.core.crm import Crm
from crmkit.core.errors import Ambiguous, Invalid, NotFound
from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity
from crmkit.testing import run_crm


def add(crm: Crm, name: str, email: str = "", phone: str = "", number: str = "") -> int:
    """A customer's id."""
    kinds = (("email", email), ("phone", phone))
    points = tuple(ContactPoint(kind=kind, value=value) for kind, value in kinds if value)
    identities = (Identity("shop", number),) if number else ()
    return crm.customers.save(CustomerDraft(name=name, contact_points=points, identities=identities)).id


def test_every_kind_of_reference(crm: Crm) -> None:
    """Id, uid, e-mail, phone in any spelling, identity and name lead to the same customer."""
    id_ = add(crm, "Łucja Żak", "lucja@example.org", "22 123 45 67", "10042")
    uid = crm.customers.get(id_).uid
    references = (
        id_, str(id_), uid, uid.upper(), "Lucja@Example.org", "+48 22 123 45 67", "22-123-45-67", "221234567",
        "shop:10042", "Łucja Żak", "lucja zak", "zak", " łuc ",
    )  # fmt: skip
    for reference in references:
        assert crm.customers.resolve(reference) == id_, reference


@pytest.mark.parametrize(
    "reference", [0, -1, 2**70, "99", "no@example.org", "shop:1", "", "?", "%", "22 1", "%_%"]
)
def test_unknown_references(crm: Crm, reference: int | str) -> None:
    """What leads nowhere is not found, whatever is typed."""
    add(crm, "Anna", "anna@example.org")
    with pytest.raises(NotFound, match="There is no customer"):
        crm.customers.resolve(reference)


def test_ambiguous_names_list_the_candidates(crm: Crm) -> None:
    """Several customers of a name are listed in one line; a whole name wins over a longer one."""
    first, second = add(crm, "Anna Nowak", "a@example.org"), add(crm, "Anna Lis")
    with pytest.raises(Ambiguous) as caught:
        crm.customers.resolve("anna")
    assert caught.value.message == f'"anna" could be {second} Anna Lis; {first} Anna Nowak, a@example.org'
    assert [each.id for each in caught.value.details["candidates"]] == [second, first]
    add(crm, "Anna Lis-Wilk")
    assert crm.customers.resolve("anna lis") == second


def test_a_shared_address_is_ambiguous(crm: Crm) -> None:
    """An address of two customers names both; of one archived and one not, the one who is there."""
    first, second = (
        add(crm, "Anna", "we@example.org", number="1"),
        add(crm, "Jan", "we@example.org", number="2"),
    )
    with pytest.raises(Ambiguous):
        crm.customers.resolve("we@example.org")
    crm.customers.archive(first)
    assert crm.customers.resolve("we@example.org") == second


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Łódź Piekarnia", "lodz"),
        ("Łódź Piekarnia", "ŁÓDŹ piek"),
        ("Straße GmbH", "strasse"),
        ("محمد علی", "محمد على"),
        ("فاطمہ", "فاطمة"),
        ("O'Neill", "neill"),
        ("Đorđe", "dorde"),
    ],
)
def test_found_without_accents_and_in_urdu_script(crm: Crm, name: str, text: str) -> None:
    """A name is found as people type it, whatever their keyboard."""
    id_ = add(crm, name)
    add(crm, "Somebody Else")
    assert [each.id for each in crm.customers.find(text)] == [id_]


def test_whose_number_it_is_comes_first(crm: Crm) -> None:
    """At the counter one types a number: the customer's own, or the card's with its kind, comes first."""
    first = add(crm, "Zofia", number="10042")
    add(crm, "Anna", f"anna.{first}@bakery.example")
    assert [each.name for each in crm.customers.find(str(first))] == ["Zofia", "Anna"]
    assert [each.name for each in crm.customers.find("shop:10042")] == ["Zofia"]
    assert crm.customers.find("nothing:10042") == []


def test_found_by_part_of_address_number_and_city(crm: Crm) -> None:
    """Parts of an e-mail, digits from anywhere in a number, an identity or the city find the customer."""
    id_ = add(crm, "Anna", "anna.kowalska@bakery.example", "+48 22 123 45 67", "10042")
    address = ContactPoint(kind="address", value="", street="Długa 1", city="Gdańsk")
    crm.customers.update(id_, CustomerDraft(contact_points=(address,)))
    for text in (
        "kowalska",
        "bakery",
        "walska@bak",
        "22 123",
        "4822123",
        "345 67",
        "10042",
        "gdansk",
        "dluga",
    ):
        assert [each.id for each in crm.customers.find(text)] == [id_], text
    assert crm.customers.find("gdansk")[0].city == "Gdańsk"
    for text in ("", "%", "*", '"', "kowalska nowak", "' OR 1=1 --", "AND NOT"):
        assert crm.customers.find(text) == [], text


def test_ranked_and_limited(crm: Crm) -> None:
    """The exact name comes first, then the alphabet; no more than asked for."""
    for name in ("Jan Żuk", "Jan Adamski", "Jan"):
        add(crm, name)
    assert [each.name for each in crm.customers.find("jan")] == ["Jan", "Jan Adamski", "Jan Żuk"]
    assert [each.name for each in crm.customers.find("jan", limit=1)] == ["Jan"]


def test_pages_of_the_list(crm: Crm) -> None:
    """Pages follow each other without gap or repetition, narrowed by tag; a broken cursor is refused."""
    ids = [add(crm, f"N{n}") for n in range(5)]
    page, cursor = crm.customers.list(2)
    rest, end = crm.customers.list(10, after=cursor)
    assert [each.id for each in (*page, *rest)] == ids
    assert end is None
    crm.customers.tag(ids[3], "vip")
    assert [each.id for each in crm.customers.list(tag="VIP")[0]] == [ids[3]]
    assert [each.id for each in crm.customers.summaries([ids[1], 999, ids[0]])] == [ids[1], ids[0]]
    with pytest.raises(Invalid, match="not a cursor"):
        crm.customers.list(after="x; DROP TABLE customer")


def test_a_number_is_never_part_of_somebody_elses_address(crm: Crm) -> None:
    """A bare number is a customer's number or a telephone; never a part of another's name."""
    other = add(crm, "Studio 54 Anna", "77anna@example.org")
    for number in ("54", "77"):
        with pytest.raises(NotFound):
            crm.customers.resolve(number)
    assert crm.customers.resolve("Studio 54") == other
    assert [each.id for each in crm.customers.find("77")] == [other]


def test_no_more_candidates_are_listed_than_fit_a_screen(crm: Crm) -> None:
    """Twenty, each in a line of its own on the command line, and how many more there are in the last."""
    crm.customers.save_all([CustomerDraft(name=f"Anna {number:02}") for number in range(22)])
    with pytest.raises(Ambiguous, match="; … and 2 more"):
        crm.customers.resolve("anna")
    shown = run_crm("--config", crm.config.path, "show", "anna").stderr.splitlines()
    assert len(shown) == 23
    assert shown[-2] == "  … and 2 more"
