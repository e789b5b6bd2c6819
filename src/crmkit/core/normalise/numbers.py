"""Numbers as people and sheets write them, brought to how Python reads them."""

from __future__ import annotations

import re
from typing import Final

_SPACES: Final = str.maketrans("", "", " \u00a0\u202f")
_GROUPED: Final = re.compile(
    r"(?P<whole>[+-]?\d{1,3}(?P<mark>[.,'])\d{3}(?P<more>((?P=mark)\d{3})*))(?P<rest>(?!(?P=mark))[.,]\d+)?",
    re.ASCII,
)


def plain_number(text: str) -> str:
    """`1.234,50`, `1,234.50`, `1'234.5`, `1 234,5` and `12,5` with a point alone; what is no number stays.

    A lone mark before three digits, as in `1,234`, is taken for the decimal sign: a field has room for so
    many decimals, or refuses it.
    """
    bare = text.translate(_SPACES)
    found = _GROUPED.fullmatch(bare)
    if found and (found["more"] or found["rest"] or found["mark"] == "'"):
        return found["whole"].replace(found["mark"], "") + (found["rest"] or "").replace(",", ".")
    return bare.replace(",", ".") if "." not in bare else bare
