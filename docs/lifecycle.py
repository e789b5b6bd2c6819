"""In which order hooks are called, moment by moment: as a picture, and as a list that says the same.

Which moments a hook belongs to stands in its specification, in the part `Moments`; here stand the moments,
and what the core does between the hooks. A hook without a moment, a moment that nobody knows and a step that
no hook names are errors, so that the picture is whole.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, Final

from attrs import frozen

_WIDTH, _LEFT, _RIGHT, _BOX, _LINE, _GAP = 720, 8, 372, 340, 18, 12


@frozen
class Core:
    """What crmkit itself does."""

    does: str


@frozen
class Asked:
    """A step in which hooks are called; with `given`, what they registered at the opening is used."""

    name: str
    note: str = ""
    given: bool = False


@frozen
class Moment:
    """Something that happens, and its steps in their order."""

    name: str
    title: str
    when: str
    steps: tuple[Core | Asked, ...]


MOMENTS: Final = (
    Moment(
        "open",
        "A business opens",
        "`Crm.open`, and every command that needs the database",
        (
            Core("crm.toml is read; of each plugin its manifest, then its module, in the plugins' order"),
            Asked("words", "plugin by plugin"),
            Core("Fields and kinds of records become columns and tables"),
            Asked("tables"),
            Asked("parts", "each hook for all plugins, then the next"),
            Core("The services are wired; from here on nothing changes"),
        ),
    ),
    Moment(
        "look",
        "Somebody looks",
        "`crm show`, `crm today`, `crm doctor`, a list, a report, `crm.customers.profiles`",
        (
            Core("Who asks, and what may they do?"),
            Asked("who"),
            Asked("copies", "for answers over many customers", given=True),
            Core("What they may see is read"),
            Asked("extend"),
            Asked("checks", "crm doctor", given=True),
        ),
    ),
    Moment(
        "change",
        "A change is committed",
        "`crm note`, `crm customers add`, an import, `crm.customers.save`",
        (
            Core("The unit of work begins; who does it, and may they?"),
            Asked("who"),
            Core("Drafts are made and judged, all problems at once"),
            Asked("decide", "customers, interactions or records"),
            Core("Rows are written, then the logs, which give the numbers"),
            Asked("observe", "SQLite: before the commit; PostgreSQL: after it"),
            Core("Commit"),
            Asked("receipt", "single contacts, not imports"),
        ),
    ),
    Moment(
        "plan",
        "A plan is made",
        "`crm plan`, `crm worker`",
        (
            Asked("sources", "rules that are not in crm.toml", given=True),
            Core("The connection only reads; who is due is found"),
            Asked("traits", "what rules ask about customers", given=True),
            Core("Gates: window, again, consent, suppression, reach, limits, hours, one of several rules"),
            Asked("review"),
            Core("Control groups last; the plan is kept as it is"),
        ),
    ),
    Moment(
        "apply",
        "A plan is applied",
        "`crm apply`, and `crm worker` for rules that need not be asked",
        (
            Core("Refused where what decides has changed; a row in the ledger for each act"),
            Asked("perform", "actions inside the business", given=True),
            Asked("decide", "what an action writes is a change"),
            Asked("observe"),
            Core("The act commits with its row: once"),
        ),
    ),
    Moment(
        "reach",
        "An act reaches outside",
        "`crm apply` and `crm worker`, for messages and calls",
        (
            Core("The act is claimed; gates whose answer may have changed are asked again"),
            Asked("review"),
            Core("Marked as being handed over, and committed"),
            Asked("deliver", "the channel's transport", given=True),
            Core("Settled: done, failed, or nobody knows"),
        ),
    ),
    Moment(
        "work",
        "The worker works",
        "`crm worker`",
        (
            Asked("observe", "what they lack, from each one's position"),
            Asked("jobs", "those that are due", given=True),
            Asked("judges", "where a scan for duplicates is due", given=True),
        ),
    ),
    Moment(
        "merge",
        "Two customers become one",
        "`crm customers merge`",
        (
            Core("Who does it, and do they see both?"),
            Asked("who"),
            Asked("tables", "rows move as their tables declare", given=True),
            Core("What was moved is journalled, and stands in the log of changes"),
            Asked("observe"),
        ),
    ),
    Moment(
        "erase",
        "A person is erased",
        "`crm privacy erase`",
        (
            Core("Refused where the law wants them kept"),
            Asked("decide"),
            Asked("tables", "rows go or are blanked as their tables declare", given=True),
            Core("What plugins keep elsewhere is erased; the ledger outside has it; commit"),
            Asked("observe"),
        ),
    ),
    Moment(
        "export",
        "A person gets their data",
        "`crm privacy export`",
        (
            Core("Who asks, and may they?"),
            Asked("tables", "rows that are theirs, as their tables declare", given=True),
            Asked("extend", "what lies elsewhere"),
            Core("The files are written"),
        ),
    ),
    Moment(
        "serve",
        "`crm serve` answers",
        "a request to the public server",
        (
            Core("The request is bounded; its route is found by method and path"),
            Asked("handle", "a token or a signature says what may be done", given=True),
            Asked("decide", "what it writes is a change"),
            Asked("observe"),
            Core("The answer; what failed is not told outside"),
        ),
    ),
)


def lifecycle() -> str:
    """The part of the reference that shows every moment. Raises ValueError where a hook has no place."""
    placed = placed_hooks()
    return "\n".join(line for moment in MOMENTS for line in _section(moment, placed))


def placed_hooks(specs: Mapping[str, Callable[..., Any]] | None = None) -> dict[str, list[str]]:
    """The hooks of each `moment.step`, in the order of their specifications.

    Errors: ValueError names a hook without a moment, a place that is none, and a step without hooks.
    """
    from crmkit.core.hooks import HookSpecs

    functions = vars(HookSpecs) if specs is None else specs
    placed: dict[str, list[str]] = {
        f"{moment.name}.{step.name}": []
        for moment in MOMENTS
        for step in moment.steps
        if isinstance(step, Asked)
    }
    for name, function in functions.items():
        if name.startswith("crmkit_"):
            for place in moments_of(function):
                if place not in placed:
                    raise ValueError(f"{name}: there is no moment {place!r} in docs/lifecycle.py")
                placed[place].append(name)
    empty = [place for place, hooks in placed.items() if not hooks]
    if empty and specs is None:
        raise ValueError(f"no hook names the moment {', '.join(empty)} of docs/lifecycle.py")
    return placed


def moments_of(function: Callable[..., Any]) -> list[str]:
    """The places that a specification names. Errors: ValueError where it names none."""
    found = re.search(r"^Moments: (.*)$", inspect.getdoc(function) or "", re.MULTILINE)
    places = re.findall(r"\w+\.\w+", found[1]) if found else []
    if not places:
        raise ValueError(
            f"{function.__name__} says not in which moment it is called: write Moments: change.decide"
        )
    return places


def anchor(title: str) -> str:
    """A heading as addresses of the docs have it."""
    return re.sub(r"[^\w -]", "", title).replace(" ", "-").lower()


def _section(moment: Moment, placed: Mapping[str, list[str]]) -> Iterator[str]:
    yield f"## {moment.title}\n\n{moment.when[0].upper()}{moment.when[1:]}.\n"
    yield f"```{{raw}} html\n{_picture(moment, placed)}\n```\n"
    for step in moment.steps:
        if isinstance(step, Core):
            yield f"1. {step.does}{'' if step.does.endswith('?') else '.'}"
            continue
        note = f" ({step.note})" if step.note else ""
        what = "what is registered by" if step.given else "plugins:"
        names = ", ".join(f"[`{name}`](hooks.md#{name})" for name in placed[f"{moment.name}.{step.name}"])
        yield f"1. {what[0].upper()}{what[1:]} {names}{note}."
    yield ""


def _picture(moment: Moment, placed: Mapping[str, list[str]]) -> str:
    """Two lanes, crmkit's and the plugins', from above to below, in the colours of the page's own text."""
    boxes, top = [], 30
    for step in moment.steps:
        box, height = _box(step, top, [] if isinstance(step, Core) else placed[f"{moment.name}.{step.name}"])
        boxes.append(box)
        top += height + _GAP
    middle = _LEFT + _BOX // 2, _RIGHT + _BOX // 2
    heads = "".join(
        f'<text x="{x}" y="18" text-anchor="middle" font-weight="bold">{name}</text>'
        for x, name in zip(middle, ("crmkit", "plugins"), strict=True)
    )
    title = escape(moment.title.replace("`", ""))
    return (
        f'<svg class="lifecycle" role="img" aria-labelledby="moment-{moment.name}" '
        f'viewBox="0 0 {_WIDTH} {top}" style="max-width:100%;height:auto" font-size="13" fill="currentColor">'
        f'<title id="moment-{moment.name}">{title}: the steps of the list below, from above to below</title>'
        f"{heads}{''.join(boxes)}</svg>"
    )


