"""Unsubscribing by the link in a message: it takes one click, holds at once, and can be taken back."""

from __future__ import annotations

import pytest

from crmkit import CustomerDraft
from crmkit.core.model.strategy import PENDING, SKIPPED
from tests.web.pages.conftest import CHANNEL, Bakery

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def test_looking_changes_nothing(bakery: Bakery) -> None:
    """Programs that look through mail follow its links: the page is shown, and nothing happens."""
    before, link = bakery.rows(), bakery.link("unsubscribe", bakery.sent())

    page = bakery.public.get(link)
    looked = bakery.public.ask("HEAD", link)

    assert (page.status, looked.status) == (200, 200)
    assert "News from the bakery" in page.text
    assert bakery.rows() == before


@pytest.mark.parametrize(
    ("form", "offers"), [(ONE_CLICK, "withdrawn"), ({}, "withdrawn"), ({"do": "stop"}, "granted")]
)
def test_one_post_unsubscribes(bakery: Bakery, form: dict[str, str], offers: str) -> None:
    """It acts at once: a mail program's button on all marketing, the page's on the purpose that it names."""
    effect = bakery.sent()

    page = bakery.public.post(bakery.link("unsubscribe", effect), form)

    assert (page.status, page.location, "set-cookie" in page.headers) == (200, "", False)
    assert "You are unsubscribed" in page.text
    assert (bakery.state("news"), bakery.state("offers")) == ("withdrawn", offers)
    last = bakery.crm.consents.show(1)[-1]
    assert last.evidence.startswith(f"effect:{effect}, ")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
        ),
        ("text/plain", b"List-Unsubscribe=One-Click"),
        (None, b"List-Unsubscribe=One-Click"),
    ],
)
def test_however_a_mail_program_sends_it(small_bakery: Bakery, kind: str | None, body: bytes) -> None:
    """The body may be of either type that RFC 8058 allows, and mail programs that are careless unsubscribe
    too."""
    link = small_bakery.link("unsubscribe", small_bakery.sent())
    headers = {} if kind is None else {"content-type": kind}

    page = small_bakery.public.ask("POST", link, body, headers)

    assert (page.status, small_bakery.state("news")) == (200, "withdrawn")


def test_what_is_queued_does_not_go_out(bakery: Bakery) -> None:
    """A message that waits in the ledger is skipped after the POST; what an order needs is delivered."""
    link = bakery.link("unsubscribe", bakery.sent())
    news, orders = bakery.queued(), bakery.queued(purpose="orders")
    assert [bakery.crm.effects.get(each).state for each in (news, orders)] == [PENDING, PENDING]

    bakery.public.post(link, ONE_CLICK)
    bakery.clock.advance(61)
    bakery.crm.effects.hand_over()

    found = bakery.crm.effects.get(news)
    assert (found.state, found.reason) == (SKIPPED, "withdrew news by post.pigeon on 2026-05-04")
    assert bakery.delivered == ["news to anna@example.org", "orders to anna@example.org"]


def test_again_is_the_same(bakery: Bakery) -> None:
    """Clicking twice, or a mail program that repeats itself, enters nothing more."""
    link = bakery.link("unsubscribe", bakery.sent())
    first = bakery.public.post(link, ONE_CLICK)
    rows = bakery.rows()

    again = bakery.public.post(link, ONE_CLICK)

    assert bakery.rows() == rows
    assert again.text == first.text


def test_all_marketing_by_one_button(bakery: Bakery) -> None:
    """The second button ends every purpose of marketing, and nothing that is no marketing."""
    page = bakery.public.post(bakery.link("unsubscribe", bakery.sent()), {"do": "all"})

    assert "any marketing" in page.text
    assert (bakery.state("news"), bakery.state("offers")) == ("withdrawn", "withdrawn")
    bakery.sent(purpose="orders")
    assert "orders to anna@example.org" in bakery.delivered


def test_a_mistake_is_taken_back(bakery: Bakery) -> None:
    """Whoever clicked by mistake has what they had, at once, and again if the page is loaded again."""
    link = bakery.link("unsubscribe", bakery.sent())
    done = bakery.public.post(link, {"do": "all"})
    assert "I clicked by mistake" in done.text

    back = bakery.public.post(link, {"do": "back"})
    reloaded = bakery.public.post(link, {"do": "back"})

    assert (bakery.state("news"), bakery.state("offers")) == ("granted", "granted")
    assert "Everything is as before" in back.text
    assert reloaded.text == back.text


