"""Saving customers one by one."""

from __future__ import annotations

import pytest

from crmkit.core.crm import Crm
from crmkit.core.errors import Ambiguous, Conflict, Invalid
from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity, Preference


def person(name: str, email: str = "", **more: object) -> CustomerDraft:
    """A draft with a name and, if given, an e-mail address."""
    points = (ContactPoint(kind="email", value=email),) if email else ()
    return CustomerDraft(name=name, contact_points=points, **more)  # type: ignore[arg-type]


def test_round_trip(crm: Crm) -> None:
    """What was saved is what is got: parts, order of addresses, tags, preferences, identities."""
    draft = CustomerDraft(
        given_name="Zofia",
        family_name="Żak",
        contact_points=(
            ContactPoint(kind="email", value="Zofia@Example.org", label="home"),
            ContactPoint(kind="phone", value="22 123 45 67"),
            ContactPoint(kind="address", value="", street="Długa 1", city="Łódź", postcode="90-001"),
            ContactPoint(kind="handle", value="@zosia", label="chatty"),
        ),
        identities=(Identity("till", "7"), Identity("shop", "10042")),
        tags=("VIP", "vip ", "baker"),
        preferences=(Preference(topic="bread", value="rye"),),
        locale="pl",
        timezone="Europe/Warsaw",
        lifecycle="lead",
        source="web form",
    )
    saved = crm.customers.save(draft)
    again = crm.customers.get("shop:10042")
    assert again == saved
    assert (saved.name, saved.tags, saved.lifecycle, saved.version) == (
        "Zofia Żak",
        ("baker", "vip"),
        "lead",
        1,
    )
    points = {point.kind: point for point in saved.contact_points}
    assert points["email"].normalised == "zofia@example.org"
    assert points["email"].value == "Zofia@Example.org"
    assert points["phone"].normalised == "+48221234567"
    assert points["address"].city == "Łódź"
    assert all(point.is_primary for point in saved.contact_points)


def test_the_same_again_changes_nothing(crm: Crm) -> None:
    """Saving the same draft twice leaves version and history as they were."""
    draft = person("Anna", "anna@example.org", tags=("vip",), fields={"size": "38.5"})
    first = crm.customers.save(draft)
    assert crm.customers.save(draft) == first
    assert len(crm.customers.history(first.id)) == 1


def test_matched_by_identity_before_email(crm: Crm) -> None:
    """An identity says who it is, whatever the address says."""
    one = crm.customers.save(person("One", "one@example.org", identities=(Identity("shop", "1"),)))
    two = crm.customers.save(person("Two", "two@example.org", identities=(Identity("shop", "2"),)))
    same = crm.customers.save(person("One", "two@example.org", identities=(Identity("shop", "1"),)))
    assert same.id == one.id
    assert [each.id for each in crm.customers.find_by_email("two@example.org")] == [one.id, two.id]


def test_matched_by_email(crm: Crm) -> None:
    """An address that one customer has finds them, in any spelling, and new data joins them."""
    first = crm.customers.save(person("Anna", "anna@example.org"))
    again = crm.customers.save(person("Anna", " ANNA@Example.ORG", identities=(Identity("shop", "7"),)))
    assert again.id == first.id
    assert again.version == 2
    assert [str(each) for each in again.identities] == ["shop:7"]


def test_never_matched_by_phone(crm: Crm) -> None:
    """A telephone may be a whole household's."""
    phone = (ContactPoint(kind="phone", value="+48 22 123 45 67"),)
    first = crm.customers.save(CustomerDraft(name="Anna", contact_points=phone))
    second = crm.customers.save(CustomerDraft(name="Jan", contact_points=phone))
    assert first.id != second.id


def test_another_number_in_the_same_scheme_is_somebody_else(crm: Crm) -> None:
    """A couple shares an address; their numbers tell them apart."""
    anna = crm.customers.save(person("Anna", "we@example.org", identities=(Identity("shop", "1"),)))
    jan = crm.customers.save(person("Jan", "we@example.org", identities=(Identity("shop", "2"),)))
    assert anna.id != jan.id


