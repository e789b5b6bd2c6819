"""The reference of the Python interface has every method and every value, as the code has them."""

from __future__ import annotations

import importlib
import inspect
import re

import attrs
import pytest

from docs import generate, interface


@pytest.fixture(scope="module")
def programs() -> str:
    """The page on `Crm` and its parts."""
    return generate.programs()


def test_every_method_is_there_and_says_what_it_does(programs: str) -> None:
    """Whoever writes a program finds each method that `Crm` and its parts have, with its parameters."""
    with generate.bundled() as crm:
        parts = {"crm": crm} | {
            f"crm.{name}": part for name, part in interface.parts_of(crm) if name not in interface.APART
        }
        methods = [
            (f"{name}.{called}", function)
            for name, part in parts.items()
            for called, function in interface.methods_of(type(part))
        ]
    assert {"crm.transaction", "crm.customers.save_all", "crm.interactions.record"} <= {n for n, _ in methods}
    for name, function in methods:
        _, _, entry = programs.partition(f"### `{name}`\n")
        entry = entry.partition("\n### ")[0]
        assert inspect.getdoc(function), f"{name} has no docstring"
        assert inspect.getdoc(function).split()[0].strip("`") in entry  # type: ignore[union-attr]
        missing = [each for each in inspect.signature(function).parameters if each not in ("self", "cls")]
        overloaded = "**values" in str(inspect.signature(function))
        assert overloaded or [each for each in missing if each not in entry] == []


def test_what_methods_give_is_described(programs: str) -> None:
    """A value that comes out of a method, and that nobody imports, has its fields beside the methods."""
    for name in ("Plan", "Profile", "MetricValue", "ErasureReceipt"):
        assert f"### `{name}`\n" in programs
    assert "### `Kernel`" not in programs


@pytest.mark.parametrize("module", ["crmkit", "crmkit.plugin", "crmkit.testing"])
def test_every_value_is_there_with_its_fields(module: str) -> None:
    """Whoever makes a word, a part or a draft finds each of its fields with type and default."""
    page, home = interface.module(module), importlib.import_module(module)
    for name in (each for each in dir(home) if not each.startswith("_")):
        thing = getattr(home, name)
        if inspect.isclass(thing) and attrs.has(thing):
            entry = page.partition(f"## `{name}`\n")[2].partition("\n## ")[0]
            for field in (each for each in attrs.fields(thing) if each.init):
                assert re.search(rf"\b{field.alias}\b", entry), f"{name}.{field.name} is missing"


def test_a_block_of_a_docstring_stays_code_and_prose_no_markup() -> None:
    """What Markdown would take for HTML, a role or emphasis is text as it was written."""

    def example() -> None: ...

    example.__doc__ = "Takes a <tag> and a {role}, but `code` as it is.\n\n    execute(*given)\n\nSo."
    prose, _, code, *_ = interface._about(example)
    assert prose == r"Takes a \<tag> and a \{role\}, but `code` as it is."
    assert code == "    execute(*given)"


def test_signatures_are_as_one_calls_them() -> None:
    """A short signature is one line, a long one has a line for each parameter; `self` is nobody's to give."""

    class Part:
        def short(self, name: str, *, often: bool = False) -> int:
            raise NotImplementedError

    assert interface.signature("short", Part.short) == "short(name: str, *, often: bool = False) -> int"
    from crmkit import Crm

    assert interface.signature("reading", Crm.reading).endswith(
        "-> AbstractContextManager[Callable[..., Any]]"
    )
    assert interface.signature("service", Crm.service) == "service(cls: type[T]) -> T"
    assert "\n    path: str | Path | None = None,\n" in interface.signature("open", Crm.open)
