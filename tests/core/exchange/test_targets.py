"""Everything that a column can mean: labels, employers, ties, consents, owners, and what products write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit.core.crm import Crm
from crmkit.core.errors import Invalid, NotAllowed
from crmkit.core.exchange import import_customers
from tests.core.exchange.test_customers import counts

Write = Callable[..., Path]


def test_labels_and_several_values_in_a_cell(crm: Crm, csv_file: Write) -> None:
    """Contact points get their labels, addresses stay apart by theirs, and cells may hold several values."""
    file = csv_file(
        "shop,name,email:work,Mobile,address.city:home,address.street:home,address.city:work,Tags\n"
        '1,Anna,"anna@example.org; a.nowak@example.org",600100200,Kraków,Długa 1,Łódź,"vip|early; ""a,b"""\n'
    )
    import_customers(crm, file, defaults={"locale": "Polish / Język polski"})
    anna = crm.customers.get("shop:1")
    points = {(point.kind, point.label, point.value) for point in anna.contact_points}
    assert ("email", "work", "a.nowak@example.org") in points
    assert ("phone", "mobile", "600100200") in points
    assert ("address", "home", "Długa 1, Kraków") in points
    assert ("address", "work", "Łódź") in points
    assert anna.tags == ("a,b", "early", "vip")
    assert anna.locale == "pl"
    assert counts(import_customers(crm, file, defaults={"locale": "pl"})) == (1, 0, 0, 1, 0)


def test_days_may_be_written_with_dots(crm: Crm, csv_file: Write) -> None:
    """Day, month, year, as most of Europe writes them; a day that the calendar has not is refused."""
    file = csv_file("shop,name,first_visit\n1,Anna,29.02.1980\n2,Jan,3.4.1975\n3,Ola,30.02.1980\n")
    assert counts(import_customers(crm, file)) == (3, 2, 0, 0, 1)
    days = [str(crm.customers.get(f"shop:{number}").fields["first_visit"]) for number in (1, 2)]
    assert days == ["1980-02-29", "1975-04-03"]


def test_companies_become_relationships(crm: Crm, csv_file: Write) -> None:
    """An employer is found by name, whatever its case, or added once; the same file again changes nothing."""
    acme = crm.customers.save_all([])
    assert acme.created == 0
    file = csv_file("shop,name,Company\n1,Anna,Acme Ltd.\n2,Jan,ACME LTD.\n3,Ewa,Beta\n4,Ola,\n")
    assert counts(import_customers(crm, file, batch_size=2)) == (4, 4, 0, 0, 0)
    organisations = [each for each in crm.customers.list()[0] if each.name in ("Acme Ltd.", "Beta")]
    assert len(organisations) == 2
    (tie,) = crm.customers.relationships("shop:2")
    assert (tie.kind, tie.other_id) == ("works_at", organisations[0].id)
    assert crm.customers.get(organisations[0].id).is_organization
    assert counts(import_customers(crm, file)) == (4, 0, 0, 4, 0)
    moved = csv_file("shop,name,Company\n4,Ola,Beta\n")
    assert counts(import_customers(crm, moved)) == (1, 0, 1, 0, 0)


def test_an_employer_that_several_have_is_refused(crm: Crm, csv_file: Write) -> None:
    """It is never guessed which of two organisations of one name is meant."""
    firms = csv_file("shop,name,is_organization\n8,Acme,yes\n9,Acme,company\n", "firms.csv")
    import_customers(crm, firms)
    report = import_customers(crm, csv_file("shop,name,Company\n1,Anna,acme\n"))
    assert counts(report) == (1, 0, 0, 0, 1)
    assert "2 organisations" in report.examples[0].reason


def test_a_file_of_companies(crm: Crm, csv_file: Write) -> None:
    """Where no column names a person, the company is the customer."""
    import_customers(crm, csv_file("shop,Firma,Miasto\n1,Piekarnia,Kraków\n"))
    bakery = crm.customers.get("shop:1")
    assert (bakery.name, bakery.is_organization) == ("Piekarnia", True)


