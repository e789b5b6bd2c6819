"""Interactions from CSV files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit.core.crm import Crm
from crmkit.core.errors import Invalid
from crmkit.core.exchange import import_customers, import_interactions
from crmkit.core.instants import parse_instant, zone

Write = Callable[..., Path]
BOUGHT = """customer_shop,date,product,quantity,total
1,1997-01-01 12:00,CD,2,"1 234,50"
1,1997-01-01 12:00,CD,2,"1 234,50"
2,1997-03-02,Tape,1,7.00
"""


@pytest.fixture
def people(crm: Crm, csv_file: Write) -> None:
    """Customers shop:1 and shop:2."""
    import_customers(
        crm, csv_file("shop,name,email\n1,Anna,anna@example.org\n2,Jan,jan@example.org\n", "c.csv")
    )


@pytest.mark.usefixtures("people")
def test_a_purchase_log_becomes_history(crm: Crm, csv_file: Write) -> None:
    """Each row is known from when it happened, with its amount, its line and its customer."""
    report = import_interactions(crm, csv_file(BOUGHT), defaults={"type": "purchase", "channel": "web"})
    assert (report.rows, report.created, report.unchanged, report.rejected) == (3, 3, 0, 0)
    first = crm.interactions.timeline("shop:1").interactions[0]
    noon = parse_instant("1997-01-01 12:00", zone("Europe/Warsaw"), 0)
    assert (first.occurred_at, first.known_at) == (noon, noon)
    assert (first.amount, first.currency, first.channel) == (123450, "USD", "web")
    assert (first.payload.lines[0].product, first.payload.lines[0].quantity) == ("CD", 2)
    assert first.source == "file:people.csv"


@pytest.mark.usefixtures("people")
def test_the_same_file_twice_records_nothing_twice(crm: Crm, csv_file: Write) -> None:
    """Rows without a reference are told by their content, and equal rows of a file stay two."""
    file = csv_file(BOUGHT)
    import_interactions(crm, file, defaults={"type": "purchase"}, batch_size=1)
    again = import_interactions(crm, file, defaults={"type": "purchase"})
    assert (again.created, again.unchanged) == (0, 3)
    more = csv_file("\n".join([*BOUGHT.splitlines(), '1,1997-01-01 12:00,CD,2,"1 234,50"']))
    third = import_interactions(crm, more, defaults={"type": "purchase"})
    assert (third.created, third.unchanged) == (1, 3)


@pytest.mark.usefixtures("people")
def test_a_reference_tells_rows_across_files(crm: Crm, csv_file: Write) -> None:
    """With an order number, overlapping exports record each order once."""
    may = csv_file("shop,date,order,amount\n1,2024-05-01,A1,5.00\n1,2024-05-31,A2,6.00\n", "may.csv")
    june = csv_file("shop,date,order,amount\n1,2024-05-31,A2,6.00\n1,2024-06-01,A3,7.00\n", "june.csv")
    assert import_interactions(crm, may, defaults={"type": "purchase"}).created == 2
    report = import_interactions(crm, june, defaults={"type": "purchase"})
    assert (report.created, report.unchanged) == (1, 1)


@pytest.mark.usefixtures("people")
def test_days_and_amounts_as_a_sheet_writes_them(crm: Crm, csv_file: Write) -> None:
    """A Polish till's file comes in as it is; what was paid in another currency is not taken for dollars."""
    rows = ["1,12.03.2026 8:10,$7.50,bread,$7.50", "2,13/03/2026,€7.50,bread,7.50"]
    text = "\n".join(["shop,at,amount,product,unit price", *rows])
    report = import_interactions(crm, csv_file(text), defaults={"type": "purchase"})
    assert (report.created, report.rejected) == (1, 1)
    (bought,) = crm.interactions.timeline("shop:1").interactions
    assert bought.occurred_at == parse_instant("2026-03-12 08:10", zone("Europe/Warsaw"), 0)
    assert (bought.amount, bought.payload.lines[0].unit_price) == (750, 750)
    assert crm.interactions.timeline("shop:2").interactions == ()


@pytest.mark.usefixtures("people")
def test_rows_name_their_customer_and_type_in_many_ways(crm: Crm, csv_file: Write) -> None:
    """A reference of any kind or an e-mail address finds the customer; types may be written by their name."""
    text = "customer,email,type,when,text\nshop:1,,call,2024-05-01,Asked\n"
    text += ",jan@example.org,Note,2024-05-02,Likes tea\n"
    report = import_interactions(crm, csv_file(text))
    assert report.created == 2
    assert crm.interactions.timeline("shop:2").interactions[0].payload.text == "Likes tea"


@pytest.mark.usefixtures("people")
def test_what_does_not_fit_is_refused_row_by_row(crm: Crm, csv_file: Write) -> None:
    """Unknown customers, types, dates and amounts are refused, each with its line and its reason."""
    rows = ["9,note,2024-05-01,", ",note,2024-05-01,", "1,notte,2024-05-01,", "1,note,someday,", "1,note,,"]
    rows += ["1,purchase,2024-05-01,lots", "1,purchase,2024-05-01,-5", "1,purchase,2024-05-01,5"]
    report = import_interactions(crm, csv_file("shop,type,at,amount\n" + "\n".join(rows) + "\n"))
    assert (report.rows, report.created, report.rejected) == (8, 1, 7)
    assert report.rejects_file is not None
    lines = report.rejects_file.read_text(encoding="utf-8").splitlines()[1:]
    for line, reason in zip(
        lines, ("shop:9", "which customer", "notte", "someday", "when", "lots", ""), strict=True
    ):
        assert reason in line


@pytest.mark.parametrize(
    ("header", "says"),
    [("type,at", "which customer"), ("shop,at", "kind of contact"), ("shop,type", "when it was")],
)
def test_what_a_file_must_say(crm: Crm, csv_file: Write, header: str, says: str) -> None:
    """Without a customer, a type or a time nothing is imported, and the way to give it is shown."""
    with pytest.raises(Invalid, match=says):
        import_interactions(crm, csv_file(f"{header}\n1,2\n"))


@pytest.mark.usefixtures("people")
def test_a_dry_run_counts_repeats_within_the_file(crm: Crm, csv_file: Write) -> None:
    """A dry run in many batches tells the same as the real one, and records nothing."""
    text = "shop,date,order\n" + "".join(f"1,2024-05-01,A{i % 7}\n" for i in range(20)) + "3,2024-05-01,A\n"
    file = csv_file(text)
    dry = import_interactions(crm, file, defaults={"type": "purchase"}, dry_run=True, batch_size=3)
    assert crm.interactions.count() == 0
    real = import_interactions(crm, file, defaults={"type": "purchase"})
    for report in (dry, real):
        assert (report.created, report.unchanged, report.rejected) == (7, 13, 1)
