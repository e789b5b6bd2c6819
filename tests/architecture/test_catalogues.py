"""No text of the kinds named here is left without a translation; the list of kinds only grows."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

import click
import pytest
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

import crmkit
from crmkit.cli.commands import ENTRIES
from crmkit.core.language import ENGLISH, languages, speaking, translated
from crmkit.core.lazily import named
from crmkit.core.plugins.discovery import discover, installed_names
from crmkit.testing import open_crm
from crmkit.testing.catalogue import chosen, errors_of, extract, extract_template, is_error

ROOT = Path(crmkit.__file__).parent
OTHERS = [each for each in languages() if each != ENGLISH]
PLUGINS = ("operational", "analytical", "campaign", "collaborative", "email")
# What catalogues have to have: pages of help, headings of tables, what words and plugins are, what parts of
# the report are called, and each text that is marked by `_`, `ngettext`, `pgettext` or `N_`. A kind is never
# taken out again.
HELD = {"help", "column", "word", "label", "plugin", "report", "marked", "error", "template"}
# The parts of crmkit whose errors are held; the list only grows.
SAY_ERRORS = ("charts", "cli", "core", "plugins", "web")
# Their descriptions are put together from parts, or come from a plugin's settings.
STILL_ENGLISH = re.compile(r"BG/NBD|Pareto/NBD|Gamma-Gamma")
# The same in every language.
_NAMES = {
    "HubSpot", "Odoo", "EspoCRM", "Mailchimp", "HTML", "SKU", "Id", "E-mail", "Plan", "Segment", "Chat",
    "[OPTIONS]", "COMMAND [ARGS]...", "last 90 days, this month, 2026-05, 2026-Q1, from D to D …",
}  # fmt: skip
# Modules that have no text for people outside of the functions that translate it; the list only grows.
SPOKEN = (
    "charts/figures.py", "charts/heat.py", "charts/plain.py", "cli/access.py", "cli/auditing.py",
    "cli/beginning.py", "cli/changes.py", "cli/check.py", "cli/clock.py", "cli/consent.py", "cli/copying.py",
    "cli/covering.py", "cli/deprecated.py", "cli/doctor.py", "cli/drafts.py", "cli/duplicates.py",
    "cli/editing.py", "cli/effects.py", "cli/errors.py", "cli/exporting.py", "cli/find.py", "cli/findings.py",
    "cli/forms.py", "cli/goals.py", "cli/going_live.py", "cli/groups.py", "cli/import_report.py",
    "cli/importing.py", "cli/incoming.py", "cli/init.py", "cli/interactions.py", "cli/kinds.py",
    "cli/locate.py", "cli/merging.py", "cli/messages.py", "cli/metrics.py", "cli/opening.py", "cli/output.py",
    "cli/people.py", "cli/plans.py", "cli/plugin_checks.py", "cli/privacy.py", "cli/progress.py",
    "cli/prompts.py", "cli/rates.py", "cli/record_commands.py", "cli/record_rows.py", "cli/recording.py",
    "cli/records.py", "cli/review.py", "cli/root.py", "cli/rule_report.py", "cli/rules.py",
    "cli/scaffold/parts.py", "cli/segments.py", "cli/sending.py", "cli/serve.py", "cli/show.py",
    "cli/status.py", "cli/ties.py", "cli/today.py", "cli/translated.py", "cli/trying.py", "cli/undo.py",
    "cli/values.py", "cli/views.py", "cli/words.py", "cli/worker.py", "core/access.py",
    "core/config/__init__.py", "core/config/checks.py", "core/config/database.py", "core/config/discover.py",
    "core/config/edit.py", "core/config/faults.py", "core/config/folders.py", "core/config/include.py",
    "core/config/locate.py", "core/config/read.py", "core/config/secrets.py", "core/config/structure.py",
    "core/customers/changing.py", "core/customers/drafts.py", "core/customers/fields.py",
    "core/customers/listing.py", "core/customers/ties.py", "core/deprecated_uses.py",
    "core/duplicates/checking.py", "core/duplicates/judged.py", "core/duplicates/saying.py",
    "core/duplicates/service.py", "core/duplicates/values.py", "core/editing/editing.py",
    "core/editing/mass.py", "core/editing/putting_back.py", "core/editing/undoing.py",
    "core/effects/abouts.py", "core/effects/handing_over.py", "core/effects/troubles.py",
    "core/events/events.py", "core/events/names.py", "core/exchange/customer_rows.py",
    "core/exchange/customer_sink.py", "core/exchange/declaring.py", "core/exchange/interaction_sink.py",
    "core/exchange/lists.py", "core/exchange/mapping.py", "core/exchange/marks.py",
    "core/exchange/preview.py", "core/exchange/rejects.py", "core/exchange/review.py",
    "core/exchange/runs.py", "core/exchange/saved.py", "core/exchange/sources/card_file.py",
    "core/exchange/sources/csv_file.py", "core/exchange/sources/encodings.py",
    "core/exchange/sources/files.py", "core/exchange/sources/json_file.py",
    "core/exchange/sources/opening.py", "core/exchange/sources/spreadsheet.py",
    "core/exchange/sources/table.py", "core/exchange/sources/texts.py", "core/exchange/sources/workbook.py",
    "core/exchange/tie_words.py", "core/exchange/vcard/properties.py", "core/exchange/vcard/reading.py",
    "core/exchange/vcard/writing.py", "core/exporting/chosen.py", "core/exporting/files.py",
    "core/exporting/formats.py", "core/files/appending.py", "core/files/lines.py", "core/forms/questions.py",
    "core/forms/service.py", "core/hours.py", "core/incoming/objects.py", "core/incoming/service.py",
    "core/incoming/strangers.py", "core/interactions/correcting.py", "core/interactions/cursor.py",
    "core/interactions/reading.py", "core/interactions/recording.py", "core/measuring/amounts.py",
    "core/measuring/assignment.py", "core/measuring/charts.py", "core/measuring/comparison.py",
    "core/measuring/distributions.py", "core/measuring/interval.py", "core/measuring/power.py",
    "core/measuring/ratio.py", "core/measuring/sample.py", "core/measuring/sequential.py",
    "core/measuring/verdict.py", "core/merging/pairs.py", "core/merging/telling.py",
    "core/merging/undoing.py", "core/merging/wording.py", "core/messages/addressing.py",
    "core/messages/asking.py", "core/messages/composing.py", "core/messages/folder.py",
    "core/messages/links.py", "core/messages/plain_text.py", "core/messages/protecting.py",
    "core/messages/service.py", "core/messages/trying.py", "core/messages/versions.py",
    "core/metrics/grouping.py", "core/metrics/naming.py", "core/metrics/period.py", "core/metrics/quality.py",
    "core/metrics/question.py", "core/metrics/written_period.py", "core/model/naming.py",
    "core/model/people.py", "core/model/suppression.py", "core/model/today.py", "core/people/actors.py",
    "core/people/covers.py", "core/people/employees.py", "core/people/roles.py", "core/people/service.py",
    "core/people/visibility.py", "core/plugins/capability_hooks.py", "core/plugins/discovery.py",
    "core/plugins/elsewhere.py", "core/plugins/hooks.py", "core/plugins/importing.py", "core/plugins/load.py",
    "core/plugins/order.py", "core/plugins/plugins.py", "core/predicates/arguments.py",
    "core/predicates/duration.py", "core/predicates/errors.py", "core/predicates/lengths.py",
    "core/predicates/names.py", "core/predicates/sentences.py", "core/predicates/sql/each.py",
    "core/predicates/sql/explaining.py", "core/predicates/sql/prepared.py", "core/predicates/sql/rates.py",
    "core/predicates/types.py", "core/privacy/holds.py", "core/privacy/register.py",
    "core/privacy/restricting.py", "core/privacy/retention.py", "core/privacy/scrubbing.py",
    "core/privacy/service.py", "core/rates/converting.py", "core/rates/files.py", "core/rates/service.py",
    "core/records/cursor.py", "core/records/drafts.py", "core/records/saving.py", "core/records/service.py",
    "core/records/states.py", "core/segments/checking.py", "core/segments/order.py",
    "core/segments/segments.py", "core/store/ledger.py", "core/store/ownership.py", "core/store/readers.py",
    "core/store/remnants.py", "core/strategy/actions/values.py", "core/strategy/aftermath.py",
    "core/strategy/backtesting.py", "core/strategy/checking.py", "core/strategy/course.py",
    "core/strategy/drafts.py", "core/strategy/explaining.py", "core/strategy/forecast.py",
    "core/strategy/foresight.py", "core/strategy/gates/verdict.py", "core/strategy/goals.py",
    "core/strategy/outcomes.py", "core/strategy/performing.py", "core/strategy/prospect.py",
    "core/strategy/reasons.py", "core/strategy/rendering.py", "core/strategy/sandbox.py",
    "core/strategy/service.py", "core/strategy/simulating.py", "core/strategy/sourced.py",
    "core/strategy/states.py", "core/strategy/turns.py", "core/strategy/unsaved.py",
    "core/suppressions/addresses.py", "core/suppressions/judging.py", "core/traits/kept.py",
    "core/traits/lists.py", "core/traits/reach.py", "core/traits/selecting.py", "core/traits/types.py",
    "core/undo/service.py", "core/webhooks/channels.py", "core/webhooks/signing.py", "core/words/codec.py",
    "core/words/judge.py", "core/words/registry.py", "core/words/vocabulary.py",
    "plugins/analytical/calendar.py", "plugins/analytical/cohorts/charts.py",
    "plugins/analytical/commands/cohorts.py", "plugins/analytical/commands/fit.py",
    "plugins/analytical/commands/movement.py", "plugins/analytical/commands/next.py",
    "plugins/analytical/commands/refresh.py", "plugins/analytical/commands/report.py",
    "plugins/analytical/commands/rfm.py", "plugins/analytical/commands/saving.py",
    "plugins/analytical/commands/value.py", "plugins/analytical/funnels/charts.py",
    "plugins/analytical/lifetime/data_file.py", "plugins/analytical/lifetime/doubts.py",
    "plugins/analytical/lifetime/fit.py", "plugins/analytical/lifetime/fitting_file.py",
    "plugins/analytical/lifetime/identified.py", "plugins/analytical/lifetime/numerical.py",
    "plugins/analytical/lifetime/service.py", "plugins/analytical/movement/states.py",
    "plugins/analytical/movement/staying.py", "plugins/analytical/next_action/effects.py",
    "plugins/analytical/next_action/sentences.py", "plugins/analytical/profile.py",
    "plugins/analytical/replica/manifest.py", "plugins/analytical/replica/refreshing.py",
    "plugins/analytical/report/figures.py", "plugins/analytical/report/gathering.py",
    "plugins/analytical/report/job.py", "plugins/analytical/report/page.py",
    "plugins/analytical/report/writing.py", "plugins/analytical/rfm/cells.py",
    "plugins/analytical/rfm/rfm.py", "plugins/campaign/audiences/audiences.py",
    "plugins/campaign/audiences/model.py", "plugins/campaign/audiences/shown.py",
    "plugins/campaign/campaigns/advancing.py", "plugins/campaign/campaigns/campaigns.py",
    "plugins/campaign/campaigns/counting.py", "plugins/campaign/campaigns/findings.py",
    "plugins/campaign/campaigns/model.py", "plugins/campaign/campaigns/reasons.py",
    "plugins/campaign/campaigns/starting.py", "plugins/campaign/counted.py", "plugins/campaign/files.py",
    "plugins/campaign/journeys/arriving.py", "plugins/campaign/journeys/checking.py",
    "plugins/campaign/journeys/doctor.py", "plugins/campaign/journeys/files.py",
    "plugins/campaign/journeys/graph.py", "plugins/campaign/journeys/journeys.py",
    "plugins/campaign/journeys/reasons.py", "plugins/campaign/journeys/simulate_command.py",
    "plugins/campaign/journeys/states.py", "plugins/campaign/journeys/why_command.py",
    "plugins/campaign/responses.py", "plugins/campaign/results/charts.py",
    "plugins/campaign/results/recipients.py", "plugins/collaborative/experience/commands.py",
    "plugins/collaborative/experience/experiences.py", "plugins/collaborative/experience/shown.py",
    "plugins/collaborative/handovers/abouts.py", "plugins/collaborative/handovers/action.py",
    "plugins/collaborative/handovers/beginning.py", "plugins/collaborative/handovers/checks.py",
    "plugins/collaborative/handovers/handovers.py", "plugins/collaborative/handovers/open_time.py",
    "plugins/collaborative/handovers/report.py", "plugins/collaborative/handovers/rows.py",
    "plugins/collaborative/handovers/shown.py", "plugins/collaborative/handovers/staff.py",
    "plugins/collaborative/inbox/action.py", "plugins/collaborative/inbox/answering.py",
    "plugins/collaborative/inbox/checks.py", "plugins/collaborative/inbox/commands.py",
    "plugins/collaborative/inbox/conversations.py", "plugins/collaborative/inbox/metrics.py",
    "plugins/collaborative/inbox/onlookers.py", "plugins/collaborative/inbox/rows.py",
    "plugins/collaborative/inbox/shown.py", "plugins/collaborative/notes/checks.py",
    "plugins/collaborative/notes/commands.py", "plugins/collaborative/notes/digest.py",
    "plugins/collaborative/notes/due.py", "plugins/collaborative/notes/feed.py",
    "plugins/collaborative/notes/feed_command.py", "plugins/collaborative/notes/hearing.py",
    "plugins/collaborative/notes/naming.py", "plugins/collaborative/notes/pins.py",
    "plugins/collaborative/notes/shown.py", "plugins/collaborative/reviews/commands.py",
    "plugins/collaborative/subscriptions/checks.py", "plugins/collaborative/subscriptions/commands.py",
    "plugins/collaborative/subscriptions/subscriptions.py", "plugins/collaborative/surveys/answering.py",
    "plugins/collaborative/surveys/checks.py", "plugins/collaborative/surveys/commands.py",
    "plugins/collaborative/surveys/cooldown.py", "plugins/collaborative/surveys/measuring.py",
    "plugins/collaborative/surveys/metrics.py", "plugins/collaborative/surveys/previewing.py",
    "plugins/collaborative/surveys/surveys.py", "plugins/email/addresses.py",
    "plugins/email/incoming/checks.py", "plugins/email/incoming/folders.py",
    "plugins/email/incoming/imap_account.py", "plugins/email/incoming/report.py",
    "plugins/email/incoming/retrying.py", "plugins/email/keys.py", "plugins/email/mailbox.py",
    "plugins/email/preflight/command.py", "plugins/email/preflight/dkim.py",
    "plugins/email/preflight/dmarc.py", "plugins/email/preflight/line.py", "plugins/email/preflight/names.py",
    "plugins/email/preflight/ours.py", "plugins/email/preflight/running.py",
    "plugins/email/preflight/sending.py", "plugins/email/preflight/spf.py", "plugins/email/privacy.py",
    "plugins/email/ready.py", "plugins/email/tracking/model.py", "plugins/operational/cases/articles.py",
    "plugins/operational/cases/cases.py", "plugins/operational/cases/checks.py",
    "plugins/operational/cases/clock.py", "plugins/operational/cases/deciding.py",
    "plugins/operational/cases/reopening.py", "plugins/operational/cases/routing.py",
    "plugins/operational/cases/rows.py", "plugins/operational/cases/shown.py",
    "plugins/operational/cases/working_time.py", "plugins/operational/deals/attention.py",
    "plugins/operational/deals/board.py", "plugins/operational/deals/checks.py",
    "plugins/operational/deals/commands.py", "plugins/operational/deals/contacts.py",
    "plugins/operational/deals/deciding.py", "plugins/operational/deals/forecast.py",
    "plugins/operational/deals/showing.py", "plugins/operational/leads/assigning.py",
    "plugins/operational/leads/leads.py", "plugins/operational/loyalty/checks.py",
    "plugins/operational/loyalty/commands.py", "plugins/operational/loyalty/loyalty.py",
    "plugins/operational/loyalty/model.py", "plugins/operational/loyalty/profile.py",
    "plugins/operational/products/exact.py", "plugins/operational/products/importing.py",
    "plugins/operational/products/prices.py", "plugins/operational/products/products.py",
    "plugins/operational/quotes/commands.py", "plugins/operational/quotes/deciding.py",
    "plugins/operational/quotes/document.py", "plugins/operational/quotes/line_text.py",
    "plugins/operational/quotes/mailing.py", "plugins/operational/quotes/model.py",
    "plugins/operational/quotes/quotes.py", "plugins/operational/quotes/showing.py",
    "plugins/operational/tasks/adding.py", "plugins/operational/tasks/commands.py",
    "plugins/operational/tasks/deciding.py", "plugins/operational/tasks/due.py",
    "plugins/operational/tasks/rows.py", "plugins/operational/tasks/tasks.py",
    "plugins/operational/tasks/when.py", "web/server.py",
)  # fmt: skip
_MARKED = {
    "Column", "Finding", "N_", "OutputColumn", "_", "ngettext", "nphrase", "pgettext", "phrase", "translated",
}  # fmt: skip
_PROSE = re.compile(r"[a-z,;]+ [a-z]", re.IGNORECASE)
_TECHNICAL = re.compile(r"(?<![\w-])--[a-z][a-z-]*|`[^`]+`|\bcrm\.toml\b|\[[a-z_]+(?:\.[a-zA-Z_.]+)?\]")


def catalogue(language: str) -> Path:
    """The file that translators write."""
    return ROOT / "locale" / language / "LC_MESSAGES" / "crmkit.po"


def said() -> Iterator[tuple[str, str]]:
    """Each kind and text that the sources and manifests hold."""
    templates = [*(ROOT / "cli" / "templates").rglob("*.toml")]
    for path in [*ROOT.rglob("*.py"), *ROOT.rglob("plugin.toml"), *templates]:
        with path.open("rb") as stream:
            find = extract_template if path in templates else extract
            for _, _, text, notes in find(stream, (), (), {}):
                kind = notes[0] if notes else "marked"
                if kind != "error" or path.relative_to(ROOT).parts[0] in SAY_ERRORS:
                    yield kind, text if isinstance(text, str) else "\x00".join(text)


def test_no_text_is_left_out() -> None:
    """What the sources say of the kinds held is in every catalogue, translated: else `make catalogue`."""
    texts = {text for kind, text in said() if kind in HELD}
    assert len(texts) > 1500
    for language in OTHERS:
        with catalogue(language).open("rb") as stream:
            done = {"\x00".join(_forms(each.id)): each for each in read_po(stream)}
        # A text in a context stands there by itself: the context is no part of the id.
        lacking = [text for text in texts if text.rpartition("\x00")[2] not in done and text not in done]
        assert lacking == [], language
        assert [text for text, each in done.items() if text and not all(_forms(each.string))] == [], language


@pytest.mark.parametrize("module", SPOKEN)
def test_a_module_that_was_translated_says_nothing_unmarked(module: str) -> None:
    """No words beside each other stand outside of a mark, but for commands, SQL, keys, errors and
    docstrings."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    assert [node for node in _unmarked(tree) if _PROSE.search(node[1])] == []


