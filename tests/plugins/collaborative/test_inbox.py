"""Conversations: which messages belong together, whose turn it is, and answers by the same channel."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmkit import Conflict, Crm, InteractionDraft, Invalid, NotFound
from crmkit.core.clock import FakeClock
from crmkit.core.exchange import import_interactions
from crmkit.plugins.collaborative.inbox.jobs import close_silent
from crmkit.plugins.collaborative.inbox.onlookers import Onlookers
from crmkit.testing import Answer, Public, open_crm, run_crm
from tests.core.webhooks.listening import Listener, answer, listening
from tests.plugins.collaborative.inbox_business import MONDAY, TOML, Bakery
from tests.plugins.post_office import PostOffice, post_office

HOUR = 3_600_000_000
SECRET = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """The mail server that answers leave by."""
    with post_office() as server:
        yield server


@pytest.fixture
def chat() -> Iterator[Listener]:
    """The chat program that answers are handed to."""
    with listening(answer(200)) as server:
        yield server


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["email", "collaborative"]


@pytest.fixture
def crm_toml(tmp_path: Path, office: PostOffice, chat: Listener, monkeypatch: pytest.MonkeyPatch) -> str:
    """Mail goes to the counter; a chat reports what is said, and is told the answers."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "received.txt").write_text("Subject: Thanks\n\nWe have your message.\n")
    monkeypatch.setenv("CHAT_SECRET", SECRET)
    return TOML.replace("port = 1", f"port = {office.port}").replace("CHAT_URL", chat.url)


@pytest.fixture
def clock() -> FakeClock:
    """Monday at ten."""
    return FakeClock(MONDAY)


def opened(crm: Crm, clock: FakeClock) -> Bakery:
    """The bakery, with Ewa at the counter, and Bo, who sees only his own customers."""
    people = crm.people
    people.add("Ewa", "ewa@rye.example", role="clerk")
    people.add("Bo", "bo@rye.example", role="baker")
    people.add("Jan", "jan@rye.example", role="clerk")
    people.add_team("Counter")
    people.join("Ewa", "Counter")
    return Bakery(crm, clock)


@pytest.fixture
def bakery(crm_both: Crm, clock: FakeClock) -> Bakery:
    """The bakery."""
    return opened(crm_both, clock)


@pytest.fixture
def quick(crm: Crm, clock: FakeClock) -> Bakery:
    """The bakery, on SQLite."""
    return opened(crm, clock)


def test_a_thread_is_one_conversation(bakery: Bakery, clock: FakeClock) -> None:
    """Answers are known by what they name, whatever their subject; another subject is another conversation,
    and the same one within days is not. What machines write opens none, and rules' messages are no part."""
    crm, anna = bakery.crm, bakery.add("Anna Nowak", "anna@example.com")
    bakery.write("anna@example.com", "Is it fresh?", Message_ID="<1@example.com>")
    clock.advance(hours=1)
    before = {"Message_ID": "<2@example.com>", "References": "<0@example.com> <1@example.com>"}
    bakery.write("anna@example.com", "And rye?", "Something else", **before)
    bakery.write("anna@example.com", "Hello?", "Re: Bread", Message_ID="<3@example.com>")
    bakery.write("anna@example.com", "My invoice", "Invoice", Message_ID="<4@example.com>")
    bakery.write("anna@example.com", "I am away", "Out of office", Auto_Submitted="auto-replied")
    crm.interactions.record(
        anna, "message", channel="email", direction="out", source="effect", source_ref="effect-9@x",
        payload={"subject": "Bread", "text": "-10%"},
    )  # fmt: skip
    bread, invoice = bakery.all()
    assert (bread.subject, invoice.subject, bread.team, bread.state) == (
        "Bread",
        "Invoice",
        "Counter",
        "open",
    )
    assert bakery.texts(bread.id) == ["Is it fresh?", "And rye?", "Hello?"]
    assert bread.unanswered_since == MONDAY
    assert crm.trait("unanswered", anna) == 2
    crm.interactions.void(bakery.inbox.thread(invoice.id)[0].seq, "Not hers")
    assert bakery.texts(invoice.id) == []


