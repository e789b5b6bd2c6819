"""`crm surveys`: what customers say when they are asked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import asdict

from crmkit import Conflict
from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    asks,
    joined,
    lists,
    ngettext,
    number,
    pass_state,
    phrase,
    rehearses,
    shown_instant,
    shows,
    translated,
    writes,
    written_length,
    written_reason,
)
from crmkit.plugins.collaborative.surveys.file import bounds_of, survey_file
from crmkit.plugins.collaborative.surveys.kinds import KINDS
from crmkit.plugins.collaborative.surveys.measuring import METHODS, share_between, written
from crmkit.plugins.collaborative.surveys.surveys import Surveys

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.surveys.surveys import Result

_NAME = click.argument("name", metavar="NAME")
_BAR: Final = 30


@click.group()
def surveys() -> None:
    """What customers say when they are asked."""


@surveys.command("list")
@lists
@pass_state
def list_surveys(state: CommandState) -> None:
    """List the surveys, with what came of them so far."""
    found = state.crm.service(Surveys).list()
    state.output.rows(
        (
            OutputColumn("name", style="bold"),
            OutputColumn("kind"),
            OutputColumn("sent", right=True),
            OutputColumn("answered", right=True),
            OutputColumn("result"),
            OutputColumn("doc", "What it is for"),
        ),
        [
            {
                "name": each.name,
                "kind": each.kind,
                "sent": each.sent,
                "answered": each.answered,
                "result": written(each.kind, each.found),
                "doc": each.problem or each.doc,
            }
            for each in found
        ],
        empty=N_("No surveys yet. Make one: crm surveys new nps --kind nps"),
    )


@surveys.command("new")
@_NAME
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What it measures.")
@writes
@pass_state
def new(state: CommandState, name: str, kind: str) -> None:
    """Write a new survey to begin with: surveys/NAME.toml, and the templates that ask.

    nps asks from 0 to 10 whether customers would recommend you, csat from 1 to 5 how satisfied they are, ces
    from 1 to 7 how easy it was.
    """
    from crmkit.plugins.collaborative.surveys.beginning import begin

    crm = state.crm
    crm.require("strategy.apply")
    files = [each.relative_to(crm.config.directory).as_posix() for each in begin(crm, name, kind)]
    state.output.receipt(
        _("Wrote {files}", files=", ".join(files)),
        undo=f"rm {' '.join(files)}",
        reference=files[0],
        record={"name": name, "kind": kind, "files": files},
    )
    state.output.say(
        "  "
        + _("See how it looks: crm surveys preview {name} -o survey.html; then: crm surveys check", name=name)
    )


@surveys.command("check")
@shows
@pass_state
def check(state: CommandState) -> None:
    """Say what is wrong with the files of surveys, each with its line."""
    from crmkit import ConfigError
    from crmkit.plugins.collaborative.surveys.checks import findings

    found = list(findings(state.crm))
    if state.output.is_json:
        state.output.json(
            [{"level": each.level, "message": each.message, "hint": each.hint} for each in found]
        )
    if found:
        raise ConfigError(
            joined("\n", [each.message for each in found]),
            hint=joined("\n", [each.hint for each in found if each.hint]),
        )
    state.output.say(_("The surveys are in order."))


@surveys.command("show")
@_NAME
@shows
@pass_state
def show(state: CommandState, name: str) -> None:
    """Show what a survey asks, in every language."""
    file = survey_file(state.crm, name)
    said = file.required()
    if state.output.is_json:
        state.output.json({"name": name, **asdict(said)})
        return
    low, high = said.bounds
    data = state.output.data
    scale = _(
        "{name} ({kind}, {low} to {high}; {bad} and less is bad)",
        name=name, kind=said.kind, low=low, high=high, bad=said.bad_up_to,
    )  # fmt: skip
    data(f"{scale}: {said.doc}".rstrip(": "))
    sent = _(
        "written by {template} for {purpose}, can be answered for {time}",
        template=said.template, purpose=said.purpose, time=written_length(said.expires),
    )  # fmt: skip
    data(f"  {sent}")
    for language, text in said.question.items():
        data(f"  {language}  {text}")
    for each in said.questions:
        only = (_("only if {key} is {value}", key=key, value=value) for key, value in each.only_if.items())
        data(f"  {each.id} ({', '.join((each.type, *only))})")
        for language, text in each.text.items():
            data(f"    {language}  {text}")
        for choice, texts in each.choices.items():
            data(f"    - {choice}: {' / '.join(texts.values())}")


@surveys.command("preview")
@_NAME
@click.option("--language", help="The language of the page: en, pl or ur; that of the business by default.")
@click.option(
    "-o", "--output", "path", type=click.Path(dir_okay=False, path_type=Path), help="Into this file, as HTML."
)
@shows
@pass_state
def preview(state: CommandState, name: str, language: str | None, path: Path | None) -> None:
    """Show the page as customers see it: as text, or with -o as a file for a browser. Nothing is recorded."""
    from crmkit.plugins.collaborative.surveys.previewing import as_text, page_of

    if path is not None:
        path.write_text(page_of(state.crm, name, language), encoding="utf-8")
        state.output.receipt(_("Wrote {files}", files=path), reference=path, record={"file": str(path)})
        return
    for line in as_text(state.crm, name, language):
        state.output.data(line)


@surveys.command("send")
@_NAME
@click.argument("ref", required=False)
@click.option("--where", metavar="CONDITION", help="Ask everybody who meets a condition.")
@rehearses
@asks
@writes
@pass_state
def send(state: CommandState, name: str, ref: str | None, where: str | None, *, dry_run: bool) -> None:
    """Ask a customer, or everybody who meets a condition, to answer a survey.

    Consent, suppressions, limits, quiet hours and the cooldown over all surveys hold as for rules. For many
    customers a campaign is better: survey = "NAME" in campaigns/FILE.toml, with a control group if you like.
    """
    if (ref is None) == (where is None):
        raise click.UsageError("Say whom to ask: a customer, or --where with a condition.")
    crm = state.crm
    service = crm.service(Surveys)
    wanted: list[Any] = [ref] if where is None else list(crm.predicates.members(where))
    if dry_run or where is not None:
        foreseen = Counter(_became(service.send(name, each, dry_run=True)) for each in wanted)
        record = {"survey": name, "asked": len(wanted), **_counted(foreseen)}
        if dry_run:
            state.output.preview(_told(name, foreseen), record)
            return
        reached = sum(many for what, many in foreseen.items() if not what.startswith("dropped"))
        state.output.say(_told(name, foreseen))
        state.confirm(ngettext("Ask {count} customer?", "Ask {count} customers?", reached))
    became = Counter(_became(service.send(name, each)) for each in wanted)
    if ref is not None and (reason := next(iter(became))).startswith("dropped"):
        raise Conflict(
            phrase(
                "The survey {name} was not sent to {ref}, {reason}",
                name=name,
                ref=ref,
                reason=_outcome(reason),
            ),
            hint=phrase("See: crm why {ref}", ref=ref),
        )
    state.output.receipt(
        _told(name, became), record={"survey": name, "asked": len(wanted), **_counted(became)}
    )


def _became(sent: Any) -> str:
    """What became, or would become, of one message."""
    if sent.state in ("act", "done"):
        return N_("rehearsed") if sent.is_rehearsal else N_("sent")
    return f"{sent.state}: {sent.reason}" if sent.reason else str(sent.state)


def _counted(became: Counter[str]) -> dict[str, Any]:
    reached = sum(many for what, many in became.items() if what in ("sent", "rehearsed"))
    return {
        "reached": reached,
        "others": {what: many for what, many in became.items() if what not in ("sent", "rehearsed")},
    }


def _told(name: str, became: Counter[str]) -> str:
    parts = [f"{number(many)} {_outcome(what)}" for what, many in became.most_common()]
    return _("Survey {name}: {outcome}", name=name, outcome="; ".join(parts) or _("nobody"))


def _outcome(what: str) -> str:
    """`sent`, `dropped: why` in the language spoken."""
    state, _colon, reason = what.partition(": ")
    return f"{translated(state)}: {written_reason(reason)}" if reason else translated(state)


@surveys.command("results")
@_NAME
@click.option("--period", metavar="PERIOD", help='Answered in it: "last 90 days" (the default), 2026-Q2, ….')
@click.option("--where", metavar="CONDITION", help="Only of customers who meet a condition.")
@click.option("--by", metavar="GROUP", help="month, week, edition, segment:NAME, a field of customers, ….")
@lists
@pass_state
def results(state: CommandState, name: str, period: str | None, where: str | None, by: str | None) -> None:
    """Show what a survey came to: its number with the interval of 95 %, by score or by group.

    The response rate is of those asked in the period, however late they answered.
    """
    crm = state.crm
    kind = survey_file(crm, name).required().kind
    found = crm.service(Surveys).results(name, period, where=where, by=by)
    whole, *groups = found
    if state.output.format != "table":
        state.output.rows((), [_flat(kind, each) for each in (found if by else [whole])])
        return
    if whole.found is None and not whole.asked:
        state.output.say(
            _("Nobody was asked or answered then. Ask somebody: crm surveys send {name} REF", name=name)
        )
        return
    said = written(kind, whole.found) or _("nothing yet")
    answers = ngettext("{count} answer", "{count} answers", whole.found.n if whole.found else 0)
    state.output.data(f"{name}: {kind} {said}, {answers}")
    state.output.data(_("Asked {asked}, answered {rate}", asked=number(whole.asked), rate=_rate(whole)))
    if by:
        _table_of_groups(state, kind, by, groups)
    else:
        for line in _bars(whole):
            state.output.data(line)
    state.output.say(_("The number: {method}. 95 %.", method=translated(METHODS[kind])))


def _flat(kind: str, each: Result) -> dict[str, Any]:
    low, high = each.found.interval.bounds if each.found else (None, None)
    return {
        "group": each.group,
        "kind": kind,
        "value": each.found.value if each.found else None,
        "low": low,
        "high": high,
        "answers": each.found.n if each.found else 0,
        "asked": each.asked,
        "answered": each.answered,
        "response_low": each.response.low,
        "response_high": each.response.high,
        "scores": {str(score): many for score, many in each.counts.items()},
    }


def _rate(each: Result) -> str:
    if not each.asked:
        return ""
    share = share_between(each.answered / each.asked, each.response.low, each.response.high)
    return f"{number(each.answered)}, {share}"


def _bars(each: Result) -> list[str]:
    most, n = max(each.counts.values(), default=0), sum(each.counts.values())
    if not n:
        return []
    return [
        f"  {score:>2}  {many:>7,}  {100 * many / n:>5.1f} %  {'█' * round(_BAR * many / most)}".rstrip()
        for score, many in sorted(each.counts.items(), reverse=True)
    ]


def _table_of_groups(state: CommandState, kind: str, by: str, groups: list[Result]) -> None:
    state.output.rows(
        (
            OutputColumn("group", by),
            OutputColumn("result", kind),
            OutputColumn("answers", right=True),
            OutputColumn("asked", right=True),
            OutputColumn("response"),
        ),
        [
            {
                "group": each.group or _("(none)"),
                "result": written(kind, each.found),
                "answers": each.found.n if each.found else 0,
                "asked": each.asked,
                "response": _rate(each),
            }
            for each in groups
        ],
    )


@surveys.command("answers")
@click.argument("name", required=False)
@click.option("--search", metavar="WORDS", default="", help="Only with all of these words, accents or not.")
@click.option("--score", metavar="RANGE", help="Only with such a score: ..6, 9.., 3.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many.")
@lists
@pass_state
def answers(state: CommandState, name: str | None, search: str, score: str | None, limit: int) -> None:
    """List what customers wrote, the newest first; of one survey or of all."""
    crm = state.crm
    scores = bounds_of(score) if score else (None, None)
    if scores is None:
        raise click.UsageError("--score is such as ..6, 9.. or 3.")
    found = crm.service(Surveys).answers(name, search=search, scores=scores, limit=limit)
    names = _names(crm, [each.customer_id for each in found])
    state.output.rows(
        (
            OutputColumn("at", shown=lambda at: shown_instant(crm, at)),
            OutputColumn("customer", style="bold"),
            OutputColumn("survey"),
            OutputColumn("score", right=True),
            OutputColumn("text", "What they wrote"),
        ),
        [{**asdict(each), "customer": names.get(each.customer_id, "")} for each in found],
        empty=N_("Nobody wrote that.") if search or score else N_("Nobody has written anything yet."),
    )


def _names(crm: Crm, customers: list[int]) -> dict[int, str]:
    return {each.id: each.name for each in crm.customers.summaries(customers)}