def test_a_mistake_is_noticed_soon(bakery: Bakery) -> None:
    """After an hour the link, which may have been forwarded since, gives no consent back."""
    link = bakery.link("unsubscribe", bakery.sent())
    bakery.public.post(link, ONE_CLICK)
    bakery.clock.advance(3_601)

    late = bakery.public.post(link, {"do": "back"})

    assert bakery.state("news") == "withdrawn"
    assert "Please choose again" in late.text
    assert "by mistake" not in bakery.public.get(link).text


def test_who_withdrew_otherwise_stays_so(bakery: Bakery) -> None:
    """The button for mistakes takes back its own link's doing only."""
    link = bakery.link("unsubscribe", bakery.sent())
    bakery.crm.consents.withdraw(1, "news", CHANNEL, source="on the phone")

    bakery.public.post(link, {"do": "back"})

    assert bakery.state("news") == "withdrawn"


def test_a_merged_customer_is_followed(bakery: Bakery) -> None:
    """The link of a message to somebody who was merged stops messages to who they are now."""
    link = bakery.link("unsubscribe", bakery.sent(2))
    bakery.crm.merging.merge(1, 2)

    bakery.public.post(link, ONE_CLICK)

    assert bakery.state("news", 1) == "withdrawn"


def test_nobody_learns_who_is_gone(bakery: Bakery) -> None:
    """A forged link, one for another page, and that of somebody erased show the same, whatever is sent."""
    effect = bakery.sent(2)
    erased, other = bakery.link("unsubscribe", effect), bakery.link("preferences", effect)
    bakery.crm.privacy.erase(2)
    gone = bakery.gone()

    answers = [
        bakery.public.get(erased),
        bakery.public.post(erased, ONE_CLICK),
        bakery.public.get(other),
        bakery.public.post(other, {"do": "all"}),
        bakery.public.get(other.replace("/p/", "/u/")),
        bakery.public.get(erased.replace("/u/", "/y/")),
        bakery.public.post(erased.replace("/u/", "/y/")),
        bakery.public.get(bakery.link("unsubscribe", 4_711)),
    ]

    assert {(each.status, each.text) for each in answers} == {(200, gone.text)}
    assert "hello@rye.example" in gone.text


def test_a_rehearsed_message_can_be_tried(bakery: Bakery) -> None:
    """Links in the files of a rehearsal show what customers will see, say so, and withdraw nothing."""
    bakery.crm.rehearsal.begin_again()
    effect, rows = bakery.sent(), bakery.rows()

    for kind in ("unsubscribe", "preferences"):
        link = bakery.link(kind, effect)
        pages = bakery.public.get(link), bakery.public.post(link, {"do": "all"} | ONE_CLICK)
        assert all("This is a rehearsal." in page.text for page in pages)
        assert pages[0].text == pages[1].text
    assert bakery.rows() == rows


def test_the_page_shows_no_person(bakery: Bakery) -> None:
    """A forwarded message leads to a page with no name and no whole address on it."""
    effect = bakery.sent()

    for kind in ("unsubscribe", "preferences"):
        text = bakery.public.get(bakery.link(kind, effect)).text
        assert "a•••@example.org" in text
        assert "anna@" not in text
        assert "Kowalska" not in text


def test_a_purpose_that_is_no_more(bakery: Bakery) -> None:
    """Links of messages for a purpose that was taken out of crm.toml still work."""
    link = bakery.link("unsubscribe", bakery.sent())
    table = bakery.crm.tables.effect
    with bakery.crm.transaction() as tx:
        tx.execute(table.update().values(purpose="old_letters"))

    assert "Old letters" in bakery.public.get(link).text
    assert "You are unsubscribed" in bakery.public.post(link, ONE_CLICK).text


def test_markup_in_names_stays_text(small_bakery: Bakery) -> None:
    """What a business or a customer is called is shown as it is written, and never runs."""
    draft = CustomerDraft(name="<script>alert(1)</script>", locale="en")
    small_bakery.crm.customers.update(1, draft)
    text = small_bakery.public.get(small_bakery.link("unsubscribe", small_bakery.sent())).text

    assert "<script" not in text
    assert "Rye &amp; Co." in text
