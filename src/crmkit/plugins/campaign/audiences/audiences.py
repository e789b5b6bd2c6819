"""Audiences: who is in them, whom the gates would leave out, and what two have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crmkit import Invalid
from crmkit.plugin import phrase
from crmkit.plugins.campaign.audiences.model import Audience, Loss, Overlap, Reach

if TYPE_CHECKING:
    from crmkit import Crm, CustomerSummary

_NO_GATE = ""


class Audiences:
    """The audiences of one business, for whoever `crm` acts for: only customers whom they see are in them."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def condition(self, audience: Audience) -> str:
        """The condition that its members meet. Raises `Invalid` and `NotFound`."""
        key, text = audience.one()
        if key == "who":
            return text
        if key == "view":
            where = self._crm.views.get(text).where
            return where or _everybody()
        segment = self._crm.segments.get(text)
        if key == "list" and segment.kind != "static":
            raise Invalid(
                phrase('"{text}" is a segment with a condition, and no list', text=text),
                hint=phrase('Write: segment = "{text}"', text=text),
            )
        return f"in({text})"

    def members(self, audience: Audience) -> Sequence[int]:
        """The ids of everybody in it, in ascending order."""
        return self._crm.predicates.members(self.condition(audience))

    def count(self, audience: Audience) -> int:
        """How many they are."""
        return self._crm.predicates.count(self.condition(audience))

    def sample(self, audience: Audience, size: int = 10) -> list[CustomerSummary]:
        """Some of them, by chance, to look at."""
        ids = list(self.members(audience))
        chosen = self._crm.random.sample(ids, min(size, len(ids)))
        return self._crm.customers.summaries(sorted(chosen))

    def overlap(self, first: Audience, second: Audience) -> Overlap:
        """What two have in common, and what not."""
        one, other = set(self.members(first)), set(self.members(second))
        both = len(one & other)
        return Overlap(both=both, first=len(one) - both, second=len(other) - both)

    def reach(self, name: str, said: Mapping[str, Any], members: Sequence[int], occasion: str) -> Reach:
        """What would become of a message to these customers now: `said` is what would stand under the rule
        `name`, without when and who. The same gates are asked as when it is sent; nothing is kept."""
        draft = self._crm.strategy.draft(name, said)
        found = draft.foresee([(id_, occasion) for id_ in members])
        lost = [each for each in found if not each.reaches and each.state != "withheld"]
        reasons: dict[str, Counter[str]] = {}
        for each in lost:
            reasons.setdefault(each.gate or _NO_GATE, Counter())[each.reason or ""] += 1
        order = [*draft.gates, *(gate for gate in reasons if gate not in draft.gates)]
        withheld = sum(each.state == "withheld" for each in found)
        return Reach(
            audience=len(found),
            losses=tuple(
                Loss(gate=gate, count=reasons[gate].total(), reason=reasons[gate].most_common(1)[0][0])
                for gate in order
                if gate in reasons
            ),
            withheld=withheld,
            reached=len(found) - len(lost) - withheld,
            later=sum(each.reaches and each.until is not None for each in found),
            arms=dict(sorted(Counter(each.arm for each in found if each.arm).items())),
        )


def _everybody() -> str:
    raise Invalid("The view has no condition: it lists everybody", hint='Write one: who = "…"')
