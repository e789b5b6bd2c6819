"""Plugins that fail in every way: crmkit goes on and names them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft, InteractionDraft
from crmkit.core.hooks import HookSpecs
from crmkit.core.plugins.observers import FAILURE_LIMIT
from crmkit.core.worker import Worker
from crmkit.testing import FakeClock, open_crm, run_crm
from crmkit.testing.business import write_business
from crmkit.testing.command_line import Answer

PREFIX = "crmkit_"
HOOKS = sorted(name.removeprefix(PREFIX) for name in vars(HookSpecs) if name.startswith(PREFIX))
REGISTERING = [hook for hook in HOOKS if hook.startswith("register_")]
DECIDING = [hook for hook in HOOKS if hook.startswith("before_") or hook == "review_proposals"]
OBSERVING = [hook for hook in HOOKS if hook.startswith("after_")]
SHOWN_LATER = {
    *REGISTERING, *DECIDING, *OBSERVING, "extend_privacy_export", "extend_profile", "extend_receipt",
    "extend_report", "extend_today", "restrict_visibility",
}  # fmt: skip
RAISING = """
from crmkit.plugin import hookimpl

@hookimpl
def crmkit_{hook}():
    raise RuntimeError("ouch")
"""


def local_plugin(folder: Path, name: str, source: str) -> None:
    """Write a plugin of one file into the business in `folder`."""
    (folder / "plugins").mkdir(exist_ok=True)
    (folder / "plugins" / f"{name}.py").write_text(source)
    (folder / "plugins" / f"{name}.toml").write_text(f'name = "{name}"\ntitle = "{name}"\ndoc = "A test"\n')


class House:
    """A business with local plugins, and its command line."""

    def __init__(self, folder: Path, toml: str = "", **sources: str) -> None:
        self.path = folder / "crm.toml"
        open_crm(folder).close()
        for name, source in sources.items():
            local_plugin(folder, name, source)
        write_business(folder, toml, plugins=sources)

    def __call__(self, *arguments: object, status: int = 0) -> Answer:
        answer = run_crm("--config", self.path, *arguments)
        assert answer.status == status, (arguments, answer.stdout, answer.stderr)
        return answer

    def states(self) -> dict[str, str]:
        """How it stands with each plugin in use."""
        found = self("plugins", "list", "--json").json
        return {row["name"]: row["state"] for row in found if row["state"] != "available"}


def test_every_hook_is_tried() -> None:
    """A new hook gets a place in these tests."""
    assert set(HOOKS) == SHOWN_LATER


@pytest.mark.parametrize("hook", REGISTERING)
def test_raising_while_registering(tmp_path: Path, hook: str) -> None:
    """A plugin that fails when it registers is left out, wholly, and named with version and hook."""
    words = "from crmkit.plugin import Field\n"
    house = House(tmp_path, bad=words + RAISING.format(hook=hook), good=GOOD)
    answer = house("customers", "add", "--name", "Anna Nowak")
    assert f'"bad" local failed in crmkit_{hook}' in answer.stderr
    assert house.states() == {"bad": "broken", "good": "loaded"}
    assert f"crmkit_{hook}" in house("doctor", status=6).stdout
    strict = run_crm("--config", house.path, "--strict", "find", "Anna")
    assert strict.status == 1
    assert f"crmkit_{hook}" in strict.stderr


GOOD = """
from crmkit.plugin import Section, hookimpl

@hookimpl
def crmkit_extend_profile(customers):
    return [(customer.id, Section("Good", (("all", "well"),))) for customer in customers]

@hookimpl
def crmkit_after_interactions_recorded(interactions, crm):
    crm.customers.tag(interactions[0].customer_id, "contacted")
"""


REPORTING = """
from crmkit.plugin import ReportSection, hookimpl

@hookimpl
def crmkit_extend_report(question):
    yield ReportSection(name="visits", title="Visits", text=(f"In {question.period}.",))