def _box(step: Core | Asked, top: int, hooks: list[str]) -> tuple[str, int]:
    """One step's box and its height."""
    if isinstance(step, Core):
        lines, x = textwrap.wrap(step.does, 46), _LEFT
        texts = [_text(x, top, row, escape(line)) for row, line in enumerate(lines)]
    else:
        x = _RIGHT
        note = f"what it gave: {step.note}" if step.given else step.note
        lines = [*textwrap.wrap(note, 46), *hooks]
        named = [
            f'<a href="hooks.html#{name.replace("_", "-")}"><tspan font-family="monospace">{name}</tspan></a>'
            if name in hooks else f'<tspan font-style="italic">{escape(name)}</tspan>'
            for name in lines
        ]  # fmt: skip
        texts = [_text(x, top, row, text) for row, text in enumerate(named)]
    height = len(lines) * _LINE + 10
    corner, dashes = (
        (0, "") if isinstance(step, Core) else (9, ' stroke-dasharray="5 3"' if step.given else "")
    )
    frame = (
        f'<rect x="{x}" y="{top}" width="{_BOX}" height="{height}" rx="{corner}" fill-opacity="0.06" '
        f'stroke="currentColor"{dashes}/>'
    )
    return frame + "".join(texts), height


def _text(x: int, top: int, row: int, text: str) -> str:
    return f'<text x="{x + 10}" y="{top + 18 + row * _LINE}">{text}</text>'
