"""Opening a business: configuration, plugins, store, and whether they fit each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random, SystemRandom
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from attrs import evolve

from crmkit.core.clock import Clock, RehearsalClock, SystemClock
from crmkit.core.config import find, load
from crmkit.core.ids import UidFactory
from crmkit.core.instants import parse_instant
from crmkit.core.kernel import Kernel
from crmkit.core.normalise import EmailNormaliser, PhoneNormaliser
from crmkit.core.phrase import joined, phrase
from crmkit.core.plugins.load import Loaded, load_plugins
from crmkit.core.plugins.state import consequences, news, remember, remembered
from crmkit.core.store.engine import Store
from crmkit.core.store.schema import PluginMigrations, Step, schema_state

if TYPE_CHECKING:
    from crmkit.core.config import Config
    from crmkit.core.store.upgrade import UpgradeReport


def open_kernel(
    path: str | Path | None,
    *,
    load_plugins_too: bool = True,
    strict: bool = False,
    clock: Clock | None = None,
    random: Random | None = None,
) -> Kernel:
    """The kernel of the business at `path`, on a database that fits it.

    Raises `ConfigError`, `NotFound`, and `SchemaError` where the database is missing, older or newer.
    """
    kernel = assemble(path, load_plugins_too=load_plugins_too, strict=strict, clock=clock, random=random)
    try:
        words = kernel.words
        state = schema_state(kernel.store, migrations_of(kernel.loaded), words.fields, words.record_types)
        state.require_ready()
        _require_replayed(kernel)
        _require_real_clock(kernel)
        _look_back(kernel)
    except BaseException:
        kernel.store.close()
        raise
    return kernel


def assemble(
    path: str | Path | None,
    *,
    load_plugins_too: bool = True,
    strict: bool = False,
    clock: Clock | None = None,
    random: Random | None = None,
) -> Kernel:
    """The kernel of the business at `path`, whatever state its database is in."""
    config = load(find(Path.cwd()) if path is None else Path(path))
    loaded = load_plugins(config, strict=strict, safe=not load_plugins_too)
    clock = clock or _clock_of(config)
    random = random or SystemRandom()
    return Kernel(
        config=config,
        clock=clock,
        uids=UidFactory(clock, random),
        random=random,
        store=Store.open(config.database()),
        loaded=loaded,
        emails=EmailNormaliser(),
        phones=PhoneNormaliser(partial(_country_of, config)),
    )


def _require_replayed(kernel: Kernel) -> None:
    """Nobody is served from a backup in which people may be who were erased since."""
    if kernel.store.is_sqlite:  # a restored file takes its place when that is done
        return
    from crmkit.core.errors import StoreError
    from crmkit.core.privacy.erasure import ledger_of

    mark = ledger_of(kernel).being_replayed
    if mark.exists():
        raise StoreError(
            "A restore was cut short before those who were erased since the backup were erased again",
            hint=phrase("Repeat it: crm db restore FILE --force. The mark that says so: {mark}", mark=mark),
        )


def _require_real_clock(kernel: Kernel) -> None:
    """Only a rehearsal may tell the time wrong: who is live writes to real people on real days."""
    if kernel.config.crs.clock is None:
        return
    from crmkit.core.effects.rehearsal import is_rehearsing
    from crmkit.core.errors import ConfigError

    with kernel.reading() as connection:
        if not is_rehearsing(connection):
            raise ConfigError(
                phrase(
                    "clock is set in {config_path}, and this business is live", config_path=kernel.config.path
                ),
                hint="Take clock out of [crs]: only a rehearsal can have another time.",
            )


def _look_back(kernel: Kernel) -> None:
    """Keep what the plugins are now, and draw the consequences of those that were here and are missing."""
    with kernel.reading() as connection:
        before = remembered(connection)
        new = news(connection, kernel.loaded, before)
    if new:
        with kernel.unit(kernel.house, deliver=False) as tx:
            remember(tx, kernel.loaded)
            kernel.observers.enrol(tx)
    following = consequences(before.values(), kernel.plugins)
    kernel.restricted_by = following.restricted_by
    if following.blocked:
        kernel.loaded = evolve(kernel.loaded, hooks=kernel.hooks.blocking(following.blocked))


def _clock_of(config: Config) -> Clock:
    """The machine's clock, or the rehearsal's that `[crs] clock` sets."""
    machine = SystemClock()
    if config.crs.clock is None:
        return machine
    zone = ZoneInfo(config.crs.timezone)
    set_at = config.path.stat().st_mtime_ns // 1_000
    return RehearsalClock(parse_instant(config.crs.clock, zone, machine.now()), machine, set_at)


def _country_of(config: Config) -> str | None:
    """Asked when the first number without a calling code comes, and not before."""
    from crmkit.core.country import country_of

    return country_of(config.crs)


def migrations_of(loaded: Loaded) -> Sequence[PluginMigrations]:
    """The schema parts of the loaded plugins that have tables."""
    return [
        PluginMigrations(
            plugin.name,
            plugin.manifest.prefix,
            loaded.plugins.tables[plugin.name].metadata,
            loaded.plugins.tables[plugin.name].migrations,
            fresh=loaded.plugins.tables[plugin.name].fresh,
        )
        for plugin in loaded.plugins
        if plugin.name in loaded.plugins.tables
    ]


def upgrade_database(
    path: str | Path | None,
    *,
    dry_run: bool = False,
    strict: bool = False,
    progress: Callable[[Step], None] | None = None,
) -> UpgradeReport:
    """Bring the database of the business at `path` to what its `crm.toml`, its plugins and this program need.

    Makes the database where there is none. With `dry_run` nothing is written.
    """
    from crmkit.core.records.titles import retitled
    from crmkit.core.store.upgrade import upgrade

    kernel = assemble(path, strict=strict)
    try:
        report = upgrade(
            kernel.store,
            kernel.tables,
            migrations_of(kernel.loaded),
            kernel.words.fields,
            kernel.words.record_types,
            retitle=partial(retitled, kernel),
            dry_run=dry_run,
            progress=progress,
        )
        if not dry_run:
            _look_back(kernel)
        failures = kernel.loaded.plugins.failures
        left_out = {
            each.name: joined("\n", [text for text in (each.reason, each.hint) if text]) for each in failures
        }
        return evolve(report, left_out=left_out)
    finally:
        kernel.store.close()
