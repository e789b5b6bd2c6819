"""The columns that hold whole customers: what the selection has, in the words that an import reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from crmkit.core.exporting.columns import Column
from crmkit.core.exporting.layout import ADDRESS_PARTS, ATTRIBUTE, WORKS_AT, Layout, maker
from crmkit.core.exporting.loading import fields_of
from crmkit.core.exporting.surveying import Survey

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

_ALWAYS: Final = ("uid", "name", "given_name", "family_name", "is_organization", "lifecycle")
# Left out where nobody has one.
_SELDOM: Final = (
    "customer_type", "owner", "locale", "timezone", "preferred_channel", "preferred_time", "archived_at",
    "restricted_at",
)  # fmt: skip
_POINTS: Final = ("email", "phone", "handle")


def whole_layout(kernel: Kernel, survey: Survey, *, in_order: bool, by_name: bool = True) -> Layout:
    """The layout in which nothing of the customers is lost but numbers of our own and instants.

    `in_order` says that a reader of the format sees the columns in their order, `by_name` that organisations
    come first, so that employers may be told by their names.
    """
    layout = Layout(tz=kernel.tz)
    seldom = {name: "owner_id" if name == "owner" else name for name in _SELDOM}
    there = survey.filled("customer", tuple(seldom.values()))
    for name in (*_ALWAYS, *(name for name in _SELDOM if seldom[name] in there)):
        layout.add_attribute(Column.of(name, kind=ATTRIBUTE[name][1]), name)
    _points(layout, survey)
    _addresses(layout, survey)
    if not in_order and len(layout.points) + len(layout.addresses) > 1:
        layout.which = layout.add(Column.of("primary", kind="list"))
    if survey.filled("contact_point", ("verified_at",)):
        layout.verified = layout.add(Column.of("verified", kind="list"))
    for (scheme,), count in sorted(survey.widths("identity", ("scheme",)).items()):
        columns = [Column.of(f"identity:{scheme}", number) for number in range(1, count + 1)]
        layout.identities[scheme] = [layout.add(column) for column in columns]
    if survey.filled("customer_tag", ("tag",)):
        layout.tag = layout.add(Column.of("tag", kind="list"))
    _fields(kernel, layout)
    for topic, origin in sorted(survey.kinds("preference", ("topic", "origin"))):
        word = "preference" if origin == "stated" else origin
        layout.preferences[topic, origin] = layout.add(Column.of(f"{word}:{topic}", kind="list"))
    for key in sorted(survey.kinds("consent", ("purpose", "channel"))):
        name = ":".join(key)
        layout.consents[key] = layout.add(Column.of(f"consent:{name}"))
        layout.consents_at[key] = layout.add(Column.of(f"consent_at:{name}", kind="instant"))
        layout.consent_histories[key] = layout.add(Column.of(f"consent_history:{name}", kind="list"))
    for (kind,) in sorted(survey.kinds("relationship", ("kind",))):
        if kind == WORKS_AT and by_name:
            layout.organization = layout.add(Column.of("organization"))
        layout.relationships[kind] = layout.add(Column.of(f"relationship:{kind}", kind="list"))
    return layout


def _points(layout: Layout, survey: Survey) -> None:
    """The primary ones come first, because an import makes the first of its kind the primary one."""
    keys = ("kind", "label", "is_primary")
    widths = survey.widths("contact_point", keys, within=("kind",))
    for kind in _POINTS:
        numbers: dict[str, int] = {}
        found = {(label, bool(first)): n for (k, label, first), n in widths.items() if k == kind}
        if kind != "handle" and not found:
            found = {("", True): 1}
        for (label, is_primary), count in sorted(
            found.items(), key=lambda each: (not each[0][1], each[0][0])
        ):
            target = f"{kind}:{label}" if label else kind
            begin = numbers.get(label, 0) + 1
            numbers[label] = begin + count - 1
            columns = [Column.of(target, number) for number in range(begin, begin + count)]
            layout.points[kind, label, is_primary] = [layout.add(column) for column in columns]


def _addresses(layout: Layout, survey: Survey) -> None:
    parts = survey.addresses()
    if not parts:
        return
    widths = survey.widths("contact_point", ("kind", "label", "is_primary"), within=("kind",))
    numbers: dict[str, int] = {}
    for label, is_primary in sorted(parts, key=lambda each: (not each[1], each[0])):
        places = layout.addresses.setdefault((label, is_primary), [])
        for _ in range(widths["address", label, int(is_primary)]):
            numbers[label] = numbers.get(label, 0) + 1
            places.append(dict(_address(layout, label, numbers[label], parts[label, is_primary])))


def _address(layout: Layout, label: str, number: int, parts: Iterable[str]) -> Iterable[tuple[str, int]]:
    for part in ("value", *ADDRESS_PARTS):
        if part in parts:
            kind = "address" if part == "value" else f"address.{part}"
            yield part, layout.add(Column.of(f"{kind}:{label}" if label else kind, number))


def _fields(kernel: Kernel, layout: Layout) -> None:
    single, several = fields_of(kernel)
    for at, each in enumerate(single):
        target = f"field:{each.name}"
        layout.fields.append((layout.add(Column.of_field(target, each, target)), at, maker(each)))
    for each in several:
        target = f"field:{each.name}"
        layout.choices[each.name] = layout.add(Column.of_field(target, each, target))
