"""The rehearsal of an import, and what an import says at its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from crmkit.core.crm import Crm
from crmkit.core.exchange import import_customers, import_interactions
from crmkit.core.model.customer import ContactPoint, CustomerDraft

Write = Callable[..., Path]


def test_samples_of_every_outcome(crm: Crm, csv_file: Write) -> None:
    """A dry run shows rows of each outcome: who, from what to what, and why not."""
    import_customers(crm, csv_file("shop,name,size,tag\n1,Anna,37,vip\n2,Jan,,\n"))
    for name in ("X", "Y"):
        point = ContactPoint(kind="email", value="both@example.org")
        id_ = crm.customers.save(CustomerDraft(name=name)).id
        crm.customers.update(id_, CustomerDraft(contact_points=(point,)))
    report = import_customers(
        crm,
        csv_file(
            "shop,name,size,tag,email\n1,Anna Nowak,37.5,new,\n2,Jan,,,\n3,Ola,,,\n4,Ewa,,,broken\n"
            ",Zoe,,,both@example.org\n"
        ),
        dry_run=True,
    )
    samples = report.samples
    assert list(samples) == ["created", "updated", "unchanged", "ambiguous", "rejected"]
    (updated,) = samples["updated"]
    assert (updated.line, updated.who) == (2, "Anna Nowak, shop:1")
    changes = {each.field: (each.old, each.new) for each in updated.changes}
    assert changes == {"name": ("Anna", "Anna Nowak"), "size": ("37.0", "37.5"), "tag": (None, "new")}
    assert samples["created"][0].who == "Ola, shop:3"
    assert samples["unchanged"][0].line == 3
    assert "broken" in samples["rejected"][0].reason
    assert crm.customers.count() == 4


def test_samples_of_interactions(crm: Crm, csv_file: Write) -> None:
    """They say what happened, when, and to whom."""
    import_customers(crm, csv_file("shop,name\n1,Anna\n", "c.csv"))
    file = csv_file("shop,at,amount,type\n1,2024-05-01 10:00,7.40,purchase\n")
    report = import_interactions(crm, file, dry_run=True)
    assert report.samples["created"][0].who == "purchase 2024-05-01 10:00 7.40 USD of shop:1"
    import_interactions(crm, file)
    assert "created" not in import_interactions(crm, file, dry_run=True).samples


def test_time_is_accounted_for(crm: Crm, csv_file: Write) -> None:
    """An import says what took how long, and it adds up."""
    report = import_customers(crm, csv_file("shop,name\n" + "".join(f"{i},A{i}\n" for i in range(500))))
    assert set(report.steps) == {"read", "understand", "save", "log", "commit"}
    assert 0 < sum(report.steps.values()) <= report.seconds


def test_mended_rows_come_in(crm: Crm, csv_file: Write) -> None:
    """The file of refused rows keeps what was beyond the columns, and comes in once it is mended."""
    report = import_customers(crm, csv_file("shop,name,email\n1,Anna,broken\n2,Jan,j@example.org,extra\n"))
    assert report.rejects_file is not None
    text = report.rejects_file.read_text(encoding="utf-8")
    assert text.startswith("shop,name,email,import_line,import_reason\n")
    assert "Beyond the last column: extra" in text
    still = import_customers(crm, csv_file(text.replace("j@example.org", "j@@example.org"), "again.csv"))
    assert still.rejects_file is not None
    second = still.rejects_file.read_text(encoding="utf-8")
    assert second.splitlines()[0] == "shop,name,email,import_line,import_reason"
    mended = second.replace("broken", "a@example.org").replace("j@@", "j@")
    done = import_customers(crm, csv_file(mended, "mended.csv"))
    assert (done.created, done.rejected) == (2, 0)