def test_an_answer_goes_by_the_same_channel(bakery: Bakery, office: PostOffice, clock: FakeClock) -> None:
    """Beneath what it answers, through the ledger; in a rehearsal to a file. Then it is the customer's turn,
    and how long it took in working time is kept. Their next message opens it again, also once it closed."""
    crm = bakery.crm
    bakery.add("Anna Nowak", "anna@example.com")
    bakery.write(
        "anna@example.com", "Is it fresh?", Message_ID="<1@example.com>", References="<0@example.com>"
    )
    (found,) = bakery.all("open")
    clock.advance(days=1, hours=1)
    _, answering = bakery.as_("Ewa")
    assert answering.answer(found.id, "Of today.", anyway=True).is_rehearsal
    jan = bakery.as_("Jan")[1].answer(found.id, "Of today, I think.")
    assert jan.conversation.state == "open", "a rehearsed answer is none, and keeps nobody from answering"
    assert "answers go to files" in run_crm("--config", crm.config.path, "inbox").stderr
    assert "Subject: Re: Bread" in next((crm.config.directory / "rehearsal").rglob("*.txt")).read_text()
    crm.rehearsal.end()
    done = answering.answer(found.id, "Of today.\n\nCome by!", anyway=True)
    assert (done.state, done.to, done.conversation.state) == ("done", "anna@example.com", "waiting")
    (sent,) = [each.message for each in office.taken]
    assert (sent["In-Reply-To"], sent["References"]) == ("<1@example.com>", "<0@example.com> <1@example.com>")
    assert (sent["Subject"], sent["Auto-Submitted"]) == ("Re: Bread", None)
    assert "Come by!" in sent.get_content()
    (waiting,) = bakery.all("waiting")
    assert crm.people.get("Ewa").id == waiting.employee_id
    # From Monday at ten to five, and on Tuesday from nine to eleven.
    assert (waiting.response_minutes, waiting.unanswered_since) == (9 * 60, None)
    assert crm.metrics.value("response_time").value == 9
    clock.advance(days=15)
    close_silent(crm, crm.plugins.settings("collaborative"))
    (closed,) = bakery.all("closed")
    bakery.write("anna@example.com", "Thanks", "Re: Bread", In_Reply_To=str(sent["Message-ID"]))
    (again,) = bakery.all()
    assert (again.id, again.state, again.employee_id) == (closed.id, "open", waiting.employee_id)
    assert bakery.texts(again.id) == ["Is it fresh?", "Of today.\n\nCome by!", "Thanks"]


OWN = """
[plugins.collaborative.inbox]
types = ["call"]
same_conversation = "1 day"
close_after = "2 days"
overdue_after = "30 minutes"
"""


@pytest.fixture
def own(tmp_path: Path, clock: FakeClock) -> Iterator[Bakery]:
    """A bakery that says itself what a conversation is, with Anna, who called."""
    with open_crm(tmp_path, OWN, plugins=["collaborative"], clock=clock) as crm:
        bakery = Bakery(crm, clock)
        calls(bakery, bakery.add("Anna Nowak", "anna@example.com"))
        yield bakery


def calls(bakery: Bakery, customer: int, direction: str = "in") -> None:
    """A call: one that came in and that nobody took, or one of ours."""
    missed = {"missed": direction == "in"}
    bakery.crm.interactions.record(customer, "call", channel="phone", direction=direction, payload=missed)
    bakery.crm.kernel.observers.catch_up()


def test_only_the_types_that_the_business_names_are_conversations(own: Bakery) -> None:
    """A shop that only answers the telephone has no conversation of what came by post."""
    own.crm.interactions.record(1, "message", channel="post", direction="in")
    own.crm.kernel.observers.catch_up()
    assert [each.channel for each in own.all()] == ["phone"]


