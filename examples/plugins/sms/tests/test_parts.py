"""How many parts a message has."""

from __future__ import annotations

import pytest

from crmkit_sms.parts import Length, length_of, unusual


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", Length("GSM-7", 0, 1)),
        ("x" * 160, Length("GSM-7", 160, 1)),
        ("x" * 161, Length("GSM-7", 161, 2)),
        ("x" * 306, Length("GSM-7", 306, 2)),
        ("x" * 307, Length("GSM-7", 307, 3)),
        ("€" * 80, Length("GSM-7", 160, 1)),
        ("€" * 153, Length("GSM-7", 306, 3)),  # 76 to a part: none is cut in two
        ("ł" + "x" * 69, Length("UCS-2", 70, 1)),
        ("ł" + "x" * 70, Length("UCS-2", 71, 2)),
        ("😀" * 35, Length("UCS-2", 70, 1)),
        ("😀" * 67, Length("UCS-2", 134, 3)),
    ],
)
def test_parts_are_counted(text: str, length: Length) -> None:
    """As the networks count them, with letters that take two places, and none cut in two."""
    assert length_of(text) == length


def test_what_makes_it_dear_is_named() -> None:
    """The letters for which a part has less room, each once."""
    assert unusual("Zażółć żurek [5 €]") == "żółć"
