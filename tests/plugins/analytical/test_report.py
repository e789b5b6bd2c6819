"""The report: one file from every plugin's sections, written by hand or when it is due."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import define

from crmkit import Crm, CustomerDraft, InteractionDraft, Invalid, PredicateError
from crmkit.core.worker import Worker
from crmkit.testing import FakeClock, open_crm, run_crm
from tests.plugins.post_office import post_office
from tests.web.pages.browser import chromium, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# 1 June 2026, 10:00 UTC.
NOW = 1_780_308_000_000_000
DAY = 86_400_000_000
HARD = "زينب <b>&amp; co. https://evil.example/x.png"
TOML = """
currency = "PLN"
[segments]
regulars = "count(purchase) >= 2"
[goals.come-back]
metric = "repeat_rate"
segment = "regulars"
target = "60%"
[purposes.news]
type = "marketing"
wording = "Tell me."
[control]
share = "40%"
since = 2026-01-01
until = 2026-12-31
"""
# Every kind of chart, with names that do not behave, from a plugin of one file.
OTHER = f"""
from crmkit.plugin import Axis, Chart, Figure, ReportSection, ReportTable, hookimpl

def axis(name, measure="text"):
    return Axis(column=name, title=name, measure=measure)

@hookimpl
def crmkit_extend_report(question, crm):
    hard = {HARD!r}
    flow = [dict(a=hard, b="gone", n=5), dict(a="new", b=hard, n=7)]
    heat = [dict(a=str(i), b=hard, n=i / 9) for i in range(9)]
    points = [dict(a=i, b=i * i) for i in range(9)]
    n = axis("n", "number")
    yield ReportSection(
        name="goals & more", title=hard, text=(hard + "\\u202e",), order=80,
        figures=[Figure(label=hard, value=hard, note=hard)],
        charts=[
            Chart(name="c", title=hard, says="Five leave.", kind="flow", rows=flow, x=axis("a"), y=axis("b"),
                value=n),
            Chart(name="c", title="Heat", says="Warm.", kind="heat", rows=heat, x=axis("a"), y=axis("b"),
                value=axis("n", "percent")),
            Chart(name="c", title="Points", says="Up.", kind="points", rows=points, x=axis("a", "number"),
                y=axis("b", "number")),
            Chart(name="c", title="Nothing", says="-", kind="bars", rows=[], x=axis("a"), y=n),
        ],
        tables=[ReportTable(caption=hard, columns=[axis("a"), n], rows=flow)],
    )
"""
# Texts in a picture that reach beyond it.
CUT_OFF = """[...document.querySelectorAll("svg")].flatMap(svg => {
  const edge = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter(each => {
    const box = each.getBoundingClientRect();
    return box.width && (box.left < edge.left - 1 || box.right > edge.right + 1);
  }).map(each => each.textContent);
})"""
BAD = """
from crmkit.plugin import hookimpl

@hookimpl
def crmkit_extend_report():
    raise RuntimeError("ouch")
