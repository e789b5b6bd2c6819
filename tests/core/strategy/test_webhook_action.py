"""Webhooks as rules call them: signed, once noticed, and nothing secret anywhere."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from crmkit import Crm
from crmkit.core.model.acting import ActionItem, Later, Parcel, Performed
from crmkit.core.model.batches import Refusal
from tests.core.webhooks.listening import answer, listening

OpenOne = Callable[[str], Crm]
KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret, where the file says that it is."""
    monkeypatch.setenv("SHOP_SECRET", SECRET)


def _toml(url: str, **more: Any) -> str:
    said = {"url": url, "secret": "env:SHOP_SECRET", "internal": True, "timeout": 5, **more}
    return "[webhooks.shop]\n" + "".join(f"{key} = {json.dumps(each)}\n" for key, each in said.items())


def _parcels(crm: Crm, count: int = 1, **data: Any) -> list[Parcel]:
    from crmkit import CustomerDraft

    if not crm.customers.list()[0]:
        crm.customers.save_all([CustomerDraft(name="Anna")])
    action = crm.words.actions["webhook.call"]
    items = [
        ActionItem(
            effect=number, customer_id=1, params=action.params("shop", data), rule="r", source="plan:1",
            key=f"effect-{number}@mark",
        )
        for number in range(1, count + 1)
    ]  # fmt: skip
    assert action.prepare is not None
    return list(action.prepare(items, crm))


def _answers(crm: Crm, parcels: list[Parcel]) -> list[Any]:
    found = crm.words.actions["webhook.call"].perform(parcels, crm)
    return sorted(found, key=lambda each: each.index)


def test_signed_and_sparse(open_one: OpenOne) -> None:
    """Signed is the body as it came; of the customer it says the uid, and what was asked for."""
    with listening(answer(200)) as server:
        crm = open_one(_toml(server.url))
        assert _answers(crm, _parcels(crm, name="Anna", percent=5)) == [Performed(0, "200")]
        _, headers, body = server.received[0]
    said = json.loads(body)
    assert said.pop("at").endswith("Z")
    assert said == {
        "id": "effect-1@mark", "rule": "r", "occasion": "", "action": "webhook.call",
        "customer": crm.customers.get(1).uid, "data": {"name": "Anna", "percent": 5},
    }  # fmt: skip
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert headers["content-type"] == "application/json"


def test_who_does_not_answer_in_time_is_called_again(open_one: OpenOne) -> None:
    """The seconds that `timeout` allows are all that one slow program can hold the others up."""
    given_up = threading.Event()

    def behave(handler: Any) -> None:
        given_up.wait(60)
        answer(200)(handler)

    with listening(behave) as server:
        toml = (
            f'[webhooks.shop]\nurl = "{server.url}"\nsecret = "env:SHOP_SECRET"\n'
            "internal = true\ntimeout = 1\n"
        )
        crm = open_one(toml)
        (found,) = _answers(crm, _parcels(crm))
        given_up.set()
    assert isinstance(found, Later)


def test_again_under_the_same_id(open_one: OpenOne) -> None:
    """After a 500 the very same call is made again, and the other side can tell."""
    behaviours = iter((answer(500), answer(200)))

    def behave(handler: Any) -> None:
        next(behaviours)(handler)

    with listening(behave) as server:
        crm = open_one(_toml(server.url))
        parcels = _parcels(crm)
        (first,) = _answers(crm, parcels)
        assert isinstance(first, Later)
        assert _answers(crm, parcels) == [Performed(0, "200")]
        ids = [headers["webhook-id"] for _, headers, _ in server.received]
        bodies = {body for *_, body in server.received}
    assert ids == ["effect-1@mark"] * 2
    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("status", "headers", "kind", "seconds"),
    [
        (204, {}, Performed, None),
        (408, {}, Later, None),
        (425, {}, Later, None),
        (429, {"Retry_After": "7"}, Later, 7.0),
        (503, {"Retry_After": "99999999999"}, Later, 86_400.0),
        (503, {"Retry_After": "Mon, 01 Jan 1990 00:00:00 GMT"}, Later, None),
        (503, {"Retry_After": "-5"}, Later, None),
        (400, {}, Refusal, None),
        (410, {}, Refusal, None),
        (302, {"Location": "http://127.0.0.1/?token=hidden"}, Refusal, None),
    ],
)
def test_what_an_answer_means(
    open_one: OpenOne, status: int, headers: dict[str, Any], kind: type[Any], seconds: float | None
) -> None:
    """Done, never again, or later, after the pause that was asked for, within reason."""
    with listening(answer(status, **headers)) as server:
        crm = open_one(_toml(server.url))
        (found,) = _answers(crm, _parcels(crm))
    assert isinstance(found, kind)
    assert getattr(found, "seconds", None) == seconds
    assert "hidden" not in repr(found)