def test_ambiguous_goes_to_review(crm: Crm) -> None:
    """An address that two have is not guessed: candidates are named, and the draft waits once."""
    for number in "12":
        crm.customers.save(person(f"N{number}", "we@example.org", identities=(Identity("shop", number),)))
    draft = person("Who", "we@example.org")
    with pytest.raises(Ambiguous, match=r"N1 .* N2 ") as caught:
        crm.customers.save(draft)
    assert [each.name for each in caught.value.details["candidates"]] == ["N1", "N2"]
    assert crm.customers.save_all([draft, draft]).refused[1].code == "ambiguous"
    with crm.reading() as execute:
        assert len(execute(crm.tables.review.select()).all()) == 1


def test_identities_of_two_customers_are_ambiguous(crm: Crm) -> None:
    """A draft with the numbers of two customers is nobody's."""
    crm.customers.save(person("A", identities=(Identity("shop", "1"),)))
    crm.customers.save(person("B", identities=(Identity("till", "1"),)))
    both = (Identity("shop", "1"), Identity("till", "1"))
    with pytest.raises(Ambiguous, match="belong to different customers"):
        crm.customers.save(person("C", identities=both))


def test_identity_of_somebody_else_is_a_conflict(crm: Crm) -> None:
    """An identity belongs to one customer, and the error names them."""
    crm.customers.save(person("Anna", identities=(Identity("shop", "1"),)))
    jan = crm.customers.save(person("Jan"))
    with pytest.raises(Conflict, match="Anna"):
        crm.customers.update(jan.id, CustomerDraft(identities=(Identity("shop", "1"),)))


def test_a_stale_version_is_a_conflict(crm: Crm) -> None:
    """Of two who saw version 1, the second is told that it is version 2 now, and nothing is written."""
    anna = crm.customers.save(person("Anna"))
    crm.customers.update(anna.id, CustomerDraft(name="Anna K", version=1))
    with pytest.raises(Conflict, match="now it is 2") as caught:
        crm.customers.update(anna.id, CustomerDraft(name="Hanna", version=1))
    assert caught.value.details["version"] == 2
    assert crm.customers.get(anna.id).name == "Anna K"


def test_history_has_one_row_per_field(crm: Crm) -> None:
    """A creation is one entry that names the source, an update one for each field, readable."""
    anna = crm.customers.save(person("Anna"), source="import:3")
    crm.customers.update(
        anna.id, CustomerDraft(name="Hanna", tags=("vip",), fields={"budget": "12,50", "size": "38.5"})
    )
    crm.customers.update(anna.id, CustomerDraft(fields={"size": None}))
    entries = [(c.action, c.entity, c.field, c.old, c.new) for c in reversed(crm.customers.history(anna.id))]
    assert entries == [
        ("created", "customer", "", None, "import:3"),
        ("changed", "customer", "name", "Anna", "Hanna"),
        ("created", "tag", "", None, "vip"),
        ("changed", "field", "budget", None, "12.50 PLN"),
        ("changed", "field", "size", None, "38.5"),
        ("changed", "field", "size", "38.5", None),
    ]