def _unmarked(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The lines and texts below a node that no mark holds."""
    for child in ast.iter_child_nodes(node):
        is_said = (
            isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in _MARKED
        )
        is_doc = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        if is_said or is_doc or isinstance(child, (ast.Raise, ast.Compare)) or _is_option(child):
            continue
        if isinstance(node, ast.Dict) and child in node.keys:
            continue
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and not _is_code(child.value):
            yield child.lineno, child.value
        yield from _unmarked(child)


@pytest.mark.parametrize("part", SAY_ERRORS)
def test_an_error_says_nothing_that_only_english_has(part: str) -> None:
    """Messages and hints of errors are plain texts, or phrases: not put together from English and values."""
    loose = {
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in (ROOT / part).rglob("*.py")
        for line, text in _loose(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert loose == set()


def _loose(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Lines and texts of errors, also by way of a variable, that are no texts to look up."""
    known = errors_of(tree)
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        given = {
            each.targets[0].id: each.value
            for each in ast.walk(function)
            if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)
        }
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and is_error(ast.unparse(call.func).rpartition(".")[2], known):
                texts = call.args[:1] + [each.value for each in call.keywords if each.arg == "hint"]
                for text in (found for each in texts for found in chosen(each)):
                    said = given.get(text.id, text) if isinstance(text, ast.Name) else text
                    yield from ((each.lineno, ast.unparse(each)) for each in chosen(said) if _is_loose(each))


