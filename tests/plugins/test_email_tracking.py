"""Clicks and opens: from a delivered message to the timeline, and never where they should not be."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import define

from crmkit import ContactPoint, Crm, CustomerDraft, Interaction
from crmkit.plugin import Message
from crmkit.plugins.email.tracking.hits import note_on_timelines
from crmkit.plugins.email.tracking.links import is_page
from crmkit.plugins.email.tracking.machines import Hit, told_by_request, told_by_time
from crmkit.plugins.email.tracking.markup import rewritten, with_image
from crmkit.plugins.email.tracking.tracker import tracker_of
from crmkit.testing import FakeClock, Page, Public, open_crm
from crmkit.testing.ready import ReadyDatabases
from tests.plugins.post_office import PostOffice, post_office

# 4 May 2026, 10:00 UTC.
_NOW = 1_777_888_800_000_000
_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
_WEB = "https://post.rye.example"
_TEXT = """Subject: News

Read https://shop.rye.example/new?a=1&b=2.
Yours: https://shop.rye.example/for/{{ customer.id }}, or write to mailto:shop@rye.example
"""
_HTML = """<html><body><p>Hello {{ customer.name }}</p>
<a class="x" href='https://shop.rye.example/new?a=1&amp;b=2'>New</a>
<a href="https://shop.rye.example/old">Old</a>
<a href="https://shop.rye.example/for/{{ customer.id }}">Yours</a>
<a href="mailto:shop@rye.example">Write</a> <a href="tel:+48123">Call</a>
<a href="https://post.rye.example/about">About</a>
{% if links.unsubscribe %}<a href="{{ links.unsubscribe }}">Unsubscribe</a>{% endif %}
<img src="https://shop.rye.example/picture.png">
</body></html>
"""
Live = Callable[..., Crm]


@define
class Door:
    """Asks the public server, as a person's browser would unless the headers say otherwise."""

    crm: Crm

    def ask(self, url: str, method: str = "GET", **headers: str) -> Page:
        """The answer at an address of ours."""
        assert url.startswith(_WEB)
        named = {"user-agent": _FIREFOX} | {name.replace("_", "-"): value for name, value in headers.items()}
        return Public(self.crm).ask(method, url, headers=named)


