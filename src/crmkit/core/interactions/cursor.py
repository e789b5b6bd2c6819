"""The opaque text that says where the next page begins."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase


def write_cursor(*position: int) -> str:
    """The cursor of a position, one or more whole numbers."""
    return urlsafe_b64encode(".".join(map(str, position)).encode()).decode().rstrip("=")


def read_cursor(cursor: str, length: int) -> tuple[int, ...]:
    """The position of `length` numbers that a cursor stands for. Raises `Invalid`."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        position = tuple(int(part) for part in urlsafe_b64decode(padded).split(b"."))
    except ValueError:  # no ASCII, no base64, no number
        position = ()
    if len(position) != length or any(abs(number) >= 2**63 for number in position):
        raise Invalid(
            phrase("{cursor} is not a cursor of this list", cursor=quoted(cursor)),
            hint="Begin again at the first page, without a cursor.",
        )
    return position