def test_a_conversation_goes_on_as_long_as_the_business_says(own: Bakery, clock: FakeClock) -> None:
    """Who calls again within a day goes on with what was said; after that it is something else."""
    clock.advance(hours=20)
    calls(own, 1)
    assert len(own.all()) == 1
    clock.advance(hours=30)
    calls(own, 1)
    assert len(own.all()) == 2


def test_silence_closes_as_soon_as_the_business_says(own: Bakery, clock: FakeClock) -> None:
    """Two days after we have called back, and not after one."""
    clock.advance(minutes=1)
    calls(own, 1, "out")
    (job,) = (each for each in own.crm.kernel.loaded.jobs if each.name.endswith("close_conversations"))
    for hours, state in ((25, "waiting"), (25, "closed")):
        clock.advance(hours=hours)
        job.run(own.crm)
        assert [each.state for each in own.all()] == [state]


def test_the_page_of_today_warns_as_soon_as_the_business_says(own: Bakery, clock: FakeClock) -> None:
    """Half an hour unanswered is late where it says so."""
    for minutes, late in ((20, 0), (20, 1)):
        clock.advance(minutes=minutes)
        assert len([each for each in own.crm.today().due if each.group == "Inbox"]) == late


def test_conversations_are_asked_for_in_conditions(own: Bakery) -> None:
    """A segment of those whom somebody has to call back, and of whom nothing is open."""
    own.add("Jan", "jan@example.com")
    members = own.crm.predicates.members
    assert members("exists(conversation where state = 'open' and channel = 'phone')") == [1]
    assert members("not exists(conversation)") == [2]


def test_two_do_not_answer_at_once(bakery: Bakery, clock: FakeClock) -> None:
    """Who looks on is told; the second to answer is asked to look at what was said meanwhile, and so is
    whoever has not seen what the customer wrote."""
    crm = bakery.crm
    crm.rehearsal.end()
    bakery.add("Anna Nowak", "anna@example.com")
    bakery.write("anna@example.com", "Is it fresh?", Message_ID="<1@example.com>")
    (found,) = bakery.all()
    looking = [crm.acting_as(name).service(Onlookers) for name in ("Ewa", "Jan")]
    for each in looking:
        each.look(found, answering=True)
    assert [(each.name, each.is_answering) for each in looking[1].others(found.id)] == [("Ewa", True)]
    _, ewa = bakery.as_("Ewa")
    _, jan = bakery.as_("Jan")
    clock.advance(minutes=1)
    ewa.answer(found.id, "Of today.")
    with pytest.raises(Conflict, match="Ewa has answered"):
        jan.answer(found.id, "Of yesterday.")
    looking[1].look(found)
    assert jan.answer(found.id, "And warm.").state == "done"
    clock.advance(minutes=1)
    bakery.write("anna@example.com", "Really?", "Re: Bread")
    with pytest.raises(Conflict, match="More was written"):
        jan.answer(found.id, "Yes.")
    assert jan.answer(found.id, "Yes.", anyway=True).state == "done"
    clock.advance(minutes=11)
    assert looking[1].others(found.id) == ()