def toml(office: PostOffice, more: str = "clicks = true\nopens = true") -> str:
    """A business that sends by this server, and whose pages the public reaches."""
    return f"""
[web]
url = "{_WEB}"
[purposes.news]
type = "marketing"
wording = "Tell me what is new."
[purposes.orders]
type = "service"
[plugins.email]
from = "Rye Bakery <post@rye.example>"
host = "127.0.0.1"
port = {office.port}
security = "none"
{more}
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def live_both(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, crm_ready: ReadyDatabases
) -> Iterator[Live]:
    """Opens a live business, on both databases in turn."""
    server = request.getfixturevalue("crm_postgres") if request.param == "postgresql" else None
    address = crm_ready.copy_tables(tmp_path, ("email",), server) if server else None
    yield from _live(tmp_path, clock, address)
    if server is not None:
        server.drop_database(address)


@pytest.fixture
def live(tmp_path: Path, clock: FakeClock) -> Iterator[Live]:
    """Opens a live business with two customers who want news."""
    yield from _live(tmp_path, clock, None)


def _live(folder: Path, clock: FakeClock, database: str | None) -> Iterator[Live]:
    clock.set(_NOW)
    (folder / "templates").mkdir()
    (folder / "templates" / "news.txt").write_text(_TEXT, encoding="utf-8")
    (folder / "templates" / "news.html").write_text(_HTML, encoding="utf-8")
    opened: list[Crm] = []

    def open_(settings: str) -> Crm:
        crm = open_crm(folder, settings, plugins=("email",), database=database, clock=clock)
        opened.append(crm)
        for name in ("anna", "jan"):
            point = ContactPoint(kind="email", value=f"{name}@example.org")
            crm.customers.save(CustomerDraft(name=name.capitalize(), contact_points=(point,)))
        crm.rehearsal.end()
        for customer in (1, 2):
            crm.consent.grant(customer, "news", "email")
        return crm

    yield open_
    for crm in opened:
        crm.close()


def send(crm: Crm, office: PostOffice, customer: int = 1, purpose: str = "news") -> tuple[str, str]:
    """(text, HTML) of a message as it was delivered."""
    crm.messages.send(customer, "news", purpose=purpose)
    text, html = office.taken[-1].message.iter_parts()
    return text.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


def links(html: str) -> dict[str, str]:
    """The links of an HTML by their words."""
    return {words: url for url, words in re.findall(r'href=["\']([^"\']*)["\']>([^<]*)', html)}


def image(html: str) -> str:
    """The address of the image that tells of opens."""
    (found,) = re.findall(rf'<img src="({_WEB}/o/[^"]+)"', html)
    return str(found)


def heard(crm: Crm, clock: FakeClock, customer: int = 1) -> list[Interaction]:
    """What is on the timeline of clicks and opens once they have settled, the oldest first."""
    clock.advance(seconds=20)
    note_on_timelines(crm)
    note_on_timelines(crm)
    types = ("email.clicked", "email.opened")
    return list(reversed(crm.interactions.timeline(customer, types=types, limit=200).interactions))


def test_from_a_message_to_the_timeline(live_both: Live, clock: FakeClock) -> None:
    """A link in a delivered message leads to its page, and the click and the open are on the timeline of who
    got the message, once."""
    with post_office() as office:
        crm = live_both(toml(office))
        text, html = send(crm, office)
    clock.advance(minutes=5)
    door, found = Door(crm), links(html)
    picture = door.ask(image(html))
    assert (picture.status, picture.headers["content-type"], picture.body[:6]) == (
        200,
        "image/gif",
        b"GIF89a",
    )
    clock.advance(seconds=5)
    answer = door.ask(found["New"])
    assert (answer.status, answer.location) == (302, "https://shop.rye.example/new?a=1&b=2")
    clock.advance(seconds=3)
    door.ask(found["New"])
    clock.advance(seconds=30)
    # The text has the same link; the HTML's and the text's are one.
    (in_text,) = re.findall(rf"{_WEB}/c/[A-Za-z0-9_-]+", text)
    assert in_text == found["New"]
    opened, clicked = heard(crm, clock)
    assert (opened.type, opened.occurred_at, opened.payload.machine) == (
        "email.opened", _NOW + 300_000_000, False,
    )  # fmt: skip
    assert clicked.payload.url == "https://shop.rye.example/new?a=1&b=2"
    assert (clicked.occurred_at, clicked.payload.machine) == (_NOW + 305_000_000, False)
    assert clicked.payload.effect == crm.effects.list()[0].number
    assert heard(crm, clock) == [opened, clicked]
    assert heard(crm, clock, customer=2) == []
    clock.advance(hours=1)
    door.ask(found["New"])
    assert len(heard(crm, clock)) == 3
    clock.advance(days=1)
    assert crm.predicates.members("count(email.clicked where not machine, last 90 days) > 0") == [1]


def test_what_is_left_alone(live: Live) -> None:
    """Links that say who gets them, links to our own pages, and what is no page stay as they are, as does the
    rest of the message."""
    with post_office() as office:
        crm = live(toml(office))
        text, html = send(crm, office, customer=2)
    found = links(html)
    assert found["Yours"] == "https://shop.rye.example/for/2"
    assert found["Write"] == "mailto:shop@rye.example"
    assert found["Call"] == "tel:+48123"
    assert found["About"] == "https://post.rye.example/about"
    assert found["Unsubscribe"].startswith(f"{_WEB}/u/")
    assert office.taken[-1].message["List-Unsubscribe"].strip("<>") == found["Unsubscribe"]
    assert found["New"].startswith(f"{_WEB}/c/")
    assert found["Old"].startswith(f"{_WEB}/c/")
    assert "/for/2, or write to mailto:shop@rye.example" in text
    assert '<img src="https://shop.rye.example/picture.png">' in html
    assert html.index("/o/") < html.index("</body>")
    entry = next(each for each in crm.interactions.timeline(2).interactions if each.type == "message")
    assert "https://shop.rye.example/new?a=1&b=2." in entry.payload.text


def test_whoever_is_asked_is_not_watched(live: Live) -> None:
    """A message that asks for consent is for a marketing purpose, and has none yet."""
    with post_office() as office:
        crm = live(toml(office))
    message = Message(
        key="k", effect=1, customer_id=1, channel="email", purpose="news", to="anna@example.org", name="Anna",
        text="See https://shop.rye.example/new", html='<a href="https://shop.rye.example/new">x</a>',
        fixed_links=frozenset({"https://shop.rye.example/new"}), links={"confirm": f"{_WEB}/y/abc"},
    )  # fmt: skip
    assert tracker_of(crm)(message) == message


@pytest.mark.parametrize(
    ("settings", "purpose"), [("", "news"), ("clicks = true\nopens = true", "orders")], ids=["off", "service"]
)
def test_nothing_is_tracked(live: Live, settings: str, purpose: str) -> None:
    """By default, and in what is no marketing, links and pictures are the template's own."""
    with post_office() as office:
        crm = live(toml(office, settings))
        text, html = send(crm, office, purpose=purpose)
    assert f"{_WEB}/c/" not in text + html
    assert f"{_WEB}/o/" not in html


def test_each_has_its_setting(live: Live) -> None:
    """Clicks without opens."""
    with post_office() as office:
        _, html = send(live(toml(office, "clicks = true")), office)
    assert f"{_WEB}/c/" in html
    assert f"{_WEB}/o/" not in html


