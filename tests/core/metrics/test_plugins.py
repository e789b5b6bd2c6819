"""Metrics that plugins bring."""

from __future__ import annotations

from pathlib import Path

from crmkit import Crm
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.opening import upgrade_database

PLUGIN = '''
"""Complaints per purchase, for tests."""
import sqlalchemy as sa

from crmkit.plugin import Metric, hookimpl


def complaint_rate(question):
    def of(type_):
        return lambda columns: sa.func.count().filter(columns.type == type_)

    return question.count(question.rows(), numerator=of("complaint"), denominator=of("purchase"))


@hookimpl
def crmkit_register_strategy_words():
    yield Metric(name="complaint_rate", doc="Complaints per purchase", unit="share", compute=complaint_rate)
'''
CONFIG = '[crs]\nname = "Rye"\ncurrency = "PLN"\nplugins = ["quality"]\n'


def test_a_plugin_brings_a_metric_in_a_few_lines(tmp_path: Path) -> None:
    """It is asked for by its bare name, with periods and groups like the core's."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "quality.py").write_text(PLUGIN, encoding="utf-8")
    manifest = 'name = "quality"\ntitle = "Quality"\ndoc = "Complaints"\n'
    (tmp_path / "plugins" / "quality.toml").write_text(manifest, encoding="utf-8")
    (tmp_path / "crm.toml").write_text(CONFIG, encoding="utf-8")
    upgrade_database(tmp_path / "crm.toml")
    with Crm.open(tmp_path / "crm.toml", strict=True) as crm:
        who = crm.customers.save(CustomerDraft(name="Anna")).id
        for type_ in ("purchase", "purchase", "complaint"):
            crm.interactions.record(who, type_, outlet="Main")
        value = crm.metrics.value("complaint_rate", "today", by="outlet")
        assert (value.numerator, value.denominator) == (1, 2)
        assert [(each.group, each.numerator) for each in value.groups] == [("Main", 1)]
        assert crm.words.metrics["complaint_rate"].name == "quality.complaint_rate"
