"""What a new plugin can be made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import frozen

from crmkit.core.language import N_
from crmkit.core.phrase import phrase


@frozen(kw_only=True)
class Part:
    """A part: what it `adds`, in one line, and its `modules`; with it come the parts that it `needs`."""

    name: str
    adds: str
    modules: tuple[str, ...]
    needs: tuple[str, ...] = ()


# In the order in which a plugin of one file has them: what others need comes first.
PARTS: Final = (
    Part(name="field", adds=N_("a field of customers"), modules=("fields",)),
    Part(name="record", adds=N_("records that belong to customers, with states"), modules=("records",)),
    Part(
        name="interaction", adds=N_("a type of contact, with what is kept of it"), modules=("interactions",)
    ),
    Part(
        name="trait",
        adds=N_("a trait: what rules ask of one customer"),
        modules=("traits",),
        needs=("interaction",),
    ),
    Part(
        name="metric",
        adds=N_("a metric: a number over all customers and a period"),
        modules=("metrics",),
        needs=("interaction",),
    ),
    Part(name="action", adds=N_("an action: what rules do, and how it is undone"), modules=("actions",)),
    Part(name="channel", adds=N_("a channel that hands messages over"), modules=("settings", "channels")),
    Part(name="table", adds=N_("a table of its own, with its migration"), modules=("tables", "cards", "api")),
    Part(
        name="observer",
        adds=N_("an observer that counts contacts into the table, each once"),
        modules=("counting",),
        needs=("interaction", "table"),
    ),
    Part(
        name="gate",
        adds=N_("a gate that refuses what rules propose"),
        modules=("gates",),
        needs=("interaction",),
    ),
    Part(name="job", adds=N_("a job that the worker repeats"), modules=("jobs",), needs=("table",)),
    Part(name="command", adds=N_("a command of crm"), modules=("commands",), needs=("table",)),
    Part(name="route", adds=N_("a page for customers"), modules=("pages",), needs=("table",)),
)
NAMES: Final = tuple(part.name for part in PARTS)
ALL: Final = "all"
USUAL: Final = ("trait", "action", "observer", "command")


def chosen(names: Iterable[str]) -> tuple[Part, ...]:
    """The parts with these names and what they need, in order. Raises `Invalid` for one that there is not."""
    from crmkit.core.errors import Invalid
    from crmkit.core.nearest import did_you_mean
    from crmkit.core.normalise.text import quoted

    by_name, wanted = {part.name: part for part in PARTS}, set[str]()
    for name in names:
        if name != ALL and name not in by_name:
            raise Invalid(
                phrase("A plugin has no part {name}", name=quoted(name)),
                hint=did_you_mean(name, NAMES, phrase("There are: {names}.", names=", ".join((*NAMES, ALL)))),
            )
        part = by_name.get(name)
        wanted |= {part.name, *part.needs} if part else {*NAMES}
    return tuple(part for part in PARTS if part.name in wanted)
