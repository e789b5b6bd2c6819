"""Takes out of `not_yet.txt` what is used by now; it adds nothing."""

from __future__ import annotations

from tests.architecture import test_exercised as now

unused = {
    "command": now.unused_commands,
    "option": now.unused_options,
    "setting": now.unused_settings,
    "word": now.unused_words,
    "hook": now.unused_hooks,
}
lines = [f"{kind}: {name}" for kind, found in unused.items() for name in sorted(found() & now.not_yet(kind))]
now.NOT_YET.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
