"""What becomes of messages: bounces, complaints, automatic answers, answers and copies."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from crmkit.plugins.email.incoming.capture import is_authentic
from crmkit.plugins.email.incoming.mail import read_mail
from crmkit.plugins.email.incoming.own_messages import effect_called
from crmkit.plugins.email.mime import message_id
from tests.plugins.incoming.conftest import Open
from tests.plugins.incoming.letters import bounce, complaint, letter

ANNA = "anna@example.com"


def test_a_dead_address_is_suppressed_once(open_bakery: Open) -> None:
    """A hard bounce is on the timeline and ends mail to the address; the same report again does nothing."""
    bakery = open_bakery()
    report = bounce(ANNA, bakery.ids[ANNA])
    assert bakery.read(report) == {"bounces": 1}
    bakery.read(report)
    (entry,) = bakery.timeline(1)
    assert (entry.type, entry.payload.kind, entry.payload.code) == ("email.bounced", "hard", "5.1.1")
    assert bakery.suppressed(ANNA) == ["bounce"]
    assert bakery.timeline(2) == []


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        ("5.2.2", "552 5.2.2 mailbox full", "soft"),
        ("4.4.7", "message expired", "soft"),
        ("5.7.1", "550 5.7.1 rejected by policy", "blocked"),
        ("5.7.1", "550 5.7.1 No such user here", "hard"),
        ("5.0.0", "550 User unknown", "hard"),
        ("5.3.4", "552 message size exceeds limit", "blocked"),
        ("5.4.4", "Host not found", "hard"),
    ],
)
def test_bounces_are_told_apart(open_bakery: Open, status: str, said: str, kind: str) -> None:
    """A full mailbox and a refused message say nothing of whether somebody is there."""
    bakery = open_bakery()
    assert bakery.read(bounce(ANNA, bakery.ids[ANNA], status=status, said=said)) == {"bounces": 1}
    assert [entry.payload.kind for entry in bakery.timeline(1)] == [kind]
    assert bakery.suppressed(ANNA) == (["bounce"] if kind == "hard" else [])


def test_a_delay_is_no_bounce(open_bakery: Open) -> None:
    """A server that still tries is not believed to have failed."""
    bakery = open_bakery()
    assert bakery.read(bounce(ANNA, bakery.ids[ANNA], action="delayed", status="4.4.1")) == {"automatic": 1}
    assert bakery.timeline(1) == []


@pytest.mark.parametrize("what", ["other id", "other recipient", "other mark"])
def test_forged_bounces_change_nothing(open_bakery: Open, what: str) -> None:
    """A report has to name our message together with whom it went to; else it is counted, and no more."""
    bakery = open_bakery()
    ours = bakery.ids["jan@example.com"]
    forged = {
        "other id": bounce(ANNA, "<made-up@rye.example>"),
        "other recipient": bounce(ANNA, ours),
        "other mark": bounce(ANNA, bakery.ids[ANNA].replace(".", ".0", 1)),
    }[what]
    assert bakery.read(forged) == {"disbelieved": 1}
    assert bakery.suppressed(ANNA) == []
    assert bakery.timeline(1) == bakery.timeline(2) == []


def test_a_complaint_ends_marketing(open_bakery: Open) -> None:
    """Who calls a message spam gets no more marketing; a report that it was none changes nothing."""
    bakery = open_bakery()
    assert bakery.read(complaint(ANNA, bakery.ids[ANNA], sort="not-spam")) == {"automatic": 1}
    assert bakery.suppressed(ANNA) == []
    for _ in range(2):
        assert bakery.read(complaint(ANNA, bakery.ids[ANNA])) == {"complaints": 1}
    assert [(entry.type, entry.payload.sort) for entry in bakery.timeline(1)] == [
        ("email.complained", "abuse")
    ]
    assert bakery.suppressed(ANNA) == ["complaint"]
    assert bakery.read(complaint("jan@example.com", bakery.ids[ANNA])) == {"disbelieved": 1}


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"X_Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {"Return_Path": "<>"},
        {"Subject": "Out of office: back on Monday"},
        {"Subject": "Automatyczna odpowiedź: Chleb"},
        {"Subject": "Abwesenheitsnotiz: Brot"},
        {"Subject": "Réponse automatique : pain"},
        {"Subject": "Re: Nieobecność w biurze"},
        {"Subject": "自動応答: パン"},
        {"Subject": "خودکار جواب"},
    ],
    ids=lambda headers: " ".join(headers.values()).encode("ascii", "replace").decode(),
)
def test_automatic_answers_are_no_replies(open_bakery: Open, headers: dict[str, str]) -> None:
    """What a machine answers is on the timeline as that: neither a message nor a contact."""
    bakery = open_bakery()
    answer = letter(ANNA, "post@rye.example", In_Reply_To=bakery.ids[ANNA], Message_ID="<a@x>", **headers)
    assert bakery.read(answer) == {"automatic": 1, "recorded": 1}
    (entry,) = bakery.timeline(1)
    assert (entry.type, entry.payload.in_reply_to) == ("email.auto_replied", "effect:1")
    assert not bakery.crm.words.interaction_types[entry.type].contact


@pytest.mark.parametrize(
    "subject", ["Are you out of office on Friday?", "Vacation bread", "Im Urlaubsheft", "Assente? No, here"]
)
def test_people_may_write_of_holidays(open_bakery: Open, subject: str) -> None:
    """A subject that only sounds like an automatic answer is a message of a person."""
    bakery = open_bakery()
    bakery.read(letter(ANNA, "post@rye.example", Subject=subject, Message_ID="<a@x>"))
    assert [entry.type for entry in bakery.timeline(1)] == ["message"]


def test_answers_are_threaded(open_bakery: Open) -> None:
    """An answer names the message that it answers, and finds the customer from another address as well."""
    bakery = open_bakery()
    ours = bakery.ids[ANNA]
    first = letter("Anna <ANNA@example.com>", "post@rye.example", In_Reply_To=ours, Message_ID="<1@x>")
    other = letter("a.nowak@work.example", "post@rye.example", References=f"<0@x> {ours}", Message_ID="<2@x>")
    assert bakery.read(first, other) == {"recorded": 2, "replies": 2}
    said = [(entry.payload.in_reply_to, entry.payload.sender) for entry in bakery.timeline(1)]
    assert sorted(said, key=str) == [("effect:1", "a.nowak@work.example"), ("effect:1", None)]
    assert bakery.read(letter("a.nowak@work.example", "post@rye.example", Message_ID="<3@x>")) == {
        "strangers": 1
    }


def test_who_is_on_record_writes_for_themselves(open_bakery: Open) -> None:
    """An answer to a message to Anna that comes from Jan is on Jan's timeline."""
    bakery = open_bakery()
    bakery.read(
        letter("jan@example.com", "post@rye.example", In_Reply_To=bakery.ids[ANNA], Message_ID="<1@x>")
    )
    assert bakery.timeline(1) == []
    assert [entry.payload.in_reply_to for entry in bakery.timeline(2)] == ["effect:1"]


