"""`crm words`: the vocabulary of this business."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from crmkit.cli.column import Column
from crmkit.cli.options import lists
from crmkit.cli.state import State, pass_state
from crmkit.core.language import _, translated
from crmkit.core.phrase import phrase

_COLUMNS = (
    Column("word", fixed=True, style="bold"),
    Column("vocabulary", fixed=True),
    Column("type"),
    Column("owner", fixed=True),
    Column("doc", "What it is", wrap=True, shown=translated),
    Column("instead", "Deprecated: use", wrap=True, sparse=True),
)
# crm.toml's sections that have another name than the vocabulary they add to.
_SECTIONS = {"identities": "identity_schemes", "interactions": "interaction_types", "records": "record_types"}


@click.command()
@click.argument("vocabulary", required=False)
@lists
@pass_state
def words(state: State, vocabulary: str | None) -> None:
    """List the words this CRM knows: fields, interaction types, channels and so on.

    VOCABULARY narrows the list to one of them, such as: fields. The names of crm.toml's sections do as well.
    """
    rows = [_row(name, word) for name, word in state.crm.words.all()]
    if vocabulary is not None:
        chosen = _vocabulary(vocabulary, {row["vocabulary"] for row in rows})
        rows = [row for row in rows if row["vocabulary"] == chosen]
    # What a type is differs from one vocabulary to the next.
    shown = {"vocabulary": vocabulary is None, "type": vocabulary is not None}
    columns = [column for column in _COLUMNS if shown.get(column.key, True)]
    if rows and all(row["vocabulary"] == "actions" for row in rows):
        columns.insert(1, Column("shorthand", fixed=True))
    state.output.rows(columns, rows, empty=_empty(vocabulary))


def parameters_of(action: Any) -> Iterator[str]:
    """The names of an action's parameters, as `crm.toml` has them: `from` for `from_`."""
    import attrs

    return (each.name.removesuffix("_") for each in attrs.fields(action.params))


def _row(vocabulary: str, word: Any) -> dict[str, Any]:
    going, is_action = getattr(word, "deprecated", None), vocabulary == "actions"
    type_ = getattr(word, "type", "")
    if is_action:
        type_ = "external" if word.prepare is not None else "internal"
    return {
        "word": word.name,
        "vocabulary": vocabulary,
        "type": type_,
        "owner": word.owner,
        "doc": word.doc,
        "choices": list(getattr(word, "choices", ())),
        "shorthand": word.shorthand if is_action else None,
        "takes": list(parameters_of(word)) if is_action else [],
        "deprecated": going.since if going else None,
        "instead": going.instead if going else None,
        "until": going.until if going else None,
    }


def _vocabulary(named: str, used: set[str]) -> str:
    from crmkit.core.errors import NotFound
    from crmkit.core.nearest import nearest
    from crmkit.core.normalise.text import quoted

    known = {
        "fields",
        "interaction_types",
        "channels",
        "identity_schemes",
        "purposes",
        "record_types",
        "traits",
    } | used
    wanted = named.replace("-", "_").replace(" ", "_").lower()
    wanted = _SECTIONS.get(wanted, wanted)
    found = next((name for name in known if wanted in (name, name.removesuffix("s"))), None)
    if found is None:
        close = nearest(wanted, known)
        raise NotFound(
            phrase("There is no vocabulary {named}", named=quoted(named)),
            hint=phrase("Did you mean: crm words {close}", close=close)
            if close
            else phrase("There are: {names}", names=", ".join(sorted(known))),
        )
    return found


def _empty(vocabulary: str | None) -> str:
    if vocabulary is None:
        return _("No words.")
    return _("No {vocabulary} yet. Declare some in crm.toml, then run: crm check", vocabulary=vocabulary)
