"""What a mass edit does, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from crmkit.core.language import N_
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.model.interaction import Change

# How many of those who are refused are listed; all of them are counted.
LISTED: Final = 1_000
_SAID: Final = {
    "lifecycle": N_("the lifecycle stage"),
    "customer_type": N_("the customer type"),
    "owner_id": N_("the owner"),
    "is_organization": N_("what they are"),
    "locale": N_("the language"),
    "timezone": N_("the time zone"),
    "preferred_channel": N_("the preferred channel"),
    "preferred_time": N_("the preferred time"),
}


@frozen(kw_only=True)
class Changes:
    """What a mass edit does to everybody it is about; what is None or empty stays as it is.

    A key of `fields` that maps to None clears that field. `tags` are added, `untag` taken off. `archive` is
    True to archive, False to bring back.
    """

    fields: Mapping[str, Any] = field(factory=dict)
    tags: tuple[str, ...] = ()
    untag: tuple[str, ...] = ()
    lifecycle: str | None = None
    customer_type: str | None = None
    owner_id: int | None = None
    is_organization: bool | None = None
    locale: str | None = None
    timezone: str | None = None
    preferred_channel: str | None = None
    preferred_time: str | None = None
    archive: bool | None = None

    def draft(self, customer_id: int | None = None) -> CustomerDraft:
        """The part that is saved as any draft is."""
        return CustomerDraft(
            id=customer_id,
            fields=self.fields,
            tags=self.tags,
            **{name: getattr(self, name) for name in _SAID},
        )

    @property
    def saves(self) -> bool:
        """Whether there is anything that is saved as a draft is."""
        return bool(self.fields or self.tags or self._attributes)

    @property
    def what(self) -> str:
        """What is done, in words and without any value: `set bread and the owner; added a tag`."""
        parts = [*self.fields, *(_SAID[name] for name in self._attributes)]
        said = [f"set {listed(parts)}"] if parts else []
        if self.tags:
            said.append("added a tag" if len(self.tags) == 1 else f"added {len(self.tags)} tags")
        if self.untag:
            said.append("took a tag off" if len(self.untag) == 1 else f"took {len(self.untag)} tags off")
        if self.archive is not None:
            said.append(N_("put into the archive") if self.archive else N_("brought back from the archive"))
        return "; ".join(said)

    @property
    def _attributes(self) -> list[str]:
        return [name for name in _SAID if getattr(self, name) is not None]


@frozen(kw_only=True)
class Skipped:
    """A customer whom the edit left as they were, and why."""

    customer_id: int
    reason: str
    code: str = "refused"


@frozen(kw_only=True)
class EditReport:
    """What became of a mass edit, or would: `changed + unchanged + refused` is `matched`.

    `ref` is `edit:4`, None for a preview and where nothing was different. `skipped` lists the first of those
    who are refused, `samples` (of a preview) what would change about the first few. `records` counts records
    that changed hands, `rows` those of plugins by their table; `left` says in words what stays as it is.
    """

    ref: str | None = None
    what: str
    matched: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    records: int = 0
    rows: Mapping[str, int] = field(factory=dict)
    skipped: tuple[Skipped, ...] = ()
    samples: tuple[Change, ...] = ()
    left: tuple[str, ...] = ()


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