"""


@pytest.mark.parametrize("hook", DECIDING)
def test_raising_while_deciding(tmp_path: Path, hook: str) -> None:
    """A decider that fails undoes the unit of work, and the error names it; reading goes on."""
    rule = '[rules.all]\nrun = "daily at 00:00"\ntag = "x"\n[records.order]\nfields.what = "text"\n'
    house = House(tmp_path, rule, good=GOOD)
    house("db", "upgrade")
    house("customers", "add", "--name", "Anna Nowak")
    local_plugin(tmp_path, "bad", RAISING.format(hook=hook))
    write_business(tmp_path, rule, plugins=["good", "bad"])
    write = {
        "before_customers_saved": ("customers", "add", "--name", "Jan Wilk"),
        "before_interactions_recorded": ("note", "Anna Nowak", "Likes rye"),
        "before_records_saved": ("records", "order", "add", "Anna Nowak", "--set", "what=rye"),
        "before_customers_erased": ("privacy", "erase", "Anna Nowak", "--yes"),
        "review_proposals": ("plan",),
    }[hook]
    error = house(*write, status=1).stderr
    assert f"Plugin \"bad\" local failed in crmkit_{hook}: RuntimeError('ouch') (bad.py:6)" in error
    assert "crm plugins disable bad" in error
    assert house("customers", "list", "--json").stdout.count('"uid"') == 1
    assert house("interactions", "list", "--json").json == []
    house("show", "Anna Nowak")
    house("plugins", "disable", "bad")
    house(*write)


@pytest.mark.parametrize("hook", OBSERVING)
def test_raising_while_observing(tmp_path: Path, hook: str) -> None:
    """An observer that fails leaves what was recorded and the other observers alone, and is named."""
    house = House(tmp_path, bad=RAISING.format(hook=hook), good=GOOD)
    said = house("customers", "add", "--name", "Anna Nowak").stderr
    said += house("note", "Anna Nowak", "Likes rye").stderr
    assert f"Plugin \"bad\" local failed in crmkit_{hook}: RuntimeError('ouch') (bad.py:6)." in said
    assert "Likes rye" in house("show", "Anna Nowak").stdout
    assert "contacted" in house("show", "Anna Nowak").stdout


@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)])
def test_an_upgrade_names_whom_it_leaves_out(tmp_path: Path, dry_run: tuple[str, ...]) -> None:
    """An upgrade does nothing for a plugin that cannot be loaded, and says which, why and what to do."""
    house = House(tmp_path, bad=RAISING.format(hook="register_tables"))
    said = house("db", "upgrade", *dry_run).stderr
    assert '"bad" local failed in crmkit_register_tables' in said
    assert "crm plugins disable bad" in said


def test_a_plugin_that_cannot_be_loaded_is_told_when_it_is_put_into_use(tmp_path: Path) -> None:
    """It is in use, as was wished, and whoever wished it reads at once that it does nothing, and why."""
    house = House(tmp_path)
    local_plugin(tmp_path, "bad", RAISING.format(hook="register_jobs"))
    answer = house("plugins", "enable", "bad")
    assert '"bad" local failed in crmkit_register_jobs' in answer.stderr
    assert house.states() == {"bad": "broken"}


@pytest.mark.parametrize("hook", ["before_customers_saved", "after_customers_changed", "extend_profile"])
def test_who_keeps_people_waiting(tmp_path: Path, hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under -v a plugin that takes long is named with its hook; else nothing is said."""
    monkeypatch.setattr("crmkit.core.plugins.slow.SLOW", 0.0)
    house = House(tmp_path, lazy=RAISING.format(hook=hook).replace('raise RuntimeError("ouch")', "return []"))
    house("customers", "add", "--name", "Anna Nowak")
    acts = (("customers", "add", "--name", "Jan Wilk"), ("show", "Anna Nowak"))
    said = "".join(house(*each, "-v").stderr for each in acts)
    assert 'Plugin "lazy" local took ' in said
    assert f" s in crmkit_{hook}" in said
    assert "took" not in "".join(house(*each).stderr for each in acts)