def test_the_list_is_of_whom_one_sees(bakery: Bakery, clock: FakeClock) -> None:
    """Whoever waits longest comes first, page by page; what is with customers whom one does not see is not
    there and not counted. What is put off comes back in time, or when the customer writes."""
    for number, name in enumerate(("anna", "jan", "ola")):
        bakery.add(name.title(), f"{name}@example.com")
        bakery.write(f"{name}@example.com", f"Question {number}", f"Subject {number}")
        clock.advance(hours=1)
    inbox, _ = bakery.as_("Ewa")
    first = inbox.list("usual", limit=2)
    rest = inbox.list("usual", limit=2, cursor=first.next_cursor)
    ids = [each.id for each in (*first.conversations, *rest.conversations)]
    assert [each.subject for each in first.conversations] == ["Subject 0", "Subject 1"]
    assert (len(ids), rest.next_cursor, inbox.count()) == (3, None, 3)
    theirs, _ = bakery.as_("Bo")
    assert theirs.count() == 0
    with pytest.raises(NotFound):
        theirs.get(ids[0])
    inbox.take(ids[0])
    assert [each.id for each in inbox.list("mine").conversations] == ids[:1]
    assert [each.id for each in inbox.list("unassigned").conversations] == ids[1:]
    inbox.snooze(ids[0], clock.now() + 2 * HOUR)
    assert (inbox.count("mine"), inbox.count("mine", state="snoozed")) == (0, 1)
    clock.advance(hours=3)
    assert inbox.count("mine") == 1
    inbox.snooze(ids[0], clock.now() + 24 * HOUR)
    bakery.write("anna@example.com", "Still there?", "Re: Subject 0")
    assert inbox.count("mine") == 1
    assert inbox.close(ids[1]).unanswered_since is None
    assert inbox.count() == 2


def test_old_mail_fills_no_inbox(quick: Bakery, clock: FakeClock) -> None:
    """A mailbox of years is read into conversations that are over; in whatever order it comes, they are the
    same."""
    crm = quick.crm
    crm.people.get("Ewa")
    anna = quick.add("Anna Nowak", "anna@example.com")
    year = 365 * 24 * HOUR

    def message(number: int, at: int, direction: str = "in", **more: Any) -> InteractionDraft:
        return InteractionDraft(
            customer=anna, type="message", at=at, channel="email", direction=direction, source="email",
            source_ref=f"<{number}@x>", payload={"subject": "Bread", "text": str(number), **more},
        )  # fmt: skip

    now = clock.now()
    old = [message(1, now - year), message(2, now - year + HOUR, "out", references=["<1@x>"])]
    new = [
        message(5, now - HOUR, references=["<4@x>", "<3@x>"]), message(3, now - 3 * HOUR),
        message(4, now - 2 * HOUR, "out", references=["<3@x>"]),
    ]  # fmt: skip
    crm.interactions.record_all([*old, *new])
    assert [(each.state, quick.texts(each.id)) for each in quick.all()] == [
        ("open", ["3", "4", "5"]), ("closed", ["1", "2"]),
    ]  # fmt: skip
    (found,) = quick.all("open")
    assert (found.opened_at, found.unanswered_since, found.responded_at) == (
        now - 3 * HOUR, now - HOUR, now - 2 * HOUR,
    )  # fmt: skip


