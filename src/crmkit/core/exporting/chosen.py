"""The columns that somebody chose: words that an import reads, and any expression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from crmkit.core.errors import NotFound
from crmkit.core.exporting.columns import Column
from crmkit.core.exporting.layout import ADDRESS_PARTS, ATTRIBUTE, Layout, maker
from crmkit.core.exporting.loading import fields_of
from crmkit.core.model.money import Money
from crmkit.core.predicates.predicate import Expression, parse_value
from crmkit.core.predicates.tree import Several

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

_POINTS: Final = ("email", "phone", "handle")
_KINDS: Final = {"bool": "bool", "date": "date", "money": "money", "number": "number", "instant": "instant"}


@define
class Chosen:
    """The columns of an export in the order in which they were asked for.

    Cells of a row are first those of the layout, then the values of `single` expressions, then those of
    `several`, which are words that one customer may have more than once; `order` is where each column's cell
    is among them.
    """

    layout: Layout
    columns: list[Column] = field(factory=list)
    single: list[Expression] = field(factory=list)
    several: list[Expression] = field(factory=list)
    places: list[tuple[str, int]] = field(factory=list)

    @property
    def order(self) -> list[int]:
        """Where each column's cell is."""
        begin = {"layout": 0, "single": len(self.layout.columns)}
        begin["several"] = begin["single"] + len(self.single)
        return [begin[where] + at for where, at in self.places]


def chosen_columns(kernel: Kernel, names: Sequence[str], where: str) -> Chosen:
    """The columns called `names`. Raises `PredicateError` and `NotFound` for what nobody knows."""
    chosen = Chosen(Layout(tz=kernel.tz))
    for name in names:
        position = _placed(kernel, chosen.layout, name.strip())
        if position is not None:
            chosen.columns.append(chosen.layout.columns[position])
            chosen.places.append(("layout", position))
            continue
        expression = parse_value(name, kernel.context, where=where)
        is_several = isinstance(expression.tree, Several)
        among = chosen.several if is_several else chosen.single
        among.append(expression)
        chosen.columns.append(_column(kernel, name.strip(), expression))
        chosen.places.append(("several" if is_several else "single", len(among) - 1))
    return chosen


def exact(expression: Expression) -> Callable[[Any], Any] | None:
    """What makes a value of an export of an expression's; None where it is one."""
    return _minor if expression.tree.type.kind == "money" else None


def _minor(value: Any) -> Any:
    return value.minor if isinstance(value, Money) else value


def _column(kernel: Kernel, name: str, expression: Expression) -> Column:
    tree: Any = expression.tree
    if isinstance(tree, Several):
        return Column(name, "text" if tree.group == "contact" else "list")
    kind = _KINDS.get(tree.type.kind, "text")
    scale = tree.type.scale if kind == "number" else None
    declared = kernel.words.fields.get(name)
    return Column(name, kind, f"field:{declared.name}" if declared is not None else "", scale)


def _placed(kernel: Kernel, layout: Layout, name: str) -> int | None:
    """The position of a column that an import would understand; None where the name is something else."""
    kind, colon, rest = name.partition(":")
    if name in ATTRIBUTE:
        layout.add_attribute(Column.of(name, kind=ATTRIBUTE[name][1]), name)
        return len(layout.columns) - 1
    if name in _POINTS:
        return _also(layout, layout.primary, name, Column.of(name))
    if name == "tag":
        layout.tag = layout.add(Column.of("tag", kind="list")) if layout.tag is None else layout.tag
        return layout.tag
    if name == "address" or (name.removeprefix("address.") in ADDRESS_PARTS and name.startswith("address.")):
        part = name.removeprefix("address.") if name != "address" else "value"
        return layout.primary_address.setdefault(part, layout.add(Column.of(name)))
    if name in ("verified", "organization"):
        position = layout.add(Column.of(name, kind="list" if name == "verified" else "text"))
        setattr(layout, name, position)
        return position
    return _named(kernel, layout, kind, rest.strip()) if colon else None


def _named(kernel: Kernel, layout: Layout, kind: str, name: str) -> int | None:
    target = f"{kind}:{name}"
    position = None
    match kind:
        case "email" | "phone" | "handle":
            position = layout.add(Column.of(target))
            for is_primary in (True, False):
                layout.points.setdefault((kind, name, is_primary), []).append(position)
        case "identity":
            scheme = kernel.words.identity_schemes[name].name
            position = _also(layout, layout.identities, scheme, Column.of(target))
        case "field":
            position = _field(kernel, layout, target, name)
        case "preference" | "inferred":
            key = name, "stated" if kind == "preference" else kind
            position = layout.preferences.setdefault(key, layout.add(Column.of(target, kind="list")))
        case "consent" | "consent_at" | "consent_history":
            position = _consent(kernel, layout, kind, name)
        case "relationship":
            position = layout.relationships.setdefault(name, layout.add(Column.of(target, kind="list")))
    return position


def _consent(kernel: Kernel, layout: Layout, kind: str, name: str) -> int:
    purpose, _, channel = name.partition(":")
    key = kernel.words.purposes[purpose.strip()].name, kernel.words.channels[channel.strip()].name
    if kind == "consent":
        return layout.consents.setdefault(key, layout.add(Column.of(f"{kind}:{name}")))
    if kind == "consent_history":
        return layout.consent_histories.setdefault(key, layout.add(Column.of(f"{kind}:{name}", kind="list")))
    return layout.consents_at.setdefault(key, layout.add(Column.of(f"{kind}:{name}", kind="instant")))


def _field(kernel: Kernel, layout: Layout, target: str, name: str) -> int:
    word = kernel.words.fields[name]
    column = Column.of_field(target, word, f"field:{word.name}")
    position = layout.add(column)
    single, _ = fields_of(kernel)
    for at, each in enumerate(single):
        if each.name == word.name:
            layout.fields.append((position, at, maker(each)))
            return position
    layout.choices[word.name] = position
    return position


def _also(layout: Layout, places: dict[str, list[int]], key: str, column: Column) -> int:
    position = layout.add(column)
    places.setdefault(key, []).append(position)
    return position


def require_some(names: Sequence[str]) -> None:
    """Raise `NotFound` where there is no column at all."""
    if not any(name.strip() for name in names):
        raise NotFound("No column was asked for", hint="Name some: --fields name,email,phone")