"""


def business(
    folder: Path, clock: FakeClock, toml: str = TOML, plugins: tuple[str, ...] = ("analytical",)
) -> Crm:
    """Forty customers who bought once a month or so, in the half year before the clock."""
    clock.set(NOW)
    crm = open_crm(folder, toml, plugins=plugins, clock=clock)
    crm.customers.save_all([CustomerDraft(name=f"Customer {n}") for n in range(1, 41)])
    crm.interactions.record_all(
        InteractionDraft(
            customer=n, type="purchase", amount=1000 + n, at=NOW - (n + 31 * k) * DAY, history=True
        )
        for n in range(1, 41)
        for k in range(1 + n % 5)
    )
    return crm


@define
class Written:
    """A report in a file, and the business that it is about."""

    crm: Crm
    path: Path

    @property
    def html(self) -> str:
        """The file."""
        return self.path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    """The report of a business with two more plugins, one of which fails."""
    from crmkit.plugins.analytical.report.page import page

    folder = tmp_path_factory.mktemp("business")
    (folder / "plugins").mkdir()
    for name, source in (("other", OTHER), ("bad", BAD)):
        (folder / "plugins" / f"{name}.py").write_text(source, encoding="utf-8")
        (folder / "plugins" / f"{name}.toml").write_text(
            f'name = "{name}"\ntitle = "{name}"\ndoc = "A test"\n'
        )
    with business(folder, FakeClock(NOW), plugins=("analytical", "other", "bad")) as crm:
        path = folder / "report.html"
        path.write_text(page(crm, crm.report("2026-05")), encoding="utf-8")
        yield Written(crm, path)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all of these tests."""
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1_280, "dark")])
def test_everybody_can_read_it(written: Written, browser: Browser, width: int, scheme: str) -> None:
    """On a phone and on a desk, by day and by night: nothing too wide or pale, all named, nothing fetched."""
    with shown(browser, width, color_scheme=scheme) as window:
        window.page.goto(written.path.as_uri())
        assert window.too_wide() == []
        for each in window.page.locator("details").all():
            each.evaluate("each => each.open = true")
        assert window.too_wide() == []
        assert window.unreadable() == []
        tree = window.tree()
        pictures = [name for role, name in tree if role == "image"]
        assert pictures == window.page.locator("figure h3").all_inner_texts()
        assert len(pictures) >= 6
        assert [
            role for role, name in tree if role in ("table", "region", "image", "link") and not name
        ] == []
        assert window.page.locator("table").count() == window.page.locator("table > caption").count()
        assert window.page.locator("th:not([scope])").count() == 0
        assert window.page.locator("h1").count() == 1
        assert window.page.locator("b").count() == 0  # names are text, never markup
        ids = window.page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
        assert len(ids) == len(set(ids))
        assert window.page.evaluate(CUT_OFF) == []
        assert set(window.asked) == {written.path.as_uri()}
        assert window.complaints == []


def test_it_asks_nobody_for_anything(written: Written) -> None:
    """The file has no address that a program would fetch, no script, and a policy that forbids both."""
    html = written.html
    assert "default-src 'none'" in html
    assert not re.search(r"<script|<link|<img|<iframe|<image|@import|url\((?!#)|\ssrc=|javascript:", html)
    assert not re.search(r'href="(?!#[a-z0-9-]+")', html)
    assert "\u202e" not in html
    assert "&lt;RLO&gt;" in html


def test_its_figures_are_the_metrics(written: Written) -> None:
    """What stands in the report is what the commands say, with the period before beside it."""
    crm, found = written.crm, written.crm.report("2026-05")
    figures = {each.label: each for section in found.sections for each in section.figures}
    revenue, before = (crm.metrics.value("revenue", month).numerator for month in ("2026-05", "2026-04"))
    assert figures["Revenue"].value == f"{revenue // 100}.{revenue % 100:02} PLN"
    assert f"{before // 100}.{before % 100:02} PLN" in figures["Revenue"].note
    assert figures["Customers on record"].value == "40"
    charts = {chart.name: chart for section in found.sections for chart in section.charts}
    assert charts["revenue"].rows[-1] == {"month": "2026-05", "revenue": revenue}
    assert figures["Revenue"].value in written.html
    (regulars,) = [row for section in found.sections for table in section.tables for row in table.rows
                   if row.get("segment") == "regulars"]  # fmt: skip
    assert regulars["members"] == crm.segments.count("regulars")
    assert [section.order for section in found.sections] == sorted(s.order for s in found.sections)
    assert "All rules together" in written.html


def test_whose_part_is_missing_is_said(written: Written) -> None:
    """A plugin that fails costs the report its own sections only, and the reader is told."""
    assert "Plugin &#34;bad&#34; local failed in crmkit_extend_report" in written.html
    assert [section.name for section in written.crm.report("2026-05").sections] == [
        "goals", "customers", "segments", "cohorts", "movement", "value", "rules", "goals & more", "quality",
    ]  # fmt: skip