def test_a_chat_comes_by_webhook_and_is_answered_by_one(quick: Bakery, chat: Listener) -> None:
    """What is said in one thread is one conversation at once, also of somebody whom nobody knows; the answer
    is handed to the chat, signed, once. A door takes nothing that is forged, repeated or too long. A missed
    call waits, one that somebody took is an answer, and so is a question asked at the counter."""
    crm = quick.crm
    crm.rehearsal.end()
    anna = quick.add("Anna Nowak", "anna@example.com")
    body = json.dumps(
        {"user": {"mail": "anna@example.com"}, "room": "r-7", "id": "m-1", "said": "Open today?", "at": "now"}
    ).encode()
    public = Public(crm)
    for secret, status in ((SECRET, 200), (SECRET, 200), (base64.b64encode(bytes(32)).decode(), 401)):
        assert public.ask("POST", "/in/chat", body, signed(secret, quick.clock, body)).status == status
    long = json.dumps({"said": "x" * (1 << 20)}).encode()
    assert public.ask("POST", "/in/chat", long, signed(SECRET, quick.clock, long, "m-2")).status == 413
    stranger = body.replace(b"anna@", b"guest@").replace(b"r-7", b"r-8").replace(b"m-1", b"m-3")
    headers = signed(SECRET, quick.clock, stranger, "m-3")
    assert public.ask("POST", "/in/chat", stranger, headers).json["created"] == 1
    guest = crm.customers.get("guest@example.com")
    assert (guest.lifecycle, [each.customer_id for each in quick.all()]) == ("prospect", [anna, guest.id])
    quick.inbox.close(quick.all()[1].id)
    (found,) = quick.all("open")
    assert (found.channel, found.customer_id, quick.texts(found.id)) == ("chat", anna, ["Open today?"])
    _, answering = quick.as_("Ewa")
    assert answering.answer(found.id, "Till five.").state == "done"
    ((_, headers, said),) = chat.received
    told = json.loads(said)
    assert (told["thread"], told["to"], told["text"]) == ("r-7", "r-7", "Till five.")
    assert headers["webhook-id"] == told["id"]
    assert quick.texts(found.id) == ["Open today?", "Till five."]
    crm.interactions.record(anna, "call", payload={"missed": True}, channel="phone", direction="in")
    (missed,) = quick.all("open")
    with pytest.raises(Invalid, match="Nothing is sent by phone"):
        answering.answer(missed.id, "Hello")
    assert answering.answer(missed.id, "Called back", said=True).conversation.state == "waiting"
    crm.interactions.record(anna, "call", payload={"minutes": 2}, channel="phone", direction="in")
    crm.interactions.record(anna, "enquiry", channel="in_person", direction="in")
    assert quick.all("open") == []