def _is_loose(node: ast.expr) -> bool:
    """Whether a text is put together from words and values."""
    return isinstance(node, (ast.JoinedStr, ast.BinOp)) and any(
        isinstance(each, ast.Constant) and re.search("[a-zA-Z]{2}", str(each.value))
        for each in ast.walk(node)
    )


def _is_code(text: str) -> bool:
    """Whether it is a command of `crm` or a statement of SQL."""
    return text.lstrip().startswith(("crm ", "SELECT ", "WITH "))


def _is_option(node: ast.AST) -> bool:
    """Whether it is one of click's options or arguments, whose help is found by itself."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).startswith("click.")


def _forms(text: object) -> tuple[str, ...]:
    """A text's forms for numbers, or the one that it has."""
    return tuple(map(str, text)) if isinstance(text, (tuple, list)) else (str(text or ""),)


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_is_what_is_compiled_beside_it(language: str) -> None:
    """Both files say the same, plural forms are CLDR's, and placeholders, options and code are kept."""
    file = catalogue(language)
    with file.open("rb") as stream:
        written = read_po(stream, locale=language)
    with file.with_suffix(".mo").open("rb") as stream:
        compiled = GNUTranslations(stream)
    assert (
        written.plural_forms
        == f"nplurals={get_plural(language).num_plurals}; plural={get_plural(language).plural_expr};"
    )
    for each in filter(lambda each: each.id, written):
        forms, texts = _forms(each.string), _forms(each.id)
        if len(texts) > 1:
            assert len(forms) == get_plural(language).num_plurals
            assert compiled.ngettext(texts[0], texts[1], 5) in forms
        elif each.context:
            assert (compiled.pgettext(each.context, texts[0]),) == forms
        else:
            assert (compiled.gettext(texts[0]),) == forms
        for form in forms:
            assert _names(form) == _names(texts[-1]), texts
            assert [part for part in _TECHNICAL.findall(texts[-1]) if part not in form] == [], texts


