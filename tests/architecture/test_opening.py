"""What opening a business costs, in what has to be loaded for it: never in time."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import crmkit
from crmkit import Crm, CustomerDraft
from crmkit.core.lazily import named
from crmkit.core.plugins.services import place_of
from crmkit.core.words.core_words import core_words
from crmkit.core.words.judge import faults_of
from crmkit.testing import open_crm

ROOT = Path(crmkit.__file__).parent
PLUGINS = ("operational", "analytical", "campaign", "collaborative", "email")
_NAMED = re.compile(r"crmkit(\.\w+)+:\w+")
# What a customer's page needs none of, with all that these import.
NOT_FOR_A_PAGE = (
    "alembic",
    "jinja2",
    "rich",
    "sqlalchemy.dialects.postgresql",
    "crmkit.core.editing",
    "crmkit.core.exchange",
    "crmkit.core.exporting",
    "crmkit.core.merging",
    "crmkit.core.model.privacy",
    "crmkit.core.model.strategy",
    "crmkit.core.predicates.predicate",
    "crmkit.core.predicates.resolve",
    "crmkit.core.predicates.syntax",
    "crmkit.core.predicates.tree",
    "crmkit.core.privacy.service",
    "crmkit.core.strategy.service",
    "crmkit.core.undo.values",
    "crmkit.plugins.analytical.identity.columns",
    "crmkit.plugins.analytical.lifetime.service",
    "crmkit.plugins.analytical.next_action.service",
    "crmkit.plugins.analytical.replica.reader",
    "crmkit.plugins.analytical.replica.refreshing",
    "crmkit.plugins.analytical.report.gathering",
    "crmkit.plugins.analytical.rfm.rfm",
    "crmkit.plugins.campaign.audiences.audiences",
    "crmkit.plugins.campaign.campaigns.campaigns",
    "crmkit.plugins.campaign.campaigns.model",
    "crmkit.plugins.campaign.journeys.journeys",
    "crmkit.plugins.campaign.journeys.model",
    "crmkit.plugins.campaign.results.service",
    "crmkit.plugins.collaborative.handovers.going_on",
    "crmkit.plugins.collaborative.handovers.metrics",
    "crmkit.plugins.collaborative.handovers.staff",
    "crmkit.plugins.collaborative.inbox.following",
    "crmkit.plugins.collaborative.inbox.metrics",
    "crmkit.plugins.collaborative.surveys.metrics",
    "crmkit.plugins.email.delivery",
    "crmkit.plugins.email.tracking.answering",
    "crmkit.plugins.operational.cases.reopening",
    "crmkit.plugins.operational.cases.routing",
    "crmkit.plugins.operational.cases.working",
    "crmkit.plugins.operational.deals.desk",
    "crmkit.plugins.operational.leads.leads",
    "crmkit.plugins.operational.loyalty.importing",
    "crmkit.plugins.operational.loyalty.recalculating",
    "crmkit.plugins.operational.products.prices",
    "crmkit.plugins.operational.quotes.document",
    "crmkit.plugins.operational.quotes.pages",
    "crmkit.plugins.operational.tasks.recurring",
    "crmkit.plugins.operational.tasks.subscription",
)
# What the day's list needs none of.
NOT_FOR_THE_DAY = (
    "jinja2",
    "crmkit.core.duplicates.finding",
    "crmkit.core.effects.handing_over",
    "crmkit.core.exchange.importing",
    "crmkit.core.predicates.predicate",
    "crmkit.core.privacy.erasing",
    "crmkit.core.privacy.exporting",
    "crmkit.core.strategy.proposing",
    "crmkit.core.strategy.service",
)
# Making an attrs class compiles its methods, which is most of what opening costs. As of this writing there
# are 302 classes and 352 modules; whoever goes far beyond imports something that a page does not need.
MOST_CLASSES = 320
MOST_MODULES = 400
_PROBE = """
import json, sys
from crmkit.cli.root import crm
try:
    crm.main({words!r})
except SystemExit as status:
    assert not status.code, status