def test_of_whom_and_as_of_when(written: Written) -> None:
    """A condition and an earlier day narrow what is told; what is wrong with them is said first."""
    crm = written.crm
    some = crm.report("2026-05", where="count(purchase) >= 4")
    figures = {each.label: each.value for section in some.sections for each in section.figures}
    assert figures["Customers on record"] == str(crm.predicates.count("count(purchase) >= 4"))
    early = crm.report("2026-03", as_of=date(2026, 3, 31))
    assert any("as of now only" in text for section in early.sections for text in section.text)
    with pytest.raises(PredicateError):
        crm.report("2026-05", where="count(purchases) >= 4")
    with pytest.raises(Invalid, match="has not begun"):
        crm.report("2027")
    with pytest.raises(Invalid, match="is not a period"):
        crm.report("yestermonth")


def test_a_year_that_is_not_over(written: Written) -> None:
    """Nothing is said of months to come: the report ends today, and the month that goes on is said to."""
    crm = written.crm
    found = crm.report("2026")
    assert (str(found.question.period), found.question.period.last) == ("2026", date(2026, 6, 1))
    goals = next(section for section in found.sections if section.name == "goals")
    revenue = next(chart for chart in goals.charts if chart.name == "revenue")
    assert revenue.rows[-1]["month"] == "2026-06"
    assert revenue.says.startswith("Revenue in 2026-06 so far was ")
    goal = next(chart for chart in goals.charts if chart.name != "revenue")
    assert goal.says.startswith("repeat_rate of regulars is "), "not of everybody"
    whole = crm.report("2026-05")
    assert "so far" not in str(whole.sections)


def test_nobody_has_bought_anything(tmp_path: Path, clock: FakeClock) -> None:
    """A business at its beginning gets a report too."""
    from crmkit.plugins.analytical.report.page import page

    with open_crm(tmp_path, plugins=("analytical",), clock=clock) as crm:
        html = page(crm, crm.report("this month"))
    assert "Customers on record" in html
    assert "NaN" not in html


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> None:
    """`crm analytics report` writes a file named after the period, says so, and tells what went wrong."""
    toml = TOML.replace('currency = "PLN"', 'currency = "PLN"\nclock = "2026-06-01T09:00"')
    business(tmp_path, clock, toml).close()
    monkeypatch.chdir(tmp_path)
    answer = run_crm("analytics", "report", "--json")
    assert answer.status == 0
    assert answer.json["file"] == "report-2026-05.html"
    assert answer.json["sections"] == [
        "goals", "customers", "segments", "cohorts", "movement", "value", "rules", "quality",
    ]  # fmt: skip
    assert "Report on 2026-05" in (tmp_path / "report-2026-05.html").read_text(encoding="utf-8")
    polish = run_crm("analytics", "report", "--json", "-o", "pl.html", env={"CRMKIT_LANGUAGE": "pl"})
    assert polish.json["done"].startswith("pl.html: the report on")
    assert '<html lang="pl"' in (tmp_path / "pl.html").read_text(encoding="utf-8")
    run_crm("analytics", "report", "--language", "ur", "-o", "ur.html")
    assert '<html lang="ur" dir="rtl"' in (tmp_path / "ur.html").read_text(encoding="utf-8")
    assert "There are: en, pl, ur" in run_crm("analytics", "report", "--language", "xx").stderr
    opened: list[str] = []
    monkeypatch.setattr("click.launch", opened.append)
    of_few = ("--where", "count(purchase) >= 4", "--as-of", "30.04.2026")
    quarter = run_crm("analytics", "report", "2026-Q1", *of_few, "-o", "sub/q1.html", "--open")
    assert "sub/q1.html: the report on 2026-01-01 to 2026-03-31" in quarter.stderr
    assert "count(purchase) &gt;= 4" in (tmp_path / "sub" / "q1.html").read_text(encoding="utf-8")
    assert opened == [str(tmp_path / "sub" / "q1.html")]
    assert not [each for each in (tmp_path / "sub").iterdir() if each.name != "q1.html"]
    assert "Write it such as: --as-of" in run_crm("analytics", "report", "--as-of", "May").stderr
    (tmp_path / "blocked").write_text("")
    blocked = run_crm("analytics", "report", "-o", "blocked/r.html")
    assert blocked.status == 1
    assert "cannot be written" in blocked.stderr
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert "pip install 'crmkit[analytical]'" in run_crm("analytics", "report").stderr


