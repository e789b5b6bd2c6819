"""Setting up and looking after: init, check, config, words, db, plugins, import, doctor, worker."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Shell

_STAMPS = """
import click
from crmkit.plugin import Field, hookimpl, pass_state, writes

@hookimpl
def crmkit_register_customer_words():
    yield Field(name="stamps", type="number", doc="Stamps on the card")

@click.command()
@click.argument("ref")
@writes
@pass_state
def stamp(state, ref):
    "Put a stamp on a card."
    from crmkit.plugin import CustomerDraft
    state.crm.customers.update(ref, CustomerDraft(fields={"stamps.stamps": 1}))
    state.output.receipt("Stamped", reference=ref)
"""
_MANIFEST = """
name = "stamps"
title = "Stamp cards"
doc = "A stamp for each visit"
[commands]
stamp = { target = "stamps:stamp", help = "Put a stamp on a card" }
"""


@pytest.mark.parametrize("template", ["blank", "online-shop"])
def test_init_makes_a_crm_that_checks_out(empty: Shell, template: str) -> None:
    """A new CRM of each template has a crm.toml with comments and a database that is up to date."""
    empty.run("init", "my-shop", "--template", template, "--name", 'Rye "&" Co.')
    shell = Shell(empty.folder / "my-shop")
    assert shell.json("check") == {"ok": True, "findings": []}
    assert shell.json("config", "show")["settings"]["crs"]["name"] == 'Rye "&" Co.'
    assert "#" in (shell.folder / "crm.toml").read_text(encoding="utf-8")
    assert "crm db upgrade" not in shell.run("doctor").output


def test_init_never_overwrites(shop: Shell) -> None:
    """A second init is refused and changes nothing."""
    before = (shop.folder / "crm.toml").read_bytes()
    shop.run("init", status=5)
    assert (shop.folder / "crm.toml").read_bytes() == before


def test_init_with_a_wrong_value_writes_nothing(empty: Shell) -> None:
    """An unknown currency is refused before a file is written."""
    empty.run("init", "shop", "--currency", "XXQ", status=5)
    assert not (empty.folder / "shop").exists()


def test_config_show_hides_passwords(shop: Shell) -> None:
    """The password in a database's address is not shown."""
    file = shop.folder / "crm.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"crm.db"', '"postgresql://me:hunter2@localhost/crm"'), encoding="utf-8")
    assert "hunter2" not in shop.run("config", "show").output


def test_a_declared_field_waits_for_the_upgrade(shop: Shell) -> None:
    """After declaring a field, commands name `crm db upgrade`; its dry run writes nothing."""
    file = shop.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8") + '\n[fields.size]\ntype = "number"\n', encoding="utf-8")
    assert "crm db upgrade" in shop.run("customers", "list", status=1).stderr
    assert "size" in shop.run("db", "upgrade", "--dry-run").stderr
    assert shop.json("db", "status")["ready"] is False
    shop.run("db", "upgrade")
    assert shop.json("db", "status")["ready"] is True
    assert [word["word"] for word in shop.json("words", "fields")] == ["size"]


def test_an_unknown_vocabulary_names_the_nearest(shop: Shell) -> None:
    """`crm words feilds` suggests fields."""
    assert "crm words fields" in shop.run("words", "feilds", status=3).stderr


def test_backup_and_restore_bring_the_record_back(shop: Shell) -> None:
    """What was there at the backup is there after the restore; without a yes nothing is replaced."""
    shop.run("customers", "add", "--name", "Anna Nowak")
    backup = shop.json("db", "backup")["path"]
    shop.run("customers", "add", "--name", "Jan Nowak")
    shop.run("db", "restore", backup, status=5)
    shop.run("db", "restore", backup, "--force", "--dry-run")
    assert "--yes" in shop.run("db", "restore", backup, "--force", status=2).stderr
    assert len(shop.json("customers", "list")) == 2
    shop.run("db", "restore", backup, "--force", "--yes")
    assert [each["name"] for each in shop.json("customers", "list")] == ["Anna Nowak"]


def test_copy_moves_the_record_and_check_finds_it_sound(shop: Shell) -> None:
    """A copy holds the same rows; both databases pass the check."""
    shop.run("customers", "add", "--name", "Anna Nowak")
    assert shop.json("db", "copy", "copy.db", "--dry-run")["empty"] is True
    assert not (shop.folder / "copy.db").exists()
    assert shop.json("db", "copy", "copy.db")["rows"]["customer"] == 1
    assert shop.json("db", "check")["ok"] is True


def test_a_damaged_search_index_is_built_anew(shop: Shell) -> None:
    """Whom `find` does not find any more is found again after the repair that the check names."""
    shop.run("customers", "add", "--name", "Anna Nowak")
    with sqlite3.connect(shop.folder / "crm.db") as damaged:
        damaged.execute("INSERT INTO customer_search (customer_search) VALUES ('delete-all')")
    damaged.close()
    assert shop.json("find", "Anna") == []
    assert "crm db check --repair" in shop.run("db", "check", status=6).stdout
    assert "The database is sound" in shop.run("db", "check", "--repair").stderr
    assert [each["name"] for each in shop.json("find", "Anna")] == ["Anna Nowak"]