def _names(text: str) -> set[str]:
    """The placeholders of a text; one with other braces, such as of a template, has none."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name and name.isidentifier()}
    except ValueError:
        return set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_page_of_help_is_translated(language: str) -> None:
    """Whatever command there is, of crmkit or of a bundled plugin: its text and those of its options."""
    found = [plugin for plugin in discover(installed_names(), Path()).found if plugin.bundled]
    commands = [named(entry.target) for entry in ENTRIES]
    commands += [named(entry.target) for plugin in found for entry in plugin.manifest.commands.values()]
    texts = {text for command in commands for text in _texts(command)}
    assert len(texts) > 700
    with speaking(language):
        assert sorted(text for text in texts if translated(text) == text and text not in _NAMES) == []


def _texts(command: click.Command) -> Iterator[str]:
    import inspect

    for each in (command.help, command.epilog, *(getattr(one, "help", None) for one in command.params)):
        if each:
            yield inspect.cleandoc(each)
    for child in getattr(command, "commands", {}).values():
        yield from _texts(child)


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], set[str]]:
    """What all words of a business with every bundled plugin are said to be."""
    with open_crm(tmp_path_factory.mktemp("rye"), plugins=PLUGINS) as crm:
        found = {word.doc for _, word in crm.words.all() if word.doc}
    return lambda: found


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_is_explained_in_the_language(language: str, docs: Callable[[], set[str]]) -> None:
    """`crm words` has no English explanation of a word that crmkit or a bundled plugin brings."""
    with speaking(language):
        left = {doc for doc in docs() if translated(doc) == doc and doc not in _NAMES}
    assert {doc for doc in left if not STILL_ENGLISH.search(doc)} == set()
    assert len(docs()) > 150
