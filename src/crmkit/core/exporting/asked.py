"""What somebody asks an export for, and how much of that the access log may say."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from attrs import frozen

Progress = Callable[[int, int], None]
# Texts, dates and numbers: what a condition compares with may say who somebody is.
_LITERAL: Final = re.compile(r"'(?:[^']|'')*'?|\"[^\"]*\"?|(?<![\w])[+-]?\d[\w.:+-]*")


@frozen(kw_only=True)
class Asked:
    """Which customers, with which columns, in which order; None and empty mean the view's, or all."""

    where: str | None = None
    view: str | None = None
    columns: Sequence[str] | None = None
    order: str | None = None
    archived: bool = False
    restricted: bool = False

    def said(self) -> dict[str, Any]:
        """What the access log keeps of it."""
        said: dict[str, Any] = {"view": self.view, "archived": self.archived, "restricted": self.restricted}
        said["where"] = without_literals(self.where or "")
        said["order"] = without_literals(self.order or "")
        return {key: value for key, value in said.items() if value}


def without_literals(text: str) -> str:
    """A condition or expression with `…` for every text, number and date in it."""
    return _LITERAL.sub("…", text)
