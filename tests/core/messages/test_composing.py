"""What a customer reads of a template."""

from __future__ import annotations

import pytest

from crmkit import CrmError
from crmkit.core.messages.composing import Composed, filled_in
from crmkit.core.messages.template import Template, Variant


def composed(name: str, *, text: str = "Hi", subject: str = "", html: str | None = None) -> Composed:
    """What somebody with this name reads."""
    template = Template(name="x", variants={"": Variant(text=text, subject=subject, html=html)})
    return filled_in(template, "", {"customer": {"name": name, "tags": [name]}})


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_nobody_writes_a_second_line_into_a_subject(end: str) -> None:
    """A name with any kind of line end in it adds no head to the message."""
    said = composed(f"Anna{end}Bcc: all@example.org", subject="Dear {{ customer.name }}!")
    assert said.subject == "Dear Anna Bcc: all@example.org!"


def test_control_characters_are_left_out() -> None:
    """Of subject and text; letters of every script, joiners and tabs stay."""
    said = composed(
        "A\x00\x1b[2Jنما\u200cیش\t\ud800", subject="{{ customer.name }}", text="{{ customer.name }}\r\n."
    )
    assert said.subject == "A[2Jنما\u200cیش"
    assert said.text == "A[2Jنما\u200cیش\t\n."


@pytest.mark.parametrize(
    "html",
    [
        "<p>{{ customer.name }}</p>",
        "<a title='{{ customer.name }}' alt=\"{{ customer.name }}\">",
        "{% set x = customer.name %}{{ x }}{% for y in customer.tags %}{{ y }}{% endfor %}",
        "{% set x %}{{ customer.name }}{% endset %}{{ x }}{{ x ~ customer.name }}",
        "{{ customer.tags | join(customer.name) }}{{ customer.name | replace('a', 'b') | trim }}",
        "{{ '%s' % customer.name }}{{ customer.name | upper }}",
        "{% set x %}{{ customer.name }}{% endset %}{{ x | replace('&lt;', '<') | replace('&#34;', '\"') }}",
    ],
)
def test_html_escapes_what_customers_wrote(html: str) -> None:
    """However a template puts it in."""
    said = composed("<script>\"'&", html=html).html
    assert said is not None
    assert "<script" not in said.lower()
    assert "\"'" not in said


def test_text_is_as_it_was_written() -> None:
    """It is no HTML, and a template that a customer wrote is no template."""
    said = composed(
        "<b> {{ customer.tags }} &", text="Dear {{ customer.name }}", subject="{{ customer.name }}"
    )
    assert (said.text, said.subject) == ("Dear <b> {{ customer.tags }} &", "<b> {{ customer.tags }} &")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"subject": "{{ customer.name }}"}, "The subject of .* is empty for this customer"),
        ({"text": "{{ customer.name }} "}, "The text of .* is empty for this customer"),
        ({"subject": "{{ 'x' | replace('x', customer.long) }}"}, "more than 1,000 characters"),
        ({"text": "{{ customer.nam }}"}, 'names "nam", which is not there\nDid you mean "name"'),
        ({"html": "{{ customer.nam }}"}, 'The HTML of the template "x" names "nam"'),
    ],
)
def test_a_message_that_says_nothing_is_none(parts: dict[str, str], said: str) -> None:
    """Nobody gets an empty message, or half of one."""
    template = Template(name="x", variants={"": Variant(**{"text": "a", **parts})})
    with pytest.raises(CrmError, match=said):
        filled_in(template, "", {"customer": {"name": " ", "long": "y" * 1001}})