def test_first_contact_is_primary_and_another_can_take_over(crm: Crm) -> None:
    """There is one primary address of a kind, and its history says when it changed."""
    anna = crm.customers.save(person("Anna", "a@example.org"))
    anna = crm.customers.update(anna.id, person("Anna", "b@example.org"))
    a, b = anna.contact_points
    assert (a.is_primary, b.is_primary) == (True, False)
    assert b.id is not None
    anna = crm.customers.set_primary(anna.id, b.id)
    assert [point.is_primary for point in anna.contact_points] == [False, True]
    anna = crm.customers.remove_contact_point(anna.id, b.id)
    assert [(point.value, point.is_primary) for point in anna.contact_points] == [("a@example.org", True)]
    assert crm.customers.get(anna.id) == anna
    assert crm.customers.find("b@example.org") == []


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (CustomerDraft(), "neither a name"),
        (CustomerDraft(name="A\x00"), "control character"),
        (person("A", "nonsense"), "not a usable e-mail"),
        (CustomerDraft(name="A", contact_points=(ContactPoint(kind="phone", value="12"),)), "phone"),
        (
            CustomerDraft(name="A", contact_points=(ContactPoint(kind="fax", value="12"),)),
            "kind of contact point",
        ),
        (CustomerDraft(name="A", lifecycle="custmer"), "lifecycle stage"),
        (CustomerDraft(name="A", fields={"bred": "rye"}), 'no field "bred"'),
        (CustomerDraft(name="A", fields={"bread": "ry"}), "not one of its choices"),
        (CustomerDraft(name="A", fields={"size": "1.23"}), "digits after the point"),
        (CustomerDraft(name="A", fields={"budget": "12 EUR"}), "kept in PLN"),
        (CustomerDraft(name="A", fields={"friend": "nobody"}), "friend: There is no customer"),
        (CustomerDraft(name="A", owner_id=99), "no employee 99"),
        (CustomerDraft(name="A", identities=(Identity("shopp", "1"),)), "no identity scheme"),
        (CustomerDraft(name="A", tags=(" ",)), "tag is empty"),
        (CustomerDraft(name="A" * 2000), "2000 characters"),
        (CustomerDraft(name="A", timezone="Mars"), "not a time zone"),
    ],
)
def test_refused_drafts_say_why(crm: Crm, draft: CustomerDraft, reason: str) -> None:
    """What cannot be accepted is refused with a sentence, and nothing is kept."""
    with pytest.raises(Invalid, match=reason):
        crm.customers.save(draft)
    assert crm.customers.count() == 0


def test_unique_field_names_the_holder(crm: Crm) -> None:
    """A unique value belongs to one customer; when they give it up, another may have it."""
    anna = crm.customers.save(person("Anna", fields={"card": "77"}))
    with pytest.raises(Conflict, match=r"card .77. belongs to"):
        crm.customers.save(person("Jan", fields={"card": "77"}))
    crm.customers.update(anna.id, CustomerDraft(fields={"card": None}))
    assert crm.customers.save(person("Jan", fields={"card": "77"})).fields["card"] == "77"


def test_a_composed_name_follows_its_parts(crm: Crm) -> None:
    """A name made of given and family name changes with them; one given as a whole does not."""
    zofia = crm.customers.save(CustomerDraft(given_name="Zofia", family_name="Nowak"))
    assert crm.customers.update(zofia.id, CustomerDraft(family_name="Żak")).name == "Zofia Żak"
    firm = crm.customers.save(CustomerDraft(name="Firm", given_name="Jan"))
    assert crm.customers.update(firm.id, CustomerDraft(family_name="Lis")).name == "Firm"


def test_archive_and_restore(crm: Crm) -> None:
    """Archived customers are left out of lists and searches, and open by an exact reference."""
    anna = crm.customers.save(person("Anna", "anna@example.org"))
    assert crm.customers.archive(anna.id).archived_at
    assert crm.customers.find("Anna") == []
    assert crm.customers.list() == ([], None)
    assert crm.customers.count() == 0
    assert crm.customers.get("anna@example.org").id == anna.id
    assert [each.id for each in crm.customers.list(archived=True)[0]] == [anna.id]
    assert crm.customers.restore(anna.id).archived_at is None
    assert crm.customers.count() == 1


def test_tags_preferences_and_relationships(crm: Crm) -> None:
    """Tags come off, preferences are forgotten, ties are directed and dated; all of it is in the history."""
    anna, firm = crm.customers.save(person("Anna")), crm.customers.save(person("Firm"))
    crm.customers.tag(anna.id, "Vip")
    assert crm.customers.untag(anna.id, "VIP").tags == ()
    crm.customers.prefer(anna.id, "bread", "rye", "inferred")
    assert crm.customers.prefer(anna.id, "bread", "rye").preferences[0].origin == "stated"
    assert crm.customers.forget_preference(anna.id, "bread").preferences == ()
    tie = crm.customers.relate(anna.id, "Works at", firm.id)
    assert crm.customers.relationships(firm.id) == [tie]
    assert tie.kind == "works_at"
    crm.customers.unrelate(anna.id, "works at", firm.id)
    assert crm.customers.relationships(anna.id) == []
    assert [c.entity for c in crm.customers.history(anna.id)] == [
        "relationship", "relationship", "preference", "preference", "preference", "tag", "tag", "customer",
    ]  # fmt: skip