classes = {{
    value
    for module in list(sys.modules.values())
    for value in list(vars(module).values())
    if isinstance(value, type) and "__attrs_attrs__" in vars(value)
}}
print("LOADED" + json.dumps([sorted(sys.modules), len(classes)]))
"""


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crm]:
    """A business that uses all bundled plugins, with one customer."""
    folder = tmp_path_factory.mktemp("rye")
    with open_crm(folder, plugins=PLUGINS) as crm:
        crm.customers.save(CustomerDraft(name="Anna Nowak"))
        yield crm


def _loaded(business: Crm, *words: str) -> tuple[set[str], int]:
    """The modules and the number of attrs classes that `crm` with these words has loaded."""
    file = business.config.path
    said = subprocess.run(
        [sys.executable, "-c", _PROBE.format(words=list(words))],
        cwd=file.parent,
        env=os.environ | {"CRMKIT_CONFIG": str(file)},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=120,
    ).stdout
    modules, classes = json.loads(said.rpartition("LOADED")[2])
    return set(modules), classes


def _among(modules: set[str], names: tuple[str, ...]) -> list[str]:
    return sorted(each for each in modules for name in names if each == name or each.startswith(f"{name}."))


@pytest.fixture(scope="module")
def page(business: Crm) -> tuple[set[str], int]:
    """What `crm show` has loaded."""
    return _loaded(business, "show", "Anna")


def test_a_page_loads_nothing_that_it_does_not_show(page: tuple[set[str], int]) -> None:
    """What plugins registered and nobody has asked for stays unimported."""
    assert _among(page[0], NOT_FOR_A_PAGE) == []


def test_the_day_loads_nothing_that_it_does_not_show(business: Crm) -> None:
    """What waits is counted without whatever would settle it."""
    assert _among(_loaded(business, "today")[0], NOT_FOR_THE_DAY) == []


def test_what_a_page_loads_is_bounded(page: tuple[set[str], int]) -> None:
    """Neither classes of values nor modules grow unnoticed."""
    modules, classes = page
    ours = {each for each in modules if each.split(".")[0] == "crmkit"}
    assert classes <= MOST_CLASSES
    assert len(ours) <= MOST_MODULES


def test_what_is_not_for_a_page_is_there_at_all() -> None:
    """A module of ours that is renamed is renamed in the list too."""
    own = [name for name in (*NOT_FOR_A_PAGE, *NOT_FOR_THE_DAY) if name.startswith("crmkit.")]
    places = [ROOT.parent / name.replace(".", "/") for name in own]
    missing = [each for each in places if not each.is_dir() and not each.with_suffix(".py").is_file()]
    assert missing == []


def test_every_function_that_is_named_is_there() -> None:
    """A name `module:function` in the sources, which is imported when it is called, leads somewhere."""
    found = {text for path in ROOT.rglob("*.py") for text in _texts(path)}
    lost = []
    for text in sorted(found):
        try:
            assert callable(named(text))
        except (ImportError, AttributeError, AssertionError) as error:
            lost.append(f"{text}: {error!r}")
    assert len(found) > 100
    assert lost == []


def _texts(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known: dict[str, str] = {}
    for node in tree.body:
        targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(targets[0], ast.Name):
            known[targets[0].id] = _text(node.value, known)
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant | ast.JoinedStr) and _NAMED.fullmatch(text := _text(each, known)):
            yield text


def _text(node: ast.expr | None, known: Mapping[str, str]) -> str:
    """What a text is, also one that begins with a constant of its module; empty for anything else."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(each, known) for each in node.values)
    if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name):
        return known.get(node.value.id, "")
    return ""


def test_services_are_named_by_where_their_classes_are(business: Crm) -> None:
    """A service is asked for by its class, so that its name has to be that of the class itself."""
    services = business.kernel.loaded.services
    assert len(services) > 10
    assert [name for name in services if place_of(named(name)) != name] == []


def test_the_core_s_own_words_can_be_used() -> None:
    """What is judged of everybody else's words whenever a business opens."""
    faults = {word.name: [*faults_of(word, plain=False)] for word in core_words()}
    assert len(faults) > 50
    assert {name: found for name, found in faults.items() if found} == {}
