"""Templates as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import CrmError
from crmkit.core.messages.files import TemplateFiles
from crmkit.core.messages.template import Variant


def written(folder: Path, **files: str | bytes) -> TemplateFiles:
    """The templates with these texts, by the name of their file: `hello__pl__txt`."""
    (folder / "templates").mkdir(exist_ok=True)
    for name, text in files.items():
        content = text if isinstance(text, bytes) else text.encode()
        (folder / "templates" / name.replace("__", ".")).write_bytes(content)
    return TemplateFiles([folder])


def test_a_template_is_its_files(tmp_path: Path) -> None:
    """One for each language, with the HTML beside the text, however the lines end."""
    files = written(
        tmp_path,
        hello__txt="\ufeffSubject:  Hi {{ customer.name }} \r\n\r\nDear you,\r\n\r\ncome in.\r\n",
        hello__ur__txt="موضوع نہیں\n",
        hello__ur__html="<p>سلام</p>",
        bye__txt="Bye.",
    )
    assert files.names == ("bye", "hello")
    assert files.get("hello").variants == {
        "": Variant(subject="Hi {{ customer.name }}", text="Dear you,\n\ncome in."),
        "ur": Variant(
            text="موضوع نہیں",
            html='<!DOCTYPE html><html lang="ur" dir="rtl"><body><p>سلام</p></body></html>',
        ),
    }
    assert TemplateFiles([tmp_path / "nowhere"]).names == ()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"x__txt": "Subject: Hi\nat once"}, "templates/x.txt, line 2: a blank line"),
        ({"x__txt": "Subject:\n\ntext"}, "line 1: a subject has 1 to 500 characters"),
        ({"x__txt": "Subject: Hi\n\n"}, "templates/x.txt has no text"),
        ({"x__txt": " \n"}, "templates/x.txt is empty"),
        ({"x__txt": b"Pi\xeb"}, "templates/x.txt is not UTF-8, at byte 3"),
        ({"x__txt": "a\0b"}, "holds a NUL"),
        ({"x__txt": "a" * 200_001}, "templates/x.txt is longer than 200,000 characters"),
        ({"x__txt": "é" * 500_000}, "templates/x.txt is longer than 200,000 characters"),
        ({"x__txt": "Subject: Hi\n\nDear\n{{ customer.name"}, "templates/x.txt, line 4:"),
        ({"x__txt": "{% include 'crm.toml' %}"}, "neither call nor include"),
        ({"x__txt": "a", "x__html": "{% autoescape false %}{{ a }}{% endautoescape %}"}, "always escaped"),
        ({"x__pl__html": "<p>", "x__txt": "a"}, "templates/x.pl.html says nothing without pictures"),
        ({"x__html": "<p>a</p>", "x__mjml": "<mjml/>"}, "are the same language"),
        ({"x__html": "<p>a</p>\n<p {{ b }}>"}, "templates/x.html, line 2: {{ b }} stands in a tag"),
        ({"x__pt_BR__txt": "a", "x__pt-br__txt": "b"}, "are the same language"),
    ],
)
def test_a_broken_template_says_why(tmp_path: Path, files: dict[str, str | bytes], said: str) -> None:
    """With the file and, where there is one, the line; it keeps its name."""
    found = written(tmp_path, **files)
    assert found.names == ("x",)
    with pytest.raises(CrmError) as raised:
        found.get("x")
    assert said in str(raised.value)


def test_only_templates_are_found(tmp_path: Path) -> None:
    """A name from crm.toml leads to no other file, and files with other names are noted, not read."""
    (tmp_path / "crm.txt").write_text("secret", encoding="utf-8")
    files = written(tmp_path, hello__txt="a", README__txt="b", hello__nolanguage__txt="c", hello__md="d")
    assert files.names == ("hello",)
    assert files.unusable == ["templates/README.txt", "templates/hello.nolanguage.txt"]
    for name in ("../crm", "..", "/etc/passwd", "hello.txt", "", "a\nb"):
        with pytest.raises(LookupError, match="There is no template"):
            files.get(name)
    with pytest.raises(LookupError, match='Did you mean "hello"'):
        files.get("helo")


def test_a_pack_brings_its_own(tmp_path: Path) -> None:
    """Templates beside an included file count too; one beside `crm.toml` goes first, in all its languages."""
    pack = tmp_path / "pack"
    pack.mkdir()
    written(pack, hello__txt="Pack", hello__pl__txt="Paczka", bye__txt="Bye", broken__txt=" \n", Odd__txt="x")
    written(tmp_path, hello__txt="Ours")
    files = TemplateFiles([tmp_path, pack])
    assert files.names == ("broken", "bye", "hello")
    assert files.get("hello").variants == {"": Variant(text="Ours")}
    assert files.unusable == ["pack/templates/Odd.txt"]
    with pytest.raises(CrmError, match=r"pack/templates/broken\.txt is empty"):
        files.get("broken")
