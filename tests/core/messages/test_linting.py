"""What could be better about templates that are right."""

from __future__ import annotations

import pytest

from tests.core.messages.conftest import TOML, Bakery

MARKETING = TOML.replace('purpose = "orders"', 'purpose = "greetings"')
READY = 'address = "Rynek 1"' + MARKETING + '\n[web]\nurl = "https://post.rye.example"\n'
GOOD = "Subject: Hi\n\nWe bake. {{ business.address }} {{ links.unsubscribe }}"
CAREFUL = GOOD.replace("{{ links", "{% if links.unsubscribe %}{{ links") + "{% endif %}"


def told(bakery: Bakery, toml: str) -> list[tuple[str, str]]:
    """(level, what) of each finding."""
    return [(each.level, each.message) for each in bakery.open(toml).messages.check()]


def test_marketing_has_a_way_out_and_an_address(bakery: Bakery) -> None:
    """Of templates that rules send as marketing, in every language, in text and HTML; others need neither."""
    sent = 'The template "hello", which the rule "hello" sends as marketing,'
    bakery.filled()
    assert told(bakery, TOML) == []
    assert told(bakery, READY) == [
        ("warning", f"{sent} has no unsubscribe link"),
        ("warning", f"{sent} has no postal address"),
    ]
    bakery.write("hello.txt", GOOD)
    assert told(bakery, READY) == []
    bakery.write("hello.pl.txt", "Subject: Hi\n\nWe bake. {{ business.address }}")
    assert told(bakery, READY) == [("warning", f"{sent} has no unsubscribe link in templates/hello.pl")]
    bakery.write("hello.pl.txt", GOOD)
    bakery.write("hello.pl.html", "<p>We bake. {{ links.preferences }}</p>")
    assert told(bakery, READY) == [("warning", f"{sent} has no postal address in templates/hello.pl")]


def test_what_several_lack_is_told_once(bakery: Bakery) -> None:
    """What crm.toml does not say is missing in every letter, and is said in one line that names them all."""
    bakery.filled()
    again = MARKETING[MARKETING.index("[rules.hello]") :].replace("hello", "again")
    for name in ("hello", "again"):
        bakery.write(f"{name}.txt", CAREFUL)
    start, both = "2 templates, which rules send as marketing, have no", ': "again", "hello"'
    assert told(bakery, f"{MARKETING}\n{again}") == [
        ("note", f"{start} unsubscribe link without url under [web]{both}"),
        ("note", f"{start} postal address without address under [crs]{both}"),
    ]


def test_what_is_named_has_to_be_there(bakery: Bakery) -> None:
    """An address and pages that crm.toml does not have are noted, and hold nobody up in a rehearsal."""
    bakery.filled()
    bakery.write("hello.txt", CAREFUL)
    assert [each[0] for each in told(bakery, MARKETING)] == ["note", "note"]
    assert bakery.open(MARKETING).rehearsal.readiness().unlinked == ("hello",)
    assert bakery.open(READY).rehearsal.readiness().unlinked == ()
    assert bakery.open(TOML).rehearsal.readiness().unlinked == ()


@pytest.mark.parametrize(
    ("html", "level", "said"),
    [
        ('<a href="http://x.example">x</a>', "note", "links to http://x.example, which is not encrypted"),
        ('<img src="https://x.example/a.png">x', "note", "a picture without a text"),
        ('<img src="https://x.example/a.png" alt="">x', "", ""),
        ("<p>x</p>" * 13_000, "warning", "HTML of 104 KB"),
        ("<script>x</script>y", "warning", "<script>, which mail programs take out"),
        ("<title>Hi</title>x", "", ""),
    ],
)
def test_mail_programs(bakery: Bakery, html: str, level: str, said: str) -> None:
    """What they do not show, or show to some only."""
    bakery.filled()
    bakery.write("hello.html", html)
    found = told(bakery, TOML)
    assert [each[0] for each in found] == ([level] if level else [])
    assert all(said in each[1] for each in found)


def test_subjects(bakery: Bakery) -> None:
    """One that is missing, and one that nobody reads to its end."""
    bakery.filled()
    bakery.write("hello.txt", f"Subject: {'long ' * 30}\n\nWe bake.")
    assert [each[1] for each in told(bakery, TOML)] == [
        "templates/hello has a subject of 149 characters, of which few are shown"
    ]
    bakery.write("hello.txt", "We bake.")
    assert told(bakery, TOML) == [("note", "templates/hello has no subject")]
