"""The files of a template, laid out in the folder of a new business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.cli.kinds import FOLDER
from crmkit.cli.template_words import said

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


def filled(template: str, *, by: date, **values: str) -> str:
    """A template's crm.toml with its values as TOML strings; goals are to be reached `by` a day."""
    import json
    from string import Template

    text = said((FOLDER / f"{template}.toml").read_text(encoding="utf-8"))
    quoted = {key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}
    return Template(text).substitute(quoted, by=by.isoformat())


def lay_out(template: str, folder: Path) -> None:
    """Write what a template has beside its crm.toml, such as letters; files that are there stay."""
    origin = FOLDER / template
    for source in sorted(origin.rglob("*.*")):
        target = folder / source.relative_to(origin)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            text = source.read_text(encoding="utf-8")
            target.write_text(said(text) if source.suffix == ".toml" else text, encoding="utf-8")
