"""Damaged input is a located message, never a traceback and never a wait."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit.core.config import ConfigEdit, load, read_raw
from crmkit.core.errors import ConfigError

DAMAGED = {
    "unclosed string": (b'[crs]\nname = "x\n', 2),
    "unclosed array": (b"[crs]\nplugins = [\n", 2),
    "unclosed header": (b"\n[crs\n", 2),
    "key twice": (b"[crs]\nname = 'x'\nname = 'y'\n", 3),
    "table twice": (b"[crs]\nname = 'x'\n[crs]\n", 3),
    "NUL": (b"[crs]\nname = '\0'\n", 2),
    "not UTF-8": (b"[crs]\n# f\xfc\n", 2),
    "UTF-16": ("[crs]\n".encode("utf-16"), 1),
    "deep arrays": (b"[crs]\nname = " + b"[" * 100_000, 2),
    "deep tables": (b"[crs]\nname = " + b"{a=" * 100 + b"1" + b"}" * 100, 2),
    "deep header": (b"\n[" + b".".join([b"a"] * 50_000) + b"]\n", 2),
    "deep dotted key": (b"\na" + b".a" * 100 + b" = 1\n", 2),
    "decimal number": (b"[crs]\nname = " + b"9" * 100_000 + b"\n", 2),
    "hexadecimal number": (b"[crs]\nname = 0x" + b"f" * 100_000 + b"\n", 2),
    "65 bits": (b"[crs]\nname = 9223372036854775808\n", 2),
    "impossible date": (b"[crs]\nname = 2026-02-30\n", 2),
    "lone surrogate": (b'[crs]\nname = "\\ud800"\n', 2),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged_text_is_located(tmp_path: Path, content: tuple[bytes, int]) -> None:
    """Loading, reading raw and editing all name the line."""
    path = tmp_path / "crm.toml"
    path.write_bytes(content[0])
    for use in (load, read_raw, ConfigEdit):
        with pytest.raises(ConfigError) as caught:
            use(path)
        assert caught.value.details["problems"][0]["line"] == content[1]
        assert caught.value.message.startswith(f"crm.toml:{content[1]}: ")
        assert len(caught.value.message) < 1000


def test_a_forgotten_quotation_mark_is_called_so(tmp_path: Path) -> None:
    """Nobody who forgets one looks for an illegal character."""
    path = tmp_path / "crm.toml"
    path.write_text('[segments]\nregulars = "count(purchase) >= 6\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="no quotation mark at its end"):
        load(path)


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="[]{}=.,\"'#\n ab1_-\\", max_size=200).map(str.encode))
def test_any_bytes_at_all(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever stands in the file, it loads or is refused with a file's name."""
    path = tmp_path_factory.mktemp("any") / "crm.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"crm\.toml:\d+: "):
        load(path)


def test_places_that_are_no_files(tmp_path: Path) -> None:
    """A directory, a missing file, a pipe and a device are told apart, at once."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, reason in [
        (tmp_path, "is a directory"),
        (tmp_path / "none.toml", "does not exist"),
        (tmp_path / "pipe" / "crm.toml", "cannot be read"),
        (pipe, "is not a regular file"),
        (Path("/dev/zero"), "is not a regular file"),
        (Path("a\0b"), "cannot be read"),
    ]:
        with pytest.raises(ConfigError, match=reason) as caught:
            load(path)
        assert caught.value.details["problems"][0]["line"] is None


def test_a_file_of_absurd_size_is_not_read(tmp_path: Path) -> None:
    """More than a mebibyte is refused before it is in memory."""
    path = tmp_path / "crm.toml"
    with path.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(ConfigError, match="is larger than 1024 KiB"):
        load(path)


def test_a_byte_order_mark_is_no_damage(tmp_path: Path) -> None:
    """Some editors put one in front."""
    path = tmp_path / "crm.toml"
    path.write_bytes(b"\xef\xbb\xbf[crs]\r\nname = 'x'\r\n")
    assert load(path).crs.name == "x"
