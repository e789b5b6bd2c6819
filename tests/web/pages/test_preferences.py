"""Preferences: people choose what they are sent, and what they did not touch stays as it is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from crmkit import ContactPoint, CustomerDraft
from tests.web.pages.conftest import CHANNEL, Bakery

NEWS, OFFERS = f"news {CHANNEL}", f"offers {CHANNEL}"
DAY = 86_400


def form(on: Collection[str], *, was: Collection[str] = (NEWS, OFFERS), **more: str) -> dict[str, Any]:
    """What the page's form sends with these ticks, where it showed `was`."""
    return {"do": "save", "shown": f"{NEWS},{OFFERS}", "was": ",".join(was), "on": list(on), **more}


def test_looking_changes_nothing(bakery: Bakery) -> None:
    """The page tells what was agreed to and since when, and only tells."""
    before = bakery.rows()

    text = bakery.public.get(bakery.link("preferences", bakery.sent())).text

    assert bakery.rows() == before
    assert "News from the bakery" in text
    assert '<time datetime="2026-05-04">4 May 2026</time>' in text
    assert "How an order is doing" not in text  # nobody chooses whether a contract is kept


def test_only_what_was_changed_is_entered(bakery: Bakery) -> None:
    """Each change is an entry with where it was made; the rest has none."""
    effect, before = bakery.sent(), bakery.rows()

    page = bakery.public.post(bakery.link("preferences", effect), form([NEWS]))

    assert "We have noted 1 change." in page.text
    assert (bakery.state("news"), bakery.state("offers")) == ("granted", "withdrawn")
    assert bakery.rows() == before + 1
    last = bakery.crm.consents.show(1)[-1]
    assert (last.source, last.evidence) == ("preference page", f"effect:{effect}, page in en")


def test_a_page_left_open_takes_nothing_away(bakery: Bakery) -> None:
    """What was agreed to elsewhere meanwhile, or was not on the page, is no business of an old form."""
    link = bakery.link("preferences", bakery.sent())
    bakery.crm.consents.withdraw(1, "news", CHANNEL)
    bakery.crm.consents.grant(1, "news", CHANNEL, source="till")

    bakery.public.post(link, form([OFFERS], was=[OFFERS]))
    bakery.public.post(link, {"do": "save", "was": f"{NEWS},{OFFERS}"})

    assert (bakery.state("news"), bakery.state("offers")) == ("granted", "granted")


def test_saving_twice_is_saving_once(bakery: Bakery) -> None:
    """Loading the answer again enters nothing more, and says so."""
    link = bakery.link("preferences", bakery.sent())
    bakery.public.post(link, form([NEWS]))
    rows = bakery.rows()

    again = bakery.public.post(link, form([NEWS]))

    assert bakery.rows() == rows
    assert "Nothing has changed" in again.text


def test_a_fresh_link_proves_the_address(bakery: Bakery) -> None:
    """Whoever turns on what wants confirming, by the link of a message that just came, has confirmed."""
    effect = bakery.sent()
    bakery.crm.consents.withdraw(1, "news", CHANNEL)

    bakery.public.post(bakery.link("preferences", effect), form([NEWS, OFFERS], was=[OFFERS]))

    assert bakery.state("news") == "granted"
    assert bakery.delivered == ["news to anna@example.org"]


def test_an_old_link_proves_nothing(bakery: Bakery) -> None:
    """A month later the message may be anybody's: what wants confirming is asked about; what does not is
    granted."""
    link = bakery.link("preferences", bakery.sent())
    for purpose in ("news", "offers"):
        bakery.crm.consents.withdraw(1, purpose, CHANNEL)
    bakery.clock.advance(31 * DAY)

    page = bakery.public.post(link, form([NEWS, OFFERS], was=[]))
    bakery.crm.effects.hand_over()

    assert "One more step" in page.text
    assert "Waiting for your answer" in page.text
    assert bakery.state("offers") == "granted"
    assert bakery.state("news") == "asked"
    assert bakery.delivered == ["news to anna@example.org"] * 2  # the second one asks