def _add_stamps(shell: Shell) -> None:
    folder = shell.folder / "plugins"
    folder.mkdir()
    (folder / "stamps.py").write_text(_STAMPS, encoding="utf-8")
    (folder / "stamps.toml").write_text(_MANIFEST, encoding="utf-8")


def test_whoever_may_not_change_the_database_is_told_what_is_lacking(started: Callable[..., Shell]) -> None:
    """The plugin is in use; somebody else adds its tables, by the same command."""
    shop = started(toml='\n[roles.builder]\npermissions = ["plugins.manage"]\n')
    _add_stamps(shop)
    shop.run("people", "employees", "add", "Bo", "--role", "builder")
    enabled = shop.run("--as", "Bo", "plugins", "enable", "stamps").stderr
    assert "The database lacks what it needs: crm db upgrade" in enabled
    again = shop.run("plugins", "enable", "stamps").stderr
    assert "in use already" in again
    assert "Its tables were added" in again
    assert "database" not in shop.run("plugins", "enable", "stamps").stderr


MISSED = """
[rules.call]
who = "days_since(purchase) > 30"
run = "daily"
task = "Call"

[goals.more]
metric = "win_rate"
target = "30%"
by = 2027-01-01
"""


def test_a_word_that_is_missed_names_its_plugin(started: Callable[..., Shell]) -> None:
    """In conditions, rules, goals and as a command: with the command that puts the plugin into use."""
    shop = started(toml=MISSED)
    enable = "crm plugins enable operational"
    assert shop.run("check", status=5).stderr.count(enable) == 2
    for where in ("open_deals > 1", "count(deal) > 1", "exists(deal.won)"):
        assert enable in shop.error("customers", "list", "--where", where, status=5)["hint"]
    assert enable in shop.error("metrics", "show", "win_rate", status=3)["hint"]
    assert enable in shop.run("deals", "list", status=2).stderr
    planned = shop.run("plan").stderr
    assert 'Left out: rule "call": none of its keys is an action: "task"\n' in planned
    assert "crm check" in planned
    assert "There are no rules" not in planned
    assert "crm check" in shop.run("rules", "list").stderr
    assert "crm check" in shop.run("status").stdout
    shop.run("plugins", "enable", "operational")
    shop.run("check")
    shop.run("plugins", "disable", "operational")
    assert enable in shop.run("check", status=5).stderr


def test_the_life_of_a_local_plugin(shop: Shell) -> None:
    """Enabled, upgraded, used through its own command, disabled, uninstalled, purged: one command each."""
    _add_stamps(shop)
    shop.run("customers", "add", "--name", "Anna Nowak")
    enabled = shop.run("plugins", "enable", "stamps").stderr
    assert "crm plugins disable stamps" in enabled
    assert "Its tables were added to the database." in enabled
    assert "nothing to do" in shop.run("db", "upgrade").stderr
    assert "Put a stamp on a card" in shop.run("--help").stdout
    assert "Stamped" in shop.run("stamp", "1").stderr
    assert shop.json("show", "1")["customer"]["fields"]["stamps.stamps"] == 1
    shop.run("plugins", "disable", "stamps")
    assert "stamp " not in shop.run("--help").stdout
    shop.run("plugins", "uninstall", "stamps")
    states = {each["name"]: each["state"] for each in shop.json("plugins", "list")}
    assert states["stamps"] in ("uninstalled", "available")
    preview = shop.json("plugins", "purge", "stamps", "--dry-run")
    assert preview["dry_run"] is True
    shop.run("plugins", "purge", "stamps", status=2)
    shop.run("plugins", "purge", "stamps", "--yes")


def test_a_plugin_that_cannot_be_loaded_is_named_and_the_rest_goes_on(shop: Shell) -> None:
    """A plugin that fails at import is named on stderr; `check` ends with 6; `--strict` is fatal; it can be
    disabled all the same."""
    _add_stamps(shop)
    (shop.folder / "plugins" / "stamps.py").write_text("raise RuntimeError('torn')", encoding="utf-8")
    file = shop.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("plugins = []", 'plugins = ["stamps"]'))
    result = shop.run("customers", "list")
    assert "stamps" in result.stderr
    assert "torn" in result.stderr
    assert shop.json_findings("check") == ["error"]
    assert "torn" in shop.run("--strict", "customers", "list", status=1).stderr
    shop.run("plugins", "disable", "stamps")
    assert "stamps" not in shop.run("customers", "list").stderr


def test_safe_mode_reads_and_refuses_to_write(shop: Shell) -> None:
    """With --no-plugins lists work and writes are refused with 4."""
    shop.run("--no-plugins", "customers", "list")
    assert "safe mode" in shop.run("--no-plugins", "customers", "add", "--name", "Anna", status=4).stderr


