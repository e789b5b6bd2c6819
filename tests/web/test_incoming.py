"""Signed requests of other programs, at the server's door."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, Final

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.webhooks.signing import headers, key_of
from crmkit.core.worker import Worker
from crmkit.testing import Page, Public, Recorder

_ONE: Final = base64.b64encode(b"one key of 32 bytes, as it seems").decode()
_TWO: Final = base64.b64encode(b"another of the same length, also").decode()
_OTHER: Final = base64.b64encode(b"a key that nobody here knows of.").decode()


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_OLD", _ONE)
    monkeypatch.setenv("SHOP_NEW", f"whsec_{_TWO}")


@pytest.fixture
def crm_toml() -> str:
    """A shop that reports payments, signed with either of two keys, and a programme that reports people."""
    return """
[interactions.paid]
amount = true

[records.cake]
doc = "A cake that is ordered"
[records.cake.fields]
flavour = "text"

[rules.thanks]
on = "paid"
ask_first = false
note = "Say thank you"

[incoming.shop]
secret = ["env:SHOP_OLD", "env:SHOP_NEW"]
[incoming.shop.map]
"data.customer.email" = "email"
"data.total" = "amount"
"data.currency" = "currency"
type = "type"
created = "at"
id = "source_ref"

[identities]
chat = "Chat handle"

[incoming.guests]
secret = "env:SHOP_OLD"
unknown_customers = "prospect"
unknown_name = "user.name"
unknown_limit = 3
[incoming.guests.map]
"user.mail" = "email"
"user.handle" = "identity:chat"
"user.phone" = "customer"
id = "source_ref"
said = "payload:text"
[incoming.guests.defaults]
type = "message"
channel = "chat"
direction = "in"
source = "guests"
at = "now"

[incoming.people]
what = "customers"
secret = "env:SHOP_OLD"

[incoming.strict]
what = "customers"
secret = "env:SHOP_OLD"
unknown = "refuse"