WORD = """
import sqlalchemy as sa
from crmkit.plugin import Metric, Trait, hookimpl

def asked(*_, **__):
    {body}

@hookimpl
def crmkit_register_strategy_words():
    yield Trait(name="lucky", type="number", doc="A test", select=lambda as_of, tables: asked())
    yield Metric(name="luck", unit="count", doc="A test", compute=asked)
    yield Trait(name="noted", type="number", doc="A test", compute=asked)
"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("1 / 0", "ZeroDivisionError('division by zero') (bad.py:6)"),
        ("return sa.select(sa.literal(1).label('id'))", "it gives id, and not customer_id and value"),
    ],
)
def test_a_word_that_fails_is_named(tmp_path: Path, body: str, said: str) -> None:
    """An error of a trait is the plugin's, with its line; `crm check` says which line of crm.toml asks it."""
    house = House(tmp_path, '[segments]\nlucky = "lucky > 1"\n', bad=WORD.format(body=body))
    error = house("customers", "list", "--where", "lucky > 1", status=1).stderr
    assert 'The trait bad.lucky of plugin "bad" failed: ' in error
    assert said in error
    assert "crm.toml:" in house("check", status=5).stderr


def test_a_metric_and_a_kept_trait_that_fail_are_named(tmp_path: Path) -> None:
    """Whoever asks the metric, and the worker that works out the trait, name the plugin and its line."""
    house = House(tmp_path, bad=WORD.format(body="1 / 0"))
    error = house("metrics", "show", "luck", status=1).stderr
    assert 'The metric bad.luck of plugin "bad" failed: ZeroDivisionError' in error
    assert "(bad.py:6)" in error
    told = house("worker", "--once").stderr
    assert 'The trait bad.noted of plugin "bad" failed: ' in told


def test_a_job_that_fails_is_told_by_the_doctor(tmp_path: Path) -> None:
    """The worker says why, and so does the doctor until the job has succeeded."""
    failing = "from crmkit.plugin import Job, hookimpl\n\n\ndef sweep(crm):\n    1 / 0\n\n\n@hookimpl\n"
    failing += "def crmkit_register_jobs():\n    yield Job(name='sweep', every=0, run=sweep)\n"
    house = House(tmp_path, bad=failing)
    why = "bad.sweep failed: ZeroDivisionError: division by zero (bad.py:5)"
    assert f"Job {why}" in house("worker", "--once").stderr
    assert f"The last turn of the job {why}" in house("doctor", status=6).stdout
    house("worker", "--once")
    assert "failed 2 times in a row" in house("doctor", status=6).stdout
    local_plugin(tmp_path, "bad", failing.replace("1 / 0", "return"))
    house("worker", "--once")
    assert "bad.sweep" not in house("doctor").stdout


def test_raising_while_showing(tmp_path: Path) -> None:
    """A page is shown without the sections of a plugin that fails, and says so."""
    house = House(tmp_path, bad=RAISING.format(hook="extend_profile"), good=GOOD)
    house("customers", "add", "--name", "Anna Nowak")
    shown = house("show", "Anna Nowak")
    assert "well" in shown.stdout
    assert 'Plugin "bad" local failed in crmkit_extend_profile' in shown.stdout + shown.stderr


def test_raising_while_telling_the_day(tmp_path: Path) -> None:
    """The day's work is shown without the part of a plugin that fails, and says so."""
    house = House(tmp_path, bad=RAISING.format(hook="extend_today"), good=GOOD)
    shown = house("today")
    assert "Nothing is due." in shown.stdout
    assert 'Plugin "bad" local failed in crmkit_extend_today' in shown.stderr


def test_raising_while_a_receipt_is_printed(tmp_path: Path) -> None:
    """What was recorded is on record, and the receipt has what others say, and names who failed."""
    saying = (
        "from crmkit.plugin import hookimpl\n@hookimpl\ndef crmkit_extend_receipt(interactions):\n"
        "    return [(interactions[0].seq, 'Well done')]\n"
    )
    house = House(tmp_path, bad=RAISING.format(hook="extend_receipt"), good=saying)
    house("customers", "add", "--name", "Anna Nowak")
    receipt = house("note", "Anna Nowak", "Likes rye", "--json").json
    assert 'Plugin "bad" local failed in crmkit_extend_receipt' in receipt["remarks"][0]
    assert receipt["remarks"][1:] == ["Well done"]
    assert house("interactions", "list", "--json").json[0]["summary"] == "Likes rye"


