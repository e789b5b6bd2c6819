"""Rules as they are understood: conditions parsed, schedules read, steps bound to actions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs
from attrs import field, frozen

from crmkit.core.config.control import WEIGHT
from crmkit.core.config.rules import RuleDeclaration, StepDeclaration
from crmkit.core.errors import CrmError, Invalid, NotFound
from crmkit.core.lazily import lazily
from crmkit.core.messages.action import shorthands
from crmkit.core.model.words import Action
from crmkit.core.nearest import did_you_mean, nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import joined, phrase
from crmkit.core.predicates.predicate import Predicate, parse
from crmkit.core.strategy.origins import origin_of
from crmkit.core.strategy.schedules import Schedule, parse_schedule
from crmkit.core.strategy.sourced import Sourced, sourced_rules
from crmkit.core.strategy.templated import is_template, texts_in

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.words.registry import Words

# Where nothing is a template, nothing that reads one is imported.
_check_template: Final = lazily("crmkit.core.strategy.sandbox:check_template")
# The step of a rule that has but one, and gives it no name.
ONLY_STEP: Final = "1"
# The keys of a rule itself: what looks like one of them is meant to be it, and no parameter of an action.
_OWN: Final = tuple(each.name for each in attrs.fields(RuleDeclaration) if each.name not in ("do", "said"))
# What decides, besides the plugins' code, what rules do.
_DECIDING: Final = (
    "rules", "segments", "traits", "customer_types", "fields", "control", "limits", "purposes",
)  # fmt: skip


@frozen(kw_only=True)
class Step:
    """One action of a rule. `given` are its parameters as written; those that are templates are not yet
    rendered. `only_if` is the step's own condition; `who` is the rule's and that one together. None means
    everybody. `variants` are the same step with other parameters, by name."""

    id: str
    action: Action
    given: Mapping[str, Any]
    who: Predicate | None
    only_if: Predicate | None = None
    # Which of `given` the action's own check has put in, and the file does not say.
    filled: frozenset[str] = frozenset()
    variants: Mapping[str, Step] = field(factory=dict)

    def of(self, arm: str | None) -> Step:
        """The step as it is done in a group: the variant of that name, else the step itself."""
        return self.variants.get(arm or "", self)

    @property
    def templates(self) -> Mapping[str, Any]:
        """Those of its parameters that differ from customer to customer, by name: texts, and tables and
        arrays that hold texts."""
        said = {name: self.given.get(name) for name in self.action.rendered}
        return {name: value for name, value in said.items() if is_template(value)}

    def params(self, given: Mapping[str, Any]) -> Any:
        """An instance of the action's class. Raises `Invalid` for values that it does not take."""
        try:
            return self.action.params(**given)
        except (TypeError, ValueError) as error:
            raise Invalid(
                phrase("{action}: {arg}", action=self.action.name, arg=error.args[0] if error.args else error)
            ) from None


@frozen(kw_only=True)
class Rule:
    """A rule that can be planned. `on` is the interaction type of an event rule; else there is `schedule`,
    or, of a rule that a plugin brings, `turns`, and what it says of whom it is for, `meant`. `outcome` is the
    interaction type that it is to lead to, if it says."""

    name: str
    declared: RuleDeclaration
    steps: tuple[Step, ...]
    who: Predicate | None
    schedule: Schedule | None = None
    on: str | None = None
    outcome: str | None = None
    turns: Callable[[str, int], sa.Select[Any]] | None = None
    meant: str = ""

    @property
    def origin(self) -> str:
        """What its effects are entered under: `rule:NAME`, or the name itself of a rule that a plugin brings,
        such as `campaign:spring`."""
        return origin_of(self.name)

    @property
    def is_sourced(self) -> bool:
        """Whether a plugin brings it, and says whose turn it is."""
        return self.turns is not None

    @property
    def digest(self) -> str:
        """SHA-256 of all that it says: a changed rule is another, and has to be looked at anew."""
        return _digest(
            [_plain(self.declared), filled] if (filled := filled_in(self)) else _plain(self.declared)
        )


@frozen
class Broken:
    """A rule that cannot be planned, and why."""

    name: str
    error: CrmError


def rules_of(kernel: Kernel, also: Collection[str] = ()) -> list[Rule | Broken]:
    """Every rule of the file and of plugins' sources, those that go first before others; rules of the file
    that are set aside are left out, unless they are named in `also`."""
    found: list[Rule | Broken] = []
    sourced, broken = sourced_rules(kernel)
    wanted = [(name, each) for name, each in kernel.config.rules.items() if each.enabled or name in also]
    wanted += [(name, each.declared) for name, each in sourced.items()]
    for name, declared in sorted(wanted, key=lambda pair: -pair[1].priority):
        try:
            found.append(compiled(kernel, name, declared, sourced.get(name)))
        except CrmError as error:
            found.append(Broken(name, error))
    return [*found, *(Broken(name, error) for name, error in broken.items())]