def test_when_it_is_due(tmp_path: Path, clock: FakeClock) -> None:
    """The worker writes the report on each month once, and those who want to know get a letter, once."""
    with post_office() as office:
        toml = TOML + (
            '[plugins.analytical.report]\nevery = "month"\nmail_to = ["anna@rye.example"]\n'
            f'[plugins.email]\nfrom = "post@rye.example"\nhost = "127.0.0.1"\nport = {office.port}\n'
            'security = "none"\ntimeout = 5\n'
        )
        with business(tmp_path, clock, toml, ("analytical", "email")) as crm:
            crm.people.add("Anna Żak", "anna@rye.example")
            crm.rehearsal.end()
            worker = Worker(crm.kernel)
            worker.drain()
            path = tmp_path / "reports" / "report-2026-05.html"
            first = path.read_text(encoding="utf-8")
            clock.advance(hours=2)
            worker.drain()
            assert path.read_text(encoding="utf-8") == first
            (letter,) = office.taken
            assert (letter.to, letter.message["Subject"]) == (
                "anna@rye.example",
                "Rye & Co.: report on 2026-05",
            )
            text = letter.message.get_content()
            assert str(path) in text
            assert "Customers on record: 40" in text
            clock.advance(days=30)
            worker.drain()
            assert sorted(each.name for each in path.parent.glob("*.html")) == [
                "report-2026-05.html", "report-2026-06.html",
            ]  # fmt: skip
            assert len(office.taken) == 2


def test_who_could_not_be_told_is_told_later(tmp_path: Path, clock: FakeClock) -> None:
    """The report is there, the reason is known, and the letter goes out when the mail server is back."""
    from crmkit.plugins.analytical.report.job import write_due

    report = (
        '[plugins.analytical.report]\nevery = "week"\nfolder = "r"\nmail_to = ["anna@rye.example", "who"]\n'
    )
    mail = '[plugins.email]\nfrom = "post@rye.example"\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\n'
    with business(tmp_path, clock, TOML + report + mail, ("analytical", "email")) as crm:
        crm.people.add("Anna Żak", "anna@rye.example")
        crm.rehearsal.end()
        with pytest.raises(Invalid, match=r"not everybody was told: anna@rye.example: .*who"):
            write_due(crm)
        assert (tmp_path / "r" / "report-2026-05-25-to-2026-05-31.html").exists()
        crm.rehearsal.begin_again()
        with pytest.raises(Invalid, match="told: who"):
            write_due(crm)
        (rehearsed,) = (tmp_path / "rehearsal" / "employees").iterdir()
        assert "To: Anna Żak <anna@rye.example>" in rehearsed.read_text(encoding="utf-8")


def test_settings_that_cannot_be(tmp_path: Path) -> None:
    """A folder outside of the business's own is refused where it is written."""
    (tmp_path / "crm.toml").write_text(
        '[crs]\nname = "A"\nplugins = ["analytical"]\n[plugins.analytical.report]\nfolder = "../elsewhere"\n'
    )
    answer = run_crm("--config", tmp_path / "crm.toml", "check")
    assert "is not the name of a folder" in answer.stdout + answer.stderr
