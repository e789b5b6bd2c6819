"""How a business decides: its rules, each for whom, when, and what is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from attrs import field, frozen
from attrs.validators import optional

from crmkit.core.config.checks import positive
from crmkit.core.config.control import WEIGHT, cost, share, variants
from crmkit.core.config.faults import Fault, Faults
from crmkit.core.config.names import HYPHENATED
from crmkit.core.config.strategy import length_of_time
from crmkit.core.phrase import phrase

_NOTHING: Mapping[str, Any] = MappingProxyType({})
Variants = Mapping[Annotated[str, HYPHENATED], Mapping[str, Any]]


@frozen(kw_only=True)
class StepDeclaration:
    """`[[rules.NAME.do]]`: one action, by its shorthand or as `action` with its parameters beside it."""

    id: str = field(default="", metadata={"doc": "Its name among several steps; kept when others move."})
    only_if: str = field(default="", metadata={"doc": "A condition on the customer, beside the rule's."})
    variants: Variants = field(
        default=_NOTHING,
        validator=variants,
        metadata={"doc": "Other parameters to try, by the variant's name; weight says how often."},
    )
    said: Mapping[str, Any] = field(default=_NOTHING, metadata={"doc": "The action and its parameters."})


@frozen(kw_only=True)
class RuleDeclaration:
    """`[rules.NAME]`: for whom, when, and what is done; a single action stands beside these keys."""

    who: str = field(
        default="", metadata={"doc": "The condition that a customer meets; everybody, if empty."}
    )
    run: str = field(default="", metadata={"doc": "When, such as daily at 09:00, by the business's clock."})
    on: str = field(default="", metadata={"doc": "The interaction type upon which it acts, in place of run."})
    in_their_time: bool = field(
        default=False,
        metadata={"doc": "Whether run goes by each customer's own clock, and who by what day it is there."},
    )
    do: tuple[StepDeclaration, ...] = field(
        default=(), metadata={"doc": "The steps, where there are several."}
    )
    goal: str = field(default="", metadata={"doc": "The goal that it serves."})
    priority: int = field(
        default=0, metadata={"doc": "Higher goes first; else the order in the file decides."}
    )
    once: Literal["per occasion", "per entry", "ever"] = field(
        default="per occasion",
        metadata={"doc": "Done anew each time, once for each entry into who, or once ever for a customer."},
    )
    not_again_for: str | None = field(
        default=None, validator=length_of_time, metadata={"doc": "How long it leaves a customer alone."}
    )
    starts: dt.date | None = field(default=None, metadata={"doc": "The first day of the rule."})
    ends: dt.date | None = field(default=None, metadata={"doc": "The last day of the rule."})
    ask_first: bool = field(default=True, metadata={"doc": "Whether its plans wait for a person."})
    max_age: str | None = field(
        default=None,
        validator=length_of_time,
        metadata={"doc": "With on: events older than this it leaves alone; 2 days, if not given."},
    )
    max_acts: int | None = field(
        default=None,
        validator=optional(positive),
        metadata={"doc": "It stops and asks when there would be more."},
    )
    control_group: str | None = field(
        default=None,
        validator=share,
        metadata={"doc": "The share of customers left alone by chance, to see what it changes: 10%."},
    )
    outcome: str = field(
        default="", metadata={"doc": "The interaction type that it is to lead to, such as purchase."}
    )
    within: str | None = field(
        default=None,
        validator=length_of_time,
        metadata={"doc": "How long to wait for the outcome; a month counts 30 days, a year 365."},
    )
    wanted: Literal["more", "less"] = field(
        default="more", metadata={"doc": "less, where fewer customers are to come to the outcome: complaint."}
    )
    cost: float | None = field(
        default=None, validator=cost, metadata={"doc": "What one act costs, in the business's currency."}
    )
    variants: Variants = field(
        default=_NOTHING,
        validator=variants,
        metadata={"doc": "As in a step, for the rule's single action."},
    )
    enabled: bool = field(default=True, metadata={"doc": "false sets it aside."})
    doc: str = field(default="", metadata={"doc": "One line on what it is for."})
    said: Mapping[str, Any] = field(default=_NOTHING, metadata={"doc": "A single action and its parameters."})

    def __attrs_post_init__(self) -> None:
        found = list(self._faults())
        if found:
            raise Faults(found)

    def _faults(self) -> Iterator[Fault]:
        yield from self._faults_of_timing()
        if bool(self.do) == bool(self.said):
            yield Fault((), phrase("needs something to do: one action such as tag, or [[rules.NAME.do]]"))
        if self.starts and self.ends and self.ends < self.starts:
            yield Fault(("ends",), phrase("comes before it starts"))
        yield from self._faults_of_steps()
        yield from self._faults_of_groups()

    def _faults_of_timing(self) -> Iterator[Fault]:
        if bool(self.run) == bool(self.on):
            yield Fault((), phrase("needs one of run (a schedule) and on (an interaction type)"))
        if self.run and self.max_age:
            yield Fault(("max_age",), phrase("is about events, and a rule with run has none"))
        if self.once == "per entry" and (self.on or not self.who.strip()):
            yield Fault(("once",), phrase("per entry is for a rule with run, and with a who to come into"))
        if self.in_their_time and (not self.run or self.once == "per entry"):
            yield Fault(("in_their_time",), phrase("is for a rule with run, and not once per entry"))

    @property
    def weights(self) -> Mapping[str, float]:
        """The variants' names, each with its weight; none without variants."""
        steps = [each.variants for each in self.do if each.variants]
        first = self.variants or (steps[0] if steps else {})
        return {name: float(given.get(WEIGHT, 1)) for name, given in first.items()}

    @property
    def is_measured(self) -> bool:
        """Whether there are groups to compare."""
        return self.control_group is not None or bool(self.weights)

    def _faults_of_groups(self) -> Iterator[Fault]:
        if self.variants and self.do:
            yield Fault(("variants",), phrase("belongs into a step, where there are several"))
        steps = [(at, {name: each.get(WEIGHT, 1) for name, each in step.variants.items()})
                 for at, step in enumerate(self.do) if step.variants]  # fmt: skip
        for at, found in steps[1:]:
            if found != steps[0][1]:
                yield Fault(
                    ("do", at, "variants"), phrase("differ in name or weight from those of an earlier step")
                )
        if len(self.weights) == 1 and self.control_group is None:
            yield Fault(
                (), phrase("has one variant and nothing to compare it with: add another, or control_group")
            )
        if self.is_measured:
            for name in ("outcome", "within"):
                if not getattr(self, name):
                    yield Fault(
                        (name,), phrase("is missing: nobody can tell without it whether the rule works")
                    )
        elif self.wanted == "less" and not self.outcome:
            yield Fault(("wanted",), phrase("is about an outcome: which one is to be less?"))
        elif bool(self.outcome) != bool(self.within):
            yield Fault((), phrase("needs both or none of outcome and within"))

    def _faults_of_steps(self) -> Iterator[Fault]:
        names = [step.id for step in self.do]
        for at, step in enumerate(self.do):
            if not step.id and len(self.do) > 1:
                yield Fault(
                    ("do", at), phrase("needs an id: it stays the same step by it when others come and go")
                )
            elif step.id and step.id in names[:at]:
                yield Fault(("do", at, "id"), phrase('is that of an earlier step: "{step}"', step=step.id))
            if not step.said:
                yield Fault(("do", at), phrase("needs something to do: one action such as tag"))


@frozen(kw_only=True)
class SourcedDeclaration(RuleDeclaration):
    """A rule of a plugin, which says by itself whose turn it is, and when."""

    def _faults_of_timing(self) -> Iterator[Fault]:
        for name in ("run", "on", "who", "in_their_time", "max_age"):
            if getattr(self, name):
                yield Fault(
                    (name,), phrase("is for rules in crm.toml: here the plugin says whose turn it is")
                )