def test_raising_while_reporting(tmp_path: Path) -> None:
    """The report is there without the sections of a plugin that fails, and says whose are missing."""
    house = House(tmp_path, bad=RAISING.format(hook="extend_report"), good=REPORTING)
    with Crm.open(house.path) as crm:
        found = crm.report("this month")
    assert [section.title for section in found.sections] == ["Visits"]
    assert 'Plugin "bad" local failed in crmkit_extend_report' in found.warnings[0]


def test_raising_while_handing_out(tmp_path: Path) -> None:
    """Half of somebody's data is not what they asked for: the export fails, and names the plugin."""
    house = House(tmp_path, bad=RAISING.format(hook="extend_privacy_export"), good=GOOD)
    house("customers", "add", "--name", "Anna Nowak")
    error = house("privacy", "export", "Anna Nowak", "--output", tmp_path / "out", status=1).stderr
    assert 'Plugin "bad" local failed in crmkit_extend_privacy_export' in error


def test_raising_while_restricting(tmp_path: Path) -> None:
    """Rights never fail open: nothing is seen, the error names the plugin, disabling it is the way out."""
    house = House(tmp_path, good=GOOD)
    house("customers", "add", "--name", "Anna Nowak")
    house("people", "employees", "add", "Vera")
    local_plugin(tmp_path, "bad", RAISING.format(hook="restrict_visibility"))
    write_business(tmp_path, plugins=["good", "bad"])
    answer = run_crm("--config", house.path, "--as", "Vera", "find", "Anna")
    assert answer.status == 1
    assert "Anna" not in answer.stdout
    assert "crmkit_restrict_visibility" in answer.stderr
    house("plugins", "disable", "bad")
    assert "Anna" in run_crm("--config", house.path, "--as", "Vera", "find", "Anna").stdout


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("raise RuntimeError('ouch')", "ouch"),
        ("import sys; sys.exit(3)", "SystemExit"),
        ("import no_such_library", "no_such_library"),
        ("def broken(:", "SyntaxError"),
        (RAISING.format(hook="after_customer_changed"), "crmkit_after_customers_changed"),
        (
            "from crmkit.plugin import hookimpl\n@hookimpl\ndef crmkit_extend_profile(people): ...",
            "people",
        ),
    ],
    ids=["import", "exit", "library", "syntax", "misspelt-hook", "argument"],
)
def test_broken_at_import(tmp_path: Path, source: str, named: str) -> None:
    """A plugin that cannot be imported, or has a hook that does not exist, is named with the reason."""
    house = House(tmp_path, bad=source, good=GOOD)
    assert "bad" in house("customers", "add", "--name", "Anna Nowak").stderr
    assert house.states() == {"bad": "broken", "good": "loaded"}
    finding = house("doctor", status=6).stdout
    assert '"bad"' in finding
    assert named in finding


def test_a_clashing_word(tmp_path: Path) -> None:
    """The plugin whose word is taken is set aside; the message has both owners, the word and the way out."""
    source = (
        "from crmkit.plugin import Field, hookimpl\n@hookimpl\ndef crmkit_register_customer_words():\n"
        "    yield Field(name='size', type='text', doc='A size')\n"
    )
    house = House(tmp_path, toml='[fields.shoe__size]\ntype = "text"', shoe=source, good=GOOD)
    house("db", "upgrade")
    house("customers", "add", "--name", "Anna Nowak")
    assert house.states() == {"shoe": "set_aside", "good": "loaded"}
    finding = house("doctor", status=6).stdout
    for part in ('"shoe.size"', '"shoe"', "crm.toml", "crm plugins disable shoe"):
        assert part in finding


FLAKY = """
from pathlib import Path
from crmkit.plugin import hookimpl

here = Path(__file__).parent

@hookimpl
def crmkit_after_interactions_recorded(interactions):
    left = int((here / "left").read_text())
    if left:
        (here / "left").write_text(str(left - 1))
        raise RuntimeError("the printer is off")
    with (here / "seen").open("a") as seen:
        seen.writelines(f"{each.seq}\\n" for each in interactions)
"""


def work_for_days(crm: Crm, clock: FakeClock) -> None:
    """Let a worker look every two hours for what is due."""
    for _ in range(30):
        clock.advance(hours=2)
        Worker(crm.kernel).once()


