"""No text of the kinds named here is left without a translation; the list of kinds only grows."""

from __future__ import annotations

import ast
import inspect
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
from tests.architecture.unspoken import UNSPOKEN

ROOT = Path(crmkit.__file__).parent
OTHERS = [each for each in languages() if each != ENGLISH]
PARTS = sorted({path.parent.relative_to(ROOT).parts[:2] for path in ROOT.rglob("*.py")})
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
_MARKED = {
    "Column", "Finding", "N_", "OutputColumn", "_", "ngettext", "nphrase", "pgettext", "phrase", "translated",
}  # fmt: skip
_FOR_DEVELOPERS = {"cast", "derived", "impersonal", "keep", "warn"}
_SQL = re.compile(
    r"\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|BY|PRAGMA|NULL|ALTER|DROP|CREATE|LOCK|SAVEPOINT|UNION|WHEN|SET"
    r"|AND|AS|IN|LIKE|SHOW|KEY|DESC|RETURNING|VALUES|ON|JOIN|OR|NOT|LIMIT|EXISTS|BEGIN|READ|VACUUM|RENAME|ADD"
    r"|HAVING)\b"
)
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


@pytest.mark.parametrize("part", PARTS, ids="/".join)
def test_a_module_says_nothing_unmarked(part: tuple[str, ...]) -> None:
    """No words beside each other stand where no catalogue has them, but for commands, SQL, keys, types,
    docstrings and what is for developers; and no module has leave for it that needs none."""
    folder = ROOT.joinpath(*part)
    files = folder.rglob("*.py") if len(part) == 2 else folder.glob("*.py")
    speaking_out = {str(path.relative_to(ROOT)): _unspoken(path) for path in files}
    excused = {module for modules in UNSPOKEN.values() for module in modules}
    assert {module: said for module, said in speaking_out.items() if said and module not in excused} == {}
    assert [module for module, said in speaking_out.items() if module in excused and not said] == []


def _unspoken(path: Path) -> list[tuple[int, str]]:
    """The lines and texts of a module that are prose and in no catalogue."""
    unmarked = _unmarked(ast.parse(path.read_text(encoding="utf-8")))
    found = [each for each in unmarked if _PROSE.search(each[1]) and not _SQL.search(each[1])]
    if not found:
        return []
    with path.open("rb") as stream:
        said = [text for _, _, text, _ in extract(stream, (), (), {})]
    held = {each for text in said for each in ([text] if isinstance(text, str) else text)}
    return [(line, text) for line, text in found if inspect.cleandoc(text).strip() not in held]


def _unmarked(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The lines and texts below a node that no mark holds."""
    for child in ast.iter_child_nodes(node):
        is_said = (
            isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in _MARKED
        )
        is_doc = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        if is_said or is_doc or isinstance(child, (ast.Raise, ast.Compare, ast.Assert)) or _is_option(child):
            continue
        if (isinstance(node, ast.Dict) and child in node.keys) or _is_for_developers(node, child):
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


def _is_for_developers(node: ast.AST, child: ast.AST) -> bool:
    """Whether it is a type, a pattern, a line of the log, what the reference says of a setting, or why a
    column is kept."""
    if isinstance(child, ast.keyword):
        return child.arg in ("metadata", "keep", "erase")
    if isinstance(child, ast.Call):
        name = ast.unparse(child.func)
        return name.rpartition(".")[2] in _FOR_DEVELOPERS or name.startswith(("re.", "_LOG", "_log", "log."))
    return child in (getattr(node, "annotation", None), getattr(node, "returns", None))


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
