"""The generated reference leaves nothing out and gets nothing wrong."""

from __future__ import annotations

import inspect
import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from attrs import field, fields, frozen, has

from crmkit.cli.root import crm as program
from crmkit.cli.state import State
from crmkit.core.config.schema import Sections
from crmkit.core.config.secrets import Secret
from crmkit.core.hooks import HookSpecs
from crmkit.core.model.people import PERMISSIONS
from crmkit.core.plugins.manifest import Manifest
from crmkit.core.predicates import from_json, parse, to_json
from crmkit.core.predicates.attributes import ATTRIBUTES
from crmkit.core.predicates.functions import SHAPES
from crmkit.core.predicates.signatures import SIGNATURES
from crmkit.core.predicates.tree import FUNCTIONS
from crmkit.testing import open_crm
from docs import generate
from tests.architecture.exercised import offered
from tests.architecture.exercised.commands import options
from tests.docs.blocks import read_blocks

SPECS = [function for name, function in vars(HookSpecs).items() if name.startswith("crmkit_")]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.__name__)
def test_every_hook_answers_every_question(spec: object) -> None:
    """A plugin's author finds when a hook is called, with what, what to return, and what a failure does."""
    summary, parts = generate.split_specification(inspect.getdoc(spec) or "")
    assert summary.endswith(".")
    assert tuple(name for name, text in parts.items() if text) == generate.SPEC_PARTS


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.__name__)
def test_every_hooks_example_is_python(spec: object) -> None:
    """What a plugin's author copies from a specification compiles as the body of a hook."""
    _, parts = generate.split_specification(inspect.getdoc(spec) or "")
    body = parts["Example"].strip("`").replace("…", "...")
    compile(f"def hook():\n{textwrap.indent(body, '    ')}", "example", "exec")


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.__name__)
def test_every_hook_names_its_arguments(spec: object) -> None:
    """The part `Arguments` says something about each argument of the signature."""
    _, parts = generate.split_specification(inspect.getdoc(spec) or "")
    arguments = list(inspect.signature(spec).parameters)[1:]  # type: ignore[arg-type]
    assert [name for name in arguments if f"`{name}`" not in parts["Arguments"]] == []


def test_hooks_page_shows_each_hook_with_its_arguments() -> None:
    """Each specification has a section with its signature."""
    page = generate.hooks()
    for spec in SPECS:
        assert f"## `{spec.__name__}`" in page
        for argument in list(inspect.signature(spec).parameters)[1:]:
            assert f"    {argument}: " in page


def test_words_page_shows_the_words_of_the_core_and_the_plugins() -> None:
    """A word is listed under its vocabulary with its owner, its meaning and, for a contact, its keys."""
    page = generate.words()
    assert "| `purchase` | core | The customer bought something | `lines`, `order`, `text` |" in page
    assert "| `email` | email |" in page


def test_words_page_shows_every_word_in_its_vocabulary() -> None:
    """Who looks a word up finds its line among those of its kind."""
    pieces = re.split(r"^## (.+)\n", generate.words(), flags=re.MULTILINE)[1:]
    texts = dict(zip(pieces[::2], map(rows, pieces[1::2]), strict=True))
    said = {title.lower().replace(" ", "_"): names for title, names in texts.items()}
    assert [f"{kind} {word.name}" for kind, word in offered.words() if word.name not in said[kind]] == []


def test_every_word_says_what_it_means() -> None:
    """No word of the core or of a bundled plugin is without its line."""
    with generate.bundled() as crm:
        assert [word.name for _, word in crm.words.all() if not word.doc.strip()] == []


def test_settings_page_shows_keys_with_type_default_and_meaning() -> None:
    """A key of crm.toml is listed in its section with what happens without it."""
    page = generate.settings()
    crs = page[page.index("## `[crs]`") : page.index("## `[fields.NAME]`")]
    assert '| `currency` | text | `"EUR"` | ' in crs
    assert "| `name` | text | needed | " in crs
    assert "## `[plugins.operational]`" in page


def test_settings_page_shows_every_key_in_its_section() -> None:
    """Who looks a key up finds its line beneath the section that it stands in, or a section of its own."""
    page = generate.settings()
    said = {title.strip("[]"): rows(text) for title, text in sections(page).items()}
    tables = rows(page[: page.index("## `[")])
    missing = [
        ".".join(path)
        for path, _ in offered.settings()
        if path[-1] not in said.get(".".join(path[:-1]), tables if len(path) == 1 else ())
        and not {".".join(path), ".".join((*path, "NAME"))} & said.keys()
    ]
    assert missing == []


def settings_classes(cls: type, seen: set[type]) -> Iterator[type]:
    """A section and every section beneath it."""
    if cls in seen:
        return
    seen.add(cls)
    yield cls
    for hint in inspect.get_annotations(cls, eval_str=True).values():
        for inner in (hint, *getattr(hint, "__args__", ())):
            if isinstance(inner, type) and has(inner) and inner is not Secret:
                yield from settings_classes(inner, seen)


def test_every_setting_says_what_it_means() -> None:
    """No key of crm.toml, of a bundled plugin or of a manifest is without its line."""
    with generate.bundled() as crm:
        plugins = [type(plugin.settings) for plugin in crm.plugins]
    silent = [
        f"{cls.__name__}.{attribute.name}"
        for cls in (*settings_classes(Sections, set()), *plugins, Manifest)
        for attribute in fields(cls)
        if not attribute.metadata.get("doc")
    ]
    # The one section whose keys each plugin's own class says.
    assert silent == ["PluginSection.settings"]