def compiled(
    kernel: Kernel,
    name: str,
    declared: RuleDeclaration,
    sourced: Sourced | None = None,
) -> Rule:
    """The rule, understood. Raises `Invalid`, or `NotFound` with the nearest name, for what is wrong."""
    if declared.goal:
        kernel.words.goals[declared.goal]
    on = kernel.words.interaction_types[declared.on].name if declared.on else None
    outcome = kernel.words.interaction_types[declared.outcome].name if declared.outcome else None
    where = phrase('rule "{name}"', name=name)
    steps = declared.do or (StepDeclaration(said=declared.said, variants=declared.variants),)
    return Rule(
        name=name,
        declared=declared,
        who=_parsed(kernel, declared.who, where),
        schedule=parse_schedule(declared.run) if declared.run else None,
        on=on,
        outcome=outcome,
        turns=sourced.turns if sourced else None,
        meant=sourced.meant if sourced else "",
        steps=tuple(_steps(kernel, declared, steps, where)),
    )


def digest_of(kernel: Kernel, names: Collection[str]) -> tuple[str, str]:
    """(SHA-256, text) of everything that decides what these rules do: the file, the rules among them that
    plugins bring, and the plugins with their versions and settings. The text is what the file says; settings
    of plugins and addresses of webhooks are no part of it.
    """
    said = {name: _plain(getattr(kernel.config, name)) for name in _DECIDING}
    rules = [rule for rule in rules_of(kernel) if isinstance(rule, Rule)]
    said["filled"] = {rule.name: filled_in(rule) for rule in rules if not rule.is_sourced}
    sourced = [rule for rule in rules if rule.is_sourced and rule.name in names]
    if sourced:
        said["sourced"] = {rule.name: [_plain(rule.declared), filled_in(rule)] for rule in sourced}
    crs = kernel.config.crs
    said["crs"] = {
        "name": crs.name, "timezone": crs.timezone, "currency": kernel.currency, "locale": kernel.locale,
    }  # fmt: skip
    said["plugins"] = {each.name: each.version for each in kernel.plugins.loaded}
    hidden = {"settings": _plain(kernel.config.plugins), "webhooks": _plain(kernel.config.webhooks)}
    return _digest({**said, **hidden}), _text(said)


def filled_in(rule: Rule) -> dict[str, dict[str, Any]]:
    """What the actions' own checks have put in, by step and parameter, such as the version of a template."""
    found: dict[str, dict[str, Any]] = {}
    for step in rule.steps:
        for arm, each in (("", step), *step.variants.items()):
            if each.filled:
                found[f"{step.id}:{arm}" if arm else step.id] = {
                    n: each.given[n] for n in sorted(each.filled)
                }
    return found


def _digest(value: Any) -> str:
    return hashlib.sha256(_text(value).encode()).hexdigest()


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _plain(value: Any) -> Any:
    if attrs.has(type(value)):
        return {each.name: _plain(getattr(value, each.name)) for each in attrs.fields(type(value))}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


def _steps(
    kernel: Kernel, declared: RuleDeclaration, steps: Sequence[StepDeclaration], where: str
) -> Iterator[Step]:
    for step in steps:
        own = phrase('{where}, step "{step}"', where=where, step=step.id) if step.id else where
        both = [text for text in (declared.who, step.only_if) if text.strip()]
        text = " and ".join(f"({each})" for each in both) if len(both) > 1 else "".join(both)
        who, only_if = _parsed(kernel, text, own), _parsed(kernel, step.only_if, own)
        action, given = _action(kernel, step.said, own)
        made = Step(id=step.id or ONLY_STEP, action=action, given=given, who=who, only_if=only_if)
        yield attrs.evolve(_checked(kernel, made, own), variants=_variants(kernel, made, step, own))


def _variants(kernel: Kernel, whole: Step, declared: StepDeclaration, where: str) -> dict[str, Step]:
    """The step with other parameters, by the variants' names."""
    found = {}
    for name, changed in declared.variants.items():
        own = phrase('{where}, variant "{variant}"', where=where, variant=name)
        said = {**declared.said, **{key: value for key, value in changed.items() if key != WEIGHT}}
        action, given = _action(kernel, said, own)
        found[name] = _checked(kernel, attrs.evolve(whole, action=action, given=given), own)
        _require_same_way(whole, found[name], own)
    return found