def test_a_webhook_that_is_down_is_not_called_on_and_on(open_one: OpenOne) -> None:
    """Of a large batch a few find out, and the others wait."""
    with listening(lambda handler: handler.server.over.wait(30)) as server:
        crm = open_one(_toml(server.url, timeout=1))
        found = _answers(crm, _parcels(crm, 60))
        assert len(server.received) <= 8
    assert {type(each) for each in found} == {Later}
    assert [each.index for each in found] == list(range(60))


def test_within_your_own_network_only_if_said(open_one: OpenOne, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads to this machine is refused, and the message says what to do."""
    from crmkit.core.webhooks import destination

    monkeypatch.setattr(destination, "resolve", lambda *_: ["127.0.0.1"])
    crm = open_one(_toml("http://hooks.example/", internal=False))
    (found,) = _answers(crm, _parcels(crm))
    assert isinstance(found, Refusal)
    assert 'The webhook "shop" cannot be called: the address leads to 127.0.0.1, which' in found.reason


def test_secrets_stay_secret(
    open_one: OpenOne, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the secret nor what is behind the host is in parcels, answers, plans or logs."""
    caplog.set_level(logging.DEBUG)
    with listening(answer(500, b"whatever you say")) as server:
        monkeypatch.setenv("SHOP_URL", server.url)
        rule = '[rules.r]\nrun = "daily"\nwebhook = "shop"\n'
        crm = open_one(_toml(server.url) + rule)
        parcels = _parcels(crm)
        plan = crm.strategy.plan()
        told = [repr(parcels), repr(_answers(crm, parcels)), repr(crm.config), plan.effective, caplog.text]
        hidden = open_one(_toml("env:SHOP_URL") + rule)
        told += [repr(_parcels(hidden)), repr(_answers(hidden, _parcels(hidden))), repr(hidden.config)]
        told.append(hidden.strategy.plan().effective)
    for text in told:
        assert "hidden" not in text
        assert SECRET not in text
        assert SECRET.removeprefix("whsec_") not in text


@pytest.mark.parametrize("value", [None, "hunter2"])
def test_a_secret_that_is_not_there_yet(
    open_one: OpenOne, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    """Nothing is sent unsigned: the call waits until somebody mends it, and a rehearsal needs none."""
    if value is None:
        monkeypatch.delenv("SHOP_SECRET")
    else:
        monkeypatch.setenv("SHOP_SECRET", value)
    with listening(answer(200)) as server:
        crm = open_one(_toml(server.url))
        parcels = _parcels(crm, name="Anna")
        assert '"name": "Anna"' in parcels[0].says
        (found,) = _answers(crm, parcels)
        assert server.received == []
    assert isinstance(found, Later)
    assert "hunter2" not in found.reason


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('url = "ftp://a.example/"\nsecret = "env:S"', "is not an address"),
        ('url = "https://10.0.0.1/"\nsecret = "env:S"', "internal = true|public Internet"),
        ('url = "https://a.example/"\nsecret = "hunter2"', "must say where the secret is"),
        ('url = "https://a.example/"', "secret: is missing"),
        ('url = "https://a.example/"\nsecret = "env:S"\ntimeout = 0', "0 is not a number of seconds"),
    ],
)
def test_declarations_that_are_wrong(open_one: OpenOne, lines: str, says: str) -> None:
    """They are refused with their place, before anything runs."""
    from crmkit.core.errors import ConfigError

    with pytest.raises(ConfigError, match=says) as caught:
        open_one(f"[webhooks.shop]\n{lines}\n")
    assert "hunter2" not in str(caught.value)