def test_our_own_message_is_there_once(open_bakery: Open, office: object) -> None:
    """A copy of a message that the ledger has sent is recognised, wherever it lies."""
    bakery = open_bakery()
    copies = [each.raw for each in office.taken]  # type: ignore[attr-defined]
    assert bakery.read(*copies, has_come=False) == {"repeated": 2}
    assert bakery.read(*copies, is_sent=True) == {"repeated": 2}
    assert bakery.timeline(1) == []


def test_an_identifier_is_read_back(open_bakery: Open) -> None:
    """What makes identifiers of messages and what reads them agree."""
    bakery = open_bakery()
    effect = effect_called(bakery.crm, bakery.ids[ANNA])
    assert effect is not None
    assert effect.recipient == ANNA
    assert effect_called(bakery.crm, message_id("effect-1@0123456789abcdef", "rye.example")) is None


def test_colleagues_copies(open_bakery: Open) -> None:
    """What an employee wrote is on the timelines of its recipients as theirs, once, if our server vouches for
    it; a name that anybody can put there is not enough."""
    bakery = open_bakery(settings='capture = "crm@rye.example"\nauthserv_id = "mx.rye.example"\n')
    eva = bakery.crm.people.add("Eva", email="eva@rye.example")
    copy = {"Delivered_To": "crm@rye.example", "Message_ID": "<e@rye.example>"}
    good = "mx.rye.example; dkim=pass header.d=rye.example"
    bad = {
        "unsigned": {},
        "failed": {"Authentication_Results": "mx.rye.example; dkim=fail header.d=rye.example"},
        "foreign": {"Authentication_Results": "mx.evil.example; dkim=pass header.d=rye.example"},
        "other domain": {"Authentication_Results": "mx.rye.example; dkim=pass header.d=evil.example"},
        "comment": {"Authentication_Results": "mx.rye.example; none (dkim=pass header.d=rye.example)"},
    }
    # The sender chooses the return path, and a signature's reason may quote what they wrote.
    for said in (
        "spf=none smtp.mailfrom=dmarc=pass@evil.example; dmarc=fail header.from=rye.example",
        'spf=pass smtp.mailfrom="a header.d=rye.example b"@evil.example',
        'spf=fail smtp.mailfrom="a; dmarc=pass "@evil.example',
        'spf=fail smtp.mailfrom="a\\"; dmarc=pass ;"@evil.example',
        "spf=pass smtp.mailfrom=rye.example@evil.example",
        'dkim=fail reason="dkim=pass header.d=rye.example" header.d=evil.example',
        "dkim=pass header.d=evil.example; spf=none (x (y) dkim=pass; dkim=pass header.d=rye.example)",
        'dkim=pass header.d=evil.example header.i="@rye.example"',
        "spf=pass smtp.helo=rye.example smtp.mailfrom=x@evil.example",
    ):
        bad[said] = {"Authentication_Results": f"mx.rye.example; {said}"}
    for headers in bad.values():
        assert bakery.read(letter("eva@rye.example", ANNA, **copy, **headers)) == {"disbelieved": 1}
    top = letter("eva@rye.example", ANNA, **copy, Authentication_Results=good)
    for said in (
        "dmarc=pass (p=none) header.from=rye.example",
        'dkim=none; DKIM/1 = pass header.i=@RYE.example header.b="a;b"',
        "spf=pass smtp.mailfrom=eva@rye.example; dkim=none",
        "dkim=fail header.d=rye.example; dkim=pass (2048 bit) header.d=rye.example.",
    ):
        proven = read_mail(
            letter("eva@rye.example", ANNA, Authentication_Results=f"mx.rye.example 1; {said}")
        )
        assert is_authentic(proven, "mx.rye.example"), said
    below = b"Authentication-Results: mx.rye.example; dkim=fail\r\n" + top
    assert bakery.read(below) == {"disbelieved": 1}
    assert bakery.timeline(1) == []
    assert bakery.read(top) == {"recorded": 1, "captured": 1}
    assert bakery.read(top, is_sent=True) == {"repeated": 1, "captured": 1}
    (entry,) = bakery.timeline(1)
    assert (entry.direction, entry.employee_id) == ("out", eva.id)
    bakery.crm.people.deactivate(eva.id)
    assert bakery.read(letter("eva@rye.example", ANNA, Authentication_Results=good)) == {"strangers": 1}