[incoming.cakes]
what = "records:cake"
secret = "env:SHOP_OLD"
"""


def _event(number: int, **more: Any) -> dict[str, Any]:
    data = {"customer": {"email": "anna@example.com"}, "total": "12.50", "currency": "EUR", "lines": [1, 2]}
    created = "2026-01-01T11:00:00Z"
    return {"id": f"evt_{number}", "type": "paid", "created": created, "data": data, **more}


class Sender:
    """A program elsewhere."""

    def __init__(self, public: Public, clock: FakeClock) -> None:
        self.public = public
        self.clock = clock

    def send(
        self,
        name: str,
        said: Any,
        id_: str = "msg_1",
        secret: str = _ONE,
        age: int = 0,
        more: dict[str, str] | None = None,
    ) -> Page:
        """Send something, signed `age` seconds ago."""
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        signed = headers(key_of(secret), id_, self.clock.now() // 1_000_000 - age, body)
        return self.public.ask(
            "POST",
            f"/in/{name}",
            body,
            {"content-type": "application/json; charset=utf-8", **signed, **(more or {})},
        )


@pytest.fixture
def sender(public: Public, clock: FakeClock) -> Sender:
    """A program elsewhere."""
    return Sender(public, clock)


@pytest.fixture
def anna(crm_both: Crm) -> int:
    """A customer."""
    from crmkit import ContactPoint, CustomerDraft

    point = ContactPoint(kind="email", value="anna@example.com")
    return crm_both.customers.save(CustomerDraft(name="Anna", contact_points=(point,))).id


def test_what_is_reported_is_recorded_once(sender: Sender, crm_both: Crm, anna: int) -> None:
    """An event becomes an interaction; the same request again is answered alike and changes nothing."""
    first = sender.send("shop", _event(1))
    assert first.json == {"created": 1, "updated": 0, "unchanged": 0, "rejected": 0, "repeated": False}
    again = sender.send("shop", _event(1))
    assert again.json == {**first.json, "repeated": True}
    (paid,) = crm_both.interactions.timeline(anna).interactions
    assert (paid.type, paid.amount, paid.currency, paid.source_ref) == ("paid", 1250, "EUR", "evt_1")
    assert paid.known_at == paid.recorded_at, "rules act upon it"


def test_observers_see_it_as_it_happens(sender: Sender, recorder: Recorder, anna: int) -> None:
    """What rules and plugins listen to is told of what comes in at once, and once."""
    sender.send("shop", _event(1))
    sender.send("shop", _event(1))
    (batch,) = recorder.batches("after_interactions_recorded")
    Worker(recorder.crm.kernel).once()
    (batch,) = recorder.batches("after_interactions_recorded")
    assert [each.customer_id for each in batch] == [anna]


def test_rules_act_upon_it(sender: Sender, crm_both: Crm, anna: int) -> None:
    """A rule for such an event is due for whom it is about, once it has been planned and applied before."""
    sender.send("shop", _event(1))
    crm_both.strategy.apply(crm_both.strategy.plan().number)
    sender.send("shop", _event(2), "msg_2")
    crm_both.strategy.run_due()
    notes = crm_both.interactions.timeline(anna, types=["note"]).interactions
    assert [each.payload.text for each in notes] == ["Say thank you"] * 2


def test_several_objects_and_those_that_are_refused(sender: Sender, crm_both: Crm, anna: int) -> None:
    """A list is taken in part by part; what is refused stands in a file, and can be undone as an import."""
    stranger = {**_event(1)["data"], "customer": {"email": "nobody@example.com"}}
    page = sender.send("shop", [_event(1), _event(2), _event(3, data=stranger)])
    assert (page.status, page.json["created"], page.json["rejected"]) == (200, 2, 1)
    (received,) = crm_both.incoming.list()
    assert received.rejects_file is not None
    assert "nobody@example.com" in received.rejects_file.read_text()
    assert received.rejects_file.parent == crm_both.config.directory / "incoming"
    assert received.ref is not None
    crm_both.undo.undo(received.ref)
    assert [each.type for each in crm_both.interactions.timeline(anna).interactions if
            each.superseded_by is None and each.type == "paid"] == []  # fmt: skip


def _said(number: int, **user: str) -> dict[str, Any]:
    return {"id": f"m{number}", "said": "Open today?", "user": user}


def test_strangers_become_prospects_where_the_business_says_so(sender: Sender, crm_both: Crm) -> None:
    """By address, handle or number, once, and so many in an hour; whoever is known is nobody new, and one of
    our own numbers that there is not makes nobody."""
    named = {"name": "Ola \u202e Nowak", "mail": "ola@example.com"}
    first = sender.send("guests", [_said(1, **named), _said(2, **named), _said(3, handle="jan7")])
    assert (first.json["created"], first.json["rejected"]) == (3, 0)
    ola, jan = crm_both.customers.get("ola@example.com"), crm_both.customers.get("chat:jan7")
    assert (ola.name, ola.lifecycle, jan.name) == ("Ola Nowak", "prospect", "jan7")
    assert sender.send("guests", _said(4, handle="jan7"), "msg_2").json["created"] == 1
    assert sender.send("guests", _said(5, phone="4711"), "msg_3").json["rejected"] == 1
    rest = [_said(6, phone="+48 601 234 567"), _said(7, mail="eve@example.com"), _said(8, mail="no address")]
    more = sender.send("guests", rest, "msg_4")
    assert (more.json["created"], more.json["rejected"]) == (1, 2)
    assert crm_both.customers.get("+48601234567").name == "+48601234567"
    rejects = crm_both.incoming.list()[0].rejects_file
    assert rejects is not None
    assert "3 others came by this door within an hour. Let more in: unknown_limit" in rejects.read_text()
    assert len(crm_both.customers.list()[0]) == 3
    sender.clock.advance(hours=2)
    assert sender.send("guests", _said(7, mail="eve@example.com"), "msg_5").json["created"] == 1


def test_people_and_records(sender: Sender, crm_both: Crm) -> None:
    """Customers and records come in by the same door."""
    assert sender.send("people", {"name": "Jan", "email": "jan@example.com"}).json["created"] == 1
    assert sender.send("people", {"name": "Jan B", "email": "jan@example.com"}, "msg_2").json["updated"] == 1
    page = sender.send("cakes", {"customer": "jan@example.com", "flavour": "plum"}, "msg_3")
    assert page.json["created"] == 1
    assert crm_both.customers.get("jan@example.com").name == "Jan B"


def test_two_that_say_the_same_are_two(sender: Sender, crm_both: Crm) -> None:
    """What tells requests apart is their number, not what they say."""
    for number in range(2):
        assert sender.send("people", {"name": "Jan"}, f"msg_{number}").json["created"] == 1


@pytest.mark.parametrize("secret", [_ONE, _TWO])
def test_keys_can_be_exchanged(sender: Sender, secret: str, anna: int) -> None:
    """While one key replaces another, either is good."""
    assert sender.send("shop", _event(1), secret=secret).status == 200


def test_several_signatures(sender: Sender, clock: FakeClock, anna: int) -> None:
    """A sender may sign with several keys at once; others' signatures and versions do not matter."""
    body = json.dumps(_event(1)).encode()
    now = clock.now() // 1_000_000
    good = headers(key_of(_ONE), "msg_1", now, body)["webhook-signature"]
    bad = headers(key_of(_OTHER), "msg_1", now, body)["webhook-signature"]
    assert sender.send("shop", _event(1), more={"webhook-signature": f"v1a,x {bad} {good}"}).status == 200


def _alike(page: Page) -> tuple[int, bytes]:
    return page.status, page.body