def test_an_observer_that_fails_twenty_times(
    tmp_path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Quarantined at the limit, said once, kept over restarts; brought back, it gets what it missed, once,
    save what was about somebody erased in the meantime."""
    left, seen = tmp_path / "plugins" / "left", tmp_path / "plugins" / "seen"
    local_plugin(tmp_path, "flaky", FLAKY)
    left.write_text("20")
    with open_crm(tmp_path, plugins=["flaky"], clock=clock) as crm:
        anna, jan = (crm.customers.save(CustomerDraft(name=name)).id for name in ("Anna Nowak", "Jan Kos"))
        for customer in (anna, jan, anna, jan):
            crm.interactions.record(customer, "visit")
        crm.privacy.erase(jan)
    for quarantine in (1, 2):
        with open_crm(tmp_path, plugins=["flaky"], clock=clock) as crm:
            work_for_days(crm, clock)
        assert int(left.read_text()) == 20 - FAILURE_LIMIT * quarantine
        assert len([each for each in caplog.records if each.levelno == logging.ERROR]) == quarantine
        assert "quarantined" in run_crm("--config", crm.config.path, "doctor").stdout
        assert not seen.exists()
        resumed = run_crm("--config", crm.config.path, "plugins", "resume", "flaky")
        assert "flaky is back" in resumed.stderr
    with open_crm(tmp_path, plugins=["flaky"], clock=clock) as crm:
        work_for_days(crm, clock)
        assert {(behind, error) for _, _, behind, error, _ in crm.kernel.observers.lag()} == {(0, None)}
    assert seen.read_text().split() == ["1", "3"]


GREETING = """
from crmkit.plugin import hookimpl

@hookimpl
def crmkit_after_interactions_recorded(interactions, crm):
    for each in interactions:
        if each.type == "visit":
            crm.interactions.record(each.customer_id, "call")
"""
MERGING = """
from crmkit.plugin import hookimpl

@hookimpl
def crmkit_after_interactions_recorded(interactions, crm):
    crm.merging.merge(1, 2)
    raise RuntimeError("ouch")
"""


def test_an_observer_that_fails_late_keeps_what_others_recorded(tmp_path: Path, clock: FakeClock) -> None:
    """What one observer records stays on record when the next one merges somebody and then fails."""
    local_plugin(tmp_path, "greeting", GREETING)
    local_plugin(tmp_path, "merging", MERGING)
    with open_crm(tmp_path, plugins=["greeting", "merging"], clock=clock) as crm:
        anna, _ = (crm.customers.save(CustomerDraft(name=name)).id for name in ("Anna Nowak", "Jan Kos"))
        crm.interactions.record(anna, "visit")
        assert [each.type for each in crm.interactions.list().interactions] == ["call", "visit"]
        assert [each.name for each in crm.customers.list()[0]] == ["Anna Nowak", "Jan Kos"]


def test_without_plugins(crm_both: Crm) -> None:
    """`plugins = []`: the core opens, records and finds."""
    points = (ContactPoint(kind="email", value="anna@example.com"),)
    anna = crm_both.customers.save(CustomerDraft(name="Łucja Żółć", contact_points=points)).id
    crm_both.interactions.record(anna, "purchase", amount=1250)
    crm_both.interactions.record_all([InteractionDraft(customer="anna@example.com", type="visit")])
    assert [each.id for each in crm_both.customers.find("lucja zolc")] == [anna]
    assert len(crm_both.interactions.timeline(anna).interactions) == 2
    answer = run_crm("--config", crm_both.config.path, "show", "Łucja")
    assert "12.50" in answer.stdout


def test_safe_mode_reads_and_refuses_to_write(tmp_path: Path) -> None:
    """`--no-plugins` imports no plugin, shows what is there, and refuses to write with the way out."""
    house = House(tmp_path, good=GOOD)
    house("customers", "add", "--name", "Anna Nowak")
    local_plugin(tmp_path, "good", "raise SystemExit('imported')")
    assert "Anna Nowak" in house("--no-plugins", "show", "Anna").stdout
    refused = house("--no-plugins", "note", "Anna", "Likes rye", status=4)
    assert "--no-plugins" in refused.stderr
