"""Mappings that are kept in `[imports]` of `crm.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from crmkit.core.errors import Conflict, Invalid, NotFound
from crmkit.core.exchange.mapping import Unknown, Wish
from crmkit.core.nearest import did_you_mean
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.config import Config
    from crmkit.core.config.schema import ImportDeclaration
    from crmkit.core.crm import Crm
    from crmkit.core.exchange.report import ImportReport


def saved_wish(
    crm: Crm,
    what: str,
    name: str | None,
    by_hand: Mapping[str, str] | None,
    defaults: Mapping[str, str] | None,
    preset: str | None,
    unknown: Unknown | None,
) -> Wish:
    """How a file is to be read: what is given here, on top of what `[imports.NAME]` says.

    Raises `NotFound` for a mapping that is not there, `Invalid` for one of other things.
    """
    kept = None if name is None else saved_mapping(crm.config, name, what)
    if kept is None:
        return Wish(
            by_hand=by_hand or {}, defaults=defaults or {}, preset=preset, unknown=unknown or "refuse"
        )
    return Wish(
        by_hand=by_hand or {},
        saved=kept.map,
        defaults={**kept.defaults, **(defaults or {})},
        preset=preset or kept.preset,
        unknown=unknown or kept.unknown,
    )


def saved_mapping(config: Config, name: str, what: str) -> ImportDeclaration:
    """The saved mapping `name`, which must be of `what`. Raises `NotFound` and `Invalid`."""
    found = config.imports.get(name)
    if found is None:
        known = ", ".join(config.imports) or phrase("none yet; keep one with --save-map NAME")
        raise NotFound(
            phrase('There is no saved mapping "{name}"', name=name),
            hint=did_you_mean(name, config.imports, phrase("There are: {known}", known=known)),
        )
    if found.what != what:
        raise Invalid(
            phrase(
                'The saved mapping "{name}" is for {what}, not for {wanted}',
                name=name,
                what=found.what,
                wanted=what,
            ),
            hint=phrase("See [imports.{name}] in {path}.", name=name, path=config.path.name),
        )
    return found


def save_mapping(
    config: Config, name: str, what: str, report: ImportReport, defaults: Mapping[str, str]
) -> None:
    """Keep the mapping of an import as `[imports.NAME]`; comments and layout of the file stay.

    Raises `Conflict` where the name is taken by another mapping, `Invalid` for a name that cannot be one.
    """
    from crmkit.core.config.edit import ConfigEdit

    columns = {each.header: each.target for each in report.columns}
    known = config.imports.get(name)
    if known is not None and (known.what, dict(known.map), dict(known.defaults)) != (
        what, columns, dict(defaults),
    ):  # fmt: skip
        raise Conflict(
            phrase('There is a saved mapping "{name}" already', name=name),
            hint="Take another name, or delete it from crm.toml.",
        )
    if known is not None:
        return
    edit = ConfigEdit(config.path)
    if what != "customers":
        edit.set(("imports", name, "what"), what)
    # Key by key: a table that holds nothing but tables has no line of its own.
    for header, target in columns.items():
        edit.set(("imports", name, "map", header), target)
    for target, value in defaults.items():
        edit.set(("imports", name, "defaults", target), value)
    edit.save()
