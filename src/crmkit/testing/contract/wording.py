"""Whether what a plugin says when it refuses reads like the rest."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.testing.contract.subject import Subject

_ERRORS: Final = ("Conflict", "Invalid", "NotAllowed", "NotFound", "Rejected", "StoreError", "TryAgain")
# Whoever meets these cannot go on: nothing else tells them the way.
_HINTED: Final = ("NotFound", "Rejected")
_DEFECTS: Final = ("BaseException", "Exception", "RuntimeError", "SystemExit")


def wording(subject: Subject) -> Iterator[str]:
    """Errors say what happened and what to do next; refusals are a clause that ends no sentence."""
    for path in subject.sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), path)):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                faults = _of_error(node.exc)
            elif isinstance(node, ast.Call) and _name(node) == "Refusal":
                faults = _of_refusal(node)
            else:
                continue
            yield from (f"{path.name}:{node.lineno} {fault}" for fault in faults)


def _name(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _of_error(call: ast.Call) -> Iterator[str]:
    name = _name(call)
    if name in _DEFECTS:
        yield phrase(
            "raises {name}, which is shown as a defect; raise Invalid or Rejected with what to do next",
            name=name,
        )
    if name not in _ERRORS:
        return
    message = _text(call.args[0]) if call.args else ""
    if message and message.rstrip().endswith("."):
        yield phrase("ends its message with a full stop: {message!r}", message=message)
    if name in _HINTED and not any(each.arg in ("hint", None) for each in call.keywords):
        yield phrase(
            "raises {name} without hint=; say what to do next, with the exact command where there is one",
            name=name,
        )


def _of_refusal(call: ast.Call) -> Iterator[str]:
    reasons = [*call.args[1:2], *(each.value for each in call.keywords if each.arg == "reason")]
    for reason in map(_text, reasons):
        if reason and reason.rstrip().endswith("."):
            yield phrase(
                "ends a reason with a full stop: {reason!r}; it is put into sentences", reason=reason
            )


def _text(node: ast.expr) -> str:
    """What is written out of a text; `…` for what is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(each) if isinstance(each, ast.Constant) else "…" for each in node.values)
    return ""
