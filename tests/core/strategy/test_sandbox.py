"""Templates: what they can say, and what they cannot reach."""

from __future__ import annotations

import pytest

from crmkit.core.errors import Invalid
from crmkit.core.strategy.sandbox import LONGEST_TEXT, check_template, render

ANNA = {"customer": {"name": "Anna Żak", "likes": ["rye", "tea"], "city": None}, "business": {"name": "Rye"}}


def test_names_filters_conditions_and_loops() -> None:
    """A letter is made of the customer's data; what is not known leaves nothing behind."""
    text = (
        "Dear {{ customer.name|upper }},{% if customer.city %} of {{ customer.city }}{% endif %} "
        "{% for each in customer.likes %}{{ each }}{{ ', ' if not loop.last }}{% endfor %}."
        " {{ customer.city }}"
    )
    assert render(text, ANNA, "the letter") == "Dear ANNA ŻAK, rye, tea. "


def test_data_is_never_read_as_a_template() -> None:
    """A customer who is called {{ 7 * 7 }} is greeted so."""
    assert render("{{ customer.name }}", {"customer": {"name": "{{ 7 * 7 }}"}}, "it") == "{{ 7 * 7 }}"


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    """A slip of the pen is found before anything is sent."""
    with pytest.raises(Invalid, match="nmae") as refused:
        render("{{ customer.nmae }}", ANNA, "the letter")
    assert "name" in str(refused.value.hint)


@pytest.mark.parametrize(
    "text",
    [
        "{{ customer.__class__ }}",
        "{{ customer['__class__'] }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ customer.items() }}",
        "{{ customer.name.format(1) }}",
        "{{ range(10) }}",
        "{{ self }}",
        "{% include 'x' %}",
        "{% import 'x' as x %}",
        "{% macro m() %}{% endmacro %}",
        "{{ 'x' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'x'|center(1000000000) }}",
        "{{ customer|attr('keys') }}",
        "{% for a in 'aa' %}{% for b in 'aa' %}{% for c in 'aa' %}x{% endfor %}{% endfor %}{% endfor %}",
        "{{ customer.name",
        "{% if %}",
    ],
)
def test_nothing_can_be_reached_or_run_out_of_hand(text: str) -> None:
    """Attributes, calls, other files, powers and deep loops are refused with a message."""
    with pytest.raises(Invalid):
        render(text, ANNA, "the letter")


def test_a_text_that_grows_too_long_is_cut_off() -> None:
    """Two loops over long lists stop at the limit."""
    many = {"rows": ["x" * 1000] * 1000}
    with pytest.raises(Invalid, match=f"{LONGEST_TEXT:,}"):
        render("{% for a in rows %}{% for b in rows %}{{ b }}{% endfor %}{% endfor %}", many, "the letter")


def test_a_fault_is_located() -> None:
    """The error says in which line of which template."""
    with pytest.raises(Invalid, match="the letter, line 2"):
        check_template("Dear\n{{ customer.name }", "the letter")