def test_an_import_counts_every_row(started: Callable[..., Shell]) -> None:
    """created + updated + unchanged + rejected = rows; refused rows go to a file; a dry run keeps nothing."""
    shop = started(toml='\n[identities]\nshop = "Number in the web shop"\n')
    (shop.folder / "c.csv").write_text(
        "shop,name,email\n1,Anna Nowak,anna@example.org\n2,Jan,jan@\n", encoding="utf-8"
    )
    planned = shop.json("customers", "import", "c.csv", "--map", "shop=identity:shop", "--dry-run")
    assert (planned["import"], planned["rows"]) == (None, 2)
    assert shop.json("customers", "list") == []
    done = shop.json("customers", "import", "c.csv", "--map", "shop=identity:shop")
    assert done["created"] + done["updated"] + done["unchanged"] + done["rejected"] == done["rows"] == 2
    assert (done["import"], done["rejected"]) == ("import:1", 1)
    assert "jan@" in Path(done["rejects_file"]).read_text(encoding="utf-8")
    (shop.folder / "i.csv").write_text("customer_shop,at,type,amount\n1,2026-01-05,purchase,12.50\n")
    assert shop.json("interactions", "import", "i.csv")["created"] == 1
    assert shop.json("interactions", "list", "1")[0]["amount"] == "12.50"


def test_somebody_ambiguous_waits_for_review(shop: Shell) -> None:
    """Data that matches two customers is refused, waits on the review list, and can be settled there."""
    for name in ("Anna Nowak", "Jan Nowak"):
        shop.run("customers", "add", "--name", name, "--phone", "+48600100200")
    shop.run("customers", "update", "1", "--email", "both@example.org")
    shop.run("customers", "update", "2", "--email", "both@example.org")
    shop.run("customers", "add", "--name", "A. Nowak", "--email", "both@example.org", status=3)
    (waiting,) = shop.json("customers", "review")
    assert "both@example.org" in waiting["reach"]
    assert len(waiting["candidates"]) == 2
    assert "--new" in shop.run("customers", "review").stderr
    shop.run("customers", "review", str(waiting["id"]), status=2)
    done = shop.json("customers", "review", str(waiting["id"]), "--new")
    assert done == [{"number": waiting["id"], "customer_id": 3, "created": True}]
    assert shop.json("customers", "review") == []
    shop.run("customers", "review", str(waiting["id"]), "--drop", status=3)
    came = ("customers", "add", "--name", "J. Nowak", "--email", "both@example.org", "--tag", "vip")
    shop.run(*came, status=3)
    (waiting,) = shop.json("customers", "review")
    done = shop.json("customers", "review", str(waiting["id"]), "--as", "Jan Nowak")
    assert done == [{"number": waiting["id"], "customer_id": 2, "created": False}]
    assert shop.json("show", "2")["customer"]["tags"] == ["vip"]


def test_employees_teams_and_roles(shop: Shell) -> None:
    """People are added, join, leave and are deactivated; each noun alone lists."""
    shop.run("people", "teams", "add", "shop floor")
    shop.run("people", "employees", "add", "Anna Nowak", "--role", "manager", "--team", "shop floor")
    assert shop.json("people", "teams")[0]["members"] == ["Anna Nowak"]
    shop.run("people", "teams", "leave", "Anna Nowak", "shop floor")
    assert shop.json("people", "employees")[0]["teams"] == []
    shop.run("people", "employees", "deactivate", "Anna Nowak")
    assert shop.json("people", "employees") == []
    assert {role["name"] for role in shop.json("people", "roles")} >= {"administrator", "clerk", "viewer"}


def test_the_worker_ends_on_a_signal(shop: Shell) -> None:
    """SIGTERM ends a worker after its current piece of work, with status 0."""
    with subprocess.Popen(
        [sys.executable, "-m", "crmkit", "worker"], cwd=shop.folder, stderr=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stderr is not None
        first = worker.stderr.readline()
        worker.send_signal(signal.SIGTERM)
        assert (worker.wait(30), first[:7]) == (0, "Working")


def test_every_command_has_help_with_a_sentence(empty: Shell) -> None:
    """Each command, at every depth, explains itself."""
    import click

    from crmkit.cli.root import crm

    def walk(command: click.Command, path: list[str]) -> None:
        assert command.help, path
        if isinstance(command, click.Group) and path:
            for name, inner in command.commands.items():
                walk(inner, [*path, name])

    ctx = click.Context(crm)
    for name in crm.list_commands(ctx):
        command = crm.get_command(ctx, name)
        assert command is not None, name
        walk(command, [name])


def test_json_is_json_everywhere(shop: Shell) -> None:
    """Commands that read print one JSON document on stdout."""
    for words in (
        "config show",
        "config path",
        "words",
        "check",
        "doctor",
        "db status",
        "plugins list",
        "interactions types",
        "customers review",
        "worker --once",
    ):
        json.loads(shop.run(*re.split(" ", words), "--json").stdout)
