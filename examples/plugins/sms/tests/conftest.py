"""A business that is live, writes text messages to its customers, and has a gateway on this machine."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.plugin import webhook_headers, webhook_key
from crmkit.testing import Public

SECRET = base64.b64encode(b"thirty-two bytes, which are known").decode()
Report = Callable[..., Any]


@pytest.fixture
def gateway() -> Iterator[Any]:
    """The gateway."""
    # Beside this file, wherever the tests are run from.
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("sms_test_gateway", Path(__file__).with_name("gateway.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.running() as found:
        yield found


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["sms"]


@pytest.fixture
def crm_toml(gateway: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The gateway, its token and its secret; a rule that says hello to everybody."""
    monkeypatch.setenv("SMS_TOKEN", "let-me-in")
    monkeypatch.setenv("SMS_SECRET", SECRET)
    (tmp_path / "templates").mkdir()
    text = "Subject: Hello\n\nHello, {{ customer.name }}! €5 for you"
    (tmp_path / "templates" / "hello.txt").write_text(text, encoding="utf-8")
    return f"""
currency = "PLN"
[purposes.orders]
type = "service"
[purposes.offers]
type = "marketing"
wording = "Tell me what is new."
[rules.hello]
run = "daily at 00:00"
once = "ever"
send_sms = "hello"
purpose = "orders"
[plugins.sms]
gateway = "{gateway.url}"
token = "env:SMS_TOKEN"
secret = "env:SMS_SECRET"
sender = "Rye"
timeout = 0.4
price = "0.09"
rate = 100.0
"""


@pytest.fixture
def say_hello() -> Callable[..., dict[str, Any]]:
    """Has the rule write to new customers with these numbers; the effects by number."""

    def say(crm: Crm, *numbers: str) -> dict[str, Any]:
        for index, number in enumerate(numbers):
            points = (ContactPoint(kind="phone", value=number),)
            crm.customers.save(CustomerDraft(name=f"Person {index}", contact_points=points))
        crm.rehearsal.end()
        crm.strategy.apply(crm.strategy.plan().number)
        return {each.recipient: each for each in crm.effects.list()}

    return say


@pytest.fixture
def report() -> Report:
    """Has the gateway report something, signed with its secret or another; the answer."""

    def send(crm: Crm, secret: str = SECRET, **said: Any) -> Any:
        body = json.dumps(said).encode()
        now = crm.clock.now() // 1_000_000
        headers = webhook_headers(webhook_key(secret), f"msg-{said.get('id')}", now, body)
        headers["content-type"] = "application/json"
        return Public(crm).ask("POST", "/sms/gateway", body, headers)

    return send