def test_who_cannot_sign_learns_nothing(sender: Sender, anna: int) -> None:
    """A wrong key, none, an old or a future signature and a door that there is not: all the same."""
    pages = [
        sender.send("shop", _event(1), secret=_OTHER),
        sender.send("nothing", _event(1)),
        sender.send("people", _event(1), secret=_TWO),
        sender.send("shop", _event(1), age=301),
        sender.send("shop", _event(1), age=-301),
        sender.send("shop", _event(1), more={"webhook-signature": ""}),
        sender.send("shop", _event(1), more={"webhook-signature": "v1,é" * 50}),
        sender.send("shop", _event(1), more={"webhook-timestamp": "now"}),
        sender.send("shop", _event(1), more={"webhook-timestamp": "9" * 5_000}),
        sender.send("shop", _event(1), more={"webhook-id": "msg_2"}),
        sender.send("shop", _event(1), more={"webhook-id": ""}),
        sender.send("shop", b"{", secret=_OTHER),
    ]
    assert len({_alike(page) for page in pages}) == 1
    assert pages[0].status == 401


def test_a_changed_body_is_not_signed(sender: Sender, clock: FakeClock) -> None:
    """A signature is for what it was made for."""
    signed = headers(key_of(_ONE), "msg_1", clock.now() // 1_000_000, b'{"name": "Jan"}')
    kind = {"content-type": "application/json"}
    assert sender.public.ask("POST", "/in/people", b'{"name": "Eve"}', {**kind, **signed}).status == 401


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"[1]", b"7", b"", b'{"a": NaN}', b'{"name": "\xff"}', b"[{}] []", b"{} {}", b"[{},]",
     b"[,{}]",      b'{"a":' * 100_000, b"[" * 100_000, b'[{"name": "A"}', b"null", b'"x"'],
)  # fmt: skip
def test_what_cannot_be_read_is_said(sender: Sender, crm_both: Crm, body: bytes) -> None:
    """Who can sign is told what is wrong, and an operator sees it."""
    page = sender.send("people", body)
    assert page.status == 400
    assert page.json["error"]
    assert not crm_both.customers.list()[0]
    (received,) = crm_both.incoming.list()
    assert received.error == page.json["error"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"shoe_size": "42"}', "No column says which customer a row is about"),
        (b'{"id": ' + b"1" * 5_000 + b"}", "it has a number that is too long"),
        (b'{"id": ' + b'{"a": ' * 100_000, "it is nested too deep"),
    ],
)
def test_what_says_nothing_that_is_known_is_said(
    sender: Sender, crm_both: Crm, body: bytes, error: str
) -> None:
    """A program whose fields are called otherwise is told what is missing, and an operator sees it."""
    page = sender.send("shop", body)
    assert (page.status, error in page.json["error"]) == (400, True)
    assert [each.error for each in crm_both.incoming.list()] == [page.json["error"]]


def test_a_request_that_was_not_read_may_come_again(sender: Sender, crm_both: Crm) -> None:
    """The sender corrects it and keeps its number."""
    assert sender.send("strict", {"shoe_size": "42"}).status == 400
    assert sender.send("strict", {"shoe_size": "42"}).status == 400
    assert sender.send("strict", {"name": "Jan"}).json["created"] == 1
    assert len(crm_both.incoming.list()) == 1


def test_keys_that_nobody_can_tell(sender: Sender) -> None:
    """They are left out, unless they are to be refused."""
    assert sender.send("people", {"name": "Jan", "shoe_size": "42"}).json["created"] == 1
    page = sender.send("strict", {"name": "Jan", "shoe_size": "42"})
    assert page.status == 400
    assert "shoe_size" in page.json["error"]


def test_wrong_kinds_and_sizes(sender: Sender) -> None:
    """Only JSON comes in, and not too much of it."""
    assert sender.send("people", {"name": "Jan"}, more={"content-type": "text/plain"}).status == 415
    assert sender.send("people", b" " * (1 << 20) + b"{}").status == 413
    assert sender.public.get("/in/people").status == 405


def test_line_breaks_and_numbers_are_as_they_were(sender: Sender, crm_both: Crm) -> None:
    """A pretty-printed body is read as any other, and long numbers keep their digits."""
    body = json.dumps({"name": "Jan\nB", "email": "jan@example.com"}, indent=2).replace("\n", "\r\n").encode()
    assert sender.send("people", b"\xef\xbb\xbf" + body).status == 200


def test_nothing_is_left_behind(sender: Sender, crm_both: Crm, tmp_path: Path) -> None:
    """A request that is taken in leaves no file."""
    sender.send("people", {"name": "Jan"})
    assert list((crm_both.config.directory / "incoming").iterdir()) == []


def test_old_numbers_are_forgotten(sender: Sender, crm_both: Crm, clock: FakeClock) -> None:
    """After a month nobody sends a request again."""
    sender.send("people", {"name": "Jan"})
    clock.advance(days=20)
    sender.send("people", {"name": "Eva"}, "msg_2")
    clock.advance(days=11)
    crm_both.incoming.prune()
    assert len(crm_both.incoming.list()) == 1