def test_ties_to_other_customers(crm: Crm, csv_file: Write) -> None:
    """A tie may lead to a row of the same file; one to nobody refuses the row."""
    file = csv_file("shop,name,relationship:household_of\n1,Anna,shop:2\n2,Jan,\n3,Ewa,shop:77\n")
    report = import_customers(crm, file)
    assert counts(report) == (3, 2, 0, 0, 1)
    assert report.examples[0].line == 4
    (tie,) = crm.customers.relationships("shop:1")
    assert tie.other_id == crm.customers.resolve("shop:2")


def test_owners_are_employees(crm: Crm, csv_file: Write) -> None:
    """An owner is found by name or e-mail; a row whose owner nobody knows is refused, with what to do."""
    crm.people.add("Ola Kowal", "ola@example.org")
    file = csv_file("shop,name,Opiekun\n1,Anna,ola kowal\n2,Jan,ola@example.org\n3,Ewa,Nobody\n")
    report = import_customers(crm, file)
    assert counts(report) == (3, 2, 0, 0, 1)
    assert 'crm people employees add "Nobody"' in report.examples[0].reason
    assert crm.customers.get("shop:2").owner_id == 1


CONSENTS = """shop,name,consent:newsletter:post,consent_at:newsletter:post,opt_out:newsletter:phone
1,Anna,yes,2024-05-01,
2,Jan,2024-05-02 10:00,,true
3,Ewa,unsubscribed,2024-05-03,no
4,Ola,maybe,,
5,Ula,,,
"""


def test_consents_with_evidence(crm: Crm, csv_file: Write) -> None:
    """A state, a day or both become an entry with file and line as evidence; a second time adds nothing."""
    file = csv_file(CONSENTS)
    report = import_customers(crm, file)
    assert counts(report) == (5, 4, 0, 0, 1)
    assert "neither a state of consent nor a day" in report.examples[0].reason
    (anna,) = crm.consent.show("shop:1")
    assert (anna.state, anna.source, anna.wording_version) == ("granted", "import:1", None)
    assert "people.csv, line 2: consent:newsletter:post: yes" in anna.evidence
    assert {(each.channel, each.state) for each in crm.consent.show("shop:2")} == {
        ("post", "granted"),
        ("phone", "withdrawn"),
    }
    assert crm.consent.state("shop:3", "newsletter", "post") == "withdrawn"
    assert crm.consent.state("shop:3", "newsletter", "phone") is None
    assert counts(import_customers(crm, file)) == (5, 0, 0, 4, 1)


def test_an_objection_outlives_an_undated_yes(crm: Crm, csv_file: Write) -> None:
    """Who withdrew stays withdrawn when an old list says yes again; only a later day would outweigh it."""
    file = csv_file("shop,name,consent:newsletter:post\n1,Anna,yes\n")
    import_customers(crm, file)
    crm.consent.withdraw("shop:1", "newsletter", "post")
    report = import_customers(crm, csv_file("shop,name,consent:newsletter:post\n1,Ann,yes\n"))
    assert counts(report) == (1, 0, 1, 0, 0)
    assert "does not outweigh" in report.notes[0]
    assert crm.consent.state("shop:1", "newsletter", "post") == "withdrawn"


def test_consents_need_their_right_and_their_words(crm: Crm, csv_file: Write) -> None:
    """A purpose that is not declared is an error, and so is a role that may not record consent."""
    with pytest.raises(Invalid, match="newsleter"):
        import_customers(crm, csv_file("name,x\nA,yes\n"), mapping={"x": "consent:newsleter:post"})
    crm.people.add("Kai", role="manager")
    crm.people.add("Rob", role="importer")
    file = csv_file(CONSENTS)
    import_customers(crm.acting_as("Kai"), file, dry_run=True)
    with pytest.raises(NotAllowed):
        import_customers(crm.acting_as("Rob"), file)


def test_the_apostrophe_of_an_export_is_taken_off(crm: Crm, csv_file: Write) -> None:
    """What an export guards against spreadsheets comes back as it was."""
    import_customers(crm, csv_file("shop,name\n1,'=Anna\n2,'t Hooft\n"))
    assert crm.customers.get("shop:1").name == "=Anna"
    assert crm.customers.get("shop:2").name == "'t Hooft"
