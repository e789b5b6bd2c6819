"""The text that is made of HTML."""

from __future__ import annotations

from typing import Any

import pytest

from crmkit.core.messages.composing import filled_in
from crmkit.core.messages.html import page_of
from crmkit.core.messages.template import Template, Variant


def text(source: str, **customer: Any) -> str:
    """What somebody reads who gets no HTML."""
    page = page_of(source, "en", "x", is_mjml=False)
    template = Template(name="x", variants={"": Variant(text=page.text, html=page.html)})
    return filled_in(
        template, "", {"customer": {"name": "Anna", "tags": ["a", "b"], "vip": True, **customer}}
    ).text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<h1>Hi</h1><p>one\n  two</p><p>three<br>four</p>", "Hi\n\none two\n\nthree\nfour"),
        ("<ul><li>a<li>b</ul><ol><li>c</li><li>d</li></ol>", "- a\n- b\n\n1. c\n2. d"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ('See <a href="https://x.example/?a=1&amp;b=2">the shop</a>.',
         "See the shop <https://x.example/?a=1&b=2>."),
        ('<a href="https://x.example">x.example</a> <a href="mailto:a@b.example">a@b.example</a>',
         "x.example a@b.example"),
        ('<a href="#top">up</a> <a>there</a> <a href="https://x.example"><img src="y" alt="Bread"></a>',
         "up there Bread <https://x.example>"),
        ("<head><title>no</title><style>p{}</style></head><div style='display: none'>no <p>no</p></div>yes",
         "yes"),
        ("a &amp; b &lt;c&gt; &eacute;&nbsp;d", "a & b <c> é\xa0d"),
        ("<p>سلام {{ customer.name }}</p><!-- no -->", "سلام Anna"),
        ("Dear {% if customer.vip %}<b>{{ customer.name }}</b>{% else %}you{% endif %}!", "Dear Anna!"),
        ("Dear {% if customer.no %}x{% else %}you{% endif %}!".replace("customer.no",
         "customer.vip == 1 and 0"),
         "Dear you!"),
        ("<p>a</p>{% if customer.vip %}<p>b</p>{% endif %}<p>c</p>", "a\n\nb\n\nc"),
        ("<p>a</p>{% if not customer.vip %}<p>b</p>{% endif %}<p>c</p>", "a\n\nc"),
        ("<p>a</p>{% if not customer.vip %}<p>b</p>{% else %}<p>d</p>{% endif %}<p>c</p>", "a\n\nd\n\nc"),
        ("<p>a</p><ul>{% for t in customer.tags %}<li>{{ t }}</li>{% endfor %}</ul><p>c</p>",
         "a\n\n- a\n- b\n\nc"),
        ("{% for t in customer.tags %}{{ t }}, {% endfor %}end", "a, b, end"),
        ("<table>{% for t in customer.tags %}<tr><td>{{ t }}</td><td>x</td></tr>{% endfor %}</table>",
         "a x\nb x"),
    ],
)  # fmt: skip
def test_a_page_reads_well_as_text(source: str, said: str) -> None:
    """Paragraphs, lists, links and rows, whichever side of a condition is taken."""
    assert text(source) == said


def test_text_is_not_escaped() -> None:
    """It is no HTML, and what a customer wrote is no template."""
    assert text("<p>{{ customer.name }}</p>", name="<b> {{ customer.vip }} &") == "<b> {{ customer.vip }} &"