def test_mail_in_our_own_name_has_to_prove_it(open_bakery: Open) -> None:
    """Mail from outside that says it is from the bakery is on nobody's timeline."""
    bakery = open_bakery()
    forged = letter("post@rye.example", ANNA, Message_ID="<forged@evil.example>")
    assert bakery.read(forged) == {"disbelieved": 1}
    assert bakery.read(forged, is_sent=True) == {"recorded": 1}


def test_a_damaged_message_does_not_hold_up_others(
    open_bakery: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that nobody can read is parked with a reason that says nothing of it; the next is read."""
    from crmkit.plugins.email.incoming import contents as inside
    from crmkit.plugins.email.incoming import mail as reading

    real = inside.contents

    def contents(message: object) -> object:
        if "poison" in str(message["Subject"]):  # type: ignore[index]
            raise LookupError("poison of anna@example.com")
        return real(message)  # type: ignore[arg-type]

    bakery = open_bakery()
    monkeypatch.setattr(reading, "contents", contents)
    poison = letter(ANNA, "post@rye.example", Subject="poison", Message_ID="<p@x>")
    good = letter(ANNA, "post@rye.example", Message_ID="<g@x>")
    assert bakery.read(poison, good) == {"parked": 1, "recorded": 1}
    from crmkit.plugins.email.incoming.parking import parked

    (left,) = parked(bakery.crm)
    assert left.reason.startswith("LookupError (")
    assert "anna" not in left.reason


def test_attachments_and_invitations(open_bakery: Open) -> None:
    """Files that came along are named and not kept; a calendar entry says when."""
    bakery = open_bakery()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"], mail["Subject"] = (
        ANNA,
        "post@rye.example",
        "<i@x>",
        "Tasting",
    )
    mail.set_content("Shall we?")
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:7@x\r\n"
        "SUMMARY:Tasting\r\nDTSTART:20260601T100000Z\r\nORGANIZER:mailto:anna@example.com\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    mail.add_attachment(event.encode(), maintype="text", subtype="calendar", filename="invite.ics")
    mail.add_attachment(
        b"%PDF" * 10, maintype="application", subtype="pdf", filename="../../etc/\u202ecake.pdf"
    )
    assert bakery.read(mail.as_bytes()) == {"recorded": 1}
    (entry,) = bakery.timeline(1)
    said = entry.payload
    assert said.text == "Shall we?"
    assert [(each.name, each.type, each.size) for each in said.attachments] == [
        ("invite.ics", "text/calendar", len(event)),
        ("cake.pdf", "application/pdf", 40),
    ]
    assert (said.calendar.method, said.calendar.start) == ("REQUEST", "2026-06-01T10:00:00+00:00")
    assert said.calendar.organizer == ANNA


_SIGNED = 'return_path = "bounces@rye.example"\n[web]\nurl = "https://rye.example"\n'


def test_signed_return_paths(open_bakery: Open, office: object) -> None:
    """A signed return path says by itself which message came back; nothing else is believed then."""
    bakery = open_bakery(settings=_SIGNED)
    paths = {each.to: each.sender for each in office.taken}  # type: ignore[attr-defined]
    assert paths[ANNA].startswith("bounces+")
    unsigned = bounce(ANNA, bakery.ids[ANNA])
    signature = paths[ANNA].removeprefix("bounces+")
    changed = ("b" if signature[0] == "a" else "a") + signature[1:]
    wrong = bounce(ANNA, bakery.ids[ANNA], by=f"bounces+{changed}")
    assert bakery.read(unsigned, wrong) == {"disbelieved": 2}
    # The report names an address that mail was forwarded to, and no message of ours.
    signed = bounce("forwarded@example.net", "<other@x>", by=paths[ANNA].upper())
    assert bakery.read(signed) == {"bounces": 1}
    assert bakery.suppressed(ANNA) == ["bounce"]
    assert bakery.suppressed("forwarded@example.net") == []
    away = letter("anna@example.com", paths[ANNA], Auto_Submitted="auto-replied", Message_ID="<v@x>")
    assert bakery.read(away) == {"automatic": 1, "recorded": 1}


def test_unknown_senders_become_prospects(open_bakery: Open) -> None:
    """Once each, with the name they give and no consent; no list, machine or shared address, and not more in
    an hour than is allowed: the others wait, parked."""
    bakery = open_bakery(settings='[plugins.email]\nunknown = "prospect"\nunknown_limit = 2')
    crm = bakery.crm
    eva = "=?utf-8?q?Ewa_=C5=BBak?= <Ewa@New.Example>"
    first = letter(eva, "post@rye.example", Message_ID="<1@new.example>")
    second = letter(
        eva, "post@rye.example", Message_ID="<2@new.example>", References="<0@new.example> <1@new.example>"
    )
    machine = letter("noreply@shop.example", "post@rye.example", Auto_Submitted="auto-generated")
    news = letter("news@shop.example", "post@rye.example", List_Unsubscribe="<mailto:off@shop.example>")
    said = bakery.read(first, second, machine, news)
    assert said == {"recorded": 2, "prospects": 1, "automatic": 1, "strangers": 1}
    (found,) = crm.customers.find_by_email("ewa@new.example")
    assert (found.name, found.lifecycle) == ("Ewa Żak", "prospect")
    assert not crm.consents.state(found.id, "orders", "email")
    answers = [each.payload.references for each in bakery.timeline(found.id)]
    assert answers == [("<1@new.example>", "<0@new.example>"), ()]
    others = [letter(f"p{number}@new.example", "post@rye.example") for number in range(3)]
    assert bakery.read(*others) == {"recorded": 1, "prospects": 1, "parked": 2}
