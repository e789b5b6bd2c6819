"""The e-mail plugin: messages on timelines, and addresses with which nobody is saved."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft, Invalid, Rejected
from crmkit.testing import run_crm


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["email"]


@pytest.fixture
def crm_toml() -> str:
    """The shop's address, its mail folder, and a refused domain."""
    return """
[plugins.email]
own_addresses = ["Shop@rye.example"]
maildir = "mail"
refused_domains = ["throwaway.example"]
"""


def add(crm: Crm, name: str, address: str) -> int:
    """A new customer's id."""
    point = ContactPoint(kind="email", value=address)
    return crm.customers.save(CustomerDraft(name=name, contact_points=(point,))).id


def message(
    sender: str, to: str, *, subject: str = "Bread", text: str = "Is it fresh?", id_: str = "1"
) -> bytes:
    """A message as it lies in a mailbox."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{id_}@mail.example>"
    mail["Date"] = "Thu, 01 Jan 2026 10:00:00 +0100"
    mail.set_content("Is it fresh?")
    return mail.as_bytes()


def test_messages_go_onto_timelines(crm_both: Crm, tmp_path: Path) -> None:
    """Incoming and outgoing mail stands with the customer; reading it again changes nothing."""
    anna = add(crm_both, "Anna Nowak", "anna@example.com")
    (tmp_path / "in.eml").write_bytes(message("Anna <ANNA@example.com>", "shop@rye.example", id_="in"))
    (tmp_path / "out.eml").write_bytes(
        message("shop@rye.example", "anna@example.com, other@example.com", subject="Re: Bread", id_="out")
    )
    (tmp_path / "strange.eml").write_bytes(message("who@example.net", "shop@rye.example", id_="who"))
    read = ("--config", crm_both.config.path, "mail", "read", *sorted(tmp_path.glob("*.eml")))
    report = run_crm(*read, "--json").json
    assert report["done"] == "2 put onto timelines, 0 there before, 1 from or to nobody on record"
    assert (report["recorded"], report["repeated"], report["strangers"]) == (2, 0, 1)
    assert run_crm(*read, "--json").json["repeated"] == 2
    entries = crm_both.interactions.timeline(anna).interactions
    assert {(each.type, each.channel, each.direction, each.payload.subject) for each in entries} == {
        ("message", "email", "in", "Bread"),
        ("message", "email", "out", "Re: Bread"),
    }
    assert {each.occurred_at for each in entries} == {1_767_258_000_000_000}


def test_a_shared_address_is_nobodys(crm: Crm, tmp_path: Path) -> None:
    """Mail from an address of two customers goes onto no timeline."""
    add(crm, "Anna Nowak", "home@example.com")
    jan = crm.customers.save(CustomerDraft(name="Jan Nowak")).id
    point = ContactPoint(kind="email", value="home@example.com")
    crm.customers.update(jan, CustomerDraft(contact_points=(point,)))
    (tmp_path / "m.eml").write_bytes(message("home@example.com", "shop@rye.example"))
    report = run_crm("--config", crm.config.path, "mail", "read", tmp_path / "m.eml", "--json").json
    assert (report["recorded"], report["strangers"]) == (0, 1)


def test_mbox_and_maildir(crm: Crm, tmp_path: Path) -> None:
    """A file of many messages and a mail folder are read alike."""
    add(crm, "Anna Nowak", "anna@example.com")
    box = mailbox.mbox(str(tmp_path / "box"))
    for number in range(3):
        box.add(message("anna@example.com", "shop@rye.example", id_=f"m{number}"))
    box.close()
    folder = mailbox.Maildir(str(tmp_path / "folder"))
    folder.add(message("anna@example.com", "shop@rye.example", id_="f"))
    folder.close()
    read = ("--config", crm.config.path, "mail", "read", "--json")
    assert run_crm(*read, tmp_path / "box", tmp_path / "folder").json["recorded"] == 4


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"From: anna@example.com\n\n",
        b"From: anna@example.com\nDate: never\nMessage-ID: <x>\n\nhello",
        b"From: anna@example.com\nSubject: =?utf-9?q?x?=\nContent-Type: text/plain; charset=klingon\n\n\xff",
        b"From: anna@example.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: x\n",
        b"From: anna@example.com\nDate: Thu, 01 Jan 99999 10:00:00 +0100\n\nhello",
        b"From: anna@example.com\nSubject: " + b"a\x00b\x1b[31m" * 50 + b"\n\nhel\x00lo",
        b"From: <<<>>>,,;:@\nTo: (((\n\n",
    ],
    ids=[
        "empty",
        "binary",
        "no-body",
        "dates",
        "charset",
        "multipart",
        "far-future",
        "controls",
        "addresses",
    ],
)
def test_damaged_messages_are_borne(crm: Crm, tmp_path: Path, raw: bytes) -> None:
    """Whatever lies in a mailbox is put on the timeline as far as it can be read, or left: never an error."""
    add(crm, "Anna Nowak", "anna@example.com")
    (tmp_path / "m.eml").write_bytes(raw)
    answer = run_crm("--config", crm.config.path, "mail", "read", tmp_path / "m.eml", "--json")
    assert answer.status == 0, answer.stderr
    assert answer.json["recorded"] + answer.json["strangers"] == 1


def test_the_worker_reads_the_mail_folder(crm: Crm) -> None:
    """The job puts new messages onto timelines; the check says when the folder is not there."""
    anna = add(crm, "Anna Nowak", "anna@example.com")
    doctor = run_crm("--config", crm.config.path, "doctor")
    assert doctor.status == 6
    assert "is no Maildir" in doctor.stdout + doctor.stderr
    folder = mailbox.Maildir(str(crm.config.directory / "mail"))
    folder.add(message("anna@example.com", "shop@rye.example"))
    folder.close()
    (job,) = [each for each in crm.kernel.loaded.jobs if each.name == "email.read_maildir"]
    for _ in range(2):
        job.run(crm)
    assert len(crm.interactions.timeline(anna).interactions) == 1


def test_throw_away_addresses_are_refused(crm_both: Crm) -> None:
    """Nobody is saved with an address at a refused domain; the others of the batch are."""
    with pytest.raises((Rejected, Invalid), match=r"throwaway\.example"):
        add(crm_both, "Eve", "eve@ThrowAway.example")
    points = [
        ContactPoint(kind="email", value=f"x@{domain}") for domain in ("throwaway.example", "ok.example")
    ]
    report = crm_both.customers.save_all(
        [CustomerDraft(name="Eve", contact_points=(point,)) for point in points]
    )
    assert (report.created, [refusal.index for refusal in report.refused]) == (1, [0])
