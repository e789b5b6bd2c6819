"""HTML as mail programs take it: compiled, with its styles, and with nothing lost on the way."""

from __future__ import annotations

import builtins
import http.server
import threading
from pathlib import Path
from typing import Any

import pytest

from crmkit import Invalid
from crmkit.core.messages.composing import Composed, filled_in
from crmkit.core.messages.html import is_right_to_left, page_of
from crmkit.core.messages.template import Template, Variant
from crmkit.core.strategy.sandbox import Possible

STYLED = """<html><head><title>Hi &amp; {{ customer.name }}</title><style>
.red { color: red } td { padding: 1px } @media print { .red { color: blue } }
</style></head><body>%s</body></html>"""
MJML = """<mjml><mj-head><mj-title>Hi {{ customer.name }}</mj-title>
<mj-style inline="inline">.red { color: red }</mj-style></mj-head><mj-body>%s</mj-body></mjml>"""
COLUMN = "<mj-section><mj-column>%s</mj-column></mj-section>"


def composed(source: str, *, mjml: bool = False, language: str = "en", **customer: Any) -> Composed:
    """What a customer gets of a template that is HTML only."""
    page = page_of(source, language, "templates/x.html", is_mjml=mjml)
    template = Template(
        name="x", variants={"": Variant(subject=page.subject, text=page.text, html=page.html)}
    )
    given = {"customer": {"name": "Anna", "tags": ["a", "b"], "vip": True, "site": None, **customer}}
    return filled_in(template, "", {**given, "links": Possible(unsubscribe="https://x/u/1")})


def html(source: str, **more: Any) -> str:
    """Its HTML."""
    said = composed(source, **more).html
    assert said is not None
    return said


def test_styles_go_into_the_elements() -> None:
    """What depends on the screen stays in the head."""
    said = html(STYLED % '<p class="red">{{ customer.name }}</p>')
    assert '<p class="red" style="color: red;">Anna</p>' in said
    assert "@media print" in said
    assert "padding: 1px" not in said


@pytest.mark.parametrize(("tags", "rows"), [([], 0), (["a"], 1), (["a", "<b>", "c"], 3)])
def test_loops_and_conditions_stand_where_they_stood(tags: list[str], rows: int) -> None:
    """Around rows of a table, where no text may stand, and where no row group was written."""
    table = "<table>{% for t in customer.tags %}<tr class='red'><td>{{ t }}</td></tr>{% endfor %}</table>"
    said = html(STYLED % f"{table}{{% if customer.vip %}}<p>yes</p>{{% endif %}}", tags=tags)
    assert said.count('<tr class="red" style="color: red;"><td style="padding: 1px;">') == rows
    assert said.count("<tr") == said.count("</tr>") == rows
    assert "<tbody" not in said
    assert "<p>yes</p>" in said
    assert "<p>yes</p>" not in html(STYLED % f"{table}{{% if customer.vip %}}<p>yes</p>{{% endif %}}", vip=0)


def test_what_was_not_closed_is_not_closed() -> None:
    """The parser's own tags would stand on the wrong side of a condition."""
    body = "<ul>{% for t in customer.tags %}<li>{{ t }}{% endfor %}</ul>"
    assert "<ul><li>a<li>b</ul>" in html(STYLED % body)
    either = "<table><tr>{% if customer.vip %}<td>v{% else %}<td>n{% endif %}</td></tr></table>"
    assert '<tr><td style="padding: 1px;">v</td></tr>' in html(STYLED % either)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{% if a %}<div>{% else %}<div class='b'>{% endif %}x</div>", "near line 3: tags are not closed"),
        ("<table>{% if a %}<div>x</div>{% endif %}</table>", "near line 3: tags are not closed"),
        ("<table>{{ customer.name }}</table>", "near line 3: tags are not closed"),
        ("<p class='{{ customer.name }}'>", "line 3: {{ customer.name }} stands in class"),
        ("<p {% if a %}title='x'{% endif %}>", "line 3: {% if a %} stands between attributes"),
    ],
)
def test_what_cannot_be_styled_is_told(body: str, said: str) -> None:
    """With its line, before anybody gets it."""
    import re

    with pytest.raises(Invalid) as raised:
        html(STYLED % body)
    assert re.search(said.replace("{", r"\{").replace("%", "%"), str(raised.value))


