"""Double opt-in: nobody is subscribed by looking, and whoever agrees has an entry that proves it."""

from __future__ import annotations

import pytest

from crmkit.core.clock import FakeClock
from tests.web.pages.conftest import CHANNEL, Bakery

DAY = 86_400


@pytest.fixture
def asked(bakery: Bakery) -> str:
    """The link in a message that asks Anna about news."""
    return ask(bakery)


def ask(bakery: Bakery) -> str:
    """Ask Anna, who had withdrawn; the link."""
    bakery.crm.consents.withdraw(1, "news", CHANNEL)
    bakery.clock.advance(60)
    found = bakery.crm.consents.ask(1, "news", CHANNEL, source="web form")
    assert found.effect is not None
    return bakery.link("confirm", found.effect)


def test_looking_agrees_to_nothing(bakery: Bakery, asked: str) -> None:
    """The page shows the sentence that is agreed to, and waits for the button."""
    text = bakery.public.get(asked).text

    assert "Tell me what is new, at most twice a month." in text
    assert "Shall we write to you?" in text
    assert bakery.state("news") == "asked"


def test_the_button_agrees(bakery: Bakery, asked: str) -> None:
    """The consent names the message and the wording; a second click, and the link later on, just thank."""
    page = bakery.public.post(asked)
    rows = bakery.rows()
    again = bakery.public.post(asked)

    assert "Thank you!" in page.text
    assert again.text == page.text == bakery.public.get(asked).text
    assert (bakery.state("news"), bakery.rows()) == ("granted", rows)
    last = bakery.crm.consents.show(1)[-1]
    assert (last.source, last.wording_version) == ("double opt-in", 2)
    assert last.evidence.endswith(", page in en")


def test_after_a_month_it_is_too_late(bakery: Bakery, asked: str) -> None:
    """An old link says so and how to get a new one; it agrees to nothing."""
    bakery.clock.advance(31 * DAY)

    looked, posted = bakery.public.get(asked), bakery.public.post(asked)

    assert looked.text == posted.text
    assert "This link is too old" in posted.text
    assert "ask once more" in posted.text
    assert bakery.state("news") == "asked"


def test_who_withdrew_since_is_left_alone(bakery: Bakery, asked: str) -> None:
    """A link from before somebody said no does not turn that into a yes."""
    bakery.clock.advance(60)
    bakery.crm.consents.withdraw(1, "news", CHANNEL)

    looked, posted = bakery.public.get(asked), bakery.public.post(asked)

    assert looked.text == posted.text
    assert bakery.state("news") == "withdrawn"


def test_another_message_asks_nothing(bakery: Bakery) -> None:
    """The number of an ordinary message makes no link that subscribes."""
    page = bakery.public.post(bakery.link("confirm", bakery.sent()))

    assert page.text == bakery.gone().text


def test_another_wording_is_not_shown(bakery: Bakery, clock: FakeClock) -> None:
    """Where the sentence has changed since, the page does not pretend that they were asked about it."""
    link = ask(bakery)
    table = bakery.crm.tables.consent
    with bakery.crm.transaction() as tx:
        tx.execute(table.update().where(table.c.state == "asked").values(wording_version=1))

    text = bakery.public.get(link).text

    assert "News from the bakery" in text
    assert "at most twice a month" not in text
