"""Work that `crm worker` repeats, and the checks of `crm doctor`, as values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from crmkit.core.crm import Crm


@frozen(kw_only=True)
class Job:
    """A bounded pass of work, due every `every` seconds.

    `run(crm)` looks at durable rows and does what is due: killed anywhere, run twice or run by ten workers,
    it leads to the same result. `crm` acts for crmkit itself. A job that says True has more to do, and is due
    again at once.
    """

    name: str
    every: float
    run: Callable[[Crm], bool | None]
    doc: str = ""
    owner: str = ""


@frozen
class Finding:
    """Something a check found: `level` is `note`, `warning` or `error`; `hint` says what to do."""

    level: str
    message: str
    hint: str = ""


@frozen(kw_only=True)
class Check:
    """A question that `crm doctor` asks; `run(crm)` yields what it found, nothing when all is well.

    One `of_settings` looks at `crm.toml` alone, and `crm check` asks it too.
    """

    name: str
    doc: str
    run: Callable[[Crm], Iterable[Finding]]
    of_settings: bool = False
    owner: str = ""
