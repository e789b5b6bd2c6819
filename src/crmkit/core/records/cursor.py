"""The opaque text that says where the next page of a list of records begins."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase


def write_cursor(order: str, value: Any, id_: int) -> str:
    """The cursor behind a record: the order, the value it is ordered by, and its id."""
    text = json.dumps([order, value, id_], ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, order: str) -> tuple[Any, int]:
    """(value, id) of a cursor that belongs to a list in `order`. Raises `Invalid`."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found, value, id_ = json.loads(urlsafe_b64decode(padded))
    except (ValueError, TypeError):  # no ASCII, no base64, no JSON, no list of three
        found, value, id_ = None, None, None
    plain = value is None or type(value) in (int, str)
    if found != order or type(id_) is not int or abs(id_) >= 2**63 or not plain:
        raise Invalid(
            phrase("{cursor} is not a cursor of this list", cursor=quoted(cursor)),
            hint="Begin again at the first page, without a cursor.",
        )
    return value, id_
