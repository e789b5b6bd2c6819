"""The links that a message has for its reader alone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from crmkit import Crm, CrmError, CustomerDraft
from crmkit.core.messages.action import checked, prepare
from crmkit.core.messages.params import Sending
from crmkit.core.model.acting import ActionItem, Message, Parcel
from tests.core.messages.conftest import TOML, Bakery

WEB = '\n[web]\nurl = "https://post.rye.example/"\n'
TEXT = (
    "Subject: Hi\n\nWe bake.\n{% if links.unsubscribe %}\nStop: {{ links.unsubscribe }}\n{% endif %}\n"
    "{% if links.confirm %}\nYes: {{ links.confirm }}\n{% endif %}"
)


def message(crm: Crm, purpose: str, *, effect: int = 7, rule: str = "hello", customer: int = 1) -> Message:
    """What the channel gets for effect `effect`."""
    params = checked(Sending(template="hello", channel="pigeon", purpose=purpose), crm)
    item = ActionItem(effect=effect, customer_id=customer, params=params, rule=rule, source="plan:1")
    (parcel,) = prepare([item], crm)
    assert isinstance(parcel, Parcel), parcel
    assert isinstance(parcel.content, Message)
    return parcel.content


def kinds(links: Mapping[str, str]) -> dict[str, str]:
    """The links without their tokens."""
    return {name: link.rpartition("/")[0] for name, link in links.items()}


def test_marketing_can_be_stopped(bakery: Bakery) -> None:
    """By a link of its own effect, which is the one for mail programs too; what is no marketing cannot."""
    bakery.filled()
    bakery.write("hello.txt", TEXT)
    crm = bakery.open(TOML + WEB)
    sent = message(crm, "greetings")
    assert kinds(sent.links) == {
        "unsubscribe": "https://post.rye.example/u", "preferences": "https://post.rye.example/p",
    }  # fmt: skip
    assert sent.unsubscribe == sent.links["unsubscribe"]
    assert sent.text == f"We bake.\n\nStop: {sent.unsubscribe}"
    token = sent.links["unsubscribe"].rpartition("/")[2]
    assert crm.tokens.effect_of("unsubscribe", token) == (7, b"")
    assert crm.tokens.effect_of("preferences", token) is None
    assert message(crm, "greetings", effect=8).unsubscribe != sent.unsubscribe
    service = message(crm, "orders")
    assert (list(service.links), service.unsubscribe, service.text) == (["preferences"], None, "We bake.")


def test_only_who_is_asked_can_confirm(bakery: Bakery) -> None:
    """The message that asks for a consent has the link, and none to stop what has not begun."""
    bakery.filled()
    bakery.write("hello.txt", TEXT)
    crm = bakery.open(TOML + WEB)
    asking = message(crm, "greetings", rule="ask:1")
    assert list(asking.links) == ["preferences", "confirm"]
    assert "Yes: https://post.rye.example/y/" in asking.text
    assert asking.unsubscribe is None


def test_without_an_address_there_are_no_links(bakery: Bakery) -> None:
    """A template that has to have one sends nothing, and says what to do."""
    bakery.filled()
    bakery.write("hello.txt", TEXT)
    sent = message(bakery.open(), "greetings")
    assert (dict(sent.links), sent.unsubscribe, sent.text) == ({}, None, "We bake.")
    bakery.write("hello.txt", "Stop: {{ links.unsubscribe }}")
    crm = bakery.open()
    (finding,) = [each for each in crm.messages.check() if each.level == "error"]
    assert "names links.unsubscribe, which is not there" in finding.message
    assert "url under [web]" in (finding.hint or "")
    assert not [each for each in bakery.open(TOML + WEB).messages.check() if "greetings" in each.message]


def test_what_is_previewed_is_what_is_sent(bakery: Bakery) -> None:
    """In every language, but for the links, which lead nowhere."""
    crm = bakery.filled()
    bakery.write("hello.txt", TEXT)
    bakery.write("hello.pl.txt", "Subject: Cześć {{ customer.name }}\n\nStop: {{ links.unsubscribe }}")
    bakery.write(
        "hello.ur.html",
        "<html><head><title>سلام {{ customer.name }}</title><style>p {color: red}</style></head>"
        '<p>{{ customer.name }}</p><a href="{{ links.unsubscribe }}">بند</a></html>',
    )
    crm = bakery.open(TOML.replace('"orders"', '"greetings"') + WEB)
    inert = "https://post.rye.example/u/preview"
    for locale in ("en", "pl", "ur", "pl_PL", "ur-PK"):
        crm.customers.save(CustomerDraft(id=1, locale=locale))
        sent = message(crm, "greetings")
        seen = crm.messages.preview("hello", 1)
        made = sent.links["unsubscribe"]
        assert inert in seen.text
        assert made not in seen.text
        assert (sent.subject, sent.text.replace(made, inert)) == (seen.subject, seen.text)
        assert (sent.html and sent.html.replace(made, inert)) == seen.html
        assert sent.language == (seen.language or "en")
    seen = crm.messages.preview("hello", 1)
    assert seen.html is not None
    assert '<html lang="ur" dir="rtl">' in seen.html
    assert '<p style="color: red;">Anna</p>' in seen.html
    assert seen.text == f"Anna\n\nبند <{inert}>"
    every = crm.messages.preview_all("hello", 1)
    assert list(every) == ["", "pl", "ur"]
    assert every["ur"] == seen
    page = crm.messages.page("hello", 1, every.values())
    assert page.count("<article>") == 3
    assert 'lang="ur" dir="rtl"' in page
    assert "&lt;p style=" in page
    assert 'sandbox=""' in page


def test_what_was_compiled_is_what_is_sent(bakery: Bakery) -> None:
    """The HTML that a plan pinned is kept as it was compiled, and is not compiled again."""
    bakery.filled()
    bakery.write(
        "hello.html", "<html><head><style>p {color: red}</style></head><p>{{ customer.name }}</p></html>"
    )
    crm = bakery.open()
    crm.strategy.apply(crm.strategy.plan().number)
    with crm.kernel.reading() as connection:
        table = crm.tables.message_template
        (row,) = connection.execute(table.select()).all()
    assert '<p style=\\"color: red;\\">{{ customer.name }}</p>' in row.content
    assert "<style" not in row.content


def test_a_missing_name_is_told_with_links(bakery: Bakery) -> None:
    """A link that no message has is no link."""
    bakery.filled()
    bakery.write("hello.txt", "{% if links.unsubscrib %}x{% endif %}We bake.")
    found = [each.message for each in bakery.open(TOML + WEB).messages.check() if each.level == "error"]
    assert found == ["templates/hello names links.unsubscrib, which is not there"]
    bakery.write("hello.txt", "{{ links.confirm }}")
    crm = bakery.open(TOML + WEB)
    with pytest.raises(CrmError, match=r"links\.confirm, which is not there for this message"):
        crm.messages.send(1, "hello", purpose="orders", channel="pigeon", dry_run=True)