def test_without_a_public_address(live: Live) -> None:
    """Where the public reaches nothing of ours, no link leads there."""
    with post_office() as office:
        crm = live(toml(office).replace(f'url = "{_WEB}"', ""))
        text, html = send(crm, office)
    assert "/c/" not in text + html


def test_no_token_no_redirect(live: Live, clock: FakeClock) -> None:
    """A link that we did not make leads nowhere, whatever is in it; nothing is recorded."""
    with post_office() as office:
        crm = live(toml(office))
        _, html = send(crm, office)
    clock.advance(minutes=5)
    door, good = Door(crm), links(html)["New"]
    token = good.rpartition("/")[2]
    swapped = token[:-3] + ("A" if token[-3] != "A" else "B") + token[-2:]
    other_kind = crm.tokens.for_effect("unsubscribe", 1, (1).to_bytes(8))
    no_such_link = crm.tokens.for_effect("email.click", 1, (99).to_bytes(8))
    for bad in (swapped, "", "x", "https:evil.example", "%2F%2Fevil.example", other_kind, no_such_link):
        answer = door.ask(f"{_WEB}/c/{bad}")
        assert (answer.status, answer.location) == (404, "")
    real = door.ask(image(html), user_agent="Mozilla/5.0")
    assert door.ask(f"{_WEB}/o/{swapped}").body == real.body
    assert [each.payload.machine for each in heard(crm, clock)] == [True]


def test_a_head_is_no_click(live: Live, clock: FakeClock) -> None:
    """Whoever looks where a link leads is told, and counts as a machine."""
    with post_office() as office:
        crm = live(toml(office))
        _, html = send(crm, office)
    clock.advance(minutes=5)
    assert Door(crm).ask(links(html)["New"], "HEAD").status == 302
    clock.advance(seconds=1)
    Door(crm).ask(links(html)["New"])
    looked, clicked = heard(crm, clock)
    assert (looked.payload.machine, looked.payload.why) == (True, "it asked for the head only")
    assert not clicked.payload.machine


@pytest.mark.parametrize("header", ["sec_gpc", "dnt"])
def test_whoever_asks_not_to_be_watched(live: Live, clock: FakeClock, header: str) -> None:
    """They are led on, and nothing is noted."""
    with post_office() as office:
        crm = live(toml(office))
        _, html = send(crm, office)
    clock.advance(minutes=5)
    assert Door(crm).ask(links(html)["New"], **{header: "1"}).status == 302
    assert heard(crm, clock) == []


def test_a_gateway_follows_all_links(live: Live, clock: FakeClock) -> None:
    """All links at once, or any within seconds of the delivery: a machine, under whatever name; the person
    who comes later is seen."""
    with post_office() as office:
        crm = live(toml(office))
        _, html = send(crm, office)
    door, found = Door(crm), links(html)
    clock.advance(seconds=4)
    door.ask(found["Old"])
    clock.advance(minutes=5)
    door.ask(found["New"])
    clock.advance(seconds=1)
    door.ask(found["Old"])
    clock.advance(minutes=1)
    door.ask(found["New"])
    told = [(each.payload.url[-3:], each.payload.why) for each in heard(crm, clock)]
    assert told == [
        ("old", "within seconds of the delivery"),
        ("b=2", "several links at once"),
        ("old", "several links at once"),
        ("b=2", ""),
    ]


def test_merged_erased_and_gone(live: Live, clock: FakeClock) -> None:
    """A click follows its customer into a merge; of whom was erased nothing is recorded, and what was is
    gone; the link leads on all the same."""
    with post_office() as office:
        crm = live(toml(office))
        _, html = send(crm, office, customer=2)
    clock.advance(minutes=5)
    door, url = Door(crm), links(html)["New"]
    door.ask(url)
    crm.merging.merge(1, 2)
    clock.advance(minutes=5)
    door.ask(url)
    assert [each.type for each in heard(crm, clock, customer=1)] == ["email.clicked", "email.clicked"]
    door.ask(url)
    crm.privacy.erase(1, reason="request")
    clock.advance(minutes=5)
    assert door.ask(url).location == "https://shop.rye.example/new?a=1&b=2"
    clock.advance(seconds=20)
    assert all(not each.payload for each in crm.interactions.list("email.clicked").interactions)
    with crm.reading() as execute:
        assert execute(crm.plugins.table("email_hit").select()).all() == []


def test_whoever_asks_for_ever(live: Live, clock: FakeClock) -> None:
    """One link of one message makes twenty entries, and no more."""
    with post_office() as office:
        crm = live(toml(office))
        _, html = send(crm, office)
    clock.advance(minutes=5)
    for _ in range(25):
        Door(crm).ask(links(html)["New"])
        clock.advance(minutes=1)
    assert len(heard(crm, clock)) == 20