def signed(secret: str, clock: FakeClock, body: bytes, id_: str = "m-1") -> dict[str, str]:
    """The headers of a request."""
    now = str(clock.now() // 1_000_000)
    text = f"{id_}.{now}.".encode() + body
    digest = base64.b64encode(hmac.new(base64.b64decode(secret), text, hashlib.sha256).digest()).decode()
    return {
        "content-type": "application/json", "webhook-id": id_, "webhook-timestamp": now,
        "webhook-signature": f"v1,{digest}",
    }  # fmt: skip


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-replied"}, {}])
def test_two_that_answer_by_themselves_end(
    quick: Bakery, office: PostOffice, headers: dict[str, str]
) -> None:
    """A rule thanks whoever writes, and their machine thanks in turn, whether it says that it is one or not:
    each is written to once a day, and what a machine wrote opens nothing. Rules say who answers, in turn."""
    crm = quick.crm
    crm.rehearsal.end()
    for name in ("anna", "jan"):
        quick.add(name.title(), f"{name}@example.com")
    quick.plan()
    for name in ("anna", "jan"):
        quick.write(f"{name}@example.com", "Is it fresh?", Message_ID=f"<{name}@example.com>")
    for round_ in range(4):
        quick.clock.advance(minutes=10)
        quick.plan()
        for number, taken in enumerate(office.taken[-2:]):
            said = {**headers, "In_Reply_To": str(taken.message["Message-ID"])}
            quick.write(taken.to, "Thank you for thanking", "Re: Thanks",
                        Message_ID=f"<{round_}-{number}@example.com>", **said)  # fmt: skip
    assert len(office.taken) == 2
    assert all(each.message["Auto-Submitted"] == "auto-generated" for each in office.taken)
    ours = [each for each in quick.all() if each.subject == "Bread"]
    assert (len(quick.all()), len(ours)) == (2 if headers else 4, 2)
    assert len({each.employee_id for each in ours}) == 2


def test_a_rule_without_a_bound_ends_too(quick: Bakery, office: PostOffice) -> None:
    """It answers whoever writes each time, and so does a machine that does not say that it is one: after four
    answers nobody is answered any more, also not on the days after; a person who writes later is."""
    crm, written = quick.crm, 0
    crm.rehearsal.end()
    anna = quick.add("Anna", "anna@example.com")
    crm.customers.tag(anna, "chatty")
    quick.plan()
    quick.write("anna@example.com", "Is it fresh?", Message_ID="<0@example.com>")
    for round_ in range(1, 40):
        quick.clock.advance(hours=1 if round_ > 12 else 0, minutes=10)
        quick.plan()
        for taken in office.taken[written:]:
            said = {"In_Reply_To": str(taken.message["Message-ID"])}
            quick.write(taken.to, "Noted", "Re: Thanks", Message_ID=f"<{round_}@example.com>", **said)
        written = len(office.taken)
    assert len(office.taken) == 4
    quick.write("anna@example.com", "And the rye?", Message_ID="<new@example.com>")
    quick.clock.advance(minutes=1)
    quick.plan()
    assert len(office.taken) == 5


def test_the_command_line(quick: Bakery) -> None:
    """List, show, take, assign, put off, answer by a canned reply or an editor, close: each with its receipt,
    and `crm today`, the customer's page and `crm check` know of it."""
    crm = quick.crm
    folder = crm.config.directory / "replies"
    folder.mkdir()
    (folder / "hours.txt").write_text("Dear {{ customer.given_name or customer.name }}, till five.")
    (folder / "hours.pl.txt").write_text("Do piątej.")
    anna = quick.add("Anna Nowak", "anna@example.com")
    quick.write("anna@example.com", "Open today?", Message_ID="<1@example.com>")
    quick.clock.advance(hours=5)

    def inbox(*words: object, **env: str) -> Any:
        done = run_crm("--config", crm.config.path, "--as", "Ewa", *words, env=env or None)
        assert done.status == 0, done
        return done

    (row,) = inbox("inbox", "--json").json
    number = row["conversation"]
    assert (row["customer"], row["subject"], row["channel"], row["team"]) == (
        "Anna Nowak", "Bread", "email", "Counter",
    )  # fmt: skip
    shown = inbox("inbox", "show", number).stdout
    assert "Open today?" in shown
    assert "Bread (email, unanswered for" in inbox("show", anna).stdout
    assert "inbox take" not in inbox("inbox", "take", number).stdout
    inbox("inbox", "assign", number, "--to", "Jan", "--team", "counter")
    inbox("inbox", "snooze", number, "+1h")
    inbox("inbox", "reopen", number)
    assert [each["reply"] for each in inbox("inbox", "replies", "list", "--json").json] == ["hours"]
    said = inbox("inbox", "replies", "preview", "hours", "anna@example.com").stdout
    assert said.strip() == "Dear Anna Nowak, till five."
    polish = ("--language", "pl")
    assert inbox("inbox", "replies", "preview", "hours", anna, *polish).stdout.strip() == "Do piątej."
    assert "till five" in inbox("inbox", "answer", number, "--reply", "hours", "--dry-run").stderr
    assert "piątej" in inbox("inbox", "answer", number, "--reply", "hours", *polish, "--dry-run").stderr
    assert "rehearsed" in inbox("inbox", "answer", number, "--reply", "hours").stderr
    inbox("inbox", "answer", number, "--said", "--text", "Told her at the counter")
    (message, last) = inbox("inbox", "show", number, "--json").json["messages"]
    assert (message["direction"], last["direction"], last["employee"]) == ("in", "out", "Ewa")
    inbox("inbox", "close", number)
    assert inbox("inbox", "--all", "--json").json == []
    (folder / "broken.txt").write_text("{{ customer.nmae }}")
    checked = run_crm("--config", crm.config.path, "check")
    assert "replies/broken names customer.nmae" in checked.stdout + checked.stderr


def test_what_is_listed_moved_and_answered_all_the_same(quick: Bakery) -> None:
    """Only what is nobody's, page after page; messages go to who wrote them; and whoever has not seen all of
    it can answer all the same."""

    def inbox(*words: object) -> Answer:
        return run_crm("--config", quick.crm.config.path, "--as", "Ewa", "inbox", *words)

    for name in ("anna", "jan", "ola"):
        quick.add(name.title(), f"{name}@example.com")
        quick.write(f"{name}@example.com", "This is Piotr", subject=name, Message_ID=f"<{name}@example.com>")
        quick.clock.advance(minutes=1)
    numbers = {row["customer"]: row["conversation"] for row in inbox("--json").json}
    inbox("take", numbers["Jan"])
    first = inbox("--unassigned", "--limit", 1)
    assert "Anna" in first.stdout
    (rest,) = inbox("--unassigned", "--after", first.stderr.split()[-1], "--json").json
    assert rest["customer"] == "Ola"
    quick.add("Piotr", "piotr@example.com")
    moved = inbox("move", numbers["Ola"], "--to", "piotr@example.com")
    assert "are with Piotr now" in moved.stderr
    assert (quick.texts(numbers["Ola"]), quick.texts(numbers["Ola"] + 1)) == ([], ["This is Piotr"])
    inbox("show", numbers["Anna"])
    quick.write("anna@example.com", "And open?", "Re: anna", In_Reply_To="<anna@example.com>")
    unseen = inbox("answer", numbers["Anna"], "--text", "Yes")
    assert unseen.status
    assert "To answer all the same: --anyway" in unseen.stderr
    assert "rehearsed" in inbox("answer", numbers["Anna"], "--text", "Yes", "--anyway").stderr


def test_what_is_taken_back_leaves_the_inbox(bakery: Bakery, clock: FakeClock, tmp_path: Path) -> None:
    """Messages of an import that is undone: a conversation of nothing else is put away, another is as it was
    before they came."""
    crm = bakery.crm
    names = ("anna", "jan")
    for name in names:
        bakery.add(name.title(), f"{name}@example.com")
    crm.rehearsal.end()
    bakery.write("anna@example.com", "Is it fresh?", Message_ID="<1@example.com>")
    (found,) = bakery.all()
    bakery.as_("Ewa")[1].answer(found.id, "It is.", anyway=True)
    clock.advance(hours=1)
    (before,) = bakery.all("waiting")
    file = tmp_path / "talks.csv"
    lines = (f"{each}@example.com,message,2026-05-04T11:00:00Z,email,in,old,{each},Hello" for each in names)
    file.write_text("\n".join(["email,type,at,channel,direction,source,source_ref,payload:text", *lines, ""]))
    report = import_interactions(crm, file)
    crm.kernel.observers.catch_up()
    assert [each.unanswered_since for each in bakery.all("open")] == [clock.now()] * 2
    crm.undo.undo(str(report.ref))
    crm.kernel.observers.catch_up()
    (after,) = bakery.all()
    assert (after.id, after.state, after.unanswered_since) == (before.id, "waiting", None)
    assert (after.last_at, after.responded_at) == (before.last_at, before.responded_at)


def test_a_wrong_match_is_put_right(bakery: Bakery, clock: FakeClock) -> None:
    """The messages go to whose they are, into a conversation with them; `crm today` names what waits too
    long; metrics tell by channel and team."""
    crm = bakery.crm
    bakery.add("Anna Nowak", "anna@example.com")
    jan = bakery.add("Jan", "jan@example.com")
    bakery.write("anna@example.com", "This is Jan", Message_ID="<1@example.com>")
    (found,) = bakery.all()
    clock.advance(hours=5)
    (due,) = [each for each in crm.today().due if each.group == "Inbox"]
    assert "Bread (unanswered for 5 h)" in due.what
    (number,) = bakery.inbox.move(found.id, jan)
    moved = bakery.inbox.get(number)
    assert (moved.customer_id, moved.state, bakery.texts(number)) == (jan, "open", ["This is Jan"])
    assert (bakery.inbox.get(found.id).state, bakery.texts(found.id)) == ("closed", [])
    for group, value in (("channel", "email"), ("team", "Counter")):
        said = crm.metrics.value("conversations", "last 7 days", by=group)
        assert [str(each.group) for each in said.groups] == [value]