def test_an_address_that_is_theirs_no_more_proves_nothing(bakery: Bakery) -> None:
    """Whoever reads the mail at somebody's former address cannot subscribe them at the new one unasked."""
    link = bakery.link("preferences", bakery.sent())
    old = bakery.crm.customers.get(1).contact_points[0]
    assert old.id is not None
    point = ContactPoint(kind="email", value="new@example.org")
    bakery.crm.customers.update(1, CustomerDraft(contact_points=(point,)))
    bakery.crm.customers.remove_contact_point(1, old.id)
    bakery.crm.consents.withdraw(1, "news", CHANNEL)

    bakery.public.post(link, form([NEWS, OFFERS], was=[OFFERS]))

    assert bakery.state("news") == "asked"


def test_nobody_is_asked_without_end(bakery: Bakery) -> None:
    """After three messages that ask, the page says that there is no fourth."""
    link = bakery.link("preferences", bakery.sent())
    bakery.crm.consents.withdraw(1, "news", CHANNEL)
    bakery.clock.advance(31 * DAY)
    for _ in range(3):
        bakery.public.post(link, form([NEWS, OFFERS], was=[OFFERS]))
        bakery.clock.advance(60)

    page = bakery.public.post(link, form([NEWS, OFFERS], was=[OFFERS]))

    assert "cannot write to you" in page.text


def test_all_marketing_stops(bakery: Bakery) -> None:
    """One button ends it all, whatever is ticked."""
    link = bakery.link("preferences", bakery.sent())

    bakery.public.post(link, form([NEWS, OFFERS]) | {"do": "all"})

    assert (bakery.state("news"), bakery.state("offers")) == ("withdrawn", "withdrawn")
    assert " checked" not in bakery.public.get(link).text


def test_the_language_of_messages(bakery: Bakery) -> None:
    """Whoever chooses another language is answered in it, and written to in it from then on."""
    link = bakery.link("preferences", bakery.sent())

    page = bakery.public.post(link, form([NEWS, OFFERS], language="ur", language_was="en"))
    bakery.public.post(link, form([NEWS, OFFERS], language="xx", language_was="ur"))

    assert '<html lang="ur" dir="rtl">' in page.text
    assert bakery.crm.customers.get(1).locale == "ur"


def test_a_region_is_not_lost(bakery: Bakery) -> None:
    """Saving something else leaves a locale such as pl_PL as it was."""
    bakery.crm.customers.update(1, CustomerDraft(locale="pl_PL"))
    link = bakery.link("preferences", bakery.sent())

    bakery.public.post(link, form([NEWS], language="pl", language_was="pl"))

    assert bakery.crm.customers.get(1).locale == "pl_PL"


def test_the_channel_they_like_best(bakery: Bakery) -> None:
    """Where several channels reach somebody they may say which they like, and take that back."""
    bakery.crm.customers.update(
        1, CustomerDraft(contact_points=(ContactPoint(kind="phone", value="+48 600 700 800"),))
    )
    bakery.crm.consents.grant(1, "offers", "phone", source="till")
    link = bakery.link("preferences", bakery.sent())
    ticks = [NEWS, OFFERS]
    assert "By phone" in bakery.public.get(link).text

    bakery.public.post(link, form(ticks, channel="phone", channel_was=""))
    assert bakery.crm.customers.get(1).preferred_channel == "phone"
    bakery.public.post(link, form(ticks, channel="post", channel_was="phone"))
    assert bakery.crm.customers.get(1).preferred_channel == "phone"
    bakery.public.post(link, form(ticks, channel="", channel_was="phone"))
    assert bakery.crm.customers.get(1).preferred_channel is None


def test_spam_reports_outlast_the_page(bakery: Bakery) -> None:
    """An address that reported spam is told why choosing alone brings no messages."""
    bakery.crm.suppressions.add("email", "anna@example.org", reason="complaint")
    link = bakery.link("preferences", bakery.sent(purpose="orders"))
    bakery.crm.consents.withdraw(1, "offers", CHANNEL)

    page = bakery.public.post(link, form([NEWS, OFFERS], was=[NEWS]))

    assert "reported as spam" in page.text


@pytest.mark.parametrize("value", ["orders post.pigeon", "news other", "news", "x" * 1_000, "news\0x"])
def test_only_what_is_offered_can_be_chosen(small_bakery: Bakery, value: str) -> None:
    """A form that somebody made up enters nothing."""
    link, rows = small_bakery.link("preferences", small_bakery.sent()), small_bakery.rows()

    page = small_bakery.public.post(link, {"do": "save", "shown": value, "was": "", "on": [value]})

    assert small_bakery.rows() == rows
    assert page.status in (200, 400)