def test_mjml_is_compiled() -> None:
    """With its own styles, and with conditions and loops in texts, tables, and between sections."""
    body = (
        "{% if customer.vip %}"
        + COLUMN
        % (
            "<mj-text>Dear <b class='red'>{{ customer.name }}</b>, "
            "{% if customer.vip %}yes{% else %}no{% endif %}</mj-text>"
            "<mj-table>{% for t in customer.tags %}<tr><td>{{ t }}</td></tr>{% endfor %}</mj-table>"
            "<mj-raw>{% if customer.vip %}<tr><td>raw</td></tr>{% endif %}</mj-raw>"
            '<mj-button href="{{ links.unsubscribe }}">Go &amp; see</mj-button>'
        )
        + "{% endif %}"
    )
    said = html(MJML % body, mjml=True)
    assert 'Dear <b class="red" style="color: red;">Anna</b>, yes' in said
    assert "<tr><td>a</td></tr><tr><td>b</td></tr>" in said
    assert "<tr><td>raw</td></tr>" in said
    assert 'href="https://x/u/1"' in said
    assert "googleapis" not in said
    assert "crmkit0q" not in said
    assert composed(MJML % body, mjml=True).subject == "Hi Anna"
    without = html(MJML % (body + COLUMN % "<mj-text>x</mj-text>"), mjml=True, vip=False)
    assert "Dear" not in without
    assert "raw" not in without


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (MJML % (COLUMN % '<mj-include path="/etc/passwd" />'), "includes another file"),
        (MJML % (COLUMN % "<mj-text>a<b></mj-text>"), "is no MJML"),
        (MJML % (COLUMN % "<mj-textt>a</mj-textt>"), "Did you mean <mj-text>"),
        ((MJML % "").replace("</mj-head>", "{% if a %}{% endif %}</mj-head>"), "line 2: {% if a %} is lost"),
        ("hello", "is no MJML"),
    ],
)
def test_broken_mjml_is_told(source: str, said: str) -> None:
    """And no other file is read."""
    with pytest.raises(Invalid) as raised:
        page_of(source, "en", "templates/x.mjml", is_mjml=True)
    assert said in str(raised.value)
    assert "root:" not in str(raised.value)


def test_nothing_is_loaded(tmp_path: Path) -> None:
    """No sheet of another file or address, whatever the template names."""
    asked: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}/x.css"
        (tmp_path / "x.css").write_text("p { color: green }", encoding="utf-8")
        for sheet in (address, f"file://{tmp_path}/x.css", f"{tmp_path}/x.css"):
            with pytest.raises(Invalid, match="links to a style sheet"):
                html(f"<link rel='stylesheet' href='{sheet}'>" + STYLED % "<p>x</p>")
            sneaky = f"<link href='{sheet}' rel=\"x stylesheet\">"
            imported = STYLED.replace("<style>", f"{sneaky}<style>@import url({sheet});") % "<p>x</p>"
            assert "green" not in html(imported)
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
    assert asked == []


@pytest.mark.parametrize("source", [MJML % (COLUMN % "<mj-text>x</mj-text>"), STYLED % "<p>x</p>"])
def test_a_missing_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """And HTML that needs none is not held up."""
    real = builtins.__import__
    import importlib

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name in ("mjml", "css_inline"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(Invalid, match=r"pip install 'crmkit\[email\]'"):
        page_of(source, "en", "templates/x", is_mjml=source.startswith("<mjml"))
    assert page_of("<p style='color:red'>x</p>", "en", "x", is_mjml=False).text == "x"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ur", '<html lang="ur" dir="rtl">'),
        ("pt_BR", '<html lang="pt-BR" dir="ltr">'),
        ("pa_Arab", '<html lang="pa-Arab" dir="rtl">'),
        ("ar_Latn", '<html lang="ar-Latn" dir="ltr">'),
    ],
)
def test_a_page_says_its_language(language: str, said: str) -> None:
    """And from which side it is read; what it says itself stays."""
    assert said in page_of("<p>x</p>", language, "x", is_mjml=False).html
    assert said in page_of("<!doctype html><html><p>x</p></html>", language, "x", is_mjml=False).html
    own = page_of('<html lang="fr" dir="auto"><p>x</p></html>', language, "x", is_mjml=False).html
    assert '<html lang="fr" dir="auto">' in own
    assert is_right_to_left(language) == ("rtl" in said)