def test_a_new_section_reaches_the_page_by_itself() -> None:
    """Settings are read from the classes: a key that is added there is in the reference."""

    @frozen
    class BreadSettings:
        crust: str = field(default="thin", metadata={"doc": "How we like it | or not."})

    lines = list(generate._section((), BreadSettings))
    assert '| `crust` | text | `"thin"` | How we like it \\| or not. |' in lines


def commands(group: click.Group, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    """Every command of the program by its path, groups included."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context, resilient_parsing=True)
        yield inner.command_path, command
        if isinstance(command, click.Group):
            yield from commands(command, inner)


def test_every_command_and_option_has_help(tmp_path: Path) -> None:
    """Whoever asks a command for help gets a sentence, and one for each of its options."""
    assert isinstance(program, click.Group)
    with generate.bundled() as crm:
        context = click.Context(program, info_name="crm", obj=State(config_path=str(crm.config.path)))
        found = dict(commands(program, context))
    silent = [path for path, command in found.items() if not (command.help or "").strip()]
    silent += [
        f"{path} {option.opts[0]}"
        for path, command in found.items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help and not option.hidden
    ]
    assert silent == []
    assert {"crm show", "crm db copy", "crm tasks add"} <= found.keys()


def sections(page: str) -> dict[str, str]:
    """What stands beneath each heading that is code, by that."""
    found = re.finditer(r"^#+ `([^`]+)`\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    return {match[1]: match[2] for match in found}


def rows(text: str) -> set[str]:
    """The names in the first column of the tables, each of several in one cell by itself."""
    cells = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.split("[ ,]+", cell)}


def test_commands_page_shows_every_command_with_its_options() -> None:
    """Who looks a command up finds its section, and a line for each option in it."""
    said = sections(generate.commands())
    missing = [" ".join(path) for path, _ in offered.commands() if f"crm {' '.join(path)}" not in said]
    missing += [
        f"{' '.join(path)} {name}"
        for path, command in offered.commands()
        for name, _, _ in options(command)
        if name not in rows(said.get(f"crm {' '.join(path)}", ""))
    ]
    assert missing == []


def test_errors_page_shows_every_error_with_its_status() -> None:
    """Each error is listed with its code and when it is raised; each exit status of an error has its line."""
    page = generate.errors()
    for error in generate.all_errors():
        line = rf"\| `{error.__name__}` \| `{error.code}` \| {error.exit_status} \| [^|]*\| \S.* \|"
        assert re.search(f"^{line}$", page, re.MULTILINE), error
        assert inspect.getdoc(error) != inspect.getdoc(error.__base__), error
        assert f"\n| {error.exit_status} | " in page


def test_permissions_page_shows_every_permission() -> None:
    """Each permission is listed with the roles that hold it."""
    page = generate.permissions()
    assert [name for name in PERMISSIONS if f"| `{name}` |" not in page] == []
    assert "administrator" in page


def test_rights_page_shows_what_each_command_needs() -> None:
    """Commands are listed with the permissions that they take."""
    page = generate.rights()
    assert "| `crm find` | `customers.read` |" in page
    assert "| `crm words` | nothing |" in page


def test_manifest_page_shows_every_key() -> None:
    """Each key of a manifest is listed."""
    page = generate.manifest()
    assert [each.name for each in fields(Manifest) if f"| `{each.name}` |" not in page] == []


def test_names_page_shows_the_public_names() -> None:
    """What programs, plugins and tests import is listed under its module."""
    page = generate.names()
    assert (
        page.index("## `crmkit`") < page.index("| `Crm` | An opened CRM") < page.index("## `crmkit.testing`")
    )


def test_every_public_name_says_what_it_is() -> None:
    """Who looks for what to import finds a line for each name, constants too."""
    assert [line for line in generate.names().splitlines() if line.endswith("|  |")] == []


PREDICATES = Path(__file__).resolve().parents[2] / "docs" / "reference" / "predicates.md"


def test_functions_page_shows_every_function() -> None:
    """Each function of the language is listed with how it is written, and nothing else is."""
    assert sorted(each.name for each in SIGNATURES) == sorted((*FUNCTIONS, *SHAPES))
    page = generate.functions()
    assert [each.name for each in SIGNATURES if f"| `{each.written}` |" not in page] == []


def test_attributes_page_shows_every_core_word() -> None:
    """Each word that the core knows of a customer is listed."""
    page = generate.attributes()
    assert [name for name in ATTRIBUTES if f"| `{name}` |" not in page] == []


def test_every_predicate_of_the_reference_is_one(tmp_path: Path) -> None:
    """A reader who copies an example finds that the page's own business understands it."""
    blocks = list(read_blocks(PREDICATES))
    toml = "".join(block.text for block in blocks if block.language == "toml")
    lines = [line for block in blocks if block.language == "sql" for line in block.text.splitlines()]
    examples = [*lines, *(each.example for each in SIGNATURES)]
    with open_crm(
        tmp_path, f'currency = "PLN"\ntimezone = "Europe/Warsaw"\n{toml}', plugins=["email"]
    ) as crm:
        for example in examples:
            predicate = parse(example, crm.kernel.context)
            assert from_json(to_json(predicate), crm.kernel.context) == predicate, example
    assert len(lines) > 25


def test_the_reference_shows_the_json_form_as_it_is(tmp_path: Path) -> None:
    """The tree on the page is the tree of the sentence above it."""
    shown = next(json.loads(b.text) for b in read_blocks(PREDICATES) if b.language == "json")
    with open_crm(tmp_path) as crm:
        sentence = "days_since(purchase) > 30 and has_tag('vip')"
        assert to_json(parse(sentence, crm.kernel.context)) == shown