def test_the_link_works_where_nothing_can_be_recorded(live: Live, clock: FakeClock) -> None:
    """Whoever follows a link gets there, though the database takes nothing."""
    with post_office() as office:
        crm = live(toml(office))
        _, html = send(crm, office)
    clock.advance(minutes=5)
    with closing(sqlite3.connect(crm.config.path.parent / "crm.db")) as broken:
        broken.execute("DROP TABLE email_hit")
    assert Door(crm).ask(links(html)["New"]).status == 302


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"user-agent": _FIREFOX}, ""),
        ({"user-agent": "Mozilla/5.0"}, "Apple's privacy proxy"),
        ({"user-agent": "Mozilla/5.0 (Windows NT 5.1) Firefox/11.0 (via ggpht.com GoogleImageProxy)"},
         "a mail service's proxy"),
        ({"user-agent": "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"},
         "a mail service's proxy"),
        ({"user-agent": _FIREFOX, "sec-purpose": "prefetch;prerender"}, "fetched ahead"),
        ({"user-agent": _FIREFOX, "purpose": "prefetch"}, "fetched ahead"),
        ({"user-agent": _FIREFOX, "x-purpose": "preview"}, "fetched ahead"),
        ({}, "it has no name"),
        ({"user-agent": "python-requests/2.31"}, "a scanner by its name"),
        ({"user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}, "a scanner by its name"),
        ({"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, "a scanner by its name"),
    ],
)  # fmt: skip
def test_machines_by_their_requests(headers: dict[str, str], why: str) -> None:
    """What names itself, or says that it fetches ahead, is no reader."""
    assert told_by_request("GET", headers, image=True) == why


def test_machines_by_their_time() -> None:
    """Two links within two seconds are a machine's; an image beside a link is not."""
    hits = [Hit(id=1, link=None, at=60_000_000), Hit(id=2, link=1, at=60_500_000)]
    assert told_by_time(hits[1], hits, 0) == ""
    hits.append(Hit(id=3, link=2, at=61_000_000))
    assert told_by_time(hits[1], hits, 0) == "several links at once"
    assert told_by_time(hits[0], hits, 0) == ""
    assert told_by_time(hits[0], hits, 55_000_000) == "within seconds of the delivery"
    assert told_by_time(hits[0], hits, None) == "within seconds of the delivery"


@pytest.mark.parametrize(
    ("html", "changed"),
    [
        ('<a href="https://a.example/">x</a>', '<a href="X">x</a>'),
        ("<A\n title='a > b' HREF = 'https://a.example/'>x</A>", "<A\n title='a > b' HREF = \"X\">x</A>"),
        ('<a data-href="https://a.example/">x</a>', None),
        ('<link href="https://a.example/">', None),
        ('<a href=https://a.example/>x</a>', None),
        ('<abbr href="https://a.example/">x</abbr>', None),
        ('<a href="https://b.example/">x</a>', None),
        ('<a title="href=\'https://a.example/\'">x</a>', None),
        ('<a href="https://a.example/', None),
        ("<a " * 20_000 + '"', None),
    ],
)  # fmt: skip
def test_links_in_html(html: str, changed: str | None) -> None:
    """The addresses of links are changed and nothing else is, whatever the HTML is like."""
    assert rewritten(html, lambda url: "X" if url == "https://a.example/" else url) == (changed or html)


def test_the_image_is_last() -> None:
    """Before the end of the body, or at the end of what has none; its address cannot break out."""
    assert with_image("<body>a</body>", "u").endswith('border:0"></body>')
    assert with_image("a", 'x"><script>').count("<script>") == 0


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "ftp://a.example/", "https://", "https://user:pw@a.example/", "https://a.example:x/",
     "https://a.example/\r\nSet-Cookie: a=b", "https://a.example\\@b.example/", "//a.example/", "https://[::1/",
     "https://a.example/" + "x" * 2_000, "https://a..ż/"],
)  # fmt: skip
def test_what_nobody_is_redirected_to(url: str) -> None:
    """Only plain addresses of pages are kept."""
    assert not is_page(url)


def test_letters_of_any_script(live: Live, clock: FakeClock) -> None:
    """An address with letters of any script leads there, written as headers need it."""
    with post_office() as office:
        crm = live(toml(office))
        url = "https://żyto.example/chleb/żytni?q=ż%20y"
        message = Message(
            key="k", effect=1, customer_id=1, channel="email", purpose="news", to="anna@example.org",
            name="Anna", text=f"See {url}!", fixed_links=frozenset({url}),
        )  # fmt: skip
        text = tracker_of(crm)(message).text
    answer = Door(crm).ask(text.split()[1].rstrip("!"))
    assert text.endswith("!")
    assert answer.location == "https://xn--yto-22a.example/chleb/%C5%BCytni?q=%C5%BC%20y"