def test_mjml_is_mirrored() -> None:
    """What is written from right to left begins there, in text and in columns."""
    source = MJML % (COLUMN % "<mj-text>سلام</mj-text>")
    said = page_of(source, "ur", "x", is_mjml=True).html
    assert 'lang="ur" dir="rtl"' in said
    assert "direction:ltr" not in said.replace(" ", "")
    assert "text-align:right" in said.replace(" ", "")
    bare = f"<mjml><mj-body>{COLUMN % '<mj-text>y</mj-text>'}</mj-body></mjml>"
    headless = page_of(bare, "ur", "x", is_mjml=True)
    assert "direction:rtl" in headless.html


BAD = "javascript:alert(1)"


@pytest.mark.parametrize("site", [BAD, "JaVaScRiPt:alert(1)", " java\nscript:alert(1)", "\x01javascript:x",
                                  "data:text/html,x", "vbscript:x", ":x"])  # fmt: skip
@pytest.mark.parametrize(
    "link",
    [
        '<a href="{{ customer.site }}">',
        "<a href='{{- customer.site -}}'>",
        '<a href="{% if customer.vip %}{{ customer.site }}{% endif %}">',
        '<img src="{{ customer.site | default("x") }}">',
        '<a href="{% if 0 %}https://{% endif %}{{ customer.site }}">',
        '{% set y = customer.site %}<a title="x" href=" {{ y }}">',
        '{% for t in [customer.site] %}<a href="{{ t }}">y</a>{% endfor %}<a>',
    ],
)
@pytest.mark.parametrize("styled", [True, False])
def test_a_link_leads_to_a_page(site: str, link: str, styled: bool) -> None:
    """Whatever a customer has for an address: nothing that could run."""
    link += "x</a>" if "<a" in link else "x"
    said = html(STYLED % link if styled else link, site=site)
    assert "script:" not in said.lower().replace("\n", "")
    assert "data:" not in said
    assert '="#"' in said.replace("'", '"').replace(" #", "#")


@pytest.mark.parametrize(
    "site", ["https://a.example/?b=1&c=2", "mailto:a@b.example", "tel:+48", "/x?y=1:2", ""]
)
def test_ordinary_links_stay(site: str) -> None:
    """With what is special in HTML escaped."""
    assert f'href="{site.replace("&", "&amp;")}"' in html('<a href="{{ customer.site }}">x</a>', site=site)


@pytest.mark.parametrize(
    "source",
    [
        "<a href={{ customer.name }}>", "<p {{ customer.name }}>", "<{{ customer.name }}>",
        '<a onclick="{{ customer.name }}">', "<style>{{ customer.name }}</style>",
        "<script>{{ customer.name }}</script>", "</{{ customer.name }}>",
    ],
)  # fmt: skip
def test_a_value_is_text_and_nothing_more(source: str) -> None:
    """Where it could be more, the template is refused."""
    with pytest.raises(Invalid):
        html(f"<p>x</p>{source}")


def test_hostile_values_stay_values() -> None:
    """In attributes, styles, titles and comments."""
    name = "\"'><script>x</script>--><!-- {{ customer.tags }} {% raw %}"
    source = (
        '<title>{{ customer.name }}</title><p title="{{ customer.name }}" style="color: {{ customer.name }}">'
        "<!-- {{ customer.name }} -->{{ customer.name }}</p>"
    )
    for said in (html(source, name=name), html(STYLED % source, name=name)):
        assert "<script" not in said
        assert "\"'>" not in said
        assert "--><!--" not in said
        assert "{{ customer.tags }}" in said
    assert "url(" not in html('<p style="background: {{ customer.name }}">x</p>', name="url(https://x)")


@pytest.mark.parametrize("braces", ["&#123;&#123; customer.name }}", "&#123;% if %}", "{&#123; x }}"])
@pytest.mark.parametrize("source", [STYLED, "<p>%s</p>"])
def test_what_was_no_template_becomes_none(braces: str, source: str) -> None:
    """Characters that are written as entities are text, in the HTML and in the text made of it."""
    said = composed(source.replace("%s", "<p>" + braces + "</p>"))
    assert "Anna" not in said.text
    assert said.text.startswith("{{" if "%" not in braces else "{%")


def test_a_page_may_begin_with_any_number_of_comments() -> None:
    """They cost no time, whether or not the page says what it is after them."""
    head = "<!-- of the agency -->\n" * 60
    assert page_of(f"{head}<html><p>x</p></html>", "en", "x", is_mjml=False).html.startswith("<!DOCTYPE")
    html = page_of(f"{head}<!doctype html><html><p>x</p></html>", "en", "x", is_mjml=False).html
    assert html.lower().count("<!doctype") == 1
