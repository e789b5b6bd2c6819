"""Numbers as sheets write them."""

from __future__ import annotations

import pytest

from crmkit.core.normalise.numbers import plain_number


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("12", "12"), ("-12,5", "-12.5"), ("1 234,50", "1234.50"), ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"), ("1.000.000", "1000000"), ("1,000,000.5", "1000000.5"), ("1'234", "1234"),
        ("1,234", "1.234"), ("1.234", "1.234"), ("ten", "ten"), ("1.2.3", "1.2.3"), ("1,234,5", "1.234.5"),
    ],
)  # fmt: skip
def test_a_number_is_read_wherever_its_marks_stand(text: str, plain: str) -> None:
    """Groups of three are told from decimals by the other mark, or by a second group."""
    assert plain_number(text) == plain
