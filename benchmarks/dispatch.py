"""Guarded calls of hooks against pluggy's own call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pluggy

from benchmarks.harness import Bench, Pair, Result, Scale, in_turn
from benchmarks.rig import opened
from crmkit import Crm, CustomerDraft

_CALLS = 2_000
_SOURCE = """\
from crmkit.plugin import hookimpl


@hookimpl
def crmkit_before_customers_saved(drafts, crm, tx):
    return None
"""
_MANIFEST = 'name = "{0}"\ntitle = "Bench"\ndoc = "Lets everything pass"\ntable_prefix = "{0}_"\n'


def dispatch(work: Path, scale: Scale) -> Iterator[Result]:
    """One guarded call with 1, 5 and 20 implementations."""
    for count in (1, 5, 20):
        names = [f"bench_{number}" for number in range(count)]
        _write(work / str(count) / "plugins", names)
        with opened(work / str(count), plugins=names) as crm:
            pair = _timed(crm, scale.rounds)
        yield Result(
            name=f"guarded call, {count} implementations",
            ours=pair.ours / _CALLS * 1e6,
            raw=pair.raw / _CALLS * 1e6,
            unit="µs",
            goal="≤ 1 × pluggy's own call",
        )


def _write(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True)
    for name in names:
        (folder / f"{name}.py").write_text(_SOURCE, encoding="utf-8")
        (folder / f"{name}.toml").write_text(_MANIFEST.format(name), encoding="utf-8")


def _timed(crm: Crm, rounds: int) -> Pair:
    hooks, call = crm.kernel.hooks, _pluggy(crm).hook.crmkit_before_customers_saved
    drafts = (CustomerDraft(name="Anna Nowak"),)
    with crm.transaction() as tx:

        def ours() -> None:
            for _ in range(_CALLS):
                hooks.before_customers_saved(drafts, crm, tx)

        def raw() -> None:
            for _ in range(_CALLS):
                call(drafts=drafts, crm=crm, tx=tx, settings=None)

        return in_turn(ours, raw, rounds)


def _pluggy(crm: Crm) -> pluggy.PluginManager:
    """A manager of pluggy's own with the same implementations."""
    from crmkit.core.hooks import HookSpecs

    manager = pluggy.PluginManager("crmkit")
    manager.add_hookspecs(HookSpecs)
    for plugin in crm.plugins.loaded:
        copy = ModuleType(plugin.name)
        copy.__dict__.update(plugin.module.__dict__)
        manager.register(copy)
    return manager


BENCHES = (Bench(name="dispatch", run=dispatch),)
