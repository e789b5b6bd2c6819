"""Rules as they are understood: conditions parsed, schedules read, steps bound to actions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
from attrs import frozen

from crmkit.core.config.rules import RuleDeclaration, StepDeclaration
from crmkit.core.errors import CrmError, Invalid, NotFound
from crmkit.core.model.words import Action
from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.predicates.predicate import Predicate, parse
from crmkit.core.strategy.sandbox import check_template
from crmkit.core.strategy.schedules import Schedule, parse_schedule

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel


@frozen(kw_only=True)
class Step:
    """One action of a rule. `given` are its parameters as written; those that are templates are not yet
    rendered. `who` is the rule's condition and the step's own together, None for everybody."""

    id: str
    action: Action
    given: Mapping[str, Any]
    who: Predicate | None
    only_if: str = ""

    @property
    def is_rendered(self) -> bool:
        """Whether its parameters differ from customer to customer."""
        return any("{" in str(self.given.get(name, "")) for name in self.action.rendered)


@frozen(kw_only=True)
class Rule:
    """A rule that can be planned. `on` is the interaction type of an event rule, else there is `schedule`."""

    name: str
    declared: RuleDeclaration
    steps: tuple[Step, ...]
    who: Predicate | None
    schedule: Schedule | None = None
    on: str | None = None

    @property
    def origin(self) -> str:
        """What its effects are entered under: `rule:NAME`."""
        return f"rule:{self.name}"


@frozen
class Broken:
    """A rule that cannot be planned, and why."""

    name: str
    error: CrmError


def rules_of(kernel: Kernel) -> list[Rule | Broken]:
    """Every rule of the file, those that go first before others; rules that are set aside are left out."""
    found: list[Rule | Broken] = []
    wanted = [(name, each) for name, each in kernel.config.rules.items() if each.enabled]
    for name, declared in sorted(wanted, key=lambda pair: -pair[1].priority):
        try:
            found.append(compiled(kernel, name, declared))
        except CrmError as error:
            found.append(Broken(name, error))
    return found


def compiled(kernel: Kernel, name: str, declared: RuleDeclaration) -> Rule:
    """The rule, understood. Raises `Invalid`, or `NotFound` with the nearest name, for what is wrong."""
    if declared.goal:
        kernel.words.goals[declared.goal]
    on = kernel.words.interaction_types[declared.on].name if declared.on else None
    where = f'rule "{name}"'
    steps = declared.do or (StepDeclaration(said=declared.said),)
    return Rule(
        name=name,
        declared=declared,
        who=_parsed(kernel, declared.who, where),
        schedule=parse_schedule(declared.run) if declared.run else None,
        on=on,
        steps=tuple(_steps(kernel, declared, steps, where)),
    )


def digest_of(kernel: Kernel) -> tuple[str, str]:
    """(SHA-256, text) of everything in the file that decides what rules do."""
    deciding = ("rules", "segments", "traits", "goals", "limits", "customer_types")
    said = {name: getattr(kernel.config, name) for name in deciding}
    text = json.dumps(_plain(said), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest(), text


def _plain(value: Any) -> Any:
    if attrs.has(type(value)):
        return {each.name: _plain(getattr(value, each.name)) for each in attrs.fields(type(value))}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


def _steps(
    kernel: Kernel, declared: RuleDeclaration, steps: Sequence[StepDeclaration], where: str
) -> Iterator[Step]:
    for number, step in enumerate(steps, start=1):
        id_ = step.id or str(number)
        action, given = _action(kernel, step.said, f'{where}, step "{id_}"')
        both = [text for text in (declared.who, step.only_if) if text.strip()]
        text = " and ".join(f"({each})" for each in both) if len(both) > 1 else "".join(both)
        for name in action.rendered:
            if isinstance(given.get(name), str):
                check_template(given[name], f"{where}, {name}")
        yield Step(id=id_, action=action, given=given, who=_parsed(kernel, text, where), only_if=step.only_if)


def _action(kernel: Kernel, said: Mapping[str, Any], where: str) -> tuple[Action, dict[str, Any]]:
    """The action that a step names, by its name or its shorthand, and its parameters."""
    given = dict(said)
    shorthands = {each.shorthand: each for each in kernel.words.actions if each.shorthand}
    if "action" in given:
        action = kernel.words.actions[str(given.pop("action"))]
    else:
        named = [key for key in given if key in shorthands]
        if len(named) != 1:
            raise _unclear(where, given, shorthands, named)
        action = shorthands[named[0]]
        given = {attrs.fields(action.params)[0].name: given.pop(named[0]), **given}
    names = [each.name for each in attrs.fields(action.params)]
    for key in given:
        if key not in names:
            near = nearest(key, names)
            raise NotFound(
                f"{where}: {action.name} does not take {quoted(key)}",
                hint=f'Did you mean "{near}"?' if near else f"It takes: {', '.join(names)}",
            )
    for each in attrs.fields(action.params):
        if each.default is attrs.NOTHING and each.name not in given:
            raise Invalid(f"{where}: {action.name} needs {quoted(each.name)}")
    return action, given


def _unclear(
    where: str, given: Mapping[str, Any], shorthands: Mapping[str, Action], named: list[str]
) -> CrmError:
    if named:
        return Invalid(
            f"{where} has several actions: {', '.join(named)}", hint="Give each its own [[rules.NAME.do]]."
        )
    known = ", ".join(sorted(shorthands))
    near = next((near for key in given if (near := nearest(key, shorthands))), None)
    wanted = ", ".join(map(quoted, given)) or "nothing"
    return NotFound(
        f"{where}: no action is called {wanted}",
        hint=f'Did you mean "{near}"?' if near else f'There are: {known}; or write action = "NAME".',
    )


def _parsed(kernel: Kernel, text: str, where: str) -> Predicate | None:
    return parse(text, kernel.context, where=where) if text.strip() else None
