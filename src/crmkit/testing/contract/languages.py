"""Whether a plugin's pages speak to their readers in their language."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.language import N_
from crmkit.core.phrase import phrase
from crmkit.testing.contract.applying import NotConcerned

if TYPE_CHECKING:
    from crmkit.testing.contract.subject import Subject

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_NAME: Final = re.compile(r"\{(\w+)\}")
# By which a handler heeds who reads: crmkit's frame, or what the browser says.
_ASKING: Final = {"public_page", "page_language", "languages"}


def translations(subject: Subject) -> Iterator[str]:
    """Pages speak their reader's language, and texts in several languages have the same keys and names."""
    with subject.business() as crm:
        routes = [each for each in crm.kernel.loaded.routes if each.owner == subject.name]
    catalogues = _catalogues(subject)
    if not routes and not catalogues:
        raise NotConcerned(N_("it has no pages, and no texts in languages"))
    for place, texts in catalogues.items():
        yield from _uneven(place, texts)
    if routes:
        for path in subject.sources:
            yield from _one_tongued(path)


def _catalogues(subject: Subject) -> Mapping[Path, Mapping[str, Any]]:
    """Folders of `en.toml` and its like, with what each language says."""
    import tomllib

    if subject.found.file is not None:
        return {}
    found: dict[Path, dict[str, Any]] = defaultdict(dict)
    for path in sorted(subject.found.path.parent.rglob("*.toml")):
        if _LANGUAGE.fullmatch(path.stem) and path.with_name("en.toml").is_file():
            found[path.parent][path.stem] = dict(_flat(tomllib.loads(path.read_text(encoding="utf-8"))))
    return found


def _flat(texts: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in texts.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _uneven(place: Path, texts: Mapping[str, Any]) -> Iterator[str]:
    english = texts["en"]
    for language, said in texts.items():
        file = f"{place.name}/{language}.toml"
        yield from (f"{file} lacks {key}" for key in english if key not in said)
        yield from (f"{file} has {key}, which en.toml lacks" for key in said if key not in english)
        for key in english.keys() & said.keys():
            wanted, there = (set(_NAME.findall(str(each[key]))) for each in (english, said))
            if wanted != there:
                yield phrase(
                    "{file}: {key} puts in {there}, and English {wanted}",
                    file=file,
                    key=key,
                    there=sorted(there),
                    wanted=sorted(wanted),
                )


def _one_tongued(path: Path) -> Iterator[str]:
    """Where HTML is answered by a module that asks nobody for the reader's language."""
    tree = ast.parse(path.read_text(encoding="utf-8"), path)
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(tree)}
    if names & _ASKING:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Response":
            given = {each.arg for each in node.keywords}
            if "body" in given and "content_type" not in given:
                yield (
                    phrase(
                        "{name}:{line} answers with a page in one language; make it by public_page(crm, "
                        "page_language(request, crm), title, body)",
                        name=path.name,
                        line=node.lineno,
                    )
                )