def _require_same_way(whole: Step, other: Step, where: str) -> None:
    """All groups have to pass the same gates, or they could not be compared."""
    if other.action is not whole.action:
        raise Invalid(
            phrase("{where} is another action", where=where),
            hint="A variant changes parameters of the same action.",
        )
    touches = whole.action.touches
    if touches and touches(whole.params(whole.given)) != touches(other.params(other.given)):
        raise Invalid(
            phrase("{where} reaches customers in another way or for another purpose", where=where),
            hint="Then other customers would be left out of it, and it could not be compared.",
        )


def _checked(kernel: Kernel, step: Step, where: str) -> Step:
    """The step as its action takes it. Raises what the action objects to, with the place."""
    for name, value in step.templates.items():
        for place, template in texts_in(value, name):
            _check_template(template, joined(", ", (where, place)))
    try:
        params = step.params(step.given)
        if step.action.check is None:
            return step
        wanted = step.action.check(params, kernel.crm())
    except CrmError as error:
        raise type(error)(joined(": ", (where, error.message)), hint=error.hint, **error.details) from None
    if wanted is None:
        return step
    names = [each.name for each in attrs.fields(type(wanted))]
    better = {name: getattr(wanted, name) for name in names if getattr(wanted, name) != getattr(params, name)}
    filled = frozenset(better) - frozenset(step.given)
    return attrs.evolve(step, given={**step.given, **better}, filled=filled)


def _action(kernel: Kernel, said: Mapping[str, Any], where: str) -> tuple[Action, dict[str, Any]]:
    """The action that a step names, by its name or its shorthand, and its parameters."""
    given = dict(said)
    known = shorthands(kernel.words)
    if "action" in given:
        action = kernel.words.actions[str(given.pop("action"))]
    else:
        named = _heads(given, known)
        if len(named) != 1:
            raise _unclear(kernel.words, where, given, known, named)
        action, settled = known[named[0]]
        given = {_meant_by(named[0], action): given.pop(named[0]), **settled, **given}
    names = _takes(action)
    for key in given:
        if key not in names:
            raise NotFound(
                phrase(
                    "{where}: {action} does not take {key}", where=where, action=action.name, key=quoted(key)
                ),
                hint=did_you_mean(key, (*names, *_OWN), phrase("It takes: {names}", names=", ".join(names))),
            )
    for each in attrs.fields(action.params):
        if each.default is attrs.NOTHING and _written(each.name) not in given:
            raise Invalid(
                phrase(
                    "{where}: {action} needs {written}",
                    where=where,
                    action=action.name,
                    written=quoted(_written(each.name)),
                )
            )
    own = {_written(each.name): each.name for each in attrs.fields(action.params)}
    return action, {own[key]: value for key, value in given.items()}


def _takes(action: Action) -> list[str]:
    """The names of its parameters, as they are written."""
    return [_written(each.name) for each in attrs.fields(action.params)]


def _meant_by(shorthand: str, action: Action) -> str:
    """The parameter that a shorthand gives: the one of its name, else the first."""
    names = _takes(action)
    return shorthand if shorthand in names else names[0]


def _written(name: str) -> str:
    """A parameter's name in the file: `from` for `from_`, which Python keeps to itself."""
    return name.removesuffix("_")


def _heads(given: Mapping[str, Any], known: Mapping[str, tuple[Action, Mapping[str, Any]]]) -> list[str]:
    """The shorthands among the keys; those that another's action takes as a parameter are that: the `owner`
    of a new record."""
    named = [key for key in given if key in known]
    taken = {
        key for head in named for key in _takes(known[head][0]) if key != _meant_by(head, known[head][0])
    }
    return [key for key in named if key not in taken] or named


def _unclear(
    words: Words, where: str, given: Mapping[str, Any], known: Collection[str], named: list[str]
) -> CrmError:
    if named:
        return Invalid(
            phrase("{where} has several actions: {named}", where=where, named=", ".join(named)),
            hint="Give each its own [[rules.NAME.do]].",
        )
    near = next((near for key in given if (near := nearest(key, known))), None)
    hint = next((hint for key in given if (hint := _elsewhere(words, key))), "") or (
        phrase('Did you mean "{near}"?', near=near)
        if near
        else phrase('There are: {known}; or write action = "NAME".', known=", ".join(sorted(known)))
    )
    if not given:
        return NotFound(phrase("{where} does not say what to do", where=where), hint=hint)
    keys = ", ".join(map(quoted, given))
    return NotFound(
        phrase("{where}: none of its keys is an action: {keys}", where=where, keys=keys), hint=hint
    )


def _elsewhere(words: Words, key: str) -> str:
    """What to do to have the action that a key means, or the channel by which it sends."""
    return words.elsewhere(key) or words.elsewhere(key.removeprefix("send_"))


def _parsed(kernel: Kernel, text: str, where: str) -> Predicate | None:
    return parse(text, kernel.context, where=where) if text.strip() else None
