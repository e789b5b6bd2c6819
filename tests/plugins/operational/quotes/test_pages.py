"""The page on which a customer accepts a quote."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.plugins.operational.api import Quotes
from crmkit.plugins.operational.quotes.pages import link_of
from crmkit.testing import Public


def _link(crm: Crm, quote: int) -> str:
    link = link_of(crm, crm.service(Quotes).get(quote))
    assert link is not None
    return link


def test_a_customer_looks_and_accepts(bakery: Crm, public: Public) -> None:
    """Looking changes nothing; the button accepts, once, and the page says so from then on."""
    quotes = bakery.service(Quotes)
    sent = quotes.send(quotes.new(1, ["RYE"]).id)
    link = _link(bakery, sent.id)
    page = public.get(link)
    assert (page.status, quotes.get(1).state) == (200, "sent")
    assert "Przyjmuję ofertę" in page.text
    assert "Oferta została przyjęta" in public.post(link).text
    assert quotes.get(1).state == "accepted"
    assert "Oferta została przyjęta" in public.post(link).text
    assert "<button" not in public.get(link).text
    assert bakery.interactions.count() == 2


def test_the_page_may_have_its_look(bakery: Crm, public: Public) -> None:
    """The server allows the page's own style, and no other."""
    quotes = bakery.service(Quotes)
    page = public.get(_link(bakery, quotes.send(quotes.new(1, ["RYE"]).id).id))
    found = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert found
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.headers["content-security-policy"]
    assert "style=" not in page.text


def test_what_cannot_be_accepted_any_more(bakery: Crm, public: Public, clock: FakeClock) -> None:
    """A page of one that has run out, was declined or replaced says so, and its button does nothing."""
    quotes = bakery.service(Quotes)
    late, declined, old = (
        quotes.send(quotes.new(1, ["RYE"], valid_until=date(2026, 1, 2)).id).id for _ in range(3)
    )
    quotes.decline(declined)
    quotes.send(quotes.revise(old).id)
    clock.advance(2 * 86_400)
    for quote, said in ((late, "straciła ważność"), (declined, "odrzucona"), (old, "nowsza wersja")):
        for page in (public.get(_link(bakery, quote)), public.post(_link(bakery, quote))):
            assert said in page.text
            assert "<button" not in page.text
    assert quotes.get(late).state == "sent"


def test_links_that_lead_nowhere(bakery: Crm, public: Public) -> None:
    """A forged token, one of another kind, and a quote that was put away are all the same."""
    quotes = bakery.service(Quotes)
    draft = quotes.new(1, ["RYE"])
    assert link_of(bakery, draft) is None
    sent = quotes.send(draft.id)
    link = _link(bakery, sent.id)
    other = bakery.tokens.issue("other", (1).to_bytes(8))
    unknown = bakery.tokens.issue("quote", (99).to_bytes(8))
    bakery.records.archive("quote", sent.id)
    for path in (link, f"/quote/{other}", f"/quote/{unknown}", "/quote/x", link[:-1] + "_"):
        for page in (public.get(path), public.post(path)):
            assert (page.status, "leads to no quote" in page.text) == (404, True)
    assert quotes.get(sent.id).state == "sent"
