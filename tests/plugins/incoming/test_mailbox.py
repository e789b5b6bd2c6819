"""The mailbox on a mail server: read in batches, once, and left as it is."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import PluginError
from crmkit.plugins.email.incoming import polling
from crmkit.plugins.email.incoming.imap_account import Unreachable
from crmkit.plugins.email.incoming.parking import KEPT, forget_old, park, parked
from crmkit.plugins.email.incoming.progress import note_read
from crmkit.plugins.email.tables import FOLDER
from crmkit.testing import FakeClock, run_crm
from tests.plugins.imap_server import PASSWORD, USER, MailServer
from tests.plugins.incoming.conftest import Bakery, Open
from tests.plugins.incoming.letters import bounce, letter

ANNA = "anna@example.com"
_FOLDERS = count(1)


@pytest.fixture
def folder() -> str:
    """A folder that no other test reads."""
    return f"In{next(_FOLDERS)}"


@pytest.fixture
def secret(tmp_path: Path) -> str:
    """Where the password is."""
    (tmp_path / "password").write_text(PASSWORD)
    return "file:password"


@pytest.fixture
def settings(imap: MailServer, folder: str, secret: str) -> str:
    """The mailbox, in crm.toml."""
    return toml(imap.port, folder, secret)


def toml(port: int, folder: str, secret: str, **more: object) -> str:
    """The section of the mailbox."""
    given = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "user": USER,
        "password": secret,
    }
    lines = [
        f"{name} = {value if isinstance(value, int) else repr(value)}"
        for name, value in {**given, **more}.items()
    ]
    more_lines = "\n".join(lines).replace("True", "true")
    return f"[plugins.email.imap]\nfolder = {folder!r}\n{more_lines}\n"


def from_anna(*numbers: int) -> list[bytes]:
    """Messages of hers."""
    return [letter(ANNA, "post@rye.example", Message_ID=f"<m{n}@x>", Subject=f"No. {n}") for n in numbers]


def poll(bakery: Bakery) -> dict[str, int]:
    """What came of reading what is new, as the command tells it."""
    said = run_crm("--config", bakery.crm.config.path, "mail", "poll", "--json")
    assert said.status == 0, said.stderr
    return {name: value for name, value in said.json.items() if value and name not in ("done", "undo")}


def test_what_is_new_is_read_once(open_bakery: Open, imap: MailServer, folder: str, settings: str) -> None:
    """Each look reads what came since the last, and nothing on the server changes."""
    bakery = open_bakery(settings=settings)
    imap.put(*from_anna(1, 2), letter("who@example.net", "post@rye.example"), folder=folder)
    before = imap.flags(folder)
    assert poll(bakery) == {"recorded": 2, "strangers": 1}
    assert poll(bakery) == {}
    imap.put(*from_anna(3), bounce(ANNA, bakery.ids[ANNA]), folder=folder)
    assert poll(bakery) == {"recorded": 1, "bounces": 1}
    assert [b"\\Seen" in each for each in imap.flags(folder)] == [False] * 5
    assert before == [each for each in before if b"\\Seen" not in each]
    assert len(bakery.timeline(1)) == 4


def test_folders_that_are_numbered_anew(
    open_bakery: Open, imap: MailServer, folder: str, settings: str
) -> None:
    """After a restore on the server everything is read again, and nothing is on a timeline twice."""
    bakery = open_bakery(settings=settings)
    imap.put(*from_anna(1, 2), folder=folder)
    poll(bakery)
    imap.number_anew(folder)
    imap.put(*from_anna(3), folder=folder)
    assert poll(bakery) == {"recorded": 1, "repeated": 2}
    assert len(bakery.timeline(1)) == 3


def test_large_messages_come_without_their_text(
    open_bakery: Open, imap: MailServer, folder: str, secret: str
) -> None:
    """Of a message above the limit only the headers are fetched, and the timeline says so."""
    bakery = open_bakery(settings=toml(imap.port, folder, secret, largest=1))
    huge = letter(ANNA, "post@rye.example", "bread " * 300_000, Message_ID="<huge@x>", Subject="All of it")
    imap.put(huge, *from_anna(1), folder=folder)
    assert poll(bakery) == {"recorded": 2}
    texts = {entry.payload.subject: entry.payload.text for entry in bakery.timeline(1)}
    assert "too large" in texts["All of it"]
    assert texts["No. 1"] == "Is it fresh?"


def test_messages_move_and_are_marked_where_that_is_wanted(
    open_bakery: Open, imap: MailServer, folder: str, secret: str
) -> None:
    """With these settings messages are marked as read, and go to another folder once they are on record."""
    bakery = open_bakery(settings=toml(imap.port, folder, secret, move_to=f"{folder}-done", mark_read=True))
    imap.put(*from_anna(1, 2), folder=folder)
    imap.put(folder=f"{folder}-done")
    assert poll(bakery) == {"recorded": 2}
    assert imap.flags(folder) == []
    assert [b"\\Seen" in each for each in imap.flags(f"{folder}-done")] == [True, True]


def test_the_sent_folder_is_of_colleagues(
    open_bakery: Open, imap: MailServer, folder: str, secret: str, office: object
) -> None:
    """What employees sent by their own programs is on timelines as theirs, and what the ledger sent is there
    already."""
    bakery = open_bakery(settings=toml(imap.port, folder, secret, sent=f"{folder}-sent"))
    eva = bakery.crm.people.add("Eva", email="eva@rye.example")
    ours = [each.raw for each in office.taken]  # type: ignore[attr-defined]
    imap.put(folder=folder)
    imap.put(
        letter("eva@rye.example", f"{ANNA}, jan@example.com", Message_ID="<e@x>"),
        *ours,
        folder=f"{folder}-sent",
    )
    assert poll(bakery) == {"recorded": 2, "captured": 1, "repeated": 2}
    assert [(entry.direction, entry.employee_id) for entry in bakery.timeline(2)] == [("out", eva.id)]


def test_an_interrupted_pass_goes_on(
    open_bakery: Open, imap: MailServer, folder: str, settings: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass that ends in the middle, before its place was noted, leaves nothing out and nothing twice."""
    bakery = open_bakery(settings=settings)
    monkeypatch.setattr(polling, "_BATCH", 2)
    imap.put(*from_anna(*range(7)), folder=folder)
    real = note_read
    calls = count(1)

    def interrupted(*given: object) -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt
        real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(polling, "note_read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        polling.poll(bakery.crm)
    assert len(bakery.timeline(1)) == 4
    report = polling.poll(bakery.crm)
    assert (report.recorded, report.repeated) == (3, 2)
    assert polling.poll(bakery.crm, longest=0).recorded == 0


def test_a_server_that_is_away_is_said(open_bakery: Open, folder: str, secret: str, clock: FakeClock) -> None:
    """The worker goes on, doctor says since when and why, and the command says it at once."""
    bakery = open_bakery(settings=toml(9, folder, secret))
    (job,) = [each for each in bakery.crm.kernel.loaded.jobs if each.name == "email.read_mailbox"]
    job.run(bakery.crm)
    clock.sleep(7_200)
    job.run(bakery.crm)
    doctor = run_crm("--config", bakery.crm.config.path, "doctor")
    assert f"The folder {folder} cannot be read since 2026-05-04 10:00" in (doctor.stdout + doctor.stderr)
    said = run_crm("--config", bakery.crm.config.path, "mail", "poll")
    assert said.status == 1
    assert "127.0.0.1:9" in said.stderr


@pytest.mark.parametrize("wrong", ["wrong", "fälsch", None])
def test_a_wrong_password_is_said_without_it(
    open_bakery: Open, imap: MailServer, folder: str, tmp_path: Path, wrong: str | None
) -> None:
    """A refused or missing password is a fault of the mailbox, and nowhere to be read."""
    if wrong is not None:
        (tmp_path / "password").write_text(wrong, encoding="utf-8")
    bakery = open_bakery(settings=toml(imap.port, folder, "file:password"))
    with pytest.raises(Unreachable) as caught:
        polling.poll(bakery.crm)
    assert "password" in str(caught.value)
    assert "fälsch" not in str(caught.value)


def test_parked_messages_are_tried_again(
    open_bakery: Open, imap: MailServer, folder: str, settings: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be read is listed, left alone by later passes, and read once that is possible."""
    from crmkit.plugins.email.incoming import contents as inside
    from crmkit.plugins.email.incoming import mail as reading

    bakery = open_bakery(settings=settings)
    imap.put(*from_anna(1, 2), folder=folder)
    real = inside.contents

    def contents(message: object) -> object:
        if message["Subject"] == "No. 1":  # type: ignore[index]
            raise ZeroDivisionError
        return real(message)  # type: ignore[arg-type]

    with monkeypatch.context() as faulty:
        faulty.setattr(reading, "contents", contents)
        report = polling.poll(bakery.crm)
        assert (report.recorded, report.parked) == (1, 1)
        config = ("--config", bakery.crm.config.path)
        (listed,) = run_crm(*config, "mail", "parked", "--json").json
        assert listed["reason"].startswith("ZeroDivisionError")
        assert "crm mail parked" in run_crm(*config, "doctor").stdout
        assert run_crm(*config, "mail", "retry", "--json").json["parked"] == 1
        assert [each.tries for each in parked(bakery.crm)] == [2]
        assert polling.poll(bakery.crm).recorded == 0
    assert run_crm(*config, "mail", "retry", "99").status != 0
    assert run_crm(*config, "mail", "retry", str(listed["id"]), "--json").json["recorded"] == 1
    assert parked(bakery.crm) == ()
    assert len(bakery.timeline(1)) == 2


def test_what_is_gone_is_not_tried_for_ever(
    open_bakery: Open, imap: MailServer, folder: str, settings: str, clock: FakeClock
) -> None:
    """A parked message that was deleted is said to be gone; after 30 days none is kept in mind."""
    bakery = open_bakery(settings=settings)
    (uid,) = imap.put(*from_anna(1), folder=folder)
    poll(bakery)
    place = f"imap:{USER}@127.0.0.1:{imap.port}/{folder}"
    park(bakery.crm, place, f"1:{uid}", "numbered anew")
    said = run_crm("--config", bakery.crm.config.path, "mail", "retry")
    assert "1 gone from their mailbox" in said.stderr + said.stdout
    park(bakery.crm, place, "1:1", "old")
    clock.sleep(KEPT // 1_000_000 - 60)
    forget_old(bakery.crm)
    assert len(parked(bakery.crm)) == 1
    clock.sleep(120)
    forget_old(bakery.crm)
    assert parked(bakery.crm) == ()


def test_who_sees_a_part_cannot_read_for_all(open_bakery: Open, settings: str) -> None:
    """Mail of customers that somebody does not see would be lost as that of strangers."""
    roles = '[roles.seller]\npermissions = ["customers.read", "interactions.record"]\nsees = "own"\n'
    bakery = open_bakery(settings=settings + roles)
    bakery.crm.people.add("Olga", role="seller")
    with pytest.raises(Invalid, match="only a part"):
        polling.poll(bakery.crm.acting_as("Olga"))


def test_the_place_only_goes_forward(open_bakery: Open, imap: MailServer, folder: str, settings: str) -> None:
    """Two that read at the same time do not set each other back."""
    bakery = open_bakery(settings=settings)
    for uid in (5, 3):
        note_read(bakery.crm, "a", folder, 7, uid)
    table = bakery.crm.plugins.table(FOLDER)
    with bakery.crm.reading() as execute:
        assert execute(sa.select(table.c.last_uid)).scalars().all() == [5]
    note_read(bakery.crm, "a", folder, 8, 1)
    with bakery.crm.reading() as execute:
        assert execute(sa.select(table.c.last_uid)).scalars().all() == [1]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"host": "mail.rye.example"}, "this machine only"),
        ({"every": 1}, "not a number of seconds"),
        ({"largest": 100}, "not a number of megabytes"),
        ({"move_to": "INBOX"}, "move_to"),
        ({"host": "mail rye"}, "not the name of a mail server"),
    ],
)
def test_settings_are_checked(open_bakery: Open, more: dict[str, object], message: str) -> None:
    """What cannot be meant is refused with its reason."""
    with pytest.raises(PluginError, match=message):
        open_bakery(settings=toml(143, "INBOX", "env:X", **more))
