"""A privacy export as two documents: JSON for machines, HTML for the person, in their language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.instants import format_instant, zone
from crmkit.core.model.privacy import OTHER, SELF
from crmkit.core.privacy.wordings import Wording, wording_for

if TYPE_CHECKING:
    from crmkit.core.privacy.values import ExportedTable, PrivacyExport

VERSION: Final = 1
# Numbers and marks that tell a reader nothing.
_TECHNICAL: Final = ("version", "payload_version", "corrects", "superseded_by", "uid", "seq", "id", "merge")
_FLAGS: Final = ("is_organization", "is_primary")
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}"
    "th,td{border:1px solid #bbb;padding:.3rem .6rem;text-align:start;vertical-align:top;"
    "overflow-wrap:anywhere}th{background:#f2f2f2}h2{margin-top:2rem}"
)


def as_json(export: PrivacyExport) -> str:
    """The machine-readable form. Tables in which nothing is theirs are listed under `empty`."""
    tz = zone(export.timezone)
    body = {
        "format": "crmkit privacy export",
        "version": VERSION,
        "business": export.business,
        "made_at": format_instant(export.made_at, tz, exact=True),
        "person": {"id": export.customer_id, "uid": export.uid, "name": export.name},
        "tables": {
            each.table: {"plugin": each.plugin, "rows": list(each.rows)}
            for each in export.tables
            if each.rows
        },
        "empty": [each.table for each in export.tables if not each.rows],
        "elsewhere": [
            {"plugin": plugin, "title": part.title, "records": [dict(each) for each in part.records]}
            for plugin, part in export.elsewhere
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2, default=str) + "\n"


def as_html(export: PrivacyExport, locale: str | None = None) -> str:
    """The form to read: one file without scripts, which loads nothing from anywhere."""
    words = wording_for(locale or export.locale)
    day = format_instant(export.made_at, zone(export.timezone))[:10]
    title = escape(words.title.format(business=export.business))
    head = (
        f'<!doctype html>\n<html lang="{words.language}" dir="{words.direction}">\n<head>\n'
        '<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    )
    intro = (
        f"<h1>{title}</h1>\n<p><strong><bdi>{escape(export.name)}</bdi></strong></p>\n"
        f"<p>{escape(words.intro.format(business=export.business))} "
        f"{escape(words.made.format(day=day))}</p>\n<p>{escape(words.rights)}</p>\n"
    )
    return head + intro + "".join(_sections(export, words)) + "</body>\n</html>\n"


def _sections(export: PrivacyExport, words: Wording) -> Iterator[str]:
    for each in sorted(filter(_is_shown, export.tables), key=lambda table: _place(table, words)):
        yield f"<h2>{escape(_title(each, words))}</h2>\n{_rows(each.rows, words)}"
    if export.elsewhere:
        yield f"<h2>{escape(words.elsewhere)}</h2>\n"
    for _, part in export.elsewhere:
        yield f"<h3><bdi>{escape(part.title)}</bdi></h3>\n{_rows(part.records, words)}"


def _is_shown(table: ExportedTable) -> bool:
    return bool(table.rows)


def _place(table: ExportedTable, words: Wording) -> int:
    """In the order of the wording's titles; what has none comes last."""
    known = list(words.titles)
    return known.index(table.table) if table.table in known else len(known)


def _title(table: ExportedTable, words: Wording) -> str:
    """What the table is called; of one that has no title, its name without whose it is."""
    bare = table.table.removeprefix("record_").removeprefix(f"{table.plugin}_")
    return words.titles.get(table.table) or _humanised(bare)


def _rows(rows: Sequence[Mapping[str, Any]], words: Wording) -> str:
    columns = _columns(rows)
    if len(rows) == 1:
        lines = "".join(
            f"<tr><th>{_heading(name, words)}</th>{_cell(name, rows[0].get(name), words)}</tr>\n"
            for name in columns
        )
        return f"<table>\n{lines}</table>\n"
    head = "".join(f"<th>{_heading(name, words)}</th>" for name in columns)
    body = "".join(
        f"<tr>{''.join(_cell(name, row.get(name), words) for name in columns)}</tr>\n" for row in rows
    )
    return f"<table>\n<tr>{head}</tr>\n{body}</table>\n"


def _columns(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The columns that say something in at least one row."""
    found = {
        name: None
        for row in rows
        for name, value in row.items()
        if name not in _TECHNICAL and value not in (None, "", {}, [])
    }
    return list(found)


def _heading(name: str, words: Wording) -> str:
    short = name.removesuffix("_id")
    return escape(words.columns.get(name) or words.columns.get(short) or _humanised(short))


def _humanised(name: str) -> str:
    return name.replace("__", ": ").replace("_", " ").strip().capitalize()


def _cell(name: str, value: Any, words: Wording) -> str:
    return f'<td dir="auto">{_shown(name, value, words)}</td>'


def _shown(name: str, value: Any, words: Wording) -> str:
    if isinstance(value, Mapping):
        lines = (
            f"{_heading(str(key), words)}: {_shown(str(key), each, words)}"
            for key, each in value.items()
            if each not in (None, "", {}, [])
        )
        return "<br>".join(lines)
    if isinstance(value, list | tuple):
        return "<br>".join(_shown(name, each, words) for each in value)
    if isinstance(value, bool) or (name in _FLAGS and value in (0, 1)):
        return words.yes if value else words.no
    if value is None:
        return ""
    text = {OTHER: words.another, SELF: words.themselves}.get(value, str(value))
    if (name == "at" or name.endswith("_at")) and isinstance(value, str):
        text = text[:16].replace("T", " ")
    return escape(text).replace("\n", "<br>")
