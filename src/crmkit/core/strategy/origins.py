"""What effects are entered under: `rule:NAME`, and `campaign:NAME` of what the source `campaign` brings.

A rule of the file has a plain name; one of a source is named with it, as its origin is.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.model.acting import ASKING

RULE: Final = "rule:"
# What a person sends by hand, and the question whether somebody agrees.
BY_HAND: Final = ("send:", ASKING)


def origin_of(rule: str) -> str:
    """The origin of what a rule does."""
    return rule if ":" in rule else f"{RULE}{rule}"


def rule_of(origin: str) -> str:
    """The rule that an origin names; the origin itself, where no rule does."""
    return origin.removeprefix(RULE)


def is_of_rule(origin: str) -> bool:
    """Whether a rule does it, and no person by hand."""
    return not origin.startswith(BY_HAND)


def origin_column(rule: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
    """As `origin_of`, of a column of names."""
    return sa.case((rule.like("%:%"), rule), else_=sa.literal(RULE) + rule)
