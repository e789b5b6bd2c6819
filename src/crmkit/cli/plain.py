"""Values as plain data for programs: what `--json` prints."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

# Lossless in JSON, and harmless on a terminal.
_UNSAFE = re.compile("[\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def to_json(value: Any) -> str:
    """`value` as indented JSON: every letter readable, what could disturb a terminal escaped."""
    text = json.dumps(value, default=plain, ensure_ascii=False, indent=2)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def plain(value: Any) -> Any:
    """`value` as what JSON can hold: attrs values as mappings, dates in ISO 8601, exact numbers as text."""
    import attrs

    if attrs.has(type(value)):
        return _of_attrs(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(each) for each in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return str(value) if isinstance(value, (Path, BaseException)) else value


def _of_attrs(value: Any) -> Any:
    import attrs

    from crmkit.core.model.money import Money, format_amount

    if isinstance(value, Money):
        return {"amount": format_amount(value.minor, value.currency), "currency": value.currency}
    return {each.name: plain(getattr(value, each.name)) for each in attrs.fields(type(value))}
